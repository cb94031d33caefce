"""Drives the simulated carrier with Twilio's own client, and prints what the client made of it as JSON.

On stdin: {"base_url", "account_sid", "auth_token", "from", "rings", "answers", "refused", "throttled"}, the last four
being numbers to call: one that only rings, one that answers at once, one that is refused by order, one that is
answered 429.
"""

import json
import sys
import time

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

CALLS_TO_LIST = 7
PAGE_SIZE = 3
PATIENCE_SECONDS = 30

given = json.load(sys.stdin.buffer)


def client(auth_token):
    made = Client(given["account_sid"], auth_token)
    made.api.base_url = given["base_url"]
    return made


twilio = client(given["auth_token"])


def create(to, of=twilio):
    return of.calls.create(to=to, from_=given["from"], twiml="<Response><Pause length='600'/></Response>")


def seen(call):
    """What the client read of a call, dates as it parsed them."""
    return {
        "sid": call.sid,
        "account_sid": call.account_sid,
        "to": call.to,
        "from": call._from,
        "status": call.status,
        "direction": call.direction,
        "has_date": call.date_created is not None and call.date_created.tzinfo is not None,
        "duration": call.duration,
    }


def refusal(attempted):
    """The error that the client raises, or None."""
    try:
        attempted()
    except TwilioRestException as error:
        return {"status": error.status, "code": error.code, "message": error.msg}
    return None


def wait_for(call, status):
    begun = time.monotonic()
    while (now := call.fetch().status) != status:
        if time.monotonic() - begun > PATIENCE_SECONDS:
            sys.exit(f"waited in vain for {status}; the call is {now}")
        time.sleep(0.02)
    return call


def pages():
    """The sids of the calls to the ringing number, page by page."""
    page = twilio.calls.page(to=given["rings"], page_size=PAGE_SIZE)
    while page is not None:
        yield [call.sid for call in page]
        page = page.next_page()


created = [create(given["rings"]) for _ in range(CALLS_TO_LIST)]
answered = wait_for(create(given["answers"]), "in-progress")
ringing = wait_for(created[0], "ringing")

report = {
    "created": [seen(call) for call in created],
    "fetched": seen(twilio.calls(created[1].sid).fetch()),
    "pages": list(pages()),
    "listed": [call.sid for call in twilio.calls.list(to=given["rings"], page_size=PAGE_SIZE)],
    "limited": [call.sid for call in twilio.calls.list(limit=PAGE_SIZE + 1, page_size=PAGE_SIZE)],
    "in_progress": [call.sid for call in twilio.calls.list(status="in-progress")],
    "answered": answered.sid,
    "cancel_answered": refusal(lambda: twilio.calls(answered.sid).update(status="canceled")),
    "canceled": seen(twilio.calls(ringing.sid).update(status="canceled")),
    "completed": seen(twilio.calls(answered.sid).update(status="completed")),
    "completed_later": seen(twilio.calls(answered.sid).fetch()),
    "complete_again": refusal(lambda: twilio.calls(answered.sid).update(status="completed")),
    "no_number": refusal(lambda: create("12")),
    "by_order": refusal(lambda: create(given["refused"])),
    "throttled": refusal(lambda: create(given["throttled"])),
    "unknown": refusal(lambda: twilio.calls("CA" + "0" * 32).fetch()),
    "wrong_token": refusal(lambda: create(given["rings"], of=client("another token"))),
}
json.dump(report, sys.stdout)

"""Has the simulated carrier make a call, and prints as JSON what Twilio's own validator says of its callbacks.

On stdin: {"base_url", "account_sid", "auth_token", "from", "to", "query"}. The call's callbacks come to a server of
this script, on a path with that query. Of each is told: {"status", "valid", "valid_if_changed"}.
"""

import json
import queue
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

from multidict import MultiDict
from twilio.request_validator import RequestValidator
from twilio.rest import Client

PATIENCE_SECONDS = 30

given = json.load(sys.stdin.buffer)
validator = RequestValidator(given["auth_token"])
callbacks = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = MultiDict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        changed = form.copy()
        changed["CallStatus"] = "queued"
        signature = self.headers["X-Twilio-Signature"]
        callbacks.put(
            {
                "status": form["CallStatus"],
                "valid": validator.validate(url, form, signature),
                "valid_if_changed": validator.validate(url, changed, signature),
            }
        )
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
Thread(target=server.serve_forever, daemon=True).start()
twilio = Client(given["account_sid"], given["auth_token"])
twilio.api.base_url = given["base_url"]
twilio.calls.create(
    to=given["to"],
    from_=given["from"],
    twiml="<Response/>",
    status_callback=f"http://127.0.0.1:{server.server_port}/status?{given['query']}#rc=2",
    status_callback_event=["initiated", "ringing", "answered", "completed"],
)
received = []
while not received or received[-1]["status"] != "completed":
    received.append(callbacks.get(timeout=PATIENCE_SECONDS))
json.dump(received, sys.stdout)

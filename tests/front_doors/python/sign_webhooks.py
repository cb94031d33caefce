"""Sends forms as Twilio would, signed by Twilio's own validator, and prints each answer's HTTP status as JSON.

On stdin: a list of {"auth_token", "url", "signed", "sent"}: the form that is signed and the one that is sent, both as
lists of [name, value].
"""

import json
import sys

import requests
from multidict import MultiDict
from twilio.request_validator import RequestValidator


def send(webhook):
    signed = MultiDict(webhook["signed"])
    signature = RequestValidator(webhook["auth_token"]).compute_signature(webhook["url"], signed)
    answer = requests.post(
        webhook["url"],
        data=[tuple(pair) for pair in webhook["sent"]],
        headers={"X-Twilio-Signature": signature},
        timeout=30,
    )
    return answer.status_code


json.dump([send(webhook) for webhook in json.load(sys.stdin.buffer)], sys.stdout)

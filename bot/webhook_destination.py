"""The webhook destination: tickets posted as signed JSON."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable

from bot.desk_call import call, desk_client
from bot.destination_settings import WebhookSettings
from bot.errors import DeliveryRefused
from bot.kept_ticket import Parcel
from bot.secret import read_secret

MAX_NUMBER = 100
_PREFIX = "whsec_"


class WebhookDestination:
    """Posts tickets as https://www.standardwebhooks.com/ describes.

    `webhook-id` is the ticket's id and the same in every attempt, as is `Idempotency-Key`: a
    receiver that has seen it answers as it did before. `webhook-timestamp` is the time of the
    attempt in seconds; a receiver refuses an old one, so that a recorded call cannot be replayed.
    `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over "id.timestamp.body".
    A receiver may answer with JSON that holds a `number`.
    """

    def __init__(self, settings: WebhookSettings, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._url = settings.url
        self._key = _key(read_secret(settings.secret_env), settings.secret_env)

    def deliver(self, parcel: Parcel) -> str:
        """Post a ticket; returns the receiver's number for it, or "" when it names none."""
        body = json.dumps(_payload(parcel), ensure_ascii=False).encode()
        id = parcel.kept.ticket_id
        timestamp = int(self._now())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": id,
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._key, id, timestamp, body),
        }
        with desk_client() as client:
            response = call(client, "POST", self._url, content=body, headers=headers)
        try:
            answer = response.json()
        except ValueError:
            return ""
        number = answer.get("number") if isinstance(answer, dict) else None
        return str(number)[:MAX_NUMBER] if isinstance(number, str | int) else ""


def sign(key: bytes, id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` for a body sent at a Unix time in seconds."""
    signed = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def _key(secret: str, variable: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise DeliveryRefused(
            f"The secret in {variable} begins with {_PREFIX} and is not base64 after that: copy it"
            " again."
        ) from error


def _payload(parcel: Parcel) -> dict:
    kept = parcel.kept
    return {
        "id": kept.ticket_id,
        "created": kept.created,
        "ticket": kept.ticket.model_dump(mode="json"),
        "contact": kept.contact.model_dump(),
        "transcript": [turn.model_dump() for turn in kept.transcript],
        "sections": [section.model_dump() for section in kept.sections],
        "attachments": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "content": base64.b64encode(each.content).decode(),
            }
            for each in parcel.attachments
        ],
    }

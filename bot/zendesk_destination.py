"""The Zendesk destinations: tickets through the Tickets API or the Requests API.

Shapes and limits are those of https://developer.zendesk.com/api-reference/ticketing/.
"""

from http import HTTPStatus
from typing import Any

import httpx

from bot.attachment import Attachment
from bot.desk_call import call, desk_client, refusal
from bot.destination_settings import (
    ZendeskRequestSettings,
    ZendeskSettings,
    ZendeskTicketSettings,
)
from bot.errors import DeliveryPostponed
from bot.kept_ticket import Parcel
from bot.reply import Priority
from bot.secret import read_secret
from bot.ticket_file import desk_text, transcript_file

_PRIORITIES: dict[Priority, str] = {
    "critical": "urgent",
    "high": "high",
    "medium": "normal",
    "low": "low",
}


class ZendeskTicketDestination:
    """Creates tickets in the name of an agent; a repeat makes no second ticket.

    Zendesk keeps an Idempotency-Key for two hours. Where an earlier attempt may have succeeded,
    the ticket is looked up by its `external_id` first, so that later repeats are safe too.
    """

    def __init__(self, settings: ZendeskTicketSettings) -> None:
        self._settings = settings
        self._auth = _token_auth(settings.agent_email, read_secret(settings.token_env))

    def deliver(self, parcel: Parcel) -> str:
        """Create the ticket; returns Zendesk's number for it."""
        id = parcel.kept.ticket_id
        with desk_client(base_url=self._settings.url, auth=self._auth) as client:
            if parcel.earlier_attempts and (number := _number_by_external_id(client, id)):
                return number
            ticket = {
                **_common(parcel, self._settings, _upload_all(client, parcel)),
                "external_id": id,
                "requester": _requester(parcel),
            }
            if self._settings.tags:
                ticket["tags"] = list(self._settings.tags)
            response = call(
                client,
                "POST",
                "/api/v2/tickets",
                also={HTTPStatus.BAD_REQUEST},
                json={"ticket": ticket},
                headers={"Idempotency-Key": id},
            )
            if response.is_success:
                return _field(response, "ticket", "id")
            if not _is_used_key(response):
                raise refusal(response)
            # The key came with other upload tokens before: an earlier attempt has arrived.
            if number := _number_by_external_id(client, id):
                return number
            raise DeliveryPostponed(
                "Zendesk knows the ticket's key and does not list it yet: it is tried again."
            )


class ZendeskRequestDestination:
    """Creates requests in the name of the end user, or anonymous ones without a token.

    No idempotency key is documented for requests: after a lost answer a repeat can make a second
    request. Both hold the same reference, by which the desk can tell.
    """

    def __init__(self, settings: ZendeskRequestSettings) -> None:
        self._settings = settings
        self._token = read_secret(settings.token_env) if settings.token_env else None

    def deliver(self, parcel: Parcel) -> str:
        """Create the request; returns Zendesk's number for it."""
        auth = _token_auth(parcel.kept.contact.email, self._token) if self._token else None
        with desk_client(base_url=self._settings.url, auth=auth) as client:
            request = _common(parcel, self._settings, _upload_all(client, parcel))
            if not auth:
                request["requester"] = _requester(parcel)
            response = call(client, "POST", "/api/v2/requests", json={"request": request})
        try:
            return _field(response, "request", "id")
        except DeliveryPostponed:
            # It has been created: to try again would make another one.
            if response.status_code == HTTPStatus.CREATED:
                return ""
            raise


def _common(parcel: Parcel, settings: ZendeskSettings, uploads: list[str]) -> dict[str, Any]:
    """What tickets and requests have in common."""
    ticket = parcel.kept.ticket
    comment: dict[str, Any] = {"body": desk_text(parcel.kept)}
    if uploads:
        comment["uploads"] = uploads
    custom_fields = [
        {"id": settings.custom_fields[label], "value": value}
        for label, value in ticket.fields.items()
        if label in settings.custom_fields
    ]
    return {
        "subject": ticket.subject,
        "comment": comment,
        "priority": _PRIORITIES[ticket.priority],
        **({"custom_fields": custom_fields} if custom_fields else {}),
    }


def _requester(parcel: Parcel) -> dict[str, str]:
    contact = parcel.kept.contact
    return {"name": contact.name or contact.email.split("@")[0], "email": contact.email}


def _upload_all(client: httpx.Client, parcel: Parcel) -> list[str]:
    """The token under which Zendesk holds the files, as a list; it lasts for 60 minutes."""
    files: list[Attachment] = [*parcel.attachments]
    if parcel.kept.transcript:
        files.append(transcript_file(parcel.kept))
    token = ""
    for file in files:
        response = call(
            client,
            "POST",
            "/api/v2/uploads",
            params={"filename": file.name, **({"token": token} if token else {})},
            content=file.content,
            headers={"Content-Type": file.media_type},
        )
        token = _field(response, "upload", "token")
    return [token] if token else []


def _number_by_external_id(client: httpx.Client, id: str) -> str:
    response = call(client, "GET", "/api/v2/tickets", params={"external_id": id})
    try:
        found = [each["id"] for each in response.json()["tickets"] if each["external_id"] == id]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryPostponed(
            "Zendesk answered with something else than a list of tickets: it is tried again."
        ) from error
    return str(min(found)) if found else ""


def _is_used_key(response: httpx.Response) -> bool:
    """Whether Zendesk says that an Idempotency-Key was used with another content."""
    return "IdempotentRequestError" in response.text


def _field(response: httpx.Response, kind: str, name: str) -> str:
    try:
        return str(response.json()[kind][name])
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryPostponed(
            f"Zendesk answered {response.status_code} without the {name} of the {kind}: it is"
            " tried again."
        ) from error


def _token_auth(email: str, token: str) -> httpx.BasicAuth:
    return httpx.BasicAuth(f"{email}/token", token)

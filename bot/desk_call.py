"""A call to a desk over HTTP: what goes wrong becomes refused for good, or postponed."""

import ssl
from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from bot.errors import DeliveryPostponed, DeliveryRefused

# Of each connect, read and write; a whole delivery stays below the lease of the outbox.
TIMEOUT = httpx.Timeout(30, connect=10)
MAX_ANSWER_CHARACTERS = 300

_LATER = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
_REMEDIES = {
    HTTPStatus.UNAUTHORIZED: "check the secret in the variable that the profile names",
    HTTPStatus.FORBIDDEN: "check what the account in the profile may do",
    HTTPStatus.NOT_FOUND: "check the address in the profile",
    HTTPStatus.UNPROCESSABLE_ENTITY: "correct the ticket with supportbot tickets edit",
}


@contextmanager
def desk_client(**options: Any) -> Iterator[httpx.Client]:
    """A client that verifies TLS, waits no longer than TIMEOUT and follows no redirect."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, **options) as client:
        yield client


def call(
    client: httpx.Client, method: str, url: str, also: Container[int] = (), **options: Any
) -> httpx.Response:
    """The response of a desk that takes the call, or answers with one of the statuses in `also`.

    Raises DeliveryPostponed when the desk cannot be reached, is busy or fails, and DeliveryRefused
    when it says no or its certificate is not valid.
    """
    request = client.build_request(method, url, **options)
    host = request.url.host
    try:
        response = client.send(request)
    except httpx.TransportError as error:
        if invalid := _invalid_certificate(error):
            raise DeliveryRefused(
                f"The certificate of {host} is not valid ({invalid.verify_message}): renew it, or"
                " correct the address in the profile."
            ) from error
        raise DeliveryPostponed(
            f"{host} cannot be reached ({_reason(error)}): it is tried again."
        ) from error
    if response.is_success or response.status_code in also:
        return response
    if response.status_code in _LATER or response.is_server_error:
        raise DeliveryPostponed(
            f"{host} answered {_said(response)}: it is tried again.", retry_after(response)
        )
    raise refusal(response)


def refusal(response: httpx.Response) -> DeliveryRefused:
    """The error for a desk's no, with what it said and what to do."""
    remedy = _REMEDIES.get(response.status_code, "check the desk's destination in the profile")
    return DeliveryRefused(
        f"{response.url.host} refused the ticket with {_said(response)}: {remedy}."
    )


def retry_after(response: httpx.Response) -> float:
    """The seconds that a Retry-After header asks to wait; 0 without one (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one that is beyond the last year in UTC
        return 0.0
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _invalid_certificate(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _said(response: httpx.Response) -> str:
    words = " ".join(response.text.split())[:MAX_ANSWER_CHARACTERS]
    return f"{response.status_code} ({words})" if words else str(response.status_code)


def _reason(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__

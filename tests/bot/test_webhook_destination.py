import base64
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from bot import desk_call
from bot.destination_settings import WebhookSettings
from bot.errors import DeliveryPostponed, DeliveryRefused
from bot.webhook_destination import WebhookDestination
from tests.bot.desk_server import (
    ACCEPT_AND_DROP,
    DROP,
    GARBAGE,
    HANG,
    WebhookReceiver,
    serving_desk,
)
from tests.bot.ticket_samples import KEPT, PARCEL, again

KEY = b"a key of the receiver"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(KEY).decode())
    monkeypatch.setattr(desk_call, "TIMEOUT", 0.5)


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with serving_desk(WebhookReceiver(KEY)) as receiver:
        yield receiver


def webhook(receiver: WebhookReceiver, **options: object) -> WebhookDestination:
    url = f"{receiver.url}/tickets"
    settings = WebhookSettings(type="webhook", url=url, secret_env="HOOK_SECRET")
    return WebhookDestination(settings, **options)


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return authority


@pytest.fixture
def secured(authority: trustme.CA) -> Iterator[WebhookReceiver]:
    """A receiver whose certificate nobody but its own authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with serving_desk(WebhookReceiver(KEY, context)) as receiver:
        yield receiver


def test_a_certificate_that_nobody_vouches_for_is_one_sentence(secured: WebhookReceiver) -> None:
    with pytest.raises(DeliveryRefused, match=r"^The certificate of localhost is not valid") as no:
        webhook(secured).deliver(PARCEL)
    assert str(no.value).count(". ") == 0
    assert secured.calls == []


def test_a_certificate_of_a_known_authority_is_accepted(
    secured: WebhookReceiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert webhook(secured).deliver(PARCEL) == "W1"


def test_a_secret_that_is_cut_off_is_named(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_not base64")
    with pytest.raises(DeliveryRefused, match="secret in HOOK_SECRET"):
        webhook(receiver)


def test_an_address_without_tls_is_no_address_for_a_webhook() -> None:
    with pytest.raises(ValueError, match="must begin with https://"):
        WebhookSettings(type="webhook", url="http://desk.example", secret_env="HOOK_SECRET")


@pytest.mark.parametrize("fault", [HANG, DROP, ACCEPT_AND_DROP, 429, 500])
def test_a_receiver_that_fails_is_tried_again(receiver: WebhookReceiver, fault: str) -> None:
    receiver.faults = [fault]
    with pytest.raises(DeliveryPostponed):
        webhook(receiver).deliver(PARCEL)


@pytest.mark.parametrize("status", [302, 401, 410, 422])
def test_a_receiver_that_says_no_is_not_asked_again(receiver: WebhookReceiver, status: int) -> None:
    receiver.faults = [status]
    with pytest.raises(DeliveryRefused):
        webhook(receiver).deliver(PARCEL)


def test_a_wrong_secret_is_refused_by_the_receiver(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "another one, not in base64")
    with pytest.raises(DeliveryRefused, match="401"):
        webhook(receiver).deliver(PARCEL)


def test_a_signature_holds_for_its_time_only(receiver: WebhookReceiver) -> None:
    receiver.now = lambda: time.time() + 600
    with pytest.raises(DeliveryRefused, match="too old"):
        webhook(receiver).deliver(PARCEL)


def test_each_attempt_is_signed_anew_under_the_same_key(receiver: WebhookReceiver) -> None:
    receiver.faults = [ACCEPT_AND_DROP]
    with pytest.raises(DeliveryPostponed):
        webhook(receiver).deliver(PARCEL)
    receiver.now = lambda: time.time() + 3600
    assert webhook(receiver, now=receiver.now).deliver(again(2)) == "W1"
    assert list(receiver.tickets) == [KEPT.ticket_id]


def test_a_receiver_that_gives_no_number_has_the_ticket_all_the_same(
    receiver: WebhookReceiver,
) -> None:
    receiver.faults = [GARBAGE]
    assert webhook(receiver).deliver(PARCEL) == ""


def test_a_ticket_is_posted_whole(receiver: WebhookReceiver) -> None:
    webhook(receiver).deliver(PARCEL)
    posted = receiver.tickets[KEPT.ticket_id]
    assert posted["ticket"] == KEPT.ticket.model_dump()
    assert posted["contact"] == {
        "name": "Ann Lee", "email": "ann@boat.example", "verified": False,
    }  # fmt: skip
    assert posted["transcript"][0]["content"] == "The gate is stuck"
    assert posted["sections"][0]["url"] == "https://docs.example/gate"
    assert base64.b64decode(posted["attachments"][0]["content"]) == b"06:00 stuck\n"

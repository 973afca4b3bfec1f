from pathlib import Path

import pytest

from bot.destination import mail_address, open_destination, sends
from bot.errors import DeliveryRefused, ProfileError
from bot.mail_destination import SmtpDestination
from bot.profile import Desk, load_profile
from bot.webhook_destination import WebhookDestination
from bot.zendesk_destination import ZendeskRequestDestination, ZendeskTicketDestination

SMTP = {"type": "smtp", "host": "mail.example", "sender": "bot@desk.example"}
WEBHOOK = {"type": "webhook", "url": "https://desk.example/hook", "secret_env": "DESK_SECRET"}
TICKET = {
    "type": "zendesk_ticket",
    "url": "https://desk.example",
    "agent_email": "agent@desk.example",
    "token_env": "DESK_SECRET",
}
REQUEST = {"type": "zendesk_request", "url": "https://desk.example"}


def desk(destination: dict | None = None, **fields: object) -> Desk:
    given = {"destination": destination} if destination else {}
    return Desk.model_validate({"id": "helm", "name": "Helm", "how": "Write.", **given, **fields})


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        ('type = "pigeon"', "pigeon"),
        ('type = "webhook"\nurl = "https://a.example"', "secret_env"),
        ('type = "webhook"\nurl = "http://a.example"\nsecret_env = "A"', "must begin with https"),
        ('type = "webhook"\nurl = "a.example"\nsecret_env = "A"', "must begin with https"),
        ('type = "webhook"\nurl = "https://a.example"\nsecret_env = "my secret!"', "secret_env"),
        ('type = "webhook"\nurl = "https://a.example"\nsecret = "x"', "secret"),
        ('type = "smtp"\nhost = "a.example"\nsender = "bot"', "sender"),
        ('type = "smtp"\nhost = "a.example"\nsender = "a@b"\npassword = "x"', "password"),
    ],
)
def test_a_destination_that_cannot_be_is_one_sentence_with_its_place(
    tmp_path: Path, destination: str, words: str
) -> None:
    (tmp_path / "support.toml").write_text(
        'default_desk = "helm"\n[[desks]]\nid = "helm"\nname = "Helm"\nhow = "Write."\n'
        f"[desks.destination]\n{destination}\n"
    )
    with pytest.raises(ProfileError, match=words) as wrong:
        load_profile(None, tmp_path)
    assert "destination" in str(wrong.value)


@pytest.mark.parametrize("destination", [WEBHOOK, TICKET, {**SMTP, "password_env": "DESK_SECRET"}])
def test_a_secret_that_is_not_set_is_one_sentence(
    destination: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_SECRET", raising=False)
    with pytest.raises(DeliveryRefused, match=r"^The environment variable DESK_SECRET is not set"):
        open_destination(desk(destination, email="helm@desk.example"))


def test_a_desk_without_an_address_gets_no_mail() -> None:
    with pytest.raises(DeliveryRefused, match="helm has no e-mail address"):
        open_destination(desk(SMTP))


def test_mail_goes_to_the_address_of_the_destination_before_that_of_the_desk() -> None:
    assert mail_address(desk(SMTP, email="helm@desk.example")) == "helm@desk.example"
    other = {**SMTP, "to": "tickets@desk.example"}
    assert mail_address(desk(other, email="helm@desk.example")) == "tickets@desk.example"


@pytest.mark.parametrize("destination", [None, {"type": "save"}, {"type": "email_file"}])
def test_a_person_sends_where_the_profile_says_nothing_else(destination: dict | None) -> None:
    assert not sends(desk(destination))
    with pytest.raises(DeliveryRefused, match="sent by a person"):
        open_destination(desk(destination))


@pytest.mark.parametrize(
    ("destination", "kind"),
    [
        (SMTP, SmtpDestination),
        (WEBHOOK, WebhookDestination),
        (TICKET, ZendeskTicketDestination),
        (REQUEST, ZendeskRequestDestination),
    ],
)
def test_the_profile_chooses_the_destination(
    destination: dict, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_SECRET", "s3cret")
    helm = desk(destination, email="helm@desk.example")
    assert sends(helm)
    assert isinstance(open_destination(helm), kind)

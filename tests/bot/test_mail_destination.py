import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from bot import mail_destination
from bot.attachment import make_attachment
from bot.destination_settings import SmtpSettings
from bot.errors import DeliveryPostponed, DeliveryRefused
from bot.kept_ticket import Parcel
from bot.mail_destination import MAX_LINK, SmtpDestination, email_file, mailto_link
from tests.bot.mail_server import MailServer, serving_mail
from tests.bot.ticket_samples import KEPT, LOG, PARCEL, TICKET, again

TO = "helm@harbour.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving_mail() as server:
        yield server


def smtp(server: MailServer, **changes: object) -> SmtpDestination:
    given = {
        "type": "smtp",
        "host": "localhost",
        "port": server.port,
        "security": "none",
        "sender": "bot@harbour.example",
    }
    return SmtpDestination(SmtpSettings(**given | changes), TO)


def test_a_server_that_is_not_there_is_tried_again(server: MailServer) -> None:
    with pytest.raises(DeliveryPostponed, match="localhost cannot be reached"):
        smtp(server, port=1).deliver(PARCEL)


def test_a_server_that_hangs_is_tried_again(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_destination, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(DeliveryPostponed):
        smtp(server, security="tls").deliver(PARCEL)  # it waits for a greeting in TLS


def test_a_server_that_is_busy_is_tried_again(server: MailServer) -> None:
    server.replies = ["451 Greylisted"]
    with pytest.raises(DeliveryPostponed, match="451"):
        smtp(server).deliver(PARCEL)


def test_a_server_that_says_no_is_not_asked_again(server: MailServer) -> None:
    server.replies = ["552 Too large"]
    with pytest.raises(DeliveryRefused, match="552"):
        smtp(server).deliver(PARCEL)


@pytest.mark.parametrize("farewell", ["250 Bye", "421 Closing", "500 What?", "drop"])
def test_a_ticket_that_was_accepted_is_delivered_however_the_server_says_goodbye(
    server: MailServer, farewell: str
) -> None:
    server.farewell = farewell
    assert smtp(server).deliver(PARCEL) == ""
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [("550 No such box", DeliveryRefused), ("450 Box is busy", DeliveryPostponed)],
)
def test_a_box_that_is_refused(server: MailServer, reply: str, error: type[Exception]) -> None:
    server.refused_recipients = {TO: reply}
    with pytest.raises(error, match=reply[:3]):
        smtp(server).deliver(PARCEL)


def test_a_server_without_tls_gets_no_ticket(server: MailServer) -> None:
    with pytest.raises(DeliveryRefused, match="does not offer what the profile asks for"):
        smtp(server, security="starttls").deliver(PARCEL)
    assert server.messages == []


def test_a_certificate_that_nobody_vouches_for_is_one_sentence() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with serving_mail(context) as server:
        with pytest.raises(DeliveryRefused, match="The certificate of localhost is not valid"):
            smtp(server, security="starttls").deliver(PARCEL)
    assert server.messages == []


LOGIN = {"security": "starttls", "username": "bot", "password_env": "MAIL_PASSWORD"}


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server with TLS whose authority is known here."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with serving_mail(context) as server:
        yield server


def test_a_ticket_goes_through_tls_with_a_login(
    secured: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "s3cret")
    assert smtp(secured, **LOGIN).deliver(PARCEL) == ""
    assert secured.logins == [("bot", "s3cret")]
    assert len(secured.messages) == 1


def test_a_wrong_password_is_not_tried_again(
    secured: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wr0ng")
    with pytest.raises(DeliveryRefused, match="535") as refused:
        smtp(secured, **LOGIN).deliver(PARCEL)
    assert "wr0ng" not in str(refused.value)
    assert secured.messages == []


def test_a_message_whose_answer_was_lost_can_be_told_by_its_id(server: MailServer) -> None:
    server.replies = ["drop"]
    with pytest.raises(DeliveryPostponed):
        smtp(server).deliver(PARCEL)
    smtp(server).deliver(again(2))
    first, second = (message["Message-ID"] for message in server.messages)
    assert first == second == f"<{KEPT.ticket_id}@harbour.example>"


def test_the_desk_gets_the_ticket_and_can_answer_the_person(server: MailServer) -> None:
    smtp(server).deliver(PARCEL)
    [message] = server.messages
    log, transcript = message.iter_attachments()
    assert message["To"] == TO
    assert message["From"] == "bot@harbour.example"
    assert message["Reply-To"] == "Ann Lee <ann@boat.example>"
    assert message["Subject"] == "The gate is stuck"
    text = message.get_body().get_content()
    assert "It does not open since 06:00." in text
    assert "Ann Lee ann@boat.example (unverified address)" in text
    assert (log.get_filename(), log.get_content()) == ("gate.log", "06:00 stuck\n")
    assert transcript.get_filename() == "conversation.txt"


def test_a_subject_cannot_add_a_header(server: MailServer) -> None:
    ticket = TICKET.model_copy(update={"subject": "Hi\r\nBcc: all@harbour.example"})
    smtp(server).deliver(Parcel(KEPT.model_copy(update={"ticket": ticket}), ()))
    assert server.messages[0]["Subject"] == "Hi Bcc: all@harbour.example"
    assert server.recipients == [[TO]]


def test_an_email_file_opens_as_a_draft_with_everything_in_it() -> None:
    message = message_from_bytes(email_file(PARCEL, TO), policy=default)
    assert (message["X-Unsent"], message["To"]) == ("1", TO)
    assert message["From"] == "Ann Lee <ann@boat.example>"
    assert [each.get_filename() for each in message.iter_attachments()] == [
        "gate.log",
        "conversation.txt",
    ]


@pytest.mark.parametrize("email", ["", "ann@"])
def test_an_email_file_can_be_made_before_a_contact_is_given(email: str) -> None:
    contact = KEPT.contact.model_copy(update={"email": email})
    nameless = KEPT.model_copy(update={"contact": contact})
    assert message_from_bytes(email_file(Parcel(nameless, (LOG,)), TO))["From"] is None


@pytest.mark.parametrize(
    "name", ["a.eml", "a.html", "a.zip", "Störung.log", "a.mht", "a.mhtml", "a"]
)
def test_any_file_can_go_with_an_email(name: str) -> None:
    content = b"Subject: \xff\r\n\n\x00"
    file = email_file(Parcel(KEPT, (make_attachment(name, content),)), TO)
    attached = next(message_from_bytes(file, policy=default).iter_attachments())
    assert attached.get_filename() == name
    assert attached.get_payload(decode=True) == content


def test_a_mailto_link_holds_the_whole_of_a_short_ticket() -> None:
    link = urlsplit(mailto_link(KEPT, TO))
    fields = parse_qs(link.query)
    assert (link.scheme, link.path) == ("mailto", TO)
    assert fields["subject"] == ["The gate is stuck"]
    assert fields["body"][0].endswith(f"\r\nReference: {KEPT.ticket_id}")


@pytest.mark.parametrize("character", ["x", "é", "\n", "😀"])
def test_a_mailto_link_of_a_long_ticket_is_cut_and_says_so(character: str) -> None:
    long = TICKET.model_copy(update={"description": f"Begin{character * 5000}end"})
    link = mailto_link(KEPT.model_copy(update={"ticket": long}), TO)
    assert len(link) <= MAX_LINK
    assert parse_qs(urlsplit(link).query)["body"][0].endswith("[…]")

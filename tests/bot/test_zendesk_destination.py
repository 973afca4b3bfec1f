import time
from collections.abc import Iterator

import pytest

from bot import desk_call
from bot.destination_settings import ZendeskRequestSettings, ZendeskTicketSettings
from bot.errors import DeliveryPostponed, DeliveryRefused
from bot.kept_ticket import Parcel
from bot.zendesk_destination import ZendeskRequestDestination, ZendeskTicketDestination
from tests.bot.desk_server import (
    ACCEPT_AND_DROP,
    ACCEPT_AND_HANG,
    DROP,
    GARBAGE,
    HANG,
    Answer,
    Zendesk,
    serving_desk,
)
from tests.bot.ticket_samples import KEPT, PARCEL, again

DROPPED_ANSWERS = [ACCEPT_AND_DROP, ACCEPT_AND_HANG]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zendesk]:
    monkeypatch.setenv("DESK_TOKEN", "t0ken")
    monkeypatch.setattr(desk_call, "TIMEOUT", 0.5)
    with serving_desk(Zendesk()) as desk:
        yield desk


@pytest.fixture
def tickets(desk: Zendesk) -> ZendeskTicketDestination:
    return ZendeskTicketDestination(
        ZendeskTicketSettings(
            type="zendesk_ticket",
            url=desk.url,
            agent_email="agent@desk.example",
            token_env="DESK_TOKEN",
            custom_fields={"Berth": 42},
            tags=("bot",),
        )
    )


@pytest.fixture
def requests(desk: Zendesk) -> ZendeskRequestDestination:
    return ZendeskRequestDestination(ZendeskRequestSettings(type="zendesk_request", url=desk.url))


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESK_TOKEN", raising=False)
    settings = ZendeskTicketSettings(
        type="zendesk_ticket", url="https://a.example", agent_email="a@b.c", token_env="DESK_TOKEN"
    )
    with pytest.raises(DeliveryRefused, match="variable DESK_TOKEN is not set: set it"):
        ZendeskTicketDestination(settings)


@pytest.mark.parametrize("fault", [HANG, DROP, 500, 503, 409, *DROPPED_ANSWERS])
def test_a_desk_that_fails_is_tried_again(
    desk: Zendesk, tickets: ZendeskTicketDestination, fault: str | int
) -> None:
    desk.faults = [fault]
    with pytest.raises(DeliveryPostponed, match=r"it is tried again\.$"):
        tickets.deliver(PARCEL)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("", 0), ("soon", 0), ("-5", 0), ("Fri, 31 Dec 9999 23:59:59 -1200", 0)],
)
def test_a_busy_desk_says_how_long_to_wait(
    desk: Zendesk, tickets: ZendeskTicketDestination, header: str, seconds: float
) -> None:
    desk.faults, desk.retry_after = [429], header
    with pytest.raises(DeliveryPostponed) as postponed:
        tickets.deliver(PARCEL)
    assert postponed.value.retry_after == seconds


def test_a_busy_desk_may_name_a_date(desk: Zendesk, tickets: ZendeskTicketDestination) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 600))
    desk.faults, desk.retry_after = [429], date
    with pytest.raises(DeliveryPostponed) as postponed:
        tickets.deliver(PARCEL)
    assert 590 < postponed.value.retry_after < 610


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422])
def test_a_desk_that_says_no_is_not_asked_again(
    desk: Zendesk, tickets: ZendeskTicketDestination, status: int
) -> None:
    desk.faults = [status]
    with pytest.raises(DeliveryRefused, match=f"refused the ticket with {status}"):
        tickets.deliver(PARCEL)


def test_a_wrong_token_is_refused_and_names_what_to_check(
    desk: Zendesk, tickets: ZendeskTicketDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_agent", "agent@desk.example/token:another")
    with pytest.raises(DeliveryRefused, match="check the secret") as refused:
        tickets.deliver(PARCEL)
    assert "t0ken" not in str(refused.value)


def test_a_page_in_the_place_of_an_answer_is_tried_again(
    desk: Zendesk, tickets: ZendeskTicketDestination
) -> None:
    desk.faults = [GARBAGE]
    with pytest.raises(DeliveryPostponed, match="without the id of the ticket"):
        tickets.deliver(PARCEL)


@pytest.mark.parametrize("fault", DROPPED_ANSWERS)
def test_a_ticket_whose_answer_was_lost_is_not_made_twice(
    desk: Zendesk, tickets: ZendeskTicketDestination, fault: str
) -> None:
    desk.faults = [fault]
    with pytest.raises(DeliveryPostponed):
        tickets.deliver(PARCEL)
    assert tickets.deliver(again(2)) == "1001"
    assert len(desk.tickets) == 1


def test_a_ticket_is_not_made_twice_when_its_key_has_expired(
    desk: Zendesk, tickets: ZendeskTicketDestination
) -> None:
    desk.faults = [ACCEPT_AND_DROP]
    with pytest.raises(DeliveryPostponed):
        tickets.deliver(PARCEL)
    desk.now = lambda: time.time() + 3 * desk.KEY_LASTS_SECONDS
    assert tickets.deliver(again(2)) == "1001"
    assert len(desk.tickets) == 1


def test_two_attempts_at_once_make_one_ticket(
    desk: Zendesk, tickets: ZendeskTicketDestination
) -> None:
    # Neither knows of the other, and their upload tokens differ.
    assert tickets.deliver(PARCEL) == tickets.deliver(PARCEL) == "1001"
    assert len(desk.tickets) == 1


def test_the_same_content_under_the_same_key_gives_the_same_ticket(
    desk: Zendesk, tickets: ZendeskTicketDestination
) -> None:
    bare = Parcel(KEPT.model_copy(update={"transcript": []}), ())
    assert tickets.deliver(bare) == tickets.deliver(bare) == "1001"
    assert len(desk.tickets) == 1


def test_a_ticket_has_what_the_desk_wants_to_know(
    desk: Zendesk, tickets: ZendeskTicketDestination
) -> None:
    tickets.deliver(PARCEL)
    [ticket] = desk.tickets
    body = ticket.pop("comment")["body"]
    assert "It does not open since 06:00." in body
    assert "Berth: 7" in body
    assert "Guide › Gate https://docs.example/gate" in body
    assert ticket == {
        "id": 1001,
        "external_id": KEPT.ticket_id,
        "subject": "The gate is stuck",
        "priority": "high",
        "requester": {"name": "Ann Lee", "email": "ann@boat.example"},
        "custom_fields": [{"id": 42, "value": "7"}],
        "tags": ["bot"],
    }


def test_all_files_and_the_transcript_go_in_one_upload(
    desk: Zendesk, tickets: ZendeskTicketDestination
) -> None:
    tickets.deliver(PARCEL)
    [token] = desk.tickets[0]["comment"]["uploads"]
    (log_name, log), (transcript_name, transcript) = desk.uploads[token]
    assert (log_name, log) == ("gate.log", b"06:00 stuck\n")
    assert transcript_name == "conversation.txt"
    assert b"Person:\nThe gate is stuck\n" in transcript


def test_an_anonymous_request_names_the_requester(
    desk: Zendesk, requests: ZendeskRequestDestination
) -> None:
    assert requests.deliver(PARCEL) == "2001"
    assert desk.requests[0]["requester"] == {"name": "Ann Lee", "email": "ann@boat.example"}
    assert "authorization" not in desk.calls[-1].headers


def test_a_request_with_a_token_is_in_the_name_of_the_person(desk: Zendesk) -> None:
    settings = ZendeskRequestSettings(type="zendesk_request", url=desk.url, token_env="DESK_TOKEN")
    assert ZendeskRequestDestination(settings).deliver(PARCEL) == "2001"
    # ann@boat.example/token:t0ken
    assert (
        desk.calls[-1].headers["authorization"] == "Basic YW5uQGJvYXQuZXhhbXBsZS90b2tlbjp0MGtlbg=="
    )
    assert "requester" not in desk.requests[0]


def test_a_request_that_was_made_without_a_number_is_not_made_again(
    desk: Zendesk, requests: ZendeskRequestDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = desk._create_request
    monkeypatch.setattr(desk, "_create_request", lambda call: created(call) and Answer(201, {}))
    assert requests.deliver(PARCEL) == ""


def test_a_request_whose_answer_was_lost_can_be_told_by_its_reference(
    desk: Zendesk, requests: ZendeskRequestDestination
) -> None:
    # Zendesk documents no key for requests: this is the double that cannot be prevented.
    desk.faults = [ACCEPT_AND_DROP]
    with pytest.raises(DeliveryPostponed):
        requests.deliver(PARCEL)
    requests.deliver(again(2))
    first, second = (each["comment"]["body"] for each in desk.requests)
    assert first == second
    assert first.endswith(f"Reference: {KEPT.ticket_id}")

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import desk_call
from bot import outbox as module
from bot.attachment import make_attachment
from bot.contact import Contact
from bot.database import Database
from bot.errors import AttachmentError, ContactError, TicketError, UnknownTicket
from bot.kept_ticket import KeptTicket
from bot.outbox import FIRST_WAIT, GIVE_UP_AFTER, LEASE, LONGEST_WAIT, Outbox
from bot.profile import Profile
from tests.bot.clock import Clock
from tests.bot.desk_server import ACCEPT_AND_DROP, DROP, Zendesk, serving_desk
from tests.bot.ticket_samples import CONTACT, LOG, TICKET


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Zendesk]:
    monkeypatch.setenv("DESK_TOKEN", "t0ken")
    monkeypatch.setattr(desk_call, "TIMEOUT", 0.5)
    with serving_desk(Zendesk()) as desk:
        desk.now = clock.timestamp
        yield desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite"


@pytest.fixture
def database(path: Path) -> Database:
    return Database(path)


def profile(desk: Zendesk, **changes: object) -> Profile:
    zendesk = {
        "type": "zendesk_ticket",
        "url": desk.url,
        "agent_email": "agent@desk.example",
        "token_env": "DESK_TOKEN",
    }
    helm = {"id": "helm", "name": "Helm", "how": "Phone the helm.", "destination": zendesk}
    dock = {"id": "dock", "name": "Dock", "how": "Go there."}
    return Profile.model_validate({"desks": [helm | changes, dock], "default_desk": "helm"})


@pytest.fixture
def outbox(database: Database, desk: Zendesk, clock: Clock) -> Outbox:
    return Outbox(database, profile(desk), now=clock, jitter=lambda: 0.0)


@pytest.fixture
def ticket_id(database: Database) -> str:
    return database.add_ticket("c1", TICKET, contact=CONTACT, attachments=[LOG])


def due_in(kept: KeptTicket, clock: Clock) -> timedelta:
    return datetime.fromisoformat(kept.next_attempt) - clock()


def test_an_unknown_ticket_cannot_be_submitted(outbox: Outbox) -> None:
    with pytest.raises(UnknownTicket):
        outbox.submit("nowhere")


@pytest.mark.parametrize("email", ["", "ann", "ann@", "ann@boat", "a b@boat.example"])
def test_a_ticket_without_an_address_to_answer_stays_a_draft(
    outbox: Outbox, database: Database, ticket_id: str, email: str
) -> None:
    database.edit_ticket(ticket_id, contact=Contact(name="Ann", email=email))
    with pytest.raises(ContactError):
        outbox.submit(ticket_id)
    assert database.ticket(ticket_id).state == "saved"


def test_a_file_that_the_desk_refuses_keeps_the_ticket_a_draft(
    database: Database, desk: Zendesk, ticket_id: str
) -> None:
    strict = Outbox(database, profile(desk, attachments={"types": [".png"]}))
    with pytest.raises(AttachmentError, match="does not take gate.log"):
        strict.submit(ticket_id)
    assert database.ticket(ticket_id).state == "saved"


def test_a_desk_that_the_profile_no_longer_has_is_named(
    outbox: Outbox, database: Database, ticket_id: str
) -> None:
    database.edit_ticket(ticket_id, ticket=TICKET.model_copy(update={"desk": "gone"}))
    with pytest.raises(TicketError, match="no desk 'gone': choose one of helm, dock"):
        outbox.submit(ticket_id)


def test_a_desk_that_vanishes_on_the_way_fails_the_ticket(
    outbox: Outbox, database: Database, clock: Clock, ticket_id: str
) -> None:
    dock = {"id": "dock", "name": "Dock", "how": "Go there."}
    changed = Profile.model_validate({"desks": [dock], "default_desk": "dock"})
    outbox.submit(ticket_id)
    Outbox(database, changed, now=clock).send_due()
    assert database.ticket(ticket_id).state == "failed"


def test_a_secret_that_is_not_set_fails_the_ticket_and_names_the_variable(
    outbox: Outbox, database: Database, ticket_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_TOKEN")
    outbox.submit(ticket_id)
    outbox.send_due()
    kept = database.ticket(ticket_id)
    assert kept.status == "could not be sent, here is how: Send it by email."
    assert "variable DESK_TOKEN is not set" in kept.last_error


def test_a_ticket_for_a_person_to_send_stays_saved(outbox: Outbox, database: Database) -> None:
    ticket_id = database.add_ticket("c1", TICKET.model_copy(update={"desk": "dock"}))
    assert outbox.submit(ticket_id).status == "saved"
    assert outbox.send_due() == []


def test_a_ticket_is_sent_with_its_number(
    outbox: Outbox, database: Database, desk: Zendesk, ticket_id: str
) -> None:
    assert database.ticket(ticket_id).status == "saved"
    assert outbox.submit(ticket_id).status == "sending"
    assert outbox.send_due() == [ticket_id]
    assert database.ticket(ticket_id).status == "sent, number 1001"


def test_a_second_click_sends_nothing_more(outbox: Outbox, desk: Zendesk, ticket_id: str) -> None:
    outbox.submit(ticket_id)
    outbox.submit(ticket_id)
    outbox.send_due()
    assert outbox.submit(ticket_id).status == "sent, number 1001"
    assert outbox.send_due() == []
    assert len(desk.tickets) == 1


def test_the_wait_doubles_up_to_an_hour(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    waits = []
    for _ in range(9):
        desk.faults = [503]
        outbox.send_due()
        waits.append(due_in(database.ticket(ticket_id), clock))
        clock.forward(seconds=waits[-1].total_seconds())
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT]


def test_the_wait_varies_by_half_so_that_tickets_do_not_come_back_together(
    database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    hasty = Outbox(database, profile(desk), now=clock, jitter=lambda: 1.0)
    desk.faults = [503]
    hasty.submit(ticket_id)
    hasty.send_due()
    assert due_in(database.ticket(ticket_id), clock) == FIRST_WAIT / 2


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("600", timedelta(minutes=10)),
        ("1", FIRST_WAIT),
        ("99999999", timedelta(days=1)),
        ("1000000000000000", timedelta(days=1)),
        ("9" * 400, timedelta(days=1)),
    ],
)
def test_a_desk_gets_the_rest_that_it_asks_for(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str,
    header: str, wait: timedelta,
) -> None:  # fmt: skip
    desk.faults, desk.retry_after = [429], header
    outbox.submit(ticket_id)
    outbox.send_due()
    assert due_in(database.ticket(ticket_id), clock) == wait


def test_a_ticket_survives_a_desk_that_is_down_for_three_days(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    desk.faults = [DROP] * 1000
    for _ in range(3 * 4):
        clock.forward(hours=6)
        outbox.send_due()
    assert database.ticket(ticket_id).status == "sending"
    desk.faults = []
    clock.forward(hours=1)
    outbox.send_due()
    assert database.ticket(ticket_id).status == "sent, number 1001"


def test_after_many_days_it_is_given_up_and_says_how(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    desk.faults = [503] * 1000
    for _ in range(GIVE_UP_AFTER.days * 2 + 1):
        clock.forward(hours=12)
        outbox.send_due()
    kept = database.ticket(ticket_id)
    assert kept.status == "could not be sent, here is how: Send it by email."
    assert "503" in kept.last_error


def test_a_machine_that_was_off_for_a_week_still_tries(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    clock.forward(days=7)
    desk.faults = [DROP]
    outbox.send_due()
    assert database.ticket(ticket_id).status == "sending"


def test_a_ticket_that_failed_can_be_mended_and_sent(
    outbox: Outbox, database: Database, desk: Zendesk, ticket_id: str
) -> None:
    desk.faults = [422]
    outbox.submit(ticket_id)
    outbox.send_due()
    assert "supportbot tickets edit" in database.ticket(ticket_id).last_error
    database.edit_ticket(ticket_id, ticket=TICKET.model_copy(update={"subject": "Mended"}))
    assert outbox.send_now(ticket_id).status == "sent, number 1001"
    assert desk.tickets[0]["subject"] == "Mended"
    assert database.ticket(ticket_id).last_error == ""


def test_a_ticket_that_was_given_up_and_had_arrived_is_not_sent_twice(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    desk.faults = [ACCEPT_AND_DROP]
    outbox.send_due()
    desk.close()
    for _ in range(GIVE_UP_AFTER.days * 2 + 1):
        clock.forward(hours=12)
        outbox.send_due()
    assert database.ticket(ticket_id).state == "failed"
    with serving_desk(Zendesk()) as reopened:
        reopened.tickets = desk.tickets
        again = Outbox(database, profile(reopened), now=clock)
        assert again.send_now(ticket_id).status == "sent, number 1001"
        assert len(reopened.tickets) == 1


def test_a_desk_that_a_person_writes_to_by_now_fails_the_ticket(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    saving = profile(desk, destination={"type": "save"})
    Outbox(database, saving, now=clock).send_due()
    assert "are sent by a person" in database.ticket(ticket_id).last_error


def test_a_ticket_that_waits_can_be_tried_at_once(
    outbox: Outbox, desk: Zendesk, ticket_id: str
) -> None:
    desk.faults = [503]
    outbox.submit(ticket_id)
    outbox.send_due()
    assert outbox.send_due() == []
    assert outbox.send_now(ticket_id).status == "sent, number 1001"


def test_a_leased_ticket_is_left_to_who_holds_it(
    outbox: Outbox, database: Database, desk: Zendesk, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    database.claim(clock(), clock() + LEASE)
    assert outbox.send_due() == []
    assert outbox.send_now(ticket_id).status == "sending"
    assert desk.tickets == []


def test_a_lease_that_ran_out_is_taken_over(
    outbox: Outbox, database: Database, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    database.claim(clock(), clock() + LEASE)
    clock.forward(seconds=LEASE.total_seconds())
    assert outbox.send_due() == [ticket_id]
    assert database.ticket(ticket_id).status == "sent, number 1001"


def test_who_lost_the_lease_changes_nothing_but_success(
    outbox: Outbox, database: Database, clock: Clock, ticket_id: str
) -> None:
    outbox.submit(ticket_id)
    _, slow = database.claim(clock(), clock() + LEASE)
    clock.forward(seconds=LEASE.total_seconds())
    database.claim(clock(), clock() + LEASE)
    database.mark_failed(ticket_id, slow, "too late")
    database.postpone(ticket_id, slow, clock(), "too late")
    assert database.ticket(ticket_id).last_error == ""
    database.mark_sent(ticket_id, "7")
    assert database.ticket(ticket_id).status == "sent, number 7"


def test_many_outboxes_on_one_database_send_each_ticket_once(
    database: Database, desk: Zendesk, path: Path
) -> None:
    wanted = [database.add_ticket("c1", TICKET, contact=CONTACT) for _ in range(12)]
    outboxes = [Outbox(Database(path), profile(desk)) for _ in range(4)]
    for ticket_id in wanted:
        outboxes[0].submit(ticket_id)
    threads = [threading.Thread(target=each.send_due) for each in outboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each["external_id"] for each in desk.tickets) == sorted(wanted)
    posted = [call for call in desk.calls if call.path == "/api/v2/tickets"]
    assert len(posted) == 12


def test_a_fault_of_our_own_loses_no_ticket_and_stops_no_other(
    database: Database, desk: Zendesk, clock: Clock, ticket_id: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    other = database.add_ticket("c2", TICKET, contact=CONTACT)
    outbox = Outbox(database, profile(desk), now=clock)
    attachments = database.attachments

    def broken(wanted: str) -> list[None]:
        under_way = wanted == ticket_id and database.ticket(wanted).attempts
        return [None] if under_way else attachments(wanted)

    monkeypatch.setattr(database, "attachments", broken)
    outbox.submit(ticket_id)
    outbox.submit(other)
    outbox.send_due()
    assert database.ticket(other).state == "sent"
    assert database.ticket(ticket_id).state == "sending"
    assert "Sending ticket" in caplog.text


def test_the_worker_sends_what_is_submitted_and_tries_again(
    database: Database, desk: Zendesk, ticket_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", timedelta(seconds=0.1))
    outbox = Outbox(database, profile(desk))
    desk.faults = [ACCEPT_AND_DROP, 503]
    outbox.start()
    try:
        outbox.submit(ticket_id)
        _wait_until(lambda: database.ticket(ticket_id).state == "sent")
    finally:
        outbox.stop()
    assert len(desk.tickets) == 1


def test_the_worker_outlives_a_locked_database(
    database: Database, desk: Zendesk, path: Path, ticket_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.database.BUSY_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.1)
    outbox = Outbox(database, profile(desk))
    outbox.submit(ticket_id)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        outbox.start()
        threading.Event().wait(0.5)
    try:
        _wait_until(lambda: database.ticket(ticket_id).state == "sent")
    finally:
        outbox.stop()


def _wait_until(reached) -> None:
    waited = threading.Event()
    for _ in range(200):
        if reached():
            return
        waited.wait(0.05)
    raise AssertionError("it did not come to pass within ten seconds")


def test_files_are_checked_when_they_are_chosen(outbox: Outbox) -> None:
    with pytest.raises(AttachmentError, match="20.0 MB and the desk takes at most 10 MB"):
        outbox.check_files(TICKET, [make_attachment("big.log", b"x" * 20_000_000)])

import threading

import pytest

from bot.attachment import MAX_NAME
from bot.contact import Contact
from bot.database import Database
from bot.draft_editor import Box, DraftEditor
from bot.errors import AttachmentError, ContactError, TicketError, TicketLocked
from tests.bot.draft_samples import DRAFT

SECRET = "password: Tr0ub4dor&3"
MASKED = "password: [password masked]"
BOAT = Box("Boat", is_field=True)


@pytest.fixture
def id(database: Database) -> str:
    return database.add_ticket("c1", DRAFT)


@pytest.mark.parametrize("box", [Box("subject"), Box("description"), BOAT])
def test_a_secret_is_masked_before_it_is_kept(
    editor: DraftEditor, database: Database, id: str, box: Box
) -> None:
    masked = editor.write(id, {box: SECRET})
    assert masked[box].notice == "I masked a password."
    assert box.value_in(database.ticket(id)) == MASKED


def test_what_is_said_to_be_harmless_is_kept(
    editor: DraftEditor, database: Database, id: str
) -> None:
    assert editor.write(id, {BOAT: SECRET}, {"Tr0ub4dor&3"}) == {}
    assert BOAT.value_in(database.ticket(id)) == SECRET


def test_a_contact_is_kept_as_it_is_typed(editor: DraftEditor, database: Database, id: str) -> None:
    editor.write(id, {Box("name"): "Ann"})
    editor.write(id, {Box("email"): "ann@"})
    assert database.ticket(id).contact == Contact(name="Ann", email="ann@")


def test_a_verified_address_that_is_typed_over_is_no_longer_verified(
    editor: DraftEditor, database: Database, id: str
) -> None:
    database.edit_ticket(id, contact=Contact(email="ann@boat.example", verified=True))
    editor.write(id, {Box("name"): "Ann"})
    assert database.ticket(id).contact.verified
    editor.write(id, {Box("email"): "bo@boat.example"})
    assert not database.ticket(id).contact.verified


def test_an_empty_subject_is_refused_and_nothing_is_kept(
    editor: DraftEditor, database: Database, id: str
) -> None:
    with pytest.raises(TicketError, match="no subject"):
        editor.write(id, {Box("subject"): " ", BOAT: "Arrow"})
    assert database.ticket(id).ticket == DRAFT


def test_another_kind_asks_for_other_fields_and_keeps_those_given(
    editor: DraftEditor, database: Database, id: str
) -> None:
    editor.write(id, {BOAT: "Arrow"})
    editor.write(id, {Box("kind"): "Question"})
    ticket = database.ticket(id).ticket
    assert (ticket.fields, ticket.missing) == ({"Boat": "Arrow"}, [])


def test_boxes_that_are_left_at_once_are_all_kept(
    editor: DraftEditor, database: Database, id: str
) -> None:
    boxes = [Box(str(number), is_field=True) for number in range(8)]
    threads = [threading.Thread(target=editor.write, args=(id, {box: "x"})) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(database.ticket(id).ticket.fields) == 8


def test_a_file_is_the_answer_to_the_file_that_is_missing(
    editor: DraftEditor, database: Database, id: str
) -> None:
    editor.attach(id, "../gate.log", b"stuck")
    editor.attach(id, "more.log", b"stuck")
    ticket = database.ticket(id).ticket
    assert (ticket.fields, ticket.missing) == ({"Log file": "gate.log"}, ["Boat", "Berth"])
    editor.detach(id, "gate.log")
    assert database.ticket(id).ticket.missing == ["Boat", "Berth", "Log file"]
    assert [each.name for each in database.ticket(id).attachments] == ["more.log"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", b"x"), ("a.log", b""), ("a.log", b"x" * 20_000_000), ("x" * MAX_NAME, b"x")],
)
def test_a_file_that_the_desk_refuses_changes_nothing(
    editor: DraftEditor, database: Database, id: str, name: str, content: bytes
) -> None:
    with pytest.raises(AttachmentError):
        editor.attach(id, name, content)
    assert database.ticket(id).attachments == []
    assert database.ticket(id).ticket == DRAFT


def test_without_an_address_to_answer_nothing_is_sent(
    editor: DraftEditor, database: Database, id: str
) -> None:
    with pytest.raises(ContactError, match="give yours"):
        editor.send(id)
    assert database.ticket(id).state == "saved"


def test_what_is_on_its_way_cannot_be_changed(
    editor: DraftEditor, database: Database, id: str
) -> None:
    editor.write(id, {Box("email"): "ann@boat.example"})
    assert editor.send(id).state == "sending"
    with pytest.raises(TicketLocked):
        editor.write(id, {Box("subject"): "Another"})

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.database import Database
from bot.errors import TicketError
from bot.kept_ticket import KeptTicket
from bot.ticket_exchange import Format, export, import_tickets
from tests.bot.ticket_samples import CONTACT, KEPT, LOG, TICKET

UGLY = TICKET.model_copy(
    update={
        "subject": '=HYPERLINK("http://evil.example")',
        "description": '\'quoted, with "quotes"\nand lines; ünïcode',
        "fields": {"Berth": "+7", "App, ID": '-1"'},
    }
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "from.sqlite")


@pytest.fixture
def other(tmp_path: Path) -> Database:
    return Database(tmp_path / "to.sqlite")


def exported(database: Database, format: Format) -> str:
    return export(
        [(kept, database.attachments(kept.ticket_id)) for kept in database.tickets()], format
    )


def write(file: Path, text: str) -> Path:
    file.write_bytes(text.encode())
    return file


def contents(kept: KeptTicket) -> dict:
    return kept.model_dump(exclude={"attachments", "next_attempt"})


def test_what_is_no_export_is_refused(tmp_path: Path, other: Database) -> None:
    for name, text in {
        "a.json": "{", "b.json": "[]", "c.json": '{"tickets": 1}', "d.csv": "", "e.csv": "a,b\n1,2",
        "f.csv": '"ticket_id',
    }.items():  # fmt: skip
        with pytest.raises(TicketError, match=name):
            import_tickets(write(tmp_path / name, text), other)
    with pytest.raises(TicketError, match="nowhere"):
        import_tickets(tmp_path / "nowhere.json", other)
    assert other.tickets() == []


def test_a_faulty_line_of_csv_is_named_by_its_number_and_the_rest_imported(
    database: Database, other: Database, tmp_path: Path
) -> None:
    for _ in range(3):
        database.add_ticket("c1", TICKET)  # no line breaks in it
    lines = exported(database, "csv").splitlines(keepends=True)
    lines[2] = lines[2].replace(",high,", ",at once,")
    imported = import_tickets(write(tmp_path / "t.csv", "".join(lines)), other)
    [(number, reason)] = imported.faults
    assert (number, "priority" in reason) == (3, True)
    assert len(imported.added) == len(other.tickets()) == 2


@pytest.mark.parametrize("broken", ['"open" end,x\n', '"one\ntwo" end,x\n'])
def test_the_rows_after_one_that_is_no_csv_are_imported(
    database: Database, other: Database, tmp_path: Path, broken: str
) -> None:
    for _ in range(2):
        database.add_ticket("c1", TICKET)  # no line breaks in it
    head, first, second = exported(database, "csv").splitlines(keepends=True)
    imported = import_tickets(write(tmp_path / "t.csv", head + first + broken + second), other)
    [(number, reason)] = imported.faults
    assert (number, "is no CSV" in reason) == (3, True)
    assert len(imported.added) == 2


def test_a_row_that_never_ends_is_a_fault_and_those_before_it_are_imported(
    database: Database, other: Database, tmp_path: Path
) -> None:
    database.add_ticket("c1", TICKET)
    text = exported(database, "csv") + '"open,x\n'
    imported = import_tickets(write(tmp_path / "t.csv", text), other)
    assert ([number for number, _ in imported.faults], len(imported.added)) == ([3], 1)


def test_a_ticket_longer_than_a_cell_of_csv_usually_is_comes_back(
    database: Database, other: Database, tmp_path: Path
) -> None:
    long = TICKET.model_copy(update={"description": "Stuck. " * 20_000})
    database.add_ticket("c1", long)
    imported = import_tickets(write(tmp_path / "t.csv", exported(database, "csv")), other)
    assert (imported.faults, [kept.ticket for kept in other.tickets()]) == ([], [long])


@pytest.mark.parametrize(
    "faulty",
    [7, {}, {"ticket_id": "x"}, {**KEPT.model_dump(), "created": "yesterday"},
     {**KEPT.model_dump(), "attachments": [{"name": "a", "content": "%%%"}]},
     {**KEPT.model_dump(), "attachments": [{"name": "a"}]},
     {**KEPT.model_dump(), "state": "lost"}],
)  # fmt: skip
def test_a_faulty_ticket_of_json_is_named_by_its_number_and_the_rest_imported(
    other: Database, tmp_path: Path, faulty: object
) -> None:
    text = json.dumps({"tickets": [faulty, KEPT.model_dump()]})
    imported = import_tickets(write(tmp_path / "t.json", text), other)
    assert [number for number, _ in imported.faults] == [1]
    assert imported.added == [KEPT.ticket_id]


@pytest.mark.parametrize("format", ["json", "csv"])
def test_an_id_that_is_there_already_is_not_doubled(
    database: Database, tmp_path: Path, format: Format
) -> None:
    ticket_id = database.add_ticket("c1", TICKET)
    file = write(tmp_path / f"t.{format}", exported(database, format))
    database.edit_ticket(ticket_id, ticket=UGLY)
    imported = import_tickets(file, database)
    assert (imported.added, imported.known) == ([], 1)
    assert [kept.ticket for kept in database.tickets()] == [UGLY]


@pytest.mark.parametrize("format", ["json", "csv"])
def test_tickets_come_back_as_they_were(
    database: Database, other: Database, tmp_path: Path, format: Format
) -> None:
    sent = database.add_ticket(
        "c1", UGLY, contact=CONTACT.model_copy(update={"verified": True}),
        transcript=KEPT.transcript, sections=KEPT.sections, attachments=[LOG],
    )  # fmt: skip
    database.submit(sent, datetime.now(UTC))
    database.mark_sent(sent, "0042")
    database.add_ticket("c2", TICKET)
    imported = import_tickets(write(tmp_path / f"t.{format}", exported(database, format)), other)
    assert (len(imported.added), imported.faults) == (2, [])
    before = {kept.ticket_id: contents(kept) for kept in database.tickets()}
    assert {kept.ticket_id: contents(kept) for kept in other.tickets()} == before


def test_json_brings_the_attachments_back(
    database: Database, other: Database, tmp_path: Path
) -> None:
    ticket_id = database.add_ticket("c1", TICKET, attachments=[LOG])
    import_tickets(write(tmp_path / "t.json", exported(database, "json")), other)
    assert other.attachments(ticket_id) == (LOG,)


def test_a_ticket_on_its_way_is_imported_as_saved(
    database: Database, other: Database, tmp_path: Path
) -> None:
    ticket_id = database.add_ticket("c1", TICKET)
    database.submit(ticket_id, datetime.now(UTC))
    import_tickets(write(tmp_path / "t.json", exported(database, "json")), other)
    assert other.ticket(ticket_id).state == "saved"
    assert other.next_due() is None


def test_no_cell_of_csv_is_a_formula(database: Database) -> None:
    database.add_ticket("=c1", UGLY)
    [row] = csv.DictReader(io.StringIO(exported(database, "csv"), newline=""))
    assert row["subject"] == '\'=HYPERLINK("http://evil.example")'
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_markdown_holds_each_ticket_for_a_person(database: Database) -> None:
    database.add_ticket("c1", TICKET, contact=CONTACT)
    database.add_ticket("c2", TICKET)
    text = exported(database, "markdown")
    assert text.count("# The gate is stuck") == 2
    assert "- Contact: Ann Lee ann@boat.example" in text

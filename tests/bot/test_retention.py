import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import database as module
from bot.contact import Contact
from bot.database import Database
from bot.errors import DatabaseError
from bot.reply import Citation, RelatedSection, Reply
from bot.retention import Retention
from tests.bot.ticket_samples import LOG, TICKET

MARK = "very private words"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite"


@pytest.fixture
def database(path: Path) -> Database:
    return Database(path)


def age(path: Path, days: int) -> None:
    """Make everything that is kept so many days older."""
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("replies", "feedback", "tickets"):
            connection.execute(f"UPDATE {table} SET created = ?", (then,))
        connection.execute("UPDATE tickets SET updated = ?", (then,))


def keep_private(database: Database) -> str:
    """A reply, a vote and a ticket with a file that hold the mark; returns the ticket's id."""
    ticket = TICKET.model_copy(update={"description": f"{MARK} " * 500})
    cited = Citation(
        n=1, title=MARK, section=[MARK], url="u", path="p.md", lines=(1, 2), quote=f"{MARK} " * 500
    )
    reply = Reply(
        question=MARK, standalone_question=MARK, outcome="unanswered", answer=MARK,
        confidence=0.1, ticket=ticket, citations=[cited],
        related=[RelatedSection(title=MARK, section=[MARK], url="u")],
    )  # fmt: skip
    database.add_reply("r1", "c1", reply)
    database.add_feedback("r1", "down", MARK)
    [kept] = database.tickets()
    database.edit_ticket(kept.ticket_id, contact=Contact(name=MARK))
    database.attach(kept.ticket_id, LOG.__class__("a.log", "text/plain", MARK.encode() * 9000))
    return kept.ticket_id


def traces(path: Path) -> list[str]:
    """The files of the database in which the mark still stands."""
    return [file.name for file in path.parent.iterdir() if MARK.encode() in file.read_bytes()]


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("replies", "feedback", "tickets", "attachments")
        }


def test_what_is_purged_is_gone_from_every_file(database: Database, path: Path) -> None:
    keep_private(database)
    assert traces(path)
    age(path, 400)
    Retention(database, 365).apply()
    assert traces(path) == []
    assert set(counts(path).values()) == {0}


def test_what_is_younger_stays(database: Database, path: Path) -> None:
    keep_private(database)
    age(path, 300)
    Retention(database, 365).apply()
    assert counts(path) == {"replies": 1, "feedback": 1, "tickets": 1, "attachments": 1}


def test_a_ticket_that_was_touched_since_outlives_its_conversation(
    database: Database, path: Path
) -> None:
    ticket_id = keep_private(database)
    age(path, 400)
    database.edit_ticket(ticket_id, contact=Contact(name="Ann"))
    Retention(database, 365).apply()
    assert counts(path) == {"replies": 0, "feedback": 0, "tickets": 1, "attachments": 1}
    assert database.ticket(ticket_id).reply_id is None


def test_a_ticket_on_its_way_is_not_purged(database: Database, path: Path) -> None:
    ticket_id = keep_private(database)
    database.submit(ticket_id, datetime.now(UTC))
    age(path, 400)
    assert database.purge_tickets(datetime.now(UTC)) == 0
    assert database.ticket(ticket_id).state == "sending"


def test_purging_tickets_leaves_conversations(database: Database, path: Path) -> None:
    keep_private(database)
    age(path, 400)
    assert database.purge_tickets(datetime.now(UTC) - timedelta(days=365)) == 1
    assert counts(path) == {"replies": 1, "feedback": 1, "tickets": 0, "attachments": 0}


def test_a_conversation_is_erased_whole_and_alone(database: Database, path: Path) -> None:
    keep_private(database)
    database.add_ticket("c2", TICKET)
    assert database.erase_conversation("c1") == {"feedback": 1, "replies": 1, "tickets": 1}
    assert traces(path) == []
    assert [kept.conversation_id for kept in database.tickets()] == ["c2"]


def test_a_withdrawn_reply_leaves_no_words_in_the_database(database: Database, path: Path) -> None:
    keep_private(database)
    database.purge_tickets(datetime.now(UTC) + timedelta(days=1))
    assert traces(path)
    database.withdraw_reply("r1")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert traces(path) == []


def test_even_a_ticket_on_its_way_is_erased(database: Database) -> None:
    ticket_id = keep_private(database)
    database.submit(ticket_id, datetime.now(UTC))
    database.erase_conversation("c1")
    database.mark_sent(ticket_id, "7")
    assert database.tickets() == []


def test_what_another_program_still_reads_is_said_not_to_be_gone(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_SECONDS", 0.05)
    keep_private(database)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM tickets").fetchall()
        with pytest.raises(DatabaseError, match="run this again"):
            database.erase_conversation("c1")
    database.purge_tickets(datetime.now(UTC))
    assert traces(path) == []

import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot import database as module
from bot.database import Database, keep_reply, new_id
from bot.errors import DatabaseError, UnknownReply, UnknownTicket
from bot.reply import Reply, Ticket

DRAFT = Ticket(
    desk="helm",
    kind="Problem",
    priority="high",
    subject="The gate is stuck",
    description="It does not open.",
    how="Send it by email.",
)


def reply(**changes: object) -> Reply:
    given = {
        "question": "When?",
        "standalone_question": "When?",
        "outcome": "answered",
        "answer": "At 06:00. [1]",
        "confidence": 0.9,
    }
    return Reply(**given | changes)


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "bot.sqlite"


@pytest.fixture
def database(path: Path) -> Database:
    return Database(path)


def test_a_locked_database_is_named_with_what_to_do(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_SECONDS", 0.05)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseError, match=r"is locked by another program: close .*\.$"):
            database.add_reply(new_id(), new_id(), reply())


def test_a_full_disk_is_named_with_what_to_do(path: Path) -> None:
    program = f"""
        import resource, signal
        from pathlib import Path
        from bot.database import Database, new_id
        from bot.errors import DatabaseError
        from bot.reply import Reply
        database = Database(Path({str(path)!r}))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        reply = Reply(question="When?", standalone_question="When?", outcome="answered",
                      answer="x" * 200_000, confidence=0.9)
        try:
            database.add_reply(new_id(), new_id(), reply)
        except DatabaseError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert "free some space" in done.stdout or "check the disk" in done.stdout


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="SUPPORTBOT_DATA"):
        Database(tmp_path / "file" / "bot.sqlite")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    path.write_text("something else entirely, longer than a header of a database\n" * 20)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="is not a database"):
        Database(path)
    assert path.read_bytes() == before


def test_a_database_of_a_newer_version_is_refused(database: Database, path: Path) -> None:
    rows(path, "PRAGMA user_version = 99")
    with pytest.raises(DatabaseError, match="newer version"):
        Database(path)


def test_what_is_kept_outlives_the_program(database: Database, path: Path) -> None:
    database.add_reply("r1", "c1", reply())
    Database(path)
    assert rows(path, "SELECT reply_id, conversation_id, answer FROM replies") == [
        ("r1", "c1", "At 06:00. [1]")
    ]


def test_it_can_be_read_while_it_is_written(database: Database, path: Path) -> None:
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]


def test_replies_from_many_threads_are_all_kept(database: Database, path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: database.add_reply(f"r{n}", "c1", reply()), range(40)))
    assert rows(path, "SELECT count(*) FROM replies") == [(40,)]


def test_a_reply_is_kept_with_all_its_drafts(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT, more_tickets=[DRAFT]))
    assert [(kept.conversation_id, kept.ticket) for kept in database.tickets()] == [
        ("c1", DRAFT),
        ("c1", DRAFT),
    ]


def test_a_draft_without_a_reply_is_kept_once_in_its_conversation(database: Database) -> None:
    for conversation_id in ("c1", "c1", "c2"):
        database.add_draft(conversation_id, DRAFT)
    kept = [(each.reply_id, each.conversation_id, each.ticket) for each in database.tickets()]
    assert kept == [(None, "c2", DRAFT), (None, "c1", DRAFT)]


def test_a_reply_that_cannot_be_kept_still_has_an_id(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows(path, "DROP TABLE replies")
    reply_id, error = keep_reply(database, "c1", reply())
    assert len(reply_id) == 32
    assert isinstance(error, DatabaseError)
    assert "was not stored" in caplog.text


def test_a_draft_is_found_by_the_beginning_of_its_id(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT))
    [kept] = database.tickets()
    assert database.ticket(kept.ticket_id[:8]) == kept


def test_no_draft_is_found_by_a_pattern(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT))
    with pytest.raises(UnknownTicket, match="no draft"):
        database.ticket("%")


def test_an_ambiguous_id_is_refused(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT, more_tickets=[DRAFT]))
    with pytest.raises(UnknownTicket, match="more than one"):
        database.ticket("")


def test_a_later_vote_takes_the_place_of_the_first(database: Database, path: Path) -> None:
    database.add_reply("r1", "c1", reply())
    database.add_feedback("r1", "up", "")
    database.add_feedback("r1", "down", "It's too short; DROP TABLE feedback")
    assert rows(path, "SELECT vote, reason FROM feedback") == [
        ("down", "It's too short; DROP TABLE feedback")
    ]


def test_a_vote_on_an_unknown_reply_is_refused(database: Database) -> None:
    with pytest.raises(UnknownReply):
        database.add_feedback("nowhere", "up", "")

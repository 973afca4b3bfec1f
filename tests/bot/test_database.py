import sqlite3
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import database as module
from bot.api_key import digest, make_key
from bot.contact import Contact
from bot.database import Database, RequestKey, keep_reply, new_id
from bot.errors import ApiKeyError, DatabaseError, TicketLocked, UnknownReply, UnknownTicket
from bot.reply import Citation, RelatedSection, Reply, Ticket, Timings
from bot.schema import VERSION
from tests.bot.clock import Clock
from tests.bot.ticket_samples import CONTACT, LOG, TICKET

DRAFT = Ticket(
    desk="helm",
    kind="Problem",
    priority="high",
    subject="The gate is stuck",
    description="It does not open.",
    how="Send it by email.",
)


# A database as the first version of the program left it.
VERSION_1 = f"""
CREATE TABLE replies (
    reply_id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    question TEXT NOT NULL,
    outcome TEXT NOT NULL,
    confidence REAL NOT NULL,
    answer TEXT NOT NULL,
    created TEXT NOT NULL
);
CREATE TABLE feedback (
    reply_id TEXT PRIMARY KEY REFERENCES replies,
    vote TEXT NOT NULL CHECK (vote IN ('up', 'down')),
    reason TEXT NOT NULL,
    created TEXT NOT NULL
);
CREATE TABLE tickets (
    ticket_id TEXT PRIMARY KEY,
    reply_id TEXT REFERENCES replies,
    conversation_id TEXT NOT NULL,
    draft TEXT NOT NULL,
    created TEXT NOT NULL
);
CREATE INDEX replies_by_conversation ON replies (conversation_id);
PRAGMA journal_mode = WAL;
PRAGMA user_version = 1;
INSERT INTO replies VALUES
    ('r1', 'c1', 'When?', 'answered', 0.9, 'At 06:00. [1]', '2026-03-04T05:06:07+00:00');
INSERT INTO feedback VALUES ('r1', 'up', 'Good', '2026-03-04T05:06:08+00:00');
INSERT INTO tickets VALUES
    ('t1', 'r1', 'c1', '{DRAFT.model_dump_json()}', '2026-03-04T05:06:07+00:00'),
    ('t2', NULL, 'c1', '{DRAFT.model_dump_json()}', '2026-03-04T05:06:09+00:00');
"""


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


def test_nobody_else_on_the_machine_can_read_it_nor_the_files_beside_it(
    database: Database, path: Path
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT * FROM replies")
        database.add_reply("r1", "c1", reply())
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"bot.sqlite": 0o600, "bot.sqlite-shm": 0o600, "bot.sqlite-wal": 0o600}


def test_who_may_read_a_file_that_is_there_stays_as_it_was_set(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o640)
    Database(path)
    assert path.stat().st_mode & 0o777 == 0o640


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


def test_a_reply_is_kept_with_what_it_rests_on_and_how_it_was_asked(database: Database) -> None:
    related = RelatedSection(title="Guide", section=["Gate"], url="https://docs.example/gate")
    cited = Citation(
        n=1, title="Guide", section=["Hours"], url="u", path="p.md", lines=(1, 2), quote="At six."
    )
    database.add_reply(
        "r1", "c1",
        reply(question="And on Sunday?", standalone_question="When does the gate open on Sunday?",
              citations=[cited], related=[related], timings_ms=Timings(total=12.5)),
        "widget",
    )  # fmt: skip
    database.add_feedback("r1", "down", "Not that gate")
    [kept] = database.replies_of_conversation("c1")
    assert (kept.citations, kept.related) == ([cited], [related])
    assert (kept.milliseconds, kept.way_in) == (12.5, "widget")
    assert kept.standalone_question == "When does the gate open on Sunday?"
    assert (kept.vote, kept.reason) == ("down", "Not that gate")


def test_a_secret_of_the_history_is_not_kept_with_the_question_in_full(
    database: Database, path: Path
) -> None:
    database.add_reply(
        "r1", "c1", reply(standalone_question="Why is my password: hunter2Hunter refused?")
    )
    assert "hunter2Hunter" not in str(rows(path, "SELECT * FROM replies"))


def test_a_secret_in_a_passage_of_the_caller_is_not_kept(database: Database, path: Path) -> None:
    given = "The password: hunter2Hunter opens the gate."
    cited = Citation(n=1, title=given, section=[given], url="", path="", lines=(1, 1), quote=given)
    database.add_reply("r1", "c1", reply(answer=f"{given} [1]", citations=[cited]))
    assert "hunter2Hunter" not in str(rows(path, "SELECT * FROM replies"))
    [kept] = database.replies_of_conversation("c1")
    assert kept.answer == "The password: [password masked] opens the gate. [1]"


def test_the_words_of_a_page_are_kept_as_they_are(database: Database) -> None:
    shown = "Write password: hunter2Hunter into the file."
    cited = Citation(
        n=1, title="Guide", section=[], url="", path="guide.md", lines=(1, 1), quote=shown
    )
    database.add_reply("r1", "c1", reply(answer=f"{shown} [1]", citations=[cited]))
    [kept] = database.replies_of_conversation("c1")
    assert (kept.answer, kept.citations) == (f"{shown} [1]", [cited])


def test_a_secret_in_the_reason_of_a_vote_is_not_kept(database: Database, path: Path) -> None:
    database.add_reply("r1", "c1", reply())
    database.add_feedback("r1", "down", "My password: hunter2Hunter is refused")
    assert rows(path, "SELECT reason FROM feedback") == [
        ("My password: [password masked] is refused",)
    ]


def test_what_is_kept_bears_the_time_of_the_clock(path: Path) -> None:
    clock = Clock()
    database = Database(path, clock)
    database.add_reply("r1", "c1", reply())
    clock.forward(days=2)
    database.add_reply("r2", "c1", reply())
    database.add_ticket("c1", DRAFT)
    assert [kept.created for kept in database.replies(clock() - timedelta(days=1))] == [clock()]
    assert datetime.fromisoformat(database.tickets()[0].created) == clock()


def test_conversations_in_which_more_than_an_answer_was_wanted_are_told(
    database: Database,
) -> None:
    database.add_reply("r1", "only drafted", reply(ticket=DRAFT))
    database.add_reply("r2", "sent", reply(ticket=DRAFT))
    [sent] = database.tickets_of_reply("r2")
    database.submit(sent.ticket_id, datetime.now(UTC))
    database.add_draft("asked for a person", DRAFT)
    assert database.conversations_with_request() == {"sent", "asked for a person"}


def test_a_draft_without_a_reply_is_kept_once_in_its_conversation(database: Database) -> None:
    first, again, other = (database.add_draft(id, DRAFT) for id in ("c1", "c1", "c2"))
    assert first == again != other
    kept = [(each.reply_id, each.conversation_id, each.ticket) for each in database.tickets()]
    assert kept == [(None, "c2", DRAFT), (None, "c1", DRAFT)]


def test_a_reply_that_cannot_be_kept_still_has_an_id(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows(path, "DROP TABLE replies")
    reply_id, error = keep_reply(database, "c1", reply(), "http")
    assert len(reply_id) == 32
    assert isinstance(error, DatabaseError)
    assert "was not stored" in caplog.text


def test_a_ticket_is_found_by_the_beginning_of_its_id(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT))
    [kept] = database.tickets()
    assert database.find_ticket(kept.ticket_id[:8]) == kept


def test_no_ticket_is_found_by_a_pattern(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT))
    with pytest.raises(UnknownTicket, match="no ticket"):
        database.find_ticket("%")


def test_an_ambiguous_id_is_refused(database: Database) -> None:
    database.add_reply("r1", "c1", reply(ticket=DRAFT, more_tickets=[DRAFT]))
    with pytest.raises(UnknownTicket, match="more than one"):
        database.find_ticket("")


def test_a_part_of_an_id_is_not_the_id(database: Database) -> None:
    ticket_id = database.add_ticket("c1", DRAFT)
    assert database.ticket(ticket_id).ticket == DRAFT
    with pytest.raises(UnknownTicket):
        database.ticket(ticket_id[:31])


def test_a_draft_goes_with_the_conversation_and_what_was_shown(database: Database) -> None:
    related = RelatedSection(title="Guide", section=["Gate"], url="https://docs.example/gate")
    cited = Citation(
        n=1, title="Guide", section=["Hours"], url="u", path="p.md", lines=(1, 2), quote="At six."
    )
    database.add_reply("r1", "c1", reply(question="When?", answer="At 06:00. [1]"))
    database.add_reply(
        "r2", "c1",
        reply(question="It is stuck", answer="Unknown.", ticket=DRAFT, related=[related, related],
              citations=[cited]),
    )  # fmt: skip
    [kept] = database.tickets_of_reply("r2")
    assert [turn.content for turn in kept.transcript] == [
        "When?", "At 06:00. [1]", "It is stuck", "Unknown.",
    ]  # fmt: skip
    assert [section.section for section in kept.sections] == [["Hours"], ["Gate"]]


def test_the_tickets_of_an_unknown_reply_are_refused(database: Database) -> None:
    with pytest.raises(UnknownReply):
        database.tickets_of_reply("nowhere")


def test_the_tickets_of_a_conversation_come_in_their_order(database: Database) -> None:
    wanted = [database.add_ticket("c1", DRAFT) for _ in range(3)]
    database.add_ticket("c2", DRAFT)
    assert [kept.ticket_id for kept in database.tickets_of_conversation("c1")] == wanted


def test_an_edited_draft_outlives_the_program(database: Database, path: Path) -> None:
    ticket_id = database.add_ticket("c1", DRAFT)
    edited = DRAFT.model_copy(update={"subject": ""})  # unfinished, as a form may be
    database.edit_ticket(ticket_id, ticket=edited, contact=Contact(email="ann@"))
    database.attach(ticket_id, LOG)
    kept = Database(path).ticket(ticket_id)
    assert (kept.ticket, kept.contact.email) == (edited, "ann@")
    assert [(each.name, each.size) for each in kept.attachments] == [("gate.log", 12)]
    assert kept.updated >= kept.created


def test_a_file_takes_the_place_of_one_with_its_name(database: Database) -> None:
    ticket_id = database.add_ticket("c1", DRAFT, attachments=[LOG])
    newer = replace(LOG, content=b"newer")
    database.attach(ticket_id, newer)
    assert database.attachments(ticket_id) == (newer,)
    database.detach(ticket_id, LOG.name)
    assert database.attachments(ticket_id) == ()


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_a_ticket_that_is_on_its_way_cannot_be_changed(database: Database, state: str) -> None:
    ticket_id = database.add_ticket("c1", DRAFT)
    database.submit(ticket_id, datetime.now(UTC))
    if state == "sent":
        database.mark_sent(ticket_id, "7")
    for change in (
        lambda: database.edit_ticket(ticket_id, ticket=DRAFT),
        lambda: database.attach(ticket_id, LOG),
        lambda: database.detach(ticket_id, "gate.log"),
        lambda: database.submit(ticket_id, datetime.now(UTC)),
    ):
        with pytest.raises(TicketLocked, match="cannot be changed"):
            change()


def test_a_locked_database_loses_nothing_of_an_edit(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_SECONDS", 0.05)
    ticket_id = database.add_ticket("c1", DRAFT)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseError, match="is locked"):
            database.edit_ticket(ticket_id, ticket=DRAFT.model_copy(update={"subject": "New"}))
    assert database.ticket(ticket_id).ticket == DRAFT


def test_a_repeated_request_makes_no_second_ticket(database: Database) -> None:
    request = RequestKey("k1", "digest")
    first, second = (database.add_ticket("c1", DRAFT, request=request) for _ in range(2))
    assert first == second
    assert database.ticket_of_request(request).ticket_id == first
    assert database.ticket_of_request(RequestKey("k2", "digest")) is None


def test_a_repeated_key_with_another_content_is_refused(database: Database) -> None:
    database.add_ticket("c1", DRAFT, request=RequestKey("k1", "digest"))
    with pytest.raises(TicketLocked, match="use a new key"):
        database.add_ticket("c1", DRAFT, request=RequestKey("k1", "another"))


def test_repeated_requests_at_the_same_time_make_one_ticket(database: Database) -> None:
    request = RequestKey("k1", "digest")
    with ThreadPoolExecutor(8) as threads:
        made = set(
            threads.map(lambda _: database.add_ticket("c1", DRAFT, request=request), range(16))
        )
    assert len(made) == len(database.tickets()) == 1


def test_a_file_of_version_1_is_brought_up_to_date_and_loses_nothing(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    database = Database(path)
    assert rows(path, "PRAGMA user_version") == [(VERSION,)]
    assert rows(path, "SELECT reply_id, answer FROM replies") == [("r1", "At 06:00. [1]")]
    [kept] = database.replies_of_conversation("c1")
    assert (kept.vote, kept.reason, kept.citations, kept.way_in) == ("up", "Good", [], None)
    [newer, older] = database.tickets()
    assert (older.ticket_id, older.reply_id, older.conversation_id) == ("t1", "r1", "c1")
    assert (older.ticket, older.status) == (DRAFT, "saved")
    assert older.created == older.updated == "2026-03-04T05:06:07+00:00"
    assert (newer.reply_id, newer.attachments, newer.transcript) == (None, [], [])
    database.attach("t1", LOG)
    database.submit("t1", datetime.now(UTC))
    assert (older.contact, database.api_keys()) == (Contact(), [])


def test_a_file_is_brought_up_to_date_once_by_two_programs(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: Database(path), range(8)))
    assert {len(database.tickets()) for database in opened} == {2}


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


def test_what_was_solved_is_kept_and_no_longer_unfinished(database: Database, path: Path) -> None:
    database.add_reply("r1", "c1", reply(ticket=TICKET))
    database.note_solved("r1", False)
    assert [kept.reply_id for kept in database.unfinished_tickets("c1")] == ["r1"]
    database.note_solved("r1", True)
    assert database.unfinished_tickets("c1") == []
    assert rows(path, "SELECT solved FROM replies") == [(1,)]
    with pytest.raises(UnknownReply):
        database.note_solved("r2", True)


def test_a_ticket_that_arrived_is_not_unfinished(database: Database) -> None:
    sent = database.add_ticket("c1", TICKET)
    left = database.add_ticket("c1", TICKET)
    database.mark_sent(sent, "7")
    assert [kept.ticket_id for kept in database.unfinished_tickets("c1")] == [left]


def test_a_withdrawn_reply_leaves_only_the_draft_that_was_worked_on(
    database: Database, path: Path
) -> None:
    database.add_reply("r1", "c1", reply(ticket=TICKET, more_tickets=[TICKET]))
    database.add_feedback("r1", "up", "")
    worked_on, _ = database.tickets_of_reply("r1")
    time.sleep(0.005)  # the database counts in milliseconds
    database.edit_ticket(worked_on.ticket_id, contact=CONTACT)
    database.withdraw_reply("r1")
    kept = database.tickets_of_conversation("c1")
    assert [(each.ticket_id, each.reply_id) for each in kept] == [(worked_on.ticket_id, None)]
    assert rows(
        path, "SELECT (SELECT count(*) FROM replies) + (SELECT count(*) FROM feedback)"
    ) == [(0,)]
    assert database.transcript("c1") == []


def test_an_api_key_is_found_by_its_digest_alone(database: Database) -> None:
    key, text = make_key("crm", ("ask", "tickets"), 30)
    database.add_key(key)
    found = database.api_key_of_digest(digest(text))
    assert (found.name, found.scopes) == ("crm", ("ask", "tickets"))
    assert found.expires - key.expires < timedelta(milliseconds=1)
    assert database.api_key_of_digest(digest("crm")) is None


def test_the_text_of_an_api_key_is_not_in_the_file(database: Database, path: Path) -> None:
    key, text = make_key("crm", ("ask",), None)
    database.add_key(key)
    assert text not in str(rows(path, "SELECT * FROM api_keys"))


def test_two_keys_cannot_have_one_name(database: Database) -> None:
    database.add_key(make_key("crm", ("ask",), None)[0])
    with pytest.raises(ApiKeyError, match="'crm': choose another name"):
        database.add_key(make_key("crm", ("ask",), None)[0])


def test_a_revoked_key_is_gone_and_its_name_is_free(database: Database) -> None:
    key, text = make_key("crm", ("ask",), None)
    database.add_key(key)
    database.delete_key("crm")
    assert database.api_key_of_digest(digest(text)) is None
    database.add_key(make_key("crm", ("search",), None)[0])
    assert [each.scopes for each in database.api_keys()] == [("search",)]


def test_a_key_that_there_is_not_cannot_be_revoked(database: Database) -> None:
    with pytest.raises(ApiKeyError, match="no key named 'crm'"):
        database.delete_key("crm")


def test_a_verified_contact_stays_so(database: Database) -> None:
    contact = CONTACT.model_copy(update={"verified": True})
    id = database.add_ticket("c1", DRAFT, contact=contact)
    assert database.ticket(id).contact.verified

"""The local database: replies given, votes on them, and ticket drafts, in one SQLite file."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, Field

from bot.errors import DatabaseError, UnknownReply, UnknownTicket
from bot.reply import Reply, Ticket

logger = logging.getLogger(__name__)

Vote = Literal["up", "down"]

SCHEMA_VERSION = 1
BUSY_TIMEOUT_SECONDS = 5.0

_SCHEMA = """
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
"""

_SELECT_TICKETS = "SELECT ticket_id, reply_id, conversation_id, draft, created FROM tickets"

_REMEDIES = {
    "SQLITE_BUSY": "is locked by another program: close that program and try again",
    "SQLITE_LOCKED": "is locked by another program: close that program and try again",
    "SQLITE_FULL": "cannot grow because the disk is full: free some space and try again",
    "SQLITE_READONLY": "is read-only: make the file and its folder writable",
    "SQLITE_CANTOPEN": "cannot be opened: check that its folder exists and is writable",
    "SQLITE_NOTADB": "is not a database: move the file away and a new one is made",
    "SQLITE_CORRUPT": "is damaged: move the file away and a new one is made",
}


class KeptDraft(BaseModel):
    """A ticket draft in the database, with the reply and conversation it came from."""

    ticket_id: str
    reply_id: str | None = Field(description="None for a draft made apart from any reply")
    conversation_id: str
    created: str = Field(description="ISO 8601, in UTC")
    ticket: Ticket


class Database:
    """Replies, feedback and ticket drafts in the SQLite file at `path`, made when missing.

    Every method may be called from any thread, and raises DatabaseError when the file is locked
    for longer than 5 seconds, read-only, damaged, of a newer version, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._transaction() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise DatabaseError(
                    f"The database {path} was made by a newer version: update the program, or"
                    " move the file away and a new one is made."
                )
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def add_reply(self, reply_id: str, conversation_id: str, reply: Reply) -> None:
        """Keep a reply together with the ticket drafts that it holds."""
        now = _now()
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    reply_id,
                    conversation_id,
                    reply.question,
                    reply.outcome,
                    reply.confidence,
                    reply.answer,
                    now,
                ),
            )
            connection.executemany(
                "INSERT INTO tickets VALUES (?, ?, ?, ?, ?)",
                [
                    (new_id(), reply_id, conversation_id, draft.model_dump_json(), now)
                    for draft in reply.drafts
                ],
            )

    def add_draft(self, conversation_id: str, draft: Ticket) -> None:
        """Keep a draft made apart from any reply; one that the conversation already has stays."""
        written = draft.model_dump_json()
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO tickets SELECT ?1, NULL, ?2, ?3, ?4 WHERE NOT EXISTS"
                " (SELECT 1 FROM tickets WHERE conversation_id = ?2 AND draft = ?3)",
                (new_id(), conversation_id, written, _now()),
            )

    def add_feedback(self, reply_id: str, vote: Vote, reason: str) -> None:
        """Keep a vote on a reply, in place of an earlier one; raises UnknownReply without it."""
        with self._transaction() as connection:
            known = connection.execute("SELECT 1 FROM replies WHERE reply_id = ?", (reply_id,))
            if not known.fetchone():
                raise UnknownReply("No reply has this id: send the reply_id that came with it.")
            connection.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)",
                (reply_id, vote, reason, _now()),
            )

    def tickets(self) -> list[KeptDraft]:
        """All drafts, newest first."""
        with self._transaction() as connection:
            rows = connection.execute(f"{_SELECT_TICKETS} ORDER BY created DESC, rowid DESC")
            return [_kept_draft(row) for row in rows]

    def ticket(self, ticket_id: str) -> KeptDraft:
        """The draft whose id begins so; raises UnknownTicket when there is not exactly one."""
        with self._transaction() as connection:
            rows = connection.execute(
                f"{_SELECT_TICKETS} WHERE substr(ticket_id, 1, length(?1)) = ?1 LIMIT 2",
                (ticket_id,),
            ).fetchall()
        if len(rows) != 1:
            many = "more than one draft" if rows else "no draft"
            raise UnknownTicket(
                f"There is {many} whose id begins with {ticket_id!r}: see supportbot tickets list."
            )
        return _kept_draft(rows[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection: sqlite3.Connection | None = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS)
            connection.execute("PRAGMA foreign_keys = ON")
            with connection:
                yield connection
        except sqlite3.Error as error:
            # An extended name such as SQLITE_READONLY_DIRECTORY begins with the plain one.
            name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            remedy = _REMEDIES.get(name, f"refuses ({error}): check the disk that it is on")
            raise DatabaseError(f"The database {self._path} {remedy}.") from error
        except OSError as error:
            raise DatabaseError(
                f"The folder {self._path.parent} cannot be made or used"
                f" ({error.strerror}): choose another with SUPPORTBOT_DATA."
            ) from error
        finally:
            if connection is not None:
                connection.close()


def keep_reply(
    database: Database, conversation_id: str, reply: Reply
) -> tuple[str, DatabaseError | None]:
    """Store a reply; returns its new id, and the error when the database refuses.

    An answer that cannot be stored is still an answer, so the caller gives it all the same.
    """
    reply_id = new_id()
    try:
        database.add_reply(reply_id, conversation_id, reply)
    except DatabaseError as error:
        logger.warning("A reply was not stored. %s", error)
        return reply_id, error
    return reply_id, None


def _kept_draft(row: tuple[str, str | None, str, str, str]) -> KeptDraft:
    ticket_id, reply_id, conversation_id, draft, created = row
    return KeptDraft(
        ticket_id=ticket_id,
        reply_id=reply_id,
        conversation_id=conversation_id,
        created=created,
        ticket=Ticket.model_validate_json(draft),
    )


def new_id() -> str:
    """A new random identifier of 32 hexadecimal digits."""
    return uuid4().hex


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

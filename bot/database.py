"""The local database: replies, votes, tickets, API keys and log-ins, in one SQLite file."""

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from bot.api_key import ApiKey
from bot.attachment import Attachment
from bot.clock import Clock, utc_now
from bot.contact import Contact
from bot.errors import (
    ApiKeyError,
    DatabaseError,
    TicketChanged,
    TicketLocked,
    UnknownReply,
    UnknownTicket,
)
from bot.kept_reply import KeptReply, Vote, WayIn
from bot.kept_ticket import AttachedFile, DeskWork, KeptTicket
from bot.masking import mask
from bot.reply import Citation, RelatedSection, Reply, Ticket, Turn
from bot.schema import VERSION, upgrade, version_of
from bot.session import Session

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_SECONDS = 5.0

_INSERT_TICKET = """
INSERT INTO tickets (ticket_id, reply_id, conversation_id, draft, created, updated, contact,
                     transcript, sections)
VALUES (:ticket_id, :reply_id, :conversation_id, :draft, :now, :now, :contact, :transcript,
        :sections)
"""

_REMEDIES = {
    "SQLITE_BUSY": "is locked by another program: close that program and try again",
    "SQLITE_LOCKED": "is locked by another program: close that program and try again",
    "SQLITE_FULL": "cannot grow because the disk is full: free some space and try again",
    "SQLITE_READONLY": "is read-only: make the file and its folder writable",
    "SQLITE_CANTOPEN": "cannot be opened: check that its folder exists and is writable",
    "SQLITE_NOTADB": "is not a database: move the file away and a new one is made",
    "SQLITE_CORRUPT": "is damaged: move the file away and a new one is made",
}


class RequestKey(NamedTuple):
    """What tells a repeated request from a new one: its idempotency key, and its content."""

    key: str
    digest: str


class Database:
    """Replies, votes, tickets, keys and sessions in the SQLite file at `path`, made when missing.

    Every method may be called from any thread and beside other processes, and raises DatabaseError
    when the file is locked for longer than 5 seconds, read-only, damaged, of a newer version, or
    the disk is full.
    """

    def __init__(self, path: Path, clock: Clock = utc_now) -> None:
        self._path = path
        self._clock = clock
        with self._transaction() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if version_of(connection) > VERSION:
                raise DatabaseError(
                    f"The database {path} was made by a newer version: update the program, or"
                    " move the file away and a new one is made."
                )
            upgrade(connection)

    def add_reply(
        self, reply_id: str, conversation_id: str, reply: Reply, way_in: WayIn | None = None
    ) -> None:
        """Keep a reply together with the ticket drafts that it holds.

        With each draft go the conversation up to this reply and the sections that it shows.
        Secrets are masked in what the caller wrote, be it the conversation or passages.
        """
        reply = _without_secrets(reply)
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO replies (reply_id, conversation_id, question, outcome, confidence,"
                " answer, created, standalone_question, citations, related, milliseconds, way_in)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    reply_id,
                    conversation_id,
                    reply.question,
                    reply.outcome,
                    reply.confidence,
                    reply.answer,
                    self._now(),
                    reply.standalone_question,
                    _json_of(reply.citations),
                    _json_of(reply.related),
                    reply.timings_ms.total,
                    way_in,
                ),
            )
            if reply.drafts:
                transcript = _transcript(connection, conversation_id)
            for draft in reply.drafts:
                connection.execute(
                    _INSERT_TICKET,
                    self._new_row(conversation_id, draft, reply_id, None, transcript, reply.shown),
                )

    def add_ticket(
        self,
        conversation_id: str,
        ticket: Ticket,
        *,
        contact: Contact | None = None,
        transcript: Sequence[Turn] = (),
        sections: Sequence[RelatedSection] = (),
        attachments: Iterable[Attachment] = (),
        request: RequestKey | None = None,
    ) -> str:
        """Keep a ticket made apart from any reply; returns its new id.

        Without a transcript the replies kept of the conversation are taken. A `request` that made
        a ticket before makes no other; raises TicketLocked when it had another content then.
        """
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if request and (made := _made_by(connection, request)):
                return made.ticket_id
            turns = transcript or _transcript(connection, conversation_id)
            row = self._new_row(conversation_id, ticket, None, contact, turns, sections)
            connection.execute(_INSERT_TICKET, row)
            for attachment in attachments:
                _attach(connection, row["ticket_id"], attachment)
            if request:
                _remember(connection, row["ticket_id"], request)
        return row["ticket_id"]

    def add_draft(self, conversation_id: str, draft: Ticket) -> str:
        """Keep a draft made apart from any reply; one that the conversation already has stays.

        Returns the id of the one kept.
        """
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            known = connection.execute(
                "SELECT ticket_id FROM tickets WHERE conversation_id = ? AND draft = ?",
                (conversation_id, draft.model_dump_json()),
            ).fetchone()
            if known:
                return known["ticket_id"]
            transcript = _transcript(connection, conversation_id)
            row = self._new_row(conversation_id, draft, None, None, transcript, ())
            connection.execute(_INSERT_TICKET, row)
        return row["ticket_id"]

    def restore_ticket(self, kept: KeptTicket, attachments: Iterable[Attachment]) -> bool:
        """Keep a ticket as it was exported; returns False when its id is there already.

        One that was being sent is saved: its own database may be sending it still.
        """
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if _rows(connection, "ticket_id = ?", (kept.ticket_id,)):
                return False
            known = connection.execute("SELECT 1 FROM replies WHERE reply_id = ?", (kept.reply_id,))
            connection.execute(
                "INSERT INTO tickets (ticket_id, reply_id, conversation_id, draft, created,"
                " updated, state, attempts, submitted, last_error, number, contact, transcript,"
                " sections) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.ticket_id,
                    kept.reply_id if known.fetchone() else None,
                    kept.conversation_id,
                    kept.ticket.model_dump_json(),
                    kept.created,
                    kept.updated,
                    "saved" if kept.state == "sending" else kept.state,
                    kept.attempts,
                    kept.submitted,
                    kept.last_error,
                    kept.number,
                    kept.contact.model_dump_json(),
                    _json_of(kept.transcript),
                    _json_of(kept.sections),
                ),
            )
            for attachment in attachments:
                _attach(connection, kept.ticket_id, attachment)
        return True

    def edit_ticket(
        self,
        ticket_id: str,
        *,
        ticket: Ticket | None = None,
        contact: Contact | None = None,
        transcript: Sequence[Turn] | None = None,
        sections: Sequence[RelatedSection] | None = None,
        seen: str | None = None,
        agent: str = "",
    ) -> None:
        """Keep a draft as it is now, finished or not; what is None stays.

        `seen` is when it was `updated` as the editor saw it, `agent` who at the desk edits it.
        Raises UnknownTicket, TicketLocked for one that is on its way or has arrived, and
        TicketChanged for one that was updated since it was seen.
        """
        changes = {
            "draft": ticket and ticket.model_dump_json(),
            "contact": contact and contact.model_dump_json(),
            "transcript": None if transcript is None else _json_of(transcript),
            "sections": None if sections is None else _json_of(sections),
        }
        given = {name: value for name, value in changes.items() if value is not None}
        with self._changing(ticket_id, seen, agent) as connection:
            for name, value in given.items():
                connection.execute(
                    f"UPDATE tickets SET {name} = ? WHERE ticket_id = ?", (value, ticket_id)
                )

    def attach(self, ticket_id: str, attachment: Attachment) -> None:
        """Keep a file with a ticket, in place of one with the same name.

        Raises UnknownTicket, and TicketLocked for one that is on its way or has arrived.
        """
        with self._changing(ticket_id) as connection:
            _attach(connection, ticket_id, attachment)

    def detach(self, ticket_id: str, name: str) -> None:
        """Delete a file from a ticket.

        Raises UnknownTicket, and TicketLocked for one that is on its way or has arrived.
        """
        with self._changing(ticket_id) as connection:
            connection.execute(
                "DELETE FROM attachments WHERE ticket_id = ? AND name = ?", (ticket_id, name)
            )

    def attachments(self, ticket_id: str) -> tuple[Attachment, ...]:
        """The files of a ticket with their bytes, in the order they were attached."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT name, media_type, content FROM attachments WHERE ticket_id = ?"
                " ORDER BY rowid",
                (ticket_id,),
            )
            return tuple(Attachment(**dict(row)) for row in rows)

    def add_feedback(self, reply_id: str, vote: Vote, reason: str) -> None:
        """Keep a vote on a reply, in place of an earlier one; secrets in its reason are masked.

        Raises UnknownReply without the reply.
        """
        with self._transaction() as connection:
            _require_reply(connection, reply_id)
            connection.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)",
                (reply_id, vote, mask(reason).text, self._now()),
            )

    def note_solved(self, reply_id: str, solved: bool) -> None:
        """Keep whether an answer made the ticket drafted with it needless; raises UnknownReply."""
        with self._transaction() as connection:
            _require_reply(connection, reply_id)
            connection.execute(
                "UPDATE replies SET solved = ? WHERE reply_id = ?", (int(solved), reply_id)
            )

    def withdraw_reply(self, reply_id: str) -> None:
        """Delete a reply for good, with its vote and those of its drafts that nobody worked on."""
        with self._transaction() as connection:
            for statement in (
                "DELETE FROM feedback WHERE reply_id = ?",
                "DELETE FROM tickets WHERE reply_id = ? AND state = 'saved' AND updated = created",
                "UPDATE tickets SET reply_id = NULL WHERE reply_id = ?",
                "DELETE FROM replies WHERE reply_id = ?",
            ):
                connection.execute(statement, (reply_id,))

    def replies(self, since: datetime) -> list[KeptReply]:
        """The replies kept since then, with the last vote on each, oldest first."""
        with self._transaction() as connection:
            return _replies(connection, "replies.created >= ?", _timestamp(since))

    def replies_of_conversation(self, conversation_id: str) -> list[KeptReply]:
        """The replies of a conversation, with the last vote on each, oldest first."""
        with self._transaction() as connection:
            return _replies(connection, "conversation_id = ?", conversation_id)

    def conversations_with_request(self) -> set[str]:
        """The ids of conversations with a ticket that was sent, or made apart from any reply."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT DISTINCT conversation_id FROM tickets"
                " WHERE submitted IS NOT NULL OR reply_id IS NULL"
            )
            return {row["conversation_id"] for row in rows}

    def transcript(self, conversation_id: str) -> list[Turn]:
        """The questions and answers of a conversation, oldest first."""
        with self._transaction() as connection:
            return _transcript(connection, conversation_id)

    def tickets(self) -> list[KeptTicket]:
        """All tickets, newest first."""
        with self._transaction() as connection:
            return _rows(connection, "TRUE ORDER BY created DESC, rowid DESC")

    def ticket(self, ticket_id: str) -> KeptTicket:
        """The ticket of that whole id; raises UnknownTicket when there is none."""
        with self._transaction() as connection:
            return _require_ticket(connection, ticket_id)

    def find_ticket(self, beginning: str) -> KeptTicket:
        """The ticket whose id begins so; raises UnknownTicket when there is not exactly one."""
        with self._transaction() as connection:
            found = _rows(connection, "substr(ticket_id, 1, length(?1)) = ?1 LIMIT 2", (beginning,))
        if len(found) != 1:
            many = "more than one ticket" if found else "no ticket"
            raise UnknownTicket(
                f"There is {many} whose id begins with {beginning!r}: see supportbot tickets list."
            )
        return found[0]

    def tickets_of_reply(self, reply_id: str) -> list[KeptTicket]:
        """The tickets that began as drafts of a reply, in its order; raises UnknownReply."""
        with self._transaction() as connection:
            _require_reply(connection, reply_id)
            return _rows(connection, "reply_id = ? ORDER BY rowid", (reply_id,))

    def tickets_of_conversation(self, conversation_id: str) -> list[KeptTicket]:
        """The tickets of a conversation, oldest first."""
        with self._transaction() as connection:
            return _rows(connection, "conversation_id = ? ORDER BY rowid", (conversation_id,))

    def unfinished_tickets(self, conversation_id: str) -> list[KeptTicket]:
        """The tickets of a conversation that can still be sent, oldest first.

        Those whose reply solved the matter are left out.
        """
        with self._transaction() as connection:
            return _rows(
                connection,
                "conversation_id = ? AND state IN ('saved', 'failed') AND NOT EXISTS"
                " (SELECT 1 FROM replies WHERE replies.reply_id = tickets.reply_id AND solved)"
                " ORDER BY rowid",
                (conversation_id,),
            )

    def ticket_of_request(self, request: RequestKey) -> KeptTicket | None:
        """The ticket that a request made before, None for a new one.

        Raises TicketLocked when it had another content then.
        """
        with self._transaction() as connection:
            return _made_by(connection, request)

    def remember_request(self, ticket_id: str, request: RequestKey) -> None:
        """Note that a request made a ticket of a draft that was kept already."""
        with self._transaction() as connection:
            _remember(connection, ticket_id, request)

    def submit(self, ticket_id: str, now: datetime) -> None:
        """Hand a saved or failed ticket over to be sent; it is due at once.

        Earlier attempts still count, because one of them may have arrived.
        """
        with self._changing(ticket_id) as connection:
            connection.execute(
                "UPDATE tickets SET state = 'sending', submitted = ?2,"
                " next_attempt = ?2, lease = NULL, last_error = '' WHERE ticket_id = ?1",
                (ticket_id, _timestamp(now)),
            )

    def claim(
        self, now: datetime, until: datetime, ticket_id: str | None = None
    ) -> tuple[KeptTicket, str] | None:
        """Lease the ticket that has been due longest, or the one named unless that is leased.

        Returns the ticket, with this attempt counted, and the lease; None when nothing is due.
        Who does not end the attempt by `until` loses it to the next who claims.
        """
        lease = new_id()
        with self._transaction() as connection:
            claimed = connection.execute(
                "UPDATE tickets SET attempts = attempts + 1, lease = ?1, next_attempt = ?2"
                " WHERE ticket_id = (SELECT ticket_id FROM tickets WHERE state = 'sending'"
                " AND ticket_id = coalesce(?4, ticket_id)"
                " AND (next_attempt <= ?3 OR (?4 IS NOT NULL AND lease IS NULL))"
                " ORDER BY next_attempt, rowid LIMIT 1) RETURNING ticket_id",
                (lease, _timestamp(until), _timestamp(now), ticket_id),
            ).fetchall()
            if not claimed:
                return None
            return _require_ticket(connection, claimed[0]["ticket_id"]), lease

    def mark_sent(self, ticket_id: str, number: str) -> None:
        """Note that a ticket has arrived, whoever holds its lease by now."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE tickets SET state = 'sent', number = ?, last_error = '', lease = NULL,"
                " next_attempt = NULL, updated = ? WHERE ticket_id = ? AND state != 'sent'",
                (number, self._now(), ticket_id),
            )

    def postpone(self, ticket_id: str, lease: str, until: datetime, error: str) -> None:
        """Note why an attempt failed, and when to try again; without the lease nothing happens."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE tickets SET next_attempt = ?, last_error = ?, lease = NULL"
                " WHERE ticket_id = ? AND lease = ? AND state = 'sending'",
                (_timestamp(until), error, ticket_id, lease),
            )

    def mark_failed(self, ticket_id: str, lease: str, error: str) -> None:
        """Note that a ticket will not be sent any more; without the lease nothing happens."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE tickets SET state = 'failed', last_error = ?, lease = NULL,"
                " next_attempt = NULL, updated = ?"
                " WHERE ticket_id = ? AND lease = ? AND state = 'sending'",
                (error, self._now(), ticket_id, lease),
            )

    def next_due(self) -> datetime | None:
        """When the next ticket is to be sent; None when none is on its way."""
        with self._transaction() as connection:
            due = connection.execute(
                "SELECT min(next_attempt) FROM tickets WHERE state = 'sending'"
            ).fetchone()[0]
        return datetime.fromisoformat(due) if due else None

    def purge_tickets(self, before: datetime) -> int:
        """Delete for good the tickets not touched since, attachments too; returns how many.

        One that is on its way stays.
        """
        with self._transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM tickets WHERE updated < ? AND state != 'sending'",
                (_timestamp(before),),
            ).rowcount
        self._wipe()
        return deleted

    def purge(self, before: datetime) -> None:
        """Delete for good what is older: conversations, feedback, and tickets not touched since.

        A ticket that is on its way stays.
        """
        with self._transaction() as connection:
            old = "(SELECT reply_id FROM replies WHERE created < ?)"
            parameters = (_timestamp(before),)
            connection.execute(f"DELETE FROM feedback WHERE reply_id IN {old}", parameters)
            connection.execute(
                f"UPDATE tickets SET reply_id = NULL WHERE reply_id IN {old}", parameters
            )
            connection.execute("DELETE FROM replies WHERE created < ?", parameters)
            connection.execute(
                "DELETE FROM tickets WHERE updated < ? AND state != 'sending'", parameters
            )
        self._wipe()

    def erase_conversation(self, conversation_id: str) -> dict[str, int]:
        """Delete for good everything of a conversation; returns how many rows of each table."""
        of_replies = "reply_id IN (SELECT reply_id FROM replies WHERE conversation_id = ?)"
        with self._transaction() as connection:
            # A ticket elsewhere may have begun as a draft of one of these replies.
            connection.execute(
                f"UPDATE tickets SET reply_id = NULL WHERE {of_replies}", (conversation_id,)
            )
            erased = {
                table: connection.execute(
                    f"DELETE FROM {table} WHERE {condition}", (conversation_id,)
                ).rowcount
                for table, condition in {
                    "feedback": of_replies,
                    "replies": "conversation_id = ?",
                    "tickets": "conversation_id = ?",
                }.items()
            }
        self._wipe()
        return erased

    def add_key(self, key: ApiKey) -> None:
        """Keep an API key; raises ApiKeyError when there is one of its name."""
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if _keys(connection, "name = ?", (key.name,)):
                raise ApiKeyError(
                    f"There is a key named {key.name!r}: choose another name, or revoke that one."
                )
            connection.execute(
                "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?)",
                (
                    key.name,
                    key.digest,
                    json.dumps(key.scopes),
                    _timestamp(key.created),
                    _timestamp(key.expires) if key.expires else None,
                ),
            )

    def api_key_of_digest(self, digest: str) -> ApiKey | None:
        """The API key of that SHA-256, expired or not; None when there is none."""
        with self._transaction() as connection:
            found = _keys(connection, "digest = ?", (digest,))
        return found[0] if found else None

    def api_keys(self) -> list[ApiKey]:
        """All API keys, by name."""
        with self._transaction() as connection:
            return _keys(connection, "TRUE ORDER BY name")

    def delete_key(self, name: str) -> None:
        """Delete an API key, so that it no longer holds; raises ApiKeyError without it."""
        with self._transaction() as connection:
            deleted = connection.execute("DELETE FROM api_keys WHERE name = ?", (name,)).rowcount
        if not deleted:
            raise ApiKeyError(f"There is no key named {name!r}: see supportbot keys list.")

    def desk_work(self) -> dict[str, DeskWork]:
        """Who at the desk works on each ticket that anybody there worked on, by its id."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT ticket_id, agent, iif(changed = updated, changed_by, '') AS changed_by"
                " FROM desk_work JOIN tickets USING (ticket_id)"
            )
            return {row["ticket_id"]: DeskWork(**dict(row)) for row in rows}

    def pick_up(self, ticket_id: str, agent: str, instead_of: str) -> None:
        """Note that an agent, "" for nobody, works on a ticket in the place of another.

        Raises UnknownTicket, and TicketChanged when it is no longer that other one who does.
        """
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            _require_ticket(connection, ticket_id)
            row = connection.execute(
                "SELECT agent FROM desk_work WHERE ticket_id = ?", (ticket_id,)
            ).fetchone()
            holder = row["agent"] if row else ""
            if holder not in (instead_of, agent):
                raise TicketChanged(
                    f"{holder} has picked up this draft meanwhile: talk to them, or take it over."
                )
            connection.execute(
                "INSERT INTO desk_work (ticket_id, agent) VALUES (?1, ?2)"
                " ON CONFLICT (ticket_id) DO UPDATE SET agent = ?2",
                (ticket_id, agent),
            )

    def add_session(self, session: Session) -> None:
        """Keep a session, and delete those that have expired."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM sessions WHERE expires <= ?", (_timestamp(session.created),)
            )
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
                (
                    session.digest,
                    session.user,
                    session.password,
                    _timestamp(session.created),
                    _timestamp(session.expires),
                ),
            )

    def session(self, digest: str) -> Session | None:
        """The session of that SHA-256, expired or not; None when there is none."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT * FROM sessions WHERE digest = ?", (digest,)
            ).fetchone()
            return Session(**dict(row)) if row else None

    def prolong_session(self, session: Session) -> None:
        """Keep when a session ends; one that was deleted stays so."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE sessions SET expires = ? WHERE digest = ?",
                (_timestamp(session.expires), session.digest),
            )

    def delete_session(self, digest: str) -> None:
        """Delete a session, so that it no longer holds."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (digest,))

    def tickets_by_state(self) -> dict[str, int]:
        """How many tickets there are in each state that any is in."""
        with self._transaction() as connection:
            return dict(connection.execute("SELECT state, count(*) FROM tickets GROUP BY state"))

    def votes(self) -> dict[str, int]:
        """How many votes there are of each kind that any is of."""
        with self._transaction() as connection:
            return dict(connection.execute("SELECT vote, count(*) FROM feedback GROUP BY vote"))

    def _wipe(self) -> None:
        """Leave nothing of deleted rows in the file, nor in the log beside it."""
        with self._transaction() as connection:
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise DatabaseError(
                f"What was deleted may still stand in {self._path}-wal because another program"
                " reads the database: close that program and run this again."
            )

    def _now(self) -> str:
        return _timestamp(self._clock())

    def _new_row(
        self,
        conversation_id: str,
        ticket: Ticket,
        reply_id: str | None,
        contact: Contact | None,
        transcript: Sequence[Turn],
        sections: Sequence[RelatedSection],
    ) -> dict[str, str | None]:
        return {
            "ticket_id": new_id(),
            "reply_id": reply_id,
            "conversation_id": conversation_id,
            "draft": ticket.model_dump_json(),
            "now": self._now(),
            "contact": (contact or Contact()).model_dump_json(),
            "transcript": _json_of(transcript),
            "sections": _json_of(sections),
        }

    @contextmanager
    def _changing(
        self, ticket_id: str, seen: str | None = None, agent: str = ""
    ) -> Iterator[sqlite3.Connection]:
        """A transaction in which a ticket that can change is marked as changed."""
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            kept = _require_ticket(connection, ticket_id)
            if not kept.can_change:
                raise TicketLocked(
                    "The ticket is on its way or has arrived and cannot be changed: answer the"
                    " desk instead."
                )
            if seen not in (None, kept.updated):
                raise TicketChanged(
                    "Someone changed this draft since you opened it: look at it again."
                )
            yield connection
            now = self._now()
            connection.execute(
                "UPDATE tickets SET updated = ? WHERE ticket_id = ?", (now, ticket_id)
            )
            if agent:
                connection.execute(
                    "INSERT INTO desk_work (ticket_id, changed_by, changed) VALUES (?1, ?2, ?3)"
                    " ON CONFLICT (ticket_id) DO UPDATE SET changed_by = ?2, changed = ?3",
                    (ticket_id, agent, now),
                )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection: sqlite3.Connection | None = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._path.exists():
                # For its owner alone, as are then the files that SQLite lays beside it.
                os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
            connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            # What is deleted or replaced is overwritten, not only forgotten.
            connection.execute("PRAGMA secure_delete = ON")
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
    database: Database, conversation_id: str, reply: Reply, way_in: WayIn
) -> tuple[str, DatabaseError | None]:
    """Store a reply; returns its new id, and the error when the database refuses.

    An answer that cannot be stored is still an answer, so the caller gives it all the same.
    """
    reply_id = new_id()
    try:
        database.add_reply(reply_id, conversation_id, reply, way_in)
    except DatabaseError as error:
        logger.warning("A reply was not stored. %s", error)
        return reply_id, error
    return reply_id, None


def new_id() -> str:
    """A new random identifier of 32 hexadecimal digits."""
    return uuid4().hex


def _without_secrets(reply: Reply) -> Reply:
    """A reply without the secrets in what the caller wrote; the pages' own words stay."""
    # It can hold words of a history that nobody has masked.
    changes: dict[str, object] = {"standalone_question": mask(reply.standalone_question).text}
    # What stands on no page comes from a passage that the caller gave, and the answer with it.
    if any(not each.path for each in reply.citations):
        changes["answer"] = mask(reply.answer).text
        changes["citations"] = [
            each.model_copy(
                update={
                    "title": mask(each.title).text,
                    "section": [mask(heading).text for heading in each.section],
                    "quote": mask(each.quote).text,
                }
            )
            for each in reply.citations
        ]
    return reply.model_copy(update=changes)


def _transcript(connection: sqlite3.Connection, conversation_id: str) -> list[Turn]:
    rows = connection.execute(
        "SELECT question, answer FROM replies WHERE conversation_id = ? ORDER BY rowid",
        (conversation_id,),
    )
    return [
        turn
        for row in rows
        for turn in (
            Turn(role="user", content=row["question"]),
            Turn(role="assistant", content=row["answer"]),
        )
    ]


def _attach(connection: sqlite3.Connection, ticket_id: str, attachment: Attachment) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?)",
        (ticket_id, attachment.name, attachment.media_type, attachment.content),
    )


def _made_by(connection: sqlite3.Connection, request: RequestKey) -> KeptTicket | None:
    found = _rows(connection, "request_key = ?", (request.key,))
    if found and not _rows(connection, "request_key = ? AND request_digest = ?", request):
        raise TicketLocked("This Idempotency-Key came with another request before: use a new key.")
    return found[0] if found else None


def _remember(connection: sqlite3.Connection, ticket_id: str, request: RequestKey) -> None:
    connection.execute(
        "UPDATE tickets SET request_key = ?, request_digest = ? WHERE ticket_id = ?",
        (*request, ticket_id),
    )


def _require_reply(connection: sqlite3.Connection, reply_id: str) -> None:
    known = connection.execute("SELECT 1 FROM replies WHERE reply_id = ?", (reply_id,))
    if not known.fetchone():
        raise UnknownReply("No reply has this id: send the reply_id that came with it.")


def _replies(connection: sqlite3.Connection, condition: str, parameter: str) -> list[KeptReply]:
    rows = connection.execute(
        "SELECT replies.*, vote, reason FROM replies LEFT JOIN feedback USING (reply_id)"
        f" WHERE {condition} ORDER BY replies.created, replies.rowid",
        (parameter,),
    )
    return [_kept_reply(row) for row in rows]


def _kept_reply(row: sqlite3.Row) -> KeptReply:
    plain = set(KeptReply.model_fields) - {"citations", "related"}
    return KeptReply(
        **{name: row[name] for name in plain},
        citations=json.loads(row["citations"]),
        related=json.loads(row["related"]),
    )


def _require_ticket(connection: sqlite3.Connection, ticket_id: str) -> KeptTicket:
    found = _rows(connection, "ticket_id = ?", (ticket_id,))
    if not found:
        raise UnknownTicket("No ticket has this id: it may have been deleted.")
    return found[0]


def _rows(
    connection: sqlite3.Connection, condition: str, parameters: tuple = ()
) -> list[KeptTicket]:
    rows = connection.execute(f"SELECT * FROM tickets WHERE {condition}", parameters).fetchall()
    return [_kept_ticket(connection, row) for row in rows]


def _kept_ticket(connection: sqlite3.Connection, row: sqlite3.Row) -> KeptTicket:
    files = connection.execute(
        "SELECT name, media_type, length(content) AS size FROM attachments WHERE ticket_id = ?"
        " ORDER BY rowid",
        (row["ticket_id"],),
    )
    plain = set(KeptTicket.model_fields) - {"contact", "transcript", "sections", "attachments"}
    return KeptTicket(
        **{name: row[name] for name in plain - {"ticket"}},
        contact=Contact.model_validate_json(row["contact"]),
        transcript=json.loads(row["transcript"]),
        sections=json.loads(row["sections"]),
        attachments=[AttachedFile(**dict(each)) for each in files],
        ticket=Ticket.model_validate_json(row["draft"]),
    )


def _keys(connection: sqlite3.Connection, condition: str, parameters: tuple = ()) -> list[ApiKey]:
    rows = connection.execute(f"SELECT * FROM api_keys WHERE {condition}", parameters)
    return [ApiKey(**{**dict(row), "scopes": json.loads(row["scopes"])}) for row in rows]


def _json_of(values: Sequence[Turn | RelatedSection | Citation]) -> str:
    return json.dumps([each.model_dump() for each in values], ensure_ascii=False)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")

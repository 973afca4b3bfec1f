"""The schema of the local database, and how a file of an earlier version becomes a current one."""

import sqlite3

_VERSION_1 = """
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
CREATE INDEX replies_by_conversation ON replies (conversation_id)
"""

# Times are ISO 8601 in UTC of one width, so that they sort as text.
_VERSION_2 = """
ALTER TABLE tickets ADD COLUMN updated TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN state TEXT NOT NULL DEFAULT 'saved'
    CHECK (state IN ('saved', 'sending', 'sent', 'failed'));
ALTER TABLE tickets ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN submitted TEXT;
ALTER TABLE tickets ADD COLUMN next_attempt TEXT;
ALTER TABLE tickets ADD COLUMN lease TEXT;
ALTER TABLE tickets ADD COLUMN last_error TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN number TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN contact TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tickets ADD COLUMN transcript TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tickets ADD COLUMN sections TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tickets ADD COLUMN request_key TEXT;
ALTER TABLE tickets ADD COLUMN request_digest TEXT;
UPDATE tickets SET updated = created;
CREATE TABLE attachments (
    ticket_id TEXT NOT NULL REFERENCES tickets ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (ticket_id, name)
);
CREATE INDEX tickets_by_conversation ON tickets (conversation_id);
CREATE INDEX tickets_by_next_attempt ON tickets (next_attempt) WHERE state = 'sending';
CREATE UNIQUE INDEX tickets_by_request_key ON tickets (request_key)
    WHERE request_key IS NOT NULL
"""

# Whether an answer made its ticket needless; NULL where nobody said.
_VERSION_3 = "ALTER TABLE replies ADD COLUMN solved INTEGER CHECK (solved IN (0, 1))"

_VERSION_4 = """
CREATE TABLE api_keys (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT
)
"""

# What insights are drawn from; empty, or NULL, in replies that were kept before.
_VERSION_5 = """
ALTER TABLE replies ADD COLUMN standalone_question TEXT NOT NULL DEFAULT '';
ALTER TABLE replies ADD COLUMN citations TEXT NOT NULL DEFAULT '[]';
ALTER TABLE replies ADD COLUMN related TEXT NOT NULL DEFAULT '[]';
ALTER TABLE replies ADD COLUMN milliseconds REAL;
ALTER TABLE replies ADD COLUMN way_in TEXT;
CREATE INDEX replies_by_created ON replies (created)
"""

# Of a ticket whose `changed` is its `updated`, `changed_by` made the last change.
_VERSION_6 = """
CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    password TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT NOT NULL
);
CREATE TABLE desk_work (
    ticket_id TEXT PRIMARY KEY REFERENCES tickets ON DELETE CASCADE,
    agent TEXT NOT NULL DEFAULT '',
    changed_by TEXT NOT NULL DEFAULT '',
    changed TEXT NOT NULL DEFAULT ''
)
"""

_STEPS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6)

VERSION = len(_STEPS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the file; 0 for a new one."""
    return connection.execute("PRAGMA user_version").fetchone()[0]


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring the file to the current version, within the caller's transaction."""
    for step in _STEPS[version_of(connection) :]:
        for statement in step.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")

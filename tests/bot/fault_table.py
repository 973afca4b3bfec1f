"""The fault table: for each fault, how often it was tried, and how many tickets it lost or doubled.

Run as `python -m tests.bot.fault_table [TIMES]`; it prints the table as Markdown.

A ticket is lost when its desk does not have it and the person is not told how to send it. Desks are
real servers on the loopback interface, and processes are really killed.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import database as database_module
from bot import desk_call, mail_destination
from bot.database import Database
from bot.errors import DatabaseError
from bot.outbox import LEASE, Outbox
from bot.profile import Profile
from tests.bot import sending_process
from tests.bot.desk_server import (
    ACCEPT_AND_DROP,
    ACCEPT_AND_HANG,
    DROP,
    GARBAGE,
    HANG,
    DeskServer,
    WebhookReceiver,
    Zendesk,
)
from tests.bot.mail_server import MailServer, serving_mail
from tests.bot.ticket_samples import CONTACT, LOG, TICKET

ROOT = Path(__file__).parents[2]
SECRETS = {"DESK_TOKEN": "t0ken", "HOOK_SECRET": "a key of the receiver"}


class ShiftedClock:
    """The time, with the days that a test lets pass."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def timestamp(self) -> float:
        return self().timestamp()


class Scene:
    """A database and one desk of each kind."""

    def __init__(self, folder: Path, mail: MailServer) -> None:
        self.path = folder / "bot.sqlite"
        self.clock = ShiftedClock()
        self.database = Database(self.path)
        self.zendesk = Zendesk()
        self.zendesk.now = self.clock.timestamp
        self.webhook = WebhookReceiver(SECRETS["HOOK_SECRET"].encode())
        self.mail = mail
        agent = {"agent_email": "agent@desk.example", "token_env": "DESK_TOKEN"}
        destinations = {
            "tickets": {"type": "zendesk_ticket", "url": self.zendesk.url, **agent},
            "requests": {"type": "zendesk_request", "url": self.zendesk.url},
            "webhook": {"type": "webhook", "url": self.webhook.url, "secret_env": "HOOK_SECRET"},
            "mail": {
                "type": "smtp",
                "host": "127.0.0.1",
                "port": mail.port,
                "security": "none",
                "sender": "bot@harbour.example",
                "to": "helm@harbour.example",
            },
        }
        desks = [
            {"id": id, "name": id, "how": "Phone.", "destination": destination}
            for id, destination in destinations.items()
        ]
        self.profile = Profile.model_validate({"desks": desks, "default_desk": "tickets"})
        self.outbox = self.new_outbox()

    def new_outbox(self) -> Outbox:
        return Outbox(Database(self.path), self.profile, now=self.clock)

    def server(self, desk: str) -> DeskServer:
        return self.webhook if desk == "webhook" else self.zendesk

    def submit(self, desk: str) -> str:
        """A new ticket for a desk, handed over to be sent."""
        ticket = TICKET.model_copy(update={"desk": desk})
        id = self.database.add_ticket("c1", ticket, contact=CONTACT, attachments=[LOG])
        self.outbox.submit(id)
        return id

    def settle(self) -> None:
        """Let everything be well again, and time pass until nothing is on its way."""
        self.zendesk.faults, self.webhook.faults, self.mail.replies = [], [], []
        for _ in range(20):
            if not self.database.next_due():
                return
            self.clock.passed += timedelta(hours=1)
            self.outbox.send_due()

    def arrived(self, id: str) -> int:
        """How many tickets a desk has of the one with this id."""
        references = [
            *(ticket["external_id"] for ticket in self.zendesk.tickets),
            *(request["comment"]["body"][-len(id) :] for request in self.zendesk.requests),
            *self.webhook.tickets,
            *(message["Message-ID"][1 : len(id) + 1] for message in self.mail.messages),
        ]
        return references.count(id)

    def close(self) -> None:
        self.zendesk.close()
        self.webhook.close()


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong while a ticket is sent."""

    name: str
    happen: Callable[[Scene], list[str]]  # gives the ids of the tickets that it happened to
    heeds_key: bool = True  # whether the desk tells a repeat, so that nothing may be doubled


@dataclass
class Row:
    """A line of the table."""

    fault: Fault
    tried: int = 0
    lost: int = 0
    doubled: int = 0
    handed_back: int = 0


def _answering(
    desk: str, *faults: str | int, then_hours: float = 0
) -> Callable[[Scene], list[str]]:
    """The desk does this to the first calls; some hours pass before the next attempt."""

    def happen(scene: Scene) -> list[str]:
        id = scene.submit(desk)
        scene.server(desk).faults = list(faults)
        for _ in faults:
            scene.outbox.send_due()
            scene.clock.passed += timedelta(minutes=10, hours=then_hours)
        return [id]

    return happen


def _down_for_a_day(scene: Scene) -> list[str]:
    id = scene.submit("tickets")
    scene.zendesk.faults = [DROP] * 100
    for _ in range(12):
        scene.outbox.send_due()
        scene.clock.passed += timedelta(hours=2)
    return [id]


def _mail(*replies: str) -> Callable[[Scene], list[str]]:
    def happen(scene: Scene) -> list[str]:
        id = scene.submit("mail")
        scene.mail.replies = list(replies)
        scene.outbox.send_due()
        return [id]

    return happen


def _killed(desk: str, moment: str) -> Callable[[Scene], list[str]]:
    def happen(scene: Scene) -> list[str]:
        ids = [scene.submit(desk) for _ in range(5 if moment == sending_process.AT_RANDOM else 1)]
        server = scene.server(desk)
        server.received.clear()
        if moment == sending_process.DURING_THE_CALL:
            server.faults = [ACCEPT_AND_HANG]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.sending_process", str(scene.path),
             scene.profile.model_dump_json(), moment, str(scene.clock.passed.total_seconds())],
            cwd=ROOT,
            env={**os.environ, **SECRETS},
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout.readline() == b"now\n"
        if moment == sending_process.DURING_THE_CALL:
            assert server.received.wait(30)
        elif moment == sending_process.AT_RANDOM:
            time.sleep(random.uniform(0, 0.8))
        os.kill(process.pid, signal.SIGKILL)
        # At random it may have come to its end before.
        assert process.wait() == -signal.SIGKILL or moment == sending_process.AT_RANDOM
        process.stdout.close()
        scene.clock.passed += LEASE
        return ids

    return happen


def _locked_after_the_answer(scene: Scene) -> list[str]:
    """Another program locks the database just when the answer is to be noted."""
    id = scene.submit("tickets")
    outbox = scene.new_outbox()
    mark_sent = outbox._database.mark_sent

    def locked(*arguments: str) -> None:
        with closing(sqlite3.connect(scene.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            mark_sent(*arguments)

    outbox._database.mark_sent = locked
    patience = database_module.BUSY_TIMEOUT_SECONDS
    database_module.BUSY_TIMEOUT_SECONDS = 0.05
    try:
        outbox.send_due()
        raise AssertionError("the lock was not noticed")
    except DatabaseError:
        pass
    finally:
        database_module.BUSY_TIMEOUT_SECONDS = patience
    scene.clock.passed += LEASE
    return [id]


def _two_at_once(scene: Scene) -> list[str]:
    ids = [scene.submit("tickets") for _ in range(5)]
    threads = [threading.Thread(target=scene.new_outbox().send_due) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ids


def _taken_over_while_slow(scene: Scene) -> list[str]:
    """The first attempt outlasts its lease; both reach the desk."""
    id = scene.submit("tickets")
    slow = scene.new_outbox()
    mark_sent = slow._database.mark_sent

    def after_another(*arguments: str) -> None:
        scene.clock.passed += LEASE
        scene.outbox.send_due()
        mark_sent(*arguments)

    slow._database.mark_sent = after_another
    slow.send_due()
    return [id]


FAULTS = [
    Fault("Tickets API: connection closed at once", _answering("tickets", DROP)),
    Fault("Tickets API: no answer in time", _answering("tickets", HANG)),
    Fault("Tickets API: 500, then 503", _answering("tickets", 500, 503)),
    Fault("Tickets API: 429 with Retry-After", _answering("tickets", 429, 429)),
    Fault("Tickets API: a sign-in page with status 200", _answering("tickets", GARBAGE)),
    Fault("Tickets API: 401", _answering("tickets", 401)),
    Fault("Tickets API: 422", _answering("tickets", 422)),
    Fault("Tickets API: accepted, connection closed", _answering("tickets", ACCEPT_AND_DROP)),
    Fault("Tickets API: accepted, no answer in time", _answering("tickets", ACCEPT_AND_HANG)),
    Fault(
        "Tickets API: accepted, closed, key expired before the next attempt",
        _answering("tickets", ACCEPT_AND_DROP, then_hours=3),
    ),
    Fault("Tickets API: down for a day", _down_for_a_day),
    Fault("Webhook: connection closed at once", _answering("webhook", DROP)),
    Fault("Webhook: accepted, connection closed", _answering("webhook", ACCEPT_AND_DROP)),
    Fault("Webhook: 500, then no answer in time", _answering("webhook", 500, HANG)),
    Fault("E-mail: 451, try again", _mail("451 Try again")),
    Fault("E-mail: 550, for good", _mail("550 No")),
    *(
        Fault(f"kill -9 {moment}, Tickets API", _killed("tickets", moment))
        for moment in (
            sending_process.BEFORE_THE_CALL,
            sending_process.AFTER_THE_UPLOADS,
            sending_process.DURING_THE_CALL,
            sending_process.AFTER_THE_ANSWER,
            sending_process.AT_RANDOM,
        )
    ),
    Fault(
        f"kill -9 {sending_process.DURING_THE_CALL}, webhook",
        _killed("webhook", sending_process.DURING_THE_CALL),
    ),
    Fault("database locked when the answer is noted", _locked_after_the_answer),
    Fault("two processes send at once", _two_at_once),
    Fault("an attempt outlasts its lease", _taken_over_while_slow),
    Fault("Requests API (no key): 503", _answering("requests", 503)),
    Fault(
        "Requests API (no key): accepted, connection closed",
        _answering("requests", ACCEPT_AND_DROP),
        heeds_key=False,
    ),
    Fault("E-mail (no key): accepted, connection closed", _mail("drop"), heeds_key=False),
]


def try_fault(fault: Fault, times: int) -> Row:
    """Let a fault happen so many times, each on a fresh ticket."""
    row = Row(fault)
    patience = desk_call.TIMEOUT, mail_destination.TIMEOUT_SECONDS
    desk_call.TIMEOUT, mail_destination.TIMEOUT_SECONDS = 0.5, 2.0
    before = {name: os.environ.get(name) for name in SECRETS}
    os.environ.update(SECRETS)
    try:
        with tempfile.TemporaryDirectory() as folder, serving_mail() as mail:
            scene = Scene(Path(folder), mail)
            for _ in range(times):
                for id in fault.happen(scene):
                    scene.settle()
                    _count(row, scene, id)
            scene.close()
    finally:
        desk_call.TIMEOUT, mail_destination.TIMEOUT_SECONDS = patience
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    return row


def _count(row: Row, scene: Scene, id: str) -> None:
    state = scene.database.ticket(id).state
    arrived = scene.arrived(id)
    row.tried += 1
    row.doubled += arrived > 1
    row.handed_back += state == "failed" and not arrived
    row.lost += state != "failed" and not arrived or state != "sent" and arrived > 0


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| Fault | Tickets tried | Lost | Doubled | Handed back with how to send it |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {row.fault.name} | {row.tried} | {row.lost} | {row.doubled} | {row.handed_back} |"
            for row in rows
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table([try_fault(fault, int((sys.argv[1:] or ["5"])[0])) for fault in FAULTS]))

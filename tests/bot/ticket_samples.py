"""Tickets to send in tests, and a database without any."""

from pathlib import Path

from bot.attachment import Attachment
from bot.contact import Contact
from bot.database import Database
from bot.kept_ticket import KeptTicket, Parcel
from bot.reply import RelatedSection, Ticket, Turn

TICKET = Ticket(
    desk="helm",
    kind="Problem",
    priority="high",
    subject="The gate is stuck",
    description="It does not open since 06:00.",
    fields={"Berth": "7"},
    missing=["Boat"],
    how="Send it by email.",
)
CONTACT = Contact(name="Ann Lee", email="ann@boat.example")
LOG = Attachment("gate.log", "text/plain", b"06:00 stuck\n")

KEPT = KeptTicket(
    ticket_id="0123456789abcdef0123456789abcdef",
    conversation_id="c1",
    created="2026-11-26T10:00:00.000+00:00",
    updated="2026-11-26T10:00:00.000+00:00",
    state="sending",
    attempts=1,
    submitted="2026-11-26T10:00:00.000+00:00",
    contact=CONTACT,
    transcript=[
        Turn(role="user", content="The gate is stuck"),
        Turn(role="assistant", content="The documentation does not say."),
    ],
    sections=[RelatedSection(title="Guide", section=["Gate"], url="https://docs.example/gate")],
    ticket=TICKET,
)
PARCEL = Parcel(KEPT, (LOG,))


def again(attempts: int) -> Parcel:
    """The same parcel at a later attempt."""
    return Parcel(KEPT.model_copy(update={"attempts": attempts}), (LOG,))


def without_tickets(file: Path) -> Database:
    """A database whose tickets, with their conversations, were erased."""
    database = Database(file)
    for kept in database.tickets():
        database.erase_conversation(kept.conversation_id)
    return database

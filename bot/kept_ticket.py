"""A kept ticket: a draft in the database, with all that goes along and how far it has come."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from bot.attachment import Attachment
from bot.contact import Contact
from bot.reply import RelatedSection, Ticket, Turn

TicketState = Literal["saved", "sending", "sent", "failed"]


class AttachedFile(BaseModel):
    """What a list says of an attachment."""

    name: str
    media_type: str
    size: int = Field(description="in bytes")


class DeskWork(BaseModel):
    """Who at the agent desk works on a ticket; empty where nobody there does."""

    agent: str = Field("", description="who has picked it up")
    changed_by: str = Field("", description="who made the last change, if an agent did")


class KeptTicket(BaseModel):
    """A ticket in the database, with the reply and conversation it came from."""

    ticket_id: str
    reply_id: str | None = Field(None, description="None for a draft made apart from any reply")
    conversation_id: str
    created: str = Field(description="ISO 8601, in UTC")
    updated: str = Field(description="ISO 8601, in UTC")
    state: TicketState = "saved"
    number: str = Field("", description="what the desk calls it; empty where it gives no number")
    attempts: int = 0
    submitted: str | None = Field(None, description="when it was last handed over to be sent")
    next_attempt: str | None = Field(
        None, description="while one is being made: when another process takes over"
    )
    last_error: str = Field("", description="for the operator: why it did not arrive")
    contact: Contact = Contact()
    transcript: list[Turn] = Field(default_factory=list, description="the conversation")
    sections: list[RelatedSection] = Field(
        default_factory=list, description="what the person was already shown"
    )
    attachments: list[AttachedFile] = Field(default_factory=list)
    ticket: Ticket

    @property
    def can_change(self) -> bool:
        """Whether it can still be edited: not on its way, and not there."""
        return self.state in ("saved", "failed")

    @property
    def status(self) -> str:
        """The one thing that the person sees of where the ticket is."""
        match self.state:
            case "sent":
                return f"sent, number {self.number}" if self.number else "sent"
            case "failed":
                return f"could not be sent, here is how: {self.ticket.how}"
            case state:
                return state


@dataclass(frozen=True)
class Parcel:
    """A ticket with the bytes of its attachments, as a destination takes it.

    `earlier_attempts` counts those whose end may be unknown.
    """

    kept: KeptTicket
    attachments: tuple[Attachment, ...]

    @property
    def earlier_attempts(self) -> int:
        """How often it was tried before this time."""
        return max(self.kept.attempts - 1, 0)

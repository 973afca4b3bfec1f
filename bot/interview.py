"""An interview: asks a person for what a draft misses, one piece at a time."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.database import Database
from bot.destination import sends
from bot.draft_editor import DraftEditor
from bot.errors import TicketLocked
from bot.intake import fill, is_skip, next_question
from bot.kept_ticket import KeptTicket
from bot.message import asks_to_know, understand
from bot.profile import Profile
from bot.reply import Ticket, Turn

SKIP = "Skip"
SEND = "Send without more"
ENOUGH = "Ask no more"
NEXT = "Go on with the next request"

_BY_FILE = "Attach it in the form, or write it here."


@dataclass
class Interview:
    """What was asked so far about some drafts; the first one is asked about."""

    tickets: list[str]
    asked: str = ""  # the label; "" where nothing is asked
    question: str = ""  # as it was asked
    skipped: set[tuple[str, str]] = field(default_factory=set)  # ticket id and label

    @classmethod
    def about(cls, drafts: Sequence[KeptTicket], earlier: "Interview | None") -> "Interview":
        """An interview about some drafts, then about what an earlier one had still to do."""
        ids = [kept.ticket_id for kept in drafts]
        if earlier:
            rest = earlier.tickets if earlier.asked else earlier.tickets[1:]
            ids += [id for id in rest if id not in ids]
        return cls(ids, skipped=earlier.skipped if earlier else set())

    @property
    def ticket_id(self) -> str:
        """The draft that is asked about."""
        return self.tickets[0]


@dataclass(frozen=True)
class Prompt:
    """What the bot says next, and the answers that a click gives."""

    text: str
    options: tuple[str, ...] = ()


class Interviewer:
    """Asks about drafts in a database, in the words of a profile."""

    def __init__(self, database: Database, editor: DraftEditor, profile: Profile) -> None:
        self._database = database
        self._editor = editor
        self._profile = profile

    def ask(self, interview: Interview) -> Prompt:
        """What is said next: the question for the first missing piece, or that nothing is left."""
        ticket = self._database.ticket(interview.ticket_id).ticket
        is_sent = sends(self._profile.desk(ticket.desk))
        question = next_question(
            ticket,
            self._profile,
            [label for id, label in interview.skipped if id == interview.ticket_id],
        )
        if question:
            interview.asked = question.label
            interview.question = question.text
            by_file = f" {_BY_FILE}" if question.wants_file else ""
            return Prompt(f"{question.text}{by_file}", (SKIP, SEND if is_sent else ENOUGH))
        return self.end(interview)

    def end(self, interview: Interview) -> Prompt:
        """Ask no more about this draft; says what to do with it."""
        interview.asked = interview.question = ""
        kept = self._database.ticket(interview.ticket_id)
        desk = self._profile.desk(kept.ticket.desk)
        done = "That is all I ask." if kept.ticket.missing else "The draft is complete."
        if sends(desk):
            email = "" if kept.contact.email else ", give your e-mail address"
            what = f"Check it in the form{email} and press “Send to {desk.name}”."
        else:
            what = "It is saved; the form says how to send it."
        return Prompt(f"{done} {what}", self._following(interview))

    def ask_on(self, interview: Interview | None, ticket_id: str) -> Prompt | None:
        """What is said next when the piece that was asked of a draft is not missing any more.

        None where nothing was asked of that draft, or it is missing still.
        """
        if not interview or not interview.asked or interview.ticket_id != ticket_id:
            return None
        ticket = self._database.ticket(ticket_id).ticket
        asked = interview.asked
        if asked in ticket.missing:
            return None
        following = self.ask(interview)
        return self._noted([asked], following) if asked in ticket.fields else following

    def sent(self, interview: Interview | None, ticket_id: str) -> Prompt | None:
        """What is said when a draft was handed over; None where nothing was asked of it."""
        if not interview or interview.ticket_id != ticket_id:
            return None
        if self._database.ticket(ticket_id).state == "saved":  # at a desk that a person writes to
            return self.end(interview)
        interview.asked = interview.question = ""
        return Prompt("It is handed over: the form says how far it is.", self._following(interview))

    def skip(self, interview: Interview) -> Prompt:
        """Leave out what was asked, and ask on."""
        interview.skipped.add((interview.ticket_id, interview.asked))
        return self.ask(interview)

    def go_on(self, interview: Interview) -> Prompt:
        """Ask about the next draft."""
        del interview.tickets[0]
        if self._database.ticket(interview.ticket_id).can_change:
            return self.ask(interview)
        return self.sent(interview, interview.ticket_id)

    def take(self, interview: Interview, text: str) -> Prompt | None:
        """Take a message, without secrets, as the answer to what was asked, and ask on.

        None for a message that is no answer: a question of its own, small talk, the wish for a
        person, or one that comes when the draft can no longer change.
        """
        if not interview.asked:
            return None
        if is_skip(text):
            return self.skip(interview)
        message = understand(text, self._profile.talk)
        if message.small_talk or message.act == "human" or text.endswith("?") or asks_to_know(text):
            return None
        noted = self._note(interview, text)
        if not noted:
            return None
        return self._noted(noted, self.ask(interview))

    def overhear(self, interview: Interview, text: str, answer: str) -> None:
        """Keep a question of its own, and its answer, with the draft that was asked about.

        Missing pieces that stand in the question are noted.
        """
        said = [Turn(role="user", content=text), Turn(role="assistant", content=answer)]
        with suppress(TicketLocked):
            self._editor.change(interview.ticket_id, lambda now: self._filled(now, text, ""), said)

    def _noted(self, labels: list[str], following: Prompt) -> Prompt:
        return Prompt(f"Noted: {', '.join(labels)}. {following.text}", following.options)

    def _following(self, interview: Interview) -> tuple[str, ...]:
        return (NEXT,) if len(interview.tickets) > 1 else ()

    def _note(self, interview: Interview, text: str) -> list[str]:
        """Fill in what an answer gives; returns the labels."""
        before = self._database.ticket(interview.ticket_id).ticket
        if self._filled(before, text, interview.asked) is before:
            return []
        said = [
            Turn(role="assistant", content=interview.question),
            Turn(role="user", content=text),
        ]
        try:
            after = self._editor.change(
                interview.ticket_id, lambda now: self._filled(now, text, interview.asked), said
            )
        except TicketLocked:  # sent meanwhile; the message is for the conversation then
            return []
        return [label for label in after.fields if label not in before.fields]

    def _filled(self, ticket: Ticket, text: str, asked: str) -> Ticket:
        """The ticket with the pieces of a message; the same one where the message gives none."""
        filled = fill(ticket, text, self._profile, asked)
        return ticket if filled.fields == ticket.fields else filled

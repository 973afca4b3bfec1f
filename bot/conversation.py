"""A conversation on the chat page: what was said, and the replies that its links point into."""

from dataclasses import dataclass, field
from functools import cached_property

from bot.database import new_id
from bot.drafting import draft_ticket
from bot.message import Message, tidy, understand
from bot.profile import Profile
from bot.reply import Reply, Ticket, Turn
from bot.reply_view import partial_html, question_html, reply_html

_PENDING = '<p class="pending">Searching the documentation…</p>'
_STOPPED = '<p class="pending">Stopped.</p>'
_NOTHING_ASKED = Message("I would like to reach a person.", "human")


@dataclass
class Conversation:
    """One visitor's questions and replies, from the first to the latest.

    A question that was stopped may still be at work in its thread: what is written to an answer
    that is no longer `pending` is left out.
    """

    turns: list[Turn] = field(default_factory=list)
    messages: list[dict] = field(default_factory=list)  # as the chat component shows them
    replies: dict[str, Reply] = field(default_factory=dict)  # by reply id
    shown: dict[int, str] = field(default_factory=dict)  # reply id by position in `messages`
    pending: int | None = None  # position in `messages` of the answer on the way

    @cached_property
    def id(self) -> str:
        """Given when first asked for: copies of an unused conversation are different ones."""
        return new_id()

    def begin(self, question: str) -> int:
        """Show a question, and that its answer is on the way; returns the answer's position."""
        self.messages.append({"role": "user", "content": question_html(question)})
        self.messages.append({"role": "assistant", "content": _PENDING})
        self.pending = len(self.messages) - 1
        return self.pending

    def withdraw(self, position: int) -> None:
        """Take back the question whose answer is pending at `position`."""
        if position == self.pending:
            del self.messages[-2:]
            self.pending = None

    def stop(self) -> None:
        """Say that the pending answer was stopped."""
        if self.pending is not None:
            self.messages[self.pending] = {"role": "assistant", "content": _STOPPED}
            self.pending = None

    def show_part(self, position: int, answer: str, site: str) -> None:
        """Show the first words of an answer; its links are relative to the address `site`."""
        if position == self.pending:
            self.messages[position] = {"role": "assistant", "content": partial_html(answer, site)}

    def finish(self, position: int, reply_id: str, reply: Reply, site: str) -> None:
        """Show a whole reply as the answer at `position`, and remember it."""
        if position != self.pending:
            return
        self.messages[position] = {
            "role": "assistant",
            "content": reply_html(reply, reply_id, site),
            "options": [{"value": choice} for choice in reply.choices],
        }
        self.pending = None
        self.shown[position] = reply_id
        self.replies[reply_id] = reply
        self.turns += [
            Turn(role="user", content=reply.question),
            Turn(role="assistant", content=reply.answer),
        ]

    def draft(self, profile: Profile) -> Ticket:
        """A draft for a person of what was asked last; small talk is left out of it."""
        told = [
            turn
            for turn in self.turns
            if turn.role == "user" and not understand(tidy(turn.content), profile.talk).small_talk
        ]
        if not told:
            return draft_ticket(_NOTHING_ASKED, [], profile)
        *earlier, last = told
        return draft_ticket(understand(tidy(last.content), profile.talk), earlier, profile)

"""A conversation on the chat page: what was said, and the replies that its links point into."""

from dataclasses import dataclass, field

from bot.database import new_id
from bot.reply import Reply, Ticket, Turn
from bot.reply_view import partial_html, question_html, reply_html

_PENDING = '<p class="pending">Searching the documentation…</p>'
_STOPPED = '<p class="pending">Stopped.</p>'


@dataclass
class Conversation:
    """One visitor's questions and replies, from the first to the latest."""

    id: str = field(default_factory=new_id)
    turns: list[Turn] = field(default_factory=list)
    messages: list[dict] = field(default_factory=list)  # as the chat component shows them
    replies: dict[str, Reply] = field(default_factory=dict)  # by reply id
    shown: dict[int, str] = field(default_factory=dict)  # reply id by position in `messages`

    def begin(self, question: str) -> None:
        """Show a question, and that its answer is on the way."""
        self.messages.append({"role": "user", "content": question_html(question)})
        self.messages.append({"role": "assistant", "content": _PENDING})

    def withdraw(self) -> None:
        """Take back the question begun last."""
        del self.messages[-2:]

    def stop(self) -> None:
        """Say that the answer to the question begun last was stopped."""
        self.messages[-1] = {"role": "assistant", "content": _STOPPED}

    def show_part(self, answer: str, base: str) -> None:
        """Show the first words of the answer; its links are relative to the address `base`."""
        self.messages[-1] = {"role": "assistant", "content": partial_html(answer, base)}

    def finish(self, reply_id: str, reply: Reply, base: str) -> None:
        """Show the whole reply to the question begun last, and remember it."""
        self.messages[-1] = {
            "role": "assistant",
            "content": reply_html(reply, reply_id, base),
            "options": [{"value": choice} for choice in reply.choices],
        }
        self.shown[len(self.messages) - 1] = reply_id
        self.replies[reply_id] = reply
        self.turns += [
            Turn(role="user", content=reply.question),
            Turn(role="assistant", content=reply.answer),
        ]

    def drafts(self, reply_id: str) -> list[Ticket]:
        """The ticket drafts that a reply holds, the main one first."""
        reply = self.replies[reply_id]
        return ([reply.ticket] if reply.ticket else []) + reply.more_tickets

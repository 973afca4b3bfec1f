"""A conversation on the chat page: what was said, and the replies that its links point into."""

from dataclasses import dataclass, field

from bot.database import new_id
from bot.reply import Reply, Ticket, Turn


@dataclass
class Conversation:
    """One visitor's questions and replies, from the first to the latest."""

    id: str = field(default_factory=new_id)
    turns: list[Turn] = field(default_factory=list)
    messages: list[dict] = field(default_factory=list)  # as the chat component shows them
    replies: dict[str, Reply] = field(default_factory=dict)  # by reply id
    shown: dict[int, str] = field(default_factory=dict)  # reply id by position in `messages`

    def add(self, reply_id: str, reply: Reply) -> None:
        """Take in a reply whose question and answer are the latest two messages."""
        self.turns += [
            Turn(role="user", content=reply.question),
            Turn(role="assistant", content=reply.answer),
        ]
        self.replies[reply_id] = reply
        self.shown[len(self.messages) - 1] = reply_id

    def drafts(self, reply_id: str) -> list[Ticket]:
        """The ticket drafts that a reply holds, the main one first."""
        reply = self.replies[reply_id]
        return ([reply.ticket] if reply.ticket else []) + reply.more_tickets

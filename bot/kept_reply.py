"""A kept reply: what the database remembers of a reply and of the vote on it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from bot.reply import Citation, Outcome, RelatedSection

Vote = Literal["up", "down"]
WayIn = Literal["page", "http", "widget", "openai"]  # the others keep no replies


class KeptReply(BaseModel):
    """A reply in the database; what earlier versions of the program did not keep is empty."""

    reply_id: str
    conversation_id: str
    question: str = Field(description="as asked, with secrets masked")
    standalone_question: str = Field(description="the same in full, with secrets masked")
    outcome: Outcome
    answer: str
    confidence: float
    created: datetime
    citations: list[Citation]
    related: list[RelatedSection]
    milliseconds: float | None = Field(description="from the question to the whole reply")
    way_in: WayIn | None
    vote: Vote | None
    reason: str | None = Field(description="why it was voted so, None without a vote")

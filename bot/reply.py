"""What the bot gives back to a question; the same object in every way in."""

from typing import Literal

from pydantic import BaseModel, Field

Outcome = Literal["answered", "unanswered", "clarify", "out_of_scope", "smalltalk"]
Priority = Literal["critical", "high", "medium", "low"]

NOTICE = "what in the question was masked, in one sentence"


class Turn(BaseModel):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


class GivenPassage(BaseModel):
    """A passage that the caller hands in; the reply may then rest on such passages alone."""

    title: str = ""
    text: str


class Question(BaseModel):
    """A question as a program asks it; with `passages` the reply may rest on those alone."""

    id: str | int | None = None
    question: str
    history: list[Turn] = Field(default_factory=list)
    passages: list[GivenPassage] | None = None


class Citation(BaseModel):
    """Where a statement stands: the section, its link, and the page's own words."""

    n: int = Field(description="number of the marker in the answer, from 1")
    title: str = Field(description="title of the page")
    section: list[str] = Field(description="headings from the outermost to the one cited")
    url: str
    path: str = Field(description="of the page, relative to the corpus")
    lines: tuple[int, int] = Field(description="first and last line in the page's file, from 1")
    quote: str = Field(description="exact text of the page")


class FoundPassage(BaseModel):
    """A passage that a search found."""

    text: str
    title: str
    section: list[str]
    url: str
    path: str
    lines: tuple[int, int]
    score: float = Field(description="orders the passages, from 0 to 1")


class RelatedSection(BaseModel):
    """A section near the question that need not answer it."""

    title: str
    section: list[str]
    url: str


class Ticket(BaseModel):
    """A draft of the request that a desk wants to receive."""

    desk: str
    kind: str
    priority: Priority
    subject: str
    description: str
    fields: dict[str, str] = Field(default_factory=dict)
    missing: list[str] = Field(default_factory=list)
    how: str = Field(description="how to send it")


class Drafts(BaseModel):
    """What a message asks to be done."""

    tickets: list[Ticket] = Field(description="a draft for each request; none where choices are")
    choices: list[str] = Field(
        description="the message once for each desk that could be meant, to be sent in its place"
    )
    notice: str = Field(description="what was masked, in one sentence")


class Timings(BaseModel):
    """Milliseconds spent."""

    retrieve: float = 0.0
    read: float = 0.0
    total: float = 0.0


class Reply(BaseModel):
    """A grounded answer, or an honest abstention with a ticket draft."""

    id: str | int | None = None
    question: str
    standalone_question: str
    outcome: Outcome
    answer: str = Field(description="Markdown with [1] markers")
    citations: list[Citation] = Field(default_factory=list)
    confidence: float = Field(ge=0, le=1)
    ticket: Ticket | None = None
    more_tickets: list[Ticket] = Field(default_factory=list)
    choices: list[str] = Field(default_factory=list)
    related: list[RelatedSection] = Field(default_factory=list)
    # Not of the contract: each way in tells it in its own manner.
    notice: str = Field("", description=NOTICE, exclude=True)
    timings_ms: Timings = Field(default_factory=Timings)

    @property
    def drafts(self) -> list[Ticket]:
        """All ticket drafts, the first one first."""
        return [self.ticket, *self.more_tickets] if self.ticket else []

    @property
    def shown(self) -> list[RelatedSection]:
        """The sections that it cites, then those it names as related, each once."""
        cited = [
            RelatedSection(title=each.title, section=each.section, url=each.url)
            for each in self.citations
        ]
        sections = [*cited, *self.related]
        return list({(each.title, *each.section): each for each in sections}.values())

"""Insights: what the people who write the documentation can learn from the replies kept."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from pydantic import BaseModel, Field, computed_field

from bot.assistant import Assistant
from bot.clock import Clock
from bot.database import Database
from bot.kept_reply import KeptReply, WayIn
from bot.message import asks_for_person
from bot.profile import Product
from bot.question_group import group_alike, without_name
from bot.reply import Citation, Outcome, RelatedSection
from index.embedder import BATCH, SentenceEmbedder
from index.manifest import PageEntry

MOST_QUESTIONS = 3000  # different ones that are grouped; more would take many seconds
MOST_REMEMBERED = 2 * MOST_QUESTIONS  # vectors, of 1.5 kB each
MOST_NEAREST = 5  # sections named with a group

_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")


class AskedQuestion(BaseModel):
    """A question as someone asked it, with secrets masked and e-mail addresses left out."""

    reply_id: str
    conversation_id: str
    question: str
    standalone_question: str = Field(description="the question in full, by its conversation")
    asked: datetime
    way_in: WayIn | None


class QuestionGroup(BaseModel):
    """Questions that mean the same and were not answered; the most central one names them."""

    id: str = Field(description="the same as long as the name is")
    name: str
    count: int
    first_half: int = Field(description="how many in the first half of the span")
    last_half: int
    first_seen: datetime
    last_seen: datetime
    questions: list[AskedQuestion] = Field(description="oldest first")
    nearest: list[RelatedSection] = Field(
        description="the existing sections that came nearest, most often named first"
    )

    @computed_field
    @property
    def growth(self) -> int:
        """By how many more it was asked in the last half of the span than in the first."""
        return self.last_half - self.first_half


class DownVote(BaseModel):
    """A reply that was voted down, with the passages that it used."""

    reply_id: str
    conversation_id: str
    question: str
    outcome: Outcome
    answer: str
    reason: str
    asked: datetime
    citations: list[Citation]


class PageUse(BaseModel):
    """How often answers used a page of the index."""

    path: str
    title: str
    url: str
    cited: int = Field(description="answers that cite it")
    shown: int = Field(description="replies that name one of its sections as near")


class DayFigures(BaseModel):
    """What happened on one day, from midnight to midnight in UTC."""

    day: date
    outcomes: dict[Outcome, int]
    conversations: int = Field(description="that began on this day")
    deflected: int = Field(description="of these; see `Insight.deflected`")
    p50: float | None = Field(description="milliseconds; None without a reply")
    p95: float | None


class Insight(BaseModel):
    """What a span of days has to tell; all times are in UTC."""

    days: int
    first_day: date
    last_day: date
    outcomes: dict[Outcome, int]
    ways_in: dict[WayIn, int]
    conversations: int
    deflected: int = Field(
        description="conversations with an answer in which neither a ticket was sent nor a person"
        " asked for"
    )
    p50: float | None = Field(description="milliseconds to a reply that is no small talk")
    p95: float | None
    groups: list[QuestionGroup] = Field(description="most questions first")
    left_out: int = Field(description="unanswered questions too old to be grouped with so many")
    voted_down: list[DownVote] = Field(description="newest first")
    pages: list[PageUse] = Field(description="all of the index, most cited first")
    daily: list[DayFigures] = Field(description="every day of the span, oldest first")

    @computed_field
    @property
    def replies(self) -> int:
        """How many replies were given."""
        return sum(self.outcomes.values())


class Insights:
    """Draws insights from the replies in a database; may be used by several threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        # By the digest of their text, which may have been erased from the database since.
        self._vectors: dict[bytes, np.ndarray] = {}

    def draw(self, assistant: Assistant, days: int) -> Insight:
        """The insight of the last `days` days, today with them.

        Raises DatabaseError, and IndexUnusable without an index.
        """
        now = self._clock().astimezone(UTC)
        first_day = now.date() - timedelta(days=days - 1)
        start = datetime.combine(first_day, time(), UTC)
        replies = [each for each in self._database.replies(start) if each.created <= now]
        middle = start + (now - start) / 2
        talk = assistant.profile.talk
        asking = {each.reply_id for each in replies if asks_for_person(each.question, talk)}
        unanswered = [each for each in replies if _is_gap(each) and each.reply_id not in asking]
        groups, left_out = self._groups(unanswered, middle, assistant)
        requested = self._database.conversations_with_request()
        conversations = _conversations(replies)
        deflected = {
            conversation_id
            for conversation_id, said in conversations.items()
            if conversation_id not in requested
            and any(each.outcome == "answered" for each in said)
            and not any(each.reply_id in asking for each in said)
        }
        return Insight(
            days=days,
            first_day=first_day,
            last_day=now.date(),
            outcomes=Counter(each.outcome for each in replies),
            ways_in=Counter(each.way_in for each in replies if each.way_in),
            conversations=len(conversations),
            deflected=len(deflected),
            p50=_percentile(replies, 50),
            p95=_percentile(replies, 95),
            groups=groups,
            left_out=left_out,
            voted_down=[_down_vote(each) for each in reversed(replies) if each.vote == "down"],
            pages=_page_uses(
                assistant.index.current().manifest.pages,
                replies,
                assistant.profile.product,
            ),
            daily=_daily(first_day, days, replies, conversations, deflected),
        )

    def conversation(self, conversation_id: str) -> list[KeptReply]:
        """The replies of a conversation, oldest first, without e-mail addresses in questions."""
        return [
            each.model_copy(
                update={
                    "question": _without_addresses(each.question),
                    "standalone_question": _without_addresses(each.standalone_question),
                    "reason": each.reason and _without_addresses(each.reason),
                }
            )
            for each in self._database.replies_of_conversation(conversation_id)
        ]

    def _groups(
        self, replies: Sequence[KeptReply], middle: datetime, assistant: Assistant
    ) -> tuple[list[QuestionGroup], int]:
        """The groups, most questions first, and how many replies are in none of them."""
        by_text: dict[str, list[KeptReply]] = {}
        for reply in reversed(replies):
            by_text.setdefault(_comparable(reply), []).append(reply)
        texts = list(by_text)[:MOST_QUESTIONS]
        texts.reverse()
        name, embedder = assistant.profile.product.name, assistant.embedder
        meant = [without_name(text, name, embedder.knows) for text in texts]
        groups = [
            _group([by_text[texts[position]] for position in positions], middle)
            for positions in group_alike(self._embedded(meant, embedder))
        ]
        left_out = len(replies) - sum(group.count for group in groups)
        return sorted(groups, key=lambda group: -group.count), left_out

    def _embedded(self, texts: Sequence[str], embedder: SentenceEmbedder) -> np.ndarray:
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        vectors = dict(self._vectors)
        new = {text: digest for text, digest in zip(texts, digests) if digest not in vectors}
        shortest_first = sorted(new, key=len)  # those of one length are embedded fastest
        # A few at a time, so that the questions of visitors are embedded in between.
        for first in range(0, len(new), BATCH):
            part = shortest_first[first : first + BATCH]
            vectors |= zip((new[text] for text in part), embedder.embed(part))
        if len(vectors) > MOST_REMEMBERED:
            vectors = {digest: vectors[digest] for digest in digests}
        self._vectors = vectors
        return np.array([vectors[each] for each in digests]).reshape(-1, embedder.dimension)


def _is_gap(reply: KeptReply) -> bool:
    """Whether the pages lack an answer to what was asked."""
    # A reply to passages that the caller gave names no near sections; what earlier versions kept
    # has none either, nor a way in.
    had_own_passages = reply.way_in is not None and not reply.related
    return reply.outcome == "unanswered" and not had_own_passages


def _conversations(replies: Iterable[KeptReply]) -> dict[str, list[KeptReply]]:
    conversations: dict[str, list[KeptReply]] = {}
    for reply in replies:
        conversations.setdefault(reply.conversation_id, []).append(reply)
    return conversations


def _in_full(reply: KeptReply) -> str:
    return _without_addresses(reply.standalone_question or reply.question)


def _comparable(reply: KeptReply) -> str:
    """The question in full; the same for two that differ in case, spaces and last mark alone."""
    return " ".join(_in_full(reply).casefold().split()).rstrip(" ?.!")


def _group(alike: Sequence[Sequence[KeptReply]], middle: datetime) -> QuestionGroup:
    """A group of replies by the text of their question, the most central text first."""
    replies = sorted((each for same in alike for each in same), key=lambda each: each.created)
    central = alike[0][-1]
    name = _in_full(central)
    last_half = sum(each.created >= middle for each in replies)
    nearest = {(each.title, *each.section): each for reply in replies for each in reply.related}
    named = Counter((each.title, *each.section) for reply in replies for each in reply.related)
    return QuestionGroup(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        name=name,
        count=len(replies),
        first_half=len(replies) - last_half,
        last_half=last_half,
        first_seen=replies[0].created,
        last_seen=replies[-1].created,
        questions=[
            AskedQuestion(
                reply_id=each.reply_id,
                conversation_id=each.conversation_id,
                question=_without_addresses(each.question),
                standalone_question=_in_full(each),
                asked=each.created,
                way_in=each.way_in,
            )
            for each in replies
        ],
        nearest=[nearest[place] for place, _ in named.most_common(MOST_NEAREST)],
    )


def _down_vote(reply: KeptReply) -> DownVote:
    return DownVote(
        reply_id=reply.reply_id,
        conversation_id=reply.conversation_id,
        question=_without_addresses(reply.question),
        outcome=reply.outcome,
        answer=reply.answer,
        reason=_without_addresses(reply.reason or ""),
        asked=reply.created,
        citations=reply.citations,
    )


def _page_uses(
    pages: Iterable[PageEntry], replies: Iterable[KeptReply], product: Product
) -> list[PageUse]:
    cited: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for reply in replies:
        cited.update({each.path for each in reply.citations})
        shown.update({each.url.partition("#")[0] for each in reply.related})
    uses = [
        PageUse(
            path=page.path,
            title=page.title,
            url=(url := product.link_to(page.url)),
            cited=cited[page.path],
            shown=shown[url],
        )
        for page in pages
    ]
    return sorted(uses, key=lambda use: (-use.cited, -use.shown, use.path))


def _daily(
    first_day: date,
    days: int,
    replies: Iterable[KeptReply],
    conversations: dict[str, list[KeptReply]],
    deflected: set[str],
) -> list[DayFigures]:
    of_day: dict[date, list[KeptReply]] = {
        first_day + timedelta(days=day): [] for day in range(days)
    }
    for reply in replies:
        of_day[reply.created.date()].append(reply)
    begun = {id: said[0].created.date() for id, said in conversations.items()}
    conversations_of_day = Counter(begun.values())
    deflected_of_day = Counter(begun[id] for id in deflected)
    return [
        DayFigures(
            day=day,
            outcomes=Counter(each.outcome for each in given),
            conversations=conversations_of_day[day],
            deflected=deflected_of_day[day],
            p50=_percentile(given, 50),
            p95=_percentile(given, 95),
        )
        for day, given in of_day.items()
    ]


def _percentile(replies: Iterable[KeptReply], percent: int) -> float | None:
    """The milliseconds within which that share of the replies came, small talk apart."""
    taken = [
        each.milliseconds
        for each in replies
        if each.milliseconds is not None and each.outcome != "smalltalk"
    ]
    return float(np.percentile(taken, percent, method="inverted_cdf")) if taken else None


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub("[e-mail address]", text)

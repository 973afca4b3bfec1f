"""The review of an answer: what the bot says and finds for its questions, before and after."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, Field

from bot.assistant import Assistant
from bot.contradiction import differences
from bot.curated import AnswerDraft, CuratedAnswer, check_draft
from bot.reply import Citation, FoundPassage, Outcome

REVIEWED = 8  # questions that are asked; each takes a quarter of a second
NEAR = 3  # passages looked at for each of them
SHOWN = 6  # passages in all


class TodaysReply(BaseModel):
    """What the bot says to one of the questions before the answer is approved."""

    question: str
    outcome: Outcome
    answer: str
    citations: list[Citation]
    differs: list[str] = Field(description='such as "16:00 / 18:00": the answer, then the bot')


class NearPassage(FoundPassage):
    """A passage that the bot finds for one of the questions."""

    differs: list[str] = Field(description='such as "16:00 / 18:00": the answer, then the passage')


class Review(BaseModel):
    """What an editor sees beside an answer before approving it."""

    replies: list[TodaysReply]
    passages: list[NearPassage] = Field(description="those that differ first")
    unasked: int = Field(description="questions beyond those that were asked")


class CheckedQuestion(BaseModel):
    """What the bot says to a question of an answer that is approved and indexed."""

    question: str
    outcome: Outcome
    cites: bool = Field(description="whether it answers from that answer")


def review(draft: AnswerDraft, assistant: Assistant, apart_from: str = "") -> Review:
    """What the bot says and finds today for the questions of an answer, with what differs.

    The page of path `apart_from`, an earlier version of the answer, is not held against it. Raises
    AnswerError for what cannot be approved, IndexUnusable without an index.
    """
    said = [unit.text for section in check_draft(draft) for unit in section.units]
    questions = [question for question in draft.questions if question.strip()]
    replies = []
    found: dict[tuple[str, tuple[int, int]], NearPassage] = {}
    for question in questions[:REVIEWED]:
        reply = assistant.rehearse(question)
        quotes = "\n".join(each.quote for each in reply.citations if each.path != apart_from)
        replies.append(
            TodaysReply(
                question=question,
                outcome=reply.outcome,
                answer=reply.answer,
                citations=reply.citations,
                differs=[*_yes_or_no(said, reply.answer), *differences(said, quotes)],
            )
        )
        for passage in assistant.search(question, NEAR):
            if passage.path != apart_from and (passage.path, passage.lines) not in found:
                found[passage.path, passage.lines] = NearPassage(
                    **passage.model_dump(), differs=differences(said, passage.text)
                )
    whole = [each for each in found.values() if not _is_part(each, found.values())]
    passages = sorted(whole, key=lambda each: (not each.differs, -each.score))
    return Review(
        replies=replies, passages=passages[:SHOWN], unasked=max(0, len(questions) - REVIEWED)
    )


def check(answer: CuratedAnswer, assistant: Assistant) -> list[CheckedQuestion]:
    """Whether the bot answers the first questions of an answer from it.

    Raises IndexUnusable without an index.
    """
    checked = []
    for question in answer.questions[:REVIEWED]:
        reply = assistant.rehearse(question)
        cites = any(citation.path == answer.path for citation in reply.citations)
        checked.append(CheckedQuestion(question=question, outcome=reply.outcome, cites=cites))
    return checked


def _is_part(passage: NearPassage, others: Iterable[NearPassage]) -> bool:
    """Whether it is a row of a table that is there as a whole, or the like."""
    first, last = passage.lines
    return any(
        other.path == passage.path
        and other.lines != passage.lines
        and other.lines[0] <= first
        and last <= other.lines[1]
        for other in others
    )


def _yes_or_no(said: Sequence[str], answer: str) -> list[str]:
    ours, theirs = _first_word(said[0]), _first_word(answer)
    return [f"{ours} / {theirs}"] if {ours, theirs} == {"Yes", "No"} else []


def _first_word(text: str) -> str:
    word = text.split(maxsplit=1)[0] if text.split() else ""
    return word.strip(".,:;!–—-").capitalize()

"""Evaluation: a file of questions with known answers, and how well they are answered."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from bot import metric
from bot.case import Case, Verdict
from bot.errors import EvaluationError
from bot.reply import FoundPassage, Reply, Turn
from bot.verbatim import is_verbatim
from index.build import Progress
from index.errors import PageError
from index.page import Page, read_page

DEPTHS = (1, 3, 10)  # how many passages are looked at for the retrieval figures
EVIDENCE_WORDS = 200  # of the first passages, within which the evidence should stand
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


class Bot(Protocol):
    """What is evaluated: the assistant, or a plain alternative to it."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """The reply to a question."""
        ...

    def best_answer(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """The reply that it would give if it answered whatever its confidence."""
        ...

    def search(self, text: str, k: int) -> list[FoundPassage]:
        """The k passages nearest to some words, best first."""
        ...


class Tally(BaseModel):
    """How the questions of a category went; `abstained` are answerable ones without an answer."""

    questions: int = 0
    right: int = 0
    wrong: int = 0
    abstained: int = 0


class Failure(BaseModel):
    """A question that did not go right, with what was said."""

    id: str
    category: str
    verdict: Verdict
    question: str
    outcome: str
    confidence: float
    answer: str
    expected: list[list[str]]


class Evaluation(BaseModel):
    """Counts over all questions, shares from 0 to 1, and the failures.

    `truthfulness` is right minus wrong over all questions: abstaining counts 0.
    `answered_rightly` is over the answerable questions.
    """

    cases: int
    right: int
    wrong: int
    abstained: int
    truthfulness: float
    answered_rightly: float
    by_category: dict[str, Tally]
    desks_right: float | None
    kinds_right: float | None
    recall: dict[int, float] = Field(description="share with a right section among the first k")
    ndcg: float = Field(description="at the last of the depths")
    evidence_found: float = Field(description="all expected words within the first 200 words")
    auroc: float | None = Field(description="of the confidence, answerable against unanswerable")
    calibration_error: float
    reliability: list[metric.Bin]
    operating_points: list[metric.OperatingPoint]
    citation_precision: float | None = Field(
        description="share of the citations of answerable questions that name a right section"
    )
    quotes_verbatim: float | None
    milliseconds_p50: float
    milliseconds_p95: float
    verdicts: dict[str, Verdict] = Field(description="by question")
    failures: list[Failure]


def evaluate(bot: Bot, cases: Sequence[Case], corpus: Path, progress: Progress) -> Evaluation:
    """Ask every question, hold the replies against what is right, and the quotes against `corpus`.

    What is never shown is judged too, so that the confidence can be held against it: where the bot
    abstains, its best answer counts for calibration.
    """
    replies, best, ranks, found, milliseconds = [], [], [], [], []
    for number, case in enumerate(cases, 1):
        started = time.perf_counter()
        reply = bot.ask(case.question, case.history)
        milliseconds.append((time.perf_counter() - started) * 1000)
        replies.append(reply)
        abstains = reply.outcome in ("unanswered", "clarify")
        best.append(bot.best_answer(case.question, case.history) if abstains else reply)
        if case.sections:
            passages = bot.search(reply.standalone_question, max(DEPTHS))
            ranks.append(_rank_of_right(case, passages))
            words = " ".join(passage.text for passage in passages).split()
            found.append(case.is_held_by(" ".join(words[:EVIDENCE_WORDS])))
        progress("Questions", number, len(cases))

    verdicts = [case.judge(reply) for case, reply in zip(cases, replies, strict=True)]
    graded = [
        (case, case.judge(reply), reply.confidence)
        for case, reply in zip(cases, best, strict=True)
        if case.outcome in ("answered", "unanswered")
    ]
    scored = [(case.answerable and verdict == "right", sure) for case, verdict, sure in graded]
    answerable = [case.answerable for case, _, _ in graded]
    bins = metric.reliability(scored)
    total = _tally(verdicts)
    able = [v for case, v in zip(cases, verdicts, strict=True) if case.answerable]
    return Evaluation(
        cases=len(cases),
        right=total.right,
        wrong=total.wrong,
        abstained=total.abstained,
        truthfulness=(total.right - total.wrong) / len(cases),
        answered_rightly=_share([verdict == "right" for verdict in able]) or 0.0,
        by_category={
            name: _tally(
                [v for c, v in zip(cases, verdicts, strict=True) if (c.category or "all") == name]
            )
            for name in sorted({case.category or "all" for case in cases})
        },
        desks_right=_share_of_tickets(cases, replies, "desk"),
        kinds_right=_share_of_tickets(cases, replies, "kind"),
        recall={k: metric.recall(ranks, k) for k in DEPTHS},
        ndcg=metric.ndcg(ranks, max(DEPTHS)),
        evidence_found=_share(found) or 0.0,
        auroc=metric.auroc([(case.answerable, sure) for case, _, sure in graded]),
        calibration_error=metric.calibration_error(bins),
        reliability=bins,
        operating_points=metric.operating_points(scored, answerable, THRESHOLDS),
        citation_precision=_share(
            [
                case.is_section(citation.title, citation.section)
                for case, reply in zip(cases, replies, strict=True)
                if case.answerable and case.sections
                for citation in reply.citations
            ]
        ),
        quotes_verbatim=_share_of_verbatim_quotes(replies, corpus),
        milliseconds_p50=float(np.percentile(milliseconds, 50)),
        milliseconds_p95=float(np.percentile(milliseconds, 95)),
        verdicts={case.id: verdict for case, verdict in zip(cases, verdicts, strict=True)},
        failures=[
            Failure(
                id=case.id,
                category=case.category,
                verdict=verdict,
                question=case.question,
                outcome=reply.outcome,
                confidence=reply.confidence,
                answer=reply.answer,
                expected=case.expected,
            )
            for case, reply, verdict in zip(cases, replies, verdicts, strict=True)
            if verdict != "right"
        ],
    )


def read_evaluation(file: Path) -> Evaluation:
    """An earlier run, as `supportbot eval --json` printed it; raises EvaluationError if it is not.

    Where that run had a baseline beside it, the bot's own figures are taken.
    """
    try:
        return Evaluation.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise EvaluationError(
            f"{file} is not the JSON of an earlier run: make one with supportbot eval --json."
        ) from error


def _rank_of_right(case: Case, passages: Sequence[FoundPassage]) -> int | None:
    """The place, from 1, of the first right section among the sections in order of rank.

    What stands before the first heading of a page has the page's title as its name.
    """
    places = dict.fromkeys((p.path, *(p.section or [p.title])) for p in passages)
    for rank, (_, *headings) in enumerate(places, 1):
        if case.is_section("", headings):
            return rank
    return None


def _tally(verdicts: Sequence[Verdict]) -> Tally:
    return Tally(
        questions=len(verdicts),
        right=verdicts.count("right"),
        wrong=verdicts.count("wrong"),
        abstained=verdicts.count("abstained"),
    )


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _share_of_tickets(cases: Sequence[Case], replies: Sequence[Reply], name: str) -> float | None:
    return _share(
        [
            any(getattr(ticket, name) == getattr(case, name) for ticket in reply.drafts)
            for case, reply in zip(cases, replies, strict=True)
            if getattr(case, name)
        ]
    )


def _share_of_verbatim_quotes(replies: Sequence[Reply], corpus: Path) -> float | None:
    pages: dict[str, Page | None] = {}
    flags = []
    for reply in replies:
        for citation in reply.citations:
            if citation.path not in pages:
                try:
                    pages[citation.path] = read_page(corpus / citation.path, corpus)
                except PageError:
                    pages[citation.path] = None
            page = pages[citation.path]
            flags.append(page is not None and is_verbatim(citation.quote, page, citation.lines))
    return _share(flags)

"""Evaluation: a file of questions with known answers, and how well they are answered."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from bot.assistant import Assistant
from bot.citing import without_number
from bot.errors import EvaluationError
from bot.reply import Outcome, Reply, Turn
from index.build import Progress

DEPTHS = (1, 3, 10)  # how many passages are looked at for the retrieval figures


class Case(BaseModel):
    """A question and what a right reply holds.

    An answer is right when of each list in `expected` at least one text stands in it, none of
    `forbidden` does, and a citation names one of `sections` (a heading without its number, or the
    title of a page).
    """

    id: str
    category: str = ""
    question: str
    history: list[Turn] = Field(default_factory=list)
    outcome: Outcome
    expected: list[list[str]] = Field(default_factory=list)
    forbidden: list[str] = Field(default_factory=list)
    sections: list[str] = Field(default_factory=list)
    page: str = ""
    desk: str = ""
    kind: str = ""


class Result(BaseModel):
    """Counts over all cases, shares from 0 to 1, and the failures in words.

    `wrong` counts answers that are wrong or given where the pages do not answer; `abstained` counts
    answerable questions that got no answer. `truthfulness` is right minus wrong over all.
    """

    cases: int
    right: int
    wrong: int
    abstained: int
    truthfulness: float
    outcomes_right: float
    desks_right: float | None
    kinds_right: float | None
    auroc: float | None = Field(description="of the confidence, answerable against unanswerable")
    recall: dict[int, float] = Field(description="share with a right section among the first k")
    by_category: dict[str, str]
    milliseconds_p95: float
    failures: list[str]

    def figures(self) -> dict[str, str]:
        """The figures as lines of a table."""
        lines = {
            "questions": str(self.cases),
            "right": f"{self.right} ({self.right / self.cases:.0%})",
            "wrong": f"{self.wrong} ({self.wrong / self.cases:.0%})",
            "abstained though answerable": f"{self.abstained} ({self.abstained / self.cases:.0%})",
            "truthfulness": f"{self.truthfulness:.3f}",
            "outcome right": f"{self.outcomes_right:.0%}",
        }
        for name, share in (("desk right", self.desks_right), ("kind right", self.kinds_right)):
            if share is not None:
                lines[name] = f"{share:.0%}"
        if self.auroc is not None:
            lines["AUROC of the confidence"] = f"{self.auroc:.3f}"
        lines |= {f"right section in first {k}": f"{share:.0%}" for k, share in self.recall.items()}
        lines["answer at p95"] = f"{self.milliseconds_p95:.0f} ms"
        return lines | {f"right in {name}": told for name, told in self.by_category.items()}


def read_cases(file: Path) -> list[Case]:
    """The cases of a JSON Lines file; raises EvaluationError naming the line that is wrong."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"The questions in {file} cannot be read: {error}.") from error
    cases = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            cases.append(Case.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the line"
            raise EvaluationError(
                f"Line {number} of {file} is no case: {place}: {first['msg']}."
            ) from error
    if not cases:
        raise EvaluationError(f"There is no question in {file}.")
    return cases


def evaluate(assistant: Assistant, cases: Sequence[Case], progress: Progress) -> Result:
    """Ask every question and hold the replies against what is right."""
    replies, ranks = [], []
    for number, case in enumerate(cases, 1):
        reply = assistant.ask(case.question, case.history)
        replies.append(reply)
        if case.sections:
            found = assistant.search(reply.standalone_question, max(DEPTHS))
            wanted = {_plain(section) for section in case.sections}
            headings = [_plain(passage.section[-1]) if passage.section else "" for passage in found]
            ranks.append(next((i for i, h in enumerate(headings) if h in wanted), max(DEPTHS)))
        progress("Questions", number, len(cases))
    verdicts = [judge(case, reply) for case, reply in zip(cases, replies, strict=True)]
    counts = Counter(verdicts)
    times = [reply.timings_ms.total for reply in replies]
    return Result(
        cases=len(cases),
        right=counts["right"],
        wrong=counts["wrong"],
        abstained=counts["abstained"],
        truthfulness=(counts["right"] - counts["wrong"]) / len(cases),
        outcomes_right=_share(
            [case.outcome == reply.outcome for case, reply in zip(cases, replies, strict=True)]
        ),
        desks_right=_share_of_tickets(cases, replies, "desk"),
        kinds_right=_share_of_tickets(cases, replies, "kind"),
        auroc=auroc(
            [
                (case.outcome == "answered", reply.confidence)
                for case, reply in zip(cases, replies, strict=True)
                if case.outcome in ("answered", "unanswered")
            ]
        ),
        recall={k: _share([rank < k for rank in ranks]) for k in DEPTHS} if ranks else {},
        by_category=_by_category(cases, verdicts),
        milliseconds_p95=float(np.percentile(times, 95)),
        failures=[
            f"{case.id} {verdict}: {case.question!r} → {reply.outcome}"
            f" ({reply.confidence:.2f}): {' '.join(reply.answer.split())[:200]!r}"
            for case, reply, verdict in zip(cases, replies, verdicts, strict=True)
            if verdict != "right"
        ],
    )


def judge(case: Case, reply: Reply) -> str:
    """ "right", "wrong" (an answer that is not right) or "abstained" (though answerable)."""
    if case.outcome != "answered":
        if reply.outcome == "answered":
            return "wrong"
        # Another way of not answering is not as it should be, but misleads nobody.
        return "right" if reply.outcome == case.outcome else "abstained"
    if reply.outcome != "answered":
        return "abstained"
    said = _folded(reply.answer)
    holds = all(any(_folded(text) in said for text in texts) for texts in case.expected)
    breaks = any(_folded(text) in said for text in case.forbidden)
    wanted = {_plain(section) for section in case.sections}
    # A page that is about nothing else may stand for the section by its title.
    cited = {
        _plain(name)
        for citation in reply.citations
        for name in (citation.title, *citation.section[-1:])
    }
    return "right" if holds and not breaks and (not wanted or wanted & cited) else "wrong"


def auroc(scored: Sequence[tuple[bool, float]]) -> float | None:
    """Area under the ROC curve as the share of pairs in the right order (Mann-Whitney U)."""
    positive = np.array([score for label, score in scored if label])
    negative = np.array([score for label, score in scored if not label])
    if not len(positive) or not len(negative):
        return None
    above = (positive[:, None] > negative).sum() + 0.5 * (positive[:, None] == negative).sum()
    return float(above / (len(positive) * len(negative)))


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _share_of_tickets(cases: Sequence[Case], replies: Sequence[Reply], name: str) -> float | None:
    flags = [
        reply.ticket is not None and getattr(reply.ticket, name) == getattr(case, name)
        for case, reply in zip(cases, replies, strict=True)
        if getattr(case, name)
    ]
    return _share(flags) if flags else None


def _by_category(cases: Sequence[Case], verdicts: Sequence[str]) -> dict[str, str]:
    totals = Counter(case.category for case in cases)
    right = Counter(
        case.category for case, verdict in zip(cases, verdicts, strict=True) if verdict == "right"
    )
    return {name: f"{right[name]} of {total}" for name, total in sorted(totals.items()) if name}


def _plain(heading: str) -> str:
    """A heading without its number, in lower case."""
    return without_number(heading).casefold().strip()


def _folded(text: str) -> str:
    """Text without markers, markup and link targets, dashes alike, in lower case."""
    text = re.sub(r"\[\d+\]|\]\([^)\s]*\)|[*_`\[\]]", "", text)
    return " ".join(re.sub(r"[–—‑]", "-", text).casefold().split())

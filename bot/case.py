"""A case of an evaluation: a question, and what a right reply to it holds."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from bot.citing import MARKER, without_number
from bot.errors import EvaluationError
from bot.reply import Outcome, Reply, Turn

Verdict = Literal["right", "wrong", "abstained"]


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

    @property
    def answerable(self) -> bool:
        """Whether the pages answer the question."""
        return self.outcome == "answered"

    def is_section(self, title: str, headings: list[str]) -> bool:
        """Whether a section is one of those that answer; a page may stand for it by its title."""
        wanted = {_plain(section) for section in self.sections}
        return bool(wanted & {_plain(name) for name in (title, *headings[-1:])})

    def is_held_by(self, text: str) -> bool:
        """Whether a text holds everything that the answer must hold."""
        said = _folded(text)
        return all(any(_folded(part) in said for part in parts) for parts in self.expected)

    def judge(self, reply: Reply) -> Verdict:
        """ "right", "wrong" (an answer that is not right) or "abstained" (though answerable)."""
        if not self.answerable:
            if reply.outcome == "answered":
                return "wrong"
            # Another way of not answering is not as it should be, but misleads nobody.
            return "right" if reply.outcome == self.outcome else "abstained"
        if reply.outcome != "answered":
            return "abstained"
        said = MARKER.sub("", reply.answer)
        breaks = any(_folded(text) in _folded(said) for text in self.forbidden)
        cited = not self.sections or any(
            self.is_section(citation.title, citation.section) for citation in reply.citations
        )
        return "right" if self.is_held_by(said) and not breaks and cited else "wrong"


def read_cases(file: Path) -> list[Case]:
    """The cases of a JSON Lines file; raises EvaluationError naming the line that is wrong."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
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


def _plain(heading: str) -> str:
    """A heading without its number, in lower case."""
    return without_number(heading).casefold().strip()


def _folded(text: str) -> str:
    """Text without markup, escapes and link targets, dashes alike, in lower case."""
    text = re.sub(r"\]\([^)\s]*\)|[*_`\[\]\\]", "", text)
    return " ".join(re.sub(r"[–—‑]", "-", text).casefold().split())

"""A statement of an answer, with the sources that support it."""

from dataclasses import dataclass
from typing import Literal

from index.section import Section

Form = Literal["sentence", "item", "step", "code"]


@dataclass(frozen=True)
class Source:
    """Verbatim text of a section: its `quote`, and the lines of the page that it stands on."""

    section: Section
    quote: str
    lines: tuple[int, int]


@dataclass(frozen=True)
class Statement:
    """One thing said: Markdown without its markers, what supports it, and how it is set.

    A "step" begins with its number. `depth` indents items of a nested list.
    """

    text: str
    sources: tuple[Source, ...]
    form: Form = "sentence"
    depth: int = 0

"""A statement of an answer, with the sources that support it."""

from dataclasses import dataclass
from typing import Literal

from index.section import Section, Unit

Form = Literal["sentence", "item", "step", "code"]


@dataclass(frozen=True)
class Source:
    """Verbatim text of a section: its `quote`, and the lines of the page that it stands on."""

    section: Section
    quote: str
    lines: tuple[int, int]

    @classmethod
    def of(cls, unit: Unit, section: Section) -> "Source":
        """A unit of a section as the source of what is said."""
        return cls(section, unit.quote, unit.lines)


@dataclass(frozen=True)
class Statement:
    """One thing said: Markdown without its markers, what supports it, and how it is set.

    A "step" begins with its number. The `depth` of an item or a step is that of its list, 0 for the
    outermost; of other forms how many items it stands within. `left_out` is how many items of the
    list below a step, or of its own list, are not told.
    """

    text: str
    sources: tuple[Source, ...]
    form: Form = "sentence"
    depth: int = 0
    left_out: int = 0

    @property
    def length(self) -> int:
        """How much of an answer it takes, in words: its own, and one for its markers."""
        return len(self.text.split()) + 1

    @classmethod
    def of(cls, unit: Unit, section: Section) -> "Statement":
        """What a unit of a section says, in its own words, as a sentence."""
        return cls(unit.markdown or unit.quote, (Source.of(unit, section),))

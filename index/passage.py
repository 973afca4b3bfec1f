"""A passage: the part of one section that is embedded, searched and read as a whole."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

from index.section import Block, Section, Unit

FULL_TOKENS = 200  # a passage grows no further
ENOUGH_TOKENS = 120  # a passage ends with the block that takes it this far
SHORT_TOKENS = 40  # a lead-in up to this long goes with every row of its table
OVERLAP_WORDS = 12  # of two neighbouring parts of a unit that is too long for one passage


@dataclass(frozen=True)
class Passage:
    """A run of units of one section, or a single table row, that fits the embedding model.

    `first_unit` and `last_unit` count (from 0, both included) in `Section.units` of the section at
    position `section` of the index. `text` is the units' texts, with the lead-in where a list or
    table has one; `embedded_text` puts page title, heading path and `questions` before it, which
    are those that the page says it answers, as many as there is room for.
    """

    section: int
    first_unit: int
    last_unit: int
    text: str
    embedded_text: str
    lines: tuple[int, int]
    questions: tuple[str, ...] = ()


def split_sections(
    sections: Sequence[Section],
    count_tokens: Callable[[str], int],
    limit: int,
    questions: Sequence[str] = (),
) -> list[Passage]:
    """The passages of `sections`, in order, each at most `limit` tokens as it is embedded.

    `count_tokens` says how many tokens the embedding model makes of a text, its own marks
    included. A table row is a passage of its own, whether or not its whole table is one too; a
    unit longer than a passage is cut between words into parts that overlap. `questions` are those
    that the sections' page says it answers; those for which a passage has no room go with the
    first passages of the page once more.
    """
    splitter = _Splitter(count_tokens, limit)
    groups = splitter.group(questions)
    passages = [
        passage
        for number, section in enumerate(sections)
        for passage in splitter.passages(number, section, groups[0])
    ]
    if passages:
        first = passages[0].section
        for group in groups[1:]:
            passages += splitter.passages(first, sections[first], group)
    return passages


@dataclass(frozen=True)
class _Placed:
    """A unit with its place in the section, its block and its number of tokens."""

    place: int
    unit: Unit
    block: Block
    tokens: int


class _Splitter:
    def __init__(self, count_tokens: Callable[[str], int], limit: int) -> None:
        # Near-duplicate pages and repeated headings make most counts worth keeping.
        self._count = cache(count_tokens)
        self._overhead = count_tokens("")
        self._limit = limit

    def group(self, questions: Sequence[str]) -> list[tuple[str, ...]]:
        """Questions in groups that take a third of the limit each; the first may be empty."""
        groups: list[tuple[str, ...]] = [()]
        for question in questions:
            grown = (*groups[-1], question)
            if self._count(self._joined(grown)) <= self._limit // 3:
                groups[-1] = grown
            else:
                groups.append((question,))
        return groups

    def passages(
        self, number: int, section: Section, questions: tuple[str, ...]
    ) -> Iterator[Passage]:
        """The passages of the section at position `number`, each with `questions`."""
        placed: list[_Placed] = []
        for block in section.blocks:
            for unit in block.units:
                placed.append(_Placed(len(placed), unit, block, self._tokens(unit.text)))
        if not placed:
            return
        prefix = self._prefix(section, questions)
        for run in self._runs(placed, self._limit - self._count(prefix)):
            first, last = run[0], run[-1]
            for text in self._texts(run, prefix):
                yield Passage(
                    section=number,
                    first_unit=first.place,
                    last_unit=last.place,
                    text=text,
                    embedded_text=prefix + text,
                    lines=(first.unit.lines[0], last.unit.lines[1]),
                    questions=questions,
                )

    def _tokens(self, text: str) -> int:
        return self._count(text) - self._overhead

    def _prefix(self, section: Section, questions: Sequence[str]) -> str:
        """Title, headings and questions in one line; the names take at most a third of the limit.

        They are shortened from the outside.
        """
        names = [name for name, _ in groupby([section.title, *section.headings]) if name]
        while len(names) > 1 and self._count(" > ".join(names)) > self._limit // 3:
            names.pop(0)
        parts = [*map(self._shortened, names[:1]), *names[1:], self._joined(questions)]
        line = " > ".join(part for part in parts if part)
        return f"{line}\n" if line else ""

    def _joined(self, questions: Sequence[str]) -> str:
        return " ".join(map(self._shortened, questions))

    def _shortened(self, text: str) -> str:
        """The beginning of a text that takes at most a third of the limit; "" where none does."""
        while self._count(text) > self._limit // 3:
            text = text[: len(text) * 3 // 4].rpartition(" ")[0]
        return text

    def _runs(self, placed: Sequence[_Placed], room: int) -> Iterator[list[_Placed]]:
        """The units of each passage, in page order, each table followed by its single rows."""
        for is_table, group in groupby(placed, key=lambda item: item.block.kind == "table"):
            if is_table:
                for _, rows in groupby(group, key=lambda item: id(item.block)):
                    yield from self._table_runs(list(rows), room)
            else:
                text = list(group)
                yield from self._text_runs(text, room)
                yield from ([item] for item in text if item.unit.kind == "row")

    def _table_runs(self, rows: list[_Placed], room: int) -> Iterator[list[_Placed]]:
        if len(rows) > 1 and self._lead_in_tokens(rows[0]) + _total(rows) <= room:
            yield rows
        for row in rows:
            yield [row]

    def _text_runs(self, units: Sequence[_Placed], room: int) -> Iterator[list[_Placed]]:
        rest = _total(units)
        run: list[_Placed] = []
        size = 0
        for item in units:
            if run and size + rest > min(room, FULL_TOKENS + SHORT_TOKENS):
                ends_block = item.block is not run[-1].block
                is_full = size + item.tokens > min(room, FULL_TOKENS)
                if is_full or (ends_block and size >= ENOUGH_TOKENS):
                    yield run
                    run = []
            if not run:
                size = self._lead_in_tokens(item)
            run.append(item)
            size += item.tokens
            rest -= item.tokens
        yield run

    def _lead_in_tokens(self, item: _Placed) -> int:
        return self._tokens(item.block.lead_in.text) if item.block.lead_in else 0

    def _texts(self, run: Sequence[_Placed], prefix: str) -> list[str]:
        """The text of a run with its lead-in, or its parts when they have to be several."""
        text = _join(run)
        lead_in = run[0].block.lead_in
        is_short = self._lead_in_tokens(run[0]) <= SHORT_TOKENS
        if lead_in and (is_short or run[0].block.kind != "table"):
            led_text = f"{lead_in.text}\n{text}"
            if self._fits(prefix + led_text):
                return [led_text]
        return list(self._parts(text, prefix))

    def _fits(self, text: str) -> bool:
        return self._count(text) <= self._limit

    def _parts(self, text: str, prefix: str) -> Iterator[str]:
        """`text` itself when it fits, else its halves, overlapping by some words."""
        words = list(re.finditer(r"\S+", text))
        if len(text) == 1 or self._fits(prefix + text):
            yield text
        elif len(words) < 2:
            middle = len(text) // 2
            yield from self._parts(text[:middle], prefix)
            yield from self._parts(text[middle:], prefix)
        else:
            shared = OVERLAP_WORDS // 2 if len(words) > 4 * OVERLAP_WORDS else 0
            middle = len(words) // 2
            yield from self._parts(text[: words[middle + shared - 1].end()], prefix)
            yield from self._parts(text[words[middle - shared].start() :], prefix)


def _total(units: Sequence[_Placed]) -> int:
    return sum(item.tokens for item in units)


def _join(run: Sequence[_Placed]) -> str:
    """Sentences of a paragraph on one line, everything else on lines of its own."""
    pieces = [run[0].unit.text]
    for before, item in pairwise(run):
        flows = item.block is before.block and item.unit.kind == before.unit.kind == "sentence"
        pieces += [" " if flows else "\n", item.unit.text]
    return "".join(pieces)

"""Answers from a table: one cell, a whole row, or a whole column, with the table's own notes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.statement import Source, Statement
from bot.words import content_stems, stems
from index.section import Block, Section, Unit

_NOTE_MARK = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹*†‡]+$")
_EXPLAINS_EMPTY = re.compile(
    r"(?i)\b(?:if|where|when) no\b|\b(?:empty|blank) (?:cells?|fields?)\b|\bno .{2,40} (?:is|are) "
    r"(?:indicated|listed|shown|given)\b|\b(?:is|are) (?:left )?(?:empty|blank)\b"
)
_ASKS_FOR_COLUMN = re.compile(
    r"(?i)\b(?:which|what|list|all|everything|overview|parts?|components?|each)\b"
)


@dataclass(frozen=True)
class TableMatch:
    """Where a question points in a table: rows and columns by position, columns from 1."""

    section: Section
    block: Block
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def match_table(
    question: str, synonyms: Sequence[str], section: Section, block: Block
) -> TableMatch:
    """Find the rows and columns that a question names, by themselves or by a synonym."""
    own = stems(question)
    heard = set(own) | {stem for term in synonyms for stem in stems(term)}
    notes = _notes(section)
    rows = _named([unit.cells[0] if unit.cells else "" for unit in block.units], heard, {})
    columns = _named(list(block.header), heard, notes) if len(block.header) > 2 else ()
    columns = tuple(column for column in columns if column > 0)
    return TableMatch(section, block, rows, columns)


def asks_for_column(question: str) -> bool:
    """Whether the question wants all entries of a column rather than one."""
    return bool(_ASKS_FOR_COLUMN.search(question))


def cell_statements(match: TableMatch) -> list[Statement]:
    """One statement for each cell at the matched rows and columns, then notes that explain them."""
    said = []
    for row in match.rows:
        unit = match.block.units[row]
        sources = (_row_source(match, unit), _header_source(match))
        for column in match.columns:
            value = unit.cells[column] if column < len(unit.cells) else ""
            place = f"{_plain(unit.cells[0])} – {_plain(match.block.header[column])}"
            said.append(Statement(f"{place}: {_value(value)}.", sources, "item"))
    values = [
        match.block.units[row].cells[column]
        for row in match.rows
        for column in match.columns
        if column < len(match.block.units[row].cells)
    ]
    headers = [match.block.header[column] for column in match.columns]
    if len(said) == 1:
        said = [Statement(said[0].text, said[0].sources)]
    return said + _explanations(match, values, headers)


def row_statements(match: TableMatch) -> list[Statement]:
    """What the matched rows say: column by column, or columns grouped by their common value."""
    said, values = [], []
    for row in match.rows:
        unit = match.block.units[row]
        sources = (_row_source(match, unit), _header_source(match))
        label, cells = _plain(unit.cells[0]), unit.cells[1:]
        headers = [_plain(header) for header in match.block.header[1:]]
        if len(set(cells)) < len(cells):
            groups: dict[str, list[str]] = {}
            for header, cell in zip(headers, cells, strict=False):
                groups.setdefault(cell, []).append(header)
            told = "; ".join(f"{_value(cell)} – {', '.join(names)}" for cell, names in groups.items())
        elif len(cells) == 1:
            told = cells[0]
        else:
            told = "; ".join(
                f"{header}: {_value(cell)}" for header, cell in zip(headers, cells, strict=False)
            )
        said.append(Statement(f"{label}: {told.rstrip('.')}.", sources, "item"))
        values += cells
    if len(said) == 1:
        said = [Statement(said[0].text, said[0].sources)]
    return said + _explanations(match, values, [])


def column_statements(match: TableMatch) -> list[Statement]:
    """What the matched columns say: for each value the rows that have it."""
    said = []
    for column in match.columns:
        groups: dict[str, list[Unit]] = {}
        for unit in match.block.units:
            groups.setdefault(unit.cells[column] if column < len(unit.cells) else "", []).append(unit)
        header = _plain(match.block.header[column])
        for value, units in groups.items():
            labels = "; ".join(_plain(unit.cells[0]) for unit in units)
            sources = (*(_row_source(match, unit) for unit in units), _header_source(match))
            said.append(Statement(f"{header}, {_value(value)}: {labels}.", sources, "item"))
        said += _explanations(match, list(groups), [match.block.header[column]])
    return said


def _named(labels: list[str], heard: set[str], notes: dict[str, Unit]) -> tuple[int, ...]:
    """Positions of the labels that are named; one whose words are all part of another's goes."""
    found: dict[int, set[str]] = {}
    for position, label in enumerate(labels):
        mark = _NOTE_MARK.search(label)
        alternatives = [
            set(content_stems(part)) for part in re.split(r"[/,&]|\bor\b", _plain(label))
        ]
        alternatives.append(set(content_stems(_plain(label))))
        if mark and mark[0] in notes:
            # A note that says what a label means gives it further names: "X means A or B".
            alternatives += [
                set(content_stems(part))
                for part in re.split(r"\bor\b|,", notes[mark[0]].text.split(" on ", 1)[-1])
                if len(content_stems(part)) == 1
            ]
        named = [words for words in alternatives if words and words <= heard]
        if named:
            found[position] = set().union(*named)
    return tuple(
        position
        for position, own in found.items()
        if not any(own < other for at, other in found.items() if at != position)
    )


def _plain(label: str) -> str:
    return _NOTE_MARK.sub("", label).strip()


def _value(cell: str) -> str:
    return cell or "no entry (the cell is empty)"


def _row_source(match: TableMatch, unit: Unit) -> Source:
    return Source(match.section, unit.quote, unit.lines)


def _header_source(match: TableMatch) -> Source:
    line = match.block.lines[0]
    return Source(match.section, "| " + " | ".join(match.block.header) + " |", (line, line))


def _notes(section: Section) -> dict[str, Unit]:
    """The section's footnotes by their mark: "¹Support goes through …"."""
    return {
        mark[0]: unit
        for unit in section.units
        if unit.kind == "sentence" and (mark := re.match(r"[¹²³⁴⁵⁶⁷⁸⁹*†‡]+", unit.text))
    }


def _explanations(match: TableMatch, values: list[str], headers: list[str]) -> list[Statement]:
    """The notes that the values and headers refer to, and what an empty cell means."""
    notes = _notes(match.section)
    marks = [mark[0] for text in (*values, *headers) if (mark := _NOTE_MARK.search(text))]
    units = [notes[mark] for mark in dict.fromkeys(marks) if mark in notes]
    if "" in values:
        units += [u for u in match.section.units if u.kind == "sentence" and _EXPLAINS_EMPTY.search(u.text)][:1]
    return [
        Statement(unit.markdown or unit.quote, (Source(match.section, unit.quote, unit.lines),))
        for unit in units
    ]

"""Answers from a table: one cell, a whole row, or a whole column, with the table's own notes."""

import re
from collections.abc import Iterable
from itertools import filterfalse

from bot.statement import Source, Statement
from bot.table_match import NOTE_MARK, TableMatch, notes_of, plain, says_of_empty, stems_of
from bot.table_question import YOU, compares
from bot.yes_no import asks_yes_or_no
from index.section import Unit

_AFFIRMS = re.compile(r"(?i)(?:yes|included|supported|available|[✓✔✅x])\W*$")
_CROSS = re.compile(r"(?i)x\W*$")  # it may be a tick, or the opposite of one
_DENIES = re.compile(r"(?i)(?:no|none|not \w+|[✗✘❌–—-])\W*$")
_SHORT_CELL = 3  # words of a figure by itself
_TELLS_UNIT = re.compile(r"(?i)\(|\b(?:per|in|each|every)\b")
# A question that holds one of these is not answered by what the cell says alone.
_NEGATES = re.compile(
    r"(?i)\b(?:not|never|no longer|ends?|only|just|missing|lack\w*|without|absent|exclud\w+|except|"
    r"un(?:available|supported))\b|n['’]t\b"
)


def cell_statements(match: TableMatch) -> list[Statement]:
    """One statement for each cell at the matched rows and columns, then notes that explain them."""
    said = []
    for row in match.rows:
        unit = match.block.units[row]
        sources = (Source.of(unit, match.section), _header_source(match))
        for column in match.columns:
            value = unit.cells[column] if column < len(unit.cells) else ""
            place = _joined(" – ", plain(unit.cells[0]), plain(match.block.header[column]))
            said.append(Statement(f"{_joined(': ', place, _value(value))}.", sources, "item"))
    values = [
        match.block.units[row].cells[column]
        for row in match.rows
        for column in match.columns
        if column < len(match.block.units[row].cells)
    ]
    headers = [match.block.header[column] for column in match.columns]
    if len(said) == 1:
        said = [Statement(said[0].text, said[0].sources)]
    return said + _explanations(match, values, _labels(match) + headers)


def cell_polarity(question: str, match: TableMatch) -> str:
    """What one cell says to a question for yes or no: "Yes", "No", or "" when it is not plain.

    A question may name a value ("does the partner repair it?"), or mean by "you" the one that the
    page is of. An empty cell denies where the page says what an empty cell means, and affirms where
    the question asks for that ("must we do it ourselves?"). What "isn't that yours?" is answered
    with is never plain.
    """
    is_one_cell = len(match.rows) == 1 and len(match.columns) == 1
    if not is_one_cell or not asks_yes_or_no(question) or _NEGATES.search(question):
        return ""
    cells = match.block.units[match.rows[0]].cells
    value = cells[match.columns[0]] if match.columns[0] < len(cells) else ""
    asks_for_none = match.values == ("",)
    names_you = YOU.search(question)
    if not value:
        if not _explanations(match, [""], []):
            return ""
        return "Yes" if asks_for_none and not names_you else "No"
    entries = {cell for unit in match.block.units for cell in unit.cells[1:] if cell}
    if _CROSS.match(value) and any(map(_AFFIRMS.match, filterfalse(_CROSS.match, entries))):
        return ""
    if _AFFIRMS.match(value) or _DENIES.match(value):
        return "Yes" if _AFFIRMS.match(value) else "No"
    own = stems_of([match.section.title])
    yours = {entry for entry in entries if names_you and set() < stems_of([entry]) <= own}
    # "We run it ourselves: do you support it?" asks for you.
    meant = yours if asks_for_none and yours else set(match.values) or yours
    return ("Yes" if value in meant else "No") if meant else ""


def row_statements(match: TableMatch) -> list[Statement]:
    """What the matched rows say: column by column, or columns grouped by their common value."""
    said, values = [], []
    for row in match.rows:
        unit = match.block.units[row]
        sources = (Source.of(unit, match.section), _header_source(match))
        label, cells = plain(unit.cells[0]), unit.cells[1:]
        headers = [plain(header) for header in match.block.header[1:]]
        if len(set(cells)) < len(cells):
            groups: dict[str, list[str]] = {}
            for header, cell in zip(headers, cells, strict=False):
                groups.setdefault(cell, []).append(header)
            shown = _shown(groups, match)
            told = "; ".join(
                _joined(" – ", _value(cell), _joined(", ", *names))
                for cell, names in groups.items()
                if cell in shown
            )
        elif len(cells) == 1:
            told = cells[0].rstrip(".")
            if _is_bare_figure(headers[0], cells[0]):
                label = _joined(" – ", label, headers[0])
        else:
            told = "; ".join(
                _joined(": ", header, _value(cell))
                for header, cell in zip(headers, cells, strict=False)
            )
        said.append(Statement(f"{_joined(': ', label, told)}.", sources, "item"))
        values += cells
    if len(said) == 1:
        said = [Statement(said[0].text, said[0].sources)]
    return said + _explanations(match, values, _labels(match))


def compared_statements(question: str, match: TableMatch) -> list[Statement]:
    """The rows in which two columns differ, if the question compares them; [] if it does not."""
    if not compares(question, match):
        return []
    said, values = [], []
    for unit in match.block.units:
        cells = [unit.cells[c] if c < len(unit.cells) else "" for c in match.columns]
        if cells[0] == cells[1]:
            continue
        told = "; ".join(
            f"{plain(match.block.header[column])}: {_value(cell)}"
            for column, cell in zip(match.columns, cells, strict=True)
        )
        sources = (Source.of(unit, match.section), _header_source(match))
        said.append(Statement(f"{plain(unit.cells[0])} – {told}.", sources, "item"))
        values += cells
    return said + _explanations(match, values, []) if said else []


def column_statements(match: TableMatch) -> list[Statement]:
    """What the matched columns say: for each value the rows that have it."""
    said = []
    for column in match.columns:
        groups: dict[str, list[Unit]] = {}
        for unit in match.block.units:
            groups.setdefault(unit.cells[column] if column < len(unit.cells) else "", []).append(
                unit
            )
        header = plain(match.block.header[column])
        shown = _shown(groups, match)
        for value in shown:
            units = groups[value]
            labels = "; ".join(plain(unit.cells[0]) for unit in units)
            sources = (*(Source.of(unit, match.section) for unit in units), _header_source(match))
            said.append(Statement(f"{header}, {_value(value)}: {labels}.", sources, "item"))
        said += _explanations(match, shown, [match.block.header[column]])
    return said


def _is_bare_figure(header: str, cell: str) -> bool:
    """Whether a header says what the figure of a cell is of: its unit, or a condition."""
    is_short = len(cell.split()) <= _SHORT_CELL and any(map(str.isdigit, cell))
    return is_short and bool(_TELLS_UNIT.search(header) or cell.strip(" .%").isdigit())


def _shown(values: Iterable[str], match: TableMatch) -> list[str]:
    """Of the values of a row or column those that the question names; all if it names none."""
    values = list(values)
    return [value for value in values if value in match.values] or values


def _labels(match: TableMatch) -> list[str]:
    return [match.block.units[row].cells[0] for row in match.rows]


def _value(cell: str) -> str:
    return cell.rstrip(".") or "no entry (the cell is empty)"


def _joined(separator: str, *parts: str) -> str:
    """The parts that there are: a header or the name of a row may be empty."""
    return separator.join(filter(None, parts))


def _header_source(match: TableMatch) -> Source:
    line = match.block.lines[0]
    return Source(match.section, match.block.header_quote, (line, line))


def _explanations(match: TableMatch, values: list[str], names: list[str]) -> list[Statement]:
    """The notes that values and names of lines refer to, and what an empty cell means."""
    notes = notes_of(match.section)
    marks = [mark[0] for text in (*values, *names) if (mark := NOTE_MARK.search(text))]
    units = [notes[mark] for mark in dict.fromkeys(marks) if mark in notes]
    if "" in values:
        units += says_of_empty(match.section)
    return [Statement.of(unit, match.section) for unit in units]

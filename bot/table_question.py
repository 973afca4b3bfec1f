"""What a question wants of a table: a cell, a whole row or column, a note, or something else."""

import re
from dataclasses import dataclass, replace

from bot.answer_type import lacks_expected_type
from bot.asked import Asked
from bot.table_match import (
    EXCLUDED,
    SUPERSCRIPTS,
    TableMatch,
    joined,
    notes_of,
    says_of_empty,
    stems_of,
)
from bot.words import content_stems, stems
from bot.yes_no import asks_yes_or_no
from index.section import Section, Unit

_ASKS_FOR_COLUMN = re.compile(
    r"(?i)\b(?:which|what|list|all|every|everything|overview|parts?|components?|each|show)\b"
)
_WHO = re.compile(
    r"(?i)\bwho(?:m|se|ever)?\b|\bor (?:us|me|ourselves|ours|mine|not)\b|"
    r"\byou or (?:we|us)\b|\b(?:yours|(?:for|on|up to) you|your (?:thing|job|business|turf))\b|"
    r"\bwhere (?:(?:do|should|can|must) (?:i|we)|to) (?:go|turn|log|report|raise|file|take|send)\b"
)
_ASKS_WHO = re.compile(
    r"(?i)\b(?:who|whom|whose|which|where|per|every|all|each|show|list|overview)\b|"
    r"\bthere any\b"
)
_ASKS_FOR_LINE = re.compile(r"(?i)\b(?:row|column|line|cells?|table|matrix)\b")
# What a question says of the answer it wants, or of any support of anything.
_LINE_WORDS = frozenset(
    content_stems(
        "show list row column line cell table matrix full whole complete entire overview all every "
        "cover handle responsible care party option part component piece thing type kind bit sort "
        "still left look arrange empty blank nobody myself ourselves difference compare versus vs "
        "setup set-up variant host customer"
    )
)
_COVERED = re.compile(r"(?i)\b(?:covered|supported|handled|responsible|included)\b")
_CELL = r"(?:cells?|box(?:es)?|fields?|squares?|spots?|spaces?|slots?)"
_BARE = r"(?:empty|blank|bare|white)"
_ASKS_ABOUT_EMPTY = re.compile(
    rf"(?i)\b{_BARE} {_CELL}\b|\b{_CELL} (?:(?:is|are|has been|that|which|left|just) )*{_BARE}\b|"
    rf"\b(?:nothing|no entry)(?: \w+){{0,3}} {_CELL}\b|"
    rf"\b{_CELL} with(?: \w+)? (?:nothing|no entry)\b"
)
_OF_NOTES = frozenset(
    content_stems(
        "box field square spot space slot white mean meaning say tell telling stand signify sign "
        "symbol mark footnote number little small tiny raised superscript behind next beside chart "
        "grid big caller phone default write written nothing entry several help turn go via correct"
    )
)
_NAMES_MARK = re.compile(
    rf"(?i)[{SUPERSCRIPTS}†‡]|"
    r"\b(?:footnote|(?:small|little|tiny|raised|superscript)(?: number)?) (?P<figure>[1-9])\b"
)
_RAISED = str.maketrans("123456789", SUPERSCRIPTS)
# What of a service a table of who gives it does not tell; of a price, its cells say.
_PAYS = re.compile(r"(?i)\b(?:pay|paying|paid|pays|buy|buying|extra|money|quote|budget|hire)\b")
_TERMS = re.compile(
    r"(?i)\b(?:weekends?|nights?|holidays|hours|clock|24/7|reachable|phone|telephone|called|"
    r"fast|quick(?:ly)?|name of (?:the|your|that|this) (?:company|firm|vendor|partner|person))\b"
)
_WHICH = re.compile(r"(?i)\b(?:which|what(?: is| are|'s|s)?(?: the)?) ((?:name of the )?\w+)")
_COMPARES = re.compile(
    r"(?i)\b(?:differ\w*|compar\w*|versus|vs|distinction|as opposed to|better|worse)\b"
)
_ASKS_HOW = re.compile(r"(?i)\bhow (?:to|(?:do|can|could|should|must|shall) (?:i|we|one))\b")
# Words of a question, and share of them, unknown to a table that hardly answers it.
_STRANGE, _MOSTLY_STRANGE = 2, 0.45
_SAME_NAME = 0.5  # share of the words of a heading and a label that both have
YOU = re.compile(r"(?i)\b(?:you|u|your|yours)\b")
_YOU_DO = re.compile(r"(?i)\b(?:do|will|would|can|are|by|from) (?:you|u)\b")


def asks_for_cell(asked: Asked, match: TableMatch, *, is_likely: bool) -> bool:
    """Whether a question names row and column, and wants to know what the table tells of them.

    What else it says are words of what the table is about, or no words at all. Where the reader
    does not find it likely that the table answers, most of its words are to be the table's.
    """
    if not (match.rows and match.columns) or _asks_for_something_else(asked.question, match):
        return False
    if _ASKS_HOW.search(asked.question) and not _WHO.search(asked.question):
        return False
    words = _weigh_words(asked, match)
    strange = len(words.unknown)
    if not is_likely and strange > _STRANGE and strange > _MOSTLY_STRANGE * len(words.heard):
        return False
    asks = asks_yes_or_no(asked.question)
    # "Is the pump covered by the partner if we live up north?": the case is told in other words.
    few = strange <= (0.5 if asks else 0.34) * len(words.heard)
    names_value = match.values or (asks and YOU.search(asked.question))
    who = _WHO.search(asked.question)
    return bool(words.subject or (names_value and few) or not words.unknown or who)


def described_row(asked: Asked, match: TableMatch, section: Section) -> TableMatch | None:
    """The match with the row that a section is about, if that is what the question asks for.

    "Who restarts my app on SAP?" names no row; a section named as one is, "Application operation",
    says that restarts belong to it.
    """
    if not match.columns or match.rows or not section.headings:
        return None
    name = stems_of(section.headings[-1:])
    labels = [stems_of([unit.cells[0]]) if unit.cells else set() for unit in match.block.units]
    alike = [len(name & label) / (len(name | label) or 1) for label in labels]
    most = max(alike, default=0.0)
    rows = tuple(row for row, share in enumerate(alike) if share == most)
    if most < _SAME_NAME or len(rows) != 1:
        return None
    found = replace(match, rows=rows, described=section)
    if _asks_for_something_else(asked.question, found):
        return None
    words = _weigh_words(asked, found)
    described = stems_of(unit.text for unit in section.units)
    asks = words.subject or _WHO.search(asked.question)
    strange = len(words.unknown - described)
    is_about = words.unknown & described and strange <= max(1, len(words.heard) / 3)
    return found if asks and is_about else None


def asks_for_line(asked: Asked, match: TableMatch) -> bool:
    """Whether a question wants all that a row or column says, and is about little else.

    It names one of them, and nearly all its words are those of the table and its section, one of
    them of what the table is about; or it asks for a row or column in so many words.
    """
    if bool(match.rows) == bool(match.columns) or _asks_for_something_else(asked.question, match):
        return False
    if _ASKS_HOW.search(asked.question):
        return False
    words = _weigh_words(asked, match)
    if _ASKS_FOR_LINE.search(asked.question):
        return len(words.unknown) <= 0.5 * len(words.other)
    asks = _ASKS_WHO if match.rows else _ASKS_FOR_COLUMN
    who = _WHO.search(asked.question)
    return bool(
        (asks.search(asked.question) or compares(asked.question, match))
        and (
            match.values
            or words.subject
            or who
            or _YOU_DO.search(asked.question)
            or _COVERED.search(asked.question)
        )
        and len(words.unknown) <= 0.25 * len(words.heard)
    )


def asks_for_column(question: str) -> bool:
    """Whether the question wants all entries of a column rather than one."""
    return bool(_ASKS_FOR_COLUMN.search(question))


def compares(question: str, match: TableMatch) -> bool:
    """Whether a question asks how two columns differ."""
    return len(match.columns) == 2 and bool(_COMPARES.search(question))


def notes_asked_for(asked: Asked, match: TableMatch) -> tuple[Unit, ...]:
    """The notes of a table that a question asks about: to a mark, or to empty cells.

    What such a cell costs, or whom to hire for it, is another question.
    """
    marks = [
        mark["figure"].translate(_RAISED) if mark["figure"] else mark[0]
        for mark in _NAMES_MARK.finditer(asked.question)
    ]
    if not marks and not _ASKS_ABOUT_EMPTY.search(asked.question):
        return ()
    words = _weigh_words(asked, match)
    unknown = {word for word in words.unknown - _OF_NOTES if not word.isdigit()}
    if len(unknown) > 0.25 * len(words.heard):
        return ()
    notes = notes_of(match.section)
    said = tuple(notes[mark] for mark in dict.fromkeys(marks) if mark in notes)
    said = said if marks else says_of_empty(match.section)
    told = " ".join(unit.text for unit in said)
    return () if lacks_expected_type(asked.question, told) else said


def words_unknown(asked: Asked, match: TableMatch) -> int:
    """How many words of a question neither a table nor its section knows, nor their headings."""
    unknown = _weigh_words(asked, match).unknown
    return len(unknown - stems_of([match.section.title]))


def _asks_for_something_else(question: str, match: TableMatch) -> bool:
    """Whether a question wants a date, a figure or a name that the table's cells do not hold.

    So does one about hours or a name, if neither table nor section has such words. "Which engine
    does the blue cloud have" asks what a row is, and not for what its cells say.
    """
    cells = " ".join(cell for unit in match.block.units for cell in unit.cells[1:])
    # Who pays or buys asks for a price, in other words.
    wanted = f"{question} price" if _PAYS.search(question) else question
    if lacks_expected_type(wanted, cells):
        return True
    said = " ".join((*match.block.header, *(unit.text for unit in match.section.units))).lower()
    if any(term[0].lower() not in said for term in _TERMS.finditer(question)):
        return True
    labels = stems_of(match.block.units[row].cells[0] for row in match.rows)
    asked_for = _WHICH.search(question)
    return bool(match.columns and asked_for and set(stems(asked_for[1])) & labels)


@dataclass(frozen=True)
class _Words:
    """Words of a question: all `heard`, those `other` than the labels it names, and of these what
    is the table's `subject` and what neither the table nor its section knows.
    """

    heard: set[str]
    other: set[str]
    subject: set[str]
    unknown: set[str]


def _weigh_words(asked: Asked, match: TableMatch) -> _Words:
    block = match.block
    labels = [block.units[row].cells[0] for row in match.rows]
    labels += [block.header[column] for column in match.columns]
    labels += [synonym.said for synonym in asked.synonyms]
    labels += [part for label in labels for part in joined(re.split(r"[/,&]", label))]
    said = EXCLUDED.sub(" ", asked.question)
    heard = {stem for stem in content_stems(said) if stem not in _LINE_WORDS}
    other = heard - stems_of(labels)
    sentences = [unit.text for unit in match.section.units if unit.kind == "sentence"]
    cells = [cell for unit in block.units for cell in unit.cells]
    known = stems_of([*block.header, *cells, *sentences, *match.section.headings])
    lead_in = [block.lead_in.text] if block.lead_in else []
    subject = stems_of([block.header[0], *lead_in, *match.section.headings[-1:]])
    subject -= stems_of(block.header[1:])
    return _Words(heard, other, other & subject, other - known)

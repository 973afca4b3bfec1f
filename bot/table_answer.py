"""Answers from a table: one cell, a whole row, or a whole column, with the table's own notes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from bot.answer_type import lacks_expected_type
from bot.asked import Asked
from bot.statement import Source, Statement
from bot.words import content_stems, stems
from bot.yes_no import asks_yes_or_no
from index.retriever import Synonym
from index.section import Block, Section, Unit

_NOTE_MARK = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹*†‡]+$")
_EXPLAINS_EMPTY = re.compile(
    r"(?i)\b(?:if|where|when) no\b|\b(?:empty|blank) (?:cells?|fields?)\b|\bno .{2,40} (?:is|are) "
    r"(?:indicated|listed|shown|given)\b|\b(?:is|are) (?:left )?(?:empty|blank)\b"
)
_ASKS_FOR_COLUMN = re.compile(
    r"(?i)\b(?:which|what|list|all|every|everything|overview|parts?|components?|each|show)\b"
)
_WHO = re.compile(
    r"(?i)\bwho(?:m|se)?\b|\bor (?:us|me|ourselves|ours|mine|not)\b|"
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
_NAMES_EMPTY = re.compile(
    r"(?i)\b(?:arrange|empty|blank|no (?:support|entry)|not (?:supported|covered|included)|"
    r"unsupported|nobody|no one|myself|ourselves|yourself|left to (?:us|me|the customer))\b"
)
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
    r"(?i)[¹²³⁴⁵⁶⁷⁸⁹†‡]|"
    r"\b(?:footnote|(?:small|little|tiny|raised|superscript)(?: number)?) (?P<figure>[1-9])\b"
)
_SUPERSCRIPT = str.maketrans("123456789", "¹²³⁴⁵⁶⁷⁸⁹")
# What of a service a table of who gives it does not tell.
_TERMS = re.compile(
    r"(?i)\b(?:pay|paying|paid|pays|buy|buying|cost|costs|price|fee|fees|charge|extra|money|quote|"
    r"budget|weekends?|nights?|holidays|hours|clock|24/7|reachable|phone|telephone|called|hire|"
    r"fast|quick(?:ly)?|name of (?:the|your|that|this) (?:company|firm|vendor|partner|person))\b"
)
_WHICH = re.compile(r"(?i)\b(?:which|what(?: is| are|'s|s)?(?: the)?) ((?:name of the )?\w+)")
# "On Windows without Docker" does not name Docker, nor "log in" a log.
_EXCLUDED = re.compile(
    r"(?i)\b(?:without|w/o|instead of|rather than)(?: (?:using|the|an?|any))* [\w-]+"
    r"(?: partners?)?|\blog (?:in|into|on|off|out|it|an?)\b"
)
_COMPARES = re.compile(
    r"(?i)\b(?:differ\w*|compar\w*|versus|vs|distinction|as opposed to|better|worse)\b"
)
_SAME_NAME = 0.5  # share of the words of a heading and a label that both have
_LAST_SENTENCE = re.compile(r"[^.!?\n]*[?.!\s]*$")

_AFFIRMS = re.compile(r"(?i)(?:yes|included|supported|available|[✓✔✅x])\W*$")
_DENIES = re.compile(r"(?i)(?:no|none|not \w+|[✗✘❌–—-])\W*$")
_NEGATES = re.compile(r"(?i)\b(?:not|never|no longer|ends?)\b|n['’]t\b")
_YOU = re.compile(r"(?i)\b(?:you|u|your|yours)\b")
_YOU_DO = re.compile(r"(?i)\b(?:do|will|would|can|are|by|from) (?:you|u)\b")


@dataclass(frozen=True)
class TableMatch:
    """Where a question points in a table: rows and columns by position, columns from 1."""

    section: Section
    block: Block
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    values: tuple[str, ...] = ()  # of the cells, where the question names some: "" is an empty one
    described: Section | None = None  # it says what the row is, where the question does not name it
    notes: tuple[Unit, ...] = ()  # what the question asks about, where it names no place


def match_table(asked: Asked, section: Section, block: Block) -> TableMatch:
    """Find the rows and columns that a question names, by themselves or by a synonym.

    What the last message names counts; what it leaves out is taken from the whole question.
    """
    labels = [unit.cells[0] if unit.cells else "" for unit in block.units]
    headers = ["", *block.header[1:]]
    notes = _notes(section)
    about = _stems_of([block.header[0], section.title, *section.headings])
    row_names = _names(labels, notes, about | _stems_of(headers))
    column_names = _names(headers, notes, about | _stems_of(labels))
    rows, columns = (), ()
    # Without a conversation the last message is the question.
    last = _LAST_SENTENCE.search(asked.latest)
    for text in dict.fromkeys((last[0] if last else "", asked.latest, asked.question)):
        if len(block.header) > 2:
            columns = columns or _named(column_names, text, asked.synonyms)
        rows = rows or _named(row_names, text, asked.synonyms) or _nearly_named(labels, text)
    named = [labels[row] for row in rows] + [block.header[column] for column in columns]
    values = _values_named(asked.question, named, block)
    return TableMatch(section, block, rows, columns, values)


def asks_for_cell(asked: Asked, match: TableMatch) -> bool:
    """Whether a question names row and column, and wants to know what the table tells of them.

    What else it says are words of what the table is about, or no words at all.
    """
    if not (match.rows and match.columns) or _asks_for_something_else(asked.question, match):
        return False
    words = _weigh_words(asked, match)
    asks = asks_yes_or_no(asked.question)
    # "Is the pump covered by the partner if we live up north?": the case is told in other words.
    few = len(words.unknown) <= (0.5 if asks else 0.34) * len(words.heard)
    names_value = match.values or (asks and _YOU.search(asked.question))
    who = _WHO.search(asked.question)
    return bool(words.subject or (names_value and few) or not words.unknown or who)


def described_row(asked: Asked, match: TableMatch, section: Section) -> TableMatch | None:
    """The match with the row that a section is about, if that is what the question asks for.

    "Who restarts my app on SAP?" names no row; a section named as one is, "Application operation",
    says that restarts belong to it.
    """
    if not match.columns or match.rows or not section.headings:
        return None
    name = _stems_of(section.headings[-1:])
    labels = [_stems_of([unit.cells[0]]) if unit.cells else set() for unit in match.block.units]
    alike = [len(name & label) / (len(name | label) or 1) for label in labels]
    most = max(alike, default=0.0)
    rows = tuple(row for row, share in enumerate(alike) if share == most)
    if most < _SAME_NAME or len(rows) != 1:
        return None
    found = replace(match, rows=rows, described=section)
    if _asks_for_something_else(asked.question, found):
        return None
    words = _weigh_words(asked, found)
    described = _stems_of(unit.text for unit in section.units)
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
    words = _weigh_words(asked, match)
    if _ASKS_FOR_LINE.search(asked.question):
        return len(words.unknown) <= 0.5 * len(words.other)
    asks = _ASKS_WHO if match.rows else _ASKS_FOR_COLUMN
    who = _WHO.search(asked.question)
    return bool(
        (asks.search(asked.question) or _compares(asked.question, match))
        and (
            match.values
            or words.subject
            or who
            or _YOU_DO.search(asked.question)
            or _COVERED.search(asked.question)
        )
        and len(words.unknown) <= 0.25 * len(words.heard)
    )


def notes_asked_for(asked: Asked, match: TableMatch) -> tuple[Unit, ...]:
    """The notes of a table that a question asks about: to a mark, or to empty cells.

    What such a cell costs, or whom to hire for it, is another question.
    """
    marks = [
        mark["figure"].translate(_SUPERSCRIPT) if mark["figure"] else mark[0]
        for mark in _NAMES_MARK.finditer(asked.question)
    ]
    if not marks and not _ASKS_ABOUT_EMPTY.search(asked.question):
        return ()
    words = _weigh_words(asked, match)
    unknown = {word for word in words.unknown - _OF_NOTES if not word.isdigit()}
    if len(unknown) > 0.25 * len(words.heard):
        return ()
    notes = _notes(match.section)
    said = tuple(notes[mark] for mark in dict.fromkeys(marks) if mark in notes)
    said = said if marks else _says_of_empty(match.section)
    told = " ".join(unit.text for unit in said)
    return () if lacks_expected_type(asked.question, told) else said


def _says_of_empty(section: Section) -> tuple[Unit, ...]:
    """The sentence that says what an empty cell of a section's table means, if there is one."""
    said = (u for u in section.units if u.kind == "sentence" and _EXPLAINS_EMPTY.search(u.text))
    return tuple(islice(said, 1))


def _asks_for_something_else(question: str, match: TableMatch) -> bool:
    """Whether a question wants a date, a figure or a name that the table's cells do not hold.

    So does one about a price, hours or a name, if neither table nor section has such words. "Which
    engine does the blue cloud have" asks what a row is, and not for what its cells say.
    """
    cells = " ".join(cell for unit in match.block.units for cell in unit.cells[1:])
    if lacks_expected_type(question, cells):
        return True
    said = " ".join((*match.block.header, *(unit.text for unit in match.section.units))).lower()
    if any(term[0].lower() not in said for term in _TERMS.finditer(question)):
        return True
    labels = _stems_of(match.block.units[row].cells[0] for row in match.rows)
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
    labels += [part for label in labels for part in _joined(re.split(r"[/,&]", label))]
    said = _EXCLUDED.sub(" ", asked.question)
    heard = {stem for stem in content_stems(said) if stem not in _LINE_WORDS}
    other = heard - _stems_of(labels)
    sentences = [unit.text for unit in match.section.units if unit.kind == "sentence"]
    cells = [cell for unit in block.units for cell in unit.cells]
    known = _stems_of([*block.header, *cells, *sentences, *match.section.headings])
    lead_in = [block.lead_in.text] if block.lead_in else []
    subject = _stems_of([block.header[0], *lead_in, *match.section.headings[-1:]])
    subject -= _stems_of(block.header[1:])
    return _Words(heard, other, other & subject, other - known)


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
    names_you = _YOU.search(question)
    if not value:
        if not _explanations(match, [""], []):
            return ""
        return "Yes" if asks_for_none and not names_you else "No"
    if _AFFIRMS.match(value) or _DENIES.match(value):
        return "Yes" if _AFFIRMS.match(value) else "No"
    own = _stems_of([match.section.title])
    entries = {cell for unit in match.block.units for cell in unit.cells[1:] if cell}
    yours = {entry for entry in entries if names_you and _stems_of([entry]) <= own}
    # "We run it ourselves: do you support it?" asks for you.
    meant = yours if asks_for_none and yours else set(match.values) or yours
    return ("Yes" if value in meant else "No") if meant else ""


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
            shown = _shown(groups, match)
            told = "; ".join(
                f"{_value(cell)} – {', '.join(names)}"
                for cell, names in groups.items()
                if cell in shown
            )
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


def _compares(question: str, match: TableMatch) -> bool:
    return len(match.columns) == 2 and bool(_COMPARES.search(question))


def compared_statements(question: str, match: TableMatch) -> list[Statement]:
    """The rows in which two columns differ, if the question compares them; [] if it does not."""
    if not _compares(question, match):
        return []
    said, values = [], []
    for unit in match.block.units:
        cells = [unit.cells[c] if c < len(unit.cells) else "" for c in match.columns]
        if cells[0] == cells[1]:
            continue
        told = "; ".join(
            f"{_plain(match.block.header[column])}: {_value(cell)}"
            for column, cell in zip(match.columns, cells, strict=True)
        )
        sources = (_row_source(match, unit), _header_source(match))
        said.append(Statement(f"{_plain(unit.cells[0])} – {told}.", sources, "item"))
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
        header = _plain(match.block.header[column])
        shown = _shown(groups, match)
        for value in shown:
            units = groups[value]
            labels = "; ".join(_plain(unit.cells[0]) for unit in units)
            sources = (*(_row_source(match, unit) for unit in units), _header_source(match))
            said.append(Statement(f"{header}, {_value(value)}: {labels}.", sources, "item"))
        said += _explanations(match, shown, [match.block.header[column]])
    return said


@dataclass(frozen=True)
class _Mention:
    """A label found in the question: by how many words, and their place."""

    label: int
    words: int
    start: int
    end: int

    def overlaps(self, other: "_Mention") -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def strength(self) -> tuple[int, int, int]:
        """Of more words, then standing closer together, then nearer to the end comes first."""
        return -self.words, self.end - self.start, -self.end


def _named(
    names: Sequence[Sequence[frozenset[str]]], question: str, synonyms: Sequence[Synonym]
) -> tuple[int, ...]:
    """Positions of the labels that a question names, each by all the words of one of its names.

    Where mentions overlap, the stronger is meant ("engine room", not "engine"). Of labels that
    share the words they are named by, those are meant that the question names by others too.
    """
    heard = stems(_EXCLUDED.sub(" ", question))
    found = {
        label: [
            mention
            for words in alternatives
            for mention in (
                _mention(label, words, heard),
                *(_said(label, words, synonym, heard) for synonym in synonyms),
            )
            if mention
        ]
        for label, alternatives in enumerate(names)
    }
    kept: dict[int, _Mention] = {}
    for mention in sorted(chain.from_iterable(found.values()), key=lambda m: m.strength):
        same = [other for other in kept.values() if mention.overlaps(other)]
        if mention.label not in kept and all(
            (other.start, other.end) == (mention.start, mention.end) for other in same
        ):
            kept[mention.label] = mention
    by_place: dict[tuple[int, int], list[int]] = {}
    for mention in kept.values():
        by_place.setdefault((mention.start, mention.end), []).append(mention.label)
    meant = []
    for together in by_place.values():
        most = max(_places(found[label]) for label in together)
        meant += [label for label in together if _places(found[label]) == most]
    return tuple(sorted(meant))


def _places(mentions: Sequence[_Mention]) -> int:
    """How many words of the question name a label."""
    return len({place for mention in mentions for place in range(mention.start, mention.end)})


def _names(
    labels: Sequence[str], notes: dict[str, Unit], common: set[str]
) -> list[list[frozenset[str]]]:
    """For each label the sets of words that name it, of which a question must hold all.

    They are the whole label, its parts ("Logs/ Metrics" is named by either), and each of its words
    that is neither in another label nor `common`.
    """
    alternatives = [_alternatives(label, notes) for label in labels]
    held = [_stems_of([label]) for label in labels]
    for own, named in zip(held, alternatives, strict=True):
        others = set().union(*(words for words in held if words is not own))
        named += [
            frozenset([word])
            for word in sorted(own - others - common)
            if len(word) > 2 and frozenset([word]) not in named
        ]
    return alternatives


def _alternatives(label: str, notes: dict[str, Unit]) -> list[frozenset[str]]:
    """The sets of words by which a label may be named: "Logs/ Metrics" by either, or both."""
    plain = _plain(label)
    parts = [plain, *re.split(r" [-–—] ", plain), *re.split(r"[/,&]|\bor\b|\band\b", plain)]
    parts += _joined(parts)
    mark = _NOTE_MARK.search(label)
    if mark and mark[0] in notes:
        # A note may say what a label means by names: "Classic means running on Windows or Linux."
        told = re.split(r"\bmeans\b|\brefers? to\b|\bincludes?\b", notes[mark[0]].text, maxsplit=1)
        parts += re.findall(r"\b[A-Z]\w+", told[1]) if len(told) > 1 else []
    sets = (frozenset(content_stems(part)) for part in parts)
    return [words for words in dict.fromkeys(sets) if words]


def _joined(names: Sequence[str]) -> list[str]:
    """Names of two words as they may be written in one: "Webserver"."""
    return ["".join(name.split()) for name in names if len(name.split()) == 2]


def _mention(label: int, words: frozenset[str], heard: list[str]) -> _Mention | None:
    """The closest place where all the words stand together, with at most one other between.

    Among several words one may be shortened, as in "app operation".
    """
    shortest = 3 if len(words) > 1 else 100
    for size in (len(words), len(words) + 1):
        for start in range(len(heard) - size + 1):
            window = heard[start : start + size]
            if all(
                any(h == word or (len(h) >= shortest and word.startswith(h)) for h in window)
                for word in words
            ):
                return _Mention(label, len(words), start, start + size)
    return None


def _said(label: int, words: frozenset[str], synonym: Synonym, heard: list[str]) -> _Mention | None:
    """The place of a synonym that means the words, if it does."""
    if words != frozenset(content_stems(synonym.means)):
        return None
    said = stems(synonym.said)
    for start in range(len(heard) - len(said) + 1):
        if heard[start : start + len(said)] == said:
            return _Mention(label, max(len(words), len(said)), start, start + len(said))
    return None


def _nearly_named(labels: Sequence[str], question: str) -> tuple[int, ...]:
    """Positions of the labels of which the question holds the most words, and most of them."""
    heard = set(content_stems(question))
    shares = []
    for label in labels:
        words = set(content_stems(_plain(label)))
        shares.append(len(words & heard) / len(words) if len(words) > 2 else 0.0)
    best = max(shares, default=0.0)
    return tuple(i for i, share in enumerate(shares) if share == best) if best > 0.5 else ()


def _values_named(question: str, labels: Iterable[str], block: Block) -> tuple[str, ...]:
    """The values of the cells that a question names beside some labels.

    Only values that repeat are names of something. Two words in three name one; of several the one
    that most of is said, and then the one of most words. Else a word names all values that hold it,
    if others do not.
    """
    cells = [cell for unit in block.units for cell in unit.cells[1:]]
    said = Counter(content_stems(_EXCLUDED.sub(" ", question)))
    heard = set(said - Counter(_stems_of(labels)))
    names = [value for value in dict.fromkeys(cells) if cells.count(value) > 1]
    stems_of = {value: _stems_of([value]) for value in names if _stems_of([value])}
    shares = {value: len(heard & own) / len(own) for value, own in stems_of.items()}
    best = max(((share, len(stems_of[value])) for value, share in shares.items()), default=(0, 0))
    if best[0] > 0.6:
        return tuple(v for v, share in shares.items() if (share, len(stems_of[v])) == best)
    if "" in cells and _NAMES_EMPTY.search(question):
        return ("",)
    common = set.intersection(*stems_of.values()) if stems_of else set()
    return tuple(value for value, own in stems_of.items() if heard & own - common)


def _stems_of(texts: Iterable[str]) -> set[str]:
    return {stem for text in texts for stem in content_stems(_plain(text))}


def _shown(values: Iterable[str], match: TableMatch) -> list[str]:
    """Of the values of a row or column those that the question names; all if it names none."""
    values = list(values)
    return [value for value in values if value in match.values] or values


def _plain(label: str) -> str:
    return _NOTE_MARK.sub("", label).strip()


def _value(cell: str) -> str:
    return cell or "no entry (the cell is empty)"


def _row_source(match: TableMatch, unit: Unit) -> Source:
    return Source(match.section, unit.quote, unit.lines)


def _header_source(match: TableMatch) -> Source:
    line = match.block.lines[0]
    return Source(match.section, match.block.header_quote, (line, line))


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
        units += _says_of_empty(match.section)
    return note_statements(match.section, units)


def note_statements(section: Section, units: Iterable[Unit]) -> list[Statement]:
    """Notes of a section, one statement each."""
    return [
        Statement(unit.markdown or unit.quote, (Source(section, unit.quote, unit.lines),))
        for unit in units
    ]

"""Where a question points in a table: rows, columns and values by their names; and its notes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from bot.asked import Asked
from bot.words import content_stems, stems
from index.retriever import Synonym
from index.section import Block, Section, Unit

SUPERSCRIPTS = "¹²³⁴⁵⁶⁷⁸⁹"
_MARKS = rf"[{SUPERSCRIPTS}*†‡]+"
NOTE_MARK = re.compile(rf"{_MARKS}$")
_EXPLAINS_EMPTY = re.compile(
    r"(?i)\b(?:if|where|when) no\b|\b(?:empty|blank) (?:cells?|fields?)\b|\bno .{2,40} (?:is|are) "
    r"(?:indicated|listed|shown|given)\b|\b(?:is|are) (?:left )?(?:empty|blank)\b"
)
_NAMES_EMPTY = re.compile(
    r"(?i)\b(?:arrange|empty|blank|no (?:support|entry)|not (?:supported|covered|included)|"
    r"unsupported|nobody|no one|myself|ourselves|yourself|left to (?:us|me|the customer))\b"
)
# "On Windows without Docker" does not name Docker, nor "log in" a log.
EXCLUDED = re.compile(
    r"(?i)\b(?:without|w/o|instead of|rather than)(?: (?:using|the|an?|any))* [\w-]+"
    r"(?: partners?)?|\blog (?:in|into|on|off|out|it|an?)\b"
)
_LAST_SENTENCE = re.compile(r"[^.!?\n]*[?.!\s]*$")


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
    notes = notes_of(section)
    about = stems_of([block.header[0], section.title, *section.headings])
    row_names = _names(labels, notes, about | stems_of(headers))
    column_names = _names(headers, notes, about | stems_of(labels))
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
    heard = stems(EXCLUDED.sub(" ", question))
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
    held = [stems_of([label]) for label in labels]
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
    bare = plain(label)
    parts = [bare, *re.split(r" [-–—] ", bare), *re.split(r"[/,&]|\bor\b|\band\b", bare)]
    parts += joined(parts)
    mark = NOTE_MARK.search(label)
    if mark and mark[0] in notes:
        # A note may say what a label means by names: "Classic means running on Windows or Linux."
        told = re.split(r"\bmeans\b|\brefers? to\b|\bincludes?\b", notes[mark[0]].text, maxsplit=1)
        parts += re.findall(r"\b[A-Z]\w+", told[1]) if len(told) > 1 else []
    sets = (frozenset(content_stems(part)) for part in parts)
    return [words for words in dict.fromkeys(sets) if words]


def joined(names: Sequence[str]) -> list[str]:
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
        words = set(content_stems(plain(label)))
        shares.append(len(words & heard) / len(words) if len(words) > 2 else 0.0)
    best = max(shares, default=0.0)
    return tuple(i for i, share in enumerate(shares) if share == best) if best > 0.5 else ()


def _values_named(question: str, labels: Iterable[str], block: Block) -> tuple[str, ...]:
    """The values of the cells that a question names beside some labels.

    Only values that repeat are names of something, and one with a figure only where that is said.
    Two words in three name one; of several the one that most of is said, and then the one of most
    words. Else a word names all values that hold it, if others do not.
    """
    cells = [cell for unit in block.units for cell in unit.cells[1:]]
    said = Counter(content_stems(EXCLUDED.sub(" ", question)))
    heard = set(said - Counter(stems_of(labels)))
    names = [value for value in dict.fromkeys(cells) if cells.count(value) > 1]
    held = {
        value: own
        for value in names
        if (own := stems_of([value])) and {w for w in own if any(map(str.isdigit, w))} <= heard
    }
    shares = {value: len(heard & own) / len(own) for value, own in held.items()}
    best = max(((share, len(held[value])) for value, share in shares.items()), default=(0, 0))
    if best[0] > 0.6:
        return tuple(v for v, share in shares.items() if (share, len(held[v])) == best)
    if "" in cells and _NAMES_EMPTY.search(question):
        return ("",)
    common = set.intersection(*held.values()) if held else set()
    return tuple(value for value, own in held.items() if heard & own - common)


def notes_of(section: Section) -> dict[str, Unit]:
    """The section's footnotes by their mark: "¹Support goes through …"."""
    return {
        mark[0]: unit
        for unit in section.units
        if unit.kind == "sentence" and (mark := re.match(_MARKS, unit.text))
    }


def says_of_empty(section: Section) -> tuple[Unit, ...]:
    """The sentence that says what an empty cell of a section's table means, if there is one."""
    said = (u for u in section.units if u.kind == "sentence" and _EXPLAINS_EMPTY.search(u.text))
    return tuple(islice(said, 1))


def plain(label: str) -> str:
    """A label or value without the mark of its note."""
    return NOTE_MARK.sub("", label).strip()


def stems_of(texts: Iterable[str]) -> set[str]:
    """The stems of the words that carry meaning in labels or other texts, marks of notes aside."""
    return {stem for text in texts for stem in content_stems(plain(text))}

"""A cue: a word or phrase of the profile that tells what a message is about."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.words import words
from index.term import stem

_SHORT = 3  # letters of a word that is left whole: the stem of "ATS" would be "at"
_JOINT = re.compile(r"[-.@]")
# Where a clause ends, in words without accents; "and" joins more often than it parts.
_CLAUSE_END = re.compile(
    r"[.!?;,](?=\s|$)|\n|\s(?=(?i:but|while|whereas|although|aber|wahrend|obwohl|pero|mientras|aunque)\b)"
)


@dataclass(frozen=True)
class HeardWord:
    """A word as cues are compared with it, in lower case and without accents."""

    stem: str
    whole: str


class Hearing:
    """The words of a text in order, the clause of each, and where each stem stands."""

    def __init__(self, words: Sequence[HeardWord], clauses: Sequence[int]) -> None:
        self.words = tuple(words)
        self.clauses = tuple(clauses)
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            self.places.setdefault(word.stem, []).append(place)


def hear(text: str) -> Hearing:
    """What is heard of a text; parts of a hyphenated word or an address count one by one."""
    heard: list[HeardWord] = []
    clauses: list[int] = []
    for number, clause in enumerate(_CLAUSE_END.split(_without_accents(text))):
        parts = [part.casefold() for word in words(clause) for part in _JOINT.split(word) if part]
        heard += [HeardWord(stem(part) if len(part) > _SHORT else part, part) for part in parts]
        clauses += [number] * len(parts)
    return Hearing(heard, clauses)


def holds(heard: Hearing, cue: str) -> bool:
    """Whether the words of `cue` stand in a row in what was heard, in whatever form.

    A word of the cue that ends with an asterisk stands for all that begin so: "config*".
    """
    return any(True for _ in find_cue(heard, cue))


def find_cue(heard: Hearing, cue: str) -> Iterator[int]:
    """Where the words of `cue` begin in what was heard, each as the number of its first word."""
    wanted = _parse(cue)
    if not wanted:
        return
    first, is_beginning = wanted[0]
    starts = range(len(heard.words)) if is_beginning else heard.places.get(first.stem, ())
    yield from (start for start in starts if _stands_at(start, wanted, heard.words))


def _stands_at(
    start: int, wanted: Sequence[tuple[HeardWord, bool]], heard: Sequence[HeardWord]
) -> bool:
    if start + len(wanted) > len(heard):
        return False
    return all(
        word.whole.startswith(part.whole) if is_beginning else word.stem == part.stem
        for word, (part, is_beginning) in zip(heard[start:], wanted)
    )


def met(heard: Hearing, cues: Sequence[Sequence[str]]) -> list[str] | None:
    """The first cue of each list that the text holds; None when of one list it holds none."""
    found = [next((cue for cue in choices if holds(heard, cue)), None) for choices in cues]
    return None if None in found else found


@lru_cache(maxsize=20_000)
def _parse(cue: str) -> tuple[tuple[HeardWord, bool], ...]:
    """The words of a cue, each with whether it is only the beginning of a word."""
    parsed = []
    for typed in cue.split():
        parts = hear(typed).words
        parsed += [(part, False) for part in parts[:-1]]
        parsed += [(part, typed.endswith("*")) for part in parts[-1:]]
    return tuple(parsed)


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))

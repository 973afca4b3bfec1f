"""Contradictions: where an answer and a passage about the same thing say different things.

No model judges this. Sentences that share words are compared in their figures, dates, times and
addresses, and in whether they deny; what differs is shown to a person, who decides.
"""

import re
from collections.abc import Iterable, Iterator

from bot.words import content_stems
from bot.yes_no import can_mean_yes
from index.sentence import split_sentences
from index.term import stem

_LEAST_SHARED = 2  # stems of two sentences about the same thing
_SAME_MATTER = 0.6  # of the stems of the shorter of two sentences that say the same or its contrary

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
        "september sep sept|october oct|november nov|december dec".split("|"),
        1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<{{}}>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
_CURRENCIES = {"€": "eur", "euro": "eur", "eur": "eur", "$": "usd", "dollar": "usd", "usd": "usd"}
_FIGURE = r"\d+(?:[.,]\d+)*"
# In the order in which they are looked for; what one has found, no other finds again.
_PATTERNS = (
    ("address", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s<>)\]]+|www\.[^\s<>)\]]+")),
    ("date", re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")),
    (
        "date",
        re.compile(
            rf"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH.format('name')}\b"
            r"(?:,? (?P<year>\d{4}))?"
        ),
    ),
    (
        "date",
        re.compile(
            rf"(?i)\b{_MONTH.format('name')} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
            r"(?:,? (?P<year>\d{4}))?"
        ),
    ),
    (
        "time",
        re.compile(r"(?i)\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?: ?(?P<half>[ap])\.?m\b)?"),
    ),
    ("time", re.compile(r"(?i)\b(?P<hour>\d{1,2}) ?(?P<half>[ap])\.?m\b")),
    ("figure", re.compile(rf"(?P<unit>[€$]) ?(?P<number>{_FIGURE})")),
    (
        "figure",
        re.compile(
            rf"(?i)\b(?P<number>{_FIGURE}|{'|'.join(_NUMBER_WORDS)})"
            r"(?:[ -]?(?P<unit>%|€|percent\b|[a-z]+))?"
        ),
    ),
)


def differences(answer: Iterable[str], passage: str) -> list[str]:
    """Where sentences of an answer and a passage about the same thing differ.

    Each as what the answer says, " / ", and what the passage says: "16:00 / 18:00". Sentences of
    which only one denies are given whole.
    """
    theirs = list(_sentences(passage))
    found: dict[str, None] = {}
    for ours in (each for text in answer for each in _sentences(text)):
        for their in theirs:
            found |= dict.fromkeys(_differences(ours, their))
    return list(found)


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for first, last in split_sentences(line):
            yield line[first:last]


def _differences(ours: str, theirs: str) -> Iterator[str]:
    our_stems, their_stems = _matter(ours), _matter(theirs)
    shared = our_stems & their_stems
    smaller = min(len(our_stems), len(their_stems))
    if len(shared) < min(_LEAST_SHARED, smaller) or not shared:
        return
    our_facts, their_facts = _facts(ours), _facts(theirs)
    for kind in our_facts.keys() & their_facts.keys():
        one, other = our_facts[kind], their_facts[kind]
        only_ours, only_theirs = one.keys() - other.keys(), other.keys() - one.keys()
        if only_ours and only_theirs:
            yield f"{_listed(one, only_ours)} / {_listed(other, only_theirs)}"
    # One of them denies, and the other does not.
    is_denied = not (can_mean_yes(ours, theirs) and can_mean_yes(theirs, ours))
    if is_denied and len(shared) >= _SAME_MATTER * smaller:
        yield f"“{ours}” / “{theirs}”"


def _matter(sentence: str) -> set[str]:
    """What a sentence is about: the stems of its words, without figures."""
    return {each for each in content_stems(sentence) if not any(map(str.isdigit, each))}


def _facts(sentence: str) -> dict[str, dict[str, str]]:
    """The facts that can be compared, by kind: each in one form for all, with its words."""
    facts: dict[str, dict[str, str]] = {}
    rest = sentence
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            words = match[0].strip(" .,;")
            for place, value in _normal(kind, match).items():
                facts.setdefault(place, {})[value] = words
        rest = pattern.sub(lambda match: "\0" * len(match[0]), rest)
    return facts


def _normal(kind: str, match: re.Match[str]) -> dict[str, str]:
    """What a fact says, by what can be compared; values that mean the same are equal."""
    part = match.groupdict()
    match kind:
        case "address":
            place = "mail" if "@" in match[0] else "web"
            return {place: match[0].casefold().strip("./")}
        case "date":
            name = (part.get("name") or "").casefold()
            month = _MONTHS[name] if name else int(part["month"])
            day = {"day": f"{month}-{int(part['day'])}"}
            return day | {"year": part["year"]} if part["year"] else day
        case "time":
            hour = int(part["hour"])
            if part["half"]:
                hour = hour % 12 + (12 if part["half"].lower() == "p" else 0)
            return {"time": f"{hour}:{part.get('minute') or '00'}"}
        case _:
            number = part["number"].casefold()
            unit = stem((part["unit"] or "").casefold())
            if not unit and number in _NUMBER_WORDS:
                return {}  # "this one" counts nothing
            unit = _CURRENCIES.get(unit, "%" if unit == "percent" else unit)
            return {f"figure {unit}": _NUMBER_WORDS.get(number, number).replace(",", ".")}


def _listed(facts: dict[str, str], values: set[str]) -> str:
    return ", ".join(words for value, words in facts.items() if value in values)

"""The account of a request in its description: what was told, and the reason for the priority."""

import re
from collections.abc import Sequence

from bot.phrasing import DONE, EXPECTED, STEPS
from bot.reply import Priority
from bot.utterance import is_item, without_marker

_DONE = "What was done"
_HAPPENED = "What happened"
_EXPECTED = "What was expected"
_BEFORE_REASON = "\n\nPriority "
_BY_HAND = "chosen by hand."
_REASON = re.compile(
    rf"\n\n(?P<reason>Priority (?P<priority>\w+): (?:impact [^\n]*|{re.escape(_BY_HAND)}))\s*\Z"
)


def sort_out(text: str, utterances: Sequence[str]) -> str:
    """The person's own words on a problem, under headings where they tell more than the problem.

    The headings are what was done, what happened and what was expected. `utterances` are the
    sentences of `text`; each stands under one heading, in its order.
    """
    told: dict[str, list[str]] = {_DONE: [], _HAPPENED: [], _EXPECTED: []}
    in_steps = False
    for utterance in utterances:
        in_steps = bool(STEPS.search(utterance)) or (in_steps and is_item(utterance))
        heading = _DONE if in_steps else _heading(utterance)
        told[heading].append(utterance)
    if sum(bool(said) for said in told.values()) < 2:
        return text
    return "\n".join(f"{heading}: {' '.join(said)}" for heading, said in told.items() if said)


def add_to(description: str, told: str) -> str:
    """The description with more that was told, before the reason for the priority."""
    account, mark, reason = description.rpartition(_BEFORE_REASON)
    return f"{account}\n{told}{mark}{reason}" if mark else f"{description}\n{told}".lstrip("\n")


def split_reason(description: str) -> tuple[str, str]:
    """What was told, and the reason for the priority that stands after it; "" where none does."""
    found = _REASON.search(description)
    return (description[: found.start()], found["reason"]) if found else (description, "")


def choose_priority(description: str, priority: Priority) -> str:
    """The description for a priority: the reason for another one gives way."""
    found = _REASON.search(description)
    if not found or found["priority"] == priority:
        return description
    return f"{description[: found.start()]}\n\nPriority {priority}: {_BY_HAND}"


def _heading(utterance: str) -> str:
    sentence = without_marker(utterance)
    if DONE.match(sentence):
        return _DONE
    return _EXPECTED if EXPECTED.search(sentence) else _HAPPENED

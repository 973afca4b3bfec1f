"""The subject of a request: the sentence that tells what it is about, in a line."""

import re
from collections.abc import Sequence

from bot.cue import hear, met
from bot.message import act_of, states_trouble
from bot.phrasing import ANOTHER, ANOTHER_OF_ITS_OWN, FILLER, VAGUE
from bot.profile import Act, Kind
from bot.utterance import without_marker
from bot.words import words

MAX_SUBJECT = 80

_CLAUSE_END = re.compile(r"[,;]\s|\s[-–—]\s")
_LONG_ID = re.compile(r"(?i)\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_EMPHASIS = re.compile(r"([!?])[!?]+")


def write_subject(utterances: Sequence[str], act: Act, kind: Kind) -> str:
    """The first of the sentences that does what the message does, best about its kind.

    Greetings and calls for help are left out. Where every sentence is vague ("It doesn't work!"),
    the kind stands before it. At most MAX_SUBJECT characters, cut between clauses or words.
    """
    told = [said for each in utterances if (said := _in_short(each))]
    specific = [each for each in told if not is_vague(each)]
    if not specific:
        said = told[0] if told else _in_one_line(" ".join(utterances))
        return _shorten(f"{kind.label}: {said}" if said else kind.label)
    return _shorten(max(specific, key=lambda each: _weight(each, act, kind)))


def is_vague(utterance: str) -> bool:
    """Whether the words of a sentence name nothing that it could be about."""
    return all(VAGUE.match(word) for word in words(FILLER.cut(utterance)))


def _weight(utterance: str, act: Act, kind: Kind) -> tuple[bool, bool]:
    does_it = act_of(utterance) == act or (act == "problem" and states_trouble(utterance))
    return does_it, bool(kind.cues) and met(hear(utterance), kind.cues) is not None


def _in_short(utterance: str) -> str:
    """The sentence without what only opens it: a greeting, "also", "second problem"."""
    line = _in_one_line(utterance)
    for opening in (ANOTHER_OF_ITS_OWN, FILLER, ANOTHER):
        line = opening.cut(line).lstrip(" ,:.-") or line
    return "" if FILLER.cut(line) == "" else line


def _in_one_line(utterance: str) -> str:
    line = " ".join(without_marker(utterance).replace("```", " ").split())
    return _EMPHASIS.sub(r"\1", line)


def _shorten(text: str) -> str:
    plain = text.rstrip(".! ")
    if len(plain) > MAX_SUBJECT:
        # The whole id stands in the description; here it would push out what happened.
        plain = _LONG_ID.sub(r"\1…", plain)
    if len(plain) > MAX_SUBJECT:
        ends = [end.start() for end in _CLAUSE_END.finditer(plain[: MAX_SUBJECT + 1])]
        if ends and not is_vague(plain[: ends[-1]]):
            plain = plain[: ends[-1]]
        else:
            plain = plain[: MAX_SUBJECT - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return plain[:1].upper() + plain[1:]

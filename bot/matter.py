"""Matters: the separate requests that one message can hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.cue import Hearing, hear, met
from bot.field import hide_quotes
from bot.message import Message, act_of, asks_to_do, asks_to_know, is_of_ones_own, states_trouble
from bot.phrasing import ADDED, ANOTHER, ANOTHER_OF_ITS_OWN, JOINS, REASON, STEPS
from bot.priority import meets
from bot.profile import Act, Kind, Profile, Rating
from bot.utterance import is_item, split_utterances, without_marker

OPENING = 25  # characters of a sentence in which "also" is about the whole of it


@dataclass
class _Matter:
    act: Act
    kind: Kind
    is_sure: bool
    utterances: list[str] = field(default_factory=list)


def split_matters(message: Message, profile: Profile) -> list[Message]:
    """The requests of a message, each a message of its own with the sentences that belong to it.

    A sentence begins another matter when it reports, requests or proposes something of another
    kind than the matter before, or says itself that it does. All else belongs to the matter before
    it. A message with one matter comes back as it is.
    """
    matters: list[_Matter] = []
    waiting: list[str] = []
    in_steps = False
    for utterance in _parts(message.text, profile):
        in_steps = bool(STEPS.search(utterance)) or (in_steps and is_item(utterance))
        begun = None if in_steps else _begin(utterance, profile)
        if begun and not matters:
            if waiting and ANOTHER_OF_ITS_OWN.match(without_marker(utterance)):
                kind = choose_kind(message.act, [hear(" ".join(waiting))], profile)
                matters.append(_Matter(message.act, kind, True, waiting))
                waiting = []
            matters.append(begun)
        elif begun and begun.is_sure and _is_another(begun, matters[-1], utterance):
            if not matters[-1].is_sure and not _is_marked(utterance):
                # "I lost my phone. Please reset …": the statement only leads up to the request.
                begun.utterances = matters.pop().utterances
            matters.append(begun)
        (matters[-1].utterances if matters else waiting).append(utterance)
    if len(matters) == 1 and matters[0].is_sure and message.act != "human":
        return [replace(message, act=matters[0].act)]
    if len(matters) < 2:
        return [message]
    matters[0].utterances[:0] = waiting
    return [Message("\n".join(matter.utterances), matter.act) for matter in matters]


def likely_act(text: str, act: Act, profile: Profile) -> Act:
    """What a message does for the desk that gets it; `act` is what it says it does.

    Who asks for something to be done that is a kind of request wants that, whatever trouble is the
    reason. Who asks nothing at all reports trouble, or wants what the cues of a kind tell.
    """
    if act == "human":
        act = act_of(text)
    heard = hear(text)
    cued = [
        kind.act for kind in profile.ticket.kinds if kind.cues and met(heard, kind.cues) is not None
    ]
    rules = profile.ticket.priority
    if "request" in cued and "problem" not in cued and asks_to_do(text):
        # "Production is down, please give it more memory" is an incident all the same.
        return act if act == "problem" and _is_high(heard, rules.impact) else "request"
    if act != "question" or asks_to_know(text):
        return act
    if _is_high(heard, rules.urgency) or states_trouble(text):
        return "problem"
    if not is_of_ones_own(text):
        return act
    return next((each for each in ("request", "problem") if each in cued), act)


def _is_high(heard: Hearing, ratings: Sequence[Rating]) -> bool:
    return any(rating.rank == "high" and meets(heard, rating) is not None for rating in ratings)


def choose_kind(act: Act, hearings: Sequence[Hearing], profile: Profile) -> Kind:
    """The first kind for the act whose cues are met, else its plain one, else a question's."""
    kinds = profile.ticket.kinds
    for heard in hearings:
        for kind in kinds:
            if kind.act == act and kind.cues and met(heard, kind.cues) is not None:
                return kind
    plain = {kind.act: kind for kind in reversed(kinds) if not kind.cues}
    return plain.get(act, plain["question"])


def _parts(text: str, profile: Profile) -> list[str]:
    """The sentences of a message, and the halves of those that hold two requests."""
    parts = []
    for utterance in split_utterances(text, profile.ticket):
        for join in JOINS.finditer(hide_quotes(utterance, profile.ticket)):
            first = _begin(utterance[: join.start()], profile)
            rest = utterance[join.end() :]
            second = _begin(rest, profile)
            if first and second and second.is_sure and _differ(first, second, rest):
                parts.append(utterance[: join.start()])
                utterance = rest
                break
        parts.append(utterance)
    return parts


def _differ(first: _Matter, second: _Matter, rest: str) -> bool:
    """Whether the halves of a sentence are two requests; `rest` is the second half."""
    if first.kind.label != second.kind.label:
        return True
    is_special = bool(second.kind.cues) and second.kind != first.kind
    return is_special and ADDED.search(rest[:OPENING]) is not None


def _begin(utterance: str, profile: Profile) -> _Matter | None:
    """The matter that a sentence could begin; None where it only asks or adds."""
    sentence = without_marker(utterance)
    opening = ANOTHER.match(sentence) or ANOTHER_OF_ITS_OWN.match(sentence)
    said = sentence[opening.end() :].lstrip(" ,:.-") if opening else sentence
    plain = act_of(said)
    act = likely_act(said, plain, profile)
    is_sure = act == plain
    heard = [hear(sentence)]
    kind = choose_kind(act, heard, profile)
    # "Please restart it" asks for help with the matter at hand.
    if act == "question" or (act == "request" and not kind.cues):
        return None
    return _Matter(act, kind, is_sure)


def _is_another(begun: _Matter, before: _Matter, utterance: str) -> bool:
    """Whether a matter that a sentence could begin is another one than the matter before it."""
    sentence = without_marker(utterance)
    if ANOTHER_OF_ITS_OWN.match(sentence) or is_item(utterance):
        return True
    if not _is_marked(utterance) and REASON.search(sentence):
        return False
    if begun.kind.label != before.kind.label:
        return True
    # "Also, users get errors" goes on about the same, if not about Studio Pro after a browser.
    is_special = bool(begun.kind.cues) and begun.kind != before.kind
    return is_special and _is_marked(utterance)


def _is_marked(utterance: str) -> bool:
    """Whether the sentence says itself that it is about something else."""
    sentence = without_marker(utterance)
    marks = ANOTHER.match(sentence) or ANOTHER_OF_ITS_OWN.match(sentence)
    added = ADDED.search(sentence[:OPENING])
    return bool(marks or added) or is_item(utterance)

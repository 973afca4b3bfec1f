"""Drafting: from a conversation to the request that a desk wants to receive."""

import re
from collections.abc import Sequence

from bot.message import Message
from bot.profile import Act, Kind, Profile
from bot.reply import Priority, Ticket, Turn
from bot.standalone import leans_on
from bot.words import meets_cues, stems, words

MAX_SUBJECT = 80


def draft_ticket(message: Message, history: Sequence[Turn], profile: Profile) -> Ticket:
    """A draft for the desk, kind and priority that the profile's rules choose.

    All that the person wrote is searched for the form's information; `missing` lists what the desk
    will ask for and the words do not give.
    """
    told = [turn.content for turn in history if turn.role == "user"] + [message.text]
    conversation = "\n".join(told)
    answer = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    # By the message alone first: what was said before may be about something else.
    hearings = [stems(message.text)]
    if leans_on(message.text, answer):
        hearings.append(stems(" ".join(told[-2:])))
    kind = _kind(message.act, hearings, profile)
    desk = profile.desk(_desk_id(message.act, hearings, kind, profile))
    fields = _fields(conversation, kind, profile)
    return Ticket(
        desk=desk.id,
        kind=kind.label,
        priority=_priority(message.act, hearings[-1], profile),
        subject=_subject(message.text),
        description=conversation,
        fields=fields,
        missing=[label for label in kind.fields if label not in fields],
        how=desk.how,
    )


def _kind(act: Act, hearings: Sequence[list[str]], profile: Profile) -> Kind:
    """The first kind for the act whose cues are met, else its plain one, else a question's."""
    kinds = profile.ticket.kinds
    for heard in hearings:
        for kind in kinds:
            if kind.act == act and kind.cues and meets_cues(heard, kind.cues):
                return kind
    plain = {kind.act: kind for kind in reversed(kinds) if not kind.cues}
    return plain.get(act, plain["question"])


def _desk_id(act: Act, hearings: Sequence[list[str]], kind: Kind, profile: Profile) -> str:
    """By the rules over the message, then by its kind, then over what it takes from before."""
    for heard in hearings:
        rules = [
            rule
            for rule in profile.routes
            if (not rule.acts or act in rule.acts) and meets_cues(heard, rule.cues)
        ]
        if rules:
            return max(rules, key=lambda rule: rule.weight).desk
        if kind.desk:
            return kind.desk
    return profile.default_desk


def _priority(act: Act, heard: list[str], profile: Profile) -> Priority:
    for level in profile.ticket.levels:
        if meets_cues(heard, level.cues):
            return level.priority
    form = profile.ticket
    return form.problem_priority if act == "problem" else form.default_priority


def _subject(text: str) -> str:
    """The message's first sentence, cut at a word to at most MAX_SUBJECT characters."""
    first = re.split(r"(?<=[.!?])\s|\n", text, maxsplit=1)[0].rstrip(".! ")
    if len(words(first)) < 3:
        first = " ".join(text.split())
    if len(first) > MAX_SUBJECT:
        first = first[: MAX_SUBJECT - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return first[:1].upper() + first[1:]


def _fields(conversation: str, kind: Kind, profile: Profile) -> dict[str, str]:
    """The information that the desk asks for and the words give, by label.

    Of several different values none is taken: which one is meant is the person's to say.
    """
    found = {}
    for information in profile.ticket.information:
        wanted = information.always or information.label in kind.fields
        if not wanted or not information.pattern:
            continue
        matches = re.finditer(information.pattern, conversation)
        values = [match[1] if match.re.groups else match[0] for match in matches]
        different = {value.strip().casefold(): value.strip() for value in values if value}
        if len(different) == 1:
            found[information.label] = different.popitem()[1]
    return found

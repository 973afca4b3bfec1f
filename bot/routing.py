"""Routing: the desks that a message can go to, by the rules of the profile."""

from collections.abc import Sequence

from bot.cue import Hearing, hear, met
from bot.profile import Act, Kind, Profile


def meant_desks(act: Act, hearings: Sequence[Hearing], kind: Kind, profile: Profile) -> list[str]:
    """The ids of the desks that could be meant, the first one first; more than one is a tie.

    `hearings` are what `cue.hear` gives of the message, then of what it takes from before. The
    rules over the message come first, then the desk of its kind, then the rules over the rest, and
    the default desk last.
    """
    for heard in hearings:
        rules = [
            rule
            for rule in profile.routes
            if (not rule.acts or act in rule.acts) and met(heard, rule.cues) is not None
        ]
        if rules:
            highest = max(rule.weight for rule in rules)
            desks = dict.fromkeys(rule.desk for rule in rules if rule.weight == highest)
            return _named(list(desks), heard, profile)
        if kind.desk:
            return [kind.desk]
    return [profile.default_desk]


def _named(desks: list[str], heard: Hearing, profile: Profile) -> list[str]:
    """Of tied desks the one whose name stands at the end of the message, else all."""
    for id in desks:
        name = hear(profile.desk(id).name).words
        if len(desks) > 1 and heard.words[-len(name) :] == name:
            return [id]
    return desks

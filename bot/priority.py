"""The priority of a request, from its impact and its urgency."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cue import Hearing, met
from bot.profile import Act, PriorityMatrix, Rank, Rating
from bot.reply import Priority

_RANKS: tuple[Rank, ...] = ("low", "medium", "high")


@dataclass(frozen=True)
class Assessment:
    """A priority, and the reason for it in one sentence."""

    priority: Priority
    reason: str


def assess(act: Act, heard: Hearing, rules: PriorityMatrix) -> Assessment:
    """The priority that the rules give to what a message does and says.

    `heard` is what `cue.hear` gives. The reason quotes the cues that were met.
    """
    impact, impact_reason = "low", "nothing said"
    urgency, urgency_reason = "low", "nothing said"
    if act == "problem":
        impact, urgency = rules.problem_impact, rules.problem_urgency
    if act in rules.acts:
        impact, impact_reason = _rate(heard, rules.impact, impact)
        urgency, urgency_reason = _rate(heard, rules.urgency, urgency)
        workaround = met(heard, rules.workaround) if rules.workaround else None
        highest = rules.workaround_impact
        if workaround and _RANKS.index(impact) > _RANKS.index(highest):
            impact, impact_reason = highest, f"at most, with “{workaround[0]}”"
    priority = rules.matrix[impact][urgency]
    return Assessment(
        priority,
        f"Priority {priority}: impact {impact} ({impact_reason}), "
        f"urgency {urgency} ({urgency_reason}).",
    )


def _rate(heard: Hearing, ratings: Sequence[Rating], usual: Rank) -> tuple[Rank, str]:
    """The rank of the first rating that is met, else the usual one, with the reason."""
    for rating in ratings:
        cues = met(heard, rating.cues)
        if cues is not None:
            return rating.rank, ", ".join(f"“{cue.removesuffix('*')}”" for cue in cues)
    return usual, "nothing said"

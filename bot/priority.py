"""The priority of a request, from its impact and its urgency."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.cue import Hearing, find_cue
from bot.phrasing import DENIES
from bot.profile import Act, PriorityMatrix, Rank, Rating
from bot.reply import Priority

_BEFORE = 5  # words in which a cue can be denied before it
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
        workaround = _said(heard, rules.workaround) if rules.workaround else None
        highest = rules.workaround_impact
        if workaround and _RANKS.index(impact) > _RANKS.index(highest):
            impact, impact_reason = highest, f"at most, with “{workaround[0]}”"
    priority = rules.matrix[impact][urgency]
    return Assessment(
        priority,
        f"Priority {priority}: impact {impact} ({impact_reason}), "
        f"urgency {urgency} ({urgency_reason}).",
    )


def meets(heard: Hearing, rating: Rating) -> list[str] | None:
    """The cue of each list of a rating that is said; None when of one list none is.

    What is denied is not said; only the last list can be, which tells what happens: the others tell
    to what, as in "we lose money without production". A clause with a word of the rating's `unless`
    does not count for it, nor does one with a word of its `elsewhere` and none of its first list.
    """
    left_out = _clauses(heard, rating.unless)
    if elsewhere := _clauses(heard, rating.elsewhere):
        left_out |= elsewhere - _clauses(heard, rating.cues[0])
    return _said(heard, rating.cues, left_out)


def _rate(heard: Hearing, ratings: Sequence[Rating], usual: Rank) -> tuple[Rank, str]:
    """The rank of the first rating that is met, else the usual one, with the reason."""
    for rating in ratings:
        cues = meets(heard, rating)
        if cues is not None:
            return rating.rank, ", ".join(f"“{cue.removesuffix('*')}”" for cue in cues)
    return usual, "nothing said"


def _said(
    heard: Hearing, cues: Sequence[Sequence[str]], left_out: Collection[int] = ()
) -> list[str] | None:
    found = []
    for number, choices in enumerate(cues, 1):
        can_be_denied = number == len(cues)
        found.append(
            next((cue for cue in choices if _is_said(heard, cue, left_out, can_be_denied)), None)
        )
    return None if None in found else found


def _is_said(heard: Hearing, cue: str, left_out: Collection[int], can_be_denied: bool) -> bool:
    return any(
        heard.clauses[place] not in left_out and not (can_be_denied and _is_denied(heard, place))
        for place in find_cue(heard, cue)
    )


def _is_denied(heard: Hearing, place: int) -> bool:
    """Whether the words right before a place deny what stands there: "no data loss"."""
    before = [
        heard.words[each].whole
        for each in range(max(0, place - _BEFORE), place)
        if heard.clauses[each] == heard.clauses[place]
    ]
    return DENIES.search(" ".join(before)) is not None


def _clauses(heard: Hearing, cues: Sequence[str]) -> set[int]:
    return {heard.clauses[place] for cue in cues for place in find_cue(heard, cue)}

"""Measures ticket drafts: `python evals/tickets.py evals/tickets_development.jsonl`.

Needs the profile of corpus/ alone; no model is loaded. Prints a row for each message with what the
draft says, and what is wrong with it, then the totals.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.drafting import draft_tickets, tied_desks  # noqa: E402
from bot.message import tidy, understand  # noqa: E402
from bot.profile import Profile, load_profile  # noqa: E402
from bot.reply import Ticket  # noqa: E402

COMPARED = ("desk", "kind", "priority")


@dataclass
class Measure:
    """What was counted over a file: how many of each were right, and of how many."""

    right: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[str, str, list[str]]] = field(default_factory=list)  # id, draft, faults

    def count(self, what: str, is_right: bool) -> None:
        """Count one more of `what`."""
        self.right[what] = self.right.get(what, 0) + is_right
        self.total[what] = self.total.get(what, 0) + 1


def measure(file: Path, profile: Profile) -> Measure:
    """Draft every message of a file of cases, and compare with what it expects."""
    counted = Measure()
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        message = understand(tidy(case["message"]), profile.talk)
        tied = sorted(desk.id for desk in tied_desks(message, (), profile))
        drafts = draft_tickets(message, (), profile)
        asked = sorted(case.get("clarify", []))
        counted.count("asked back", tied == asked)
        faults = [] if tied == asked else [f"asked about {tied}, expected {asked}"]
        if not asked:
            counted.count("drafts", len(drafts) == len(case["drafts"]))
            if len(drafts) != len(case["drafts"]):
                faults.append(f"{len(drafts)} drafts, expected {len(case['drafts'])}")
            for draft, expected in zip(drafts, case["drafts"]):
                faults += _faults(draft, expected, counted)
        shown = "; ".join(f"{each.desk}, {each.kind}, {each.priority}" for each in drafts)
        counted.rows.append((case["id"], f"asks: {', '.join(tied)}" if tied else shown, faults))
    return counted


def _faults(draft: Ticket, expected: dict, counted: Measure) -> list[str]:
    faults = []
    for what in COMPARED:
        value = getattr(draft, what)
        is_right = value in _alternatives(expected[what])
        counted.count(what, is_right)
        if not is_right:
            faults.append(f"{what} {value!r}, expected {expected[what]}")
    for label, value in expected["fields"].items():
        given = draft.fields.get(label, "")
        is_right = given.casefold() in [each.casefold() for each in _alternatives(value)]
        counted.count("fields filled", is_right)
        if not is_right:
            faults.append(f"{label} {given!r}, expected {value}")
    for label in draft.fields.keys() - expected["fields"].keys():
        counted.count("fields too many", False)
        faults.append(f"{label} {draft.fields[label]!r}, not expected")
    counted.count("subject", 0 < len(draft.subject) <= 80)
    return faults


def _alternatives(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def main() -> None:
    """Print the measure of the file named on the command line."""
    counted = measure(Path(sys.argv[1]), load_profile(None, ROOT / "corpus"))
    for id, shown, faults in counted.rows:
        print(f"{id} | {shown} | {'; '.join(faults) or 'right'}")
    for what, total in counted.total.items():
        print(f"{what}: {counted.right[what]} of {total}")


if __name__ == "__main__":
    main()

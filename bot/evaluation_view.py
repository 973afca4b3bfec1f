"""The view of an evaluation in the terminal: figures side by side, changes, and failures."""

from rich.console import Console
from rich.table import Table

from bot.evaluation import Evaluation
from bot.report import figures
from bot.terminal_view import print_line


def show_evaluations(
    runs: dict[str, Evaluation], changed: dict[str, list[str]], out: Console
) -> None:
    """Print the figures of runs side by side, then what changed and what failed in the first."""
    shown = {name: figures(run) for name, run in runs.items()}
    table = Table("measure", *runs)
    for name in dict.fromkeys(name for rows in shown.values() for name in rows):
        table.add_row(name, *(rows.get(name, "") for rows in shown.values()))
    out.print(table)
    for change, ids in changed.items():
        print_line(f"{change}: {', '.join(ids)}", out)
    for failure in next(iter(runs.values())).failures:
        said = " ".join(failure.answer.split())[:200]
        print_line(
            f"- {failure.id} {failure.verdict}: {failure.question!r} → {failure.outcome} "
            f"({failure.confidence:.2f}): {said!r}",
            out,
        )

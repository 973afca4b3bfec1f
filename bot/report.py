"""The report of an evaluation: its figures side by side, as lines and as an HTML page."""

from collections.abc import Sequence
from html import escape

from bot.evaluation import Evaluation
from bot.metric import Bin, OperatingPoint

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2933; --paper: #fff; --line: #c9d1d9;
  --right: #1a7f4b; --wrong: #c0362c; --rest: #8a94a0 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #16191d; --line: #3a424b;
  --right: #4cc38a; --wrong: #ff7b6e } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
td.figure { white-space: nowrap; font-variant-numeric: tabular-nums }
svg { max-width: 100%; height: auto } svg text { fill: var(--ink); font-size: 12px }
.plots { display: flex; flex-wrap: wrap; gap: 2rem } figure { margin: 0 }
.right { color: var(--right) } .wrong { color: var(--wrong) }
details { border-bottom: 1px solid var(--line); padding: .4rem 0 }
"""
_SIDE = 320  # of a plot, in pixels
_EDGE = 40  # around it


def figures(run: Evaluation) -> dict[str, str]:
    """The figures of a run by name, as a person reads them."""
    shown = {
        "questions": str(run.cases),
        "right": _of(run.right, run.cases),
        "wrong": _of(run.wrong, run.cases),
        "abstained though answerable": _of(run.abstained, run.cases),
        "truthfulness (right − wrong)": f"{run.truthfulness:.3f}",
        "answered rightly, of answerable": f"{run.answered_rightly:.0%}",
        "AUROC of the confidence": _number(run.auroc),
        "calibration error (ECE)": f"{run.calibration_error:.3f}",
        "citations that name a right section": _percent(run.citation_precision),
        "quotes verbatim": _percent(run.quotes_verbatim),
    }
    shown |= {f"right section in first {k}": f"{share:.0%}" for k, share in run.recall.items()}
    shown |= {
        f"nDCG@{max(run.recall)}": f"{run.ndcg:.3f}",
        "evidence within 200 words": f"{run.evidence_found:.0%}",
        "desk right": _percent(run.desks_right),
        "kind right": _percent(run.kinds_right),
        "reply, median": f"{run.milliseconds_p50:.0f} ms",
        "reply, 95th percentile": f"{run.milliseconds_p95:.0f} ms",
    }
    for name, tally in run.by_category.items():
        wrong = f", {tally.wrong} wrong" if tally.wrong else ""
        shown[f"right in {name}"] = f"{tally.right} of {tally.questions}{wrong}"
    return {name: value for name, value in shown.items() if value}


def changes(before: Evaluation, after: Evaluation) -> dict[str, list[str]]:
    """The ids of the questions that both runs asked and whose verdict is another: from → to."""
    changed: dict[str, list[str]] = {}
    for id, verdict in after.verdicts.items():
        earlier = before.verdicts.get(id, verdict)
        if earlier != verdict:
            changed.setdefault(f"{earlier} → {verdict}", []).append(id)
    return changed


def html_page(title: str, runs: dict[str, Evaluation]) -> str:
    """A page without any outside part: figures of the runs, first run first, and its plots."""
    first = next(iter(runs.values()))
    rows = {name: figures(run) for name, run in runs.items()}
    names = list(dict.fromkeys(name for shown in rows.values() for name in shown))
    head = "".join(f"<th>{escape(name)}</th>" for name in ("", *runs))
    body = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f'<td class="figure">{escape(rows[run].get(name, ""))}</td>' for run in runs)
        + "</tr>"
        for name in names
    )
    failed = "".join(
        f'<details><summary><span class="{failure.verdict}">{failure.verdict}</span> '
        f"{escape(failure.id)} · {escape(failure.question)}</summary><p>{escape(failure.outcome)}, "
        f"confidence {failure.confidence:.2f}</p><p>{escape(failure.answer)}</p>"
        f"<p>Expected: {escape(_expected(failure.expected))}</p></details>"
        for failure in first.failures
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f'<h2>Calibration</h2><div class="plots">{reliability_plot(first.reliability)}'
        f"{threshold_plot(first.operating_points)}</div>"
        f"<h2>What did not go right</h2>{failed or '<p>Nothing.</p>'}</html>\n"
    )


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Confidence against the share that was right; dots on the line are well calibrated."""
    largest = max((each.replies for each in bins), default=1)
    dots = "".join(
        f'<circle cx="{_x(each.confidence):.1f}" cy="{_y(each.right):.1f}" '
        f'r="{4 + 10 * (each.replies / largest) ** 0.5:.1f}" fill="var(--right)" opacity=".75">'
        f"<title>{each.replies} replies, confidence {each.confidence:.2f}, right {each.right:.2f}"
        "</title></circle>"
        for each in bins
    )
    line = (
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="var(--rest)" '
        'stroke-dasharray="4 4"/>'
    )
    return _plot("confidence", "share that is right", line + dots)


def threshold_plot(points: Sequence[OperatingPoint]) -> str:
    """Right and wrong replies, as shares of all, by the confidence from which one answers."""
    most = max((point.right + point.wrong for point in points), default=1) or 1
    curves = ""
    for name in ("right", "wrong"):
        path = " ".join(
            f"{_x(point.answer_from):.1f},{_y(getattr(point, name) / most):.1f}" for point in points
        )
        curves += (
            f'<polyline points="{path}" fill="none" stroke="var(--{name})" stroke-width="2">'
            f"<title>{name}</title></polyline>"
        )
    return _plot("answer from this confidence on", "right (green), wrong (red)", curves)


def _plot(across: str, up: str, drawn: str) -> str:
    size = _SIDE + 2 * _EDGE
    ticks = "".join(
        f'<text x="{_x(value):.1f}" y="{_y(0) + 16:.1f}" text-anchor="middle">{value}</text>'
        f'<text x="{_x(0) - 6:.1f}" y="{_y(value) + 4:.1f}" text-anchor="end">{value}</text>'
        for value in (0, 0.5, 1)
    )
    return (
        f'<figure><svg viewBox="0 0 {size} {size}" width="{size}" height="{size}" role="img" '
        f'aria-label="{up} by {across}"><rect x="{_x(0)}" y="{_y(1)}" width="{_SIDE}" '
        f'height="{_SIDE}" fill="none" stroke="var(--line)"/>{ticks}{drawn}</svg>'
        f"<figcaption>{up}, by {across}</figcaption></figure>"
    )


def _x(value: float) -> float:
    return _EDGE + value * _SIDE


def _y(value: float) -> float:
    return _EDGE + (1 - value) * _SIDE


def _of(count: int, total: int) -> str:
    return f"{count} ({count / total:.0%})"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _expected(groups: Sequence[Sequence[str]]) -> str:
    return "; ".join(" or ".join(group) for group in groups) or "no answer"

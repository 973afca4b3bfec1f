"""The tables of an insight as CSV, for a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Literal, get_args

from bot.insight import Insight
from bot.origin import heading_path
from bot.reply import Outcome

TableName = Literal["questions", "votes", "pages", "days"]

# A spreadsheet takes a cell that begins so for a formula, whoever wrote it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def insight_csv(insight: Insight, name: TableName) -> str:
    """One table with a line of headings, as RFC 4180 has it.

    `questions` has a row for each unanswered question, `votes` one for each passage of an answer
    voted down, `pages` one for each page, `days` one for each day. A text that a spreadsheet would
    run as a formula has an apostrophe before it.
    """
    written = StringIO()
    writer = csv.writer(written)
    for row in _TABLES[name](insight):
        writer.writerow(_harmless(cell) for cell in row)
    return written.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _questions(insight: Insight) -> Iterator[Iterable[object]]:
    yield (
        *("group", "count", "first half", "last half", "growth", "first seen", "last seen"),
        *("question", "in full", "asked", "way in", "conversation"),
    )
    for group in insight.groups:
        of_group = (
            *(group.name, group.count, group.first_half, group.last_half, group.growth),
            *(group.first_seen.isoformat(), group.last_seen.isoformat()),
        )
        for each in group.questions:
            yield (
                *(*of_group, each.question, each.standalone_question, each.asked.isoformat()),
                *(each.way_in or "", each.conversation_id),
            )


def _votes(insight: Insight) -> Iterator[Iterable[object]]:
    yield "asked", "question", "reason", "outcome", "answer", "section", "url", "quote"
    for vote in insight.voted_down:
        told = vote.asked.isoformat(), vote.question, vote.reason, vote.outcome, vote.answer
        for each in vote.citations:
            yield *told, heading_path(each.title, each.section), each.url, each.quote
        if not vote.citations:
            yield *told, "", "", ""


def _pages(insight: Insight) -> Iterator[Iterable[object]]:
    yield "page", "title", "url", "answers that cite it", "replies that name it as near"
    for page in insight.pages:
        yield page.path, page.title, page.url, page.cited, page.shown


def _days(insight: Insight) -> Iterator[Iterable[object]]:
    outcomes = get_args(Outcome)
    yield "day", *outcomes, "conversations", "deflected", "p50 ms", "p95 ms"
    for day in insight.daily:
        yield (
            *(day.day.isoformat(), *(day.outcomes.get(each, 0) for each in outcomes)),
            *(day.conversations, day.deflected, day.p50, day.p95),
        )


_TABLES: dict[TableName, Callable[[Insight], Iterator[Iterable[object]]]] = {
    "questions": _questions,
    "votes": _votes,
    "pages": _pages,
    "days": _days,
}

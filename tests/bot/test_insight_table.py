import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest

from bot.insight import AskedQuestion, DayFigures, DownVote, Insight, PageUse, QuestionGroup
from bot.insight_table import insight_csv
from bot.reply import Citation

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def insight(question: str = "Where?", **changes: object) -> Insight:
    asked = AskedQuestion(
        reply_id="r1", conversation_id="c1", question=question, standalone_question=question,
        asked=NOW, way_in="page",
    )  # fmt: skip
    group = QuestionGroup(
        id="g1", name=question, count=1, first_half=2, last_half=1, first_seen=NOW, last_seen=NOW,
        questions=[asked], nearest=[],
    )  # fmt: skip
    given = {
        "days": 1, "first_day": NOW.date(), "last_day": NOW.date(), "outcomes": {}, "ways_in": {},
        "conversations": 0, "deflected": 0, "p50": None, "p95": None, "groups": [group],
        "left_out": 0, "voted_down": [], "pages": [], "daily": [],
    }  # fmt: skip
    return Insight(**given | changes)


def rows(insight: Insight, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(insight_csv(insight, name))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_question_is_no_formula_of_a_spreadsheet(start: str) -> None:
    [row] = rows(insight(f"{start}HYPERLINK(1)"), "questions")
    assert row["question"].startswith("'")


def test_a_question_with_commas_quotes_and_lines_stays_in_its_cell() -> None:
    [row] = rows(insight('a, "b"\nc; d'), "questions")
    assert row["question"] == 'a, "b"\nc; d'


def test_a_figure_below_zero_stays_a_figure() -> None:
    [row] = rows(insight(), "questions")
    assert row["growth"] == "-1"


def test_a_vote_has_a_row_for_each_passage_and_one_without_any() -> None:
    cited = Citation(n=1, title="T", section=["S"], url="u", path="p", lines=(1, 1), quote="q")
    votes = [
        DownVote(reply_id="r", conversation_id="c", question="W", outcome="answered", answer="A",
                 reason="No", asked=NOW, citations=citations)
        for citations in ([cited, cited], [])
    ]  # fmt: skip
    found = rows(insight(voted_down=votes), "votes")
    assert [row["section"] for row in found] == ["T › S", "T › S", ""]
    assert {row["reason"] for row in found} == {"No"}


def test_pages_and_days_have_a_row_each() -> None:
    page = PageUse(path="p.md", title="P", url="u", cited=3, shown=4)
    day = DayFigures(
        day=date(2026, 11, 26), outcomes={"answered": 5}, conversations=2, deflected=1, p50=90,
        p95=None,
    )  # fmt: skip
    told = insight(pages=[page], daily=[day])
    assert rows(told, "pages")[0]["answers that cite it"] == "3"
    [row] = rows(told, "days")
    assert (row["answered"], row["unanswered"], row["p50 ms"], row["p95 ms"]) == (
        "5", "0", "90.0", "",
    )  # fmt: skip

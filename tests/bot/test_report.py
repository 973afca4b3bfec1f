"""A report shows runs side by side, and lets nothing that was asked act as markup."""

from bot.evaluation import Evaluation, Failure
from bot.metric import Bin, OperatingPoint
from bot.report import changes, figures, html_page


def run(**values) -> Evaluation:
    given = {
        "cases": 4, "right": 2, "wrong": 1, "abstained": 1, "truthfulness": 0.25,
        "answered_rightly": 0.5, "by_category": {}, "desks_right": None, "kinds_right": None,
        "recall": {1: 0.5, 10: 1.0}, "ndcg": 0.7, "evidence_found": 0.75, "auroc": 0.9,
        "calibration_error": 0.05, "citation_precision": 0.8, "quotes_verbatim": 1.0,
        "reliability": [Bin(first=0.8, last=0.9, replies=4, confidence=0.85, right=0.75)],
        "operating_points": [OperatingPoint(answer_from=0.5, right=2, wrong=1, abstained=1)],
        "milliseconds_p50": 100, "milliseconds_p95": 200, "verdicts": {}, "failures": [],
    }  # fmt: skip
    return Evaluation(**(given | values))


def failure(question: str) -> Failure:
    return Failure(
        id="x", category="fact", verdict="wrong", question=question, outcome="answered",
        confidence=0.9, answer="Six.", expected=[["seven", "7"]],
    )  # fmt: skip


def test_what_was_not_measured_is_left_out():
    assert "desk right" not in figures(run())


def test_counts_come_with_their_share():
    assert figures(run())["right"] == "2 (50%)"


def test_changed_verdicts_are_grouped_by_the_change():
    before = run(verdicts={"a": "wrong", "b": "right", "c": "abstained"})
    after = run(verdicts={"a": "right", "b": "right", "c": "right", "d": "wrong"})
    assert changes(before, after) == {"wrong → right": ["a"], "abstained → right": ["c"]}


def test_a_question_cannot_put_markup_into_the_page():
    page = html_page("Run", {"this": run(failures=[failure("<script>alert(1)</script>")])})
    assert "<script>" not in page


def test_the_page_shows_every_run_in_a_column_of_its_own():
    page = html_page("Run", {"this run": run(), "baseline": run(right=1)})
    assert page.count("<th>") == 3
    assert "1 (25%)" in page


def test_the_page_asks_nothing_of_other_hosts():
    assert "http" not in html_page("Run", {"this run": run()})

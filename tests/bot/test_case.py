"""A case says what is right, wrong and abstained, by its own words."""

import pytest

from bot.case import Case, read_cases
from bot.errors import EvaluationError
from bot.reply import Citation, Reply

CASE = Case(
    id="1",
    question="How long?",
    outcome="answered",
    expected=[["3-5", "three to five"], ["business days"]],
    forbidden=["weeks"],
    sections=["Academy"],
)


def reply(outcome: str, answer: str = "", section: str = "2.1 Academy") -> Reply:
    citations = [
        Citation(n=1, title="T", section=[section], url="", path="p.md", lines=(1, 1), quote=answer)
    ]
    return Reply(
        question="How long?",
        standalone_question="How long?",
        outcome=outcome,
        answer=answer,
        citations=citations if outcome == "answered" else [],
        confidence=0.5,
    )


def test_a_line_that_is_no_case_is_named_by_its_number(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "1", "question": "Why?", "outcome": "answered"}\n{"id": "2"}\n')
    with pytest.raises(EvaluationError, match="Line 2"):
        read_cases(file)


def test_a_file_without_questions_is_refused(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(EvaluationError, match="no question"):
        read_cases(tmp_path / "empty.jsonl")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_cases(tmp_path / "nowhere.jsonl")


def test_an_answer_with_all_that_is_expected_is_right():
    assert CASE.judge(reply("answered", "It takes **3–5** [business days](/x). [1]")) == "right"


def test_what_is_escaped_counts_as_it_is_shown():
    expected = [["desk[at]example.com"], ["<your app>"], ["items[0] is"]]
    case = CASE.model_copy(update={"expected": expected})
    answer = "Write to desk\\[at\\]example.com from \\<your app>: items\\[0\\] is it. [1]"
    assert case.judge(reply("answered", answer)) == "right"


def test_an_answer_that_lacks_something_expected_is_wrong():
    assert CASE.judge(reply("answered", "It takes 3-5 days. [1]")) == "wrong"


def test_an_answer_that_says_something_forbidden_is_wrong():
    assert CASE.judge(reply("answered", "3-5 business days, or weeks. [1]")) == "wrong"


def test_an_answer_that_cites_another_section_is_wrong():
    said = reply("answered", "3-5 business days. [1]", section="1 Welcome")
    assert CASE.judge(said) == "wrong"


def test_no_answer_to_an_answerable_question_is_an_abstention():
    assert CASE.judge(reply("unanswered")) == "abstained"


def test_an_answer_where_the_pages_do_not_say_is_wrong():
    unanswerable = CASE.model_copy(update={"outcome": "unanswered"})
    assert unanswerable.judge(reply("answered", "3-5 business days")) == "wrong"
    assert unanswerable.judge(reply("unanswered")) == "right"

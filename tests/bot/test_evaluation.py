"""An evaluation asks every question and counts what came of it."""

import pytest

from bot.case import Case
from bot.errors import EvaluationError
from bot.evaluation import evaluate, read_evaluation
from bot.reply import Citation, FoundPassage, Reply

PAGE = "# Harbour\n\n## Gate\n\nThe gate opens at six.\n\n## Fees\n\nA night costs 14.\n"
CASES = [
    Case(
        id="gate", category="fact", question="When?", outcome="answered",
        expected=[["six"]], sections=["Gate"],
    ),
    Case(
        id="fee", category="fact", question="How much?", outcome="answered",
        expected=[["14"]], sections=["Fees"],
    ),
    Case(id="dog", category="miss", question="Dogs?", outcome="unanswered"),
]  # fmt: skip


class Parrot:
    """Gives the same answer to everything, surest about the gate, and nothing below 0.5."""

    CONFIDENCES = {"When?": 0.9, "How much?": 0.4, "Dogs?": 0.6}

    def ask(self, question, history=()):
        reply = self.best_answer(question)
        if reply.confidence < 0.5:
            return reply.model_copy(update={"outcome": "unanswered", "citations": []})
        return reply

    def best_answer(self, question, history=()):
        return Reply(
            question=question,
            standalone_question=question,
            outcome="answered",
            answer="The gate opens at six. [1]",
            citations=[
                Citation(
                    n=1, title="Harbour", section=["Gate"], url="", path="harbour.md",
                    lines=(5, 5), quote="The gate opens at six.",
                )
            ],
            confidence=self.CONFIDENCES[question],
        )  # fmt: skip

    def search(self, text, k):
        return [
            FoundPassage(
                text=text, title="Harbour", section=[heading], url="", path="harbour.md",
                lines=(1, 1), score=1.0,
            )
            for heading, text in (("Gate", "The gate opens at six."), ("Fees", "A night costs 14."))
        ]  # fmt: skip


@pytest.fixture
def evaluation(tmp_path):
    (tmp_path / "harbour.md").write_text(PAGE)
    return evaluate(Parrot(), CASES, tmp_path, lambda *_: None)


def test_a_run_that_is_none_is_refused(tmp_path):
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(EvaluationError, match="earlier run"):
        read_evaluation(tmp_path / "run.json")


def test_each_question_is_right_wrong_or_abstained(evaluation):
    assert evaluation.verdicts == {"gate": "right", "fee": "abstained", "dog": "wrong"}


def test_truthfulness_is_right_minus_wrong(evaluation):
    assert evaluation.truthfulness == 0


def test_categories_are_counted_apart(evaluation):
    assert (evaluation.by_category["fact"].right, evaluation.by_category["miss"].wrong) == (1, 1)


def test_sections_are_ranked_once_each(evaluation):
    assert evaluation.recall == {1: 0.5, 3: 1.0, 10: 1.0}


def test_what_stands_before_the_first_heading_is_found_by_the_title_of_its_page(tmp_path):
    class Opening(Parrot):
        def search(self, text, k):
            passage = super().search(text, k)[0]
            return [passage.model_copy(update={"section": []})]

    (tmp_path / "harbour.md").write_text(PAGE)
    case = CASES[0].model_copy(update={"sections": ["Harbour"]})
    assert evaluate(Opening(), [case], tmp_path, lambda *_: None).recall[1] == 1


def test_quotes_are_held_against_the_pages(evaluation):
    assert evaluation.quotes_verbatim == 1


def test_what_was_held_back_counts_for_calibration(evaluation):
    held_back = next(each for each in evaluation.reliability if each.first == 0.4)
    assert (held_back.replies, held_back.right) == (1, 0)


def test_failures_carry_what_was_said(evaluation):
    assert [failure.id for failure in evaluation.failures] == ["fee", "dog"]


def test_a_run_is_read_again_as_it_was_written(evaluation, tmp_path):
    (tmp_path / "run.json").write_text(evaluation.model_dump_json())
    assert read_evaluation(tmp_path / "run.json") == evaluation

"""A batch answers what can be answered, and names the rest by its line."""

import errno
import json

import pytest

from bot.batch import run_batch
from bot.errors import BotError, QuestionError
from bot.reply import Question


def answer(question: Question) -> dict:
    if not question.question:
        raise QuestionError("The question is empty.")
    return {"id": question.id, "length": len(question.question)}


def run(tmp_path, text: str):
    """Run a batch of that text; gives what was skipped and what was written."""
    batch, output = tmp_path / "batch.jsonl", tmp_path / "output.jsonl"
    batch.write_text(text, encoding="utf-8")
    skipped = run_batch(batch, output, answer, lambda *_: None)
    written = output.read_text(encoding="utf-8").splitlines()
    return skipped, [json.loads(line) for line in written]


@pytest.mark.parametrize("line", ["no json", "[1]", '"x"', "{}", '{"question": 3}', "null"])
def test_a_line_that_is_no_question_is_named_and_the_rest_is_answered(tmp_path, line):
    text = f'{{"id": "a", "question": "one"}}\n{line}\n{{"id": "b", "question": "three"}}\n'
    skipped, written = run(tmp_path, text)
    assert [number for number, _ in skipped] == [2]
    assert [each["id"] for each in written] == ["a", "b"]


def test_a_question_that_is_refused_is_named_with_the_reason(tmp_path):
    skipped, written = run(tmp_path, '{"question": ""}\n')
    assert skipped == [(1, "The question is empty.")]
    assert written == []


def test_a_line_separator_within_a_question_does_not_end_the_line(tmp_path):
    skipped, written = run(tmp_path, '{"id": 7, "question": "a\u2028b"}\n')
    assert skipped == []
    assert written == [{"id": 7, "length": 3}]


def test_a_byte_order_mark_and_empty_lines_are_passed_over(tmp_path):
    skipped, written = run(tmp_path, '\ufeff{"question": "one"}\n\n')
    assert (skipped, len(written)) == ([], 1)


def test_a_missing_batch_is_one_sentence(tmp_path):
    with pytest.raises(BotError, match="cannot be read"):
        run_batch(tmp_path / "nothing.jsonl", None, answer, lambda *_: None)


def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "batch.jsonl").write_text('{"question": "one"}')
    with pytest.raises(BotError, match="cannot be written"):
        run_batch(tmp_path / "batch.jsonl", tmp_path, answer, lambda *_: None)


def test_an_unforeseen_error_is_not_taken_for_a_wrong_line(tmp_path):
    (tmp_path / "batch.jsonl").write_text('{"question": "one"}')

    def fail(question: Question) -> dict:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        run_batch(tmp_path / "batch.jsonl", tmp_path / "out", fail, lambda *_: None)


class FailingSink:
    """A standard output that refuses to be written to."""

    def __init__(self, code: int) -> None:
        self._code = code

    def write(self, text: str) -> int:
        raise OSError(self._code, "refused")


def test_a_standard_output_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "batch.jsonl").write_text('{"question": "one"}')
    monkeypatch.setattr("sys.stdout", FailingSink(errno.ENOSPC))
    with pytest.raises(BotError, match=r"cannot be written to standard output \(refused\)"):
        run_batch(tmp_path / "batch.jsonl", None, answer, lambda *_: None)


def test_a_reader_that_has_read_enough_is_no_fault_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "batch.jsonl").write_text('{"question": "one"}')
    monkeypatch.setattr("sys.stdout", FailingSink(errno.EPIPE))
    with pytest.raises(BrokenPipeError):
        run_batch(tmp_path / "batch.jsonl", None, answer, lambda *_: None)

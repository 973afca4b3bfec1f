"""The baseline answers with the nearest chunk of fixed size, if it is near enough."""

import pytest

from bot.baseline import CHUNK_WORDS, Baseline, evaluate_baseline
from bot.case import Case

LONG = " ".join(f"Sentence number {n} is about sailing." for n in range(60))
PAGE = f"# Harbour\n\n## Gate\n\nThe gate opens at six in the morning.\n\n## Sailing\n\n{LONG}\n"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "harbour.md").write_text(PAGE)
    return folder


@pytest.fixture(scope="module")
def baseline(corpus, embedder):
    return Baseline.build(corpus, embedder, lambda *_: None)


def test_below_its_threshold_it_says_nothing(baseline):
    baseline.answer_from = 0.99
    reply = baseline.ask("When does the gate open?")
    baseline.answer_from = 0.0
    assert (reply.outcome, reply.citations) == ("unanswered", [])


def test_chunks_have_a_fixed_size_whatever_they_cut_through(baseline):
    found = baseline.search("sailing", 10)
    assert max(len(passage.text.split()) for passage in found) == CHUNK_WORDS


def test_a_chunk_counts_as_the_section_that_most_of_it_stands_in(baseline):
    assert baseline.ask("When does the gate open?").citations[0].section[-1] == "Sailing"


def test_it_is_measured_with_the_threshold_that_serves_it_best(corpus, embedder):
    cases = [
        Case(
            id="1", question="When does the gate open in the morning?", outcome="answered",
            expected=[["six"]],
        ),
        Case(id="2", question="Who won the football game in Brazil?", outcome="unanswered"),
    ]  # fmt: skip
    result = evaluate_baseline(cases, corpus, embedder, lambda *_: None)
    assert (result.right, result.wrong) == (2, 0)

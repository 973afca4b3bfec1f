"""The reader judges passages and finds the evidence in them."""

import pytest

from bot.evidence import Candidate
from bot.reader import SimilarityReader
from index.passage import split_sections
from index.section import read_text

QUESTION = "How long does the warranty last?"
PAGE = """
## Warranty
The warranty lasts 24 months from the day of purchase. Keep the receipt.

## Delivery
We deliver within three business days. Deliveries to islands take longer.
"""


@pytest.fixture(scope="module")
def reader(embedder):
    return SimilarityReader(embedder)


@pytest.fixture(scope="module")
def candidates(embedder):
    sections = read_text("Shop", PAGE)
    passages = split_sections(sections, embedder.count_tokens, embedder.max_tokens)
    vectors = embedder.embed([QUESTION, *(passage.embedded_text for passage in passages)])
    return [
        Candidate(passage, sections[passage.section], *[float(vector @ vectors[0])] * 2)
        for passage, vector in zip(passages, vectors[1:], strict=True)
    ]


def test_no_candidates_give_no_readings(reader):
    assert reader.read(QUESTION, []) == []


def test_the_passage_that_answers_comes_first(reader, candidates):
    first, second = reader.read(QUESTION, candidates[::-1])
    assert first.candidate.section.headings == ("Warranty",)
    assert first.relevance > second.relevance


def test_the_evidence_is_the_sentence_that_answers(reader, candidates):
    warranty, _ = reader.read(QUESTION, candidates)
    assert warranty.units[0] > warranty.units[1]


def test_readings_do_not_depend_on_the_other_candidates(reader, candidates):
    together = reader.read(QUESTION, candidates)
    alone = reader.read(QUESTION, candidates[:1])
    assert together[0].relevance == pytest.approx(alone[0].relevance, abs=0.02)


def test_a_question_of_a_thousand_words_is_read(reader, candidates):
    assert len(reader.read("why " * 1000, candidates)) == len(candidates)

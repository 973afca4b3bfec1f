"""The reader judges passages and finds the evidence in them."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from bot.errors import ReaderError
from bot.evidence import Candidate
from bot.reader import WEIGHTS, Reader
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
def reader():
    return Reader()


@pytest.fixture(scope="module")
def candidates(embedder):
    sections = read_text("Shop", PAGE)
    passages = split_sections(sections, embedder.count_tokens, embedder.max_tokens)
    vectors = embedder.embed([QUESTION, *(passage.embedded_text for passage in passages)])
    similarities = vectors[1:] @ vectors[0]
    return [
        Candidate(passage, sections[passage.section], float(similarity), float(similarity))
        for passage, similarity in zip(passages, similarities, strict=True)
    ]


def test_missing_weights_are_named_with_the_remedy(tmp_path):
    with pytest.raises(ReaderError, match="install the program again"):
        Reader(tmp_path)


def test_altered_weights_are_refused(tmp_path):
    folder = shutil.copytree(WEIGHTS, tmp_path / "weights")
    card = json.loads((folder / "reader.json").read_text())
    (folder / "reader.json").write_text(json.dumps(card | {"sha256": "0" * 64}))
    with pytest.raises(ReaderError, match="altered"):
        Reader(folder)


def test_no_candidates_give_no_readings_and_no_confidence(reader):
    findings = reader.read(QUESTION, [])
    assert (findings.readings, findings.confidence) == ((), 0.0)


def test_the_passage_that_answers_comes_first(reader, candidates):
    first, second = reader.read(QUESTION, candidates[::-1]).readings
    assert first.candidate.section.headings == ("Warranty",)
    assert first.relevance > second.relevance


def test_the_evidence_is_the_sentence_that_answers(reader, candidates):
    warranty, _ = reader.read(QUESTION, candidates).readings
    assert warranty.units[0] > warranty.units[1]


def test_a_question_that_nothing_answers_is_less_sure(reader, candidates):
    answered = reader.read(QUESTION, candidates).confidence
    assert reader.read("Who invented the warranty?", candidates).confidence < answered


def test_what_is_far_from_all_and_shares_no_word_is_about_something_else(reader, candidates):
    far = [replace(candidate, similarity=0.1) for candidate in candidates]
    assert reader.read("Was Einstein right to be scared?", far).confidence == 0
    assert reader.read(QUESTION, far).confidence > 0


@pytest.mark.parametrize(("evidence", "lacks"), [((9, -9), False), ((-9, 9), True)])
def test_what_a_question_expects_is_looked_for_where_the_evidence_is(
    reader, candidates, evidence, lacks
):
    warranty = next(each for each in candidates if "24 months" in each.passage.text)
    units = [np.array([[logit, logit, 0, 0] for logit in evidence], dtype=float)]
    weighed = reader.weigh(QUESTION, [warranty], np.zeros((1, 5)), units)
    assert bool(weighed[-1]) is lacks


def test_readings_do_not_depend_on_the_other_candidates(reader, candidates):
    together = reader.read(QUESTION, candidates).readings
    alone = reader.read(QUESTION, candidates[:1]).readings
    assert together[0].relevance == pytest.approx(alone[0].relevance)


def test_a_question_of_a_thousand_words_is_read(reader, candidates):
    assert len(reader.read("why " * 1000, candidates).readings) == len(candidates)


def test_a_unit_of_a_hundred_kilobytes_is_read(reader, candidates, embedder):
    (section,) = read_text("Long", "word " * 20_000)
    passages = split_sections([section], embedder.count_tokens, embedder.max_tokens)
    long = [Candidate(passage, section, 0.5, 0.5) for passage in passages[:3]]
    assert len(reader.read(QUESTION, long).readings) == 3

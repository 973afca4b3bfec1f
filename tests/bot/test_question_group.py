import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from bot.question_group import group_alike, without_name
from index.embedder import SentenceEmbedder

SETS = tomllib.loads((Path(__file__).parent / "question_groups.toml").read_text(encoding="utf-8"))


def pairs(groups: list[list[int]]) -> set[tuple[int, int]]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def test_no_text_makes_no_group() -> None:
    assert group_alike(np.empty((0, 384), dtype=np.float32)) == []


def test_a_single_text_is_a_group() -> None:
    assert group_alike(np.eye(1, 384, dtype=np.float32)) == [[0]]


def test_the_same_text_twice_is_one_group() -> None:
    assert group_alike(np.repeat(np.eye(1, 384, dtype=np.float32), 2, axis=0)) == [[0, 1]]


def test_texts_that_have_nothing_in_common_stay_apart() -> None:
    assert group_alike(np.eye(3, 384, dtype=np.float32)) == [[0], [1], [2]]


def test_a_group_begins_with_its_most_central_text(embedder: SentenceEmbedder) -> None:
    texts = [
        "is firefox supported on the tablet",
        "which browsers are supported",
        "are safari and firefox supported browsers",
    ]
    assert group_alike(embedder.embed(texts))[0][0] == 2


def test_groups_stand_in_the_order_of_their_earliest_text(embedder: SentenceEmbedder) -> None:
    texts = ["Can I bring my dog?", "Where is the car park?", "are dogs allowed"]
    assert [sorted(group) for group in group_alike(embedder.embed(texts))] == [[0, 2], [1]]


def test_an_invented_name_is_left_out_in_any_capitals(embedder: SentenceEmbedder) -> None:
    said = without_name("Is SKIFFLY's portal open?", "Skiffly Portal", embedder.knows)
    assert said == "Is 's portal open?"


def test_a_word_within_another_is_not_the_name(embedder: SentenceEmbedder) -> None:
    assert without_name("skifflyness", "Skiffly", embedder.knows) == "skifflyness"


def test_a_question_of_the_name_alone_stays(embedder: SentenceEmbedder) -> None:
    assert without_name("Skiffly", "Skiffly", embedder.knows) == "Skiffly"


@pytest.mark.parametrize("name", ["", "this product", "C++ (*)"])
def test_a_name_of_common_words_or_signs_leaves_out_nothing(
    embedder: SentenceEmbedder, name: str
) -> None:
    text = "Does this product run C++ (*)?"
    assert without_name(text, name, embedder.knows) == text


@pytest.mark.parametrize(
    ("name", "least_precision", "least_recall"),
    [("development", 0.9, 0.7), ("held_out", 0.85, 0.65), ("named", 0.5, 0.8)],
)
def test_questions_that_mean_the_same_come_together(
    embedder: SentenceEmbedder, name: str, least_precision: float, least_recall: float
) -> None:
    asked = [text for group in SETS[name] for text in group]
    texts = [without_name(text, "Skiffly", embedder.knows) for text in asked]
    places = iter(range(len(texts)))
    wanted = pairs([[next(places) for _ in group] for group in SETS[name]])
    found = pairs(group_alike(embedder.embed(texts)))
    assert len(found & wanted) / len(found) >= least_precision
    assert len(found & wanted) / len(wanted) >= least_recall

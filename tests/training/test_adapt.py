import numpy as np
import pytest

from training.adapt import Site, recall, train


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def sites() -> list[Site]:
    """Two sites whose questions lie away from their passages, all in the same direction."""
    rng = np.random.default_rng(0)
    turn = rng.normal(size=(24, 24))
    made = []
    for _ in range(2):
        passages = unit(rng.normal(size=(60, 24)))
        questions = unit(passages + 1.2 * unit(passages @ turn))
        nothing = [np.zeros(60)] * 60
        made.append(Site(passages, questions, [[place] for place in range(60)], nothing))
    return made


def test_a_site_never_trained_on_is_searched_better(sites):
    trained, unseen = sites
    plain = recall([unseen], np.eye(24, dtype=np.float32))
    assert recall([unseen], train([trained], seed=1))["1"] > plain["1"]


def test_training_is_repeatable(sites):
    assert (train(sites, seed=1) == train(sites, seed=1)).all()


def test_a_question_without_anything_to_learn_is_left_as_it_is():
    passages = unit(np.eye(24)[:6])
    site = Site(passages, passages, [[place] for place in range(6)], [np.zeros(6)] * 6)
    matrix = train([site], seed=1)
    assert recall([site], matrix)["1"] == 1
    assert np.abs(matrix - np.eye(24)).max() < 0.5


def test_a_question_counts_by_the_best_of_its_right_passages():
    passages = unit(np.eye(4))
    site = Site(passages, passages[:1], [[0, 3]], [np.zeros(4)])
    assert recall([site], np.eye(4, dtype=np.float32)) == {"1": 1, "3": 1, "7": 1, "10": 1}

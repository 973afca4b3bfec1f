import json
import shutil

import numpy as np
import pytest

from index.embedder import SentenceEmbedder, bundled_model
from index.errors import IndexUnusable
from index.query_adapter import WEIGHTS, QueryAdapter


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(WEIGHTS, tmp_path / "weights")


def test_missing_weights_are_named_with_the_remedy(folder):
    (folder / "query_adapter.npy").unlink()
    with pytest.raises(IndexUnusable, match="install the program again"):
        QueryAdapter(folder)


@pytest.mark.parametrize("card", ["{", "{}", "[]"])
def test_a_broken_card_is_named_with_the_remedy(folder, card):
    (folder / "query_adapter.json").write_text(card)
    with pytest.raises(IndexUnusable, match="install the program again"):
        QueryAdapter(folder)


def test_altered_weights_are_refused(folder):
    file = folder / "query_adapter.npy"
    file.write_bytes(file.read_bytes()[:-2] + b"00")
    with pytest.raises(IndexUnusable, match="altered"):
        QueryAdapter(folder)


def test_adapted_vectors_have_length_one(embedder):
    adapted = QueryAdapter().adapt(embedder.embed(["who answers at night", "", "prices"]))
    assert adapted.dtype == np.float32
    assert np.allclose(np.linalg.norm(adapted, axis=1), 1, atol=1e-5)


def test_an_adapted_question_lies_nearer_to_its_answer(embedder):
    asked, answer, other = embedder.embed(
        [
            "how do i tell the vendor that a button is missing",
            "Ideas for new functions are submitted on the forum, where others vote for them.",
            "A missing button is drawn again as soon as the page is loaded anew.",
        ]
    )
    (adapted,) = embedder.adapt_queries(asked[None])
    assert adapted @ (answer - other) > asked @ (answer - other)


def test_queries_of_another_model_stay_as_they_are():
    other = SentenceEmbedder(str(bundled_model()))
    vectors = other.embed(["who answers at night"])
    assert (other.adapt_queries(vectors) == vectors).all()


def test_the_card_says_that_more_is_found_on_sites_never_trained_on():
    card = json.loads((WEIGHTS / "query_adapter.json").read_text())
    assert card["unseen_sites_recall"]["7"] > card["unseen_sites_recall_without"]["7"]

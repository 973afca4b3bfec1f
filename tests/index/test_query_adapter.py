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
    (folder / "query_adapter.npz").unlink()
    with pytest.raises(IndexUnusable, match="install the program again"):
        QueryAdapter(folder)


@pytest.mark.parametrize("card", ["{", "{}", "[]"])
def test_a_broken_card_is_named_with_the_remedy(folder, card):
    (folder / "query_adapter.json").write_text(card)
    with pytest.raises(IndexUnusable, match="install the program again"):
        QueryAdapter(folder)


def test_altered_weights_are_refused(folder):
    file = folder / "query_adapter.npz"
    file.write_bytes(file.read_bytes()[:-2] + b"00")
    with pytest.raises(IndexUnusable, match="altered"):
        QueryAdapter(folder)


def test_queries_have_vectors_of_length_one(embedder):
    vectors = embedder.embed_queries(["who answers at night", "", "prices", "word " * 600])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_query_lies_nearer_to_its_answer(embedder):
    asked = "how do i tell the vendor that a button is missing"
    answer, other = embedder.embed(
        [
            "Ideas for new functions are submitted on the forum, where others vote for them.",
            "A missing button is drawn again as soon as the page is loaded anew.",
        ]
    )
    [plain], [query] = embedder.embed([asked]), embedder.embed_queries([asked])
    assert query @ (answer - other) > plain @ (answer - other)


def test_pages_are_embedded_as_before_whatever_was_searched_for(embedder):
    before = embedder.embed(["Tickets are answered by mail."])
    embedder.embed_queries(["Tickets are answered by mail."])
    assert (embedder.embed(["Tickets are answered by mail."]) == before).all()


def test_another_model_embeds_queries_as_all_texts():
    other = SentenceEmbedder(str(bundled_model()))
    asked = ["who answers at night"]
    assert (other.embed_queries(asked) == other.embed(asked)).all()
    assert not other.adapts_queries  # so that a search need not embed them twice


def test_the_card_says_that_more_is_found_on_sites_never_trained_on():
    card = json.loads((WEIGHTS / "query_adapter.json").read_text())
    assert card["unseen_sites_recall"]["6"] > card["unseen_sites_recall_without"]["6"]

import hashlib
import json

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index.embedder import bundled_model
from index.query_adapter import QueryAdapter
from training.adapt import QueryEncoder, Site, recall, train

# What customers call things, and what a site says about them.
CALLED = {
    "my cash back": "A refund is paid to the card that was charged.",
    "talk to the boss": "An escalation goes to the manager on duty.",
    "the thing is dead": "An outage is reported on the status page.",
    "who pays the postman": "Delivery is free from fifty euros on.",
}


@pytest.fixture(scope="module")
def site(embedder) -> Site:
    """A site whose questions are each answered by the passage after the one that is meant."""
    asked, passages = list(CALLED), list(CALLED.values())
    places = [[(number + 1) % len(passages)] for number in range(len(asked))]
    nothing = [np.zeros(len(passages))] * len(asked)
    return Site(embedder.embed(passages), asked, embedder.embed(asked), places, nothing)


@pytest.fixture(scope="module")
def trained(site) -> QueryEncoder:
    return train([site], seed=1, steps=12)


def encoded(encoder: QueryEncoder):
    return lambda texts: encoder.encode(texts).detach().numpy()


def test_before_the_training_questions_are_embedded_as_all_texts(embedder):
    texts = ["who answers at night?", "prices"]
    assert np.allclose(encoded(QueryEncoder())(texts), embedder.embed(texts), atol=1e-5)


def test_a_site_trained_on_is_searched_better(site, trained):
    assert recall([site], encoded(trained))["1"] > recall([site], encoded(QueryEncoder()))["1"]


def test_training_is_repeatable(site):
    one, other = (train([site], seed=1, steps=2).factors() for _ in range(2))
    assert all((one[name] == other[name]).all() for name in one)


def test_the_bot_embeds_queries_as_they_were_trained(tmp_path, trained):
    weights = tmp_path / "query_adapter.npz"
    np.savez(weights, **trained.factors())
    card = {"sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    (tmp_path / "query_adapter.json").write_text(json.dumps(card))
    adapted = QueryAdapter(tmp_path).adapt(SentenceTransformer(str(bundled_model())))
    assert np.allclose(adapted.encode(list(CALLED)), encoded(trained)(list(CALLED)), atol=5e-3)


def test_a_question_counts_by_the_best_of_its_right_passages():
    passages = np.eye(4, dtype=np.float32)
    site = Site(passages, ["?"], passages[:1], [[0, 3]], [np.zeros(4)])
    assert recall([site], lambda _: passages[:1]) == {"1": 1, "3": 1, "6": 1, "10": 1}

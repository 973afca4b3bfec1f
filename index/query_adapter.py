"""The query adapter: turns a question's vector towards the passages that answer it."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from index.errors import IndexUnusable

WEIGHTS = Path(__file__).parent / "weights"


class QueryAdapter:
    """A linear map of the query's vector alone, so that an index need not be made anew for it.

    Trained by `training/adapt.py` for one embedding model. Raises IndexUnusable when its weights
    are missing or are not those of their card (`query_adapter.json`).
    """

    def __init__(self, folder: Path = WEIGHTS):
        try:
            card = json.loads((folder / "query_adapter.json").read_text(encoding="utf-8"))
            sha256 = card["sha256"]
            weights = (folder / "query_adapter.npy").read_bytes()
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexUnusable(
                f"The query adapter's weights in {folder} are missing or cannot be read: install "
                "the program again."
            ) from error
        if hashlib.sha256(weights).hexdigest() != sha256:
            raise IndexUnusable(
                f"The query adapter's weights in {folder} were altered: install the program again."
            )
        self._matrix = np.load(io.BytesIO(weights), allow_pickle=False).astype(np.float32)

    def adapt(self, vectors: np.ndarray) -> np.ndarray:
        """Unit vectors to search with, for some of queries, float32 of shape (n, dimension)."""
        adapted = vectors @ self._matrix
        return adapted / np.maximum(np.linalg.norm(adapted, axis=1, keepdims=True), 1e-12)

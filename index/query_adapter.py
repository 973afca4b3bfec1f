"""The query adapter: makes of the embedding model one whose questions lie near their answers."""

import copy
import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import IndexUnusable

if TYPE_CHECKING:  # it takes seconds to load
    from sentence_transformers import SentenceTransformer

WEIGHTS = Path(__file__).parent / "weights"


class QueryAdapter:
    """Changes of a model's layers, for queries alone, so that an index need not be made anew.

    Each matrix gets the product of two narrow ones added (LoRA: Hu and others, "Low-rank adaptation
    of large language models", 2022). Trained by `training/adapt.py` for one embedding model. Raises
    IndexUnusable when the weights are missing or are not those of their card
    (`query_adapter.json`).
    """

    def __init__(self, folder: Path = WEIGHTS):
        try:
            card = json.loads((folder / "query_adapter.json").read_text(encoding="utf-8"))
            sha256 = card["sha256"]
            weights = (folder / "query_adapter.npz").read_bytes()
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexUnusable(
                f"The query adapter's weights in {folder} are missing or cannot be read: install "
                "the program again."
            ) from error
        if hashlib.sha256(weights).hexdigest() != sha256:
            raise IndexUnusable(
                f"The query adapter's weights in {folder} were altered: install the program again."
            )
        self._factors = np.load(io.BytesIO(weights), allow_pickle=False)

    def adapt(self, model: "SentenceTransformer") -> "SentenceTransformer":
        """A copy of the model that embeds queries; the word vectors, most of it, are shared."""
        import torch

        words = model[0].auto_model.embeddings
        adapted = copy.deepcopy(model, {id(words): words})
        network = adapted[0].auto_model
        with torch.no_grad():
            for name in {file.rpartition(".")[0] for file in self._factors.files}:
                up, down = (
                    torch.tensor(self._factors[f"{name}.{part}"], dtype=torch.float32)
                    for part in ("up", "down")
                )
                network.get_submodule(name).weight += up @ down
        return adapted

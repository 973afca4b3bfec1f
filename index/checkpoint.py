"""A checkpoint: what a build under way has embedded, so that killed, it need not begin again."""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

logger = logging.getLogger(__name__)


class Checkpoint:
    """Vectors of texts on disk, in as many NumPy files as there were savings; none is unpickled.

    `model` identifies the embedding model, as `SentenceEmbedder.fingerprint`; vectors of another
    one are not found. Only for the holder of the build lock.
    """

    def __init__(self, folder: Path, model: str):
        self.folder = folder
        self._model = model

    def vectors(self, texts: Iterable[str]) -> dict[str, np.ndarray]:
        """The saved vectors of those `texts` that have one; a damaged file is left out."""
        wanted = {self._key(text): text for text in texts}
        found: dict[str, np.ndarray] = {}
        for part in sorted(self.folder.glob("*.npz")):
            try:
                with np.load(part, allow_pickle=False) as saved:
                    keys, vectors = saved["keys"].tolist(), saved["vectors"]
            except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
                logger.warning("Embedding again what %s held, since it fails: %s", part, error)
                continue
            found.update((wanted[key], row) for key, row in zip(keys, vectors) if key in wanted)
        return found

    def save(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Saves the vectors of some texts, float32 of shape (texts, dimension).

        Raises OSError when the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / "unfinished"
        with unfinished.open("wb") as file:
            np.savez(file, keys=np.array([self._key(text) for text in texts]), vectors=vectors)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, self.folder / f"{len(list(self.folder.glob('*.npz'))):06}.npz")

    def remove(self) -> None:
        """Removes all that was saved; raises OSError when the disk refuses."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._model}\n{text}".encode()).hexdigest()

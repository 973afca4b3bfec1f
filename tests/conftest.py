"""What the tests share: the real embedding model, and the reference corpora where they exist."""

import os
from pathlib import Path

import pytest

from index.embedder import SentenceEmbedder


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The bundled model, loaded once."""
    return SentenceEmbedder()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference corpora and questions; a test that asks for it skips without."""
    folder = Path(os.environ.get("SUPPORTBOT_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the reference corpora are not here")
    return folder

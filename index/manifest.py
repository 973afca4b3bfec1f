"""The manifest: what one published index holds, and the checksums that prove it whole."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PageEntry(_Entry):
    """An indexed page; its sections and passages follow those of the page before it."""

    path: str  # relative to the corpus, with /
    title: str
    url: str
    sha256: str  # of the file's bytes, after the url that it has by its place in an overlay
    sections: int
    passages: int


class SkippedPage(_Entry):
    """A page that could not be read, with the reason."""

    path: str
    reason: str
    sha256: str  # as of a page that was read, "" when its bytes could not be read


class FileEntry(_Entry):
    """A file of the index."""

    name: str
    sha256: str


class Manifest(_Entry):
    """The content of manifest.json.

    `reader` identifies the code that made sections and passages of the pages; `model` the weights
    that embedded them, as `SentenceEmbedder.fingerprint`.
    """

    format: int
    reader: str
    model: str
    dimension: int
    corpus: str
    built: datetime
    pages: tuple[PageEntry, ...]
    skipped: tuple[SkippedPage, ...]
    sections: int
    passages: int
    files: tuple[FileEntry, ...]

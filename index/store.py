"""The store: published indexes on disk, of which a reader always sees one, whole.

Below `<data>/index/` each generation has a folder of its own. The file CURRENT names the one to use
with its manifest's SHA-256, and the manifest holds those of all other files. A build writes a new
folder and then replaces CURRENT, which is atomic: killed before that, it leaves only a folder that
nothing refers to. The generation before is kept until the next build, for those who are just
opening it. Files are JSON, NumPy arrays without objects and a FAISS index: nothing is unpickled.
"""

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import bm25s
import faiss
import numpy as np
from pydantic import TypeAdapter, ValidationError

from index.embedder import SentenceEmbedder
from index.errors import IndexUnusable
from index.manifest import FileEntry, Manifest
from index.passage import Passage
from index.section import Section

FORMAT = 1

logger = logging.getLogger(__name__)

# Each opening that fails has outlasted two builds, so a few are enough.
_OPENINGS = 3

_CURRENT = "CURRENT"
_MANIFEST = "manifest.json"
_SECTIONS = "sections.jsonl"
_PASSAGES = "passages.jsonl"
_VECTORS = "vectors.faiss"
_VOCABULARY = "vocabulary.json"
_BM25 = "bm25"

SECTION = TypeAdapter(Section)
PASSAGE = TypeAdapter(Passage)

Record = TypeVar("Record", Section, Passage)


class Records(Sequence[Record], Generic[Record]):
    """Sections or passages as JSON lines; each is decoded when it is asked for."""

    def __init__(self, lines: list[bytes], adapter: TypeAdapter[Record]):
        self.lines = lines
        self._adapter = adapter

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, position: int) -> Record:
        return self._adapter.validate_json(self.lines[position])


@dataclass(frozen=True)
class Contents:
    """All that a search needs; passage, vector and BM25 document of one position belong together.

    `vectors` is a FAISS index of float32 unit vectors, by inner product. `vocabulary` counts in how
    many passages each word of the documentation stands.
    """

    sections: Records[Section]
    passages: Records[Passage]
    vectors: faiss.IndexFlatIP
    bm25: bm25s.BM25
    vocabulary: dict[str, int]


@dataclass(frozen=True)
class Generation:
    """What CURRENT says: a folder's name and the SHA-256 of the manifest in it."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Index(Contents):
    """A published index, opened."""

    generation: Generation
    manifest: Manifest

    def sections_of(self, path: str) -> list[Section]:
        """The sections of the page of that path, in page order; none where it has no such page."""
        first = 0
        for page in self.manifest.pages:
            if page.path == path:
                return [self.sections[first + n] for n in range(page.sections)]
            first += page.sections
        return []

    def passages_of(self, path: str) -> range:
        """The positions of the passages of the page of that path; none where there is no such."""
        first = 0
        for page in self.manifest.pages:
            if page.path == path:
                return range(first, first + page.passages)
            first += page.passages
        return range(0)


def index_folder(data: Path) -> Path:
    """Where the generations of an index lie in a data folder."""
    return data / "index"


def has_index(data: Path) -> bool:
    """Whether a build has ever published an index in a data folder; it may be damaged."""
    return (index_folder(data) / _CURRENT).exists()


def current_generation(data: Path) -> Generation:
    """The published generation; raises IndexUnusable when there is none."""
    try:
        written = (index_folder(data) / _CURRENT).read_text(encoding="ascii")
    except FileNotFoundError:
        raise IndexUnusable(
            f"There is no index in {data}: run supportbot index --data {data}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(data, f"{_CURRENT} cannot be read") from error
    if not (named := re.fullmatch(r"(\w[\w.]*) ([0-9a-f]{64})\s*", written)):
        raise _damaged(data, f"{_CURRENT} names no generation")
    return Generation(*named.groups())


def open_index(data: Path, embedder: SentenceEmbedder) -> Index:
    """The published index of a data folder, read into memory.

    Raises IndexUnusable when there is none, a file does not have its checksum, its format is not
    this version's, or another model made it than `embedder` has.
    """
    index = _open_published(data)
    if index.manifest.model != embedder.fingerprint:
        raise IndexUnusable(
            f"The index in {data} was made with another embedding model: set SUPPORTBOT_MODEL to "
            f"that model, or run supportbot index --data {data} to build it with this one."
        )
    return index


def verify_index(data: Path) -> Manifest:
    """Holds every file, count, number and record of the published index against each other.

    Gives its manifest when all is sound, else raises IndexUnusable with the first fault.
    """
    index = _open_published(data)
    manifest, count = index.manifest, index.manifest.passages
    try:
        sections, passages = list(index.sections), list(index.passages)
    except ValidationError as error:
        raise _damaged(data, "a section or passage cannot be read") from error
    vectors = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    faults = {
        "sections are missing": len(sections) != manifest.sections
        or sum(page.sections for page in manifest.pages) != manifest.sections,
        "passages are missing": len(passages) != count
        or sum(page.passages for page in manifest.pages) != count,
        "vectors are missing": index.vectors.ntotal != count,
        "vectors have the wrong dimension": index.vectors.d != manifest.dimension,
        "vectors are not of length 1": not np.allclose(
            np.linalg.norm(vectors, axis=1), 1, atol=1e-3
        ),
        "keyword search does not cover all passages": index.bm25.scores["num_docs"] != count,
        "passages lie outside their sections": any(
            not 0 <= passage.section < len(sections)
            or not 0 <= passage.first_unit <= passage.last_unit
            or passage.last_unit >= len(sections[passage.section].units)
            for passage in passages
        ),
    }
    for fault, found in faults.items():
        if found:
            raise _damaged(data, fault)
    return manifest


def publish(data: Path, contents: Contents, manifest: Manifest) -> None:
    """Writes a new generation and makes it the published one.

    `manifest.files` is filled in here. Raises OSError when the disk refuses; nothing is published
    then and nothing left behind.
    """
    root = index_folder(data)
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    folder = root / name
    try:
        folder.mkdir(parents=True)
        (folder / _SECTIONS).write_bytes(b"\n".join(contents.sections.lines))
        (folder / _PASSAGES).write_bytes(b"\n".join(contents.passages.lines))
        (folder / _VECTORS).write_bytes(faiss.serialize_index(contents.vectors).tobytes())
        (folder / _VOCABULARY).write_bytes(json.dumps(contents.vocabulary).encode())
        contents.bm25.save(folder / _BM25, show_progress=False, allow_pickle=False)
        files = tuple(
            FileEntry(name=path.relative_to(folder).as_posix(), sha256=_sha256(path))
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        )
        manifest = manifest.model_copy(update={"files": files})
        (folder / _MANIFEST).write_bytes(manifest.model_dump_json(indent=1).encode())
        checksum = _sha256(folder / _MANIFEST)
        for path in [*folder.rglob("*"), folder, root]:
            _sync(path)
        (root / f"{_CURRENT}.new").write_bytes(f"{name} {checksum}\n".encode())
        _sync(root / f"{_CURRENT}.new")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        (root / f"{_CURRENT}.new").unlink(missing_ok=True)
        raise
    os.replace(root / f"{_CURRENT}.new", root / _CURRENT)
    _sync(root)


def remove_unpublished(data: Path) -> None:
    """Removes every generation but the published one: older ones, and what killed builds left.

    Only for the holder of the build lock. Raises OSError when the disk refuses.
    """
    try:
        published = current_generation(data).name
    except IndexUnusable:
        published = ""
    for folder in index_folder(data).iterdir():
        if folder.is_dir() and folder.name != published:
            shutil.rmtree(folder)


class LiveIndex:
    """The published index of a data folder, opened again whenever a build has replaced it."""

    def __init__(self, data: Path, embedder: SentenceEmbedder):
        self.data = data
        self.embedder = embedder
        self._lock = Lock()
        self._index: Index | None = None
        self._unusable: Generation | None = None

    def current(self) -> Index:
        """The newest usable index, for any thread to call before each search.

        While one thread opens a new index the others go on with the old one, which also stays when
        the new one is unusable. Raises IndexUnusable as long as there has been no usable one.
        """
        if self._index is None:
            with self._lock:
                if self._index is None:
                    self._index = open_index(self.data, self.embedder)
                return self._index
        try:
            published = current_generation(self.data)
        except IndexUnusable as error:
            logger.debug("Keeping index %s: %s", self._index.generation.name, error)
            return self._index
        if published not in (self._index.generation, self._unusable):
            self._replace(published)
        return self._index

    def _replace(self, published: Generation) -> None:
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._index = open_index(self.data, self.embedder)
        except IndexUnusable as error:
            self._unusable = published
            logger.warning("Keeping the index of before, since the new one fails: %s", error)
        finally:
            self._lock.release()


def _open_published(data: Path) -> Index:
    generation = current_generation(data)
    for _ in range(_OPENINGS - 1):
        try:
            return _open_generation(data, generation)
        except IndexUnusable:
            # Of two builds meanwhile, the second has removed what was being opened.
            newest = current_generation(data)
            if newest == generation:
                raise
            generation = newest
    return _open_generation(data, generation)


def _open_generation(data: Path, generation: Generation) -> Index:
    folder = index_folder(data) / generation.name
    try:
        written = (folder / _MANIFEST).read_bytes()
        if hashlib.sha256(written).hexdigest() != generation.sha256:
            raise _damaged(data, f"{_MANIFEST} is not as it was written")
        if json.loads(written)["format"] != FORMAT:
            raise IndexUnusable(
                f"The index in {data} has the format of another version: "
                f"run supportbot index --data {data} to build it again."
            )
        manifest = Manifest.model_validate_json(written)
        for file in manifest.files:
            if _sha256(folder / file.name) != file.sha256:
                raise _damaged(data, f"{file.name} is not as it was written")
        return Index(
            generation=generation,
            manifest=manifest,
            sections=Records((folder / _SECTIONS).read_bytes().split(b"\n"), SECTION),
            passages=Records((folder / _PASSAGES).read_bytes().split(b"\n"), PASSAGE),
            vectors=faiss.deserialize_index(
                np.frombuffer((folder / _VECTORS).read_bytes(), dtype=np.uint8)
            ),
            bm25=bm25s.BM25.load(folder / _BM25, allow_pickle=False),
            vocabulary=json.loads((folder / _VOCABULARY).read_bytes()),
        )
    except FileNotFoundError as error:
        raise _damaged(data, f"{Path(error.filename).name} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _damaged(data, "a file cannot be read") from error


def _damaged(data: Path, fault: str) -> IndexUnusable:
    return IndexUnusable(
        f"The index in {data} is damaged ({fault}): run supportbot index --data {data} "
        "to build it again."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows writes folders through and cannot open one
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

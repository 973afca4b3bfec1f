"""The build: a folder of pages becomes the published index, reusing all that has not changed."""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import bm25s
import faiss
import numpy as np
from filelock import FileLock, Timeout

from index.anchor import AnchorStyle, detect_anchor_style
from index.checkpoint import Checkpoint
from index.embedder import SentenceEmbedder
from index.errors import BuildError, CorpusError, IndexUnusable, PageError
from index.manifest import Manifest, PageEntry, SkippedPage
from index.page import find_overlay_pages, find_pages, page_path, parse_page, read_bytes
from index.passage import Passage, split_sections
from index.section import read_sections
from index.store import (
    FORMAT,
    PASSAGE,
    SECTION,
    Contents,
    Index,
    Records,
    index_folder,
    open_index,
    publish,
    remove_unpublished,
)
from index.term import split_terms, split_words

EMBEDDING_STEP = 512  # passages between two reports of progress
CHECKPOINT_STEP = 2048  # passages between two savings of the vectors
OVERLAY = "curated"  # the folder in which the pages of an overlay stand, beside those of the corpus
_OVERLAY_NAME = re.compile(r"[a-z0-9-]+")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build did; `pages`, `sections` and `passages` count what the index now holds."""

    pages: int
    sections: int
    passages: int
    added: int  # pages that were not in the index before
    changed: int  # pages with other content than before
    removed: int  # pages that are no longer in the index
    skipped: tuple[tuple[str, str], ...]  # path of a page, and why it could not be read
    embedded: int  # passages that the model was run on
    seconds: float


@dataclass(frozen=True)
class _Source:
    """A file to index: its path in the index, and its url unless front matter gives one."""

    file: Path
    path: str
    url: str = ""

    def read(self) -> bytes:
        """The file's bytes; raises PageError, also when it cannot have its url by its name."""
        if self.url and not _OVERLAY_NAME.fullmatch(self.file.stem):
            raise PageError(
                f"{self.path} has a name with other than small letters, digits and hyphens;"
                " rename it."
            )
        return read_bytes(self.file, self.path)

    def digest(self, content: bytes) -> str:
        """SHA-256 of all that the page is made of."""
        return hashlib.sha256(self.url.encode() + content).hexdigest()


@dataclass(frozen=True)
class _IndexedPage:
    entry: PageEntry
    sections: list[bytes]  # encoded
    passages: list[Passage]  # their sections counted from the page's first


def build_index(
    corpus: Path,
    data: Path,
    embedder: SentenceEmbedder,
    progress: Progress,
    overlay: Path | None = None,
) -> BuildReport:
    """Builds the index of a corpus in a data folder, or brings it up to date, and publishes it.

    Pages right in the folder `overlay` are indexed as if they stood in the corpus's folder
    `OVERLAY`; that folder need not exist. Pages whose bytes are unchanged are taken over, and only
    texts that neither the index nor a killed build's checkpoint holds are embedded; when nothing
    changed, the published index stays. `progress` is told what is being done, how many are done,
    and how many there are. Raises CorpusError when there is no page to index, or when the corpus
    has a folder `OVERLAY` of its own beside an overlay with pages, and BuildError when another
    build is running or the disk refuses; the published index then stays in use.
    """
    started = time.monotonic()
    sources = _find_sources(corpus, overlay)
    try:
        index_folder(data).mkdir(parents=True, exist_ok=True)
        with FileLock(index_folder(data) / "LOCK", timeout=0):
            remove_unpublished(data)
            return _build(corpus, sources, data, embedder, progress, started)
    except Timeout:
        raise BuildError(
            f"Another build is writing the index in {data}: try again when it has ended."
        ) from None
    except OSError as error:
        raise BuildError(
            f"The index in {data} cannot be written ({error.strerror or error}): free space, make "
            "the folder writable or name another with --data."
        ) from error


def overlay_is_indexed(index: Index, overlay: Path) -> bool:
    """Whether an index holds the pages of an overlay folder as they are now, and no others.

    Raises CorpusError when the folder cannot be read.
    """
    entries = (*index.manifest.pages, *index.manifest.skipped)
    indexed = {each.path: each.sha256 for each in entries if each.path.startswith(f"{OVERLAY}/")}
    digests = {}
    for source in _overlay_sources(overlay):
        try:
            digests[source.path] = source.digest(source.read())
        except PageError:
            digests[source.path] = ""
    return digests == indexed


def _find_sources(corpus: Path, overlay: Path | None) -> list[_Source]:
    files = find_pages(corpus, apart_from=overlay)
    sources = [_Source(file, page_path(file, corpus)) for file in files]
    added = _overlay_sources(overlay) if overlay else []
    if added and any(source.path.startswith(f"{OVERLAY}/") for source in sources):
        raise CorpusError(
            f"The corpus {corpus} has a folder {OVERLAY} of its own, with whose pages those of"
            f" {overlay} would be mixed up: rename that folder of the corpus."
        )
    return sources + added


def _overlay_sources(overlay: Path) -> list[_Source]:
    return [
        _Source(file, f"{OVERLAY}/{page_path(file, overlay)}", f"/{OVERLAY}/{file.stem}")
        for file in find_overlay_pages(overlay)
    ]


def _build(
    corpus: Path,
    sources: Sequence[_Source],
    data: Path,
    embedder: SentenceEmbedder,
    progress: Progress,
    started: float,
) -> BuildReport:
    style = detect_anchor_style(corpus)
    reader = f"{_reader_version()} {style}"
    previous = _previous(data, embedder)
    reusable = previous if previous is not None and previous.manifest.reader == reader else None
    pages, skipped = _read_pages(sources, style, reusable, embedder, progress)
    passages = _number_passages(pages)
    if not passages:
        reason = f" ({skipped[0].reason})" if skipped else ""
        raise CorpusError(f"No page in {corpus} holds text{reason}: name another with --corpus.")
    manifest = Manifest(
        format=FORMAT,
        reader=reader,
        model=embedder.fingerprint,
        dimension=embedder.dimension,
        corpus=str(corpus.resolve()),
        built=datetime.now(UTC),
        pages=tuple(page.entry for page in pages),
        skipped=tuple(skipped),
        sections=sum(len(page.sections) for page in pages),
        passages=len(passages),
        files=(),
    )
    checkpoint = Checkpoint(data / "checkpoint", embedder.fingerprint)
    embedded = 0
    if previous is None or _differs(previous.manifest, manifest):
        vectors, embedded = _embed(passages, previous, checkpoint, embedder, progress)
        progress("Writing the index", 0, 1)
        publish(data, _contents(pages, passages, vectors), manifest)
        progress("Writing the index", 1, 1)
    checkpoint.remove()
    before = {page.path: page.sha256 for page in previous.manifest.pages} if previous else {}
    after = {page.path: page.sha256 for page in manifest.pages}
    return BuildReport(
        pages=len(pages),
        sections=manifest.sections,
        passages=manifest.passages,
        added=len(after.keys() - before.keys()),
        changed=sum(before[path] != after[path] for path in after.keys() & before.keys()),
        removed=len(before.keys() - after.keys()),
        skipped=tuple((page.path, page.reason) for page in skipped),
        embedded=embedded,
        seconds=time.monotonic() - started,
    )


def _previous(data: Path, embedder: SentenceEmbedder) -> Index | None:
    try:
        return open_index(data, embedder)
    except IndexUnusable:
        return None  # nothing to reuse, which is no fault of this build: it makes a whole new index


def _read_pages(
    sources: Sequence[_Source],
    style: AnchorStyle,
    reusable: Index | None,
    embedder: SentenceEmbedder,
    progress: Progress,
) -> tuple[list[_IndexedPage], list[SkippedPage]]:
    known: dict[str, _IndexedPage] = {}
    failed: dict[str, SkippedPage] = {}
    if reusable is not None:
        known = {page.entry.path: page for page in _indexed_pages(reusable)}
        failed = {page.path: page for page in reusable.manifest.skipped}
    pages, skipped = [], []
    for position, source in enumerate(sources):
        progress("Reading pages", position, len(sources))
        path = source.path
        digest = ""
        try:
            content = source.read()
            digest = source.digest(content)
            if path in known and known[path].entry.sha256 == digest:
                pages.append(known[path])
            elif path in failed and failed[path].sha256 == digest:
                skipped.append(failed[path])
            else:
                pages.append(_parse(content, source, digest, style, embedder))
        except PageError as error:
            skipped.append(SkippedPage(path=path, reason=str(error), sha256=digest))
    progress("Reading pages", len(sources), len(sources))
    return pages, skipped


def _parse(
    content: bytes, source: _Source, digest: str, style: AnchorStyle, embedder: SentenceEmbedder
) -> _IndexedPage:
    page = parse_page(content, source.path, source.url)
    sections = read_sections(page, style)
    passages = split_sections(sections, embedder.count_tokens, embedder.max_tokens, page.questions)
    entry = PageEntry(
        path=page.path,
        title=page.title,
        url=page.url,
        sha256=digest,
        sections=len(sections),
        passages=len(passages),
    )
    return _IndexedPage(entry, [SECTION.dump_json(section) for section in sections], passages)


def _indexed_pages(index: Index) -> list[_IndexedPage]:
    pages, section, passage = [], 0, 0
    for entry in index.manifest.pages:
        passages = [index.passages[passage + n] for n in range(entry.passages)]
        pages.append(
            _IndexedPage(
                entry,
                index.sections.lines[section : section + entry.sections],
                [replace(each, section=each.section - section) for each in passages],
            )
        )
        section += entry.sections
        passage += entry.passages
    return pages


def _number_passages(pages: Sequence[_IndexedPage]) -> list[Passage]:
    passages, section = [], 0
    for page in pages:
        passages += [replace(each, section=each.section + section) for each in page.passages]
        section += len(page.sections)
    return passages


def _differs(old: Manifest, new: Manifest) -> bool:
    varying = {"built", "files"}
    return old.model_dump(exclude=varying) != new.model_dump(exclude=varying)


def _embed(
    passages: Sequence[Passage],
    previous: Index | None,
    checkpoint: Checkpoint,
    embedder: SentenceEmbedder,
    progress: Progress,
) -> tuple[np.ndarray, int]:
    vectors: dict[str, np.ndarray] = {}
    if previous is not None:
        stored = previous.vectors.reconstruct_n(0, previous.vectors.ntotal)
        vectors = {each.embedded_text: row for each, row in zip(previous.passages, stored)}
    missing = {each.embedded_text for each in passages} - vectors.keys()
    vectors.update(checkpoint.vectors(missing))
    new = sorted(missing - vectors.keys(), key=len)
    unsaved: list[str] = []
    for start in range(0, len(new), EMBEDDING_STEP):
        progress("Embedding passages", start, len(new))
        texts = new[start : start + EMBEDDING_STEP]
        vectors.update(zip(texts, embedder.embed(texts)))
        unsaved += texts
        if len(unsaved) >= CHECKPOINT_STEP:
            checkpoint.save(unsaved, np.array([vectors[text] for text in unsaved]))
            unsaved = []
    progress("Embedding passages", len(new), len(new))
    return np.array([vectors[each.embedded_text] for each in passages], dtype=np.float32), len(new)


def index_terms(texts: Sequence[str]) -> bm25s.BM25:
    """A keyword index of texts, of which there is at least one."""
    bm25 = bm25s.BM25()
    # bm25s needs at least one term, and a text of stop words has none.
    bm25.index([split_terms(text) or [""] for text in texts], show_progress=False)
    return bm25


def _contents(
    pages: Sequence[_IndexedPage], passages: Sequence[Passage], vectors: np.ndarray
) -> Contents:
    inner_product = faiss.IndexFlatIP(vectors.shape[1])
    inner_product.add(vectors)
    vocabulary = Counter(word for each in passages for word in set(split_words(each.embedded_text)))
    return Contents(
        sections=Records([line for page in pages for line in page.sections], SECTION),
        passages=Records([PASSAGE.dump_json(each) for each in passages], PASSAGE),
        vectors=inner_product,
        bm25=index_terms([each.embedded_text for each in passages]),
        vocabulary=dict(vocabulary),
    )


def _reader_version() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()

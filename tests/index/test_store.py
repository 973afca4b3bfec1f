import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import bm25s
import faiss
import numpy as np
import pytest

from index.errors import IndexUnusable
from index.manifest import Manifest, PageEntry
from index.passage import Passage
from index.section import Block, Section, Unit
from index.store import (
    FORMAT,
    PASSAGE,
    SECTION,
    Contents,
    LiveIndex,
    Records,
    index_folder,
    open_index,
    publish,
    remove_unpublished,
    verify_index,
)

MODEL = SimpleNamespace(fingerprint="model one")
UNIT = Unit("sentence", "Call the desk.", "Call the desk.", (3, 3))
SECTION_OF_PAGE = Section(
    path="a.md",
    title="A",
    headings=("Desk",),
    anchor="desk",
    url="/a/#desk",
    lines=(1, 3),
    blocks=(Block("paragraph", (UNIT,), (3, 3)),),
)
PASSAGE_OF_PAGE = Passage(0, 0, 0, "Call the desk.", "A > Desk\nCall the desk.", (3, 3))


def make_contents(passage: Passage = PASSAGE_OF_PAGE) -> Contents:
    vectors = faiss.IndexFlatIP(2)
    vectors.add(np.array([[1, 0]], dtype=np.float32))
    bm25 = bm25s.BM25()
    bm25.index([["call", "desk"]], show_progress=False)
    return Contents(
        sections=Records([SECTION.dump_json(SECTION_OF_PAGE)], SECTION),
        passages=Records([PASSAGE.dump_json(passage)], PASSAGE),
        vectors=vectors,
        bm25=bm25,
        vocabulary={"call": 1, "the": 1, "desk": 1},
    )


def make_manifest(**changes) -> Manifest:
    entry = PageEntry(path="a.md", title="A", url="/a/", sha256="0", sections=1, passages=1)
    values = {
        "format": FORMAT,
        "reader": "r",
        "model": MODEL.fingerprint,
        "dimension": 2,
        "corpus": "/pages",
        "built": datetime(2026, 1, 1, tzinfo=UTC),
        "pages": (entry,),
        "skipped": (),
        "sections": 1,
        "passages": 1,
        "files": (),
    }
    return Manifest(**values | changes)


@pytest.fixture
def data(tmp_path) -> Path:
    publish(tmp_path, make_contents(), make_manifest())
    return tmp_path


def generation_folder(data: Path) -> Path:
    return index_folder(data) / (index_folder(data) / "CURRENT").read_text().split()[0]


def replace_manifest(data: Path, content: bytes) -> None:
    folder = generation_folder(data)
    (folder / "manifest.json").write_bytes(content)
    checksum = hashlib.sha256(content).hexdigest()
    (index_folder(data) / "CURRENT").write_text(f"{folder.name} {checksum}")


def test_what_was_published_is_opened(data):
    index = open_index(data, MODEL)
    assert list(index.sections) == [SECTION_OF_PAGE]
    assert list(index.passages) == [PASSAGE_OF_PAGE]
    assert index.vectors.reconstruct(0).tolist() == [1, 0]
    assert index.bm25.get_scores(["desk"])[0] > 0
    assert index.vocabulary == {"call": 1, "the": 1, "desk": 1}
    assert index.manifest.pages[0].title == "A"


def test_a_sound_index_is_verified(data):
    assert verify_index(data).passages == 1


def test_a_missing_index_is_said(tmp_path):
    with pytest.raises(IndexUnusable, match="no index in .* run supportbot index"):
        open_index(tmp_path, MODEL)


def test_an_index_of_another_model_is_refused(data):
    with pytest.raises(IndexUnusable, match="another embedding model"):
        open_index(data, SimpleNamespace(fingerprint="model two"))


def test_an_index_of_another_format_is_refused(data):
    replace_manifest(data, json.dumps({"format": FORMAT - 1, "unknown": []}).encode())
    with pytest.raises(IndexUnusable, match="format of another version"):
        open_index(data, MODEL)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}'])
def test_a_broken_manifest_is_said(data, content):
    replace_manifest(data, content)
    with pytest.raises(IndexUnusable, match="damaged"):
        open_index(data, MODEL)


def written_files() -> list[str]:
    return [
        "sections.jsonl",
        "passages.jsonl",
        "vectors.faiss",
        "vocabulary.json",
        "bm25/data.csc.index.npy",
        "bm25/vocab.index.json",
    ]


@pytest.mark.parametrize("name", [*written_files(), "manifest.json"])
def test_a_flipped_bit_in_any_file_is_noticed(data, name):
    file = generation_folder(data) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(IndexUnusable, match=f"{name} is not as it was written"):
        open_index(data, MODEL)


@pytest.mark.parametrize("name", [*written_files(), "manifest.json"])
def test_a_missing_file_is_named(data, name):
    (generation_folder(data) / name).unlink()
    with pytest.raises(IndexUnusable, match=f"{Path(name).name} is missing"):
        open_index(data, MODEL)


@pytest.mark.parametrize("content", [b"", b"elsewhere", b"elsewhere " + b"0" * 64, b"\xff"])
def test_a_pointer_to_nowhere_is_said(data, content):
    (index_folder(data) / "CURRENT").write_bytes(content)
    with pytest.raises(IndexUnusable, match="damaged"):
        open_index(data, MODEL)


def test_a_manifest_that_promises_more_is_found_out(tmp_path):
    publish(tmp_path, make_contents(), make_manifest(passages=2))
    with pytest.raises(IndexUnusable, match="passages are missing"):
        verify_index(tmp_path)


def test_a_wrong_dimension_is_found_out(tmp_path):
    publish(tmp_path, make_contents(), make_manifest(dimension=3))
    with pytest.raises(IndexUnusable, match="wrong dimension"):
        verify_index(tmp_path)


def test_a_passage_outside_its_section_is_found_out(tmp_path):
    astray = Passage(0, 0, 7, "Call the desk.", "Call the desk.", (3, 3))
    publish(tmp_path, make_contents(astray), make_manifest())
    with pytest.raises(IndexUnusable, match="outside their sections"):
        verify_index(tmp_path)


def test_the_generation_before_stays_for_its_readers(data):
    before = generation_folder(data)
    publish(data, make_contents(), make_manifest())
    assert before.is_dir() and generation_folder(data) != before


def test_only_the_published_generation_survives_a_clean_up(data):
    before = generation_folder(data)
    publish(data, make_contents(), make_manifest())
    (index_folder(data) / "half-written").mkdir()
    remove_unpublished(data)
    assert not before.exists() and not (index_folder(data) / "half-written").exists()
    assert verify_index(data)


def test_an_index_that_builds_replace_while_it_is_opened_is_opened_again(data):
    manifest = generation_folder(data) / "manifest.json"
    manifest.unlink()
    os.mkfifo(manifest)
    with ThreadPoolExecutor() as pool:
        opened = pool.submit(open_index, data, MODEL)
        with manifest.open("wb"):  # waits for the reader, and keeps it waiting
            publish(data, make_contents(), make_manifest(corpus="/new"))
            remove_unpublished(data)
        assert opened.result().manifest.corpus == "/new"


KILLED_BUILD = """
import os, signal, sys
from pathlib import Path
from tests.index.test_store import make_contents, make_manifest
from index.store import publish

point, calls = int(sys.argv[2]), 0

def killed_at(function):
    def call(*arguments, **options):
        global calls
        calls += 1
        if calls == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return call

os.fsync, os.replace, Path.mkdir, Path.write_bytes = map(
    killed_at, (os.fsync, os.replace, Path.mkdir, Path.write_bytes)
)
publish(Path(sys.argv[1]), make_contents(), make_manifest(corpus="/new"))
os._exit(calls)
"""


def run_killed_build(data: Path, point: int) -> int:
    command = [sys.executable, "-c", KILLED_BUILD, str(data), str(point)]
    return subprocess.run(command, cwd=Path(__file__).parents[2]).returncode


@pytest.mark.skipif(os.name == "nt", reason="a process kills itself with SIGKILL")
@pytest.mark.parametrize("point", [1, 3, 6, 12, 18])
def test_a_build_killed_while_it_writes_leaves_the_old_index(data, point):
    assert run_killed_build(data, point) == -9
    assert verify_index(data).corpus == "/pages"


@pytest.mark.skipif(os.name == "nt", reason="a process kills itself with SIGKILL")
def test_a_build_killed_after_it_published_leaves_the_new_index(data, tmp_path):
    publish(tmp_path / "counted", make_contents(), make_manifest())
    last = run_killed_build(tmp_path / "counted", 0)
    assert run_killed_build(data, last) == -9
    assert verify_index(data).corpus == "/new"


def test_a_new_index_is_picked_up(data):
    live = LiveIndex(data, MODEL)
    assert live.current().manifest.corpus == "/pages"
    publish(data, make_contents(), make_manifest(corpus="/new"))
    assert live.current().manifest.corpus == "/new"


def test_an_unchanged_index_is_opened_once(data):
    live = LiveIndex(data, MODEL)
    assert live.current() is live.current()


def test_an_unusable_new_index_leaves_the_old_one_in_use(data):
    live = LiveIndex(data, MODEL)
    old = live.current()
    publish(data, make_contents(), make_manifest(model="model two"))
    assert live.current() is old
    publish(data, make_contents(), make_manifest(corpus="/third"))
    assert live.current().manifest.corpus == "/third"


def test_an_index_that_vanishes_stays_in_use(data):
    live = LiveIndex(data, MODEL)
    old = live.current()
    (index_folder(data) / "CURRENT").unlink()
    assert live.current() is old


def test_the_first_index_is_waited_for(tmp_path):
    live = LiveIndex(tmp_path, MODEL)
    with pytest.raises(IndexUnusable):
        live.current()
    publish(tmp_path, make_contents(), make_manifest())
    assert live.current().manifest.corpus == "/pages"

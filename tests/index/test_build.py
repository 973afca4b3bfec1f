import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from index.build import BuildReport, build_index, overlay_is_indexed
from index.embedder import SentenceEmbedder
from index.errors import BuildError, CorpusError, IndexUnusable
from index.store import LiveIndex, index_folder, open_index, verify_index

PAGES = {
    "desk.md": "# Desk\n\nThe desk answers within two days.\n\n## Phone\n\nCall 555 at night.\n",
    "guide/node.md": "# Node\n\nA node is restarted in the portal.\n\n* Stop it.\n* Start it.\n",
    "guide/plan.md": "# Plan\n\n| Plan | Cost |\n| --- | --- |\n| Small | 1 |\n| Large | 2 |\n",
}


@pytest.fixture
def corpus(tmp_path) -> Path:
    folder = tmp_path / "pages"
    for path, text in PAGES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def data(tmp_path) -> Path:
    return tmp_path / "data"


def build(corpus: Path, data: Path, embedder: SentenceEmbedder) -> BuildReport:
    return build_index(corpus, data, embedder, lambda *_: None)


def vectors_by_text(data: Path, embedder: SentenceEmbedder) -> dict[str, np.ndarray]:
    index = open_index(data, embedder)
    rows = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    return {passage.embedded_text: row for passage, row in zip(index.passages, rows)}


def published(data: Path) -> str:
    return (index_folder(data) / "CURRENT").read_text().split()[0]


def test_a_first_build_indexes_every_page(corpus, data, embedder):
    report = build(corpus, data, embedder)
    assert (report.pages, report.added, report.changed, report.removed) == (3, 3, 0, 0)
    assert report.embedded == report.passages > 0
    assert verify_index(data).sections == report.sections


def test_every_passage_lies_beside_its_own_vector(corpus, data, embedder):
    build(corpus, data, embedder)
    vectors = vectors_by_text(data, embedder)
    assert np.allclose(list(vectors.values()), embedder.embed(list(vectors)), atol=1e-5)


def test_every_passage_points_to_its_own_section(corpus, data, embedder):
    build(corpus, data, embedder)
    (corpus / "a.md").write_text("# First\n\nOne.\n\n## Second\n\nTwo.\n")
    build(corpus, data, embedder)
    index = open_index(data, embedder)
    paths = {p.text: index.sections[p.section].path for p in index.passages}
    assert {path for text, path in paths.items() if "two days" in text} == {"desk.md"}
    assert {path for text, path in paths.items() if "Large" in text} == {"guide/plan.md"}


def test_an_unchanged_corpus_is_not_published_again(corpus, data, embedder):
    first = build(corpus, data, embedder)
    name = published(data)
    second = build(corpus, data, embedder)
    assert published(data) == name
    assert (second.pages, second.sections, second.passages) == (3, first.sections, first.passages)
    assert (second.added, second.changed, second.removed, second.embedded) == (0, 0, 0, 0)


def test_a_touched_page_with_the_same_bytes_is_unchanged(corpus, data, embedder):
    build(corpus, data, embedder)
    os.utime(corpus / "desk.md", (1, 1))
    assert build(corpus, data, embedder).changed == 0


def test_only_what_changed_in_a_page_is_embedded_again(corpus, data, embedder):
    build(corpus, data, embedder)
    page = corpus / "desk.md"
    page.write_text(page.read_text().replace("at night", "by day"))
    report = build(corpus, data, embedder)
    assert (report.added, report.changed, report.removed, report.embedded) == (0, 1, 0, 1)


def test_an_update_gives_the_same_index_as_a_first_build(corpus, data, tmp_path, embedder):
    build(corpus, data, embedder)
    (corpus / "desk.md").unlink()
    (corpus / "guide" / "more.md").write_text("# More\n\nText that is new.\n")
    build(corpus, data, embedder)
    build(corpus, tmp_path / "fresh", embedder)
    updated, fresh = open_index(data, embedder), open_index(tmp_path / "fresh", embedder)
    assert list(updated.sections) == list(fresh.sections)
    assert list(updated.passages) == list(fresh.passages)
    assert updated.vocabulary == fresh.vocabulary


def test_a_removed_page_goes(corpus, data, embedder):
    build(corpus, data, embedder)
    (corpus / "desk.md").unlink()
    report = build(corpus, data, embedder)
    assert (report.pages, report.removed, report.embedded) == (2, 1, 0)
    assert not any("desk" in section.path for section in open_index(data, embedder).sections)


def test_a_moved_page_is_not_embedded_again(corpus, data, embedder):
    build(corpus, data, embedder)
    (corpus / "desk.md").rename(corpus / "guide" / "desk.md")
    report = build(corpus, data, embedder)
    assert (report.added, report.removed, report.embedded) == (1, 1, 0)


def test_an_unreadable_page_is_skipped_named_and_the_rest_indexed(corpus, data, embedder):
    (corpus / "image.md").write_bytes(b"\x89PNG\x00\x00\xff")
    report = build(corpus, data, embedder)
    assert report.pages == 3
    assert [path for path, _ in report.skipped] == ["image.md"]


def test_pages_with_names_and_front_matter_that_cannot_be_written_are_skipped(
    corpus, data, embedder
):
    (corpus / os.fsdecode(b"caf\xe9.md")).write_text("Text.")
    (corpus / "half.md").write_text('{"title": "\\ud83d"}\nText.\n')
    (corpus / "link.md").write_text("---\npermalink: https://[your-site]/x\n---\nText.\n")
    report = build(corpus, data, embedder)
    assert report.pages == 3
    assert [path for path, _ in report.skipped] == ["caf\\xe9.md", "half.md", "link.md"]


def test_what_is_no_file_is_skipped_without_reading_it(corpus, data, embedder):
    os.mkfifo(corpus / "pipe.md")
    (corpus / "endless.md").symlink_to("/dev/zero")
    report = build(corpus, data, embedder)
    assert report.pages == 3
    assert [path for path, _ in report.skipped] == ["endless.md", "pipe.md"]


def test_a_skipped_page_is_named_again_when_nothing_changed(corpus, data, embedder):
    (corpus / "image.md").write_bytes(b"\x89PNG\x00\x00\xff")
    first = build(corpus, data, embedder)
    name = published(data)
    assert build(corpus, data, embedder).skipped == first.skipped
    assert published(data) == name


def test_a_skipped_page_that_was_repaired_is_indexed(corpus, data, embedder):
    (corpus / "image.md").write_bytes(b"\x89PNG\x00\x00\xff")
    build(corpus, data, embedder)
    (corpus / "image.md").write_text("# Image\n\nNow it is text.\n")
    report = build(corpus, data, embedder)
    assert (report.pages, report.added, report.skipped) == (4, 1, ())


@pytest.mark.parametrize("corpus_fault", ["missing", "empty", "only unreadable pages"])
def test_without_a_page_the_old_index_stays(corpus, data, tmp_path, embedder, corpus_fault):
    build(corpus, data, embedder)
    other = tmp_path / "other"
    if corpus_fault != "missing":
        other.mkdir()
    if corpus_fault == "only unreadable pages":
        (other / "a.md").write_bytes(b"\x00\xff\x00")
    with pytest.raises(CorpusError):
        build(other, data, embedder)
    assert verify_index(data).corpus == str(corpus)


def test_a_damaged_index_is_built_anew(corpus, data, embedder):
    build(corpus, data, embedder)
    (index_folder(data) / published(data) / "vectors.faiss").write_bytes(b"damaged")
    report = build(corpus, data, embedder)
    assert report.added == 3
    assert verify_index(data)


def test_another_reader_reads_all_pages_but_embeds_nothing(corpus, data, embedder, monkeypatch):
    build(corpus, data, embedder)
    monkeypatch.setattr("index.build._reader_version", lambda: "another")
    name = published(data)
    report = build(corpus, data, embedder)
    assert (report.changed, report.embedded) == (0, 0)
    assert published(data) != name


def test_another_model_embeds_all_again(corpus, data, embedder, monkeypatch):
    build(corpus, data, embedder)
    monkeypatch.setattr(embedder, "fingerprint", "another")
    report = build(corpus, data, embedder)
    assert report.embedded == report.passages
    assert verify_index(data).model == "another"


def test_a_second_build_at_once_is_refused(corpus, data, embedder):
    build(corpus, data, embedder)
    with FileLock(index_folder(data) / "LOCK"):
        with pytest.raises(BuildError, match="Another build"):
            build(corpus, data, embedder)


def test_a_data_folder_that_cannot_be_made_is_said(corpus, tmp_path, embedder):
    (tmp_path / "file").touch()
    with pytest.raises(BuildError, match="cannot be written .* --data"):
        build(corpus, tmp_path / "file" / "data", embedder)


def test_a_full_disk_leaves_the_old_index_and_no_litter(corpus, data, embedder):
    build(corpus, data, embedder)
    (corpus / "new.md").write_text("# New\n\n" + "Another sentence of this page. " * 200)
    before = sorted(os.listdir(index_folder(data)))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(BuildError, match="cannot be written"):
            build(corpus, data, embedder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert sorted(os.listdir(index_folder(data))) == before
    assert verify_index(data).pages[-1].path == "guide/plan.md"


def test_pages_of_nothing_but_stop_words_are_indexed(tmp_path, data, embedder):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "the.md").write_text("# The\n\nOf and to.\n")
    assert build(tmp_path / "pages", data, embedder).passages == 1


def test_progress_counts_up_to_the_end(corpus, data, embedder):
    told = []
    build_index(corpus, data, embedder, lambda *step: told.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["Reading pages", "Embedding passages", "Writing the index"]
    for stage in stages:
        steps = [(done, total) for name, done, total in told if name == stage]
        assert steps[0][0] == 0 and steps[-1][0] == steps[-1][1]


def test_a_build_killed_while_embedding_leaves_the_old_index(corpus, data, embedder):
    build(corpus, data, embedder)
    (corpus / "new.md").write_text("# New\n\nOne sentence.\n")
    script = f"""
import os, signal
from pathlib import Path
from index.build import build_index
from index.embedder import SentenceEmbedder

def kill(stage, done, total):
    if stage == "Embedding passages" and done == total:
        os.kill(os.getpid(), signal.SIGKILL)

build_index(Path({str(corpus)!r}), Path({str(data)!r}), SentenceEmbedder(), kill)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    assert verify_index(data).pages[-1].path == "guide/plan.md"
    assert build(corpus, data, embedder).added == 1


def test_a_build_goes_on_where_a_killed_one_stopped(corpus, data, embedder, monkeypatch):
    monkeypatch.setattr("index.build.EMBEDDING_STEP", 1)
    monkeypatch.setattr("index.build.CHECKPOINT_STEP", 2)

    def stop(stage, done, total):
        if stage == "Embedding passages" and done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(corpus, data, embedder, stop)
    report = build(corpus, data, embedder)
    assert report.embedded == report.passages - 4
    vectors = vectors_by_text(data, embedder)
    assert np.allclose(list(vectors.values()), embedder.embed(list(vectors)), atol=1e-5)


def test_a_build_that_published_leaves_no_checkpoint(corpus, data, embedder, monkeypatch):
    monkeypatch.setattr("index.build.EMBEDDING_STEP", 1)
    monkeypatch.setattr("index.build.CHECKPOINT_STEP", 1)
    build(corpus, data, embedder)
    assert os.listdir(data) == ["index"]


def test_a_failed_first_build_leaves_no_index(tmp_path, data, embedder):
    with pytest.raises(CorpusError):
        build(tmp_path / "nowhere", data, embedder)
    with pytest.raises(IndexUnusable, match=re.escape("no index")):
        open_index(data, embedder)


def test_the_seed_page_is_indexed_whole(shared, data, embedder):
    report = build(shared / "corpora" / "seed", data, embedder)
    assert (report.pages, report.skipped) == (1, ())
    texts = [passage.embedded_text for passage in open_index(data, embedder).passages]
    assert max(map(embedder.count_tokens, texts)) <= embedder.max_tokens


ANSWER = "---\ntitle: Taps\nquestions:\n- Who pays for the water?\n---\n\nWater is free.\n"


@pytest.fixture
def overlay(tmp_path) -> Path:
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "taps.md").write_text(ANSWER)
    return folder


def build_over(corpus, data, embedder, overlay) -> BuildReport:
    return build_index(corpus, data, embedder, lambda *_: None, overlay)


def files_of(data: Path) -> dict[str, bytes]:
    folder = index_folder(data) / published(data)
    kept = {file for file in folder.rglob("*") if file.is_file() and file.name != "manifest.json"}
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in kept}


def test_pages_of_an_overlay_are_indexed_beside_those_of_the_corpus(
    corpus, data, overlay, embedder
):
    report = build_over(corpus, data, embedder, overlay)
    assert (report.pages, report.added) == (4, 4)
    (section,) = open_index(data, embedder).sections_of("curated/taps.md")
    assert (section.title, section.url) == ("Taps", "/curated/taps")
    assert section.units[0].quote == "Water is free."
    assert verify_index(data)


@pytest.mark.parametrize("overlay_is", ["missing", "empty", "of withdrawn pages alone"])
def test_an_overlay_without_pages_changes_nothing(corpus, data, tmp_path, embedder, overlay_is):
    build(corpus, data, embedder)
    name, before = published(data), files_of(data)
    overlay = tmp_path / "answers"
    if overlay_is != "missing":
        overlay.mkdir()
    if overlay_is == "of withdrawn pages alone":
        (overlay / "withdrawn").mkdir()
        (overlay / "withdrawn" / "taps.md").write_text(ANSWER)
        (overlay / ".hidden.md").write_text(ANSWER)
    report = build_over(corpus, data, embedder, overlay)
    assert (report.pages, report.added, report.embedded) == (3, 0, 0)
    assert published(data) == name
    build_over(corpus, tmp_path / "fresh", embedder, overlay)
    assert files_of(tmp_path / "fresh") == before


def test_an_overlay_is_brought_up_to_date_page_by_page(corpus, data, overlay, embedder):
    build_over(corpus, data, embedder, overlay)
    (overlay / "dogs.md").write_text("# Dogs\n\nDogs are welcome.\n")
    report = build_over(corpus, data, embedder, overlay)
    assert (report.added, report.changed, report.removed, report.embedded) == (1, 0, 0, 1)
    (overlay / "taps.md").write_text(ANSWER.replace("free", "dear"))
    report = build_over(corpus, data, embedder, overlay)
    assert (report.added, report.changed, report.removed, report.embedded) == (0, 1, 0, 1)
    (overlay / "taps.md").unlink()
    report = build_over(corpus, data, embedder, overlay)
    assert (report.added, report.changed, report.removed, report.embedded) == (0, 0, 1, 0)
    assert open_index(data, embedder).sections_of("curated/taps.md") == []


def test_a_served_index_takes_the_overlay_while_it_is_used(corpus, data, overlay, embedder):
    build(corpus, data, embedder)
    live = LiveIndex(data, embedder)
    assert live.current().sections_of("curated/taps.md") == []
    build_over(corpus, data, embedder, overlay)
    assert live.current().sections_of("curated/taps.md")
    assert live.current().sections_of("guide/plan.md")[0].path == "guide/plan.md"


def test_a_broken_page_of_an_overlay_is_skipped_named_and_the_rest_indexed(
    corpus, data, overlay, embedder
):
    (overlay / "broken.md").write_text("---\ntitle: [\n---\nText.\n")
    (overlay / "Bad Name.md").write_text("# Text\n\nText.\n")
    (overlay / "folder.md").mkdir()
    report = build_over(corpus, data, embedder, overlay)
    assert report.pages == 4
    reasons = dict(report.skipped)
    assert set(reasons) == {"curated/broken.md", "curated/Bad Name.md", "curated/folder.md"}
    assert "broken front matter" in reasons["curated/broken.md"]
    assert "rename it" in reasons["curated/Bad Name.md"]
    assert all(reason.startswith(path) for path, reason in report.skipped)


def test_a_corpus_with_a_folder_of_that_name_is_not_mixed_up_with_an_overlay(
    corpus, data, overlay, embedder
):
    (corpus / "curated").mkdir()
    (corpus / "curated" / "taps.md").write_text("# Taps\n\nOf the corpus.\n")
    build(corpus, data, embedder)
    name = published(data)
    with pytest.raises(CorpusError, match="has a folder curated of its own.*rename") as refused:
        build_over(corpus, data, embedder, overlay)
    assert str(refused.value).count(".") == 1 + str(corpus).count(".") + str(overlay).count(".")
    assert published(data) == name


def test_such_a_corpus_is_indexed_as_ever_without_answers(corpus, data, tmp_path, embedder):
    (corpus / "curated").mkdir()
    (corpus / "curated" / "taps.md").write_text("# Taps\n\nOf the corpus.\n")
    build_over(corpus, data, embedder, tmp_path / "nowhere")
    (section,) = open_index(data, embedder).sections_of("curated/taps.md")
    assert section.url == "/curated/taps/#taps"


def test_a_page_that_moves_from_the_corpus_to_the_overlay_changes_its_url(
    corpus, data, tmp_path, embedder
):
    (corpus / "curated").mkdir()
    (corpus / "curated" / "taps.md").write_text(ANSWER)
    build(corpus, data, embedder)
    (corpus / "curated").rename(tmp_path / "answers")
    report = build_over(corpus, data, embedder, tmp_path / "answers")
    (section,) = open_index(data, embedder).sections_of("curated/taps.md")
    assert section.url == "/curated/taps"
    assert (report.changed, report.embedded) == (1, 0)


def test_an_overlay_that_lies_in_the_corpus_is_indexed_once(corpus, embedder):
    data = corpus / "data"
    overlay = data / "curated"
    (overlay / "withdrawn").mkdir(parents=True)
    (overlay / "taps.md").write_text(ANSWER)
    (overlay / "withdrawn" / "old.md").write_text(ANSWER)
    build_over(corpus, data, embedder, overlay)
    paths = [page.path for page in open_index(data, embedder).manifest.pages]
    assert paths == ["desk.md", "guide/node.md", "guide/plan.md", "curated/taps.md"]


def test_an_overlay_that_is_no_folder_is_said(corpus, data, tmp_path, embedder):
    (tmp_path / "file").touch()
    with pytest.raises(CorpusError, match="file cannot be read"):
        build_over(corpus, data, embedder, tmp_path / "file")


def test_a_url_in_the_front_matter_of_an_answer_is_kept(corpus, data, overlay, embedder):
    (overlay / "taps.md").write_text(ANSWER.replace("title: Taps", "title: Taps\nurl: /taps/"))
    build_over(corpus, data, embedder, overlay)
    (section,) = open_index(data, embedder).sections_of("curated/taps.md")
    assert section.url == "/taps/"


def test_it_is_known_whether_an_overlay_is_indexed_as_it_is_now(corpus, data, overlay, embedder):
    build(corpus, data, embedder)
    assert not overlay_is_indexed(open_index(data, embedder), overlay)
    (overlay / "broken.md").write_bytes(b"\x00\xff")
    build_over(corpus, data, embedder, overlay)
    assert overlay_is_indexed(open_index(data, embedder), overlay)
    (overlay / "taps.md").write_text(ANSWER.replace("free", "dear"))
    assert not overlay_is_indexed(open_index(data, embedder), overlay)
    (overlay / "taps.md").unlink()
    assert not overlay_is_indexed(open_index(data, embedder), overlay)


def test_the_questions_of_a_page_are_searched_and_not_quoted(corpus, data, overlay, embedder):
    build_over(corpus, data, embedder, overlay)
    index = open_index(data, embedder)
    (passage,) = [each for each in index.passages if each.questions]
    assert passage.embedded_text == "Taps > Who pays for the water?\nWater is free."
    assert passage.text == "Water is free."
    assert "pays" in index.vocabulary

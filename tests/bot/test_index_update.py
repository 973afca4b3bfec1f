"""The index follows the approved answers, whatever comes between."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from bot import index_update
from bot.curated import AnswerDraft, CuratedAnswers
from bot.index_update import IndexUpdate
from bot.profile import load_profile
from bot.settings import Settings
from bot.startup import Startup
from index.store import index_folder

DRAFT = AnswerDraft(title="Ice", questions=["Is there ice?"], text="Ice is in the shed.")


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a data folder of this test's own."""
    return settings.model_copy(update={"data": tmp_path / "data"})


@pytest.fixture
def answers(own: Settings) -> CuratedAnswers:
    return CuratedAnswers(own.curated_folder)


@pytest.fixture
def startup(own: Settings) -> Startup:
    startup = Startup(own, load_profile(own.profile, own.corpus))
    startup.begin()
    startup.wait()
    return startup


@pytest.fixture
def update(startup: Startup, own: Settings, monkeypatch) -> Iterator[IndexUpdate]:
    monkeypatch.setattr(index_update, "FIRST_WAIT_SECONDS", 0.05)
    update = IndexUpdate(startup, own)
    yield update
    update.stop()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def paths(startup: Startup) -> list[str]:
    return [page.path for page in startup.assistant.index.current().manifest.pages]


def test_an_answer_approved_before_a_crash_is_indexed_at_the_next_start(answers, startup, update):
    answers.approve(DRAFT, "Ann")
    update.start()
    until(lambda: "curated/ice.md" in paths(startup))
    until(lambda: update.status.state == "current")


def test_at_a_start_without_news_nothing_is_built(startup, update):
    name = startup.assistant.index.current().generation
    update.start()
    time.sleep(0.3)
    assert update.status.state == "current"
    assert startup.assistant.index.current().generation == name


def test_an_update_is_told_as_running_from_the_moment_it_is_asked_for(answers, startup, update):
    update.start()
    answer = answers.approve(DRAFT, "Ann")
    update.request()
    assert update.status.state == "running"
    until(lambda: update.status.state == "current")
    assert "curated/ice.md" in paths(startup)
    answers.withdraw(answer.name, answer.version, "Ann")
    update.request()
    until(lambda: update.status.state == "current")
    assert "curated/ice.md" not in paths(startup)


def test_an_update_that_is_refused_is_told_and_tried_again(answers, startup, update, own):
    answers.approve(DRAFT, "Ann")
    with FileLock(index_folder(own.data) / "LOCK"):
        update.start()
        until(lambda: update.status.state == "failed")
        assert "Another build is writing the index" in update.status.said
        assert "curated/ice.md" not in paths(startup)
    until(lambda: "curated/ice.md" in paths(startup))
    until(lambda: update.status.state == "current")


def test_the_corpus_that_is_answered_from_stays_the_one(answers, startup, own, monkeypatch):
    other = own.model_copy(update={"corpus": own.data / "another"})
    monkeypatch.setattr(index_update, "FIRST_WAIT_SECONDS", 0.05)
    update = IndexUpdate(startup, other)
    answers.approve(DRAFT, "Ann")
    update.start()
    until(lambda: "curated/ice.md" in paths(startup))
    update.stop()
    assert "harbour.md" in paths(startup)


def test_the_thread_outlives_what_nobody_foresaw(answers, startup, update, monkeypatch):
    answers.approve(DRAFT, "Ann")
    with monkeypatch.context() as patched:
        patched.setattr("index.build.build_index", lambda *_: 1 / 0)
        update.start()
        until(lambda: update.status.state == "failed")
        assert "See the log" in update.status.said
    until(lambda: "curated/ice.md" in paths(startup))

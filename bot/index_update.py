"""The index update: brings the index up to date with approved answers while the bot is served."""

import logging
import threading
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from bot.settings import Settings
from bot.startup import Startup
from index.errors import DocumentationError

logger = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 5.0  # before an update that failed is tried again; then twice as long
LONGEST_WAIT_SECONDS = 300.0


class UpdateStatus(BaseModel):
    """How far the index is."""

    state: Literal["current", "running", "failed"]
    said: str = Field(description="the same in one sentence")
    done: int = 0
    total: int = 0


class IndexUpdate:
    """Updates the index in a thread whenever it is asked to, and when the answers differ at start.

    So nothing is lost when the server ends between an approval and the update. An update that fails
    is tried again until it succeeds.
    """

    def __init__(self, startup: Startup, settings: Settings) -> None:
        self._startup = startup
        self._data = settings.data
        self._overlay = settings.curated_folder
        self._wake = threading.Condition()
        self._is_wanted = False
        self._is_stopping = False
        self._status = UpdateStatus(state="current", said="The index is up to date.")
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> UpdateStatus:
        """How far the index is at this moment."""
        return self._status

    def start(self) -> None:
        """Begin in the background; returns at once."""
        self._is_stopping = False
        self._thread = threading.Thread(target=self._work, name="index-update", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End the background work; an update that outlasts `timeout` seconds is left behind."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify_all()
        if self._thread:
            self._thread.join(timeout)

    def request(self) -> None:
        """Have the index updated; returns at once."""
        with self._wake:
            self._is_wanted = True
            # Told at once, so that who asked next does not take the old index for the new one.
            self._status = _RUNNING
            self._wake.notify_all()

    def _work(self) -> None:
        self._startup.wait()
        if self._startup.error:
            return
        wait = FIRST_WAIT_SECONDS
        is_known = False  # whether the answers were held against the index
        while not self._is_stopping:
            try:
                if not is_known and not self._is_indexed():
                    self.request()
                is_known = True
                if self._take():
                    self._update()
                    wait = FIRST_WAIT_SECONDS
                self._rest(None)
            except Exception as error:
                self._fail(error, wait)
                is_known = False
                self._rest(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def _take(self) -> bool:
        with self._wake:
            wanted, self._is_wanted = self._is_wanted, False
            return wanted

    def _rest(self, seconds: float | None) -> None:
        """Wait until an update is wanted, at most for some seconds."""
        with self._wake:
            self._wake.wait_for(lambda: self._is_wanted or self._is_stopping, seconds)

    def _is_indexed(self) -> bool:
        from index.build import overlay_is_indexed

        return overlay_is_indexed(self._startup.assistant.index.current(), self._overlay)

    def _update(self) -> None:
        from index.build import build_index

        assistant = self._startup.assistant
        # The settings may name another corpus by now than the one that is answered from.
        corpus = Path(assistant.index.current().manifest.corpus)
        report = build_index(corpus, self._data, assistant.embedder, self._report, self._overlay)
        for path, reason in report.skipped:
            logger.warning("Skipped %s: %s", path, reason)
        assistant.index.current()
        with self._wake:
            if not self._is_wanted:
                self._status = UpdateStatus(state="current", said="The index is up to date.")

    def _report(self, task: str, done: int, total: int) -> None:
        said = f"The index is being updated: {task.lower()}, {done} of {total}."
        self._status = UpdateStatus(state="running", said=said, done=done, total=total)

    def _fail(self, error: Exception, wait: float) -> None:
        if isinstance(error, DocumentationError):
            logger.warning("The approved answers wait to be indexed. %s", error)
            reason = str(error)
        else:
            # Without its thread no approved answer would be indexed any more.
            logger.exception("The index update failed and goes on")
            reason = "See the log of the server for the cause."
        self._status = UpdateStatus(
            state="failed",
            said=f"The index is not up to date and is tried again in {wait:.0f} seconds. {reason}",
        )


_RUNNING = UpdateStatus(state="running", said="The index is being updated.")

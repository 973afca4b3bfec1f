"""The start of a server: the assistant opens in the background, while pages are already served."""

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.errors import BotError, NotReady
from bot.grounds import ground_warning
from bot.profile import Profile
from bot.reply import Reply
from bot.settings import Settings
from index.errors import DocumentationError

if TYPE_CHECKING:
    from bot.assistant import Assistant

logger = logging.getLogger(__name__)


class Startup:
    """Opens the assistant of `settings` in a thread, which builds the index where there is none.

    `listeners` are told of each reply that it gives.
    """

    def __init__(
        self,
        settings: Settings,
        profile: Profile,
        listeners: Sequence[Callable[[Reply], None]] = (),
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._listeners = listeners
        self._assistant: Assistant | None = None
        self.error: BotError | DocumentationError | None = None
        self._status = "opening the index"
        self._finished = threading.Event()

    def begin(self) -> None:
        """Start opening; returns at once."""
        threading.Thread(target=self._open, name="startup", daemon=True).start()

    def wait(self) -> None:
        """Return once the assistant is open or `error` holds what prevents it."""
        self._finished.wait()

    @property
    def assistant(self) -> "Assistant":
        """The assistant; raises NotReady before it is open, and the error that prevents it."""
        if self.error:
            raise self.error
        if self._assistant is None:
            raise NotReady(f"Not ready yet: {self._status}; ask again in a few seconds.")
        return self._assistant

    @property
    def ready(self) -> bool:
        """Whether `assistant` can be asked."""
        return self._assistant is not None

    @property
    def status(self) -> str:
        """What is going on, as in "building the index, passages 12 of 57"; "ready" at the end."""
        return self._status

    def _open(self) -> None:
        try:
            # The libraries behind it take seconds to import, in which others can be answered.
            from bot.assistant import Assistant

            if warning := ground_warning(self._profile, self._settings.corpus):
                logger.warning(warning)
            assistant = Assistant.open(self._settings, self._profile, self._report)
            assistant.listeners.extend(self._listeners)
            self._assistant = assistant
            self._status = "ready"
        except (BotError, DocumentationError) as error:
            self.error = error
            self._status = str(error)
        except Exception as error:
            logger.exception("The assistant could not be opened")
            self.error = BotError(f"The assistant could not be opened ({error}): see the log.")
            self._status = str(self.error)
        finally:
            self._finished.set()

    def _report(self, task: str, done: int, total: int) -> None:
        self._status = f"building the index, {task.lower()} {done} of {total}"
        print(f"Building the index: {task} {done} of {total}", file=sys.stderr, flush=True)

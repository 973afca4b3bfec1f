"""Retention: what is kept no longer than the setting allows."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from bot.database import Database
from bot.errors import DatabaseError

logger = logging.getLogger(__name__)

EVERY_SECONDS = 24 * 60 * 60.0


class Retention:
    """Deletes for good what is older than `days`, when it starts and then every day."""

    def __init__(self, database: Database, days: int) -> None:
        self._database = database
        self._age = timedelta(days=days)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin in the background; returns at once."""
        threading.Thread(target=self._work, name="retention", daemon=True).start()

    def stop(self) -> None:
        """End the background work."""
        self._stopping.set()

    def apply(self) -> None:
        """Delete what is too old now; raises DatabaseError."""
        self._database.purge(datetime.now(UTC) - self._age)

    def _work(self) -> None:
        while True:
            try:
                self.apply()
            except DatabaseError as error:
                logger.warning("What is too old was not deleted and will be tomorrow. %s", error)
            if self._stopping.wait(EVERY_SECONDS):
                return

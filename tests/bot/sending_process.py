"""A process that sends what is due, to be killed at a moment that it names on standard output.

Run as `python -m tests.bot.sending_process DATABASE PROFILE MOMENT SECONDS`, with the seconds that
its clock is ahead.
"""

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import zendesk_destination
from bot.database import Database
from bot.destination import open_destination
from bot.outbox import Outbox
from bot.profile import Profile

BEFORE_THE_CALL = "before the call"
AFTER_THE_UPLOADS = "after the uploads"
DURING_THE_CALL = "during the call"  # the desk says when
AFTER_THE_ANSWER = "after the answer"
AT_RANDOM = "at random"


def _stop_here(*_: Any) -> None:
    print("now", flush=True)
    threading.Event().wait(60)


def _stop_before_creating(call: Callable) -> Callable:
    def stopping(client: Any, method: str, url: str, *rest: Any, **options: Any) -> Any:
        if method == "POST" and not url.endswith("/uploads"):
            _stop_here()
        return call(client, method, url, *rest, **options)

    return stopping


def _main(database_path: str, profile_json: str, moment: str, ahead: str) -> None:
    database = Database(Path(database_path))
    opened = open_destination
    if moment == BEFORE_THE_CALL:
        opened = _stop_here
    elif moment == AFTER_THE_UPLOADS:
        zendesk_destination.call = _stop_before_creating(zendesk_destination.call)
    elif moment == AFTER_THE_ANSWER:
        database.mark_sent = _stop_here
    else:
        print("now", flush=True)
    profile = Profile.model_validate_json(profile_json)
    passed = timedelta(seconds=float(ahead))
    Outbox(
        database, profile, now=lambda: datetime.now(UTC) + passed, open_destination=opened
    ).send_due()


if __name__ == "__main__":
    _main(*sys.argv[1:])

"""The login delay: whoever gives wrong passwords waits before each further try, ever longer."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from bot.errors import RateExceeded
from bot.rate_limit import household

FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = 30.0, 900.0  # seconds
FORGOTTEN_AFTER = 3600.0  # seconds without a wrong try
MAX_CALLERS = 10_000  # told apart at once, so that memory is bounded


@dataclass
class _Tries:
    """The wrong tries of one name or address: how many, when the last was, and until when to wait.

    A try counts as wrong until it is known to be right, so that many at once are not more tries.
    """

    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class LoginDelay:
    """Counts wrong tries by name and by address.

    From the fifth on each is followed by a wait, which doubles from FIRST_WAIT to LONGEST_WAIT.
    Names that exist and names that do not are treated alike.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()

    def begin(self, name: str, address: str) -> None:
        """Count a try; raises RateExceeded while the name or the address has to wait."""
        with self._lock:
            now = self._now()
            callers = [self._of(key, now) for key in _keys(name, address)]
            wait = max(tries.until for tries in callers) - now
            if wait > 0:
                seconds = ceil(wait)
                raise RateExceeded(
                    "There were too many wrong names or passwords: wait"
                    f" {seconds} second{'' if seconds == 1 else 's'} and try again.",
                    seconds,
                )
            for tries in callers:
                tries.wrong += 1
                tries.last = now
                if tries.wrong >= FREE_TRIES:
                    doubled = FIRST_WAIT * 2 ** min(tries.wrong - FREE_TRIES, 20)
                    tries.until = now + min(doubled, LONGEST_WAIT)

    def succeed(self, name: str, address: str) -> None:
        """Note that the try was right: the name's earlier ones are forgotten, it alone not counted.

        Those from the address stay, or one who has a password could guess others' for ever.
        """
        with self._lock:
            of_name, of_address = _keys(name, address)
            self._tries.pop(of_name, None)
            if tries := self._tries.get(of_address):
                tries.wrong -= 1
                tries.until = 0.0

    def _of(self, key: tuple[str, str], now: float) -> _Tries:
        tries = self._tries.setdefault(key, _Tries())
        if tries.last < now - FORGOTTEN_AFTER:
            tries.wrong = 0
        self._tries.move_to_end(key)
        if len(self._tries) > MAX_CALLERS:
            self._tries.popitem(last=False)
        return tries


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name.strip().casefold()), ("address", household(address))

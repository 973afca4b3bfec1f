"""Rate limits: how many requests a minute a visitor, a site and an API key may make."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from bot.errors import RateExceeded
from bot.settings import Settings

MAX_CALLERS = 10_000  # told apart at once, so that memory is bounded
_MINUTE = 60.0
_REST = "all others"

# What a page sends by itself stays far below: it looks once a second whether a ticket arrived.
REQUESTS, REQUESTS_SECONDS = 200, 10.0


class MovingWindow:
    """At most `requests` of one caller within any `seconds`.

    When MAX_CALLERS have called within that time, those who come later share one window.
    """

    def __init__(
        self, requests: int, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._requests = requests
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        # The times of the requests of each caller; who called last stands last.
        self._calls: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Count a request; returns 0.0, or the seconds to wait when it is one too many.

        One that is refused does not count.
        """
        with self._lock:
            now = self._now()
            self._forget(now - self._seconds)
            if caller not in self._calls and len(self._calls) >= MAX_CALLERS:
                caller = _REST
            calls = self._calls.setdefault(caller, deque())
            while calls and calls[0] <= now - self._seconds:
                calls.popleft()
            if len(calls) >= self._requests:
                return calls[0] + self._seconds - now
            calls.append(now)
            self._calls.move_to_end(caller)
            return 0.0

    def _forget(self, before: float) -> None:
        while self._calls:
            caller, calls = next(iter(self._calls.items()))
            if calls[-1] > before:
                return
            del self._calls[caller]


class RateLimits:
    """The limits of one server, which every way in asks before it does anything costly."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._visitors = MovingWindow(settings.visitor_rate, _MINUTE)
        self._sites = MovingWindow(settings.site_rate, _MINUTE)
        self._keys = MovingWindow(settings.key_rate, _MINUTE)
        self._requests = MovingWindow(REQUESTS, REQUESTS_SECONDS)

    def count_question(self, visitor: str, site: str | None = None) -> None:
        """Count a question, search, vote or ticket of a visitor, on a site where there is one.

        `visitor` is the network address. Raises RateExceeded.
        """
        _refuse(
            self._visitors.take(household(visitor)),
            f"More than {self._settings.visitor_rate} messages came from you within a minute",
        )
        if site:
            _refuse(
                self._sites.take(site),
                "More visitors of this site ask at this moment than the server takes",
            )

    def count_request(self, visitor: str) -> None:
        """Count any other request that makes the server work; raises RateExceeded."""
        _refuse(
            self._requests.take(household(visitor)),
            "More requests came from you at once than a person makes",
        )

    def count_use(self, key_name: str) -> None:
        """Count a request with an API key; raises RateExceeded."""
        _refuse(
            self._keys.take(key_name),
            f"More than {self._settings.key_rate} requests came with this API key within a minute",
        )


def _refuse(wait: float, reason: str) -> None:
    if wait:
        seconds = ceil(wait)
        unit = "second" if seconds == 1 else "seconds"
        raise RateExceeded(f"{reason}: wait {seconds} {unit} and try again.", seconds)


def household(address: str) -> str:
    """The address, or the network of an IPv6 address, of which one visitor has a whole one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), 64), strict=False))

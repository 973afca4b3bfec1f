"""Monitoring: what a server did, as figures for Prometheus; nothing in them is personal."""

from collections.abc import Callable, Iterator
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from bot.database import Database, Vote
from bot.kept_ticket import TicketState
from bot.reply import Outcome, Reply

Refusal = Literal["host", "origin", "key", "rate", "size"]  # why a request is turned away

_SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)
_MILLISECONDS = 1000


class Monitoring:
    """The figures of one server; methods may be called from any thread."""

    def __init__(self, database: Database) -> None:
        self._registry = CollectorRegistry()
        self._replies = Counter(
            "supportbot_replies",
            "Replies given since the start.",
            ["outcome"],
            registry=self._registry,
        )
        for outcome in get_args(Outcome):
            self._replies.labels(outcome)
        self._seconds = Histogram(
            "supportbot_answer_seconds",
            "From a question to its whole reply.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refusals = Counter(
            "supportbot_refused_requests",
            "Requests turned away since the start: by origin, key, rate or size.",
            ["reason"],
            registry=self._registry,
        )
        for reason in get_args(Refusal):
            self._refusals.labels(reason)
        self._ready = Gauge(
            "supportbot_ready", "1 when questions can be answered.", registry=self._registry
        )
        self._registry.register(_Kept(database))

    def count_reply(self, reply: Reply) -> None:
        """Note a reply and the time that it took."""
        self._replies.labels(reply.outcome).inc()
        self._seconds.observe(reply.timings_ms.total / _MILLISECONDS)

    def count_refusal(self, reason: Refusal) -> None:
        """Note a request that was turned away."""
        self._refusals.labels(reason).inc()

    def watch_ready(self, is_ready: Callable[[], bool]) -> None:
        """Ask `is_ready` whenever the figures are read."""
        self._ready.set_function(lambda: float(is_ready()))

    def text(self) -> bytes:
        """The figures in Prometheus' text format; raises DatabaseError."""
        return generate_latest(self._registry)


class _Kept:
    """How many tickets and votes the database holds when the figures are read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        tickets = self._database.tickets_by_state()
        yield _by_label(
            "supportbot_tickets", "Tickets kept.", "state", get_args(TicketState), tickets
        )
        votes = self._database.votes()
        yield _by_label("supportbot_feedback", "Votes kept.", "vote", get_args(Vote), votes)

    def describe(self) -> list[Metric]:
        """Nothing, so that registering does not read the database."""
        return []


def _by_label(
    name: str, help: str, label: str, values: tuple[str, ...], counts: dict[str, int]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help, labels=[label])
    for value in values:
        family.add_metric([value], counts.get(value, 0))
    return family

"""The figures for Prometheus: what happened, and nothing about anybody."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.database import Database
from bot.monitoring import Monitoring
from bot.reply import Reply, Timings
from tests.bot.ticket_samples import CONTACT, LOG, TICKET

REPLY = Reply(
    question="Stuck?", standalone_question="Stuck?", outcome="unanswered", answer="Unknown.",
    confidence=0.1, timings_ms=Timings(total=300),
)  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "bot.sqlite")


@pytest.fixture
def monitoring(database: Database) -> Monitoring:
    return Monitoring(database)


def samples(text: str) -> dict[str, float]:
    """The samples, each under its name and labels, such as `supportbot_tickets saved`."""
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figures(monitoring: Monitoring) -> dict[str, float]:
    return samples(monitoring.text().decode())


def test_every_figure_is_there_before_anything_happened(monitoring: Monitoring) -> None:
    figure = figures(monitoring)
    assert figure["supportbot_replies_total answered"] == 0
    assert figure["supportbot_tickets saved"] == 0
    assert figure["supportbot_feedback down"] == 0
    assert figure["supportbot_refused_requests_total origin"] == 0


def test_replies_are_counted_by_outcome_and_timed(monitoring: Monitoring) -> None:
    monitoring.count_reply(REPLY)
    monitoring.count_reply(REPLY)
    figure = figures(monitoring)
    assert figure["supportbot_replies_total unanswered"] == 2
    assert figure["supportbot_answer_seconds_sum"] == pytest.approx(0.6)
    assert figure["supportbot_answer_seconds_bucket 0.2"] == 0
    assert figure["supportbot_answer_seconds_bucket 0.35"] == 2


def test_tickets_and_votes_are_what_the_database_holds(
    monitoring: Monitoring, database: Database
) -> None:
    database.mark_sent(database.add_ticket("c1", TICKET), "42")
    database.add_ticket("c1", TICKET)
    database.add_reply("r1", "c1", REPLY)
    database.add_feedback("r1", "up", "")
    database.add_feedback("r1", "down", "")
    figure = figures(monitoring)
    assert (figure["supportbot_tickets sent"], figure["supportbot_tickets saved"]) == (1, 1)
    assert (figure["supportbot_feedback up"], figure["supportbot_feedback down"]) == (0, 1)


def test_it_tells_whether_questions_can_be_answered(monitoring: Monitoring) -> None:
    ready = False
    monitoring.watch_ready(lambda: ready)
    assert figures(monitoring)["supportbot_ready"] == 0
    ready = True
    assert figures(monitoring)["supportbot_ready"] == 1


def test_each_server_has_figures_of_its_own(monitoring: Monitoring, database: Database) -> None:
    monitoring.count_refusal("rate")
    assert figures(monitoring)["supportbot_refused_requests_total rate"] == 1
    assert figures(Monitoring(database))["supportbot_refused_requests_total rate"] == 0


def test_nothing_of_a_person_is_among_the_figures(
    monitoring: Monitoring, database: Database
) -> None:
    database.add_ticket("c-of-ann", TICKET, contact=CONTACT, attachments=[LOG])
    monitoring.count_reply(REPLY)
    text = monitoring.text().decode().lower()
    assert not [word for word in ("ann", "boat", "stuck", "c-of-ann", "helm") if word in text]

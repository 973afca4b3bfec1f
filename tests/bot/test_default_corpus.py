"""The bot as it comes: the default corpus, its profile, the real models."""

from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.profile import load_profile
from bot.settings import Settings

CORPUS = Path(__file__).parents[2] / "corpus"
PROFILE = load_profile(None, CORPUS)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    settings = Settings(corpus=CORPUS, data=tmp_path_factory.mktemp("data"))
    return Assistant.open(settings, PROFILE, lambda *_: None)


@pytest.mark.parametrize("question", PROFILE.talk.examples)
def test_every_example_question_is_answered(assistant, question):
    assert assistant.ask(question).outcome == "answered"


def test_a_cell_and_the_section_that_contradicts_it_are_both_cited(assistant):
    reply = assistant.ask("Who supports the deployment pipeline on SAP BTP?")
    cited = {" ".join(citation.section) for citation in reply.citations}
    assert "the cell is empty" in reply.answer
    assert any("Deployment Pipeline" in headings for headings in cited)


def test_a_critical_incident_is_drafted_for_the_portal_with_the_call_to_phone(assistant):
    ticket = assistant.ask("Our production app is down since 10:00, nobody can sign in").ticket
    assert (ticket.desk, ticket.kind, ticket.priority) == ("support_portal", "Incident", "critical")
    assert "call" in ticket.how


def test_a_price_that_the_pages_do_not_give_is_not_invented(assistant):
    reply = assistant.ask("What does the Premium SLA cost?")
    assert reply.outcome == "unanswered"
    assert reply.ticket.desk == "customer_success"

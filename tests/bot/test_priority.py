"""The priority follows from impact and urgency, with its reason."""

from pathlib import Path

import pytest

from bot.cue import hear
from bot.priority import assess
from bot.profile import PriorityMatrix, Rating, load_profile

DEFAULT = load_profile(None, Path(__file__).parents[2] / "corpus").ticket.priority

RULES = PriorityMatrix(
    impact=(
        Rating(rank="high", cues=(("everyone",),)),
        Rating(rank="low", cues=(("sandbox",),)),
    ),
    urgency=(
        Rating(rank="low", cues=(("no hurry",),)),
        Rating(rank="high", cues=(("down", "offline"),)),
    ),
    workaround=(("workaround",),),
)


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("It is down for everyone", "critical"),
        ("It is slow for everyone", "high"),
        ("It is down", "high"),
        ("It is slow", "medium"),
        ("It is odd for everyone, no hurry", "medium"),
        ("The sandbox is down", "medium"),
        ("The sandbox is slow", "low"),
        ("It is odd, no hurry", "low"),
        ("The sandbox is odd, no hurry", "low"),
    ],
)
def test_impact_and_urgency_meet_in_the_matrix(text, priority):
    assert assess("problem", hear(text), RULES).priority == priority


def test_with_a_workaround_the_impact_is_medium_at_most():
    assessment = assess("problem", hear("down for everyone, with a workaround"), RULES)
    assert assessment.priority == "high"
    assert "impact medium (at most, with “workaround”)" in assessment.reason


def test_the_reason_quotes_what_was_met():
    reason = assess("problem", hear("Offline for everyone"), RULES).reason
    assert reason == "Priority critical: impact high (“everyone”), urgency high (“offline”)."


def test_a_question_about_trouble_is_no_trouble():
    assert assess("question", hear("What if it is down for everyone?"), RULES).priority == "low"


def test_a_request_without_a_word_for_it_is_low():
    assert assess("request", hear("Please change it"), RULES).priority == "low"


def test_the_matrix_is_data():
    row = {"high": "low", "medium": "low", "low": "low"}
    rules = RULES.model_copy(update={"matrix": dict.fromkeys(("high", "medium", "low"), row)})
    assert assess("problem", hear("It is down for everyone"), rules).priority == "low"


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("It is not down", "medium"),
        ("There was never a real down", "medium"),
        ("It isn't really offline", "medium"),
        ("Es ist nicht offline", "medium"),
        ("No está offline", "medium"),
        ("It is down, not offline", "high"),
        ("It does not work. Offline!", "high"),
        ("It is down, not for everyone", "high"),
        ("It does not work without a workaround, down for everyone", "critical"),
    ],
)
def test_what_is_denied_right_before_it_does_not_count(text, priority):
    assert assess("problem", hear(text), RULES).priority == priority


def test_a_clause_can_be_left_out_by_its_words():
    rating = Rating(rank="high", cues=(("everyone",),), unless=("hi everyone",))
    rules = PriorityMatrix(impact=(rating,))
    assert assess("problem", hear("Hi everyone, it is slow"), rules).priority == "medium"
    assert assess("problem", hear("Hi everyone, it is slow for everyone"), rules).priority == "high"


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("The boat sinks", "high"),
        ("The boat has a problem. It sinks.", "high"),
        ("The toy sinks, and later the boat comes", "medium"),
        ("The toy sinks. The boat comes tomorrow.", "medium"),
        ("The boat and the toy sink", "high"),
        ("The toy is fine, but the boat sinks", "high"),
    ],
)
def test_what_is_said_of_something_else_does_not_count(text, priority):
    rating = Rating(rank="high", cues=(("boat",), ("sink", "sinks")), elsewhere=("toy",))
    rules = PriorityMatrix(impact=(rating,))
    assert assess("problem", hear(text), rules).priority == priority


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Our production app is down after the update to a minor version.", "critical"),
        ("After a minor change nobody can log in", "critical"),
        ("It is a minor problem: the label is cut off", "low"),
        ("In production works nothing", "medium"),
        ("Die Produktion läuft nicht", "medium"),
        ("Die Anmeldung funktioniert nicht in Produktion", "medium"),
        ("Der Fehler kommt nur im Test, nicht in Produktion", "low"),
        ("Acceptance is down, production works", "medium"),
        (
            "Our acceptance environment is down. We want to go live in production on Monday.",
            "medium",
        ),
        ("The test environment does not start. Production has no problem at all.", "medium"),
        ("Unsere Testumgebung startet nicht. Die Produktion geht morgen live.", "medium"),
        ("Nuestro entorno de pruebas no arranca. Producción no tiene problemas.", "medium"),
        ("Production and acceptance are down", "critical"),
        ("The production environment is down. Acceptance works fine.", "critical"),
        ("Our production app has a problem. It is down.", "critical"),
        ("There is no data loss, but production shows an error for one user.", "medium"),
        ("Kein Datenverlust, aber die Produktion zeigt einen Fehler.", "medium"),
        ("No hay pérdida de datos, pero producción muestra un error", "medium"),
        ("Hi everyone, our report is slow", "medium"),
        ("Hi everyone, our report is slow for everyone", "high"),
        ("It is not critical, but our report shows an error", "medium"),
        ("We are losing money without production", "critical"),
        ("No production app can be used, the portal is down", "critical"),
        ("Nothing in production works, we cannot work", "critical"),
        ("Not only is production down, users lost data", "critical"),
    ],
)
def test_the_default_profile_rates_what_is_said_of_the_problem(text, priority):
    assert assess("problem", hear(text), DEFAULT).priority == priority

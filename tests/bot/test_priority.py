"""The priority follows from impact and urgency, with its reason."""

import pytest

from bot.cue import hear
from bot.priority import assess
from bot.profile import PriorityMatrix, Rating

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

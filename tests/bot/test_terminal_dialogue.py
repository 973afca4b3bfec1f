"""A dialogue in the terminal: context, choices, sections, and what is typed wrongly."""

import io

import pytest
from rich.console import Console

from bot.assistant import Assistant
from bot.profile import load_profile
from bot.terminal_dialogue import HELP, converse


@pytest.fixture(scope="module")
def assistant(settings) -> Assistant:
    return Assistant.open(
        settings, load_profile(settings.profile, settings.corpus), lambda *_: None
    )


@pytest.fixture
def say(assistant):
    """Type some lines; gives what was printed."""

    def typed(*lines: str) -> str:
        out = io.StringIO()
        converse(assistant, lines, Console(file=out, width=200))
        return out.getvalue()

    return typed


def test_a_question_that_cannot_be_taken_does_not_end_the_dialogue(say):
    shown = say("x" * 100_000, "When is the lock gate open?")
    assert "06:00 to 22:00" in shown


def test_what_follows_leans_on_what_was_said(say):
    shown = say("When is the lock gate open?", "until when is it open?")
    assert shown.count("06:00 to 22:00 every day. [1]") == 2


def test_a_new_conversation_forgets_what_was_said(say):
    shown = say("When is the lock gate open?", "/new", "until when is it open?")
    assert "nothing said before counts" in shown
    assert shown.count("06:00 to 22:00 every day. [1]") == 1


def test_the_section_of_a_source_is_shown_whole(say):
    shown = say("When is the lock gate open?", "/section 1")
    assert "Sailing boats lower their sails." in shown.split("confidence")[1]


def test_a_source_that_is_not_there_is_said(say):
    assert "no source 9" in say("When is the lock gate open?", "/section 9")
    assert "no source 1" in say("/section 1")


def test_an_unknown_command_is_no_question(say):
    shown = say("/secton 1")
    assert f"There is no /secton. {HELP}" in shown
    assert "confidence" not in shown


def test_empty_lines_are_passed_over(say):
    assert "confidence" not in say("", "   ")


def test_what_comes_after_quit_is_not_asked(say):
    assert "confidence" not in say("/quit", "When is the lock gate open?")


def test_a_number_chooses_one_of_the_readings(say):
    shown = say("how does it work?", "1")
    assert shown.count("confidence") == 2


def test_a_number_beyond_the_readings_is_told_their_range(say):
    assert "Choose from 1 to" in say("how does it work?", "9")

"""The subject says what a request is about."""

import pytest

from bot.profile import Kind, TicketForm
from bot.subject import MAX_SUBJECT, is_vague, write_subject
from bot.utterance import split_utterances

INCIDENT = Kind(label="Incident", act="problem")


def subject(text: str, kind: Kind = INCIDENT) -> str:
    return write_subject(split_utterances(text, TicketForm()), kind.act, kind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, the winch is broken. Thanks!", "The winch is broken"),
        ("Dear support team,\nthe winch is broken", "The winch is broken"),
        ("Hi, I have a problem: the winch is broken", "The winch is broken"),
        ("I am at pier 4. The winch is broken.", "The winch is broken"),
        ("URGENT!!! the winch is broken!!!", "The winch is broken"),
        ("Also, the winch is broken", "The winch is broken"),
        ("Problem 2: the winch is broken", "The winch is broken"),
        ("1. The winch is broken", "The winch is broken"),
        ("Guten Tag, die Winde funktioniert nicht", "Die Winde funktioniert nicht"),
        ("Hola, el cabrestante no funciona", "El cabrestante no funciona"),
    ],
)
def test_the_sentence_that_carries_the_problem_is_the_subject(text, expected):
    assert subject(text) == expected


def test_a_sentence_about_the_kind_comes_before_one_that_is_not():
    kind = Kind(label="Reset", act="request", cues=(("winch code",),))
    assert subject("Please open the gate. Please reset the winch code.", kind) == (
        "Please reset the winch code"
    )


@pytest.mark.parametrize("text", ["It doesn't work!!!", "help me please", "es geht nicht mehr"])
def test_where_nothing_is_named_the_kind_is(text):
    assert is_vague(text)
    assert subject(text).startswith("Incident")


def test_a_long_sentence_is_cut_after_a_clause():
    text = "The winch is broken on pier 4, and nobody here knows how " + "it is put right " * 5
    assert subject(text) == "The winch is broken on pier 4"


def test_a_long_id_is_shortened_before_what_happened_is_cut_off():
    id = "3f2a1b4c-5d6e-7f80-91a2-b3c4d5e6f708"
    told = f"The winch {id} of the northern pier stops with error 17 since 14:20"
    assert (
        subject(told) == "The winch 3f2a1b4c… of the northern pier stops with error 17 since 14:20"
    )


def test_a_long_clause_is_cut_between_words():
    cut = subject("The winch is broken because " + "of the salty water of the sea " * 5)
    assert len(cut) <= MAX_SUBJECT
    assert cut.endswith("…")

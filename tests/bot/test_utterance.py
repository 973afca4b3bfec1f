"""A message falls into sentences as people type them."""

import pytest

from bot.profile import Information, TicketForm
from bot.utterance import is_item, split_utterances, without_marker

FORM = TicketForm(
    information=(
        Information(label="Error", pattern=r'"([^"]+)"', verbatim=True),
        Information(label="Code", pattern=r"(?s)```\n(.+?)\n```", verbatim=True),
    )
)


@pytest.mark.parametrize(
    ("text", "utterances"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("help!! it broke", ["help!!", "it broke"]),
        ("First line\nsecond line", ["First line", "second line"]),
        ('It says "No. Go." Then it stops.', ['It says "No. Go."', "Then it stops."]),
        (
            "It says ```\nA.\nB.\n``` and stops. Why?",
            ["It says ```\nA.\nB.\n``` and stops.", "Why?"],
        ),
        ("1. Open it.\n2. Close it.", ["1. Open it.", "2. Close it."]),
        ("Two: 1) it leaks 2) it sinks", ["Two:", "1) it leaks", "2) it sinks"]),
        ("With version 10.6.1 e.g. today", ["With version 10.6.1 e.g. today"]),
    ],
)
def test_a_sentence_ends_where_it_is_said_to_end(text, utterances):
    assert split_utterances(text, FORM) == utterances


def test_an_item_is_known_by_its_marker():
    assert is_item("2) it sinks")
    assert not is_item("2 of them sink")
    assert without_marker("- it sinks") == "it sinks"

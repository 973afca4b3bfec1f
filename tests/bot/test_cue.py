"""Cues of the profile are found among the words of a message."""

import pytest

from bot.cue import hear, holds, met


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("we run a load test", "load tests"),
        ("an in-house server", "in house"),
        ("Our METRICS are gone", "metrics"),
        ("la producción está caída", "produccion"),
        ("unsere Produktionsumgebung steht", "produktion*"),
        ("we configured the gate", "config* the gate"),
    ],
)
def test_the_words_of_a_cue_stand_in_a_row_in_any_form(text, cue):
    assert holds(hear(text), cue)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("we test the load", "load test"),
        ("it starts at noon", "ATS"),
        ("reproduction", "produktion*"),
        ("the config of it", "config* gate"),
        ("anything", ""),
        ("load", "load test"),
    ],
)
def test_other_words_do_not_hold_a_cue(text, cue):
    assert not holds(hear(text), cue)


def test_cues_are_met_when_every_list_has_a_match_and_say_which():
    cues = (("logs", "metrics"), ("SAP BTP", "SAP"))
    assert met(hear("our metrics on SAP"), cues) == ["metrics", "SAP"]
    assert met(hear("our metrics on Azure"), cues) is None


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("The gate is shut, the crane works. All is well", [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]),
        ("Shut but dry", [0, 1, 1]),
        ("Version 10.6, again", [0, 0, 0, 1]),
        ("Gate and crane", [0, 0, 0]),
    ],
)
def test_each_word_is_heard_in_its_clause(text, clauses):
    assert list(hear(text).clauses) == clauses

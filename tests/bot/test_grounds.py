"""Rules rest on sections; those that the corpus lacks are a warning."""

import pytest

from bot.grounds import ground_warning, missing_sections
from bot.profile import Desk, Kind, Profile, Route, TicketForm

PAGE = "# Harbour\n\n## Lock Gate {#gate}\n\nThe gate is open.\n\n## Berth Fees\n\n14 euros.\n"


def profile(*sections: str) -> Profile:
    return Profile(
        desks=(Desk(id="desk", name="Desk", how="Write."),),
        default_desk="desk",
        routes=tuple(Route(desk="desk", cues=(("x",),), section=each) for each in sections),
        ticket=TicketForm(kinds=(Kind(label="Question", act="question"),)),
    )


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "harbour.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_sections_that_are_there_are_no_warning(corpus):
    rules = profile("harbour.md#gate", "harbour.md#berth-fees", "harbour.md", "")
    assert missing_sections(rules, corpus) == []
    assert ground_warning(rules, corpus) == ""


def test_a_missing_anchor_and_a_missing_page_are_named_once(corpus):
    rules = profile("harbour.md#tide", "gone.md#gate", "harbour.md#tide")
    assert missing_sections(rules, corpus) == ["harbour.md#tide", "gone.md#gate"]
    assert "2 sections" in ground_warning(rules, corpus)


def test_of_many_missing_sections_the_first_are_listed(corpus):
    warning = ground_warning(profile(*(f"gone.md#{n}" for n in range(20))), corpus)
    assert "gone.md#0" in warning
    assert "gone.md#19" not in warning
    assert "20 sections" in warning


def test_a_corpus_that_is_not_there_has_no_sections(tmp_path):
    assert missing_sections(profile("a.md#b"), tmp_path / "nowhere") == ["a.md#b"]

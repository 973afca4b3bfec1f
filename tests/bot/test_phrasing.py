"""Phrases of every purpose are there in every language."""

import tomllib
from importlib import resources

import pytest

from bot.phrasing import Phrasing

LANGUAGES = tomllib.loads(resources.files("bot").joinpath("phrases.toml").read_text("utf-8"))
PURPOSES = sorted(LANGUAGES["english"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_serves_every_purpose(language):
    assert sorted(LANGUAGES[language]) == PURPOSES


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_phrase_matches_everything(purpose):
    assert not Phrasing(purpose).search("harbour")


def test_what_opens_a_text_is_cut_as_often_as_it_stands_there():
    assert Phrasing("filler").cut("Hello, dear team, the gate is shut") == "the gate is shut"

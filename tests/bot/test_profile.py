"""A profile is validated when it is loaded, with errors that name the place."""

import pytest

from bot.errors import ProfileError
from bot.profile import NEUTRAL, load_profile

MINIMAL = """
default_desk = "help"
[[desks]]
id = "help"
name = "Help desk"
how = "Write to us."
"""


def test_a_corpus_without_profile_gets_the_neutral_one(tmp_path):
    assert load_profile(None, tmp_path) is NEUTRAL


def test_a_named_profile_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(tmp_path / "missing.toml", tmp_path)


def test_a_profile_from_elsewhere_says_nothing_of_how_the_pages_came_about(tmp_path):
    (tmp_path / "support.toml").write_text(MINIMAL + '[product]\nsource_note = "our summary"\n')
    corpus = tmp_path / "pages"
    corpus.mkdir()
    assert load_profile(None, tmp_path).product.source_note == "our summary"
    assert load_profile(tmp_path / "support.toml", corpus).product.source_note == ""


def test_broken_toml_is_named_with_its_line(tmp_path):
    (tmp_path / "support.toml").write_text("\ndefault_desk = = 1")
    with pytest.raises(ProfileError, match="line 2"):
        load_profile(None, tmp_path)


def test_an_unknown_key_is_named(tmp_path):
    (tmp_path / "support.toml").write_text('colour = "red"\n' + MINIMAL)
    with pytest.raises(ProfileError, match="colour"):
        load_profile(None, tmp_path)


def test_a_route_to_a_desk_that_does_not_exist_is_named(tmp_path):
    route = '[[routes]]\ndesk = "nowhere"\ncues = [["x"]]\n'
    (tmp_path / "support.toml").write_text(MINIMAL + route)
    with pytest.raises(ProfileError, match="nowhere"):
        load_profile(None, tmp_path)


def test_a_pattern_that_is_no_regular_expression_is_named(tmp_path):
    wrong = '[[ticket.information]]\nlabel = "App ID"\npattern = "("\n'
    (tmp_path / "support.toml").write_text(MINIMAL + wrong)
    with pytest.raises(ProfileError, match="App ID"):
        load_profile(None, tmp_path)


def test_a_form_without_a_plain_kind_for_questions_is_refused(tmp_path):
    form = '[[ticket.kinds]]\nlabel = "Reset"\nact = "question"\ncues = [["reset"]]\n'
    (tmp_path / "support.toml").write_text(MINIMAL + form)
    with pytest.raises(ProfileError, match="question"):
        load_profile(None, tmp_path)


def test_a_minimal_profile_has_one_desk_and_a_form(tmp_path):
    (tmp_path / "support.toml").write_text(MINIMAL)
    profile = load_profile(None, tmp_path)
    assert profile.desk("help").name == "Help desk"
    assert profile.ticket.kinds

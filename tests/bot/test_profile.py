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


def test_an_accent_that_is_no_colour_is_refused_with_its_line(tmp_path):
    (tmp_path / "support.toml").write_text(MINIMAL + '[product]\naccent = "teal"\n')
    with pytest.raises(ProfileError, match="line 8 at product.accent: 'teal' is no colour"):
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


INFORMATION = """
[[ticket.kinds]]
label = "Question"
act = "question"
fields = ["Berth"]

[[ticket.information]]
label = "Berth"
"""


@pytest.mark.parametrize(
    ("added", "line", "fault"),
    [
        ('\n[[routes]]\ndesk = "help"\ncues = [\n    [1],\n]\n', 11, "valid string"),
        ("\n[[routes]]\ncues = []\n", 8, "Field required"),
        ('\n[[routes]]\n# a note\ndesk = "nowhere"\ncues = []\n', 10, "desk nowhere is named"),
        ('\n[ticket]\nkinds = [\n  { label = "X", act = "sing" },\n]\n', 10, "Input should be"),
        ('\n[[desks]]\nid = "help"\nname = "H"\nhow = "W"\n', 9, "desk help is described twice"),
        ("\n[talk]\nwelcome = 5\n", 9, "valid string"),
        ("\n[ticket.priority]\nacts = 3\n", 9, "valid tuple"),
        ('\n[ticket.priority.matrix]\nhigh = { high = "low" }\n', 8, "needs a row"),
        (INFORMATION.replace('["Berth"]', '["Bert"]'), 11, "field 'Bert' is named"),
        (
            INFORMATION
            + '[[ticket.information.choices]]\nvalue = "A"\ncues = []\nsettles = { Pier = "1" }\n',
            18,
            "field 'Pier' is named",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path, added, line, fault):
    (tmp_path / "support.toml").write_text(MINIMAL + added)
    with pytest.raises(ProfileError, match=f"on line {line} .*{fault}"):
        load_profile(None, tmp_path)


def test_a_file_from_windows_has_the_same_lines(tmp_path):
    toml = (MINIMAL + "\n[talk]\nwelcome = 5\n").replace("\n", "\r\n")
    (tmp_path / "support.toml").write_bytes(b"\xef\xbb\xbf" + toml.encode())
    with pytest.raises(ProfileError, match="line 9"):
        load_profile(None, tmp_path)


def test_a_minimal_profile_has_one_desk_and_a_form(tmp_path):
    (tmp_path / "support.toml").write_text(MINIMAL)
    profile = load_profile(None, tmp_path)
    assert profile.desk("help").name == "Help desk"
    assert profile.ticket.kinds

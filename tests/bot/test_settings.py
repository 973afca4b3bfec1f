"""Settings come from the environment, are documented, and refuse what is wrong."""

from pathlib import Path

import pytest

from bot.errors import BotError
from bot.settings import Settings, read_settings

README = Path(__file__).parents[2] / "README.md"


def test_a_value_of_the_wrong_kind_is_named_with_its_variable(monkeypatch):
    monkeypatch.setenv("SUPPORTBOT_PORT", "many")
    with pytest.raises(BotError, match="SUPPORTBOT_PORT"):
        read_settings()


def test_what_is_given_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("SUPPORTBOT_CORPUS", "elsewhere")
    assert read_settings().corpus == Path("elsewhere")
    assert read_settings(corpus=Path("here")).corpus == Path("here")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_readme_with_its_help(name):
    (line,) = [
        line
        for line in README.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| `SUPPORTBOT_{name.upper()}`")
    ]
    assert Settings.model_fields[name].description in line

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


def test_a_list_is_written_with_commas(monkeypatch):
    monkeypatch.setenv("SUPPORTBOT_ORIGINS", "https://a.example, HTTPS://B.example:443/ ,")
    monkeypatch.setenv("SUPPORTBOT_TRUSTED_PROXIES", "10.0.0.0/8,::1")
    settings = read_settings()
    assert settings.origins == ("https://a.example", "https://b.example")
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ORIGINS", "*", "'*' is no origin: write it like https://support.example.com"),
        ("ORIGINS", "https://a.example/page", "is no origin"),
        ("ORIGINS", "null", "is no origin"),
        ("TRUSTED_PROXIES", "*", "'*' is no network: write it like 10.0.0.0/8 or 127.0.0.1"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "'10.0.0.1/8' is no network: write it like 10.0.0.0/8"),
        ("VISITOR_RATE", "0", "greater than or equal to 1"),
        ("IDENTITY_SECRET", "s3cret", "at least 32 bytes"),
    ],
)
def test_what_would_open_the_gate_too_far_is_refused(monkeypatch, name, value, words):
    monkeypatch.setenv(f"SUPPORTBOT_{name}", value)
    with pytest.raises(BotError, match=f"SUPPORTBOT_{name} is wrong: ") as refused:
        read_settings()
    assert words in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_by_default_no_site_no_proxy_and_no_identity_is_trusted():
    settings = Settings()
    assert (settings.origins, settings.trusted_proxies) == ((), ())
    assert settings.identity_secret is None


@pytest.mark.parametrize("name", Settings.model_fields)
def test_an_empty_variable_counts_as_not_set(monkeypatch, name):
    monkeypatch.setenv(f"SUPPORTBOT_{name.upper()}", "")
    assert getattr(read_settings(), name) == Settings.model_fields[name].default


def test_a_secret_is_not_shown_with_the_settings(monkeypatch):
    monkeypatch.setenv("SUPPORTBOT_IDENTITY_SECRET", "s3cret" * 6)
    assert "s3cret" not in repr(read_settings())

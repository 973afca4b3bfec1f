"""`supportbot keys`: making, listing and revoking the API keys of programs."""

import json
from functools import partial
from pathlib import Path

import pytest

from bot.api_key import digest
from bot.database import Database
from tests.bot.conftest import Command


@pytest.fixture
def run(supportbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `supportbot keys`."""
    monkeypatch.setenv("SUPPORTBOT_DATA", str(tmp_path))
    return partial(supportbot, "keys")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "supportbot.sqlite")


@pytest.mark.parametrize(
    "arguments",
    [
        ["create", "crm"],
        ["create", "crm", "--scope", "all"],
        ["create", "", "--scope", "ask"],
        ["create", "n" * 101, "--scope", "ask"],
        ["create", "crm", "--scope", "ask", "--days", "0"],
        ["create", "crm", "--scope", "ask", "--days", "99999999"],
        ["revoke"],
    ],
)
def test_bad_usage_has_exit_code_2_and_makes_no_key(
    run: Command, database: Database, arguments: list[str]
) -> None:
    assert run(*arguments)[0] == 2
    assert database.api_keys() == []


def test_a_key_is_shown_once_and_kept_as_its_digest(run: Command, database: Database) -> None:
    code, out, _ = run("create", "crm", "--scope", "ask", "--scope", "tickets")
    text = out.splitlines()[0]
    assert code == 0
    assert database.api_key_of_digest(digest(text)).scopes == ("ask", "tickets")
    assert text not in run("list")[1] + run("list", "--json")[1]


def test_a_key_is_made_for_a_program(run: Command, database: Database) -> None:
    made = json.loads(
        run("create", "crm", "--scope", "ask", "--scope", "ask", "--days", 30, "--json")[1]
    )
    kept = database.api_key_of_digest(digest(made["key"]))
    assert (made["name"], made["scopes"]) == ("crm", ["ask"])
    assert (kept.expires - kept.created).days == 30


def test_a_name_that_is_taken_is_one_sentence_and_exit_code_1(run: Command) -> None:
    run("create", "crm", "--scope", "ask")
    code, out, err = run("create", "crm", "--scope", "ask")
    assert (code, out) == (1, "")
    assert err.strip() == "There is a key named 'crm': choose another name, or revoke that one."


def test_keys_are_listed_with_what_they_allow(run: Command) -> None:
    run("create", "[bold]crm", "--scope", "ask", "--scope", "search")
    run("create", "desk", "--scope", "tickets", "--days", "1")
    code, out, _ = run("list")
    assert code == 0
    assert "[bold]crm" in out
    assert "ask, search" in out
    assert [key["name"] for key in json.loads(run("list", "--json")[1])["keys"]] == [
        "[bold]crm",
        "desk",
    ]


def test_without_keys_the_list_says_how_to_make_one(run: Command) -> None:
    assert "supportbot keys create" in run("list")[1]
    assert json.loads(run("list", "--json")[1]) == {"keys": []}


def test_a_revoked_key_is_gone(run: Command, database: Database) -> None:
    run("create", "crm", "--scope", "ask")
    assert run("revoke", "crm")[:2] == (0, "The key crm is revoked.\n")
    assert database.api_keys() == []
    code, _, err = run("revoke", "crm", "--json")
    assert code == 1
    assert "no key named 'crm'" in err

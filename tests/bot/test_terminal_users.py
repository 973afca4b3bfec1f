"""`supportbot users`: adding, listing and removing who may work at the desk."""

import io
import json
from pathlib import Path

import pytest

from bot.user import UserFile
from tests.bot.conftest import Command

PASSWORD = "correct horse battery"


@pytest.fixture
def run(supportbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `supportbot users` with a password as input."""
    monkeypatch.setenv("SUPPORTBOT_USERS", str(tmp_path / "users.toml"))

    def run_command(*arguments: object, typed: str = f"{PASSWORD}\n") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return supportbot("users", *arguments)

    return run_command


@pytest.fixture
def file(tmp_path: Path) -> UserFile:
    return UserFile(tmp_path / "users.toml")


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (["add"], PASSWORD, 2),
        (["add", "Ann", "--role", "boss"], PASSWORD, 2),
        (["add", "Ann"], "", 1),
        (["add", "Ann"], "short\n", 1),
        (["add", " Ann"], PASSWORD, 1),
        (["remove"], "", 2),
        (["remove", "Ann"], "", 1),
        (["list"], "", 1),
    ],
)
def test_bad_usage_makes_no_file(run, tmp_path, arguments, typed, code):
    exit_code, _, err = run(*arguments, typed=typed)
    assert exit_code == code
    assert err.strip()
    assert not (tmp_path / "users.toml").exists()


def test_without_a_file_named_it_is_said_how_to_name_it(run, monkeypatch):
    monkeypatch.delenv("SUPPORTBOT_USERS")
    code, _, err = run("list")
    assert code == 1
    assert "SUPPORTBOT_USERS or with --users" in err


def test_a_user_is_added_with_the_password_of_the_first_line(run, file):
    code, out, _ = run("add", "Ann", "--role", "editor", typed=f"{PASSWORD}\r\nanother line\n")
    assert (code, out) == (0, "Ann can log in as editor.\n")
    assert file.find("Ann").role == "editor"
    assert file.find("Ann").has_password(PASSWORD)


def test_a_name_that_is_taken_is_refused(run, file):
    run("add", "Ann")
    code, _, err = run("add", "ann", "--role", "editor")
    assert code == 1
    assert "There is a user named 'ann'" in err
    assert file.find("Ann").role == "agent"


def test_users_are_listed_without_their_passwords(run):
    run("add", "Ann")
    run("add", "[red]Ed", "--role", "editor")
    _, out, _ = run("list", "--json")
    assert json.loads(out) == {
        "users": [{"name": "Ann", "role": "agent"}, {"name": "[red]Ed", "role": "editor"}]
    }
    _, out, _ = run("list")
    assert "[red]Ed" in out
    assert "argon2" not in out


def test_who_is_removed_can_log_in_no_more(run, file):
    run("add", "Ann")
    assert run("remove", "Ann")[0] == 0
    assert file.users() == ()
    assert "There is no user yet" in run("list")[1]


def test_the_file_may_be_named_with_the_command(run, tmp_path):
    run("add", "Ann", "--users", tmp_path / "others.toml")
    assert UserFile(tmp_path / "others.toml").find("Ann")

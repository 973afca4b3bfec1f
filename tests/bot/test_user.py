"""Users of the desk: a file of names, roles and argon2 hashes, and what is refused in it."""

import os
import stat
from pathlib import Path

import argon2
import pytest

from bot.errors import UserError
from bot.user import NOBODY, UserFile, make_user

PASSWORD = "correct horse battery"


@pytest.fixture
def file(tmp_path: Path) -> UserFile:
    return UserFile(tmp_path / "users.toml")


@pytest.fixture(scope="module")
def ann():
    return make_user("Ann", "agent", PASSWORD)


def written(file: Path, text: str) -> UserFile:
    file.write_text(text, encoding="utf-8")
    return UserFile(file)


def test_without_a_file_it_is_said_how_to_make_one(file):
    with pytest.raises(UserError, match="supportbot users add NAME"):
        file.users()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("users = [", "not valid TOML"),
        ('[[users]]\nname = "Ann"\nrole = "boss"\npassword = "x"', "line 3 at users.0.role"),
        ('[[users]]\nname = "Ann"\nrole = "agent"\npassword = "secret"', "no argon2 hash"),
        ('[[users]]\nname = " Ann"\nrole = "agent"\npassword = "x"', "one line without spaces"),
        ('[[users]]\nname = "Ann"\nrole = "agent"', "users.0.password"),
        ("colour = 1", "colour"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path, text, words):
    with pytest.raises(UserError, match=words) as refused:
        written(tmp_path / "users.toml", text).users()
    assert "secret" not in str(refused.value)


def test_the_same_name_twice_is_refused_whatever_its_capitals(tmp_path):
    user = f'[[users]]\nname = "%s"\nrole = "agent"\npassword = "{NOBODY.password}"\n'
    with pytest.raises(UserError, match="'ann' twice"):
        written(tmp_path / "users.toml", user % "Ann" + user % "aNN").users()


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "users.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read"):
        UserFile(tmp_path / "users.toml").users()


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_password_is_neither_short_nor_endless(password):
    with pytest.raises(UserError, match="from 12 to 1000 characters"):
        make_user("Ann", "agent", password)


@pytest.mark.parametrize("name", ["", " Ann", "Ann\nBen", "Ann\x1b[31m", "n" * 101])
def test_a_name_is_one_line_that_can_be_printed(name):
    with pytest.raises(UserError, match="cannot be taken"):
        make_user(name, "agent", PASSWORD)


def test_a_password_is_kept_as_an_argon2id_hash_alone(ann):
    assert argon2.extract_parameters(ann.password).type is argon2.Type.ID
    assert PASSWORD not in repr(ann)
    assert ann.password not in repr(ann)
    assert ann.has_password(PASSWORD)
    assert not ann.has_password(PASSWORD + "x")


def test_nobody_has_no_password_that_anybody_knows():
    assert not NOBODY.has_password("")


def test_what_is_added_is_found_whatever_its_capitals(file, ann):
    file.add(ann)
    assert file.find(" aNN ") == ann
    assert file.find("Ben") is None


def test_only_the_owner_may_read_the_file(file, ann, tmp_path):
    os.umask(0o022)
    file.add(ann)
    assert stat.S_IMODE((tmp_path / "users.toml").stat().st_mode) == 0o600


def test_a_name_that_is_taken_stays_as_it_is(file, ann):
    file.add(ann)
    with pytest.raises(UserError, match="There is a user named 'ANN'"):
        file.add(ann.model_copy(update={"name": "ANN", "role": "editor"}))
    assert file.users() == (ann,)


def test_any_name_comes_back_as_it_was_written(file, ann):
    name = 'Zoë "<b>" \\ 名'
    file.add(ann.model_copy(update={"name": name}))
    assert file.find(name).name == name


def test_who_is_removed_is_gone_and_the_others_stay(file, ann):
    file.add(ann)
    file.add(ann.model_copy(update={"name": "Ben"}))
    file.remove("ann")
    assert [user.name for user in file.users()] == ["Ben"]
    with pytest.raises(UserError, match="no user named 'Ann'"):
        file.remove("Ann")


def test_a_change_of_another_program_is_seen(file, ann, tmp_path):
    file.add(ann)
    assert file.find("Ann")
    UserFile(tmp_path / "users.toml").remove("Ann")
    assert file.find("Ann") is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path, ann):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(UserError, match="cannot be written"):
        UserFile(tmp_path / "taken" / "users.toml").add(ann)

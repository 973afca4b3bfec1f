"""The user: who may work at the agent desk, in what role, as a file of users has it."""

import json
import os
import tomllib
from pathlib import Path
from typing import Literal

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot import toml_lines
from bot.errors import UserError

Role = Literal["agent", "editor"]

MAX_NAME = 100  # characters
LEAST_PASSWORD = 12
MAX_PASSWORD = 1000  # more only makes the hashing slow
_HEADING = "# Who may work at the agent desk: written by supportbot users.\n"

_hasher = argon2.PasswordHasher()  # argon2id, as RFC 9106 (4) recommends where memory is scarce


class User(BaseModel):
    """Someone who works at the desk: an agent, or an editor, who may do more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=MAX_NAME)
    role: Role
    password: str = Field(description="its argon2id hash", repr=False)

    @field_validator("name")
    @classmethod
    def _is_one_line(cls, name: str) -> str:
        if name != " ".join(name.split()) or not name.isprintable():
            raise ValueError("a name is one line without spaces around it")
        return name

    @field_validator("password")
    @classmethod
    def _is_hash(cls, password: str) -> str:
        try:
            argon2.extract_parameters(password)
        except InvalidHashError as error:
            raise ValueError("it is no argon2 hash: supportbot users add makes one") from error
        return password

    def has_password(self, password: str) -> bool:
        """Whether this is the user's password; takes as long for a wrong one."""
        try:
            return _hasher.verify(self.password, password)
        except VerifyMismatchError:
            return False


class _Users(BaseModel):
    model_config = ConfigDict(extra="forbid")

    users: tuple[User, ...] = ()


class UserFile:
    """The users in a TOML file; one that is changed is read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: tuple[int, int, int] | None = None
        self._users: tuple[User, ...] = ()

    def users(self) -> tuple[User, ...]:
        """All users, in the order of the file.

        Raises UserError, with the remedy, when there is no file or it does not hold users.
        """
        try:
            status = self._path.stat()
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
            if state != self._state:
                self._users = self._read()
                self._state = state
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"The file of users {self._path} cannot be read: check SUPPORTBOT_USERS, or make"
                " it with supportbot users add NAME."
            ) from error
        return self._users

    def find(self, name: str) -> User | None:
        """The user of that name, in capitals or not; None when there is none."""
        wanted = name.strip().casefold()
        return next((user for user in self.users() if user.name.casefold() == wanted), None)

    def add(self, user: User) -> None:
        """Write a further user; raises UserError when there is one of that name already."""
        users = self.users() if self._path.exists() else ()
        if any(each.name.casefold() == user.name.casefold() for each in users):
            raise UserError(
                f"There is a user named {user.name!r}: choose another name, or remove that one"
                " first."
            )
        self._write((*users, user))

    def remove(self, name: str) -> None:
        """Write the file without a user, whose sessions end; raises UserError without one."""
        found = self.find(name)
        if found is None:
            raise UserError(f"There is no user named {name!r}: see supportbot users list.")
        self._write(tuple(user for user in self.users() if user != found))

    def _read(self) -> tuple[User, ...]:
        toml = self._path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        try:
            users = _Users.model_validate(tomllib.loads(toml)).users
        except tomllib.TOMLDecodeError as error:
            raise UserError(
                f"The file of users {self._path} is not valid TOML ({error}): set it right."
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            line = toml_lines.find_line(toml, first["loc"])
            place = ".".join(str(part) for part in first["loc"])
            raise UserError(
                f"The file of users {self._path} is wrong{f' on line {line}' if line else ''} at"
                f" {place}: {first['msg'].removeprefix('Value error, ')}."
            ) from error
        names = [user.name.casefold() for user in users]
        for name in names:
            if names.count(name) > 1:
                raise UserError(
                    f"The file of users {self._path} names {name!r} twice: take one of them out."
                )
        return users

    def _write(self, users: tuple[User, ...]) -> None:
        # A JSON string is a TOML string too, as long as it holds no control characters.
        tables = (
            "\n[[users]]\n"
            + "".join(
                f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
                for key, value in user.model_dump().items()
            )
            for user in users
        )
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(_HEADING + "".join(tables))
            new.replace(self._path)
        except OSError as error:
            raise UserError(
                f"The file of users {self._path} cannot be written ({error.strerror}): make its"
                " folder writable or choose another with SUPPORTBOT_USERS."
            ) from error


def make_user(name: str, role: Role, password: str) -> User:
    """A user with a new hash of a password; raises UserError for a name or password that is bad."""
    if not LEAST_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UserError(
            f"A password has from {LEAST_PASSWORD} to {MAX_PASSWORD} characters: choose another."
        )
    try:
        return User(name=name, role=role, password=_hasher.hash(password))
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(
            f"The {first['loc'][0]} {name!r} cannot be taken"
            f" ({first['msg'].removeprefix('Value error, ')}): choose another."
        ) from error


# Checked for a name that nobody has, so that the answer takes as long.
NOBODY = User(name="nobody", role="agent", password=_hasher.hash(os.urandom(16).hex()))

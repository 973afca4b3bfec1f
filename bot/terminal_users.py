"""The terminal's `supportbot users`: who may work at the agent desk."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.errors import UserError
from bot.settings import read_settings
from bot.terminal_options import AsJsonOption
from bot.terminal_output import out, print_json
from bot.terminal_view import print_line
from bot.user import LEAST_PASSWORD, Role, UserFile, make_user

users_app = typer.Typer(
    help="Add, list and remove those who may work at the agent desk.", no_args_is_help=True
)

FileOption = Annotated[
    Path | None, typer.Option("--users", help="File of the users (SUPPORTBOT_USERS).")
]


@users_app.command("add", epilog="Example: supportbot users add ann --role editor")
def add_user(
    name: Annotated[str, typer.Argument(help="What they log in as.")],
    role: Annotated[
        Role, typer.Option(help="agent: search, matrix, drafts; editor: insights and answers too.")
    ] = "agent",
    users: FileOption = None,
) -> None:
    """Add a user; the password is asked for, or the first line of standard input."""
    file = _open(users)
    password = (
        typer.prompt(
            f"Password of at least {LEAST_PASSWORD} characters",
            hide_input=True,
            confirmation_prompt=True,
        )
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\r\n")
    )
    file.add(make_user(name, role, password))
    print_line(f"{name} can log in as {role}.", out)


@users_app.command("list", epilog="Example: supportbot users list --json")
def list_users(users: FileOption = None, json_: AsJsonOption = False) -> None:
    """List the users, without their passwords."""
    found = _open(users).users()
    if json_:
        print_json({"users": [user.model_dump(include={"name", "role"}) for user in found]})
        return
    if not found:
        print_line("There is no user yet: add one with supportbot users add.", out)
        return
    table = Table("name", "role")
    for user in found:
        table.add_row(escape(user.name), user.role)
    out.print(table)


@users_app.command("remove", epilog="Example: supportbot users remove ann")
def remove_user(
    name: Annotated[str, typer.Argument(help="Name of the user.")], users: FileOption = None
) -> None:
    """Remove a user, who is logged out by that."""
    _open(users).remove(name)
    print_line(f"{name} can log in no more.", out)


def _open(users: Path | None) -> UserFile:
    file = users or read_settings().users
    if file is None:
        raise UserError(
            "It is not said where the users are: name their file in SUPPORTBOT_USERS or with"
            " --users."
        )
    return UserFile(file)

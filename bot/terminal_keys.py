"""The terminal's `supportbot keys`: the API keys of programs."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.api_key import MAX_NAME, SCOPES, ApiKey, make_key
from bot.terminal_options import (
    AsJsonOption,
    CorpusOption,
    DataOption,
    chosen_settings,
    open_database,
)
from bot.terminal_output import out, print_json
from bot.terminal_view import print_line

keys_app = typer.Typer(help="Make, list and revoke the API keys of programs.", no_args_is_help=True)

_DAYS = 10_000  # more would not be told from for ever


@keys_app.command("create", epilog="Example: supportbot keys create crm --scope ask --days 90")
def create_key(
    name: Annotated[str, typer.Argument(help="What to call it, such as the program's name.")],
    scopes: Annotated[
        list[str], typer.Option("--scope", help=f"What it allows: {', '.join(SCOPES)}.")
    ],
    days: Annotated[
        int | None, typer.Option(min=1, max=_DAYS, help="How long it holds; default: for ever.")
    ] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Make an API key; it is shown this once and kept nowhere."""
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise typer.BadParameter(
            f"{unknown[0]!r} is none: choose from {', '.join(SCOPES)}.", param_hint="--scope"
        )
    if not 1 <= len(name) <= MAX_NAME:
        raise typer.BadParameter(f"give a name of 1 to {MAX_NAME} characters.", param_hint="NAME")
    key, text = make_key(name, tuple(dict.fromkeys(scopes)), days)
    open_database(chosen_settings(corpus, data)).add_key(key)
    if json_:
        print_json({**_shown(key), "key": text})
        return
    out.print(text, markup=False, highlight=False, soft_wrap=True)
    print_line("Keep it now: it cannot be shown again.", out)


@keys_app.command("list", epilog="Example: supportbot keys list --json")
def list_keys(
    corpus: CorpusOption = None, data: DataOption = None, json_: AsJsonOption = False
) -> None:
    """List the API keys, without their text."""
    keys = open_database(chosen_settings(corpus, data)).api_keys()
    if json_:
        print_json({"keys": [_shown(key) for key in keys]})
        return
    if not keys:
        out.print("There is no key yet: make one with supportbot keys create.")
        return
    table = Table("name", "scopes", "created", "expires")
    for key in keys:
        expires = f"{key.expires:%Y-%m-%d}" if key.expires else "never"
        if key.has_expired():
            expires = f"expired on {expires}"
        table.add_row(escape(key.name), ", ".join(key.scopes), f"{key.created:%Y-%m-%d}", expires)
    out.print(table)


@keys_app.command("revoke", epilog="Example: supportbot keys revoke crm")
def revoke_key(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Revoke an API key: from now on it is refused."""
    open_database(chosen_settings(corpus, data)).delete_key(name)
    if json_:
        print_json({"revoked": name})
    else:
        print_line(f"The key {name} is revoked.", out)


def _shown(key: ApiKey) -> dict:
    return key.model_dump(mode="json", exclude={"digest"})

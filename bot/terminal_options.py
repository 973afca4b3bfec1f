"""The options that the commands share, and what they open."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.database import Database
    from bot.profile import Profile

FAILURE = 1

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="Folder of Markdown pages (SUPPORTBOT_CORPUS).")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder for index and state (SUPPORTBOT_DATA).")
]
ProfileOption = Annotated[
    Path | None, typer.Option("--profile", help="Product profile (SUPPORTBOT_PROFILE).")
]
AsJsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def chosen_settings(
    corpus: Path | None, data: Path | None, profile: Path | None = None
) -> Settings:
    """The settings of the environment, with the options given in their place."""
    given = {"corpus": corpus, "data": data, "profile": profile}
    return read_settings(**{name: value for name, value in given.items() if value is not None})


# Loaded when they are needed, so that --help and bad usage answer at once.


def open_database(settings: Settings) -> "Database":
    """The local database; raises DatabaseError."""
    from bot.database import Database

    return Database(settings.database)


def open_profile(settings: Settings) -> "Profile":
    """The product profile; raises ProfileError."""
    from bot.profile import load_profile

    return load_profile(settings.profile, settings.corpus).served_at(settings.public_url)

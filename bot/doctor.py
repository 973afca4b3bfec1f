"""The doctor: checks that everything the bot needs is there and sound."""

import shutil
import sys
from collections.abc import Callable

from pydantic import BaseModel

from bot.database import Database
from bot.destination import open_destination, sends
from bot.errors import BotError
from bot.grounds import ground_warning
from bot.profile import NEUTRAL, load_profile
from bot.reader import Reader
from bot.settings import Settings
from index.embedder import SentenceEmbedder
from index.errors import DocumentationError
from index.page import find_pages
from index.store import has_index, open_index, verify_index

NEEDED_BYTES = 200_000_000  # below this a rebuilt index may not fit beside the old one


class Finding(BaseModel):
    """One thing examined: whether it is in order, and what was seen or what to do."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Examine Python, corpus, profile, models, index, database and disk, each by using it."""
    checks: dict[str, Callable[[Settings], str]] = {
        "python": lambda _: sys.version.split()[0],
        "corpus": lambda s: f"{len(find_pages(s.corpus))} pages in {s.corpus}",
        "profile": _profile,
        "rules": _rules,
        "destinations": _destinations,
        "model and index": _index,
        "reader": _reader,
        "database": _database,
        "disk": _disk,
    }
    findings = []
    for name, check in checks.items():
        try:
            findings.append(Finding(name=name, ok=True, detail=check(settings)))
        except (BotError, DocumentationError) as error:
            findings.append(Finding(name=name, ok=False, detail=str(error)))
    return findings


def _profile(settings: Settings) -> str:
    profile = load_profile(settings.profile, settings.corpus)
    if profile is NEUTRAL:
        return "no support.toml, the neutral profile serves"
    return f"{profile.product.name}, {len(profile.desks)} desks"


def _rules(settings: Settings) -> str:
    # Rules that rest on nothing still send tickets: a warning, never a fault.
    profile = load_profile(settings.profile, settings.corpus)
    return ground_warning(profile, settings.corpus) or "each rests on a section of the corpus"


def _destinations(settings: Settings) -> str:
    profile = load_profile(settings.profile, settings.corpus)
    sending = [desk for desk in profile.desks if sends(desk)]
    for desk in sending:
        open_destination(desk)
    by_itself = ", ".join(desk.id for desk in sending) or "no desk"
    return f"tickets are sent by the program to {by_itself}"


def _index(settings: Settings) -> str:
    embedder = SentenceEmbedder(settings.model)
    if not has_index(settings.data):
        return f"the model loads; no index in {settings.data} yet, the first question builds it"
    manifest = verify_index(settings.data)
    open_index(settings.data, embedder)
    return (
        f"{len(manifest.pages)} pages, {manifest.passages} passages, "
        f"built {manifest.built:%Y-%m-%d %H:%M} UTC"
    )


def _reader(settings: Settings) -> str:
    Reader()
    return "its weights have their checksum"


def _database(settings: Settings) -> str:
    Database(settings.database)
    return f"{settings.database} can be read and written"


def _disk(settings: Settings) -> str:
    try:
        free = shutil.disk_usage(settings.data).free
    except OSError as error:
        raise BotError(
            f"The folder {settings.data} cannot be used ({error.strerror}): name another one "
            "with --data."
        ) from error
    if free < NEEDED_BYTES:
        raise BotError(
            f"Only {free / 1e6:.0f} MB are free where {settings.data} lies: free some space."
        )
    return f"{free / 1e9:.1f} GB free"

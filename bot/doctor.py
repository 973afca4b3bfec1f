"""The doctor: checks that everything the bot needs is there and sound."""

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache

from pydantic import BaseModel

from bot.curated import CuratedAnswers
from bot.database import Database
from bot.destination import open_destination, sends
from bot.errors import AnswerError, BotError
from bot.grounds import ground_warning
from bot.profile import NEUTRAL, Profile, load_profile
from bot.reader import Reader
from bot.settings import Settings
from bot.user import UserFile
from index.build import overlay_is_indexed
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
    """Examine what the bot needs, from Python to the disk, each by using it."""
    # A broken one is a fault of each check that needs it.
    profile = cache(lambda: load_profile(settings.profile, settings.corpus))
    checks: dict[str, Callable[[Settings], str]] = {
        "python": lambda _: sys.version.split()[0],
        "corpus": lambda s: f"{len(find_pages(s.corpus))} pages in {s.corpus}",
        "profile": lambda _: _profile(profile()),
        "rules": lambda s: _rules(profile(), s),
        "destinations": lambda _: _destinations(profile()),
        "model and index": _index,
        "approved answers": _answers,
        "reader": _reader,
        "database": _database,
        "access": _access,
        "agent desk": _desk,
        "disk": _disk,
    }
    findings = []
    for name, check in checks.items():
        try:
            findings.append(Finding(name=name, ok=True, detail=check(settings)))
        except (BotError, DocumentationError) as error:
            findings.append(Finding(name=name, ok=False, detail=str(error)))
    return findings


def _profile(profile: Profile) -> str:
    if profile is NEUTRAL:
        return "no support.toml, the neutral profile serves"
    return f"{profile.product.name}, {len(profile.desks)} desks"


def _rules(profile: Profile, settings: Settings) -> str:
    # Rules that rest on nothing still send tickets: a warning, never a fault.
    return ground_warning(profile, settings.corpus) or "each rests on a section of the corpus"


def _destinations(profile: Profile) -> str:
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


def _answers(settings: Settings) -> str:
    folder = settings.curated_folder
    answers = CuratedAnswers(folder).all()
    if broken := next((each for each in answers if each.state == "broken"), None):
        raise AnswerError(broken.fault)
    approved = [each for each in answers if each.state == "approved"]
    if has_index(settings.data):
        index = open_index(settings.data, SentenceEmbedder(settings.model))
        if not overlay_is_indexed(index, folder):
            raise BotError(
                f"The approved answers in {folder} are not in the index as they are now: run"
                " supportbot index, or let the server bring it up to date."
            )
    links = settings.public_url or "the bot's own pages only, as long as no public_url is set"
    return f"{len(approved)} in {folder}; their links work on {links}"


def _reader(settings: Settings) -> str:
    Reader()
    return "its weights have their checksum"


def _database(settings: Settings) -> str:
    Database(settings.database)
    state = f"{settings.database} can be read and written"
    if settings.database.stat().st_mode & 0o077:
        # It may be meant so: a warning, never a fault.
        return f"{state}; others on this machine can open it: run chmod 600 {settings.database}"
    return state


def _access(settings: Settings) -> str:
    sites = ", ".join(settings.origins) or "no other site"
    keys = len([key for key in Database(settings.database).api_keys() if not key.has_expired()])
    need = "need an API key" if settings.keys_required else "need no API key"
    secret = "is set" if settings.identity_secret else "is not set"
    return (
        f"{sites} may show the widget; programs {need} ({keys} valid); the secret that signs who"
        f" visitors are {secret}"
    )


def _desk(settings: Settings) -> str:
    if settings.users is None:
        return "there is none: SUPPORTBOT_USERS names no file of users"
    roles = Counter(user.role for user in UserFile(settings.users).users())
    named = ", ".join(f"{count} {role}{'' if count == 1 else 's'}" for role, count in roles.items())
    return f"open to {named or 'nobody yet'}, for {settings.session_minutes} minutes without use"


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

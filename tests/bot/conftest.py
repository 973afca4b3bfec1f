"""A small documentation, answered from by the real model, and the site that serves it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bot import suggestion, terminal
from bot.clock import Clock, utc_now
from bot.database import Database
from bot.draft_editor import DraftEditor
from bot.outbox import Outbox
from bot.server import create_app
from bot.settings import Settings
from index.section import Block, Section
from tests.bot import draft_samples, table_samples
from tests.bot.browsing import open_browser
from tests.bot.desk_server import Zendesk, serving_desk

PROFILE = """
default_desk = "helm"

[product]
name = "Harbour Help"
docs_url = "https://docs.harbour.example"
source_note = "our summary of the Harbour documentation"
as_of = 2026-03-04

[[desks]]
id = "helm"
name = "Helm Desk"
how = "Send the draft to the Helm Desk by email."
email = "helm@harbour.example"

[[desks]]
id = "dock"
name = "Dock Desk"
how = "Bring the draft to the Dock Desk."
url = "https://dock.harbour.example"

[[desks]]
id = "pier"
name = "Pier Desk"
how = "Phone the Pier Desk."
attachments = { types = [".log"] }

[desks.destination]
type = "zendesk_ticket"
url = "PIER_URL"
agent_email = "agent@desk.example"
token_env = "PIER_TOKEN"

[[routes]]
desk = "pier"
cues = [["crane"]]

[[ticket.information]]
label = "Version"
pattern = '(?i)\\bversion (\\S+)'
ask = "Which version is it?"
why = "The desk looks for faults of that version."

[[ticket.information]]
label = "Date and time"
pattern = '(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d)'
ask = "When did it happen?"

[talk]
welcome = "Ask about the harbour. Every answer names its source."
examples = ["When is the lock gate open?"]
"""

PAGES = {
    "harbour.md": """---
title: Harbour Guide
url: /harbour/
---

## Lock Gate

The lock gate is open from 06:00 to 22:00 every day.
Read <script>window.broken = true</script> the [tide table](/tides/) before you enter.

- Boats over 12 metres book a passage first.
- Sailing boats lower their sails.

## Berth Fees

| Boat length | Fee a night | Electricity |
| --- | --- | --- |
| Up to 8 metres | 14 euros | included |
| Up to 12 metres | 21 euros | |
""",
    "safety.md": """---
title: Safety
url: /safety/
---

## Life Jackets

Children under ten wear a life jacket on every pontoon.
""",
}


Command = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Site:
    """A served site: its address and its database file."""

    address: str
    database: Path


@pytest.fixture(scope="session")
def pier() -> Iterator[Zendesk]:
    """The desk on the pier, to which tickets are sent."""
    environment = pytest.MonkeyPatch()
    environment.setenv("PIER_TOKEN", "t0ken")
    with serving_desk(Zendesk()) as desk:
        yield desk
    environment.undo()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, pier: Zendesk) -> Settings:
    """Settings of an installation with the small documentation and no index yet."""
    corpus = tmp_path_factory.mktemp("corpus")
    for name, text in PAGES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    (corpus / "support.toml").write_text(PROFILE.replace("PIER_URL", pier.url), encoding="utf-8")
    return Settings(
        corpus=corpus,
        data=tmp_path_factory.mktemp("data"),
        visitor_rate=100_000,  # all tests together are one visitor
        site_rate=100_000,
    )


@pytest.fixture(scope="session")
def site(settings: Settings) -> Iterator[Site]:
    """The documentation served, with its index built on this first start."""
    with serving(settings) as site:
        opened(site)
        yield site


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty database."""
    return Database(tmp_path / "supportbot.sqlite")


@pytest.fixture
def editor(database: Database) -> DraftEditor:
    """An editor of its drafts."""
    return DraftEditor(database, Outbox(database, draft_samples.PROFILE), draft_samples.PROFILE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of a person."""
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The chat page, as someone sees it who was never there before."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(site.address)
        expect(page.locator("#question textarea")).to_be_focused()
        yield page


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suggestions are looked for until they are found, however busy the machine is."""
    monkeypatch.setattr(suggestion, "PATIENCE_SECONDS", 60)


@pytest.fixture
def supportbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the `supportbot` command; gives exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["supportbot", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            terminal.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@contextmanager
def serving(settings: Settings, clock: Clock = utc_now) -> Iterator[Site]:
    """A site on a free port, from when it listens."""
    app = create_app(settings, clock)
    config = uvicorn.Config(app, port=0, log_level="warning", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Site(f"http://127.0.0.1:{port}", settings.database)
    finally:
        server.should_exit = True
        thread.join()


def opened(site: Site) -> None:
    """Return once a site answers questions."""
    while (state := httpx.get(f"{site.address}/readyz")).status_code != 200:
        assert "Not ready yet" in state.text
        time.sleep(0.1)


@pytest.fixture
def table() -> tuple[Section, Block]:
    """A section and its table of who supports what."""
    return table_samples.table_of(table_samples.PAGE)

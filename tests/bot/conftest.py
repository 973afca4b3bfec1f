"""A small documentation, answered from by the real model, and the site that serves it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from bot.server import create_app
from bot.settings import Settings

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


@dataclass(frozen=True)
class Site:
    """A served site: its address and its database file."""

    address: str
    database: Path


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation with the small documentation and no index yet."""
    corpus = tmp_path_factory.mktemp("corpus")
    for name, text in PAGES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    (corpus / "support.toml").write_text(PROFILE, encoding="utf-8")
    return Settings(corpus=corpus, data=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def site(settings: Settings) -> Iterator[Site]:
    """The documentation served, with its index built on this first start."""
    with serving(settings) as site:
        while (state := httpx.get(f"{site.address}/readyz")).status_code != 200:
            assert "Not ready yet" in state.text
            time.sleep(0.1)
        yield site


@contextmanager
def serving(settings: Settings) -> Iterator[Site]:
    """A site on a free port, from when it listens."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="warning"))
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

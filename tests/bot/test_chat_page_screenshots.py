"""Screenshots of the chat page on the default corpus, for a person to look at.

They are made where SUPPORTBOT_SCREENSHOTS names a folder.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.settings import Settings
from tests.bot.browsing import ask
from tests.bot.conftest import Site, opened, serving

FOLDER = os.environ.get("SUPPORTBOT_SCREENSHOTS", "")
CORPUS = Path(__file__).parents[2] / "corpus"
ANSWERED = "When are attachments deleted?"
IN_TABLE = "Who supports logs and metrics on SAP BTP?"
UNANSWERED = "What does the Premium SLA cost?"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
DARK = {**DESKTOP, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
MAGNIFIED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}

pytestmark = pytest.mark.skipif(not FOLDER, reason="SUPPORTBOT_SCREENSHOTS names no folder")


@pytest.fixture(scope="module")
def default_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("data")
    with serving(Settings(corpus=CORPUS, data=data, visitor_rate=1000)) as site:
        opened(site)
        yield site


def empty(page: Page) -> None:
    page.locator(".example").first.wait_for()


def answered(page: Page) -> None:
    ask(page, ANSWERED)
    page.locator("#suggestions .suggestion").first.wait_for()


def source(page: Page) -> None:
    answered(page)
    page.locator("a.marker").first.click()
    page.locator(".section-view mark").filter(visible=True).first.wait_for()


def table(page: Page) -> None:
    ask(page, IN_TABLE).locator("a.marker").first.click()
    page.locator(".section-view mark").filter(visible=True).first.wait_for()


def draft(page: Page) -> None:
    ask(page, UNANSWERED)
    page.locator("#draft-subject").wait_for()
    page.locator("#suggestions .suggestion").first.wait_for()


def edited(page: Page) -> None:
    draft(page)
    page.locator("#conversation .edit").click()
    page.locator("#editing").wait_for()


def voted(page: Page) -> None:
    answered(page)
    page.get_by_label("Dislike").click()
    page.locator("#reason").wait_for()


def person(page: Page) -> None:
    page.locator("#person").click()
    page.locator("#draft-subject").wait_for()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("window", "state"),
    [
        *(("desktop", state) for state in (empty, answered, source, table, draft, edited, voted)),
        *(("dark", state) for state in (empty, table, draft)),
        *(("phone", state) for state in (empty, answered, source, draft, person)),
        *(("magnified", state) for state in (answered, source, draft)),
    ],
)
def test_screenshot(browser: Browser, default_site: Site, window: str, state) -> None:
    options = {"desktop": DESKTOP, "dark": DARK, "phone": PHONE, "magnified": MAGNIFIED}[window]
    with browser.new_context(**options) as context:
        page = context.new_page()
        page.goto(default_site.address)
        empty(page)
        if state is not empty:
            state(page)
        page.wait_for_timeout(500)
        page.screenshot(path=Path(FOLDER) / f"page-{window}-{state.__name__}.png")

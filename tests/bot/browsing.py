"""A real browser, and what a person does with it on the chat page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]

# Two cores may be busy with other tests.
expect.set_options(timeout=20_000)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser until the end of the block; where none is installed the test is skipped."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait for the finished reply."""
    replies = page.locator(".reply.answered, .reply.unanswered")
    count = replies.count()
    say(page, question)
    expect(replies).to_have_count(count + 1)
    expect(page.locator("#send")).to_be_visible()
    return replies.last


def say(page: Page, text: str) -> None:
    """Type something and send it off."""
    page.locator("#question textarea").fill(text)
    page.keyboard.press("Enter")

"""The chat page for those who use a keyboard, a screen reader or other colours."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.accessibility import check
from tests.bot.browsing import ask
from tests.bot.conftest import Site

QUESTION = "When is the lock gate open?"
PROBLEM = "The winch of my boat is broken and does not work"
WINDOWS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


@pytest.fixture(params=WINDOWS)
def page(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    with browser.new_context(**WINDOWS[request.param]) as context:
        page = context.new_page()
        page.goto(site.address)
        page.locator(".example").first.wait_for()
        yield page


def test_the_empty_page(page: Page) -> None:
    assert check(page) == []


def test_an_answer_with_its_source(page: Page) -> None:
    reply = ask(page, QUESTION)
    reply.locator("a.marker").first.click()
    page.locator(".section-view mark").filter(visible=True).first.wait_for()
    assert check(page) == []


@pytest.mark.usefixtures("patient")
def test_no_answer_with_its_draft_suggestions_and_a_vote(page: Page) -> None:
    ask(page, PROBLEM)
    page.locator("#suggestions .suggestion").first.wait_for()
    page.locator("#draft-subject").wait_for()
    page.get_by_label("Dislike").click()
    page.locator("#reason").wait_for()
    assert check(page) == []


def test_an_edit_and_an_error(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#conversation .edit").click()
    expect(page.locator("#editing")).to_be_visible()
    page.locator("#question textarea").fill("")
    page.locator("#send").click()
    page.get_by_role("alert").wait_for()
    assert check(page) == []


def test_a_poor_page_is_found_out(page: Page) -> None:
    page.evaluate("document.querySelector('#title h1').style.color = '#999'")
    page.evaluate("document.querySelector('#title').style.background = '#aaa'")
    assert "color-contrast" in "".join(check(page.locator("#title")))

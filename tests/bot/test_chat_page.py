import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.assistant import Assistant
from bot.database import Database
from bot.reply import Reply
from bot.settings import Settings
from bot.startup import Startup
from tests.bot.browsing import ask
from tests.bot.conftest import Site, serving

QUESTION = "When is the lock gate open?"
PROBLEM = "The winch of my boat is broken and does not work"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that take long enough to be stopped."""
    ask_at_once = Assistant.ask

    def ask_slowly(self: Assistant, *given: object, **options: object) -> Reply:
        time.sleep(1.5)
        return ask_at_once(self, *given, **options)

    monkeypatch.setattr(Assistant, "ask", ask_slowly)


def questions(page: Page) -> Locator:
    return page.locator("#conversation .question")


def saved(page: Page, button: str) -> str:
    """The text that a button of the draft form downloads."""
    with page.expect_download() as download:
        page.locator(button).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "question",
    [
        '<img src=x onerror="window.ran = true"> does not work',
        "<script>window.ran = true</script> does not work",
        "</p></div><iframe src=javascript:parent.ran=1></iframe> does not work",
        "[link](javascript:window.ran=true) ![image](https://example.com/a.png) does not work",
        "# *Gate* `stuck` $$x$$ &lt;b&gt; does not work",
    ],
)
def test_markup_in_a_question_is_shown_and_not_run(page: Page, question: str) -> None:
    ask(page, question)
    asked = page.locator("#conversation .question")
    assert asked.inner_text() == question
    assert asked.locator("*").count() == 0
    assert page.evaluate("window.ran") is None


def test_a_far_too_long_question_is_refused_and_kept(page: Page) -> None:
    page.locator("#question textarea").fill("why " * 25_000)
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("99,999 characters")
    assert len(page.locator("#question textarea").input_value()) == 100_000
    assert page.locator("#conversation .question").count() == 0


def test_an_empty_question_is_refused(page: Page) -> None:
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("empty")


def test_the_page_says_what_it_is_and_offers_examples(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Help")
    expect(page.locator("#title")).to_contain_text("A program answers here")
    page.get_by_text(QUESTION).click()
    expect(page.locator(".reply.answered")).to_contain_text("06:00")


def test_a_citation_opens_the_quoted_passage_in_its_section(page: Page) -> None:
    ask(page, QUESTION).locator("a.marker").first.click()
    source = page.locator("#source")
    expect(source.locator("mark").first).to_contain_text("open from 06:00 to 22:00")
    expect(source.locator(".path")).to_have_text("Harbour Guide › Lock Gate")
    expect(source).to_contain_text("Sailing boats lower their sails.")
    expect(source).to_contain_text("Our summary of the Harbour documentation, as of 4 March 2026")
    expect(source.get_by_text("Open the page in the documentation")).to_have_attribute(
        "href", "https://docs.harbour.example/harbour/#lock-gate"
    )


def test_each_source_links_to_its_public_section(page: Page) -> None:
    link = ask(page, QUESTION).locator(".published").first
    expect(link).to_have_attribute("href", "https://docs.harbour.example/harbour/#lock-gate")
    expect(link).to_have_text("Open in the documentation: Harbour Guide › Lock Gate")


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    reply = ask(page, QUESTION)
    reply.locator(".copy").click()
    expect(reply.locator(".copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("The lock gate is open from 06:00 to 22:00 every day. [1]")
    assert "[1] Harbour Guide › Lock Gate: https://docs.harbour.example/harbour/" in copied


@pytest.mark.usefixtures("patient")
def test_a_suggestion_is_asked_by_a_click_and_answered(page: Page) -> None:
    ask(page, PROBLEM)
    suggestion = page.locator("#suggestions .suggestion").first
    expect(suggestion).to_be_visible()
    asked = suggestion.inner_text()
    suggestion.click()
    expect(questions(page).last).to_have_text(asked)
    expect(page.locator(".reply.answered")).to_have_count(1)


def test_an_edited_question_takes_the_place_of_the_last_one(page: Page, site: Site) -> None:
    ask(page, QUESTION)
    ask(page, f"{PROBLEM} at berth 77")
    page.locator("#conversation .edit").click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(f"{PROBLEM} at berth 77")
    expect(box).to_be_focused()
    box.fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".reply").last).to_contain_text("06:00")
    expect(questions(page)).to_have_text([QUESTION, QUESTION])
    expect(page.locator("#beside")).to_be_hidden()
    expect(page.locator("#editing")).to_be_hidden()
    with closing(sqlite3.connect(site.database)) as connection:
        kept = connection.execute("SELECT 1 FROM replies WHERE question LIKE '%berth 77'")
        assert kept.fetchall() == []


def test_escape_keeps_the_question_as_it_is(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#conversation .edit").click()
    expect(page.locator("#editing")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#editing")).to_be_hidden()
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.locator(".reply")).to_contain_text("06:00")


def test_an_edit_that_cannot_be_answered_loses_nothing(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#conversation .edit").click()
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    page.locator("#question textarea").fill("why " * 25_000)
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("99,999 characters")
    expect(page.locator(".reply")).to_contain_text("06:00")
    assert len(page.locator("#question textarea").input_value()) == 100_000


def test_a_stopped_answer_says_so_and_can_be_asked_again(page: Page, slow: None) -> None:
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#stop").click()
    expect(page.locator("#conversation")).to_contain_text("Stopped.")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#conversation .edit")).to_be_visible()
    expect(page.locator("#send")).to_be_visible()


def test_markup_of_a_page_is_not_run(page: Page) -> None:
    ask(page, QUESTION).locator("a.marker").first.click()
    expect(page.locator("#source mark").first).to_be_visible()
    assert page.evaluate("window.broken") is None


def test_an_unanswered_question_shows_the_nearest_sections(page: Page) -> None:
    reply = ask(page, PROBLEM)
    expect(reply).to_contain_text("The documentation does not say")
    expect(reply).to_contain_text("What the pages say nearby")
    expect(reply.locator(".excerpt").first).to_be_visible()
    reply.locator(".related a").first.click()
    expect(page.locator("#source h2")).to_be_visible()


def test_edits_of_a_draft_are_in_its_downloads(page: Page) -> None:
    ask(page, PROBLEM)
    page.locator("#draft-subject textarea").fill("Winch of berth 7")
    page.get_by_label("Version").fill("Mark II")
    page.get_by_label("Desk").click()
    page.get_by_role("option", name="Dock Desk").click()
    expect(page.locator("#draft-how")).to_contain_text("Bring the draft to the Dock Desk.")
    draft = json.loads(saved(page, "#draft-json"))
    assert draft["subject"] == "Winch of berth 7"
    assert draft["desk"] == "dock"
    assert draft["fields"]["Version"] == "Mark II"
    assert "Version" not in draft["missing"]
    assert draft["how"] == "Bring the draft to the Dock Desk."
    text = saved(page, "#draft-markdown")
    assert text.startswith("# Winch of berth 7\n")
    assert "- Version: Mark II" in text


def test_a_draft_is_copied_as_it_stands(page: Page) -> None:
    ask(page, PROBLEM)
    page.locator("#draft-subject textarea").fill("Winch of berth 8")
    page.locator("#draft-copy").click()
    expect(page.locator("#draft-copy")).to_have_text("Copied")
    assert "# Winch of berth 8" in page.evaluate("navigator.clipboard.readText()")


def test_a_draft_can_be_opened_again(page: Page) -> None:
    ask(page, PROBLEM)
    page.locator("#close").click()
    expect(page.locator("#draft-subject")).to_be_hidden()
    page.locator("#conversation .drafts a").click()
    expect(page.locator("#draft-subject textarea")).to_have_value(PROBLEM)


def test_a_person_can_be_reached_before_anything_is_asked(page: Page) -> None:
    page.locator("#person").click()
    expect(page.locator("#source")).to_contain_text("Helm Desk")
    expect(page.locator("#source a")).to_have_attribute("href", "mailto:helm@harbour.example")
    expect(page.locator("#draft-subject textarea")).to_have_value("I would like to reach a person")


def test_a_draft_for_a_person_holds_the_conversation_and_is_kept(page: Page, site: Site) -> None:
    question = f"{QUESTION} We wait outside."
    ask(page, question)
    page.locator("#person").click()
    expect(page.locator("#draft-description textarea")).to_have_value(question)
    assert question in [kept.ticket.description for kept in Database(site.database).tickets()]


def test_a_fault_while_a_source_is_opened_is_one_sentence(page: Page) -> None:
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<a href=#source-x-1>x</a>')")
    page.evaluate("document.querySelector('a[href=\"#source-x-1\"]').click()")
    expect(page.get_by_text("The server failed on this: try again")).to_be_visible()


def test_a_vote_and_its_reason_are_kept(page: Page, site: Site) -> None:
    ask(page, QUESTION)
    page.get_by_label("Dislike").click()
    page.locator("#reason textarea").fill("It is open longer")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("Thank you")
    with closing(sqlite3.connect(site.database)) as connection:
        kept = connection.execute(
            "SELECT question, vote FROM feedback JOIN replies USING (reply_id) WHERE reason = ?",
            ("It is open longer",),
        ).fetchall()
    assert kept == [(QUESTION, "down")]


def test_starting_over_leaves_nothing_behind(page: Page) -> None:
    ask(page, PROBLEM)
    page.locator("#restart").click()
    expect(page.locator("#conversation .question")).to_have_count(0)
    expect(page.locator("#beside")).to_be_hidden()
    page.locator("#person").click()
    expect(page.locator("#draft-description textarea")).to_have_value(
        "I would like to reach a person."
    )


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    marker = page.locator(".answer a.marker").first
    expect(marker).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if marker.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#source h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#beside")).to_be_hidden()
    expect(marker).to_be_focused()


def test_the_finished_answer_is_announced_once(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#announcement [role=status]")).to_contain_text("06:00")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


def test_on_a_phone_the_source_stands_under_its_answer(browser: Browser, site: Site) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(site.address)
        ask(page, QUESTION)
        ask(page, QUESTION)
        first = page.locator(".reply").first
        first.locator("a.marker").first.click()
        source = page.locator(".under-answer")
        expect(source.locator("mark").first).to_contain_text("open from 06:00 to 22:00")
        expect(source.locator("mark").first).to_be_in_viewport()
        expect(source.locator("h2")).to_be_focused()
        expect(page.locator("#beside")).to_be_hidden()
        rows = page.locator("#conversation .message-row")
        expect(rows.nth(1).locator(".under-answer")).to_have_count(1)
        source.get_by_role("button", name="Close").click()
        expect(source).to_have_count(0)
        expect(first.locator("a.marker").first).to_be_focused()


def test_a_turned_tablet_moves_the_source_beside_the_answer(browser: Browser, site: Site) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(site.address)
        ask(page, QUESTION).locator("a.marker").first.click()
        expect(page.locator(".under-answer")).to_be_visible()
        page.set_viewport_size({"width": 1200, "height": 800})
        expect(page.locator(".under-answer")).to_have_count(0)
        expect(page.locator("#source mark").first).to_be_visible()


def test_a_person_can_be_reached_from_anywhere_on_the_page(browser: Browser, site: Site) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(site.address)
        for question in (QUESTION, PROBLEM):
            ask(page, question)
        for place in (0, 600, 100_000):
            page.evaluate(f"window.scrollTo(0, {place})")
            expect(page.locator("#person")).to_be_in_viewport()
            expect(page.locator("#question textarea")).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_is_wider_than_a_small_or_magnified_window(
    browser: Browser, site: Site, width: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": 400}) as context:
        page = context.new_page()
        page.goto(site.address)
        page.locator(".example").first.wait_for()
        assert wide(page) <= width
        ask(page, QUESTION).locator("a.marker").first.click()
        expect(page.locator(".under-answer h2")).to_be_focused()
        assert wide(page) <= width
        ask(page, f"{PROBLEM} {'x' * 200}")
        page.locator("#draft-subject").wait_for()
        assert wide(page) <= width


def wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def test_light_and_dark_follow_the_system(page: Page) -> None:
    light = "getComputedStyle(document.body).backgroundColor === 'rgb(247, 249, 250)'"
    page.wait_for_function(light)
    page.emulate_media(color_scheme="dark")
    page.reload()
    page.wait_for_function("document.body.classList.contains('dark')")


def test_who_wants_no_motion_sees_none(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """[...document.querySelectorAll("body *")].filter((each) => {
            const style = getComputedStyle(each);
            return style.animationName !== "none" || /[1-9]/.test(style.transitionDuration);
        }).length"""
    )
    assert moving == 0


def test_nothing_is_fetched_from_anywhere_else(browser: Browser, site: Site) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        hosts = set()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.goto(site.address)
        ask(page, QUESTION).locator("a.marker").first.click()
        expect(page.locator("#source h2")).to_be_focused()
        ask(page, PROBLEM)
        page.wait_for_timeout(500)
    assert hosts == {"127.0.0.1"}


def test_before_the_index_is_ready_the_page_says_so(
    browser: Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Startup, "begin", lambda self: None)  # the slowest start there is
    with serving(settings) as site, browser.new_context() as context:
        page = context.new_page()
        page.goto(site.address)
        expect(page.locator("#progress")).to_contain_text("opening the index")
        page.locator("#question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("ask again in a few seconds")
        assert page.locator("#question textarea").input_value() == QUESTION

"""The agent desk in a real browser: logging in, looking things up, drafts, what goes wrong."""

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from bot.contact import Contact
from bot.database import Database
from bot.reply import Ticket, Turn
from bot.settings import Settings
from bot.user import UserFile, make_user
from tests.bot import accessibility
from tests.bot.conftest import Site, serving
from tests.bot.desk_server import Zendesk
from tests.bot.ticket_samples import LOG, without_tickets

PASSWORD = "correct horse battery"
MARKUP = '<img src=x onerror="window.broken = true"><b>bold</b>'
DRAFT = Ticket(
    desk="pier",
    kind="Problem",
    priority="high",
    subject="The crane stands still",
    description="It does not lift since 06:00.",
    fields={"Version": "7"},
    missing=["Steps to reproduce", "Date and time"],
    how="Phone the Pier Desk.",
)
PROXY = "127.0.0.1"  # so that a test can come from an address of its own

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def desk_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("desk")
    for name, role in (("Ann", "agent"), ("Ben", "agent"), ("Ed", "editor")):
        UserFile(data / "users.toml").add(make_user(name, role, PASSWORD))
    return settings.model_copy(
        update={"data": data, "users": data / "users.toml", "trusted_proxies": (PROXY,)}
    )


@pytest.fixture(scope="module")
def desk(site: Site, settings: Settings, desk_settings: Settings) -> Iterator[Site]:
    """The documentation served with a desk, in the index that `site` has built."""
    shutil.copytree(settings.data / "index", desk_settings.data / "index")
    with serving(desk_settings) as desk:
        while httpx.get(f"{desk.address}/readyz").status_code != 200:
            time.sleep(0.1)
        yield desk


@pytest.fixture
def database(desk: Site) -> Database:
    """The database with no draft in it."""
    return without_tickets(desk.database)


@pytest.fixture
def open_page(browser: Browser, desk: Site) -> Iterator[Open]:
    """Open a page of the desk in a browser of its own, as a user or, without a name, as nobody."""
    contexts = []

    def open_as(name: str = "", path: str = "/desk", address: str = "", **options: object) -> Page:
        headers = {"X-Forwarded-For": address} if address else {}
        context = browser.new_context(
            permissions=["clipboard-read", "clipboard-write"], extra_http_headers=headers, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(desk.address + path)
        if name:
            log_in(page, name)
            page.wait_for_url(desk.address + path)
        return page

    yield open_as
    for context in contexts:
        context.close()


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def end_sessions(desk: Site) -> None:
    """Let every session expire."""
    with sqlite3.connect(desk.database) as connection:
        connection.execute("UPDATE sessions SET expires = '2026-01-01T00:00:00.000+00:00'")


def passages(page: Page) -> Locator:
    return page.get_by_role("option").filter(has=page.locator(".place"))


def search(page: Page, words: str) -> None:
    """Type words, and wait for the passages to them."""
    page.locator("#words").fill("")
    page.locator("#words").press_sequentially(words)
    expect(page.locator("#results mark").first).to_be_visible()


def copied(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def add_draft(database: Database, **changes: object) -> str:
    """Keep a draft that came from a conversation; returns its id."""
    return database.add_ticket(
        "c1",
        DRAFT.model_copy(update=changes),
        contact=Contact(name="Zoe", email="zoe@boat.example"),
        transcript=[
            Turn(role="user", content=f"Who repairs the crane? {MARKUP}"),
            Turn(role="assistant", content=f"**Not** said. {MARKUP}"),
        ],
        attachments=[LOG],
    )


def open_draft(open_page: Open, name: str, ticket_id: str) -> Page:
    page = open_page(name, "/desk/drafts")
    page.locator(f'#drafts a[href="#{ticket_id}"]').click()
    expect(page.locator("#draft h2")).to_be_focused()
    return page


def box(page: Page, label: str) -> Locator:
    return page.locator("#draft .box").get_by_label(label, exact=True)


# The login


def test_a_wrong_password_is_told_and_the_name_stays(open_page):
    page = open_page()
    log_in(page, "Ann", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong: try again.")
    expect(page.get_by_label("Name")).to_have_value("Ann")
    expect(page).to_have_url(re.compile("/desk/login"))


def test_after_five_wrong_tries_even_the_right_password_waits(open_page):
    page = open_page(address="203.0.113.7")
    for number in range(5):
        log_in(page, f"nobody {number}", "wrong")
        expect(page.get_by_role("button", name="Log in")).to_be_enabled()
        expect(page.get_by_role("alert")).to_contain_text("wrong")
    log_in(page, "Ben")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"wait \d+ seconds"))


def test_after_the_login_comes_the_page_that_was_asked_for(open_page):
    page = open_page("Ann", "/desk/drafts")
    expect(page.get_by_role("link", name="Drafts")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("next", ["https://evil.example/desk", "//evil.example", "/desks", "/"])
def test_the_login_leads_nowhere_but_to_the_desk(open_page, desk, next):
    page = open_page(path=f"/desk/login?next={next}")
    log_in(page, "Ann")
    page.wait_for_url(f"{desk.address}/desk")


def test_who_logs_out_leaves_nothing_behind(open_page, desk):
    page = open_page("Ann")
    search(page, "lock gate")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{desk.address}/desk/login")
    assert page.evaluate("sessionStorage.length") == 0
    page.goto(f"{desk.address}/desk")
    expect(page.get_by_label("Password")).to_be_visible()


# Search


def test_passages_appear_while_typing_with_their_words_marked(open_page):
    page = open_page("Ann")
    expect(page.locator("#empty")).to_contain_text("Passages appear while you type")
    expect(page.locator("#words")).to_be_focused()
    search(page, "life jac")
    first = passages(page).first
    expect(first).to_contain_text("Safety › Life Jackets")
    expect(first.locator("mark")).to_have_text(["life", "jacket"])
    expect(first).to_have_attribute("aria-selected", "true")


def test_an_answer_to_what_was_typed_before_does_not_take_the_place_of_a_later_one(open_page):
    page = open_page("Ann")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/search\?q=berth&"), hold)
    page.locator("#words").fill("berth")
    page.locator("#words").fill("life jackets")
    expect(passages(page).first).to_contain_text("Life Jackets")
    with page.expect_response(re.compile(r"/search\?q=berth&")):
        held[0].continue_()
    page.wait_for_timeout(100)
    expect(passages(page).first).to_contain_text("Life Jackets")


def test_the_whole_section_is_on_one_key_and_follows_the_choice(open_page):
    page = open_page("Ann")
    search(page, "lock gate")
    page.keyboard.press("Enter")
    pane = page.get_by_label("Whole section")
    expect(pane.locator("h2")).to_have_text("Lock Gate")
    expect(pane).to_contain_text("Sailing boats lower their sails.")
    expect(pane.locator("mark").first).to_be_visible()
    expect(pane.get_by_role("link", name="tide table")).to_have_attribute(
        "href", "https://docs.harbour.example/tides/"
    )
    expect(pane.get_by_role("link", name="Open the page")).to_have_attribute(
        "href", "https://docs.harbour.example/harbour/#lock-gate"
    )
    place = passages(page).filter(has_text="Life Jackets")
    while place.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    expect(pane.locator("h2")).to_have_text("Life Jackets")
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(page.locator("#words")).to_have_value("lock gate")


def test_code_within_a_step_is_shown_as_it_reads(open_page):
    page = open_page("Ann")
    code = "def __init__(self):\n    a[0](b) * c"
    unit = {"ordinal": "", "depth": 0, "lines": [1, 1]}
    units = [
        unit | {"kind": "item", "markdown": "Write **this**:", "ordinal": "1."},
        unit | {"kind": "code", "markdown": code},
    ]
    whole = {"title": "Code", "section": [], "url": "", "site": ""}
    blocks = [{"kind": "list", "units": units, "header": [], "rows": [], "lines": []}]
    page.route(
        "**/desk/api/section?*", lambda route: route.fulfill(json=whole | {"blocks": blocks})
    )
    search(page, "lock gate")
    page.keyboard.press("Enter")
    pane = page.get_by_label("Whole section")
    expect(pane.locator("li pre")).to_have_text(code)
    expect(pane.locator("li strong")).to_have_text("this")


def test_a_passage_is_copied_as_a_reply_with_its_citation_on_one_key(open_page):
    page = open_page("Ann")
    search(page, "children life jacket")
    page.wait_for_load_state("networkidle")  # a later search would speak after the copying
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_have_text("Copied")
    assert copied(page) == (
        "Children under ten wear a life jacket on every pontoon.\n\n"
        "Safety › Life Jackets\nhttps://docs.harbour.example/safety/#life-jackets"
    )
    page.locator("#words").select_text()
    page.keyboard.press("Control+c")
    assert copied(page) == "children life jacket"


def test_where_the_browser_does_not_copy_the_text_is_shown_to_be_copied(open_page):
    page = open_page("Ann")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error()); }")
    search(page, "life jacket")
    page.get_by_role("button", name="Copy as reply").click()
    area = page.get_by_label("Text to copy")
    expect(area).to_have_value(re.compile("Safety › Life Jackets"))
    expect(area).to_be_focused()
    page.get_by_role("button", name="Close", exact=True).last.click()
    expect(area).to_have_count(0)


def test_what_the_keys_do_is_shown_as_buttons_that_do_the_same(open_page):
    page = open_page("Ann")
    search(page, "boats")
    keys = page.get_by_label("With the chosen passage")
    keys.get_by_role("button", name="Down").click()
    expect(passages(page).nth(1)).to_have_attribute("aria-selected", "true")
    keys.get_by_role("button", name="Up").click()
    expect(passages(page).nth(0)).to_have_attribute("aria-selected", "true")
    keys.get_by_role("button", name="Whole section").click()
    expect(page.get_by_label("Whole section").locator("h2")).to_be_visible()
    keys.get_by_role("button", name="Close").click()
    expect(page.locator("#reading")).to_be_hidden()


def test_passages_are_narrowed_down_by_page_and_section(open_page):
    page = open_page("Ann")
    search(page, "boats children")
    expect(page.get_by_label("Section", exact=True)).to_be_disabled()
    page.get_by_label("Page", exact=True).select_option("harbour.md")
    expect(passages(page).filter(has_text="Safety")).to_have_count(0)
    section = page.get_by_label("Section", exact=True)
    section.select_option(index=2)
    expect(passages(page).filter(has_text="Lock Gate")).to_have_count(0)
    expect(passages(page).first).to_contain_text("Berth Fees")
    page.get_by_label("Page", exact=True).select_option("")
    expect(passages(page).filter(has_text="Safety").first).to_be_visible()


def test_words_that_fit_nothing_say_so(open_page):
    page = open_page("Ann")
    page.route("**/desk/api/search?q=x*", lambda route: route.fulfill(
        json={"passages": [], "pages": [], "sections": []}
    ))  # fmt: skip
    page.locator("#words").fill("x")
    expect(page.locator("#empty")).to_contain_text("Nothing here fits these words")
    expect(page.get_by_role("button", name="Copy as reply")).to_be_disabled()


def test_a_question_is_answered_with_its_sources(open_page):
    page = open_page("Ann")
    page.locator("#words").fill("When is the lock gate open?")
    page.keyboard.press("Control+Enter")
    answer = page.get_by_label("Answer", exact=True)
    expect(answer.locator(".answer")).to_contain_text("open from 06:00 to 22:00 every day")
    expect(answer.locator("blockquote").first).to_contain_text("06:00")
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_have_text("Copied")
    assert "[1] Harbour Guide › Lock Gate https://docs.harbour.example/" in copied(page)


def test_a_server_that_cannot_be_reached_is_told_and_what_is_typed_stays(open_page):
    page = open_page("Ann")
    page.route("**/desk/api/**", lambda route: route.abort())
    page.locator("#words").fill("lock gate")
    expect(page.get_by_role("alert").first).to_contain_text("cannot be reached")
    page.unroute("**/desk/api/**")
    page.locator("#words").press_sequentially("s")
    expect(passages(page).first).to_be_visible()
    expect(page.locator("#problem")).to_be_hidden()


# A session that ends


def test_a_session_that_ends_while_typing_loses_nothing(open_page, desk):
    page = open_page("Ann")
    search(page, "life")
    end_sessions(desk)
    page.locator("#words").press_sequentially(" jacket")
    dialog = page.get_by_role("dialog", name="Log in again")
    expect(dialog).to_contain_text("What you typed is still there")
    expect(dialog.get_by_label("Name")).to_have_value("Ann")
    expect(page.locator("#words")).to_have_value("life jacket")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("wrong")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog).to_be_hidden()
    expect(passages(page).first.locator("mark")).to_have_text(["life", "jacket"])


def test_a_session_that_ends_before_a_reload_loses_nothing(open_page, desk):
    page = open_page("Ann")
    search(page, "life jacket")
    end_sessions(desk)
    page.reload()
    log_in(page, "Ann")
    expect(page.locator("#words")).to_have_value("life jacket")
    expect(passages(page).first).to_contain_text("Life Jackets")


def test_a_session_that_ends_while_a_draft_is_edited_loses_nothing(open_page, desk, database):
    page = open_draft(open_page, "Ann", add_draft(database))
    box(page, "Description").fill("It does not lift at all.")
    end_sessions(desk)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Log in").click()
    expect(page.locator("#draft .note")).to_have_text("Saved.")
    assert database.tickets()[0].ticket.description == "It does not lift at all."


# Matrix


def test_the_grid_is_walked_through_with_the_arrow_keys(open_page):
    page = open_page("Ann", "/desk/matrix")
    grid = page.get_by_role("grid", name="Harbour Guide › Berth Fees")
    cell = page.get_by_label("Chosen cell")
    expect(cell.locator("h2")).to_have_text("Up to 8 metres – Fee a night")
    grid.get_by_role("gridcell", name="14 euros").focus()
    page.keyboard.press("ArrowRight")
    expect(cell.locator(".value")).to_have_text("included")
    page.keyboard.press("ArrowDown")
    expect(grid.get_by_role("gridcell", name="no entry")).to_be_focused()
    expect(cell.locator(".value")).to_have_text("No entry: the cell is empty")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(grid.get_by_role("gridcell", name="no entry")).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(grid.get_by_role("gridcell", name="14 euros")).to_be_focused()
    expect(page.get_by_label("Column", exact=True)).to_have_value("1")


def test_row_and_column_are_chosen_and_the_cell_copied_with_its_link(open_page):
    page = open_page("Ann", "/desk/matrix")
    page.get_by_label("Row", exact=True).select_option(label="Up to 12 metres")
    page.get_by_label("Column", exact=True).select_option(label="Fee a night")
    cell = page.get_by_label("Chosen cell")
    expect(cell.locator(".value")).to_have_text("21 euros")
    expect(cell.locator("blockquote")).to_have_text("| Up to 12 metres | 21 euros | |")
    page.keyboard.press("F2")
    expect(page.locator("#said")).to_have_text("Copied")
    assert copied(page) == (
        "Up to 12 metres – Fee a night: 21 euros.\n\n"
        "Harbour Guide › Berth Fees\nhttps://docs.harbour.example/harbour/#berth-fees"
    )


def test_a_documentation_without_tables_says_so(open_page, desk):
    page = open_page("Ann")
    page.route("**/desk/api/tables", lambda route: route.fulfill(json={"tables": []}))
    page.goto(f"{desk.address}/desk/matrix")
    expect(page.locator("#empty")).to_contain_text("has no table with more than two columns")
    expect(page.get_by_label("Row", exact=True)).to_be_hidden()


# Drafts


def test_where_no_draft_is_the_list_says_so(open_page, database):
    page = open_page("Ann", "/desk/drafts")
    expect(page.locator("#empty")).to_contain_text("There is no draft yet")


def test_a_draft_is_picked_up_edited_and_sent_to_its_desk(open_page, database, pier: Zendesk):
    page = open_draft(open_page, "Ann", add_draft(database))
    expect(page.locator("#draft .conversation")).to_contain_text("Who repairs the crane?")
    page.get_by_role("button", name="Pick up").click()
    expect(page.locator("#draft .who")).to_contain_text("You have picked it up")
    box(page, "Subject").fill("The crane stands still since 06:00")
    box(page, "Steps to reproduce").fill("Lift 2 tons")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#draft .state").first).to_contain_text("sent, number", timeout=20_000)
    expect(box(page, "Subject")).to_be_disabled()
    expect(page.locator("#drafts .state")).to_have_text("Sent")
    arrived = pier.tickets[-1]
    assert arrived["subject"] == "The crane stands still since 06:00"
    assert "Steps to reproduce: Lift 2 tons" in arrived["comment"]["body"]


def test_two_agents_on_one_draft_see_both_versions_and_lose_nothing(open_page, database):
    ticket_id = add_draft(database)
    ann = open_draft(open_page, "Ann", ticket_id)
    ben = open_draft(open_page, "Ben", ticket_id)
    box(ben, "Subject").fill("Ben's subject")
    ben.get_by_role("button", name="Save").click()
    expect(ben.locator("#draft .note")).to_have_text("Saved.")
    box(ann, "Subject").fill("Ann's subject")
    box(ann, "Description").fill("Ann's description")
    ann.get_by_role("button", name="Save").click()
    expect(ann.get_by_role("alert").locator("visible=true")).to_contain_text(
        "Ben changed subject since you opened this draft"
    )
    expect(ann.locator("#draft .theirs").first).to_contain_text("Ben has: Ben's subject")
    expect(box(ann, "Subject")).to_have_value("Ann's subject")
    ann.locator("#draft .theirs").first.get_by_role("button", name="Take this").click()
    expect(box(ann, "Subject")).to_have_value("Ben's subject")
    ann.get_by_role("button", name="Save").click()
    expect(ann.locator("#draft .note")).to_have_text("Saved.")
    kept = database.ticket(ticket_id).ticket
    assert (kept.subject, kept.description) == ("Ben's subject", "Ann's description")


def test_who_has_picked_up_a_draft_is_shown_to_the_others(open_page, database):
    ticket_id = add_draft(database)
    ann = open_draft(open_page, "Ann", ticket_id)
    ben = open_draft(open_page, "Ben", ticket_id)
    ann.get_by_role("button", name="Pick up").click()
    expect(ann.locator("#draft .who")).to_contain_text("You have picked it up")
    ben.get_by_role("button", name="Pick up").click()
    expect(ben.locator("#draft .who")).to_contain_text("Ann has picked it up")
    expect(ben.get_by_role("alert").locator("visible=true")).to_contain_text("talk to them")
    ben.get_by_role("button", name="Take over").click()
    expect(ben.locator("#draft .who")).to_contain_text("You have picked it up")
    ben.get_by_label("Agent").select_option("me")
    expect(ben.locator("#drafts li")).to_have_count(1)
    ann.get_by_role("button", name="Reload").click()
    expect(ann.locator("#drafts .facts").last).to_contain_text("with Ben")


def test_what_is_typed_into_a_draft_is_there_after_a_reload(open_page, database):
    page = open_draft(open_page, "Ann", add_draft(database))
    box(page, "Date and time").fill("yesterday")
    page.reload()
    expect(box(page, "Date and time")).to_have_value("yesterday")
    expect(page.locator("#draft .note")).to_contain_text("not saved yet")


def test_a_draft_that_is_refused_stays_as_it_was_typed(open_page, database):
    page = open_draft(open_page, "Ann", add_draft(database))
    box(page, "E-mail").fill("nowhere")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert").locator("visible=true")).to_contain_text("no e-mail address")
    expect(box(page, "E-mail")).to_have_value("nowhere")


def test_another_kind_asks_for_its_own_fields_and_loses_none(open_page, database):
    page = open_draft(open_page, "Ann", add_draft(database))
    box(page, "Kind").select_option("Question")
    expect(box(page, "Version")).to_have_value("7")
    expect(box(page, "Steps to reproduce")).to_have_count(0)
    box(page, "Kind").select_option("Problem")
    expect(box(page, "Steps to reproduce")).to_be_visible()


def test_a_desk_that_takes_drafts_from_people_gets_them_copied(open_page, database):
    page = open_draft(open_page, "Ann", add_draft(database, desk="helm"))
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
    page.get_by_role("button", name="Copy the draft").click()
    expect(page.locator("#said")).to_have_text("Copied")
    assert copied(page).startswith("# The crane stands still")


def test_drafts_are_narrowed_down(open_page, database):
    add_draft(database)
    add_draft(database, subject="The lamp is dark")
    page = open_page("Ann", "/desk/drafts")
    expect(page.locator("#drafts li")).to_have_count(2)
    page.get_by_label("Words").fill("lamp")
    expect(page.locator("#drafts li")).to_have_count(1)
    page.get_by_label("State").select_option("sent")
    expect(page.locator("#empty")).to_contain_text("No draft fits")


# What is shown is text


def test_markup_is_shown_as_text_wherever_it_comes_from(open_page, database):
    ticket_id = add_draft(
        database, subject=MARKUP, description=MARKUP, fields={MARKUP: MARKUP}, desk=MARKUP
    )
    page = open_draft(open_page, "Ann", ticket_id)
    expect(page.locator("#draft h2")).to_have_text(MARKUP)
    expect(page.locator("#drafts .subject")).to_have_text(MARKUP)
    expect(page.locator("#draft .conversation")).to_contain_text(MARKUP)
    expect(box(page, MARKUP)).to_have_value(MARKUP)
    assert page.locator("main img, main b").count() == 0
    assert page.evaluate("window.broken") is None


def test_markup_in_pages_and_questions_is_shown_as_text(open_page):
    page = open_page("Ann")
    search(page, "tide table")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Whole section")).to_contain_text("Read the tide table")
    page.locator("#words").fill(f"When is the lock gate open? {MARKUP}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reading .path").first).to_contain_text(MARKUP)
    assert page.locator("main script, main img").count() == 0
    assert page.evaluate("window.broken") is None


# For everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_grave_fault_for_who_sees_or_hears_it(open_page, database, scheme):
    ticket_id = add_draft(database)
    page = open_page(color_scheme=scheme)
    faults = {"login": accessibility.check(page)}
    log_in(page, "Ed")
    search(page, "lock gate")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Whole section").locator("h2")).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)  # what is being read is pale
    faults["search"] = accessibility.check(page)
    page.get_by_role("link", name="Matrix").click()
    expect(page.get_by_label("Chosen cell").locator("h2")).to_be_visible()
    faults["matrix"] = accessibility.check(page)
    page.get_by_role("link", name="Drafts").click()
    page.locator(f'#drafts a[href="#{ticket_id}"]').click()
    expect(page.locator("#draft h2")).to_be_visible()
    faults["drafts"] = accessibility.check(page)
    assert {name: found for name, found in faults.items() if found} == {}


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, database):
    ticket_id = add_draft(database, subject="crane" * 30)
    page = open_page("Ann", viewport={"width": 360, "height": 740})
    search(page, "lock gate")
    for path in ("/desk", "/desk/matrix", "/desk/drafts", f"/desk/drafts#{ticket_id}"):
        page.goto(page.url.split("/desk")[0] + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


# Screenshots, to be looked at


@pytest.mark.skipif("SUPPORTBOT_SCREENSHOTS" not in os.environ, reason="names no folder")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("device", "width", "height"), [("desktop", 1280, 800), ("phone", 390, 844)]
)
def test_screenshots(open_page, database, scheme, device, width, height):
    folder = Path(os.environ["SUPPORTBOT_SCREENSHOTS"])
    ticket_id = add_draft(database)
    add_draft(database, subject=f"The lamp is dark {MARKUP}", priority="low")
    viewport = {"width": width, "height": height}
    page = open_page(address="203.0.113.8", color_scheme=scheme, viewport=viewport)

    def shoot(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"desk-{name}-{device}-{scheme}.png")

    log_in(page, "Ann", "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    shoot("login")
    log_in(page, "Ann")
    search(page, "lock gate")
    shoot("search")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Whole section").locator("h2")).to_be_visible()
    shoot("section")
    page.locator("#words").fill("When is the lock gate open?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reading .sources li").first).to_be_visible()
    shoot("answer")
    page.get_by_role("link", name="Matrix").click()
    expect(page.get_by_label("Chosen cell").locator("h2")).to_be_visible()
    shoot("matrix")
    page.get_by_role("link", name="Drafts").click()
    expect(page.locator("#drafts li")).to_have_count(2)
    shoot("drafts")
    page.locator(f'#drafts a[href="#{ticket_id}"]').click()
    box(page, "Subject").fill("Ann's subject")
    kept = database.ticket(ticket_id)
    database.edit_ticket(
        ticket_id, ticket=kept.ticket.model_copy(update={"subject": "Ben's"}), agent="Ben"
    )
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#draft .theirs")).to_be_visible()
    shoot("conflict")
    with sqlite3.connect(database._path) as connection:
        connection.execute("DELETE FROM sessions")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    shoot("login-again")

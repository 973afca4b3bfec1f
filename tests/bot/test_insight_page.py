"""The insights, after a week of use that is asked over HTTP by a clock that is set."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from bot.database import Database
from bot.settings import Settings
from bot.user import UserFile, make_user
from index.page import parse_page
from tests.bot.clock import Clock
from tests.bot.conftest import Site, serving

PASSWORD = "a long enough password"
HOSTILE = "Does the <img src=x onerror=\"document.title='broken'\"> crane lift sailing boats?"
SECRET = "Hunter2Hunter2"
LOGIN = f"my password: {SECRET} does not work for the berth booking of ann@boat.example"
GATE = "When is the lock gate open?"
FUEL = "Where can I refuel my boat?"

# What was asked from Friday, 20 November, to Thursday.
WEEK = [
    [GATE, FUEL, GATE],
    ["Is there a fuel pump for boats?", GATE, "Can I bring my dog to the harbour?"],
    [GATE],
    [],
    ["Are dogs allowed on the pontoons?", HOSTILE],
    ["may dogs come onto the pontoon", GATE, LOGIN],
    ["Are dogs allowed on the pontoons?", "Where do I get diesel for the boat?"],
]


@dataclass(frozen=True)
class Used:
    """A site after a week of use, and the one clock of both."""

    site: Site
    clock: Clock
    replies: list[dict]

    @property
    def address(self) -> str:
        return self.site.address


@pytest.fixture(scope="module")
def used(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    users = tmp_path_factory.mktemp("users") / "users.toml"
    for name, role in (("Ann", "editor"), ("Bob", "agent")):
        UserFile(users).add(make_user(name, role, PASSWORD))
    clock = Clock()
    clock.time = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    given = {"users": users, "data": tmp_path_factory.mktemp("week")}
    with serving(settings.model_copy(update=given), clock) as site:
        with httpx.Client(base_url=site.address, timeout=60) as client:
            while client.get("/readyz").status_code != 200:
                pass
            replies = _use(client, clock)
        yield Used(site, clock, replies)


def _use(client: httpx.Client, clock: Clock) -> list[dict]:
    """Ask what was asked in the week, vote, and reach out; gives the replies."""
    replies = []
    for day in WEEK:
        for question in day:
            response = client.post("/api/v1/ask", json={"question": question})
            replies.append(response.raise_for_status().json())
            clock.forward(minutes=7)
        clock.forward(hours=24, minutes=-7 * len(day))
    clock.forward(hours=-24 + 8)
    # Who asked first for the gate votes, and then wants a person; who asked for dogs is known.
    vote = {"reply_id": replies[0]["reply_id"], "vote": "down", "reason": "On <b>Sunday</b> too?"}
    client.post("/api/v1/feedback", json=vote).raise_for_status()
    again = {
        "question": "I want to talk to a human",
        "conversation_id": replies[0]["conversation_id"],
    }
    # As the widget does, from a browser.
    from_widget = {"Origin": str(client.base_url).rstrip("/")}
    client.post("/api/v1/ask", json=again, headers=from_widget).raise_for_status()
    dogs = next(each for each in replies if each["question"].startswith("Can I bring"))
    contact = {"name": "Zoe Contact", "email": "zoe@contact.example"}
    kept = {"reply_id": dogs["reply_id"], "contact": contact}
    client.post("/api/v1/tickets", json=kept).raise_for_status()
    return replies


def logged_in(browser: Browser, site: Site, name: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, base_url=site.address)
    credentials = {"name": name, "password": PASSWORD}
    response = context.request.post(
        "/desk/login", data=credentials, headers={"Origin": site.address}
    )
    assert response.ok, response.text()
    return context


@pytest.fixture(scope="module")
def editor(browser: Browser, used: Used) -> Iterator[BrowserContext]:
    with logged_in(browser, used.site, "Ann") as context:
        yield context


@pytest.fixture
def page(editor: BrowserContext) -> Iterator[Page]:
    page = editor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if is_fault(said) else None)
    page.goto("/desk/insights")
    expect(page.locator("#insights")).to_be_visible()
    yield page
    page.close()
    assert errors == []


def is_fault(said: ConsoleMessage) -> bool:
    """Whether the browser complains, of the policy for one, other than of a refusal it got."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def group(page: Page, name: str) -> Locator:
    return page.locator(".group", has=page.locator(".name", has_text=name))


def shoot(page: Page, name: str) -> None:
    """Take a picture where someone wants to look at the pages."""
    if folder := os.environ.get("SUPPORTBOT_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"insights_{name}.png", full_page=True)


def test_who_is_not_logged_in_gets_nothing(used: Used) -> None:
    for address in (
        *("", "/questions.csv?days=7", "/groups/0123.md", "/conversations/c1", "?days=30"),
    ):
        response = httpx.get(f"{used.address}/desk/api/insights{address}")
        assert response.status_code == 401
        assert response.headers["content-type"] == "application/problem+json"
    response = httpx.get(f"{used.address}/desk/insights")
    assert (response.status_code, response.headers["location"][:11]) == (303, "/desk/login")
    for asset in ("insights.js", "insights.css", "insights_chart.js"):
        assert httpx.get(f"{used.address}/desk/assets/{asset}").status_code == 401


def test_an_agent_who_is_no_editor_gets_nothing(browser: Browser, used: Used) -> None:
    with logged_in(browser, used.site, "Bob") as context:
        for address in (
            *("insights", "api/insights", "api/insights/questions.csv"),
            *("api/insights/groups/0123.md", "api/insights/conversations/c1"),
        ):
            response = context.request.get(f"/desk/{address}")
            assert response.status == 403
            assert "editor" in response.text()
        assert "Where" not in response.text()


def test_an_empty_week_is_told_in_one_sentence(browser: Browser, used: Used) -> None:
    now = used.clock.time
    used.clock.forward(days=20)
    with logged_in(browser, used.site, "Ann") as context:
        page = context.new_page()
        page.goto("/desk/insights?days=7")
        expect(page.locator("#insights-state")).to_have_text(
            "Nobody asked anything in the last 7 days: choose more days."
        )
        expect(page.locator("#insights")).to_be_hidden()
        shoot(page, "empty")
        page.get_by_role("link", name="30 days").click()
        expect(page.locator("#groups .group")).to_have_count(4)
    used.clock.time = now


def test_questions_without_an_answer_are_grouped_and_counted(page: Page) -> None:
    shoot(page, "week")
    assert page.locator(".group .count").all_inner_texts() == ["4", "3", "1", "1"]
    dogs = group(page, "dogs")
    expect(dogs.locator(".name")).to_have_text("Are dogs allowed on the pontoons?")
    expect(dogs.locator(".others")).to_contain_text("may dogs come onto the pontoon")
    expect(dogs.locator(".growth")).to_have_text("+2 (1 → 3)")
    expect(dogs.locator(".seen")).to_have_text("Sat 21 Nov – Thu 26 Nov")
    expect(group(page, "refuel").locator(".growth")).to_have_text("−1 (2 → 1)")


@pytest.mark.parametrize(
    ("order", "first"),
    [("oldest first", FUEL), ("fastest growing first", "Are dogs allowed on the pontoons?")],
)
def test_the_order_of_the_groups_is_chosen(page: Page, order: str, first: str) -> None:
    page.get_by_label("Order").select_option(order)
    expect(page.locator(".group .name").first).to_have_text(first)


def test_a_group_opens_its_questions_and_their_conversation(page: Page) -> None:
    dogs = group(page, "dogs")
    dogs.locator("summary").click()
    expect(dogs.locator("button.question")).to_have_count(4)
    expect(dogs.locator(".nearest a").first).to_have_attribute(
        "href", "https://docs.harbour.example/harbour/#berth-fees"
    )
    dogs.get_by_role("button", name="Can I bring my dog to the harbour?").click()
    expect(page.locator("#conversation .turn")).to_have_count(1)
    expect(page.locator("#conversation .answer")).to_contain_text("The documentation does not say.")
    shoot(page, "conversation")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#conversation")).to_be_hidden()
    shoot(page, "group")


def test_a_conversation_that_was_deleted_since_is_told_in_one_sentence(page: Page) -> None:
    fuel = group(page, "refuel")
    fuel.locator("summary").click()
    # As if it had been erased: the id of no conversation.
    page.route("**/conversations/*", lambda route: route.continue_(url=f"{route.request.url}0"))
    fuel.locator("button.question").first.click()
    expect(page.locator("#insights-state")).to_have_text(
        "This conversation has been deleted since: load the page again."
    )


def test_markup_in_a_question_is_shown_as_text(page: Page) -> None:
    hostile = group(page, "crane")
    hostile.locator("summary").click()
    expect(hostile.locator("button.question")).to_contain_text(HOSTILE)
    expect(page.locator("main img")).to_have_count(0)
    expect(page.locator(".reason")).to_have_text("“On <b>Sunday</b> too?”")
    assert page.title() == "Insights · Agent desk"


def test_a_secret_an_address_and_a_contact_are_nowhere(page: Page, used: Used) -> None:
    api = page.context.request
    told = page.content() + api.get("/desk/api/insights").text()
    told += api.get("/desk/api/insights/questions.csv").text()
    for reply in used.replies:
        told += api.get(f"/desk/api/insights/conversations/{reply['conversation_id']}").text()
    assert (
        "password: [password masked] does not work for the berth booking of [e-mail address]"
        in told
    )
    for private in (SECRET, "ann@boat", "Zoe", "zoe@contact"):
        assert private not in told
    assert Database(used.site.database).tickets()[0].contact


def test_an_answer_voted_down_shows_the_passage_that_it_used(page: Page) -> None:
    vote = page.locator(".vote")
    expect(vote).to_have_count(1)
    expect(vote.locator("button.question")).to_have_text(GATE)
    expect(vote.locator("blockquote")).to_have_text(
        "The lock gate is open from 06:00 to 22:00 every day."
    )
    expect(vote.get_by_role("link", name="Harbour Guide › Lock Gate")).to_be_visible()


def test_the_figures_of_the_week_are_told(page: Page) -> None:
    totals = page.locator("#totals dd")
    # A person was asked for after one of the five answers.
    expect(totals.nth(0)).to_contain_text("15HTTP API 14, widget 1")
    expect(totals.nth(1)).to_contain_text("5 of them")
    expect(totals.nth(2)).to_contain_text("4 of 14 conversations")
    expect(totals.nth(3)).to_contain_text("ms")


def test_the_plots_are_drawn_by_day(page: Page) -> None:
    outcomes, deflection, times = page.locator("#plots svg").all()
    days = page.context.request.get("/desk/api/insights").json()["daily"]
    told = [mark.get_attribute("data-told") for mark in outcomes.locator("rect").all()]
    assert told[:2] == ["Fri 20 Nov: 2 answered", "Fri 20 Nov: 1 not answered"]
    assert len(told) == sum(len(day["outcomes"]) for day in days)
    first, *_ = [mark.get_attribute("data-told") for mark in deflection.locator("circle").all()]
    assert first == "Fri 20 Nov: deflected 33 %"
    # On Monday nobody asked, so that the line has a gap.
    assert times.locator("polyline").count() == 4
    boxes = [mark.bounding_box() for mark in outcomes.locator("rect").all()]
    assert all(box["width"] > 3 and box["height"] > 3 for box in boxes)
    page.get_by_text("The same by day, as a table").click()
    expect(page.locator("#daily tbody tr")).to_have_count(7)


def test_pages_that_answer_and_pages_that_do_not_are_listed(page: Page) -> None:
    used, unused = page.locator("#page-tables table").all()
    expect(used.locator("tbody tr").first).to_contain_text("Harbour Guideharbour.md")
    expect(used.locator("tbody tr").first.locator("td").nth(1)).to_have_text("5")
    expect(unused.locator("caption")).to_have_text("Pages that answered nothing: 1 of 2")


def test_a_table_is_downloaded_for_a_spreadsheet(page: Page) -> None:
    with page.expect_download() as download:
        page.locator("#gaps").get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "insights-questions-7-days.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["count"] for row in rows] == ["4"] * 4 + ["3"] * 3 + ["1"] * 2
    assert rows[0]["question"] == "Can I bring my dog to the harbour?"
    assert HOSTILE in [row["question"] for row in rows]


def test_the_missing_section_is_downloaded_as_a_page(page: Page) -> None:
    dogs = group(page, "dogs")
    dogs.locator("summary").click()
    with page.expect_download() as download:
        dogs.get_by_role("button", name="Write the missing section").click()
    assert download.value.suggested_filename == "are-dogs-allowed-on-the-pontoons.md"
    written = Path(download.value.path()).read_bytes()
    text = written.decode()
    assert (
        "author: Ann\ndate: 2026-11-26\nquestions:\n- Can I bring my dog to the harbour?\n" in text
    )
    assert "- Safety › Life Jackets: https://docs.harbour.example/safety/#life-jackets\n" in text
    assert parse_page(written, "new.md").title == "Are dogs allowed on the pontoons?"


def test_approving_an_answer_takes_the_questions_along(page: Page) -> None:
    dogs = group(page, "dogs")
    dogs.locator("summary").click()
    address = dogs.get_by_role("link", name="Approve an answer").get_attribute("href")
    assert httpx.URL(address).params.get_list("question") == [
        "Are dogs allowed on the pontoons?",
        "Can I bring my dog to the harbour?",
        "may dogs come onto the pontoon",
    ]


def test_a_group_that_is_no_more_is_told_in_one_sentence(page: Page) -> None:
    response = page.context.request.get("/desk/api/insights/groups/0123.md")
    assert response.status == 404
    assert response.json()["detail"] == (
        "These questions are grouped otherwise by now: load the page again."
    )


def test_a_session_that_ends_is_begun_again_over_the_page(page: Page, used: Used) -> None:
    used.clock.forward(hours=1)
    with page.expect_download() as download:
        page.locator("#pages").get_by_role("button", name="Download CSV").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "insights-pages-7-days.csv"
    used.clock.forward(hours=-1)


def test_the_page_fits_a_phone_and_the_dark(browser: Browser, used: Used) -> None:
    with logged_in(browser, used.site, "Ann") as context:
        page = context.new_page()
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto("/desk/insights")
        expect(page.locator("#groups .group").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shoot(page, "phone_dark")

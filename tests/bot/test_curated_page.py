"""An editor approves answers at the desk, which the bot then cites until they are withdrawn."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.settings import Settings
from bot.user import UserFile, make_user
from bot.verbatim import is_verbatim
from index.page import read_page
from tests.bot import accessibility
from tests.bot.browsing import ask
from tests.bot.conftest import Site, serving

PASSWORD = "a long enough password"
DOGS = ["Can I bring my dog to the harbour?", "Are dogs allowed on the pontoons?"]
DOGS_TEXT = "Dogs are welcome on a lead. Clean up after them."
MARKUP = '<img src=x onerror="document.title=\'broken\'"> & "taps"'


@pytest.fixture(scope="module")
def desk(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The documentation served with a desk of two editors and an agent."""
    users = tmp_path_factory.mktemp("users") / "users.toml"
    for name, role in (("Ann", "editor"), ("Eve", "editor"), ("Bob", "agent")):
        UserFile(users).add(make_user(name, role, PASSWORD))
    given = {"users": users, "data": tmp_path_factory.mktemp("curated")}
    with serving(settings.model_copy(update=given)) as site:
        _wait_until_ready(site)
        yield site


@pytest.fixture(scope="module")
def ann(browser: Browser, desk: Site) -> Iterator[BrowserContext]:
    with logged_in(browser, desk, "Ann") as context:
        yield context


@pytest.fixture
def page(ann: BrowserContext) -> Iterator[Page]:
    with opened(ann) as page:
        yield page


@contextmanager
def opened(context: BrowserContext) -> Iterator[Page]:
    """A page in which nothing may fail."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # The console also tells of each status that a test asks for.
    page.on(
        "console",
        lambda said: (
            said.type == "error"
            and "Failed to load resource" not in said.text
            and errors.append(said.text)
        ),
    )
    yield page
    page.close()
    assert errors == []


def logged_in(browser: Browser, site: Site, name: str, **given: object) -> BrowserContext:
    context = browser.new_context(
        **{"viewport": {"width": 1360, "height": 900}, "base_url": site.address, **given}
    )
    response = context.request.post(
        "/desk/login",
        data={"name": name, "password": PASSWORD},
        headers={"Origin": site.address},
    )
    assert response.ok, response.text()
    return context


def _wait_until_ready(site: Site) -> None:
    while httpx.get(f"{site.address}/readyz").status_code != 200:
        time.sleep(0.1)


def reply_to(site: Site, question: str) -> dict:
    response = httpx.post(f"{site.address}/api/v1/ask", json={"question": question}, timeout=60)
    return response.raise_for_status().json()


def api(context: BrowserContext, method: str, address: str, content: object = None):
    """A request as the desk's own pages send it."""
    origin = {"Origin": context.request.get("/").url.rstrip("/")}
    return context.request.fetch(
        f"/desk/api/{address}", method=method, data=content, headers=origin
    )


def approved(context: BrowserContext, title: str, questions: list[str], text: str) -> dict:
    """An answer that is approved and indexed."""
    draft = {"title": title, "questions": questions, "text": text}
    response = api(context, "POST", "curated", draft)
    assert response.ok, response.text()
    until_indexed(context)
    return response.json()


def until_indexed(context: BrowserContext) -> None:
    while api(context, "GET", "curated-index").json()["state"] != "current":
        time.sleep(0.1)


def write(page: Page, title: str, questions: list[str], text: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Questions").fill("\n".join(questions))
    page.get_by_label("Answer, in").fill(text)


def compare(page: Page) -> None:
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#reviewed h2").first).to_be_visible()


def screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("SUPPORTBOT_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"curated_{name}.png", full_page=True)


def test_an_answer_is_approved_found_cited_and_withdrawn(page, ann, desk, browser):
    assert reply_to(desk, DOGS[0])["outcome"] == "unanswered"
    page.goto(f"/desk/curated?{httpx.QueryParams([('question', each) for each in DOGS])}")
    expect(page.get_by_label("Questions")).to_have_value("\n".join(DOGS))
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    page.get_by_label("Title").fill("Dogs on the pontoons")
    page.get_by_label("Answer, in").fill(DOGS_TEXT)
    compare(page)
    expect(page.locator("#reviewed .preview")).to_contain_text("Dogs are welcome on a lead.")
    expect(page.locator("#reviewed")).to_contain_text("It does not answer:")
    screenshot(page, "compared")
    page.get_by_role("button", name="Approve").click()

    expect(page.locator("#checked")).to_contain_text("answers its questions from it")
    row = page.locator("#answer-dogs-on-the-pontoons")
    expect(row).to_contain_text("Ann")
    screenshot(page, "approved")
    for question in DOGS:
        reply = reply_to(desk, question)
        assert reply["outcome"] == "answered"
        for citation in reply["citations"]:
            assert citation["path"] == "curated/dogs-on-the-pontoons.md"
            assert citation["url"] == "/curated/dogs-on-the-pontoons"
            file = desk.database.parent / citation["path"]
            kept = read_page(file, desk.database.parent)
            assert is_verbatim(citation["quote"], kept, tuple(citation["lines"]))
    assert reply["citations"][0]["quote"] == "Dogs are welcome on a lead."
    with browser.new_context() as anybody:
        public = anybody.new_page()
        public.goto(f"{desk.address}{reply['citations'][0]['url']}")
        expect(public.get_by_role("heading", name="Dogs on the pontoons")).to_be_visible()
        expect(public.locator("article")).to_contain_text(DOGS_TEXT)
        expect(public.locator(".note")).to_contain_text("Approved by our support team on")
        screenshot(public, "public")

        page.reload()
        expect(row).to_contain_text("cited in 2 replies")
        row.get_by_role("button", name="Withdraw").click()
        screenshot(page, "withdrawal")
        page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
        expect(row.locator(".state")).to_have_text("withdrawn")
        until_indexed(ann)
        screenshot(page, "withdrawn")
        reply = reply_to(desk, DOGS[0])
        assert reply["outcome"] == "unanswered"
        assert "curated" not in str(reply["citations"] + reply["related"])
        assert public.reload().status == 410
        expect(public.get_by_role("heading")).to_have_text("This answer was withdrawn")
        screenshot(public, "public_withdrawn")


def test_a_contradiction_is_seen_before_approval(page, desk):
    page.goto("/desk/curated?new")
    write(
        page,
        "Opening of the lock gate",
        ["When is the lock gate open?"],
        "The lock gate is open from 06:00 to 20:00 every day.",
    )
    compare(page)
    passage = page.locator("#reviewed .against.differs").first
    expect(passage).to_contain_text("differs in: 20:00 / 22:00")
    expect(passage).to_contain_text("Harbour Guide › Lock Gate")
    expect(passage).to_contain_text("from 06:00 to 22:00")
    expect(page.locator("#reviewed .alert")).to_contain_text("It differs")
    today = page.locator("#reviewed .against", has_text="It answers:")
    expect(today).to_contain_text("differs in: 20:00 / 22:00")
    screenshot(page, "contradiction")
    expect(page.get_by_role("button", name="Approve all the same")).to_be_enabled()
    page.get_by_label("Answer, in").fill("The lock gate is open until 22:00.")
    expect(page.locator("#approve")).to_be_disabled()
    expect(page.locator("#approve-note")).to_contain_text("changed it since")
    compare(page)
    expect(page.locator("#reviewed .differs")).to_have_count(0)


def test_markup_in_a_title_is_shown_as_text_everywhere(page, ann, desk, browser):
    answer = approved(ann, MARKUP, [MARKUP, "Who pays for water?"], "Water is <b>free</b>.")
    page.goto("/desk/curated")
    row = page.locator(f"#answer-{answer['name']}")
    expect(row.get_by_role("heading")).to_have_text(MARKUP)
    row.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Title")).to_have_value(MARKUP)
    compare(page)
    expect(page.locator(".preview h2")).to_have_text(MARKUP)
    screenshot(page, "markup")
    with browser.new_context(base_url=desk.address) as anybody:
        with opened(anybody) as chat:
            chat.goto("/")
            reply = ask(chat, "Who pays for water?")
            expect(reply.locator(".sources")).to_contain_text(MARKUP)
            reply.locator('.sources a[href^="#"]').last.click()
            source = chat.locator("#source .section-view")
            expect(source.get_by_role("heading")).to_have_text(MARKUP)
            expect(source).to_contain_text("Written and approved by our support team")
            screenshot(chat, "chat_source")
            with anybody.expect_page() as beside:
                source.get_by_role("link", name="Open the approved answer").click()
            public = beside.value
            expect(public.get_by_role("heading")).to_have_text(MARKUP)
            expect(public).not_to_have_title("broken")
            assert public.locator("img").count() == 0
    page.goto(f"/desk/curated?{httpx.QueryParams(question=MARKUP)}")
    expect(page.get_by_label("Questions")).to_have_value(MARKUP)
    expect(page).not_to_have_title("broken")


def test_of_two_editors_on_one_answer_neither_loses_anything(page, ann, desk, browser):
    answer = approved(ann, "Wi-Fi", ["wifi password?"], "Ask at the desk.")
    page.goto("/desk/curated?edit=wi-fi")
    expect(page.get_by_label("Answer, in")).to_have_value("Ask at the desk.")
    page.get_by_label("Answer, in").fill("Ann’s words on the Wi-Fi.")
    with logged_in(browser, desk, "Eve") as eve:
        draft = {"title": "Wi-Fi", "questions": ["wifi password?"], "text": "Eve’s words."}
        revision = {"draft": draft, "version": answer["version"]}
        assert api(eve, "POST", "curated/wi-fi", revision).ok
        late = api(eve, "POST", "curated/wi-fi", revision)
        assert late.status == 409
        assert late.json()["detail"].startswith("Eve has changed this answer since you opened it")
        assert api(eve, "POST", "curated/wi-fi/withdraw", {"version": "old"}).status == 409
    compare(page)
    page.locator("#approve").click()
    expect(page.locator("#problem")).to_contain_text("Eve has changed this answer")
    expect(page.locator("#theirs")).to_be_visible()
    expect(page.locator("#earlier li").first).to_contain_text("Eve’s words.")
    expect(page.get_by_label("Answer, in")).to_have_value("Ann’s words on the Wi-Fi.")
    screenshot(page, "two_editors")
    compare(page)
    page.locator("#approve").click()
    expect(page.locator("#checked")).to_be_visible()
    opened_now = api(ann, "GET", "curated/wi-fi").json()
    assert opened_now["answer"]["text"] == "Ann’s words on the Wi-Fi."
    assert [each["text"] for each in opened_now["earlier"]] == ["Eve’s words.", "Ask at the desk."]


def test_what_is_typed_outlives_a_reload_and_a_session_that_ends(page, ann):
    page.goto("/desk/curated?new")
    write(page, "Half a title", ["Half a question"], "Half an answer")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Half a title")
    expect(page.get_by_label("Answer, in")).to_have_value("Half an answer")
    cookies = ann.cookies()
    ann.clear_cookies()
    page.get_by_role("button", name="Compare").click()
    again = page.get_by_role("dialog", name="Log in again")
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Log in").click()
    expect(page.locator("#reviewed .preview")).to_contain_text("Half an answer")
    expect(page.get_by_label("Title")).to_have_value("Half a title")
    assert cookies
    page.get_by_role("link", name="Cancel").click()
    page.goto("/desk/curated?new")
    expect(page.get_by_label("Title")).to_have_value("")


def test_what_cannot_be_approved_is_said_in_one_sentence(page):
    page.goto("/desk/curated?new")
    write(page, "", ["Why?"], "Because.")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#problem")).to_have_text(
        "The title is empty: say in a few words what the answer is about."
    )
    expect(page.locator("#approve")).to_be_disabled()
    expect(page.get_by_label("Answer, in")).to_have_value("Because.")


def test_a_question_that_the_bot_does_not_answer_from_it_is_named(page, ann):
    answer = approved(ann, "Greeting", ["hello", "Where is the flag pole?"], "At the flag pole.")
    page.goto(f"/desk/curated?approved={answer['name']}")
    expect(page.locator("#checked li")).to_have_text(["hello"])


def test_the_pages_can_be_used_by_everybody(page, ann, browser, desk):
    approved(ann, "Fuel", ["Where is fuel?"], "## Pump\n\nThe pump is on the pier.")
    page.goto("/desk/curated")
    expect(page.locator("#answers li").first).to_be_visible()
    assert accessibility.check(page) == []
    page.goto("/desk/curated?new")
    write(page, "Gate", ["When is the lock gate open?"], "The gate is open from 06:00 to 20:00.")
    compare(page)
    assert accessibility.check(page) == []
    page.goto("/curated/fuel#pump")
    expect(page.locator("section#pump")).to_be_visible()
    assert accessibility.check(page) == []


def test_on_a_phone_and_in_the_dark_nothing_is_cut_off(ann, browser, desk):
    approved(ann, "Showers", ["Where are the showers?"], "Behind the shed.\n\n- Coins\n- Soap")
    phone = {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}
    with logged_in(browser, desk, "Ann", **phone) as context, opened(context) as page:
        for address, name in (
            ("/desk/curated", "phone_list"),
            ("/desk/curated?edit=showers", "phone_form"),
            ("/curated/showers", "phone_public"),
        ):
            page.goto(address)
            expect(page.locator("#answers li, #title, article").first).to_be_visible()
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 390, address
            screenshot(page, name)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "curated"),
        ("GET", "api/curated"),
        ("GET", "api/curated-index"),
        ("GET", "api/curated/water"),
        ("GET", "api/curated/water/check"),
        ("POST", "api/curated"),
        ("POST", "api/curated-review"),
        ("POST", "api/curated/water"),
        ("POST", "api/curated/water/withdraw"),
    ],
)
def test_only_editors_get_anything(browser, desk, method, address):
    own = {"Origin": desk.address}
    url = f"{desk.address}/desk/{address}"
    nobody = httpx.request(method, url, headers=own, json={} if method == "POST" else None)
    assert nobody.status_code in (401, 303)
    with logged_in(browser, desk, "Bob") as bob:
        refused = bob.request.fetch(url, method=method, headers=own, data={})
        assert refused.status == 403
        assert "role editor" in refused.json()["detail"]


def test_another_site_can_approve_nothing_in_an_editors_name(ann, desk):
    draft = {"title": "T", "questions": ["Q?"], "text": "T."}
    for headers in ({"Origin": "https://evil.example"}, {}):
        refused = ann.request.post("/desk/api/curated", data=draft, headers=headers)
        assert refused.status == 403


@pytest.mark.parametrize(
    "name", ["nothing", "..%2f..%2fsupport", "%2e%2e", "x" * 300, "Water", "fuel.md", "%00", "é"]
)
def test_a_name_of_no_answer_is_not_found(ann, desk, name):
    public = httpx.get(f"{desk.address}/curated/{name}")
    assert public.status_code == 404
    assert "There is no approved answer" in public.text
    assert ann.request.get(f"/desk/api/curated/{name}").status == 404


def test_the_public_page_loads_nothing_from_elsewhere_and_runs_no_script(ann, desk):
    approved(ann, "Ice", ["Is there ice?"], "Ice is sold <script>alert(1)</script> at the shed.")
    response = httpx.get(f"{desk.address}/curated/ice")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "<script" not in response.text
    assert httpx.head(f"{desk.address}/curated/ice").status_code == 200
    style = httpx.get(f"{desk.address}/curated/answer.css")
    assert style.headers["Content-Type"].startswith("text/css")


def test_the_widget_opens_the_page_of_the_bot_that_it_asks(ann, browser, desk):
    approved(ann, "Bread", ["Where is bread?"], "Bread is sold at the pier.")
    with browser.new_context() as anybody, opened(anybody) as page:
        page.goto(f"{desk.address}/widget")
        page.locator(".launcher").click()
        page.locator(".composer textarea").fill("Where is bread?")
        page.locator(".composer textarea").press("Enter")
        page.locator("button.source").click()
        source = page.get_by_role("link", name="Open this section")
        expect(source).to_have_attribute("href", f"{desk.address}/curated/bread")


def test_replies_that_go_elsewhere_have_the_public_address(settings, tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "ice.md").write_text(
        "---\ntitle: Ice\nquestions: [Is there ice?]\n---\n\n## Shed\n\nIce is in the shed.\n"
    )
    given = {"data": tmp_path / "data", "curated": folder}
    changed = settings.model_copy(update={**given, "public_url": "https://bot.example.com/help"})
    with serving(changed) as site:
        _wait_until_ready(site)
        reply = reply_to(site, "is there ice")
        found = httpx.get(f"{site.address}/api/v1/search", params={"q": "Is there ice?"}).json()
        gate = reply_to(site, "When is the lock gate open?")
    url = "https://bot.example.com/help/curated/ice#shed"
    assert reply["citations"][0]["url"] == url
    assert found["passages"][0]["url"] == url
    assert gate["citations"][0]["url"] == "https://docs.harbour.example/harbour/#lock-gate"

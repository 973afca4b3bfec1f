import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.settings import Settings
from tests.bot.accessibility import check
from tests.bot.conftest import Site, serving
from tests.bot.desk_server import Zendesk
from tests.bot.support_site import (
    BUSY,
    CUT,
    GARBAGE,
    HANG,
    KILLED,
    SupportSite,
    UnreliableBot,
    until_closed,
    wait_until_ready,
)

QUESTION = "When is the lock gate open?"
PROBLEM = "The crane of berth 7 is broken and does not work"
SECRET = "a secret of the site that has more than 32 bytes"
STRICT = (
    "default-src 'none'; script-src {bot}; connect-src {bot};"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PAYLOADS = [
    '<img src=x onerror="window.ran = true">',
    "<script>window.ran = true</script>",
    "</p></div><iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "[link](javascript:window.ran=true) ![picture](https://evil.example/a.png)",
    "<svg onload=window.ran=true> &lt;b&gt; {{7*7}} ${7*7}",
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def support_site() -> Iterator[SupportSite]:
    """A site that the bot allows."""
    with until_closed(SupportSite()) as site:
        yield site


@pytest.fixture(scope="module")
def other_site() -> Iterator[SupportSite]:
    """A site that it does not allow."""
    with until_closed(SupportSite()) as site:
        yield site


@pytest.fixture(scope="module")
def bot(settings: Settings, support_site: SupportSite) -> Iterator[Site]:
    """The bot on another origin than the sites."""
    allowed = {"origins": support_site.origin, "identity_secret": SECRET}
    with serving(Settings(**{**settings.model_dump(), **allowed})) as bot:
        wait_until_ready(bot.address)
        yield bot


@pytest.fixture
def way(bot: Site) -> Iterator[UnreliableBot]:
    """A way to the bot that can fail."""
    with until_closed(UnreliableBot(bot.address)) as way:
        yield way


@pytest.fixture
def visit(browser: Browser, support_site: SupportSite, bot: Site) -> Iterator[Visit]:
    """Opens a page with the widget under a strict policy, which nothing may violate."""
    contexts, pages = [], []

    def open_page(
        bot: str = bot.address, *, body: str = "", site: SupportSite = support_site, **context
    ) -> Page:
        page_body = f"<body><h1>Help</h1><p>Of the site.</p>{body or script(bot)}"
        address = site.publish(page_body, STRICT.format(bot=bot))
        contexts.append(
            browser.new_context(permissions=["clipboard-read", "clipboard-write"], **context)
        )
        contexts[-1].add_init_script(WATCH)
        pages.append(contexts[-1].new_page())
        pages[-1].goto(address)
        return pages[-1]

    yield open_page
    broken = [page.evaluate("window.violations") for page in pages]
    for context in contexts:
        context.close()
    assert broken == [[] for _ in pages]


def script(bot: str, **attributes: str) -> str:
    """The tag that embeds the widget."""
    given = "".join(
        f' data-{name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items()
    )
    return f'<script src="{bot}/widget.js" data-bot="{bot}"{given} async></script>'


def start(page: Page) -> None:
    """Open the window."""
    page.locator(".launcher").click()
    expect(page.locator(".panel")).to_be_visible()


def say(page: Page, text: str) -> None:
    """Type something and send it off."""
    page.locator(".composer textarea").fill(text)
    page.locator(".composer textarea").press("Enter")


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait for the finished reply; returns its exchange."""
    exchanges = page.locator(".exchange:has(.votes, .choices)")
    count = exchanges.count()
    say(page, question)
    expect(exchanges).to_have_count(count + 1)
    return exchanges.last


def open_draft(page: Page) -> Locator:
    """Ask for what the desk on the pier does; returns the opened draft."""
    draft = ask(page, PROBLEM).locator("details.draft")
    draft.locator("summary").click()
    return draft


def photograph(page: Page, name: str) -> None:
    """Leave a picture for a person to look at, where a folder for them is named."""
    if folder := os.environ.get("SUPPORTBOT_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"widget-{name}.png", animations="disabled")


def reply(**changes: object) -> dict:
    """A reply of the bot."""
    quoted = {
        "n": 1,
        "title": "Harbour Guide",
        "section": ["Lock Gate"],
        "url": "https://docs.harbour.example/harbour/#lock-gate",
        "path": "harbour.md",
        "lines": [8, 8],
        "quote": "The lock gate is open from 06:00 to 22:00 every day.",
    }
    return {
        "question": QUESTION,
        "outcome": "answered",
        "answer": "From 06:00 to 22:00. [1]",
        "citations": [quoted],
        "ticket": None,
        "more_tickets": [],
        "choices": [],
        "related": [],
        "notice": "",
        "reply_id": "r1",
        "conversation_id": "c1",
        **changes,
    }


# What goes wrong.


@pytest.mark.parametrize("fault", [CUT, KILLED])
def test_an_answer_that_breaks_off_is_said_to_and_can_be_asked_for_again(
    visit: Visit, way: UnreliableBot, fault: str
) -> None:
    way.faults = [fault]
    page = visit(way.address)
    start(page)
    say(page, QUESTION)
    expect(page.locator(".body .problem")).to_have_text(
        "The connection broke off before the answer was complete."
    )
    expect(page.locator(".question")).to_have_text(QUESTION)
    photograph(page, f"broken-off-{fault}")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer")).to_contain_text("06:00")
    expect(page.locator(".body .problem")).to_have_count(0)


def test_a_bot_that_cannot_be_reached_loses_nothing(visit: Visit, way: UnreliableBot) -> None:
    page = visit(way.address)
    start(page)
    way.is_down = True
    say(page, QUESTION)
    expect(page.locator(".body .problem")).to_contain_text("cannot be reached")
    page.reload()  # the script is in the browser's cache
    way.is_down = False
    expect(page.locator(".question")).to_have_text(QUESTION)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer")).to_contain_text("06:00")


def test_without_a_network_the_person_is_told(visit: Visit) -> None:
    page = visit()
    start(page)
    page.context.set_offline(True)
    say(page, QUESTION)
    expect(page.locator(".body .problem")).to_contain_text("because you are offline")
    page.context.set_offline(False)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer")).to_contain_text("06:00")


def test_a_page_that_is_no_answer_is_not_shown(visit: Visit, way: UnreliableBot) -> None:
    way.faults = [GARBAGE]
    page = visit(way.address)
    start(page)
    say(page, QUESTION)
    expect(page.locator(".body .problem")).to_contain_text("broke off")
    expect(page.locator(".log")).not_to_contain_text("sign in")


def test_a_bot_that_is_busy_is_asked_again_when_it_says(visit: Visit, way: UnreliableBot) -> None:
    way.faults = [BUSY]
    page = visit(way.address)
    start(page)
    say(page, QUESTION)
    expect(page.locator(".body .note")).to_have_text(
        "That was too much at once. I ask again in 1 second."
    )
    expect(page.get_by_role("status")).to_contain_text("I ask again")
    expect(page.locator(".answer")).to_contain_text("06:00")
    assert len(way.asked) == 2


def test_a_bot_that_stays_busy_is_not_asked_for_ever(visit: Visit, way: UnreliableBot) -> None:
    way.faults = [BUSY] * 3
    page = visit(way.address)
    start(page)
    say(page, QUESTION)
    expect(page.locator(".body .problem")).to_have_text("Too many.")
    assert len(way.asked) == 3


def test_a_real_limit_is_heeded(
    settings: Settings, support_site: SupportSite, browser: Browser
) -> None:
    strict = {"origins": support_site.origin, "visitor_rate": 1}
    with serving(Settings(**{**settings.model_dump(), **strict})) as bot:
        wait_until_ready(bot.address)
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(
                support_site.publish(f"<body>{script(bot.address)}", STRICT.format(bot=bot.address))
            )
            start(page)
            ask(page, QUESTION)
            say(page, QUESTION)
            expect(page.locator(".body .note, .body .problem")).to_contain_text(
                re.compile("I ask again in \\d+ seconds|too many", re.IGNORECASE)
            )


def test_a_site_that_is_not_allowed_is_told_how_to_be(
    visit: Visit, other_site: SupportSite, bot: Site
) -> None:
    page = visit(site=other_site)
    told = []
    page.on("console", lambda message: told.append(message.text))
    start(page)
    say(page, QUESTION)
    expect(page.locator(".body .problem")).to_have_text(
        "The support bot is not set up for this site."
    )
    photograph(page, "not-allowed")
    to_owner = [text for text in told if text.startswith("support-bot:")]
    assert to_owner == [
        f"support-bot: {bot.address} does not allow pages of {other_site.origin}: add"
        f" {other_site.origin} to the bot's setting SUPPORTBOT_ORIGINS and restart it."
    ]


def test_a_policy_that_blocks_the_bot_is_named(
    browser: Browser, support_site: SupportSite, bot: Site
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        told = []
        page.on("console", lambda message: told.append(message.text))
        policy = f"default-src 'none'; script-src {bot.address}"
        page.goto(support_site.publish(f"<body>{script(bot.address)}", policy))
        start(page)
        say(page, QUESTION)
        expect(page.locator(".body .problem")).to_contain_text("This page does not let")
        assert any("add it to connect-src" in text for text in told)


@pytest.mark.parametrize(("length", "words"), [(3000, "2,000"), (300_000, "256 kB")])
def test_a_question_that_is_too_long_is_back_in_its_box(
    visit: Visit, length: int, words: str
) -> None:
    page = visit()
    start(page)
    say(page, "x " * (length // 2 - 1) + "xy")
    expect(page.locator(".notice")).to_contain_text(words)
    assert len(page.locator(".composer textarea").input_value()) == length
    expect(page.locator(".question")).to_have_count(0)


BLOCKED = (
    "Object.defineProperty(window, 'localStorage',"
    " { get() { throw new DOMException('blocked', 'SecurityError'); } });"
)
FULL = (
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
)


@pytest.mark.parametrize("storage", [BLOCKED, FULL])
def test_where_nothing_can_be_kept_the_conversation_goes_on_and_the_person_knows(
    visit: Visit, storage: str
) -> None:
    page = visit()
    page.context.add_init_script(storage)
    page.reload()
    start(page)
    ask(page, QUESTION)
    expect(page.locator("footer")).to_contain_text("Your browser keeps nothing here")
    ask(page, "and for boats over 12 metres?")
    expect(page.locator(".question")).to_have_count(2)


def test_where_room_is_short_the_oldest_exchanges_are_dropped(visit: Visit) -> None:
    page = visit()
    page.context.add_init_script(
        """const keep = Storage.prototype.setItem;
        Storage.prototype.setItem = function (name, text) {
          const isFull = JSON.parse(text).exchanges.length > 1;
          if (isFull) throw new DOMException("", "QuotaExceededError");
          return keep.call(this, name, text);
        };"""
    )
    page.reload()
    start(page)
    ask(page, QUESTION)
    ask(page, "What does a night cost for 8 metres?")
    page.reload()
    expect(page.locator(".question")).to_have_text(["What does a night cost for 8 metres?"])


def test_what_is_kept_but_cannot_be_used_is_left_aside(visit: Visit, bot: Site) -> None:
    page = visit()
    for kept in ("{", "[]", '{"version": 1, "exchanges": 7}', '{"version": 9}'):
        page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [memory_key(bot), kept])
        page.reload()
        start(page)
        expect(page.locator(".welcome")).to_contain_text("Ask about the harbour")
        page.locator("support-bot").evaluate("element => element.remove()")


def memory_key(bot: Site) -> str:
    """Under which the browser keeps the conversation with a bot."""
    return f"support-bot:{bot.address}"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_is_shown_as_text_wherever_it_comes_from(
    visit: Visit, way: UnreliableBot, payload: str
) -> None:
    fields = {"desk": "pier", "kind": payload, "priority": "low", "how": payload}
    quoted = reply()["citations"][0]
    way.reply = reply(
        outcome="unanswered",
        answer=f"{payload} [1]",
        citations=[{**quoted, "title": payload, "section": [payload], "quote": payload}],
        choices=[payload],
        related=[{"title": payload, "section": [payload], "url": "javascript:window.ran=true"}],
        notice=payload,
        question=payload,
        ticket={
            **fields,
            "subject": payload,
            "description": payload,
            "fields": {payload: payload},
            "missing": [f"{payload}?"],
        },
    )
    page = visit(way.address)
    start(page)
    exchange = ask(page, payload)
    exchange.locator("button.marker").click()
    exchange.locator("details.draft summary").click()
    shown = " ".join(payload.split())
    for place in (".question", ".body > .note", ".choice", ".source", ".subject", ".path"):
        expect(exchange.locator(place).first).to_contain_text(shown)
    assert exchange.locator("blockquote").inner_text() == f"1{payload}"
    assert exchange.get_by_label("Description").input_value() == payload
    assert page.locator("support-bot").locator("img, script, iframe, svg[onload]").count() == 0
    assert exchange.locator('a[href^="javascript:"]').count() == 0
    assert page.evaluate("window.ran") is None


def test_markup_in_a_real_question_and_vote_is_text(visit: Visit, bot: Site) -> None:
    page = visit()
    start(page)
    exchange = ask(page, f"The gate {PAYLOADS[0]} does not work")
    assert exchange.locator(".question").inner_text() == f"The gate {PAYLOADS[0]} does not work"
    exchange.get_by_role("button", name="This does not help").click()
    exchange.get_by_label("Reason for your vote").fill(PAYLOADS[1])
    exchange.get_by_role("button", name="Send reason").click()
    expect(exchange.locator(".thanks")).to_have_text("Thank you, this is noted.")
    with closing(sqlite3.connect(bot.database)) as connection:
        votes = connection.execute(
            "SELECT vote FROM feedback WHERE reason = ?", (PAYLOADS[1],)
        ).fetchall()
    assert votes == [("down",)]
    assert page.evaluate("window.ran") is None


# A ticket.


def test_a_ticket_from_the_widget_arrives_at_the_desk(visit: Visit, pier: Zendesk) -> None:
    page = visit()
    start(page)
    draft = open_draft(page)
    draft.get_by_label("Subject").fill("Crane of berth 7")
    draft.get_by_label("Version").fill("Mark II <b>")
    draft.get_by_label("Your name").fill("Ada")
    draft.get_by_label("Your e-mail address").fill("ada@boat.example")
    photograph(page, "draft")
    draft.get_by_role("button", name="Send to Pier Desk").click()
    expect(draft.locator(".state")).to_contain_text("sent, number")
    photograph(page, "sent")
    [ticket] = [each for each in pier.tickets if each["subject"] == "Crane of berth 7"]
    assert f"number {ticket['id']}." in draft.locator(".state").inner_text()
    assert "Version: Mark II <b>" in ticket["comment"]["body"]
    assert ticket["requester"]["email"] == "ada@boat.example"
    page.reload()
    expect(page.locator("details.draft .state")).to_contain_text("sent, number")
    expect(page.get_by_role("button", name="Edit")).to_be_hidden()


def test_a_ticket_without_an_address_is_refused_and_what_is_typed_stays(visit: Visit) -> None:
    page = visit()
    start(page)
    draft = open_draft(page)
    draft.get_by_label("Version").fill("Mark II")
    draft.get_by_role("button", name="Send to Pier Desk").click()
    expect(draft.get_by_role("alert")).to_contain_text("give yours")
    expect(draft.get_by_label("Your e-mail address")).to_be_focused()
    draft.get_by_label("Your e-mail address").fill("no address")
    draft.get_by_role("button", name="Send to Pier Desk").click()
    expect(draft.get_by_role("alert")).to_contain_text("is no e-mail address")
    page.reload()
    draft = page.locator("details.draft")
    expect(draft.get_by_label("Version")).to_have_value("Mark II")
    expect(draft.get_by_label("Your e-mail address")).to_have_value("no address")


def test_a_ticket_that_could_not_be_handed_over_is_kept_and_sent_once(
    visit: Visit, way: UnreliableBot, pier: Zendesk
) -> None:
    page = visit(way.address)
    start(page)
    draft = open_draft(page)
    draft.get_by_label("Subject").fill("Crane of berth 8")
    draft.get_by_label("Your e-mail address").fill("ada@boat.example")
    way.is_down = True
    send = draft.get_by_role("button", name="Send to Pier Desk")
    send.click()
    expect(draft.get_by_role("alert")).to_contain_text("What you typed is kept here.")
    way.is_down = False
    send.dblclick()
    expect(draft.locator(".state")).to_contain_text("sent, number")
    assert [each["subject"] for each in pier.tickets].count("Crane of berth 8") == 1


def test_a_ticket_of_who_is_signed_in_has_a_verified_address(
    visit: Visit, bot: Site, pier: Zendesk
) -> None:
    claims = {"email": "zoe@boat.example", "name": "Zoë", "exp": int(time.time()) + 600}
    page = visit(body=script(bot.address, identity=jwt.encode(claims, SECRET)))
    start(page)
    draft = open_draft(page)
    draft.get_by_label("Subject").fill("Crane of berth 9")
    expect(draft).to_contain_text("The desk answers to zoe@boat.example.")
    expect(draft.get_by_label("Your e-mail address")).to_have_count(0)
    draft.get_by_role("button", name="Send to Pier Desk").click()
    expect(draft.locator(".state")).to_contain_text("sent, number")
    [ticket] = [each for each in pier.tickets if each["subject"] == "Crane of berth 9"]
    assert ticket["requester"]["email"] == "zoe@boat.example"
    assert "unverified" not in json.dumps(ticket)


def test_an_identity_that_has_expired_is_refused_and_the_draft_stays(
    visit: Visit, bot: Site
) -> None:
    claims = {"email": "zoe@boat.example", "exp": int(time.time()) - 600}
    page = visit(body=script(bot.address, identity=jwt.encode(claims, SECRET)))
    start(page)
    draft = open_draft(page)
    draft.get_by_role("button", name="Send to Pier Desk").click()
    expect(draft.get_by_role("alert")).to_contain_text("identity has expired")
    expect(draft.get_by_label("Subject")).to_be_visible()


def test_a_desk_that_a_person_writes_to_says_how(visit: Visit) -> None:
    page = visit()
    start(page)
    page.get_by_role("button", name="Reach a person").click()
    draft = page.locator("details.draft")
    expect(draft.locator("summary")).to_be_focused()
    expect(draft).to_contain_text("Send the draft to the Helm Desk by email.")
    draft.get_by_role("button", name="Save the draft").click()
    expect(draft.locator(".state")).to_contain_text("nothing was sent")
    mail = draft.get_by_role("link", name="helm@harbour.example")
    mail.evaluate("link => link.addEventListener('click', (event) => event.preventDefault())")
    mail.click()
    assert mail.get_attribute("href").startswith("mailto:helm@harbour.example?subject=")


def test_a_draft_is_copied_and_downloaded_as_it_stands(visit: Visit) -> None:
    page = visit()
    start(page)
    draft = open_draft(page)
    draft.get_by_label("Subject").fill("Crane of berth 10")
    draft.get_by_label("Version").fill("Mark II")
    with page.expect_download() as download:
        draft.get_by_role("button", name="Download").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("# Crane of berth 10\n\n- Desk: Pier Desk\n")
    assert "- Version: Mark II" in text
    draft.get_by_role("button", name="Copy", exact=True).click()
    expect(draft.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text


# A conversation.


def test_an_answer_opens_the_quote_that_it_rests_on(visit: Visit) -> None:
    page = visit()
    start(page)
    photograph(page, "opened")
    exchange = ask(page, QUESTION)
    exchange.locator("button.marker").first.click()
    quotes = exchange.locator(".quotes")
    expect(quotes).to_be_focused()
    expect(quotes.locator("blockquote.shown")).to_contain_text("open from 06:00 to 22:00")
    expect(exchange.locator(".source")).to_contain_text("Harbour Guide › Lock Gate")
    expect(quotes.get_by_role("link", name="Open this section")).to_have_attribute(
        "href", "https://docs.harbour.example/harbour/#lock-gate"
    )
    photograph(page, "answer")


def test_rows_of_a_table_are_quoted_as_a_table(visit: Visit, way: UnreliableBot) -> None:
    quoted = reply()["citations"][0]
    rows = ["| Up to 12 metres | 21 euros | |", "| Boat length | Fee a night | Electricity |"]
    way.reply = reply(
        citations=[
            {**quoted, "n": n, "lines": [20 - n, 20 - n], "quote": row}
            for n, row in enumerate(rows, 1)
        ]
    )
    page = visit(way.address)
    start(page)
    exchange = ask(page, QUESTION)
    exchange.locator("button.marker").click()
    shown = exchange.locator(".quotes tr")
    expect(shown).to_have_text(["2Boat lengthFee a nightElectricity", "1Up to 12 metres21 euros"])
    expect(shown.last).to_have_class("shown")


def test_an_unanswered_question_shows_what_the_pages_say_nearby(visit: Visit) -> None:
    page = visit()
    start(page)
    exchange = ask(page, "The winch of my boat is broken and does not work")
    expect(exchange).to_contain_text("The documentation does not say")
    nearby = exchange.locator(".links", has_text="What the pages say nearby").get_by_role("link")
    assert nearby.first.get_attribute("href").startswith("https://docs.harbour.example/")


def test_a_choice_is_asked_by_a_click(visit: Visit, way: UnreliableBot) -> None:
    way.reply = reply(outcome="clarify", answer="Which?", citations=[], choices=[QUESTION])
    page = visit(way.address)
    start(page)
    choice = ask(page, "When?").locator(".choice")
    way.reply = None
    choice.click()
    expect(page.locator(".answer").last).to_contain_text("06:00")
    assert way.asked[1]["history"][0] == {"role": "user", "content": "When?"}
    assert way.asked[1]["conversation_id"] == "c1"


def test_the_conversation_goes_on_over_page_loads(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, QUESTION)
    page.locator(".composer textarea").fill("Not sent yet")
    page.reload()
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("06:00")
    expect(page.locator(".composer textarea")).to_have_value("Not sent yet")
    assert page.evaluate("document.activeElement === document.body")
    page.locator("button.marker").first.click()
    expect(page.locator(".quotes")).to_be_visible()


def test_a_page_that_is_left_in_the_middle_of_an_answer_offers_to_ask_again(
    visit: Visit, way: UnreliableBot
) -> None:
    way.faults = [HANG]
    page = visit(way.address)
    start(page)
    say(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("The lock")
    page.reload()
    expect(page.locator(".body .problem")).to_contain_text("The page was left")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer")).to_contain_text("06:00")


def test_an_answer_can_be_stopped_and_its_question_edited(visit: Visit, way: UnreliableBot) -> None:
    way.faults = [HANG]
    page = visit(way.address)
    start(page)
    say(page, "When is the lock")
    expect(page.locator(".answer")).to_contain_text("The lock")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".body .note")).to_have_text("Stopped.")
    page.get_by_role("button", name="Edit").click()
    expect(page.locator(".composer textarea")).to_have_value("When is the lock")
    ask(page, QUESTION)
    expect(page.locator(".question")).to_have_text([QUESTION])
    assert way.asked[1]["history"] == []


def test_an_edit_can_be_given_up(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, QUESTION)
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Leave it as it was").click()
    expect(page.locator(".composer textarea")).to_have_value("")
    expect(page.locator(".question")).to_have_text([QUESTION])


def test_a_page_in_the_background_follows_the_one_that_is_used(visit: Visit) -> None:
    page = visit()
    behind = page.context.new_page()
    behind.goto(page.url)
    start(behind)
    behind.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    start(page)
    ask(page, QUESTION)
    expect(behind.locator(".answer")).to_contain_text("06:00")


def test_starting_over_can_be_undone(visit: Visit, bot: Site) -> None:
    page = visit()
    start(page)
    ask(page, QUESTION)
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".question")).to_have_count(0)
    assert QUESTION not in page.evaluate("key => localStorage[key]", memory_key(bot))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".question")).to_have_text(QUESTION)


def test_an_answer_is_copied_with_its_citations(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, QUESTION).get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "[1] Harbour Guide › Lock Gate\n    https://docs.harbour.example/harbour/" in text


def test_a_secret_is_masked_on_the_screen_and_not_kept_in_the_browser(
    visit: Visit, bot: Site
) -> None:
    page = visit()
    start(page)
    exchange = ask(page, "The gate is stuck, password: hunter2!x")
    expect(exchange.locator(".body > .note")).to_have_text("I masked a password.")
    expect(exchange.locator(".question")).to_contain_text("[password masked]")
    page.locator(".composer textarea").fill("Next")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    kept = page.evaluate("key => localStorage[key]", memory_key(bot))
    assert "Next" in kept
    assert "hunter2" not in kept


# The site around it.


def test_attributes_and_variables_give_it_the_look_of_the_site(visit: Visit, bot: Site) -> None:
    page = visit(body=script(bot.address, title="Harbour Help", theme="dark", position="left"))
    expect(page.locator(".launcher")).to_contain_text("Harbour Help")
    page.evaluate(
        "document.querySelector('support-bot').style.setProperty('--support-bot-accent', '#ff0')"
    )
    start(page)
    expect(page.get_by_role("dialog", name="Harbour Help")).to_be_visible()
    expect(page.locator(".composer .main")).to_have_css("background-color", "rgb(255, 255, 0)")
    expect(page.locator(".composer .main")).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator(".panel")).to_have_css("background-color", "rgb(24, 32, 39)")
    assert page.locator(".panel").bounding_box()["x"] < 100


def test_any_accent_gives_readable_text(visit: Visit) -> None:
    page = visit()
    element = page.locator("support-bot")
    for accent in ("#ffffff", "#000", "#ffd400", "hotpink", "oklch(60% 0.2 30)", "no colour"):
        for theme in ("light", "dark"):
            element.evaluate(
                "(bot, look) => Object.assign(bot.dataset, look)",
                {"accent": accent, "theme": theme},
            )
            for text, ground in ((".launcher", ".launcher"), (".person", ".panel")):
                ink, paper = colour(page, text, "color"), colour(page, ground, "backgroundColor")
                assert contrast(ink, paper) >= 4.5, (accent, theme, text)


def colour(page: Page, selector: str, name: str) -> tuple[float, ...]:
    """A computed colour as red, green and blue from 0 to 1, drawn by the browser."""
    computed = page.locator(selector).evaluate(f"node => getComputedStyle(node).{name}")
    drawn = page.evaluate(
        """computed => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = computed;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        computed,
    )
    return tuple(part / 255 for part in drawn)


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The contrast ratio of WCAG 2.2."""
    lights = sorted(
        sum(
            weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )
        for parts in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_a_page_can_open_it_with_a_question_and_hears_of_what_happens(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".launcher")).to_be_visible()
    page.evaluate(
        """question => {
          window.heard = [];
          for (const name of ["open", "question", "reply", "close", "error"]) {
            document.addEventListener(`support-bot:${name}`, (event) =>
              heard.push([name, event.detail?.question ?? event.detail?.outcome ?? null]));
          }
          document.querySelector("support-bot").open(question);
        }""",
        QUESTION,
    )
    expect(page.locator(".votes")).to_be_visible()
    page.evaluate("document.querySelector('support-bot').close()")
    expect(page.locator(".panel")).to_be_hidden()
    assert page.evaluate("heard") == [
        ["open", None],
        ["question", QUESTION],
        ["reply", "answered"],
        ["close", None],
    ]


def test_a_question_to_start_with_is_asked_once(visit: Visit, way: UnreliableBot) -> None:
    page = visit(way.address, body=script(way.address, question=QUESTION))
    expect(page.locator(".answer")).to_contain_text("06:00")
    page.reload()
    expect(page.locator(".answer")).to_contain_text("06:00")
    assert len(way.asked) == 1


def test_it_opens_at_first_until_the_visitor_closes_it(visit: Visit, bot: Site) -> None:
    page = visit(body=script(bot.address, open=""))
    expect(page.locator(".panel")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    expect(page.locator(".panel")).to_be_hidden()


def test_instances_of_a_page_have_conversations_of_their_own(visit: Visit, bot: Site) -> None:
    body = (
        f'<support-bot id="inner" data-bot="{bot.address}" data-position="inline"></support-bot>'
        f'<support-bot data-bot="{bot.address}" data-title="Corner"></support-bot>'
        f"{script(bot.address, mount='manual')}"
    )
    page = visit(body=body)
    inner, corner = page.locator("support-bot").nth(0), page.locator("support-bot").nth(1)
    expect(page.locator("support-bot")).to_have_count(2)
    inner.locator(".composer textarea").fill(QUESTION)
    inner.locator(".composer textarea").press("Enter")
    expect(inner.locator(".answer")).to_contain_text("06:00")
    corner.locator(".launcher").click()
    expect(corner.locator(".question")).to_have_count(0)
    photograph(page, "two-instances")
    page.reload()
    expect(inner.locator(".question")).to_have_count(1)
    expect(corner.locator(".question")).to_have_count(0)


def test_two_bots_can_stand_on_one_page(
    browser: Browser, support_site: SupportSite, bot: Site, way: UnreliableBot
) -> None:
    way.reply = reply(answer="The other bot.")
    body = f"<body>{script(bot.address)}{script(way.address, position='left')}"
    policy = STRICT.format(bot=f"{bot.address} {way.address}")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(support_site.publish(body, policy))
        expect(page.locator("support-bot")).to_have_count(2)
        for address, words in ((bot.address, "06:00"), (way.address, "The other bot.")):
            one = page.locator(f'support-bot[data-bot="{address}"]')
            one.evaluate("(element, question) => element.open(question)", QUESTION)
            expect(one.locator(".answer")).to_contain_text(words)


def test_it_leaves_no_name_and_fetches_nothing_from_elsewhere(
    visit: Visit, bot: Site, support_site: SupportSite
) -> None:
    names = "Object.keys(window).filter((name) => name !== 'violations')"
    page = visit(body="<p>Nothing yet</p>")
    before = page.evaluate(names)
    origins = set()
    page.on(
        "request",
        lambda request: origins.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))),
    )
    page.goto(support_site.publish(f"<body>{script(bot.address)}", STRICT.format(bot=bot.address)))
    start(page)
    ask(page, QUESTION)
    assert set(page.evaluate(names)) <= set(before)
    assert origins == {bot.address, support_site.origin}


def test_shortcuts_of_the_page_are_not_for_what_is_typed(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.pressed = 0; document.addEventListener('keydown', () => pressed += 1)")
    start(page)
    page.locator(".composer textarea").press("s")
    assert page.evaluate("pressed") == 0


def test_an_element_that_is_moved_and_taken_away_does_no_harm(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, QUESTION)
    page.evaluate("document.body.prepend(document.querySelector('support-bot'))")
    expect(page.locator(".answer")).to_contain_text("06:00")
    page.evaluate("document.querySelector('support-bot').remove()")
    expect(page.locator("support-bot")).to_have_count(0)


def test_the_demo_page_shows_the_widget_under_its_own_policy(browser: Browser, bot: Site) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(f"{bot.address}/widget")
        expect(page.locator("#snippet")).to_contain_text(f'src="{bot.address}/widget.js"')
        page.get_by_label("Title").fill('Our "help"')
        expect(page.locator("#snippet")).to_contain_text('data-title="Our &quot;help&quot;"')
        page.get_by_role("button", name=QUESTION).click()
        expect(page.locator(".answer")).to_contain_text("06:00")
        expect(page.get_by_role("dialog", name='Our "help"')).to_be_visible()
        photograph(page, "demo")
        assert page.evaluate("window.violations") == []


# People.


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".launcher")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".launcher")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".composer textarea")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".votes")).to_be_visible()
    marker = page.locator("button.marker").first
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if marker.evaluate("marker => marker.getRootNode().activeElement === marker"):
            break
    outline = marker.evaluate("marker => getComputedStyle(marker).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".quotes")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".quotes")).to_be_hidden()
    expect(marker).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()


def test_the_focus_goes_back_to_what_opened_it(visit: Visit, bot: Site) -> None:
    page = visit(body=f"<button>Ask us</button>{script(bot.address)}")
    expect(page.locator(".launcher")).to_be_visible()
    opener = page.get_by_role("button", name="Ask us")
    opener.focus()
    page.evaluate("document.querySelector('support-bot').open()")
    expect(page.locator(".composer textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_new_line_is_no_end_of_the_question(visit: Visit) -> None:
    page = visit()
    start(page)
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.locator(".composer textarea")).to_have_value("one\ntwo")


def test_the_finished_answer_is_announced_once(visit: Visit) -> None:
    page = visit()
    start(page)
    page.evaluate(
        """() => {
          window.announced = [];
          const root = document.querySelector("support-bot").shadowRoot;
          const status = root.querySelector("[role=status]");
          new MutationObserver(() => status.textContent && announced.push(status.textContent))
            .observe(status, { childList: true, characterData: true, subtree: true });
        }"""
    )
    ask(page, QUESTION)
    expect(page.get_by_role("status")).to_contain_text("06:00")
    [announced] = page.evaluate("announced")
    assert re.search(r"\d sources?\.$", announced)
    assert "[1]" not in announced
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


def test_on_a_phone_it_fills_the_screen_and_nothing_behind_it_can_be_used(visit: Visit) -> None:
    page = visit(**PHONE)
    page.locator(".launcher").tap()
    expect(page.locator(".panel")).to_be_visible()
    expect(page.get_by_role("heading", name="Support")).to_be_focused()
    photograph(page, "phone-opened")
    page.wait_for_timeout(400)  # it slides in
    box = page.locator(".panel").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.locator(".panel").evaluate("panel => panel.matches(':modal')")
    exchange = ask(page, QUESTION)
    exchange.locator("button.marker").first.tap()
    photograph(page, "phone-answer")
    draft = open_draft(page)
    photograph(page, "phone-draft")
    for box in (page.locator(".composer textarea"), draft.get_by_label("Subject")):
        expect(box).to_have_css("font-size", "16px")  # below it phones zoom when it is focused
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".log").evaluate("log => log.scrollWidth <= log.clientWidth")
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()  # a page is not hidden by what was open


def test_at_200_percent_everything_can_be_reached(visit: Visit) -> None:
    page = visit(viewport={"width": 640, "height": 360})
    start(page)
    open_draft(page)
    photograph(page, "zoomed")
    for part in (".composer textarea", ".person", "header button"):
        expect(page.locator(part).first).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Send to Pier Desk").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Send to Pier Desk")).to_be_in_viewport(ratio=1)
    assert page.locator(".log").evaluate("log => log.scrollWidth <= log.clientWidth")


def test_who_wants_no_motion_gets_none(visit: Visit) -> None:
    page = visit(reduced_motion="reduce")
    start(page)
    expect(page.locator(".panel")).to_have_css("animation-name", "none")


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_the_looks_that_a_device_asks_for(visit: Visit, look: dict) -> None:
    page = visit(**look)
    start(page)
    ask(page, QUESTION).locator("button.marker").first.click()
    photograph(page, next(iter(look)))
    expect(page.locator(".quotes")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    browser: Browser, support_site: SupportSite, way: UnreliableBot, scheme: str
) -> None:
    body = f"<body><main><h1>Help</h1></main>{script(way.address)}"
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(support_site.publish(body, ""))  # axe-core itself needs what STRICT forbids
        expect(page.locator(".launcher")).to_be_visible()
        assert check(page) == []
        start(page)
        assert check(page) == []
        exchange = ask(page, QUESTION)
        exchange.locator("button.marker").first.click()
        exchange.get_by_role("button", name="This helps").click()
        assert check(page) == []
        draft = open_draft(page)
        draft.get_by_role("button", name="Send to Pier Desk").click()
        expect(draft.get_by_role("alert")).to_be_visible()
        way.faults = [CUT]
        say(page, QUESTION)
        expect(page.locator(".body > .problem")).to_be_visible()
        assert check(page) == []


def test_axe_finds_nothing_serious_on_the_demo_page(browser: Browser, bot: Site) -> None:
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{bot.address}/widget")
        expect(page.locator(".launcher")).to_be_visible()
        assert check(page) == []

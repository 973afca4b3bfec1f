"""HTML and scripts in all that the chat page shows: each is shown letter for letter, none runs."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.settings import Settings
from tests.bot.browsing import ask, say
from tests.bot.conftest import Site, opened, serving

IMAGE = '<img src=x onerror="window.ran=1">'
SCRIPT = "<script>window.ran=1</script>"
FRAME = "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>"
LINK = "[x](javascript:window.ran=1)"
VECTOR = "<svg onload=window.ran=1>"
FEE = "<i onclick=window.ran=1>Towing</i>"
PAYLOADS = (IMAGE, SCRIPT, FRAME, LINK, VECTOR)
QUESTION = "When is the lock gate open every day?"
PROBLEM = "The winch of my boat is broken and does not work"

# In a page markup is text where it is escaped; a title is text as it is.
PAGE = f"""---
title: {json.dumps(f"Harbour {IMAGE}")}
url: /harbour/
---

## Lock Gate {escape(SCRIPT, quote=False)}

The lock gate is open from 06:00 to 22:00 {escape(IMAGE, quote=False)} every day.

- Boats book a passage {escape(FRAME, quote=False)} first.

| Gate {escape(VECTOR, quote=False)} | Fee | Power |
| --- | --- | --- |
| Small {escape(IMAGE, quote=False)} | 14 euros | {escape(SCRIPT, quote=False)} |

```
{VECTOR}
```

## Who Pays the {escape(FEE, quote=False)} Fee?

The owner of the boat pays the towing fee of 90 euros to the harbour office.
"""


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A documentation that is full of markup, served."""
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "harbour.md").write_text(PAGE, encoding="utf-8")
    settings = Settings(corpus=corpus, data=tmp_path_factory.mktemp("data"), visitor_rate=100_000)
    with serving(settings) as site:
        opened(site)
        yield site


@pytest.fixture
def page(browser: Browser, harmful: Site) -> Iterator[Page]:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(harmful.address)
        page.locator("#question textarea").wait_for()
        yield page
        page.wait_for_timeout(300)
        assert page.evaluate("window.ran") is None
        assert page.locator("#columns :is(script, iframe, img)").count() == 0


def test_a_title_a_heading_and_a_quote(page: Page) -> None:
    reply = ask(page, QUESTION)
    expect(reply.locator(".answer")).to_contain_text(IMAGE)
    expect(reply.locator(".sources")).to_contain_text(f"Harbour {IMAGE} › Lock Gate {SCRIPT}")
    reply.locator("a.marker").first.click()
    source = page.locator("#source")
    for payload in (IMAGE, SCRIPT, FRAME, VECTOR):
        expect(source).to_contain_text(payload)
    expect(source.locator("h2")).to_have_text(f"Lock Gate {SCRIPT}")
    reply.locator(".copy").click()
    expect(reply.locator(".copy")).to_have_text("Copied")
    assert IMAGE in page.evaluate("navigator.clipboard.readText()")


def test_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, QUESTION).locator("a.marker").first.click()
    expect(page.locator(".under-answer h2")).to_have_text(f"Lock Gate {SCRIPT}")


@pytest.mark.usefixtures("patient")
def test_a_near_section_its_first_words_and_a_suggestion(page: Page) -> None:
    reply = ask(page, PROBLEM)
    expect(reply.locator(".related")).to_contain_text(f"Harbour {IMAGE} › Lock Gate {SCRIPT}")
    expect(reply.locator(".excerpt").first).to_be_visible()
    reply.locator(".related a").first.click()
    expect(page.locator("#source h2")).to_be_visible()
    suggestion = page.locator("#suggestions .suggestion", has_text="Towing").first
    expect(suggestion).to_have_text(f"Who Pays the {FEE} Fee?")
    suggestion.click()
    expect(page.locator("#conversation .question").last).to_have_text(f"Who Pays the {FEE} Fee?")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_question_and_its_draft(page: Page, payload: str) -> None:
    ask(page, f"{PROBLEM} {payload}")
    expect(page.locator("#conversation .question")).to_have_text(f"{PROBLEM} {payload}")
    expect(page.locator("#draft-description textarea")).to_have_value(f"{PROBLEM} {payload}")


def test_every_box_of_a_ticket_and_what_is_found_again(page: Page) -> None:
    ask(page, PROBLEM)
    boxes = page.locator("#draft textarea")
    expect(boxes.first).to_be_visible()
    for number in range(boxes.count()):
        boxes.nth(number).fill(PAYLOADS[number % len(PAYLOADS)])
        page.keyboard.press("Tab")
        page.wait_for_timeout(200)
    subject = page.locator("#draft-subject textarea").input_value()
    assert subject in PAYLOADS
    page.reload()
    drafts = page.locator("#conversation .drafts a")
    expect(drafts).to_contain_text(subject)
    drafts.click()
    expect(page.locator("#draft-subject textarea")).to_have_value(subject)


def test_the_name_of_an_attached_file(page: Page, tmp_path: Path) -> None:
    ask(page, PROBLEM)
    file = tmp_path / "<img src=x onerror=window.ran=1>.log"
    file.write_bytes(b"stuck")
    page.locator("#draft-attachments input[type=file]").set_input_files(file)
    expect(page.locator("#draft-files li")).to_contain_text(".log")


def test_an_answer_to_what_a_draft_misses(page: Page) -> None:
    ask(page, PROBLEM)
    say(page, f"version {IMAGE}")
    expect(page.locator("#conversation .question").last).to_have_text(f"version {IMAGE}")
    expect(page.locator("#send")).to_be_visible()


def test_the_reason_for_a_vote(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_label("Dislike").click()
    page.locator("#reason textarea").fill(IMAGE)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_have_text("Thank you, this is noted.")


def test_what_an_error_repeats(page: Page) -> None:
    ask(page, PROBLEM)
    page.get_by_label("Your e-mail address").fill(IMAGE)
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    expect(page.get_by_label("Your e-mail address")).to_have_value(IMAGE)

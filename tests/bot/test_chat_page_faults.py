"""What the chat page does when the server, the network or its visitor misbehaves."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.settings import Settings
from tests.bot.browsing import ask, say
from tests.bot.conftest import Site, opened, serving

QUESTION = "When is the lock gate open?"
SECOND = "Until when is the lock gate open every day?"

# Answers that take long enough for the server to be killed in the middle.
SLOW = """
import time
from bot.assistant import Assistant
from bot.terminal import main
ask_at_once = Assistant.ask
def ask_slowly(*given, **options):
    time.sleep(2)
    return ask_at_once(*given, **options)
Assistant.ask = ask_slowly
main()
"""


class Server:
    """A server in a process of its own, which can be killed and started again."""

    def __init__(self, settings: Settings) -> None:
        self._environment = os.environ | {
            "SUPPORTBOT_CORPUS": str(settings.corpus),
            "SUPPORTBOT_DATA": str(settings.data),
            "SUPPORTBOT_PORT": "0",
        }
        self.address = ""

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SLOW, "serve"],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self._process.stderr:
            if found := re.search(r"Ready: open http://127\.0\.0\.1:(\d+)", line):
                self._environment["SUPPORTBOT_PORT"] = found[1]
                self.address = f"http://127.0.0.1:{found[1]}"
                return
        raise AssertionError("The server did not start.")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()


@pytest.fixture
def server(settings: Settings, site: Site) -> Iterator[Server]:
    server = Server(settings)
    server.start()
    yield server
    server.kill()


def test_a_server_that_dies_in_the_middle_of_an_answer(browser: Browser, server: Server) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.address)
        ask(page, QUESTION)
        say(page, SECOND)
        page.locator("#conversation .pending").wait_for()
        server.kill()
        told = page.locator("#connection")
        expect(told).to_contain_text("The connection to the server broke", timeout=15_000)
        expect(told).to_contain_text("keeps your question")
        server.start()
        expect(told).to_contain_text("The connection is back", timeout=15_000)
        expect(page.locator("#question textarea")).to_have_value(SECOND)
        expect(page.locator("#conversation .question")).to_have_text(QUESTION)
        page.locator("#send").click()
        expect(page.locator(".reply.answered")).to_contain_text("22:00")
        expect(told).to_have_count(0)


def test_without_a_network_the_question_is_kept(page: Page) -> None:
    ask(page, QUESTION)
    page.context.set_offline(True)
    say(page, SECOND)
    told = page.locator("#connection")
    expect(told).to_contain_text("keeps your question", timeout=15_000)
    page.context.set_offline(False)
    expect(told).to_contain_text("The connection is back", timeout=15_000)
    expect(page.locator("#question textarea")).to_have_value(SECOND)


def test_a_hundred_messages_at_once_are_one(page: Page) -> None:
    page.locator("#question textarea").fill(QUESTION)
    page.evaluate(
        """() => {
            for (let times = 0; times < 100; times++) document.querySelector("#send").click();
        }"""
    )
    expect(page.locator(".reply")).to_contain_text("06:00")
    expect(page.locator("#send")).to_be_visible()
    assert page.locator("#conversation .question").count() == 1


def test_too_many_messages_are_told_to_wait_and_kept(browser: Browser, settings: Settings) -> None:
    few = settings.model_copy(update={"visitor_rate": 2})
    with serving(few) as site, browser.new_context() as context:
        opened(site)
        page = context.new_page()
        page.goto(site.address)
        ask(page, QUESTION)
        ask(page, QUESTION)
        say(page, SECOND)
        expect(page.get_by_role("alert")).to_contain_text("wait")
        expect(page.locator("#question textarea")).to_have_value(SECOND)
        expect(page.locator(".reply")).to_have_count(2)


def test_a_hundred_requests_past_the_page_do_not_keep_others_waiting(
    page: Page, site: Site
) -> None:
    event = {"data": [QUESTION, None], "fn_index": 0, "session_hash": "flood", "trigger_id": 1}
    with httpx.Client(base_url=site.address) as flood:
        for _ in range(100):
            flood.post("/gradio_api/queue/join", json=event)
    expect(ask(page, QUESTION)).to_contain_text("06:00")


def test_where_nothing_may_be_stored_the_page_works(browser: Browser, site: Site) -> None:
    with browser.new_context() as context:
        context.add_init_script(
            """for (const name of ["localStorage", "sessionStorage"]) {
                Object.defineProperty(window, name, {
                    get() { throw new DOMException("denied", "SecurityError"); },
                });
            }"""
        )
        page = context.new_page()
        page.goto(site.address)
        expect(ask(page, QUESTION)).to_contain_text("06:00")

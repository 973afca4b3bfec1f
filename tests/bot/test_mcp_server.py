"""The MCP server, as the official client uses it over standard input and output and over HTTP."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult

from bot import mcp_server
from bot.database import Database
from bot.mcp_server import create_mcp_server
from bot.profile import load_profile
from bot.reply import Reply
from bot.settings import Settings
from bot.startup import Startup
from index.store import has_index
from tests.bot.conftest import Site, serving

QUESTION = "When is the lock gate open?"
BROKEN = "My mast is broken since version 7.2, password: hunter2!x"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
ACCEPT = {"accept": "application/json, text/event-stream"}


class Caller:
    """The official client, called from a test that is not asynchronous."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self.client = client

    def tools(self) -> dict:
        listed = self._portal.call(self.client.list_tools).tools
        return {tool.name: tool for tool in listed}

    def call(self, name: str, **arguments: object) -> CallToolResult:
        return self._portal.call(self.client.call_tool, name, arguments)


@contextmanager
def connected(server: object, mode: str) -> Iterator[Caller]:
    with start_blocking_portal() as portal:
        client = Client(server, mode=mode)
        with portal.wrap_async_context_manager(client):
            yield Caller(portal, client)


def command(settings: Settings) -> list[str]:
    folders = ["--corpus", settings.corpus, "--data", settings.data]
    main = "from bot.terminal import main; main()"
    return [sys.executable, "-c", main, "mcp", *map(str, folders)]


@pytest.fixture(
    scope="module", params=[("stdio", "legacy"), ("http", "legacy"), ("http", "auto")], ids=" ".join
)
def caller(request: pytest.FixtureRequest, site: Site, settings: Settings) -> Iterator[Caller]:
    """Connected by handshake or without it, to a server that is open by then."""
    way, mode = request.param
    program, *arguments = command(settings)
    server = StdioServerParameters(command=program, args=arguments)
    with connected(f"{site.address}/mcp" if way == "http" else server, mode) as caller:
        while (first := caller.call("search_docs", query="gate")).is_error:
            assert "Not ready yet" in first.content[0].text  # on a busy machine
        yield caller


def assert_refused(result: CallToolResult, words: str) -> None:
    assert result.is_error
    [content] = result.content
    assert words in content.text
    assert len(content.text.splitlines()) == 1


def test_the_server_says_who_it_is(caller: Caller) -> None:
    assert caller.client.server_info.name == "supportbot"
    assert "the documentation does not say" in caller.client.instructions


def test_the_tools_say_what_they_take_give_and_change(caller: Caller) -> None:
    tools = caller.tools()
    assert set(tools) == {"search_docs", "ask_docs", "draft_ticket"}
    for tool in tools.values():
        assert tool.description
        assert tool.output_schema["type"] == tool.input_schema["type"] == "object"
    read_only = {name for name, tool in tools.items() if tool.annotations.read_only_hint}
    assert read_only == {"search_docs", "ask_docs"}
    assert tools["draft_ticket"].annotations.destructive_hint is False
    assert "NOTHING IS SENT" in tools["draft_ticket"].description
    assert tools["ask_docs"].input_schema["required"] == ["question"]


def test_a_question_is_answered_with_the_whole_reply(caller: Caller) -> None:
    result = caller.call("ask_docs", question=QUESTION)
    assert not result.is_error
    reply = Reply.model_validate(result.structured_content)
    assert reply.outcome == "answered"
    assert "06:00" in reply.citations[0].quote
    assert json.loads(result.content[0].text) == result.structured_content


@pytest.mark.parametrize("write", [list, json.dumps], ids=["list", "text of a list"])
def test_a_question_may_lean_on_what_was_said_before(caller: Caller, write: Callable) -> None:
    said = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "The lock gate is open from 06:00 to 22:00 every day."},
    ]
    result = caller.call("ask_docs", question="and on Sundays?", history=write(said))
    assert "lock gate" in result.structured_content["standalone_question"]


def test_a_search_gives_the_best_passages_first(caller: Caller) -> None:
    passages = caller.call("search_docs", query="lock gate", k=2).structured_content["passages"]
    assert len(passages) == 2
    assert passages[0]["section"] == ["Lock Gate"]
    assert passages[0]["score"] >= passages[1]["score"]


def test_a_draft_is_kept_and_not_sent(caller: Caller, site: Site) -> None:
    result = caller.call("draft_ticket", message=BROKEN)
    drafted = result.structured_content
    [draft] = drafted["tickets"]
    assert (draft["desk"], draft["status"]) == ("helm", "saved")
    assert draft["fields"]["Version"].startswith("7.2")
    assert drafted["notice"] == "I masked a password."
    kept = Database(site.database).ticket(draft["ticket_id"])
    assert (kept.state, kept.submitted) == ("saved", None)
    assert kept.ticket.subject == draft["subject"]
    assert "hunter2" not in result.content[0].text + kept.model_dump_json()
    status = httpx.get(f"{site.address}/api/v1/tickets/{draft['ticket_id']}").json()
    assert status["state"] == "saved"


def test_a_draft_goes_with_the_conversation_it_comes_from(caller: Caller, site: Site) -> None:
    said = [{"role": "user", "content": "The winch token: ghp_" + "a1B2" * 9}]
    [draft] = caller.call("draft_ticket", message=BROKEN, history=said).structured_content[
        "tickets"
    ]
    first, last = Database(site.database).ticket(draft["ticket_id"]).transcript
    assert first.content.startswith("The winch token: [")
    assert last.content.startswith("My mast is broken")


def test_an_unknown_tool_is_a_protocol_error(caller: Caller) -> None:
    with pytest.raises(MCPError, match="There is no tool 'delete_docs'"):
        caller.call("delete_docs")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask_docs", {}, "The argument question cannot be taken (Field required)"),
        ("ask_docs", {"question": 7}, "The argument question cannot be taken"),
        ("ask_docs", {"question": " "}, "The question is empty"),
        ("ask_docs", {"question": "why " * 25_000}, "99,999 characters"),
        ("ask_docs", {"question": "x", "history": "[{"}, "The argument history cannot be taken"),
        ("ask_docs", {"question": "x", "history": [{"role": "x"}]}, "history.0.role"),
        ("search_docs", {"query": ""}, "empty"),
        ("search_docs", {"query": "gate", "k": 0}, "The argument k cannot be taken"),
        ("search_docs", {"query": "gate", "k": 1000}, "The argument k cannot be taken"),
        ("draft_ticket", {"message": "\x00"}, "empty"),
        ("draft_ticket", {"message": "My mast broke. " * 7_000}, "104,999 characters"),
    ],
)
def test_what_cannot_be_taken_is_a_tool_error_of_one_sentence(
    caller: Caller, tool: str, arguments: dict, words: str
) -> None:
    assert_refused(caller.call(tool, **arguments), words)


def test_a_client_that_adds_arguments_of_its_own_is_answered(caller: Caller) -> None:
    result = caller.call("search_docs", query="lock gate", sessionId="1")
    assert not result.is_error


def post(site: Site, message: dict, **headers: str) -> httpx.Response:
    return httpx.post(f"{site.address}/mcp", json=message, headers={**ACCEPT, **headers})


def test_a_page_of_another_site_is_refused(site: Site) -> None:
    assert post(site, LIST, origin="https://evil.example").status_code == 403


def test_a_wrong_key_is_refused(site: Site) -> None:
    assert post(site, LIST, authorization="Bearer sb_wrong").status_code == 401


def test_behind_a_proxy_the_public_host_is_answered(site: Site, settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://support.example.com"})
    with serving(public) as served:
        response = post(served, LIST, host="support.example.com")
    assert len(response.json()["result"]["tools"]) == 3


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_without_sessions_there_is_nothing_to_listen_to_or_end(site: Site, method: str) -> None:
    response = httpx.request(method, f"{site.address}/mcp", headers=ACCEPT)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"jsonrpc": "2.0"}', b"\xff"])
def test_what_is_no_message_is_an_error_of_the_protocol(site: Site, body: bytes) -> None:
    headers = {**ACCEPT, "content-type": "application/json"}
    response = httpx.post(f"{site.address}/mcp", content=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["code"] < 0


def test_tools_are_listed_before_the_model_is_loaded_and_the_process_ends_with_its_input(
    settings: Settings, tmp_path: Path
) -> None:
    fresh = settings.model_copy(update={"data": tmp_path})
    with subprocess.Popen(
        command(fresh), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        for message in (INITIALIZE, INITIALIZED, LIST):
            process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert [answer["id"] for answer in answers] == [1, 2]
        assert len(answers[1]["result"]["tools"]) == 3
        assert not has_index(tmp_path)
        process.stdin.close()
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == b""


def test_a_faulty_profile_is_one_sentence_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "support.toml").write_text("default_desk = 7")
    ended = subprocess.run(
        command(Settings(corpus=tmp_path, data=tmp_path)), input=b"", capture_output=True
    )
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert len(ended.stderr.decode().strip().splitlines()) == 1


@pytest.fixture
def closed(settings: Settings) -> Startup:
    """A start that has not begun."""
    return Startup(settings, load_profile(settings.profile, settings.corpus))


@pytest.fixture(scope="module")
def opened(settings: Settings, site: Site) -> Startup:
    """A start that has ended, on the index of the site."""
    startup = Startup(settings, load_profile(settings.profile, settings.corpus))
    startup.begin()
    startup.wait()
    return startup


@contextmanager
def inside(startup: Startup, database: Database) -> Iterator[Caller]:
    """Connected within this process."""
    with connected(create_mcp_server(startup, database), "auto") as caller:
        yield caller


def test_a_call_that_waits_too_long_is_put_off(
    closed: Startup, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_server, "WAIT_SECONDS", 0.1)
    with inside(closed, Database(site.database)) as caller:
        assert_refused(caller.call("ask_docs", question=QUESTION), "opening the index")


def test_a_call_waits_for_the_index_to_open(closed: Startup, site: Site) -> None:
    with inside(closed, Database(site.database)) as caller:
        threading.Timer(0.2, closed.begin).start()
        assert not caller.call("search_docs", query="lock gate").is_error


def test_what_keeps_the_index_from_opening_is_told_in_each_call(site: Site, tmp_path: Path) -> None:
    missing = Settings(corpus=tmp_path / "nowhere", data=tmp_path)
    startup = Startup(missing, load_profile(None, tmp_path))
    startup.begin()
    with inside(startup, Database(site.database)) as caller:
        assert_refused(caller.call("search_docs", query="gate"), "nowhere")


def test_a_draft_that_cannot_be_kept_is_still_a_draft(opened: Startup, tmp_path: Path) -> None:
    file = tmp_path / "damaged.sqlite"
    database = Database(file)
    file.write_bytes(b"no database" * 1000)
    with inside(opened, database) as caller:
        drafted = caller.call("draft_ticket", message=BROKEN).structured_content
    [draft] = drafted["tickets"]
    assert draft["subject"]
    assert draft["ticket_id"] is None
    assert str(file) in draft["status"]


def test_an_unforeseen_fault_is_one_sentence_and_in_the_log(
    opened: Startup,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("detail")

    monkeypatch.setattr(opened.assistant, "search", fail)
    with inside(opened, Database(site.database)) as caller:
        result = caller.call("search_docs", query="gate")
    assert_refused(result, "see its log")
    assert "detail" not in result.content[0].text
    assert "detail" in caplog.text

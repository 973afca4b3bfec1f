import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from fastapi.testclient import TestClient

from bot.database import Database
from bot.reply import Reply
from bot.server import create_app
from bot.settings import Settings
from tests.bot.conftest import Site
from tests.bot.test_monitoring import samples

QUESTION = "When is the lock gate open?"


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=30) as client:
        yield client


def events(response: httpx.Response) -> list[tuple[str, str]]:
    """The server-sent events of a response, as pairs of name and data."""
    found = []
    for block in response.text.split("\n\n")[:-1]:
        name, *data = block.split("\n")
        found.append(
            (name.removeprefix("event: "), "\n".join(line.removeprefix("data: ") for line in data))
        )
    return found


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert words in problem["detail"]


def test_until_the_index_is_ready_a_question_is_put_off(settings: Settings) -> None:
    waiting = TestClient(create_app(settings))  # its startup has not begun
    response = waiting.post("/api/v1/ask", json={"question": QUESTION})
    assert_problem(response, 503, "opening the index")
    assert int(response.headers["retry-after"]) > 0


def test_until_the_index_is_ready_the_server_is_alive_but_not_ready(settings: Settings) -> None:
    waiting = TestClient(create_app(settings))
    assert waiting.get("/healthz").status_code == 200
    assert_problem(waiting.get("/readyz"), 503, "opening the index")


@pytest.mark.parametrize(
    ("question", "words"),
    [("", "empty"), (" \t\n", "empty"), ("\x00\x1b", "empty"), ("why " * 25_000, "99,999")],
)
def test_a_question_that_cannot_be_taken_is_one_sentence(
    client: httpx.Client, question: str, words: str
) -> None:
    assert_problem(client.post("/api/v1/ask", json={"question": question}), 422, words)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"question": 7}', '{"question": null}', "{}"])
def test_a_body_that_is_no_question_is_a_problem(client: httpx.Client, body: str) -> None:
    response = client.post(
        "/api/v1/ask", content=body, headers={"content-type": "application/json"}
    )
    assert_problem(response, 422, "cannot be taken")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"question": "\xe9"}'])
def test_a_body_that_cannot_be_read_is_a_problem(client: httpx.Client, body: bytes) -> None:
    response = client.post(
        "/api/v1/ask", content=body, headers={"content-type": "application/json"}
    )
    assert_problem(response, 422, "send JSON in UTF-8")


def test_what_is_not_of_its_kind_is_not_taken_for_it(client: httpx.Client) -> None:
    response = client.post("/api/v1/ask", json={"question": QUESTION, "id": True})
    assert_problem(response, 422, "cannot be taken")


@pytest.mark.parametrize(
    ("method", "address"), [("GET", "/api/v1/ask"), ("POST", "/api/v1/search"), ("GET", "/api/v2")]
)
def test_an_unknown_address_or_method_is_a_problem(
    client: httpx.Client, method: str, address: str
) -> None:
    assert_problem(client.request(method, address), 404, "nothing at this address")


def test_a_question_is_answered_with_the_whole_reply(client: httpx.Client) -> None:
    response = client.post("/api/v1/ask", json={"question": QUESTION, "id": "q7"})
    reply = Reply.model_validate(response.json())
    assert response.status_code == 200
    assert reply.id == "q7"
    assert reply.outcome == "answered"
    assert "06:00" in reply.citations[0].quote


def test_a_reply_can_be_referred_to(client: httpx.Client) -> None:
    first, second = (
        client.post("/api/v1/ask", json={"question": QUESTION}).json() for _ in range(2)
    )
    assert first["reply_id"] != second["reply_id"]
    assert first["conversation_id"] != second["conversation_id"]


def test_a_secret_in_a_question_is_masked_and_the_person_told(client: httpx.Client) -> None:
    question = {"question": "The gate is stuck, password: hunter2!x"}
    masked = client.post("/api/v1/ask", json=question)
    assert "hunter2" not in masked.text
    assert masked.json()["notice"] == "I masked a password."
    left = client.post("/api/v1/ask", json={**question, "harmless": ["hunter2!x"]}).json()
    assert (left["question"], left["notice"]) == (question["question"], "")


def test_a_conversation_keeps_its_id(client: httpx.Client) -> None:
    request = {"question": QUESTION, "conversation_id": "c-1"}
    assert client.post("/api/v1/ask", json=request).json()["conversation_id"] == "c-1"


def test_given_passages_are_the_only_evidence(client: httpx.Client) -> None:
    request = {
        "question": "What does a ferry ticket cost?",
        "passages": [{"title": "Ferry", "text": "A ferry ticket costs 3 euros."}],
    }
    reply = client.post("/api/v1/ask", json=request).json()
    assert all("ferry" in citation["quote"] for citation in reply["citations"])
    assert reply["related"] == []


def test_a_streamed_answer_is_its_tokens_and_then_the_reply(client: httpx.Client) -> None:
    response = client.post(
        "/api/v1/ask", json={"question": QUESTION}, headers={"accept": "text/event-stream"}
    )
    *streamed, (last, reply) = events(response)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert {name for name, _ in streamed} == {"token"}
    assert last == "reply"
    assert "".join(data for _, data in streamed) == json.loads(reply)["answer"]


def test_a_fault_in_a_stream_is_an_error_event(client: httpx.Client) -> None:
    response = client.post(
        "/api/v1/ask", json={"question": ""}, headers={"accept": "text/event-stream"}
    )
    [(name, data)] = events(response)
    assert name == "error"
    assert json.loads(data)["status"] == 422


def test_a_search_gives_the_best_passages_first(client: httpx.Client) -> None:
    found = client.get("/api/v1/search", params={"q": "lock gate", "k": 2}).json()["passages"]
    assert len(found) == 2
    assert found[0]["section"] == ["Lock Gate"]
    assert found[0]["score"] >= found[1]["score"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=a&k=0", "?q=a&k=1000", "?q=a&k=x"])
def test_a_search_that_cannot_be_taken_is_a_problem(client: httpx.Client, query: str) -> None:
    assert_problem(client.get(f"/api/v1/search{query}"), 422, "cannot be taken")


def test_a_vote_is_kept(client: httpx.Client) -> None:
    reply_id = client.post("/api/v1/ask", json={"question": QUESTION}).json()["reply_id"]
    vote = {"reply_id": reply_id, "vote": "down", "reason": "Too short"}
    assert client.post("/api/v1/feedback", json=vote).status_code == 204


def test_markup_in_the_reason_of_a_vote_is_kept_as_text(client: httpx.Client, site: Site) -> None:
    reply_id = client.post("/api/v1/ask", json={"question": QUESTION}).json()["reply_id"]
    vote = {"reply_id": reply_id, "vote": "down", "reason": "<script>alert(1)</script>"}
    assert client.post("/api/v1/feedback", json=vote).status_code == 204
    with closing(sqlite3.connect(site.database)) as connection:
        [kept] = connection.execute("SELECT reason FROM feedback WHERE reply_id = ?", [reply_id])
    assert kept == (vote["reason"],)


def test_a_vote_on_an_unknown_reply_is_not_found(client: httpx.Client) -> None:
    vote = {"reply_id": "nowhere", "vote": "up"}
    assert_problem(client.post("/api/v1/feedback", json=vote), 404, "reply_id")


def test_a_vote_that_is_neither_up_nor_down_is_a_problem(client: httpx.Client) -> None:
    vote = {"reply_id": "nowhere", "vote": "sideways"}
    assert_problem(client.post("/api/v1/feedback", json=vote), 422, "vote")


def test_a_draft_made_over_the_api_is_kept(client: httpx.Client, site: Site) -> None:
    request = {"question": "My mast is broken and does not work", "conversation_id": "c-mast"}
    draft = client.post("/api/v1/ask", json=request).json()["ticket"]
    kept = [
        each.ticket.model_dump()
        for each in Database(site.database).tickets()
        if each.conversation_id == "c-mast"
    ]
    assert kept == [draft]


def test_the_figures_count_what_was_answered(client: httpx.Client) -> None:
    before = samples(client.get("/metrics").text)["supportbot_replies_total answered"]
    client.post("/api/v1/ask", json={"question": QUESTION})
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert samples(response.text)["supportbot_replies_total answered"] == before + 1
    assert samples(response.text)["supportbot_ready"] == 1


def test_the_api_is_described_and_the_page_is_not_part_of_it(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/v1/ask", "/api/v1/search", "/api/v1/feedback", "/api/v1/tickets",
        "/api/v1/tickets/{ticket_id}", "/healthz", "/readyz", "/metrics",
        "/v1/chat/completions", "/v1/models", "/v1/models/{model}",
    }  # fmt: skip
    assert client.get("/gradio_api/info").json() == {
        "named_endpoints": {},
        "unnamed_endpoints": {},
    }

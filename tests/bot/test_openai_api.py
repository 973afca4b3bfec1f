"""The OpenAI-compatible API, as the official client and an unruly one use it."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from openai import AsyncOpenAI, OpenAI

from bot.database import Database
from bot.gate import LARGEST_REQUEST
from bot.server import create_app
from bot.settings import Settings
from tests.bot.conftest import Site

QUESTION = "When is the lock gate open?"
ASKED = [{"role": "user", "content": QUESTION}]
GATE = "https://docs.harbour.example/harbour/#lock-gate"
ADDRESS = "/v1/chat/completions"


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{site.address}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def http(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=30) as http:
        yield http


def assert_error(response: httpx.Response, status: int, words: str, **fields: object) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert words in error["message"]
    assert fields.items() <= error.items()


def test_until_the_index_is_ready_a_question_is_put_off(settings: Settings) -> None:
    waiting = TestClient(create_app(settings))  # its startup has not begun
    response = waiting.post(ADDRESS, json={"messages": ASKED})
    assert_error(response, 503, "opening the index", type="server_error")
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"hello"', b"\xff\xfe", "{'a': 1}"])
def test_a_body_that_is_no_request_is_an_error(http: httpx.Client, body: str | bytes) -> None:
    headers = {"content-type": "application/json"}
    assert http.post(ADDRESS, content=body, headers=headers).status_code == 400
    error = http.post(ADDRESS, content=body, headers=headers).json()["error"]
    assert error["type"] == "invalid_request_error"


def test_invalid_json_is_said_to_be_that(http: httpx.Client) -> None:
    response = http.post(ADDRESS, content="{", headers={"content-type": "application/json"})
    assert_error(response, 400, "The body is not JSON", param=None)


@pytest.mark.parametrize(
    ("more", "param", "words"),
    [
        ({"messages": []}, "messages", "at least 1 item"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages", "no user message"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages", "The question is empty"),
        ({"messages": [{"role": "user", "content": None}]}, "messages", "The question is empty"),
        ({"messages": [{"role": "user", "content": "why " * 25_000}]}, "messages", "99,999"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role", "Input should be"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content", "list"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages[0].content[0].type",
            "Only text can be read",
        ),
        ({"tools": [{"type": "function"}]}, "tools", "calls no tools"),
        ({"functions": [{"name": "f"}]}, "functions", "calls no tools"),
        ({"n": 2}, "n", "one answer"),
        ({"n": 0}, "n", "one answer"),
        ({"response_format": {"type": "json_object"}}, "response_format", "Markdown only"),
        ({"modalities": ["text", "audio"]}, "modalities", "text only"),
        ({"stream": "maybe"}, "stream", "boolean"),
    ],
)
def test_what_cannot_be_done_is_refused_and_named(
    http: httpx.Client, more: dict, param: str, words: str
) -> None:
    response = http.post(ADDRESS, json={"messages": ASKED, **more})
    assert_error(response, 400, words, type="invalid_request_error", param=param)


def test_a_fault_of_a_streamed_request_has_its_status_too(http: httpx.Client) -> None:
    request = {"messages": [{"role": "user", "content": " "}], "stream": True}
    assert_error(http.post(ADDRESS, json=request), 400, "The question is empty")


def test_another_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", ADDRESS), ("POST", "/v1/models"), ("POST", "/v1/embeddings"), ("GET", "/v1/")],
)
def test_an_unknown_address_or_method_is_an_error(
    http: httpx.Client, method: str, address: str
) -> None:
    response = http.request(method, address)
    assert_error(response, 404, "nothing at this address", code="unknown_url")


def test_a_wrong_key_is_refused_in_the_clients_words(site: Site) -> None:
    stranger = OpenAI(base_url=f"{site.address}/v1", api_key="sb_wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.models.list()
    assert refused.value.code == "invalid_api_key"


def test_a_foreign_page_and_too_large_a_body_are_refused_in_the_clients_words(
    http: httpx.Client,
) -> None:
    foreign = http.get("/v1/models", headers={"origin": "https://evil.example"})
    assert_error(foreign, 403, "SUPPORTBOT_ORIGINS", code="insufficient_permissions")
    large = http.post(ADDRESS, content=b"x" * (LARGEST_REQUEST + 1))
    assert_error(large, 413, "kB", code="request_too_large")


def test_too_many_requests_are_refused_in_the_clients_words(settings: Settings) -> None:
    strict = settings.model_copy(update={"visitor_rate": 1})
    visitor = TestClient(create_app(strict))
    asked = [visitor.post(ADDRESS, json={"messages": ASKED}) for _ in range(2)]
    assert_error(asked[1], 429, "", type="requests", code="rate_limit_exceeded")
    assert int(asked[1].headers["retry-after"]) > 0


def test_the_bot_is_the_one_model(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["supportbot"]
    assert client.models.retrieve("supportbot").object == "model"


def test_an_answer_has_its_markers_as_links_and_its_sources(client: OpenAI) -> None:
    completion = client.chat.completions.create(model="supportbot", messages=ASKED)
    [choice] = completion.choices
    assert (choice.index, choice.finish_reason) == (0, "stop")
    assert choice.message.role == "assistant"
    assert "06:00" in choice.message.content
    assert f"[[1]]({GATE})" in choice.message.content
    assert f"- [[1]: Harbour Guide › Lock Gate]({GATE}): “" in choice.message.content
    usage = completion.usage
    assert usage.prompt_tokens > 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_the_whole_reply_comes_along_and_can_be_voted_on(
    client: OpenAI, http: httpx.Client
) -> None:
    completion = client.chat.completions.create(model="supportbot", messages=ASKED)
    reply = completion.model_extra["supportbot"]
    assert reply["outcome"] == "answered"
    assert completion.id == f"chatcmpl-{reply['reply_id']}"
    vote = {"reply_id": reply["reply_id"], "vote": "up"}
    assert http.post("/api/v1/feedback", json=vote).status_code == 204


def test_an_unanswered_question_has_a_draft_that_is_kept(client: OpenAI, site: Site) -> None:
    asked = [{"role": "user", "content": "My mast is broken, password: hunter2!x"}]
    completion = client.chat.completions.create(
        model="supportbot", messages=asked, extra_body={"conversation_id": "c-openai"}
    )
    content = completion.choices[0].message.content
    for words in ("not sent yet", "Send the draft to the Helm Desk by email.", "Version"):
        assert words in content
    assert "*I masked a password.*" in content
    assert "hunter2" not in content
    [kept] = Database(site.database).tickets_of_conversation("c-openai")
    assert kept.reply_id == completion.model_extra["supportbot"]["reply_id"]
    assert kept.ticket.subject in content


def test_a_question_that_names_nothing_is_asked_back_with_choices(client: OpenAI) -> None:
    asked = [{"role": "user", "content": "how long does it take?"}]
    completion = client.chat.completions.create(model="supportbot", messages=asked)
    reply = completion.model_extra["supportbot"]
    assert reply["outcome"] == "clarify"
    listed = "\n".join(f"- {choice}" for choice in reply["choices"])
    assert completion.choices[0].message.content.endswith(listed)


def test_the_last_user_message_is_the_question_and_the_rest_its_history(client: OpenAI) -> None:
    first = client.chat.completions.create(model="supportbot", messages=ASKED)
    completion = client.chat.completions.create(
        model="supportbot",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "developer", "content": [{"type": "text", "text": "Answer in JSON."}]},
            *ASKED,
            {"role": "assistant", "content": first.choices[0].message.content},
            {"role": "user", "content": [{"type": "text", "text": "and on Sundays?"}]},
        ],
    )
    reply = completion.model_extra["supportbot"]
    assert reply["question"] == "and on Sundays?"
    assert "lock gate" in reply["standalone_question"]
    assert "Sources" not in reply["standalone_question"]


def test_parameters_without_a_meaning_here_are_accepted(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="supportbot",
        messages=ASKED,
        temperature=0.2,
        max_tokens=5,
        user="ann",
        n=1,
        tools=[],
        response_format={"type": "text"},
        extra_body={"chat_id": "x", "metadata": {"a": 1}},
    )
    assert "06:00" in completion.choices[0].message.content


def test_a_stream_holds_the_answer_and_in_its_last_choice_the_reply(client: OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="supportbot", messages=ASKED, stream=True))
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    first, *middle, last = [chunk.choices[0] for chunk in chunks]
    assert (first.delta.role, first.delta.content) == ("assistant", "")
    streamed = "".join(choice.delta.content for choice in middle)
    whole = client.chat.completions.create(model="supportbot", messages=ASKED)
    assert streamed == whole.choices[0].message.content
    assert {choice.finish_reason for choice in (first, *middle)} == {None}
    assert last.finish_reason == "stop"
    assert chunks[-1].model_extra["supportbot"]["outcome"] == "answered"


def test_a_stream_tells_its_usage_last_when_asked(client: OpenAI) -> None:
    *chunks, last = client.chat.completions.create(
        model="supportbot", messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    assert last.choices == []
    assert last.usage.total_tokens > last.usage.prompt_tokens > 0
    assert {chunk.usage for chunk in chunks} == {None}


def test_a_stream_is_data_lines_that_end_in_done(http: httpx.Client) -> None:
    response = http.post(ADDRESS, json={"messages": ASKED, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    *chunks, done, end = response.text.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    assert all(json.loads(chunk.removeprefix("data: ")) for chunk in chunks)
    assert "usage" not in json.loads(chunks[0].removeprefix("data: "))


def test_the_asynchronous_client_streams_several_answers_at_once(site: Site) -> None:
    async def ask(client: AsyncOpenAI) -> str:
        stream = await client.chat.completions.create(
            model="supportbot", messages=ASKED, stream=True
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def ask_all() -> list[str]:
        async with AsyncOpenAI(base_url=f"{site.address}/v1", api_key="none") as client:
            return await asyncio.gather(*(ask(client) for _ in range(4)))

    # A browser of another test may hold an event loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        answers = thread.submit(asyncio.run, ask_all()).result()
    assert len(set(answers)) == 1
    assert "06:00" in answers[0]


def test_the_description_says_what_becomes_of_a_system_message(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    assert {"/v1/chat/completions", "/v1/models", "/v1/models/{model}"} <= set(paths)
    assert "accepted and ignored" in paths[ADDRESS]["post"]["description"]

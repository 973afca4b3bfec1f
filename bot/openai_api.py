"""The OpenAI-compatible API: existing chat front ends and clients ask the bot under /v1."""

import json
import time
from collections.abc import Callable, Coroutine, Iterator
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
)
from starlette.exceptions import HTTPException

from bot.assistant import Assistant
from bot.database import Database
from bot.http_api import HttpReply, keep_http_reply
from bot.openai_error import OpenAiErrorBody, OpenAiErrorResponse, openai_error_response
from bot.problem import http_problem
from bot.reply import Turn
from bot.reply_markdown import answer_in, reply_markdown
from bot.startup import Startup
from bot.streaming import tokens

MODEL = "supportbot"


class ContentPart(BaseModel):
    """A part of a message; only text can be read."""

    model_config = ConfigDict(strict=True)

    type: str
    text: str

    @field_validator("type")
    @classmethod
    def _is_text(cls, given: str) -> str:
        if given != "text":
            raise ValueError(f"Only text can be read and not {given!r}: send text alone.")
        return given


def _as_parts(content: object) -> object:
    if content is None:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


Content = Annotated[
    list[ContentPart],
    BeforeValidator(_as_parts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "text"],
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
                    },
                },
                {"type": "null"},
            ]
        }
    ),
]


NoList = Annotated[list[Any] | None, WithJsonSchema({"type": ["array", "null"], "maxItems": 0})]


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Content = Field(
        default_factory=list, description="text; a system or developer message is ignored"
    )

    @property
    def text(self) -> str:
        """Its text in one piece."""
        return "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """What a stream holds beside the answer."""

    model_config = ConfigDict(strict=True)

    include_usage: bool | None = Field(None, description="a last chunk tells the tokens counted")


class ChatRequest(BaseModel):
    """A conversation whose last user message is the question.

    Parameters that are not named here are accepted and have no effect.
    """

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "Where do I send a feature request?"}],
                }
            ]
        },
    )

    model: str = MODEL
    messages: list[ChatMessage] = Field(
        min_length=1,
        json_schema_extra={
            "contains": {"required": ["role"], "properties": {"role": {"const": "user"}}}
        },
    )
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, WithJsonSchema({"enum": [1, None]})] = None
    tools: NoList = Field(None, description="the bot calls none")
    functions: NoList = Field(None, description="the bot calls none")
    response_format: Annotated[
        dict[str, Any] | None,
        WithJsonSchema(
            {
                "type": ["object", "null"],
                "required": ["type"],
                "properties": {"type": {"const": "text"}},
            }
        ),
    ] = None
    modalities: Annotated[list[str] | None, WithJsonSchema({"enum": [["text"], [], None]})] = None
    conversation_id: str | None = Field(
        None, max_length=100, description="of the earlier questions; not in OpenAI's API"
    )

    @field_validator("messages")
    @classmethod
    def _ask(cls, given: list[ChatMessage]) -> list[ChatMessage]:
        if all(message.role != "user" for message in given):
            raise ValueError("There is no user message: send the question as one.")
        return given

    @field_validator("n")
    @classmethod
    def _is_one(cls, given: int | None) -> int | None:
        if given is not None and given != 1:
            raise ValueError(f"There is one answer to a question and not {given}: set n to 1.")
        return given

    @field_validator("tools", "functions")
    @classmethod
    def _are_none(cls, given: list[Any] | None) -> list[Any] | None:
        if given:
            raise ValueError("The bot calls no tools or functions: leave them out.")
        return given

    @field_validator("response_format")
    @classmethod
    def _is_plain(cls, given: dict[str, Any] | None) -> dict[str, Any] | None:
        if given is not None and given.get("type") != "text":
            raise ValueError("The bot answers in Markdown only: set the type to text.")
        return given

    @field_validator("modalities")
    @classmethod
    def _is_written(cls, given: list[str] | None) -> list[str] | None:
        if given and given != ["text"]:
            raise ValueError("The bot answers in text only: set modalities to text.")
        return given

    @property
    def question(self) -> str:
        """The last user message."""
        return self.messages[self._last_user].text

    @property
    def history(self) -> list[Turn]:
        """What was said before the question, without what only tells a model how to behave."""
        return [
            Turn(role="user", content=message.text)
            if message.role == "user"
            else Turn(role="assistant", content=answer_in(message.text))
            for message in self.messages[: self._last_user]
            if message.role in ("user", "assistant")
        ]

    @property
    def _last_user(self) -> int:
        return max(i for i, message in enumerate(self.messages) if message.role == "user")


class Usage(BaseModel):
    """Word pieces of the bot's own embedding model: nothing is billed by them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerMessage(BaseModel):
    """The answer as Markdown: markers are links, and sources, choices and drafts come after it."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class ChatCompletion(BaseModel):
    """An answer in OpenAI's form, and the reply that it was made of."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="seconds since 1970")
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    supportbot: HttpReply = Field(description="the reply of POST /api/v1/ask; not in OpenAI's API")


class Model(BaseModel):
    """A model as OpenAI lists them."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = Field(0, description="seconds since 1970; not known")
    owned_by: str = MODEL


class ModelList(BaseModel):
    """All models: the bot alone."""

    object: Literal["list"] = "list"
    data: list[Model]


class _OpenAiRoute(APIRoute):
    """A route whose errors are told in OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_errors(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                return openai_error_response(error)

        return handle_errors


def create_openai_router(startup: Startup, database: Database) -> APIRouter:
    """The routes of the OpenAI-compatible API, answering from the assistant of `startup`."""
    router = APIRouter(
        route_class=_OpenAiRoute,
        responses={"4XX": {"model": OpenAiErrorBody}, "5XX": {"model": OpenAiErrorBody}},
    )

    @router.post(
        "/v1/chat/completions",
        response_model=ChatCompletion,
        responses={HTTPStatus.OK: {"content": {"text/event-stream": {}}}},
    )
    def create_chat_completion(request: ChatRequest) -> Response | ChatCompletion:
        """Answer the last user message from the documentation, as OpenAI's chat completions do.

        The documentation's own words are all that an answer is made of: system and developer
        messages are accepted and ignored, and so are temperature, max_tokens and the like. With
        `stream` the answer comes as `chat.completion.chunk` events, of which the last with a choice
        holds `supportbot`, and ends in `[DONE]`.
        """
        if request.model != MODEL:
            return _unknown_model(request.model)
        completion = _complete(startup.assistant, database, request)
        if not request.stream:
            return completion
        counts = bool(request.stream_options and request.stream_options.include_usage)
        return StreamingResponse(
            _events(completion, counts),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    @router.get("/v1/models")
    def list_models() -> ModelList:
        """The one model, which is the bot."""
        return ModelList(data=[Model()])

    @router.get("/v1/models/{model}", response_model=Model)
    def read_model(model: str) -> Response | Model:
        """The model of that id."""
        return Model() if model == MODEL else _unknown_model(model)

    # Without this the page mounted at / would answer for every other address and method.
    @router.api_route(
        "/v1/{address:path}",
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        include_in_schema=False,
    )
    def unknown(address: str) -> None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND,
            "There is nothing at this address for this method: see /openapi.json.",
        )

    return router


def _complete(assistant: Assistant, database: Database, request: ChatRequest) -> ChatCompletion:
    reply = assistant.ask(request.question, request.history)
    kept = keep_http_reply(database, reply, request.conversation_id, "openai")
    content = reply_markdown(reply)
    count = assistant.embedder.count_tokens
    prompt_tokens = sum(count(message.text) for message in request.messages)
    completion_tokens = count(content)
    return ChatCompletion(
        id=f"chatcmpl-{kept.reply_id}",
        created=int(time.time()),
        choices=[Choice(message=AnswerMessage(content=content))],
        usage=Usage(
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_tokens=prompt_tokens + completion_tokens,
        ),
        supportbot=kept,
    )


def _events(completion: ChatCompletion, counts_tokens: bool) -> Iterator[str]:
    """The chunks of an answer as server-sent events, with a last one for the tokens if counted."""
    about = {
        "id": completion.id,
        "object": "chat.completion.chunk",
        "created": completion.created,
        "model": completion.model,
        **({"usage": None} if counts_tokens else {}),
    }

    def chunk(delta: dict[str, str], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _event({**about, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    for token in tokens(completion.choices[0].message.content):
        yield chunk({"content": token})
    yield chunk({}, "stop", supportbot=completion.supportbot.model_dump())
    if counts_tokens:
        yield _event({**about, "choices": [], "usage": completion.usage.model_dump()})
    yield "data: [DONE]\n\n"


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


def _unknown_model(model: str) -> OpenAiErrorResponse:
    return OpenAiErrorResponse(
        http_problem(HTTPStatus.NOT_FOUND, f"There is no model {model!r}: use {MODEL!r}."),
        param="model",
        code="model_not_found",
    )

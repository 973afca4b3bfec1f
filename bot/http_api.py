"""The HTTP API: questions, search and feedback under /api/v1, and the health checks beside it."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.assistant import Assistant
from bot.database import Database, Vote, keep_reply, new_id
from bot.errors import BotError, DatabaseError, NotReady, QuestionError, UnknownReply
from bot.reply import FoundPassage, Question, Reply
from bot.startup import Startup
from bot.streaming import tokens
from index.errors import DocumentationError

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
MAX_RESULTS = 50
MAX_REASON_CHARACTERS = 2000


class AskRequest(Question):
    """A question over HTTP, and the conversation that it belongs to."""

    conversation_id: str | None = Field(None, max_length=100)


class HttpReply(Reply):
    """A reply with the ids by which feedback and the next question refer to it."""

    reply_id: str
    conversation_id: str


class FeedbackRequest(BaseModel):
    """A vote on a reply."""

    reply_id: str
    vote: Vote
    reason: str = Field("", max_length=MAX_REASON_CHARACTERS)


class Problem(BaseModel):
    """An error as in RFC 9457, sent as application/problem+json."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="one sentence: what happened and what to do")


class ProblemResponse(JSONResponse):
    """A Problem as an HTTP response."""

    media_type = "application/problem+json"

    def __init__(self, problem: Problem) -> None:
        headers = (
            {"Retry-After": str(RETRY_AFTER_SECONDS)}
            if problem.status == HTTPStatus.SERVICE_UNAVAILABLE
            else None
        )
        super().__init__(problem.model_dump(), problem.status, headers)


def create_router(startup: Startup, database: Database) -> APIRouter:
    """The routes of the API, answering from the assistant of `startup`."""
    router = APIRouter()
    problems = {
        status: {"description": HTTPStatus(status).phrase, "model": Problem}
        for status in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    }

    @router.post("/api/v1/ask", response_model=HttpReply, responses=problems)
    def ask(request: AskRequest, accept: Annotated[str, Header()] = "") -> Response | HttpReply:
        """Answer a question from the documentation.

        With `Accept: text/event-stream` the answer comes as events: `token` (text to append),
        then `reply` (the whole object), or `error` (a problem).
        """
        assistant = startup.assistant
        if "text/event-stream" in accept:
            return StreamingResponse(
                _events(assistant, database, request),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store"},
            )
        return _answer(assistant, database, request)

    @router.get("/api/v1/search", responses=problems)
    def search(
        q: Annotated[str, Query(min_length=1, max_length=2000)],
        k: Annotated[int, Query(ge=1, le=MAX_RESULTS)] = 5,
    ) -> dict[str, list[FoundPassage]]:
        """The k passages nearest to the words of q, best first."""
        return {"passages": startup.assistant.search(q, k)}

    @router.post(
        "/api/v1/feedback",
        status_code=HTTPStatus.NO_CONTENT,
        responses={**problems, HTTPStatus.NOT_FOUND: {"model": Problem}},
    )
    def feedback(request: FeedbackRequest) -> None:
        """Keep a vote on a reply; a later vote on the same reply takes its place."""
        database.add_feedback(request.reply_id, request.vote, request.reason)

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @router.get("/readyz", responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": Problem}})
    def readyz() -> dict[str, str | int]:
        """Whether questions can be answered, and from how many passages."""
        passages = startup.assistant.index.current().passages
        return {"status": startup.status, "passages": len(passages)}

    # Without this the page mounted at / would answer for every other address and method.
    @router.api_route(
        "/api/{address:path}", methods=["GET", "POST", "PUT", "DELETE"], include_in_schema=False
    )
    def unknown(address: str) -> None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND,
            "There is nothing at this address for this method: see /openapi.json.",
        )

    return router


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of the API a problem+json of one sentence."""

    @app.exception_handler(BotError)
    @app.exception_handler(DocumentationError)
    def _known(request: Request, error: BotError | DocumentationError) -> ProblemResponse:
        return ProblemResponse(_problem(error))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> ProblemResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return ProblemResponse(
            _http_problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"The request's {field} cannot be taken ({first['msg']}): see /openapi.json.",
            )
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> ProblemResponse:
        return ProblemResponse(_http_problem(HTTPStatus(error.status_code), str(error.detail)))

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> ProblemResponse:
        return ProblemResponse(_problem(error))


def _answer(assistant: Assistant, database: Database, request: AskRequest) -> HttpReply:
    reply = assistant.ask(request.question, request.history, request.passages, request.id)
    conversation_id = request.conversation_id or new_id()
    reply_id, _ = keep_reply(database, conversation_id, reply)
    return HttpReply(**reply.model_dump(), reply_id=reply_id, conversation_id=conversation_id)


def _events(assistant: Assistant, database: Database, request: AskRequest) -> Iterator[str]:
    try:
        reply = _answer(assistant, database, request)
    except Exception as error:
        # The response has begun, so no handler can turn the error into a status any more.
        yield _event("error", _problem(error).model_dump_json())
        return
    for token in tokens(reply.answer):
        yield _event("token", token)
    yield _event("reply", reply.model_dump_json())


def _event(name: str, data: str) -> str:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {name}\n{lines}\n"


def _problem(error: Exception) -> Problem:
    match error:
        case QuestionError():
            return _http_problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        case UnknownReply():
            return _http_problem(HTTPStatus.NOT_FOUND, str(error))
        case NotReady() | DatabaseError() | DocumentationError():
            return _http_problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        case _:
            logger.error("A request failed", exc_info=error)
            return _http_problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "The server failed on this request: try again, and see its log for the cause.",
            )


def _http_problem(status: HTTPStatus, detail: str) -> Problem:
    return Problem(title=status.phrase, status=status, detail=detail)

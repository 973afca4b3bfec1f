"""Problems: every error of the HTTP API as problem+json of one sentence (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.errors import (
    AnswerChanged,
    AnswerError,
    AnswerNotKept,
    AttachmentError,
    BotError,
    ContactError,
    DatabaseError,
    IdentityError,
    KeyRefused,
    LoginRefused,
    NotReady,
    QuestionError,
    RateExceeded,
    RoleMissing,
    ScopeMissing,
    SessionEnded,
    TicketChanged,
    TicketError,
    TicketLocked,
    UnknownAnswer,
    UnknownReply,
    UnknownSection,
    UnknownTicket,
    UserError,
)
from index.errors import DocumentationError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5

_EXAMPLES = {
    HTTPStatus.UNAUTHORIZED: "The API key is wrong, expired or revoked: make another one with"
    " supportbot keys create.",
    HTTPStatus.FORBIDDEN: "Pages of this site may not use the bot: its owner allows sites in"
    " SUPPORTBOT_ORIGINS.",
    HTTPStatus.NOT_FOUND: "No ticket has this id: it may have been deleted.",
    HTTPStatus.CONFLICT: "This Idempotency-Key came with another request before: use a new key.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request has more than 256 kB: shorten it or send"
    " less.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The question is empty: type what you want to know.",
    HTTPStatus.TOO_MANY_REQUESTS: "More than 60 messages came from you within a minute: wait 7"
    " seconds and try again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not ready yet: opening the index; ask again in a few seconds.",
}


class Problem(BaseModel):
    """An error as in RFC 9457, sent as application/problem+json."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="one sentence: what happened and what to do")


class ProblemResponse(JSONResponse):
    """A Problem as an HTTP response, with the header that its status calls for.

    `retry_after` is in seconds.
    """

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, retry_after: int = RETRY_AFTER_SECONDS) -> None:
        headers = {}
        match problem.status:
            case HTTPStatus.SERVICE_UNAVAILABLE | HTTPStatus.TOO_MANY_REQUESTS:
                headers["Retry-After"] = str(retry_after)
            case HTTPStatus.UNAUTHORIZED:
                headers["WWW-Authenticate"] = "Bearer"
        super().__init__(problem.model_dump(), problem.status, headers)


def problem(error: Exception) -> Problem:
    """The problem that an error is; one that the program does not foresee is logged."""
    match error:
        case AnswerError() | QuestionError() | TicketError() | ContactError() | AttachmentError():
            return http_problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        case KeyRefused() | IdentityError() | LoginRefused() | SessionEnded():
            return http_problem(HTTPStatus.UNAUTHORIZED, str(error))
        case ScopeMissing() | RoleMissing():
            return http_problem(HTTPStatus.FORBIDDEN, str(error))
        case RateExceeded():
            return http_problem(HTTPStatus.TOO_MANY_REQUESTS, str(error))
        case AnswerChanged() | TicketLocked() | TicketChanged():
            return http_problem(HTTPStatus.CONFLICT, str(error))
        case UnknownAnswer() | UnknownReply() | UnknownSection() | UnknownTicket():
            return http_problem(HTTPStatus.NOT_FOUND, str(error))
        case NotReady() | DatabaseError() | UserError() | DocumentationError() | AnswerNotKept():
            return http_problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        case _:
            logger.error("A request failed", exc_info=error)
            return http_problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "The server failed on this request: try again, and see its log for the cause.",
            )


def http_problem(status: HTTPStatus, detail: str) -> Problem:
    """The problem of an HTTP status, told in one sentence."""
    return Problem(title=status.phrase, status=status, detail=detail)


def problem_response(error: Exception) -> ProblemResponse:
    """The response that an error is."""
    retry_after = error.retry_after if isinstance(error, RateExceeded) else RETRY_AFTER_SECONDS
    return ProblemResponse(problem(error), retry_after)


def problem_responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description in OpenAPI."""
    return {
        status: {
            "description": status.phrase,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": f"#/components/schemas/{Problem.__name__}"},
                    "example": http_problem(status, _EXAMPLES[status]).model_dump(),
                }
            },
        }
        for status in statuses
    }


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of the API a problem+json of one sentence."""

    @app.exception_handler(BotError)
    @app.exception_handler(DocumentationError)
    @app.exception_handler(Exception)
    def _failed(request: Request, error: Exception) -> ProblemResponse:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> ProblemResponse:
        first = error.errors()[0]
        # What is no JSON is placed by the number of a character.
        place = () if first["type"] == "json_invalid" else first["loc"][1:]
        field = ".".join(map(str, place)) or "body"
        return ProblemResponse(
            http_problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"The request's {field} cannot be taken ({first['msg']}): see /openapi.json.",
            )
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> ProblemResponse:
        if error.status_code == HTTPStatus.BAD_REQUEST:
            # FastAPI's word for a body that it cannot even begin to read.
            return ProblemResponse(
                http_problem(
                    HTTPStatus.UNPROCESSABLE_ENTITY,
                    "The request's body cannot be read: send JSON in UTF-8, as /openapi.json says.",
                )
            )
        return ProblemResponse(http_problem(HTTPStatus(error.status_code), str(error.detail)))

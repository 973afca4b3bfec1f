"""Errors under /v1 in the form in which OpenAI's API tells them, which its clients expect."""

from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.errors import QuestionError
from bot.problem import RETRY_AFTER_SECONDS, Problem, http_problem, problem

_CODES = {
    HTTPStatus.UNAUTHORIZED: "invalid_api_key",
    HTTPStatus.FORBIDDEN: "insufficient_permissions",
    HTTPStatus.NOT_FOUND: "unknown_url",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "request_too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_exceeded",
    HTTPStatus.SERVICE_UNAVAILABLE: "service_unavailable",
}


class OpenAiError(BaseModel):
    """What went wrong."""

    message: str = Field(description="one sentence: what happened and what to do")
    type: str
    param: str | None = Field(None, description="the parameter that is wrong, if it is one")
    code: str | None = None


class OpenAiErrorBody(BaseModel):
    """An error as the body of a response."""

    error: OpenAiError


class OpenAiErrorResponse(JSONResponse):
    """A problem as an HTTP response in OpenAI's form, with the header that its status calls for.

    `param` and `code` are OpenAI's, `retry_after` is in seconds.
    """

    def __init__(
        self,
        problem: Problem,
        retry_after: int = RETRY_AFTER_SECONDS,
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        kind = "invalid_request_error"
        headers = {}
        match problem.status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                kind = "requests"
                headers["Retry-After"] = str(retry_after)
            case HTTPStatus.SERVICE_UNAVAILABLE:
                kind = "server_error"
                headers["Retry-After"] = str(retry_after)
            case HTTPStatus.INTERNAL_SERVER_ERROR:
                kind = "server_error"
            case HTTPStatus.UNAUTHORIZED:
                headers["WWW-Authenticate"] = "Bearer"
        error = OpenAiError(
            message=problem.detail,
            type=kind,
            param=param,
            code=code or _CODES.get(HTTPStatus(problem.status)),
        )
        super().__init__(OpenAiErrorBody(error=error).model_dump(), problem.status, headers)


def openai_error_response(error: Exception) -> OpenAiErrorResponse:
    """The response that an error is; one that the program does not foresee is logged."""
    match error:
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return OpenAiErrorResponse(
                http_problem(HTTPStatus(error.status_code), str(error.detail))
            )
        case QuestionError():
            return OpenAiErrorResponse(
                http_problem(HTTPStatus.BAD_REQUEST, str(error)), param="messages"
            )
        case _:
            return OpenAiErrorResponse(problem(error))


def _invalid(error: RequestValidationError) -> OpenAiErrorResponse:
    first = error.errors()[0]
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"][1:]
    ).removeprefix(".")
    match first["type"]:
        case "json_invalid":
            place, sentence = "", "The body is not JSON: send a chat completion request."
        case "value_error":
            sentence = str(first["ctx"]["error"])
        case _:
            field = place or "body"
            sentence = f"The request's {field} cannot be taken ({first['msg']}): see /openapi.json."
    return OpenAiErrorResponse(http_problem(HTTPStatus.BAD_REQUEST, sentence), param=place or None)

"""The HTTP API: questions, search, feedback and tickets under /api/v1, and the health checks."""

import base64
import hashlib
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
from bot.attachment import Attachment, make_attachment
from bot.contact import Contact
from bot.database import Database, RequestKey, Vote, keep_reply, new_id
from bot.errors import (
    AttachmentError,
    BotError,
    ContactError,
    DatabaseError,
    NotReady,
    QuestionError,
    TicketError,
    TicketLocked,
    UnknownReply,
    UnknownTicket,
)
from bot.kept_ticket import KeptTicket, TicketState
from bot.masking import mask
from bot.outbox import Outbox
from bot.profile import Profile
from bot.reply import NOTICE, FoundPassage, Priority, Question, Reply, Ticket
from bot.startup import Startup
from bot.streaming import tokens
from bot.ticket_edit import complete, mask_ticket
from index.errors import DocumentationError

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
MAX_RESULTS = 50
MAX_REASON_CHARACTERS = 2000
MAX_TICKET_CHARACTERS = 100_000
MAX_ATTACHMENTS = 20
MAX_HARMLESS = 50


class AskRequest(Question):
    """A question over HTTP, and the conversation that it belongs to."""

    conversation_id: str | None = Field(None, max_length=100)
    harmless: list[str] = Field(
        default_factory=list,
        max_length=MAX_HARMLESS,
        description="texts of the question that look like secrets and are none: left as they are",
    )


class HttpReply(Reply):
    """A reply with the ids by which feedback and the next question refer to it."""

    reply_id: str
    conversation_id: str
    notice: str = Field("", description=NOTICE)


class FeedbackRequest(BaseModel):
    """A vote on a reply."""

    reply_id: str
    vote: Vote
    reason: str = Field("", max_length=MAX_REASON_CHARACTERS)


class NewTicket(BaseModel):
    """What a person asks a desk for; the `ticket` of a reply, edited or not, is one."""

    desk: str = Field(max_length=100)
    kind: str = Field(max_length=200)
    priority: Priority
    subject: str = Field(min_length=1, max_length=300)
    description: str = Field(max_length=MAX_TICKET_CHARACTERS)
    fields: dict[str, str] = Field(default_factory=dict, max_length=100)


class NewAttachment(BaseModel):
    """A file that goes with a ticket."""

    name: str = Field(min_length=1, max_length=255)
    content: str = Field(description="in base64", json_schema_extra={"contentEncoding": "base64"})


class TicketRequest(BaseModel):
    """A draft that a reply came with, or a whole ticket, or such a draft as it was edited."""

    reply_id: str | None = Field(None, description="of the reply that came with the draft")
    draft: int = Field(0, ge=0, description="which of the reply's drafts, from 0")
    ticket: NewTicket | None = Field(None, description="needed without a reply_id")
    contact: Contact = Contact()
    attachments: list[NewAttachment] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    conversation_id: str | None = Field(None, max_length=100)
    send: bool = Field(False, description="whether it is sent, or saved as a draft")
    harmless: list[str] = Field(
        default_factory=list,
        max_length=MAX_HARMLESS,
        description="texts of the ticket that look like secrets and are none: left as they are",
    )


class TicketStatus(BaseModel):
    """Where a ticket is, as the person who wrote it sees it."""

    ticket_id: str = Field(description="whoever has it can read this status; it cannot be guessed")
    state: TicketState
    status: str = Field(description='such as "sent, number 42"')
    number: str | None = Field(description="what the desk calls it")
    how: str = Field(description="how a person sends it")
    notice: str = Field("", description="what in this request was masked, in one sentence")


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


def create_router(
    startup: Startup, database: Database, outbox: Outbox, profile: Profile
) -> APIRouter:
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
        database.add_feedback(request.reply_id, request.vote, mask(request.reason).text)

    @router.post(
        "/api/v1/tickets",
        status_code=HTTPStatus.CREATED,
        responses={
            **problems,
            HTTPStatus.NOT_FOUND: {"model": Problem},
            HTTPStatus.CONFLICT: {"model": Problem},
        },
    )
    def create_ticket(
        request: TicketRequest,
        response: Response,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
    ) -> TicketStatus:
        """Keep a ticket and, when asked, send it to its desk in the background.

        A repeat with the same Idempotency-Key and content makes no second ticket.
        """
        ticket, notice = _completed(request, profile)
        kept = _keep_ticket(request, ticket, idempotency_key, database, outbox)
        if request.send and kept.state == "saved":
            kept = outbox.submit(kept.ticket_id)
        response.headers["Location"] = f"/api/v1/tickets/{kept.ticket_id}"
        return _status(kept, notice)

    @router.get(
        "/api/v1/tickets/{ticket_id}",
        responses={**problems, HTTPStatus.NOT_FOUND: {"model": Problem}},
    )
    def read_ticket(ticket_id: str) -> TicketStatus:
        """Where a ticket is; neither contact nor content is given back."""
        return _status(database.ticket(ticket_id))

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


def _keep_ticket(
    request: TicketRequest,
    ticket: Ticket | None,
    idempotency_key: str | None,
    database: Database,
    outbox: Outbox,
) -> KeptTicket:
    """The ticket of a request in the database, made or changed unless it is a repeat."""
    made_by = None
    if idempotency_key:
        digest = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        made_by = RequestKey(idempotency_key, digest)
        if made := database.ticket_of_request(made_by):
            return made
    files = [_decoded(each) for each in request.attachments]
    if request.reply_id is not None:
        return _change_draft(request, ticket, files, made_by, database, outbox)
    if ticket is None:
        raise TicketError("The request names neither a reply_id nor a ticket: send one of them.")
    outbox.check_files(ticket, files)
    if request.send:
        outbox.check_contact(ticket, request.contact)
    ticket_id = database.add_ticket(
        request.conversation_id or new_id(),
        ticket,
        contact=request.contact,
        attachments=files,
        request=made_by,
    )
    return database.ticket(ticket_id)


def _change_draft(
    request: TicketRequest,
    ticket: Ticket | None,
    files: list[Attachment],
    made_by: RequestKey | None,
    database: Database,
    outbox: Outbox,
) -> KeptTicket:
    drafts = database.tickets_of_reply(request.reply_id)
    if request.draft >= len(drafts):
        raise TicketError(
            f"The reply has {len(drafts)} drafts and none numbered {request.draft}: send a ticket."
        )
    kept = drafts[request.draft]
    ticket = ticket or kept.ticket
    contact = request.contact if "contact" in request.model_fields_set else kept.contact
    named = {each.name: each for each in [*database.attachments(kept.ticket_id), *files]}
    outbox.check_files(ticket, named.values())
    if request.send:
        outbox.check_contact(ticket, contact)
    database.edit_ticket(kept.ticket_id, ticket=ticket, contact=contact)
    for file in files:
        database.attach(kept.ticket_id, file)
    if made_by:
        database.remember_request(kept.ticket_id, made_by)
    return database.ticket(kept.ticket_id)


def _decoded(given: NewAttachment) -> Attachment:
    try:
        content = base64.b64decode("".join(given.content.split()), validate=True)
    except ValueError as error:
        raise AttachmentError(
            f"The content of {given.name} is not base64: encode the file's bytes so."
        ) from error
    return make_attachment(given.name, content)


def _completed(request: TicketRequest, profile: Profile) -> tuple[Ticket | None, str]:
    """The ticket that a request holds, without secrets, and what was masked in one sentence."""
    if request.ticket is None:
        return None, ""
    given = Ticket(**request.ticket.model_dump(), how="")
    return mask_ticket(complete(given, profile), request.harmless)


def _status(kept: KeptTicket, notice: str = "") -> TicketStatus:
    return TicketStatus(
        ticket_id=kept.ticket_id,
        state=kept.state,
        status=kept.status,
        number=kept.number or None,
        how=kept.ticket.how,
        notice=notice,
    )


def _answer(assistant: Assistant, database: Database, request: AskRequest) -> HttpReply:
    reply = assistant.ask(
        request.question, request.history, request.passages, request.id, request.harmless
    )
    conversation_id = request.conversation_id or new_id()
    reply_id, _ = keep_reply(database, conversation_id, reply)
    return HttpReply(
        **reply.model_dump(),
        notice=reply.notice,
        reply_id=reply_id,
        conversation_id=conversation_id,
    )


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
        case QuestionError() | TicketError() | ContactError() | AttachmentError():
            return _http_problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        case TicketLocked():
            return _http_problem(HTTPStatus.CONFLICT, str(error))
        case UnknownReply() | UnknownTicket():
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

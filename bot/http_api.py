"""The HTTP API: questions, search, feedback and tickets under /api/v1, and the health checks."""

import base64
import hashlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.exceptions import HTTPException

from bot.assistant import Assistant
from bot.attachment import Attachment, make_attachment
from bot.contact import Contact
from bot.database import Database, RequestKey, Vote, keep_reply, new_id
from bot.errors import AttachmentError, TicketError
from bot.kept_reply import WayIn
from bot.kept_ticket import KeptTicket, TicketState
from bot.monitoring import Monitoring
from bot.outbox import Outbox
from bot.problem import problem, problem_responses
from bot.profile import Profile
from bot.reply import NOTICE, FoundPassage, Priority, Question, Reply, Ticket
from bot.startup import Startup
from bot.streaming import tokens
from bot.ticket_edit import complete, mask_ticket
from bot.visitor import verified_contact

MAX_RESULTS = 50
MAX_REASON_CHARACTERS = 2000
MAX_TICKET_CHARACTERS = 100_000
MAX_ATTACHMENTS = 20
MAX_HARMLESS = 50
MAX_CONTACT_CHARACTERS = 320

_ID = "5b1e6c0d9f2a4e7c8a3d1f0b6e2c4a98"
_CONTACT = {"name": "Ann Lee", "email": "ann@example.com"}
_IDENTITY = "a JWT by which the site says who its visitor is: the contact of the ticket then"
_STREAMED = 'event: token\ndata: Choose \n\nevent: reply\ndata: {"outcome": "answered", …}\n\n'


def _examples(*examples: dict) -> ConfigDict:
    # A program that sends "yes" for true is told so, as the description says it.
    return ConfigDict(strict=True, json_schema_extra={"examples": list(examples)})


class AskRequest(Question):
    """A question over HTTP, and the conversation that it belongs to."""

    model_config = _examples(
        {"question": "How do I reset my password?"},
        {"question": "And for a colleague?", "conversation_id": _ID},
    )

    conversation_id: str | None = Field(None, max_length=100)
    harmless: list[str] = Field(
        default_factory=list,
        max_length=MAX_HARMLESS,
        description="texts of the question that look like secrets and are none: left as they are",
    )


class HttpReply(Reply):
    """A reply with the ids by which feedback and the next question refer to it."""

    model_config = _examples(
        {
            "id": None,
            "question": "How do I reset my password?",
            "standalone_question": "How do I reset my password?",
            "outcome": "answered",
            "answer": "Choose Forgot password on the sign-in page. [1]",
            "citations": [
                {
                    "n": 1,
                    "title": "Accounts",
                    "section": ["Passwords"],
                    "url": "https://docs.example.com/accounts/#passwords",
                    "path": "accounts.md",
                    "lines": [12, 12],
                    "quote": "Choose Forgot password on the sign-in page.",
                }
            ],
            "confidence": 0.93,
            "ticket": None,
            "more_tickets": [],
            "choices": [],
            "related": [],
            "notice": "",
            "timings_ms": {"retrieve": 8.1, "read": 96.4, "total": 112.0},
            "reply_id": _ID,
            "conversation_id": _ID,
        }
    )

    reply_id: str
    conversation_id: str
    notice: str = Field("", description=NOTICE)


class FeedbackRequest(BaseModel):
    """A vote on a reply."""

    model_config = _examples({"reply_id": _ID, "vote": "down", "reason": "Not what I asked."})

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


class NewContact(BaseModel):
    """Whom the desk answers; a signed X-Visitor-Identity takes its place."""

    name: str = Field("", max_length=MAX_CONTACT_CHARACTERS)
    email: str = Field("", max_length=MAX_CONTACT_CHARACTERS)


class NewAttachment(BaseModel):
    """A file that goes with a ticket."""

    name: str = Field(min_length=1, max_length=255)
    content: str = Field(description="in base64", json_schema_extra={"contentEncoding": "base64"})


class TicketRequest(BaseModel):
    """A draft that a reply came with, or a whole ticket, or such a draft as it was edited."""

    model_config = _examples(
        {"reply_id": _ID, "contact": _CONTACT, "send": True},
        {
            "ticket": {
                "desk": "support",
                "kind": "Problem",
                "priority": "medium",
                "subject": "The password mail does not arrive",
                "description": "I chose Forgot password twice this morning.",
                "fields": {"Account": "4711"},
            },
            "contact": _CONTACT,
            "attachments": [{"name": "mail.log", "content": "MDY6MDAgbm8gbWFpbAo="}],
            "send": True,
        },
    )

    reply_id: str | None = Field(None, description="of the reply that came with the draft")
    draft: int = Field(0, ge=0, description="which of the reply's drafts, from 0")
    ticket: NewTicket | None = Field(None, description="needed without a reply_id")
    contact: NewContact = NewContact()
    attachments: list[NewAttachment] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    conversation_id: str | None = Field(None, max_length=100)
    send: bool = Field(False, description="whether it is sent, or saved as a draft")
    harmless: list[str] = Field(
        default_factory=list,
        max_length=MAX_HARMLESS,
        description="texts of the ticket that look like secrets and are none: left as they are",
    )


class Found(BaseModel):
    """The passages that a search found, best first."""

    model_config = _examples(
        {
            "passages": [
                {
                    "text": "Choose Forgot password on the sign-in page.",
                    "title": "Accounts",
                    "section": ["Passwords"],
                    "url": "https://docs.example.com/accounts/#passwords",
                    "path": "accounts.md",
                    "lines": [12, 12],
                    "score": 0.87,
                }
            ]
        }
    )

    passages: list[FoundPassage]


class TicketStatus(BaseModel):
    """Where a ticket is, as the person who wrote it sees it."""

    model_config = _examples(
        {
            "ticket_id": _ID,
            "state": "sent",
            "status": "sent, number 42",
            "number": "42",
            "how": "Send it to support@example.com.",
            "notice": "",
        }
    )

    ticket_id: str = Field(description="whoever has it can read this status; it cannot be guessed")
    state: TicketState
    status: str = Field(description='such as "sent, number 42"')
    number: str | None = Field(description="what the desk calls it")
    how: str = Field(description="how a person sends it")
    notice: str = Field("", description="what in this request was masked, in one sentence")


def create_router(
    startup: Startup,
    database: Database,
    outbox: Outbox,
    profile: Profile,
    monitoring: Monitoring,
    identity_secret: SecretStr | None,
) -> APIRouter:
    """The routes of the API, answering from the assistant of `startup`."""
    router = APIRouter()
    problems = problem_responses(
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    not_found = problem_responses(HTTPStatus.NOT_FOUND)

    @router.post(
        "/api/v1/ask",
        response_model=HttpReply,
        responses={
            **problems,
            HTTPStatus.OK: {
                "content": {
                    "text/event-stream": {"schema": {"type": "string"}, "example": _STREAMED}
                }
            },
        },
    )
    def ask(
        request: AskRequest,
        accept: Annotated[str, Header()] = "",
        origin: Annotated[str | None, Header(include_in_schema=False)] = None,
    ) -> Response | HttpReply:
        """Answer a question from the documentation.

        With `Accept: text/event-stream` the answer comes as events: `token` (text to append),
        then `reply` (the whole object), or `error` (a problem).
        """
        assistant = startup.assistant
        # A browser sends an Origin with every POST, and it is the widget that asks from there.
        way_in: WayIn = "widget" if origin else "http"
        if "text/event-stream" in accept:
            return StreamingResponse(
                _events(assistant, database, request, way_in),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store"},
            )
        return _answer(assistant, database, request, way_in)

    @router.get("/api/v1/search", responses=problems)
    def search(
        q: Annotated[str, Query(min_length=1, max_length=2000)],
        k: Annotated[int, Query(ge=1, le=MAX_RESULTS)] = 5,
    ) -> Found:
        """The k passages nearest to the words of q, best first."""
        return Found(passages=startup.assistant.search(q, k))

    @router.post(
        "/api/v1/feedback",
        status_code=HTTPStatus.NO_CONTENT,
        responses={**problems, **not_found},
    )
    def feedback(request: FeedbackRequest) -> None:
        """Keep a vote on a reply; a later vote on the same reply takes its place."""
        database.add_feedback(request.reply_id, request.vote, request.reason)

    @router.post(
        "/api/v1/tickets",
        status_code=HTTPStatus.CREATED,
        responses={**problems, **not_found, **problem_responses(HTTPStatus.CONFLICT)},
    )
    def create_ticket(
        request: TicketRequest,
        response: Response,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
        x_visitor_identity: Annotated[str | None, Header(description=_IDENTITY)] = None,
    ) -> TicketStatus:
        """Keep a ticket and, when asked, send it to its desk in the background.

        A repeat with the same Idempotency-Key and content makes no second ticket.
        """
        identity = None
        if x_visitor_identity is not None:
            identity = verified_contact(x_visitor_identity, identity_secret)
        ticket, notice = _completed(request, profile)
        kept = _keep_ticket(request, ticket, identity, idempotency_key, database, outbox)
        if request.send and kept.state == "saved":
            kept = outbox.submit(kept.ticket_id)
        response.headers["Location"] = f"/api/v1/tickets/{kept.ticket_id}"
        return _status(kept, notice)

    @router.get(
        "/api/v1/tickets/{ticket_id}",
        responses={**problems, **not_found},
    )
    def read_ticket(ticket_id: str) -> TicketStatus:
        """Where a ticket is; neither contact nor content is given back."""
        return _status(database.ticket(ticket_id))

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @router.get("/readyz", responses=problem_responses(HTTPStatus.SERVICE_UNAVAILABLE))
    def readyz() -> dict[str, str | int]:
        """Whether questions can be answered, and from how many passages."""
        passages = startup.assistant.index.current().passages
        return {"status": startup.status, "passages": len(passages)}

    @router.get(
        "/metrics",
        response_class=PlainTextResponse,
        responses=problem_responses(HTTPStatus.SERVICE_UNAVAILABLE),
    )
    def metrics() -> Response:
        """What the server did, as figures for Prometheus."""
        return Response(monitoring.text(), media_type=CONTENT_TYPE_LATEST)

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


def _keep_ticket(
    request: TicketRequest,
    ticket: Ticket | None,
    identity: Contact | None,
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
        return _change_draft(request, ticket, identity, files, made_by, database, outbox)
    if ticket is None:
        raise TicketError("The request names neither a reply_id nor a ticket: send one of them.")
    outbox.check_files(ticket, files)
    contact = _contact(request, identity, Contact())
    if request.send:
        outbox.check_contact(ticket, contact)
    ticket_id = database.add_ticket(
        request.conversation_id or new_id(),
        ticket,
        contact=contact,
        attachments=files,
        request=made_by,
    )
    return database.ticket(ticket_id)


def _change_draft(
    request: TicketRequest,
    ticket: Ticket | None,
    identity: Contact | None,
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
    contact = _contact(request, identity, kept.contact)
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


def _contact(request: TicketRequest, identity: Contact | None, before: Contact) -> Contact:
    """Whom the desk answers: who signed in on the site, else who the request or the draft names."""
    if identity:
        return identity.changed(name=identity.name or request.contact.name or before.name)
    if "contact" in request.model_fields_set:
        return before.changed(**request.contact.model_dump())
    return before


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


def _answer(
    assistant: Assistant, database: Database, request: AskRequest, way_in: WayIn
) -> HttpReply:
    reply = assistant.ask(
        request.question, request.history, request.passages, request.id, request.harmless
    )
    return keep_http_reply(database, reply, request.conversation_id, way_in)


def keep_http_reply(
    database: Database, reply: Reply, conversation_id: str | None, way_in: WayIn
) -> HttpReply:
    """A reply with its ids, kept in its conversation, which is a new one without an id."""
    conversation_id = conversation_id or new_id()
    reply_id, _ = keep_reply(database, conversation_id, reply, way_in)
    return HttpReply(
        **reply.model_dump(),
        notice=reply.notice,
        reply_id=reply_id,
        conversation_id=conversation_id,
    )


def _events(
    assistant: Assistant, database: Database, request: AskRequest, way_in: WayIn
) -> Iterator[str]:
    try:
        reply = _answer(assistant, database, request, way_in)
    except Exception as error:
        # The response has begun, so no handler can turn the error into a status any more.
        yield _event("error", problem(error).model_dump_json())
        return
    for token in tokens(reply.answer):
        yield _event("token", token)
    yield _event("reply", reply.model_dump_json())


def _event(name: str, data: str) -> str:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {name}\n{lines}\n"

"""The MCP server: AI programs search, ask and draft by the Model Context Protocol."""

import importlib.metadata
import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.database import Database, new_id
from bot.errors import BotError, DatabaseError
from bot.masking import mask
from bot.profile import load_profile
from bot.reply import NOTICE, FoundPassage, Reply, Ticket, Turn
from bot.settings import Settings
from bot.startup import Startup
from index.errors import DocumentationError

if TYPE_CHECKING:
    from bot.assistant import Assistant

logger = logging.getLogger(__name__)

NAME = "supportbot"
WAIT_SECONDS = 50  # for the index to open; clients give a call up after a minute
LOOK_SECONDS = 0.05
MAX_RESULTS = 50

_INSTRUCTIONS = (
    "Answers questions from one documentation, each statement cited with an exact quote and a link,"
    " or says that the documentation does not say. Ask with ask_docs before you answer from memory,"
    " and give its citations on."
)
_SEARCH = (
    "Find the passages of the documentation nearest to some words, best first, each with its text,"
    " page title, headings, link and score from 0 to 1. Changes nothing."
)
_ASK = (
    "Answer a question from the documentation. `outcome` is answered (every statement of `answer`"
    " is held by the quote of a citation), unanswered (the documentation does not say: `related`"
    " has the nearest sections), clarify (ask again with one of `choices`), out_of_scope or"
    " smalltalk. `confidence` is the probability that the answer is right. `ticket` may hold a"
    " draft of a request, which is neither kept nor sent: draft_ticket keeps one. Changes nothing."
)
_DRAFT = (
    "Draft the request that a message makes, for the desk that handles it: desk, kind, priority,"
    " subject, description, the fields that the words give, and in `missing` what the desk will ask"
    " for. Several requests in one message make several drafts. Where it is unclear which desk is"
    " meant there is no draft: call again with one of `choices` as the message. NOTHING IS SENT."
    " Each draft is kept in the bot's own database in the state saved, under its `ticket_id`; `how`"
    " says how a person sends it. GET /api/v1/tickets/{ticket_id} of the served bot, or `supportbot"
    " tickets show TICKET_ID` where its data is, tells its state, and `supportbot tickets send"
    " TICKET_ID` sends it. Calling again keeps another draft."
)


def _parsed(given: object) -> object:
    # Some clients send a list as the text of its JSON.
    if isinstance(given, str):
        try:
            return json.loads(given)
        except ValueError:
            return given
    return given


History = Annotated[
    list[Turn],
    BeforeValidator(_parsed),
    Field(default_factory=list, description="what was said before, oldest first"),
]


class SearchArguments(BaseModel):
    """What search_docs takes."""

    query: str = Field(description="what to look for, in English")
    k: int = Field(5, ge=1, le=MAX_RESULTS, description="how many passages")


class AskArguments(BaseModel):
    """What ask_docs takes."""

    question: str = Field(description="one question in English, at most 2,000 characters")
    history: History


class DraftArguments(BaseModel):
    """What draft_ticket takes."""

    message: str = Field(
        description="the person's own words, unshortened, at most 2,000 characters"
    )
    history: History


class FoundPassages(BaseModel):
    """What search_docs gives."""

    passages: list[FoundPassage]


class DocsReply(Reply):
    """What ask_docs gives: the reply of every way in, with what was masked."""

    notice: str = Field("", description=NOTICE)


class KeptDraft(Ticket):
    """A draft with the id under which it is kept."""

    ticket_id: str | None = Field(description="none when it could not be kept")
    status: str = Field(description='"saved", or why it could not be kept')


class KeptDrafts(BaseModel):
    """What draft_ticket gives."""

    tickets: list[KeptDraft] = Field(description="none where there are choices")
    choices: list[str] = Field(description="the message once for each desk that could be meant")
    notice: str = Field(description="what in the message was masked, in one sentence")


@dataclass(frozen=True)
class _Tool:
    """A tool: what it is to those who call it, and what it does with checked arguments."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: type[BaseModel]
    annotations: ToolAnnotations
    call: Callable[["Assistant", Any], BaseModel]

    @property
    def listed(self) -> Tool:
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=self.result.model_json_schema(mode="serialization"),
            annotations=self.annotations,
        )


class McpEndpoint:
    """An MCP server over streamable HTTP, each request by itself, as an ASGI application.

    It answers only while `run` is entered. Which origins may call is for who mounts it to check.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """What must be entered for as long as the endpoint is served."""
        # A manager runs once, an app may be started again.
        self._manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True
        )
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            # Without sessions there is nothing to listen to and nothing to end.
            refusal = PlainTextResponse(
                "Send MCP messages with POST.", HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"}
            )
            await refusal(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)


def create_mcp_server(startup: Startup, database: Database) -> Server:
    """The MCP server, answering from the assistant of `startup`.

    A call waits for the assistant to open, WAIT_SECONDS at most; what goes wrong in a call is told
    as a tool error of one sentence.
    """
    tools = {tool.name: tool for tool in _tools(database)}

    async def list_tools(
        context: ServerRequestContext, params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=[tool.listed for tool in tools.values()])

    async def call_tool(
        context: ServerRequestContext, params: CallToolRequestParams
    ) -> CallToolResult:
        tool = tools.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}: see tools/list.")
        try:
            arguments = tool.arguments.model_validate(params.arguments or {})
            assistant = await _opened(startup)
            result = await anyio.to_thread.run_sync(partial(tool.call, assistant, arguments))
        except ValidationError as error:
            return _failed(_wrong_argument(error))
        except (BotError, DocumentationError) as error:
            return _failed(str(error))
        except Exception:
            logger.exception("The tool %s failed", tool.name)
            return _failed("The bot failed on this call: try again, and see its log for the cause.")
        structured = result.model_dump(mode="json")
        return CallToolResult(
            content=[TextContent(text=json.dumps(structured, ensure_ascii=False))],
            structured_content=structured,
        )

    return Server(
        NAME,
        version=importlib.metadata.version("supportbot"),
        title="Support bot",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def serve_stdio(settings: Settings) -> None:
    """Serve MCP over standard input and output until the input ends.

    Raises ProfileError or DatabaseError, each with the remedy; what keeps the assistant from
    opening is told in the calls.
    """
    profile = load_profile(settings.profile, settings.corpus).served_at(settings.public_url)
    startup = Startup(settings, profile)
    server = create_mcp_server(startup, Database(settings.database))

    async def run() -> None:
        async with stdio_server() as (read_stream, write_stream):
            startup.begin()
            await server.run(read_stream, write_stream, server.create_initialization_options())

    anyio.run(run)
    if not startup.ready and not startup.error:
        # Python would wait for the libraries that are being loaded; clients kill what lingers.
        os._exit(0)


def _tools(database: Database) -> Sequence[_Tool]:
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    adds = ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
    )
    return (
        _Tool(
            name="search_docs",
            title="Search the documentation",
            description=_SEARCH,
            arguments=SearchArguments,
            result=FoundPassages,
            annotations=reads,
            call=_search,
        ),
        _Tool(
            name="ask_docs",
            title="Ask the documentation",
            description=_ASK,
            arguments=AskArguments,
            result=DocsReply,
            annotations=reads,
            call=_ask,
        ),
        _Tool(
            name="draft_ticket",
            title="Draft a support request",
            description=_DRAFT,
            arguments=DraftArguments,
            result=KeptDrafts,
            annotations=adds,
            call=partial(_draft, database),
        ),
    )


def _search(assistant: "Assistant", given: SearchArguments) -> FoundPassages:
    return FoundPassages(passages=assistant.search(given.query, given.k))


def _ask(assistant: "Assistant", given: AskArguments) -> DocsReply:
    reply = assistant.ask(given.question, given.history)
    return DocsReply(**reply.model_dump(), notice=reply.notice)


def _draft(database: Database, assistant: "Assistant", given: DraftArguments) -> KeptDrafts:
    drafts = assistant.draft(given.message, given.history)
    conversation = [*given.history, Turn(role="user", content=given.message)]
    transcript = [Turn(role=turn.role, content=mask(turn.content).text) for turn in conversation]
    conversation_id = new_id()

    def keep(ticket: Ticket) -> KeptDraft:
        try:
            ticket_id = database.add_ticket(conversation_id, ticket, transcript=transcript)
        except DatabaseError as error:
            # A draft that cannot be kept is still a draft.
            return KeptDraft(**ticket.model_dump(), ticket_id=None, status=str(error))
        return KeptDraft(**ticket.model_dump(), ticket_id=ticket_id, status="saved")

    return KeptDrafts(
        tickets=[keep(ticket) for ticket in drafts.tickets],
        choices=drafts.choices,
        notice=drafts.notice,
    )


async def _opened(startup: Startup) -> "Assistant":
    # A thread that waits would keep the process from ending when the standard input does.
    with anyio.move_on_after(WAIT_SECONDS):
        while not startup.ready and not startup.error:
            await anyio.sleep(LOOK_SECONDS)
    return startup.assistant


def _failed(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)


def _wrong_argument(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"The argument {place} cannot be taken ({first['msg']}): see the tool's input schema."

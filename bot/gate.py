"""The gate in front of everything that is served: who may ask, how often, and how much at once."""

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot import api_key, visitor
from bot.api_key import ApiKey
from bot.database import Database
from bot.errors import BotError, KeyRefused, RateExceeded, ScopeMissing
from bot.monitoring import Refusal
from bot.openai_error import OpenAiErrorResponse
from bot.problem import (
    RETRY_AFTER_SECONDS,
    Problem,
    ProblemResponse,
    http_problem,
    problem,
)
from bot.profile import Profile
from bot.rate_limit import RateLimits
from bot.settings import Settings
from bot.web_origin import normal_origin

LARGEST_REQUEST = 256_000  # bytes
LARGEST_PAGE_EVENT = 2_000_000  # of the chat page and the desk, whose forms hold whole tickets
LARGEST_UPLOAD = 250_000_000  # of the chat page, whose own limit is for each file
_TICKET_BESIDE_FILES = 1_000_000
_BASE64 = 4 / 3 * 77 / 76  # four characters for three bytes, and a line break after 76

# What a key must allow for an address and all below it.
_SCOPES: dict[str, frozenset[api_key.Scope]] = {
    "/api/v1/ask": frozenset({"ask"}),
    "/api/v1/search": frozenset({"search"}),
    "/api/v1/tickets": frozenset({"tickets"}),
    "/api/v1/feedback": frozenset({"feedback"}),
    "/v1/chat/completions": frozenset({"ask"}),
    "/v1/models": frozenset({"ask"}),
    "/mcp": frozenset({"ask", "search", "tickets"}),
}
_FOR_PROGRAMS = ("/api", "/v1", "/mcp")
# The chat page is not among them: no other site may call it in a visitor's name.
_FOR_SITES = (*_FOR_PROGRAMS, "/widget", "/widget.js", "/healthz", "/readyz")


def add_gate(
    app: FastAPI,
    settings: Settings,
    profile: Profile,
    database: Database,
    limits: RateLimits,
    refused: Callable[[Refusal], None],
) -> None:
    """Put the gate in front of all routes of an app, those that are added later too.

    `refused` is told of each request that is turned away.
    """
    # What is added last is asked first.
    largest = {
        "/api/v1/tickets": _largest_ticket(profile),
        "/gradio_api/upload": LARGEST_UPLOAD,
        "/gradio_api": LARGEST_PAGE_EVENT,
        "/desk": LARGEST_PAGE_EVENT,
    }
    app.add_middleware(SizeGate, largest=largest, refused=refused)
    app.add_middleware(
        UsageGate,
        database=database,
        limits=limits,
        keys_required=settings.keys_required,
        refused=refused,
    )
    app.add_middleware(
        # Under this very class, Gradio leaves its own out, which allows credentials.
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=("GET", "POST"),
        allow_headers=("Authorization", "Idempotency-Key", visitor.HEADER),
        expose_headers=("Location", "Retry-After"),
    )
    if settings.is_local:
        app.add_middleware(HostGate, public_url=settings.public_url, refused=refused)
    app.add_middleware(OriginGate, origins=settings.origins, refused=refused)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))


class OriginGate:
    """Refuses what pages of other sites send, and tells browsers who may show these pages.

    A page of the server's own origin may use everything, one of `origins` what is made for sites.
    """

    def __init__(
        self, app: ASGIApp, origins: tuple[str, ...], refused: Callable[[Refusal], None]
    ) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._refused = refused
        self._frame_ancestors = " ".join(("frame-ancestors", "'self'", *origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A policy that is there already holds besides.
                headers.append("Content-Security-Policy", self._frame_ancestors)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
            await send(message)

        headers = Headers(scope=scope)
        if all(
            self._admits(origin, headers.get("host", ""), scope["path"])
            for origin in headers.getlist("origin")
        ):
            await self._app(scope, receive, send_safely)
            return
        self._refused("origin")
        refusal = _forbidden(
            scope,
            "Pages of this site may not use the bot: its owner allows sites in SUPPORTBOT_ORIGINS.",
        )
        await refusal(scope, receive, send_safely)

    def _admits(self, origin: str, host: str, path: str) -> bool:
        try:
            origin = normal_origin(origin)
            # Behind a proxy the scheme differs, and its default port with it.
            own = normal_origin(f"{origin.partition(':')[0]}://{host}")
        except ValueError:
            return False
        return origin == own or (origin in self._origins and _is_below(path, _FOR_SITES))


class HostGate:
    """Refuses what comes to a server of this machine alone under a name that may be a stranger's.

    Whoever owns a name can point it here, and to a browser this server is then a part of their
    site: its Origin is our own. An IP address, a name without a dot and *.localhost they do not
    own; the host of `public_url`, which may be empty, is the owner's.
    """

    def __init__(self, app: ASGIApp, public_url: str, refused: Callable[[Refusal], None]) -> None:
        self._app = app
        self._public_name = _host_name(urlsplit(public_url).netloc)
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] == "/healthz":
            await self._app(scope, receive, send)
            return
        name = _host_name(Headers(scope=scope).get("host", ""))
        if name == self._public_name or not _can_be_pointed(name):
            await self._app(scope, receive, send)
            return
        self._refused("host")
        refusal = _forbidden(
            scope,
            f"This server does not answer to the name {name}: its owner names the address that"
            " people reach it at in SUPPORTBOT_PUBLIC_URL.",
        )
        await refusal(scope, receive, send)


class UsageGate:
    """Refuses requests without the API key that they need, and too many of them."""

    def __init__(
        self,
        app: ASGIApp,
        database: Database,
        limits: RateLimits,
        keys_required: bool,
        refused: Callable[[Refusal], None],
    ) -> None:
        self._app = app
        self._database = database
        self._limits = limits
        self._keys_required = keys_required
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._admit(scope["method"], scope["path"], Headers(scope=scope), _client(scope))
        except BotError as error:
            if isinstance(error, KeyRefused | ScopeMissing):
                self._refused("key")
            elif isinstance(error, RateExceeded):
                self._refused("rate")
            wait = error.retry_after if isinstance(error, RateExceeded) else RETRY_AFTER_SECONDS
            await _told(scope["path"], problem(error), wait)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admit(self, method: str, path: str, headers: Headers, client: str) -> None:
        """Raises KeyRefused, ScopeMissing, RateExceeded or DatabaseError."""
        area = next((each for each in _SCOPES if _is_below(path, (each,))), None)
        is_for_programs = _is_below(path, _FOR_PROGRAMS)
        if is_for_programs and (text := _key_text(headers)):
            key = await self._key(text, client)
            if area and not _SCOPES[area] <= set(key.scopes):
                raise ScopeMissing(
                    f"The API key {key.name} may not be used here: make one with the scope"
                    f" {' and '.join(sorted(_SCOPES[area]))}."
                )
            self._limits.count_use(key.name)
            return
        changes = method not in ("GET", "HEAD", "OPTIONS")
        origin = headers.get("origin")
        site = normal_origin(origin) if origin else None
        # A browser sends no Origin with what a page gets from its own server.
        is_of_page = site or headers.get("sec-fetch-site") == "same-origin"
        if self._keys_required and not is_of_page and (is_for_programs or changes):
            raise KeyRefused(
                "This server asks programs for an API key: send one as Authorization: Bearer"
                f" {api_key.PREFIX}…, which supportbot keys create makes."
            )
        if area and (changes or area == "/api/v1/search"):
            self._limits.count_question(client, site)
        elif is_for_programs or changes:
            self._limits.count_request(client)

    async def _key(self, text: str, client: str) -> ApiKey:
        key = await run_in_threadpool(self._database.api_key_of_digest, api_key.digest(text))
        if key is None or key.has_expired():
            self._limits.count_request(client)
            raise KeyRefused(
                "The API key is wrong, expired or revoked: make another one with supportbot keys"
                " create."
            )
        return key


class SizeGate:
    """Refuses requests whose body is larger than the address takes, announced or not.

    `largest` has the bytes by the beginning of an address; others take LARGEST_REQUEST.
    """

    def __init__(
        self, app: ASGIApp, largest: dict[str, int], refused: Callable[[Refusal], None]
    ) -> None:
        self._app = app
        self._largest = largest
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = next(
            (size for root, size in self._largest.items() if _is_below(scope["path"], (root,))),
            LARGEST_REQUEST,
        )
        refusal = _told(
            scope["path"],
            http_problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The request has more than {largest // 1000} kB: shorten it or send less.",
            ),
        )
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > largest:
            self._refused("size")
            await refusal(scope, receive, send)
            return
        received = 0
        has_begun = is_refused = False

        async def receive_bounded() -> Message:
            nonlocal received, is_refused
            message = await receive()
            received += len(message.get("body", b""))
            if received <= largest:
                return message
            if not is_refused:
                is_refused = True
                self._refused("size")
                if not has_begun:
                    await refusal(scope, receive, send)
            return {"type": "http.disconnect"}

        async def send_unless_refused(message: Message) -> None:
            nonlocal has_begun
            if not is_refused:
                has_begun = True
                await send(message)

        try:
            await self._app(scope, receive_bounded, send_unless_refused)
        except ClientDisconnect:
            if not is_refused:
                raise


def _largest_ticket(profile: Profile) -> int:
    """Bytes of a request with as many files as the desk that takes most of them takes."""
    files = max(desk.attachments.total_mb for desk in profile.desks) * 1_000_000
    return int(files * _BASE64) + _TICKET_BESIDE_FILES


def _forbidden(scope: Scope, why: str) -> ASGIApp:
    """What refuses a request, or a websocket, which has no words for it."""
    if scope["type"] == "websocket":
        return WebSocketClose()
    return _told(scope["path"], http_problem(HTTPStatus.FORBIDDEN, why))


def _told(path: str, refusal: Problem, retry_after: int = RETRY_AFTER_SECONDS) -> JSONResponse:
    """A refusal in the form that those who call the address expect."""
    form = OpenAiErrorResponse if _is_below(path, ("/v1",)) else ProblemResponse
    return form(refusal, retry_after)


def _is_below(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _host_name(host: str) -> str:
    """The name or IP address in a Host header, as browsers write it; what is none stays whole."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name.removesuffix(".").encode("idna").decode()
    except ValueError:
        return host


def _can_be_pointed(name: str) -> bool:
    """Whether someone can own a name and point it to any address."""
    try:
        ip_address(name)
    except ValueError:
        return "." in name and not name.endswith(".localhost")
    return False


def _key_text(headers: Headers) -> str | None:
    """The API key of a request; what else stands in Authorization is not for this server."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    is_key = scheme.lower() == "bearer" and text.strip().startswith(api_key.PREFIX)
    return text.strip() if is_key else None


def _client(scope: Scope) -> str:
    """The network address of who asks; "" where it is not known."""
    return scope["client"][0] if scope.get("client") else ""

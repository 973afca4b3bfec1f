"""The login: lets users of the agent desk in, and nobody else to any address below /desk."""

import threading
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from bot.clock import Clock, utc_now
from bot.database import Database
from bot.errors import BotError, LoginRefused, RoleMissing, SessionEnded
from bot.login_delay import LoginDelay
from bot.problem import ProblemResponse, http_problem, problem_response
from bot.session import digest, make_session
from bot.settings import Settings
from bot.user import MAX_NAME, MAX_PASSWORD, NOBODY, Role, User, UserFile

ROOT = "/desk"
LOGIN = f"{ROOT}/login"
COOKIE = "supportbot_desk"

_OFF = (
    "There is no agent desk here: name the file of its users in SUPPORTBOT_USERS, and then make"
    " them with supportbot users add."
)
_ENDED = "Your log-in has ended: log in again, nothing that you typed is lost."
_HASHED_AT_ONCE = 2  # each takes 64 MiB
_PROLONGED_SECONDS = 60  # less is not worth a write to the disk
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Login:
    """Logs users of the desk in and out, and knows them again by their token.

    `is_over_https` says whether the settings name an https address at which people reach the desk.
    Raises UserError when the settings name a file of users that cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock = utc_now,
        delay: LoginDelay | None = None,
    ) -> None:
        self._file = UserFile(settings.users) if settings.users else None
        self._idle = timedelta(minutes=settings.session_minutes)
        self.is_over_https = settings.public_url.startswith("https://")
        self._database = database
        self._clock = clock
        self._delay = delay or LoginDelay()
        self._hashing = threading.Semaphore(_HASHED_AT_ONCE)
        if self._file:
            self._file.users()

    @property
    def is_on(self) -> bool:
        """Whether there is a desk to log in to."""
        return self._file is not None

    def log_in(self, name: str, password: str, address: str) -> tuple[User, str]:
        """The user, and the token of a new session, for a name and its password.

        `address` is the network address. Raises LoginRefused, which does not tell whether the name
        exists, RateExceeded after too many wrong tries, UserError and DatabaseError.
        """
        user = self._file.find(name)
        self._delay.begin(name, address)
        with self._hashing:
            is_right = (user or NOBODY).has_password(password)
        if user is None or not is_right:
            raise LoginRefused("The name or the password is wrong: try again.")
        self._delay.succeed(name, address)
        session, token = make_session(user.name, user.password, self._clock(), self._idle)
        self._database.add_session(session)
        return user, token

    def user_of(self, token: str) -> User | None:
        """Whose session a token is, which lasts longer by this; None when it does not hold.

        Raises UserError and DatabaseError.
        """
        session = self._database.session(digest(token)) if token and self._file else None
        now = self._clock()
        if session is None or session.expires <= now:
            return None
        user = self._file.find(session.user)
        # Who is removed, or gets another password, is logged out by that.
        if user is None or session.password != digest(user.password):
            return None
        prolonged = session.prolonged(now, self._idle)
        if (prolonged.expires - session.expires).total_seconds() > min(
            _PROLONGED_SECONDS, self._idle.total_seconds() / 10
        ):
            self._database.prolong_session(prolonged)
        return user

    def log_out(self, token: str) -> None:
        """End a session; raises DatabaseError."""
        self._database.delete_session(digest(token))


def current_user(request: Request) -> User:
    """The user whose request it is, to be depended on by every route of the desk.

    Raises SessionEnded without one.
    """
    user = getattr(request.state, "user", None)
    if user is None:
        raise SessionEnded(_ENDED)
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def require_role(role: Role) -> Callable[[User], User]:
    """A dependency that gives the user of a request, who has a role; an editor has every one.

    It raises SessionEnded without a user, and RoleMissing for another one.
    """

    def user_with_role(user: CurrentUser) -> User:
        if user.role not in (role, "editor"):
            raise RoleMissing(
                f"This is for those with the role {role}: ask one of them, or for that role."
            )
        return user

    return user_with_role


class SessionGate:
    """Lets nobody without a session to any address below /desk, apart from the login itself."""

    def __init__(self, app: ASGIApp, login: Login) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or not _is_below(path, ROOT):
            await self._app(scope, receive, send)
            return

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = await self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send_uncached)
        elif scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            await refusal(scope, receive, send_uncached)

    async def _refusal(self, scope: Scope) -> Response | None:
        """What is answered instead; None for a request that may pass, which then has its user."""
        if not self._login.is_on:
            return PlainTextResponse(_OFF, HTTPStatus.NOT_FOUND)
        connection = HTTPConnection(scope)
        method = scope.get("method", "GET")
        # Browsers name the origin with whatever changes something; the gate lets only ours in.
        if method not in _SAFE_METHODS and "origin" not in connection.headers:
            return ProblemResponse(
                http_problem(
                    HTTPStatus.FORBIDDEN,
                    "Only the desk's own pages may change something here: use them.",
                )
            )
        path = scope["path"]
        if _is_below(path, LOGIN):
            return None
        try:
            token = connection.cookies.get(COOKIE, "")
            user = await run_in_threadpool(self._login.user_of, token)
        except BotError as error:
            return problem_response(error)
        if user:
            scope.setdefault("state", {})["user"] = user
            return None
        is_page = path.rstrip("/").count("/") <= 2 and method in ("GET", "HEAD")
        if scope["type"] == "http" and is_page:
            return RedirectResponse(f"{LOGIN}?next={quote(path)}", HTTPStatus.SEE_OTHER)
        return problem_response(SessionEnded(_ENDED))


def add_session_gate(app: FastAPI, login: Login) -> None:
    """Put the session gate in front of all routes of an app, those that are added later too."""
    app.add_middleware(SessionGate, login=login)


class Credentials(BaseModel):
    """What a user logs in with."""

    name: str = Field(max_length=MAX_NAME)
    password: str = Field(max_length=MAX_PASSWORD)


def create_session_router(login: Login) -> APIRouter:
    """The addresses at which a session begins and ends; the pages around them are the desk's."""
    router = APIRouter(include_in_schema=False)

    @router.post(LOGIN)
    def log_in(given: Credentials, request: Request) -> Response:
        """Begin a session, whose token goes into a cookie."""
        address = request.client.host if request.client else ""
        user, token = login.log_in(given.name, given.password, address)
        response = JSONResponse({"name": user.name, "role": user.role})
        response.set_cookie(
            COOKIE,
            token,
            path=ROOT,
            # The scheme is known only of a proxy that is trusted.
            secure=login.is_over_https or request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    @router.post(f"{ROOT}/api/logout", dependencies=[Depends(current_user)])
    def log_out(request: Request) -> Response:
        """End the session."""
        login.log_out(request.cookies[COOKIE])
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.delete_cookie(COOKIE, path=ROOT)
        return response

    return router


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")

"""The agent desk: its pages under one shell, what they load, and the login in front of them."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from bot.database import Database
from bot.desk_drafts import create_draft_router
from bot.desk_lookup import create_lookup_router
from bot.login import LOGIN, ROOT, CurrentUser, Login, create_session_router, current_user
from bot.outbox import Outbox
from bot.profile import Profile
from bot.startup import Startup
from bot.theme import colour_style
from bot.user import User

_HERE = Path(__file__).parent
_DESK = _HERE / "desk"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
_OF_LOGIN = ("login.js", "login_page.js", "login.css")  # which is shown without a session
# The widget shows answers in the same way.
_SHARED = ("dom.js", "markdown.js")
_SHARED_NAMES = "node, button, link, renderMarkdown, spans"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'"
)
_PAGES = (("Search", ROOT), ("Matrix", f"{ROOT}/matrix"), ("Drafts", f"{ROOT}/drafts"))
_EDITOR_PAGES = (("Insights", f"{ROOT}/insights"), ("Curated answers", f"{ROOT}/curated"))
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def desk_page(title: str, body_html: str, script: str, user: User) -> HTMLResponse:
    """A page of the desk: what is `body_html` stands in the shell under the title.

    The title is one of those in the navigation; the script is the name of a module in bot/desk/.
    """
    pages = (*_PAGES, *(_EDITOR_PAGES if user.role == "editor" else ()))
    html = _template("shell.html").substitute(
        title=escape(title),
        body=body_html,
        script=escape(script),
        user=escape(user.name),
        navigation=_navigation(pages, title),
        login_form=_text("login_form.html"),
    )
    return _page(html)


def create_desk_router(
    login: Login, startup: Startup, database: Database, outbox: Outbox, profile: Profile
) -> APIRouter:
    """Search, matrix and drafts, the login, and what all pages of the desk load.

    To be included after the routers of other parts of the desk: it answers for whatever else is
    below /desk, so that the page mounted at / does not.
    """
    router = APIRouter(include_in_schema=False)
    router.include_router(create_session_router(login))
    router.include_router(create_lookup_router(startup))
    router.include_router(create_draft_router(database, outbox, profile))
    colours = colour_style(profile.product.accent)

    @router.get(LOGIN)
    def login_page() -> HTMLResponse:
        """The login on a page of its own."""
        form = _text("login_form.html")
        return _page(_template("login.html").substitute(login_form=form))

    for name in _OF_LOGIN:
        before = colours if name.endswith(".css") else ""
        _add_file(router, f"{LOGIN}/{name}", before + _text(name), name)

    inside = APIRouter(dependencies=[Depends(current_user)])
    for file in sorted(_DESK.iterdir()):
        if file.suffix in _MEDIA_TYPES and file.name not in _OF_LOGIN:
            _add_file(inside, f"{ROOT}/assets/{file.name}", _text(file.name), file.name)
    _add_file(inside, f"{ROOT}/assets/base.css", _text("login.css"), "base.css")
    _add_file(inside, f"{ROOT}/assets/colours.css", colours, "colours.css")
    _add_file(inside, f"{ROOT}/assets/shared.js", _shared_script(), "shared.js")

    @inside.get(ROOT)
    @inside.get(f"{ROOT}/")
    def search_page(user: CurrentUser) -> HTMLResponse:
        """Search while typing."""
        return desk_page("Search", _text("search.html"), "search.js", user)

    @inside.get(f"{ROOT}/matrix")
    def matrix_page(user: CurrentUser) -> HTMLResponse:
        """The tables of the documentation as a grid."""
        return desk_page("Matrix", _text("matrix.html"), "matrix.js", user)

    @inside.get(f"{ROOT}/drafts")
    def drafts_page(user: CurrentUser) -> HTMLResponse:
        """The drafts that wait to be sent."""
        return desk_page("Drafts", _text("drafts.html"), "drafts.js", user)

    router.include_router(inside)

    @router.api_route(f"{ROOT}/{{address:path}}", methods=_METHODS)
    def unknown(address: str) -> None:
        raise HTTPException(404, "There is nothing at this address of the desk: go to /desk.")

    return router


def _navigation(pages: Iterable[tuple[str, str]], title: str) -> str:
    return "".join(
        f'<a href="{address}"{" aria-current=page" if name == title else ""}>{name}</a>'
        for name, address in pages
    )


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})


def _add_file(router: APIRouter, address: str, content: str, name: str) -> None:
    media_type = _MEDIA_TYPES[Path(name).suffix]

    def file() -> Response:
        return Response(content, media_type=media_type)

    router.add_api_route(address, file)


def _shared_script() -> str:
    """What the desk uses of the widget's script, as a module."""
    parts = ((_HERE / "widget" / name).read_text(encoding="utf-8") for name in _SHARED)
    return "\n".join((*parts, f"export {{ {_SHARED_NAMES} }};\n"))


def _template(name: str) -> Template:
    return Template(_text(name))


def _text(name: str) -> str:
    return (_DESK / name).read_text(encoding="utf-8")

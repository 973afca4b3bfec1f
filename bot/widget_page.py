"""The widget for other sites: its script, what it knows of the bot, and the page that shows it."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response
from pydantic import BaseModel, Field

from bot.destination import sends
from bot.origin import origin
from bot.profile import Desk, Profile

_HERE = Path(__file__).parent / "widget"
_SCRIPTS = (
    *("dom.js", "colour.js", "markdown.js", "memory.js", "client.js"),
    *("conversation.js", "source_view.js", "ticket_form.js", "exchange_view.js", "widget.js"),
)
_CACHED_SECONDS = 300  # sites get a new widget this long after the bot does
_DEMO_ASSETS = {"widget-demo.css": "text/css", "widget-demo.js": "text/javascript"}
_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'"
)


class WidgetDesk(BaseModel):
    """A desk as the widget shows it."""

    id: str
    name: str
    how: str
    url: str
    email: str
    sends: bool = Field(description="whether tickets go there by themselves")


class WidgetProfile(BaseModel):
    """What the widget knows of a bot before anything is asked."""

    name: str
    welcome: str
    examples: list[str]
    docs_url: str = Field(description="address that relative links of the pages belong to")
    origin: str = Field(description="how the pages relate to their source")
    default_desk: str
    desks: list[WidgetDesk]


def create_widget_router(profile: Profile) -> APIRouter:
    """The routes of the widget: /widget.js, and below /widget its profile and demo page."""
    router = APIRouter(include_in_schema=False)
    script = widget_script().encode()
    packed = gzip.compress(script, mtime=0)
    etag = f'"{hashlib.sha256(script).hexdigest()[:32]}"'
    shown = _widget_profile(profile)

    @router.api_route("/widget.js", methods=["GET", "HEAD"])
    def script_file(
        accept_encoding: Annotated[str, Header()] = "",
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        """The script that a site embeds."""
        headers = {
            "ETag": etag,
            "Cache-Control": f"public, max-age={_CACHED_SECONDS}",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if etag in if_none_match:
            return Response(status_code=304, headers=headers)
        if "gzip" in accept_encoding:
            headers["Content-Encoding"] = "gzip"
        content = packed if "gzip" in accept_encoding else script
        return Response(content, media_type="text/javascript", headers=headers)

    @router.get("/widget/profile.json")
    def widget_profile() -> WidgetProfile:
        """What the widget shows before anything is asked."""
        return shown

    @router.get("/widget")
    def demo_page() -> Response:
        """A mock support site with the widget, and the settings to copy."""
        page = (_HERE / "widget-demo.html").read_bytes()
        headers = {"Content-Security-Policy": _DEMO_POLICY, "Cache-Control": "no-cache"}
        return Response(page, media_type="text/html", headers=headers)

    for name, media_type in _DEMO_ASSETS.items():
        content = (_HERE / name).read_bytes()
        router.add_api_route(f"/widget/{name}", _asset(content, media_type))
    return router


def widget_script() -> str:
    """The widget as one script: its parts in one scope of their own, and its style sheet."""
    parts = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    style = json.dumps((_HERE / "widget.css").read_text(encoding="utf-8"))
    return f'(() => {{\n"use strict";\nconst STYLE = {style};\n{parts}}})();\n'


def _widget_profile(profile: Profile) -> WidgetProfile:
    product, talk = profile.product, profile.talk
    return WidgetProfile(
        name=product.name[:1].upper() + product.name[1:],
        welcome=talk.welcome,
        examples=list(talk.examples),
        docs_url=product.docs_url,
        origin=origin(product),
        default_desk=profile.default_desk,
        desks=[_widget_desk(desk) for desk in profile.desks],
    )


def _widget_desk(desk: Desk) -> WidgetDesk:
    return WidgetDesk(
        **desk.model_dump(include={"id", "name", "how", "url", "email"}), sends=sends(desk)
    )


def _asset(content: bytes, media_type: str):
    def asset() -> Response:
        return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})

    return asset

"""The page of an approved answer, which its citations open: for everybody, without a login."""

from datetime import date
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from bot.curated import CuratedAnswers
from bot.errors import BotError, UnknownAnswer
from bot.profile import Profile
from bot.section_view import text_html
from bot.startup import Startup
from bot.theme import colour_style
from index.errors import DocumentationError
from index.section import Section

_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
_METHODS = ["GET", "HEAD"]
_DEEPEST_HEADING = 6


def create_answer_router(startup: Startup, answers: CuratedAnswers, profile: Profile) -> APIRouter:
    """The pages at /curated/NAME, each with the sections that the bot cites of it."""
    router = APIRouter(include_in_schema=False)
    template = Template((_HERE / "answer.html").read_text(encoding="utf-8"))
    style = colour_style(profile.product.accent)
    style += (_HERE / "answer.css").read_text(encoding="utf-8")

    def page(title: str, note: str, text: str, status: HTTPStatus) -> HTMLResponse:
        product = profile.product.name
        html = template.substitute(
            title=escape(title),
            product=escape(product[:1].upper() + product[1:]),
            note=escape(note),
            text=text,
        )
        return HTMLResponse(html, status, _HEADERS)

    def message(title: str, sentence: str, status: HTTPStatus) -> HTMLResponse:
        return page(title, "", f"<p>{escape(sentence)}</p>", status)

    @router.api_route("/curated/answer.css", methods=_METHODS)
    def style_sheet() -> Response:
        """How the pages look."""
        return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})

    @router.api_route("/curated/{name:path}", methods=_METHODS)
    def answer_page(name: str) -> HTMLResponse:
        """An approved answer; one that was withdrawn is said to be."""
        try:
            answer = answers.answer(name)
            sections = startup.assistant.index.current().sections_of(answer.path)
        except UnknownAnswer:
            return message(
                "There is no such answer",
                "There is no approved answer at this address: go to the start and ask again.",
                HTTPStatus.NOT_FOUND,
            )
        except (BotError, DocumentationError) as error:
            return message("One moment, please", str(error), HTTPStatus.SERVICE_UNAVAILABLE)
        if answer.state == "withdrawn":
            return message(
                "This answer was withdrawn",
                "It no longer holds, or the documentation answers it by now: go to the start and"
                " ask again.",
                HTTPStatus.GONE,
            )
        if not sections:
            return message(
                "One moment, please",
                "This answer is not in the index yet: load the page again in a minute.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        note = f"Approved by our support team on {_day(answer.date)}" if answer.date else ""
        text = "".join(_section_html(each, profile) for each in sections)
        return page(sections[0].title, note, text, HTTPStatus.OK)

    return router


def _day(iso: str) -> str:
    """A date as people write it; what is no date stays as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def _section_html(section: Section, profile: Profile) -> str:
    text = text_html(section, profile.product)
    if not section.headings:
        return f"<section>{text}</section>"
    level = min(len(section.headings) + 1, _DEEPEST_HEADING)
    heading = f"<h{level}>{escape(section.headings[-1])}</h{level}>"
    return f'<section id="{escape(section.anchor)}">{heading}{text}</section>'

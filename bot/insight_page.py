"""The insights in the agent desk: their page, the data behind it, and the files to download."""

from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bot.clock import Clock
from bot.desk_page import desk_page
from bot.insight import Insight, Insights
from bot.insight_table import TableName, insight_csv
from bot.kept_reply import KeptReply
from bot.login import ROOT, require_role
from bot.missing_section import file_name, missing_section
from bot.startup import Startup
from bot.user import User

MOST_DAYS = 366

_API = f"{ROOT}/api/insights"
_PAGE = Path(__file__).parent / "desk" / "insights.html"
_BYTE_ORDER_MARK = "\ufeff"  # without which spreadsheets do not read UTF-8

Days = Annotated[int, Query(ge=1, le=MOST_DAYS)]
Editor = Annotated[User, Depends(require_role("editor"))]


class ConversationView(BaseModel):
    """A conversation as it is shown to who reads the insights: without any contact."""

    replies: list[KeptReply]


def create_insight_router(startup: Startup, insights: Insights, clock: Clock) -> APIRouter:
    """The page of the insights and what it loads; all of it is for editors."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_role("editor"))])
    page = _PAGE.read_text(encoding="utf-8")

    @router.get(f"{ROOT}/insights")
    def insight_page(user: Editor) -> HTMLResponse:
        """What the documentation lacks, and how the bot does."""
        return desk_page("Insights", page, "insights.js", user)

    @router.get(_API)
    def insight(days: Days = 7) -> Insight:
        """The insight of the last days, today with them."""
        return insights.draw(startup.assistant, days)

    @router.get(f"{_API}/conversations/{{conversation_id}}")
    def conversation(conversation_id: str) -> ConversationView:
        """What was asked and answered in a conversation."""
        replies = insights.conversation(conversation_id)
        if not replies:
            raise HTTPException(
                HTTPStatus.NOT_FOUND,
                "This conversation has been deleted since: load the page again.",
            )
        return ConversationView(replies=replies)

    @router.get(f"{_API}/{{table}}.csv")
    def table_file(table: TableName, days: Days = 7) -> Response:
        """One table of the insight for a spreadsheet."""
        content = insight_csv(insights.draw(startup.assistant, days), table)
        return _file(_BYTE_ORDER_MARK + content, "text/csv", f"insights-{table}-{days}-days.csv")

    @router.get(f"{_API}/groups/{{group_id}}.md")
    def section_file(group_id: str, user: Editor, days: Days = 7) -> Response:
        """A page begun for the questions of a group."""
        groups = insights.draw(startup.assistant, days).groups
        group = next((each for each in groups if each.id == group_id), None)
        if group is None:
            raise HTTPException(
                HTTPStatus.NOT_FOUND,
                "These questions are grouped otherwise by now: load the page again.",
            )
        content = missing_section(group, user.name, clock().date())
        return _file(content, "text/markdown", file_name(group))

    return router


def _file(content: str, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)

"""Curated answers in the agent desk: their page, and what it loads and changes, for editors."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from bot.clock import Clock
from bot.curated import AnswerDraft, CuratedAnswer, CuratedAnswers, check_draft
from bot.curated_review import CheckedQuestion, Review, check, review
from bot.database import Database
from bot.desk_lookup import ShownSection, shown_section
from bot.desk_page import desk_page
from bot.index_update import IndexUpdate, UpdateStatus
from bot.login import ROOT, require_role
from bot.startup import Startup
from bot.user import User

USE_DAYS = 30  # in which the use of an answer is counted

_API = f"{ROOT}/api/curated"
_PAGE = Path(__file__).parent / "desk" / "curated.html"

Editor = Annotated[User, Depends(require_role("editor"))]


class ListedAnswer(CuratedAnswer):
    """An answer in the list."""

    uses: int = Field(description="replies that cited it in the last 30 days")
    url: str = Field(description="of its public page")


class AnswerList(BaseModel):
    """All answers, and how far the index is."""

    answers: list[ListedAnswer]
    index: UpdateStatus


class OpenedAnswer(BaseModel):
    """An answer with its earlier versions, newest first."""

    answer: CuratedAnswer
    earlier: list[CuratedAnswer]


class Revision(BaseModel):
    """A draft of an answer that is there already."""

    draft: AnswerDraft
    version: str = Field(description="of the answer that the draft was made of")


class Withdrawal(BaseModel):
    """Which version of an answer is withdrawn."""

    version: str


class Reviewed(Review):
    """A review, with the answer as its page will show it."""

    sections: list[ShownSection]


class ReviewRequest(BaseModel):
    """A draft to be reviewed; `name` is that of the answer that it takes the place of."""

    draft: AnswerDraft
    name: str = ""


def create_curated_router(
    startup: Startup,
    answers: CuratedAnswers,
    index_update: IndexUpdate,
    database: Database,
    clock: Clock,
) -> APIRouter:
    """The page of the curated answers and what it asks for; all of it is for editors."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_role("editor"))])
    page = _PAGE.read_text(encoding="utf-8")

    @router.get(f"{ROOT}/curated")
    def curated_page(user: Editor) -> HTMLResponse:
        """The list of answers, and the form for one of them."""
        return desk_page("Curated answers", page, "curated.js", user)

    @router.get(_API)
    def list_answers() -> AnswerList:
        """All answers."""
        replies = database.replies(clock() - timedelta(days=USE_DAYS))
        uses = Counter(path for each in replies for path in {c.path for c in each.citations})
        return AnswerList(
            answers=[
                ListedAnswer(**each.model_dump(), uses=uses[each.path], url=f"/curated/{each.name}")
                for each in answers.all()
            ],
            index=index_update.status,
        )

    @router.post(_API)
    def approve(draft: AnswerDraft, user: Editor) -> CuratedAnswer:
        """Keep a new answer, and have it indexed."""
        answer = answers.approve(draft, user.name)
        index_update.request()
        return answer

    @router.get(f"{_API}-index")
    def index_status() -> UpdateStatus:
        """How far the index is."""
        return index_update.status

    @router.post(f"{_API}-review")
    def review_draft(request: ReviewRequest) -> Reviewed:
        """What the bot says and finds today for the questions of a draft."""
        assistant = startup.assistant
        product = assistant.profile.product
        sections = [shown_section(each, product) for each in check_draft(request.draft)]
        apart_from = answers.answer(request.name).path if request.name else ""
        reviewed = review(request.draft, assistant, apart_from)
        return Reviewed(**reviewed.model_dump(), sections=sections)

    @router.get(f"{_API}/{{name}}")
    def open_answer(name: str) -> OpenedAnswer:
        """One answer, to be edited."""
        return OpenedAnswer(answer=answers.answer(name), earlier=answers.earlier(name))

    @router.post(f"{_API}/{{name}}")
    def revise(name: str, revision: Revision, user: Editor) -> CuratedAnswer:
        """Approve an answer in another version, and have it indexed."""
        answer = answers.revise(name, revision.version, revision.draft, user.name)
        index_update.request()
        return answer

    @router.post(f"{_API}/{{name}}/withdraw")
    def withdraw(name: str, withdrawal: Withdrawal, user: Editor) -> CuratedAnswer:
        """Withdraw an answer, and have the index updated."""
        answer = answers.withdraw(name, withdrawal.version, user.name)
        index_update.request()
        return answer

    @router.get(f"{_API}/{{name}}/check")
    def check_answer(name: str) -> list[CheckedQuestion]:
        """Whether the bot answers the questions of an answer from it."""
        return check(answers.answer(name), startup.assistant)

    return router

"""The drafts that agents pick up at the desk: listed, opened, edited, sent."""

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Literal, get_args
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from bot.database import Database
from bot.destination import sends
from bot.draft_editor import CONTACT_BOXES, PLAIN_BOXES, Box, DraftEditor
from bot.errors import TicketChanged, TicketLocked, UnknownTicket
from bot.kept_ticket import AttachedFile, DeskWork, KeptTicket, TicketState
from bot.login import ROOT, CurrentUser, current_user
from bot.masking import Masked
from bot.outbox import Outbox
from bot.problem import MEDIA_TYPE, problem
from bot.profile import Profile
from bot.reply import Priority, RelatedSection, Turn
from bot.ticket_file import ticket_markdown

LISTED = 200  # drafts
MAX_CHARACTERS = 100_000  # of a value

Owner = Literal["anyone", "nobody", "me"]


class ListedDraft(BaseModel):
    """What the list says of a draft."""

    ticket_id: str
    subject: str
    desk: str
    kind: str
    priority: Priority
    state: TicketState
    status: str
    contact: str
    agent: str
    created: str
    updated: str
    missing: int


class ListedDrafts(BaseModel):
    """The drafts that fit, newest first, and how many there are in each state."""

    drafts: list[ListedDraft]
    more: int = Field(description="how many fit besides")
    states: dict[str, int]


class FormField(BaseModel):
    """A field of the form, and what the desk needs it for."""

    label: str
    value: str
    why: str


class FormDesk(BaseModel):
    """A desk that a draft can go to."""

    id: str
    name: str
    sends: bool = Field(description="whether drafts go there by themselves")


class FormKind(BaseModel):
    """A kind of request, and the labels that it asks for."""

    label: str
    fields: list[str]


class OpenedDraft(BaseModel):
    """A draft with all that an agent needs to finish it."""

    ticket_id: str
    seen: str = Field(description="when it was updated: what a change of it has to bring along")
    state: TicketState
    status: str
    can_change: bool
    created: str
    agent: str
    changed_by: str = Field(description="the agent who made the last change; empty: the customer")
    last_error: str
    values: dict[str, str] = Field(description="desk, kind, priority, subject, and so on")
    fields: list[FormField]
    missing: list[str]
    how: str
    verified: bool
    files: list[AttachedFile]
    conversation: list[Turn]
    sections: list[RelatedSection]
    markdown: str = Field(description="the draft to be sent by a person")
    notice: str = Field("", description="what was masked in the change just made")
    desks: list[FormDesk]
    kinds: list[FormKind]
    priorities: list[Priority] = list(get_args(Priority))


class DraftValues(BaseModel):
    """What stands in the form."""

    values: dict[str, str] = {}
    fields: dict[str, str] = {}


class SeenDraft(BaseModel):
    """A draft as an agent has opened it, to be sent as it is."""

    seen: str
    opened: DraftValues


class DraftChange(SeenDraft, DraftValues):
    """What an agent makes of a draft, and what it was as they opened it."""


class PickUp(BaseModel):
    """That an agent works on a draft, in the place of another."""

    instead_of: str = ""


def create_draft_router(database: Database, outbox: Outbox, profile: Profile) -> APIRouter:
    """The routes of the drafts in a database, held to a profile."""
    router = APIRouter(prefix=f"{ROOT}/api/drafts", dependencies=[Depends(current_user)])
    editor = DraftEditor(database, outbox, profile)
    desks = [FormDesk(id=desk.id, name=desk.name, sends=sends(desk)) for desk in profile.desks]
    kinds = [FormKind(label=kind.label, fields=list(kind.fields)) for kind in profile.ticket.kinds]

    def opened(ticket_id: str, notice: str = "") -> OpenedDraft:
        kept = database.ticket(ticket_id)
        work = database.desk_work().get(ticket_id, DeskWork())
        conversation = kept.transcript or database.transcript(kept.conversation_id)
        return OpenedDraft(
            ticket_id=ticket_id,
            seen=kept.updated,
            state=kept.state,
            status=kept.status,
            can_change=kept.can_change,
            created=kept.created,
            agent=work.agent,
            changed_by=work.changed_by,
            last_error=kept.last_error,
            values={name: Box(name).value_in(kept) for name in (*PLAIN_BOXES, *CONTACT_BOXES)},
            fields=_form_fields(kept, profile),
            missing=kept.ticket.missing,
            how=kept.ticket.how,
            verified=kept.contact.verified,
            files=kept.attachments,
            conversation=conversation,
            sections=kept.sections,
            markdown=ticket_markdown(kept.ticket),
            notice=notice,
            desks=desks,
            kinds=kinds,
        )

    def conflict(ticket_id: str, error: Exception, before: DraftValues | None = None) -> Response:
        """The refusal, with the draft as it is now; with `before`, it says who changed what."""
        current = opened(ticket_id)
        told = problem(error)
        if before and isinstance(error, TicketChanged):
            told.detail = _told_change(before, current)
        content = {**told.model_dump(), "current": current.model_dump()}
        return JSONResponse(content, HTTPStatus.CONFLICT, media_type=MEDIA_TYPE)

    @router.get("")
    def drafts(
        user: CurrentUser, state: TicketState | None = None, owner: Owner = "anyone", q: str = ""
    ) -> ListedDrafts:
        """The drafts in a state, of an owner, that hold some words; newest first."""
        work = database.desk_work()
        kept = database.tickets()
        owners = {"nobody": "", "me": user.name}
        names = {desk.id: desk.name for desk in profile.desks}
        fitting = [
            _listed(each, agent, names)
            for each in kept
            if (agent := work.get(each.ticket_id, DeskWork()).agent) == owners.get(owner, agent)
            and state in (None, each.state)
            and _holds(each, q)
        ]
        return ListedDrafts(
            drafts=fitting[:LISTED],
            more=max(len(fitting) - LISTED, 0),
            states=Counter(each.state for each in kept),
        )

    @router.get("/{ticket_id}")
    def draft(ticket_id: str) -> OpenedDraft:
        """A draft, with the conversation that led to it."""
        return opened(ticket_id)

    @router.post("/{ticket_id}", response_model=OpenedDraft)
    def change(ticket_id: str, given: DraftChange, user: CurrentUser) -> OpenedDraft | Response:
        """Keep a draft as the agent makes it, who then works on it unless another does."""
        boxes = {Box(name): value for name, value in given.values.items() if name in _BOXES}
        boxes |= {Box(name, is_field=True): value for name, value in given.fields.items()}
        try:
            masked = editor.write(ticket_id, boxes, seen=given.seen, agent=user.name)
        except (TicketChanged, TicketLocked) as error:
            return conflict(ticket_id, error, given.opened)
        if ticket_id not in (work := database.desk_work()) or not work[ticket_id].agent:
            database.pick_up(ticket_id, user.name, "")
        hits = tuple(hit for each in masked.values() for hit in each.hits)
        return opened(ticket_id, Masked("", hits).notice)

    @router.post("/{ticket_id}/send", response_model=OpenedDraft)
    def send(ticket_id: str, given: SeenDraft) -> OpenedDraft | Response:
        """Have a draft sent as the agent sees it."""
        if database.ticket(ticket_id).updated != given.seen:
            return conflict(ticket_id, TicketChanged(), given.opened)
        editor.send(ticket_id)
        return opened(ticket_id)

    @router.post("/{ticket_id}/pick-up", response_model=OpenedDraft)
    def pick_up(ticket_id: str, given: PickUp, user: CurrentUser) -> OpenedDraft | Response:
        """Let the others see that the agent works on a draft."""
        try:
            database.pick_up(ticket_id, user.name, given.instead_of)
        except TicketChanged as error:
            return conflict(ticket_id, error)
        return opened(ticket_id)

    @router.post("/{ticket_id}/put-back")
    def put_back(ticket_id: str, user: CurrentUser) -> OpenedDraft:
        """Let the others see that the agent works on it no longer."""
        database.pick_up(ticket_id, "", user.name)
        return opened(ticket_id)

    @router.get("/{ticket_id}/files/{number}")
    def file(ticket_id: str, number: int) -> Response:
        """A file that goes with a draft, by its place from 0, to be saved and never shown."""
        files = database.attachments(ticket_id)
        if not 0 <= number < len(files):
            raise UnknownTicket("The draft has no such file any more: open it again.")
        name = quote(files[number].name)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        media_type = "application/octet-stream"
        return Response(files[number].content, media_type=media_type, headers=headers)

    return router


_BOXES = frozenset((*PLAIN_BOXES, *CONTACT_BOXES))


def _listed(kept: KeptTicket, agent: str, desks: dict[str, str]) -> ListedDraft:
    ticket = kept.ticket
    return ListedDraft(
        ticket_id=kept.ticket_id,
        subject=ticket.subject,
        desk=desks.get(ticket.desk, ticket.desk),
        kind=ticket.kind,
        priority=ticket.priority,
        state=kept.state,
        status=kept.status,
        contact=" ".join(f"{kept.contact.name} {kept.contact.email}".split()),
        agent=agent,
        created=kept.created,
        updated=kept.updated,
        missing=len(ticket.missing),
    )


def _holds(kept: KeptTicket, words: str) -> bool:
    ticket, contact = kept.ticket, kept.contact
    texts = (ticket.subject, ticket.description, contact.name, contact.email, kept.number)
    text = "\n".join((*texts, kept.ticket_id, *ticket.fields.values())).casefold()
    return all(word in text for word in words.casefold().split())


def _form_fields(kept: KeptTicket, profile: Profile) -> list[FormField]:
    """The fields that the draft's kind asks for, and whatever else it has."""
    ticket = kept.ticket
    asked = next((k.fields for k in profile.ticket.kinds if k.label == ticket.kind), ())
    labels: Iterable[str] = dict.fromkeys([*asked, *ticket.missing, *ticket.fields])
    return [
        FormField(
            label=label,
            value=ticket.fields.get(label, ""),
            why=profile.ticket.described(label).why,
        )
        for label in labels
    ]


def _told_change(before: DraftValues, current: OpenedDraft) -> str:
    fields = {field.label: field.value for field in current.fields}
    changed = [name for name, value in before.values.items() if current.values.get(name) != value]
    changed += [
        label for label in {**before.fields, **fields}
        if fields.get(label, "") != before.fields.get(label, "")
    ]  # fmt: skip
    what = _listed_words(changed) or "something else"
    return (
        f"{current.changed_by or 'The customer'} changed {what} since you opened this draft, and"
        " nothing that you typed is lost: compare both versions, then save or send again."
    )


def _listed_words(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))

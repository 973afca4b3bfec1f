"""The draft form: a ticket draft to edit, send, copy and download on the chat page."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from pathlib import Path
from typing import NamedTuple, get_args

import gradio as gr
from gradio.events import Dependency

from bot.alert import alert, alert_html
from bot.contact import check_address
from bot.conversation import Conversation
from bot.database import Database, new_id
from bot.destination import mail_address, sends
from bot.draft_editor import Box, DraftEditor
from bot.errors import AttachmentError, DeliveryRefused
from bot.interview import Interviewer
from bot.kept_ticket import KeptTicket, Parcel
from bot.mail_destination import email_file, mailto_link
from bot.masking import Hit, Masked
from bot.profile import Desk, Profile
from bot.reply import Priority
from bot.reply_view import undo_labels
from bot.safe_html import link_html
from bot.ticket_file import ticket_markdown

# Which fields are asked, and how the ticket is sent, follow from these.
_DECIDING = {Box("desk"), Box("kind"), Box("priority")}
_EMAIL = Box("email")

_MAX_SUBJECT = 300
_MAX_DESCRIPTION = 100_000
_MAX_VALUE = 5000

_HEADINGS = {
    "saved": "Check it, then send it",
    "sending": "It is on its way",
    "sent": "It has been sent",
    "failed": "Send it yourself, or try again",
}

# A button in HTML of the form tells by its number which one was clicked.
_ON_CLICK = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) trigger("click", { number: Number(button.value) });
});
"""


class OpenedTicket(NamedTuple):
    """The ticket whose form is shown, and this drawing of it: another one draws it again."""

    ticket_id: str
    drawing: str

    @classmethod
    def drawn(cls, ticket_id: str) -> "OpenedTicket":
        """The ticket, to be drawn now."""
        return cls(ticket_id, new_id())


@dataclass(frozen=True)
class Hidden:
    """What was typed into a box, and what was masked in it; it is never stored."""

    typed: str
    masked: Masked


@dataclass(frozen=True)
class FormContext:
    """What the form of every draft works with, and the parts of the page that it changes."""

    database: Database
    editor: DraftEditor
    interviewer: Interviewer
    profile: Profile
    conversation: gr.State
    chat: gr.Chatbot
    opened: gr.State  # an OpenedTicket
    timer: gr.Timer  # is active while the ticket is on its way


class DraftForm:
    """The form for one draft; its parts are added to the Gradio context it is made in.

    What is typed is kept in the database when its box is left. A draft that is on its way, or has
    arrived, is only shown.
    """

    def __init__(self, kept: KeptTicket, context: FormContext) -> None:
        self._id = kept.ticket_id
        self._context = context
        self._can_change = kept.can_change
        desks = {desk.id: desk for desk in context.profile.desks}
        # The profile may have lost the desk since; the person then chooses another.
        self._desk = desks.get(kept.ticket.desk, desks[context.profile.default_desk])
        self._boxes: dict[Box, gr.Textbox | gr.Dropdown] = {}
        self._hidden: dict[Box, Hidden] = {}
        _html(_head_html(kept))
        self._add_ticket(kept)
        self._add_fields(kept)
        self._add_contact(kept)
        self._add_files(kept)
        if kept.state != "failed":  # the state says it then
            _html(_how_html(kept.ticket.how, self._desk), elem_id="draft-how")
        self._notice = _html("", elem_id="draft-notice", js_on_load=_ON_CLICK)
        self._text = gr.Textbox(visible=False)
        self._add_actions()
        if self._can_change:
            self._keep_changes()

    def _add_ticket(self, kept: KeptTicket) -> None:
        ticket, profile = kept.ticket, self._context.profile
        desks = [(each.name, each.id) for each in profile.desks]
        self._add_choice("desk", "Desk", desks, ticket.desk)
        with gr.Row():
            kinds = [each.label for each in profile.ticket.kinds]
            self._add_choice("kind", "Kind", kinds, ticket.kind)
            self._add_choice("priority", "Priority", list(get_args(Priority)), ticket.priority)
        self._add_text(Box("subject"), "Subject", ticket.subject, max_length=_MAX_SUBJECT)
        self._add_text(
            *(Box("description"), "Description", ticket.description),
            max_length=_MAX_DESCRIPTION,
            lines=4,
            max_lines=12,
        )

    def _add_fields(self, kept: KeptTicket) -> None:
        ticket, form = kept.ticket, self._context.profile.ticket
        asked = next((kind.fields for kind in form.kinds if kind.label == ticket.kind), ())
        for label in dict.fromkeys([*asked, *ticket.missing, *ticket.fields]):
            self._add_text(
                *(Box(label, is_field=True), label, ticket.fields.get(label, "")),
                placeholder=form.described(label).ask or "The desk will ask for this",
                elem_classes=_classes(label in ticket.missing),
                max_length=_MAX_VALUE,
                max_lines=6,
            )

    def _add_contact(self, kept: KeptTicket) -> None:
        needed = sends(self._desk)
        with gr.Row():
            self._add_text(Box("name"), "Your name (optional)", kept.contact.name)
            self._add_text(
                *(_EMAIL, f"Your e-mail address{'' if needed else ' (optional)'}"),
                kept.contact.email,
                placeholder="The desk answers to it" if needed else "name@example.com",
                elem_classes=_classes(needed and not kept.contact.email),
            )

    def _add_files(self, kept: KeptTicket) -> None:
        with gr.Column(elem_id="draft-attachments"):
            self._files = _html(_files_html(kept), elem_id="draft-files", js_on_load=_ON_CLICK)
            self._upload = gr.UploadButton(
                "Attach files",
                file_count="multiple",
                size="sm",
                visible=self._can_change,
                elem_id="draft-attach",
            )
            _html(_enclosed_html(kept))

    def _add_choice(self, name: str, label: str, choices: list, value: str) -> None:
        known = [each if isinstance(each, str) else each[1] for each in choices]
        self._boxes[Box(name)] = gr.Dropdown(
            choices,
            value=value if value in known else None,
            label=label,
            interactive=self._can_change,
            elem_id=f"draft-{name}",
        )

    def _add_text(self, box: Box, label: str, value: str, **options: object) -> None:
        self._boxes[box] = gr.Textbox(
            value,
            label=label,
            interactive=self._can_change,
            elem_id=None if box.is_field else f"draft-{box.name}",
            **options,
        )

    def _add_actions(self) -> None:
        with gr.Row(elem_id="draft-actions"):
            if self._can_change and sends(self._desk):
                label = f"Send to {self._desk.name}"
                send = gr.Button(label, variant="primary", elem_id="draft-send")
                self._on(send.click, self._send, [*self._boxes.values()])
            self._add_export("copy", "Copy", _markdown, "supportbot.copy(text)")
            self._add_export(
                "markdown", "Download Markdown", _markdown, "supportbot.save(text, 'ticket.md')"
            )
            self._add_export("json", "Download JSON", _json, "supportbot.save(text, 'ticket.json')")
            to = _address(self._desk)
            if to and not sends(self._desk):
                self._add_export(
                    *("mail", "Open as e-mail", lambda kept: mailto_link(kept, to)),
                    "supportbot.follow(text)",
                )
                self._add_export(
                    *("eml", "Download e-mail", lambda kept: self._email(kept, to)),
                    "supportbot.saveBytes(text, 'ticket.eml')",
                )

    def _add_export(
        self, name: str, label: str, write: Callable[[KeptTicket], str], use: str
    ) -> None:
        """A button that hands the ticket to the browser: `use` is JavaScript on its `text`."""

        def export(conversation: Conversation, *values: str) -> dict:
            if self._can_change and self._keep(conversation, self._all(values)):
                return {
                    self._text: "",
                    **self._told(conversation),
                    **self._masked_in(self._hidden),
                }
            return {self._text: write(self._context.database.ticket(self._id))}

        button = gr.Button(label, size="sm", elem_id=f"draft-{name}")
        self._on(button.click, export, [*self._boxes.values()]).then(
            None, self._text, js=f"text => text && {use}", api_visibility="private"
        )

    def _keep_changes(self) -> None:
        for box, component in self._boxes.items():
            leaves = component.blur if isinstance(component, gr.Textbox) else component.input
            self._on(leaves, self._keeper(box), [component])
        self._on(self._upload.upload, self._attach, [self._upload])
        self._on(self._files.click, self._detach)
        self._on(self._notice.click, self._unmask)

    def _on(
        self,
        event: Callable[..., Dependency],
        handler: Callable[..., dict],
        inputs: Sequence[gr.components.Component] = (),
    ) -> Dependency:
        """Let `handler` answer an event; it is given the conversation and then `inputs`.

        An error becomes the form's notice; what stands in the boxes stays.
        """

        @wraps(handler)
        def noticing_handler(*given: object) -> dict:
            try:
                return handler(*given)
            except Exception as error:
                return {self._text: "", self._notice: alert_html(alert(error))}

        context = self._context
        return event(
            noticing_handler,
            [context.conversation, *inputs],
            [
                *(self._text, self._notice, self._files, *self._boxes.values()),
                *(context.chat, context.opened, context.timer),
            ],
            api_visibility="private",
            show_progress="hidden",
        )

    def _keeper(self, box: Box) -> Callable[[Conversation, str], dict]:
        def keep(conversation: Conversation, value: str) -> dict:
            if value == box.value_in(self._context.database.ticket(self._id)):
                return {self._text: ""}
            self._keep(conversation, {box: value})
            told = {**self._told(conversation), **self._masked_in([box])}
            if box in _DECIDING:
                told[self._context.opened] = OpenedTicket.drawn(self._id)
            if box == _EMAIL and value.strip() and sends(self._desk):
                check_address(value)
            return told

        return keep

    def _send(self, conversation: Conversation, *values: str) -> dict:
        if self._keep(conversation, self._all(values)):  # first it is seen what goes out
            return {**self._told(conversation), **self._masked_in(self._hidden)}
        self._context.editor.send(self._id)
        if prompt := self._context.interviewer.sent(conversation.interview, self._id):
            conversation.prompt(prompt)
        return {
            self._context.chat: conversation.messages,
            self._context.opened: OpenedTicket.drawn(self._id),
            self._context.timer: gr.Timer(active=True),
        }

    def _attach(self, conversation: Conversation, paths: list[str]) -> dict:
        refused = []
        for path in map(Path, paths):
            try:
                self._context.editor.attach(self._id, path.name, path.read_bytes())
            except AttachmentError as error:
                refused.append(str(error))
            finally:
                path.unlink(missing_ok=True)  # only the database keeps it
        told = self._files_told(conversation)
        return {**told, self._notice: told[self._notice] + "".join(map(alert_html, refused))}

    def _detach(self, conversation: Conversation, click: gr.EventData) -> dict:
        files = self._context.database.ticket(self._id).attachments
        self._context.editor.detach(self._id, files[click.number].name)
        return self._files_told(conversation)

    def _unmask(self, conversation: Conversation, click: gr.EventData) -> dict:
        """Keep what was typed into a box as it is."""
        box, hit = self._hits()[click.number]
        typed = self._hidden[box].typed
        conversation.harmless.add(typed[hit.start : hit.end])
        self._keep(conversation, {box: typed})
        return {
            **self._told(conversation),
            self._boxes[box]: typed,
            **self._masked_in([box]),
        }

    def _keep(self, conversation: Conversation, values: Mapping[Box, str]) -> bool:
        """Keep what was changed in some boxes; returns whether a secret was masked in it."""
        kept = self._context.database.ticket(self._id)
        changed = {box: value for box, value in values.items() if value != box.value_in(kept)}
        if not changed:
            return False
        masked = self._context.editor.write(self._id, changed, conversation.harmless)
        for box in changed:
            self._hidden.pop(box, None)
        self._hidden |= {box: Hidden(changed[box], each) for box, each in masked.items()}
        return bool(masked)

    def _told(self, conversation: Conversation) -> dict:
        """What the page shows after any change: what is missing, and what was masked.

        The boxes themselves stay as they are: somebody may be typing.
        """
        missing = self._context.database.ticket(self._id).ticket.missing
        marked = {
            component: gr.update(elem_classes=_classes(box.name in missing))
            for box, component in self._boxes.items()
            if box.is_field
        }
        notice = _masked_html([each.masked for each in self._hidden.values()])
        return {**marked, **self._asked_on(conversation), self._notice: notice}

    def _masked_in(self, boxes: Iterable[Box]) -> dict:
        """The boxes in which something was masked, with what is kept of them."""
        return {
            self._boxes[box]: self._hidden[box].masked.text for box in boxes if box in self._hidden
        }

    def _files_told(self, conversation: Conversation) -> dict:
        """What the page shows after a file came or went; a file can be the value of a field."""
        kept = self._context.database.ticket(self._id)
        form = self._context.profile.ticket
        told = self._told(conversation)
        for box, component in self._boxes.items():
            if box.is_field and form.described(box.name).attachment:
                is_missing = box.name in kept.ticket.missing
                told[component] = gr.update(
                    value=box.value_in(kept), elem_classes=_classes(is_missing)
                )
        return {**told, self._files: _files_html(kept)}

    def _hits(self) -> list[tuple[Box, Hit]]:
        return [(box, hit) for box, each in self._hidden.items() for hit in each.masked.hits]

    def _asked_on(self, conversation: Conversation) -> dict:
        """Let the chat go on from a piece that was asked there and given here."""
        if conversation.pending is None and (
            prompt := self._context.interviewer.ask_on(conversation.interview, self._id)
        ):
            conversation.prompt(prompt)
            return {self._context.chat: conversation.messages}
        return {}

    def _all(self, values: Sequence[str | None]) -> dict[Box, str]:
        given = zip(self._boxes, values, strict=True)
        return {box: value for box, value in given if value is not None}

    def _email(self, kept: KeptTicket, to: str) -> str:
        """The ticket as an e-mail file, in base64, because bytes do not travel to the browser."""
        parcel = Parcel(kept, self._context.database.attachments(self._id))
        return base64.b64encode(email_file(parcel, to)).decode()


def desk_html(desk: Desk) -> str:
    """How to reach a desk, as HTML."""
    return (
        f'<article class="desk"><p class="label">Reach a person</p>'
        f'<h2 tabindex="-1">{escape(desk.name)}</h2><p>{escape(desk.how)}</p>'
        f"{_addresses_html(desk)}</article>"
    )


def _html(html: str, **options: object) -> gr.HTML:
    return gr.HTML(html, apply_default_css=False, **options)


def _classes(is_missing: bool) -> list[str]:
    return ["missing"] if is_missing else []


def _head_html(kept: KeptTicket) -> str:
    status = f"{kept.status[0].upper()}{kept.status[1:]}"
    return (
        f'<p class="label">Ticket{" draft" if kept.can_change else ""}</p>'
        f'<h2 tabindex="-1">{_HEADINGS[kept.state]}</h2>'
        f'<p id="draft-state" class="{kept.state}" role="status"'
        f' data-ticket="{escape(kept.ticket_id)}">{escape(status)}</p>'
    )


def _files_html(kept: KeptTicket) -> str:
    rows = []
    for number, file in enumerate(kept.attachments):
        name = escape(file.name)
        remove = f'<button value="{number}" aria-label="Remove {name}">Remove</button>'
        rows.append(
            f"<li><span>{name}</span> <small>{_size(file.size)}</small>"
            f" {remove if kept.can_change else ''}</li>"
        )
    return f'<p class="label">Attachments</p><ul>{"".join(rows)}</ul>' if rows else ""


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{max(size / 1e3, 0.1):.1f} kB"


def _enclosed_html(kept: KeptTicket) -> str:
    enclosed = []
    if kept.transcript:
        enclosed.append("this conversation")
    if kept.sections:
        count = len(kept.sections)
        enclosed.append(f"the {count} sections shown" if count > 1 else "the section shown")
    return f'<p class="path">Goes with it: {" and ".join(enclosed)}.</p>' if enclosed else ""


def _how_html(how: str, desk: Desk) -> str:
    label = "How to reach the desk" if sends(desk) else "How to send it"
    return f'<p class="label">{label}</p><p>{escape(how)}</p>{_addresses_html(desk)}'


def _addresses_html(desk: Desk) -> str:
    links = [link_html(desk.url, desk.url)] if desk.url else []
    if desk.email:
        links.append(link_html(desk.email, f"mailto:{desk.email}"))
    return f'<p class="addresses">{" · ".join(links)}</p>' if links else ""


def _masked_html(masked: Sequence[Masked]) -> str:
    if not masked:
        return ""
    notices = escape(" ".join(each.notice for each in masked))
    hits = [hit for each in masked for hit in each.hits]
    buttons = " ".join(
        f'<button value="{number}">{escape(label)}</button>'
        for number, label in enumerate(undo_labels(hits))
    )
    return f'<p role="status">{notices} <span class="undo">Not a secret? {buttons}</span></p>'


def _address(desk: Desk) -> str:
    try:
        return mail_address(desk)
    except DeliveryRefused:
        return ""


def _markdown(kept: KeptTicket) -> str:
    return ticket_markdown(kept.ticket)


def _json(kept: KeptTicket) -> str:
    return kept.ticket.model_dump_json(indent=2)

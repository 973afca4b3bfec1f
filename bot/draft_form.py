"""The draft form: a ticket draft to edit, copy and download on the chat page."""

from html import escape
from typing import get_args

import gradio as gr

from bot.alert import alerting
from bot.profile import Desk, Profile
from bot.reply import Priority, Ticket
from bot.safe_html import link_html
from bot.ticket_file import ticket_markdown


class DraftForm:
    """The form for one draft; its parts are added to the Gradio context it is made in."""

    def __init__(self, draft: Ticket, profile: Profile) -> None:
        self._draft = draft
        self._profile = profile
        self._labels = list(dict.fromkeys([*draft.fields, *draft.missing]))
        gr.HTML(
            '<p class="label">Ticket draft</p><h2 tabindex="-1">Check it, then send it</h2>'
            '<p class="path">Nothing has been sent yet.</p>',
            apply_default_css=False,
        )
        desk = gr.Dropdown(
            [(each.name, each.id) for each in profile.desks],
            value=draft.desk,
            label="Desk",
            interactive=True,
            elem_id="draft-desk",
        )
        with gr.Row():
            kind = gr.Dropdown(
                [each.label for each in profile.ticket.kinds],
                value=draft.kind,
                label="Kind",
                interactive=True,
                elem_id="draft-kind",
            )
            priority = gr.Dropdown(
                list(get_args(Priority)),
                value=draft.priority,
                label="Priority",
                interactive=True,
                elem_id="draft-priority",
            )
        subject = gr.Textbox(
            draft.subject, label="Subject", interactive=True, elem_id="draft-subject"
        )
        description = gr.Textbox(
            draft.description,
            label="Description",
            interactive=True,
            lines=4,
            max_lines=12,
            elem_id="draft-description",
        )
        fields = [self._field(label) for label in self._labels]
        how = gr.HTML(
            _how_html(draft.how, profile.desk(draft.desk)),
            apply_default_css=False,
            elem_id="draft-how",
        )
        self._boxes = [desk, kind, priority, subject, description, *fields]
        self._text = gr.Textbox(visible=False)
        with gr.Row(elem_id="draft-actions"):
            copy = gr.Button("Copy", size="sm", elem_id="draft-copy")
            markdown = gr.Button("Download Markdown", size="sm", elem_id="draft-markdown")
            json = gr.Button("Download JSON", size="sm", elem_id="draft-json")
        desk.change(
            alerting(lambda chosen: _how_html(self._how(chosen), profile.desk(chosen))),
            desk,
            how,
            api_visibility="private",
            show_progress="hidden",
        )
        self._on_click(copy, self._as_markdown, "text => supportbot.copy(text)")
        self._on_click(markdown, self._as_markdown, "text => supportbot.save(text, 'ticket.md')")
        self._on_click(json, self._as_json, "text => supportbot.save(text, 'ticket.json')")

    def _field(self, label: str) -> gr.Textbox:
        given = self._draft.fields.get(label)
        if given is not None:
            return gr.Textbox(given, label=label, interactive=True)
        asked = {each.label: each.ask for each in self._profile.ticket.information}
        return gr.Textbox(
            label=label,
            interactive=True,
            placeholder=asked.get(label) or "The desk will ask for this",
            elem_classes="missing",
        )

    def _on_click(self, button: gr.Button, write, use: str) -> None:
        # The text goes through the server, which knows the format, and stays in the browser.
        button.click(
            alerting(write),
            self._boxes,
            self._text,
            api_visibility="private",
            show_progress="hidden",
        ).then(None, self._text, js=use, api_visibility="private")

    def _how(self, desk: str) -> str:
        return self._draft.how if desk == self._draft.desk else self._profile.desk(desk).how

    def _edited(
        self, desk: str, kind: str, priority: Priority, subject: str, description: str, *values: str
    ) -> Ticket:
        fields = dict(zip(self._labels, values, strict=True))
        return Ticket(
            desk=desk,
            kind=kind,
            priority=priority,
            subject=subject,
            description=description,
            fields={label: value for label, value in fields.items() if value.strip()},
            missing=[label for label, value in fields.items() if not value.strip()],
            how=self._how(desk),
        )

    def _as_markdown(self, *values: str) -> str:
        return ticket_markdown(self._edited(*values))

    def _as_json(self, *values: str) -> str:
        return self._edited(*values).model_dump_json(indent=2)


def desk_html(desk: Desk) -> str:
    """How to reach a desk, as HTML."""
    return (
        f'<article class="desk"><p class="label">Reach a person</p>'
        f'<h2 tabindex="-1">{escape(desk.name)}</h2><p>{escape(desk.how)}</p>'
        f"{_addresses_html(desk)}</article>"
    )


def _how_html(how: str, desk: Desk) -> str:
    return f'<p class="label">How to send it</p><p>{escape(how)}</p>{_addresses_html(desk)}'


def _addresses_html(desk: Desk) -> str:
    links = [link_html(desk.url, desk.url)] if desk.url else []
    if desk.email:
        links.append(link_html(desk.email, f"mailto:{desk.email}"))
    return f'<p class="addresses">{" · ".join(links)}</p>' if links else ""

"""The chat page: a conversation and, beside it, the source or the ticket draft last opened."""

import os
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

# Read when gradio is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr  # noqa: E402
from fastapi import FastAPI  # noqa: E402

from bot.conversation import Conversation  # noqa: E402
from bot.database import Database  # noqa: E402
from bot.errors import BotError  # noqa: E402
from bot.http_api import keep_reply, tokens  # noqa: E402
from bot.markup import link_html  # noqa: E402
from bot.profile import Desk, Profile  # noqa: E402
from bot.reply import Reply, Ticket  # noqa: E402
from bot.reply_view import partial_html, question_html, reply_html  # noqa: E402
from bot.section_view import (  # noqa: E402
    cited_section,
    quote_html,
    related_section,
    section_html,
)
from bot.startup import Startup  # noqa: E402
from bot.ticket_file import ticket_markdown  # noqa: E402
from index.errors import DocumentationError  # noqa: E402

_HERE = Path(__file__).parent
_STYLE = _HERE / "chat.css"
_SCRIPT = (_HERE / "chat.js").read_text(encoding="utf-8")
_PRIORITIES = ["critical", "high", "medium", "low"]
_SYSTEM_FONTS = ["system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
_COLOURS = {
    "body_background_fill": "#f7f9fa",
    "body_background_fill_dark": "#11171c",
    "body_text_color": "#17212b",
    "body_text_color_dark": "#e4eaef",
    "body_text_color_subdued": "#55626f",
    "body_text_color_subdued_dark": "#a3b1bd",
    "background_fill_secondary": "#e9eef1",
    "background_fill_secondary_dark": "#232d35",
    "block_background_fill": "#ffffff",
    "block_background_fill_dark": "#182027",
    "border_color_primary": "#d5dde3",
    "border_color_primary_dark": "#33404b",
    "input_background_fill": "#ffffff",
    "input_background_fill_dark": "#11171c",
    "input_border_color": "#b3bfc9",
    "input_border_color_dark": "#4a5a67",
    "color_accent": "#0b6b68",
    "color_accent_soft": "#dcefed",
    "color_accent_soft_dark": "#163a3a",
    "link_text_color": "#0b6260",
    "link_text_color_dark": "#6cd0c8",
    "button_primary_background_fill": "#0b6b68",
    "button_primary_background_fill_dark": "#6cd0c8",
    "button_primary_background_fill_hover": "#095553",
    "button_primary_background_fill_hover_dark": "#8adbd5",
    "button_primary_text_color": "#ffffff",
    "button_primary_text_color_dark": "#06201f",
    "error_background_fill": "#fdecea",
    "error_background_fill_dark": "#41201f",
    "error_text_color": "#8c1d18",
    "error_text_color_dark": "#ffb8b1",
}
_WORDS_A_FRAME = 4  # enough frames to be read along, few enough to be quick


def mount_chat_page(
    app: FastAPI, startup: Startup, database: Database, profile: Profile
) -> None:
    """Serve the chat page at /; routes added to `app` after this are not found."""
    gr.mount_gradio_app(
        app,
        ChatPage(startup, database, profile).blocks,
        path="/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        ssr_mode=False,
        mcp_server=False,
        max_file_size=1,
        show_error=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=_theme(),
        css_paths=_STYLE,
    )


class ChatPage:
    """The page's parts and what happens on them; `blocks` is the page for Gradio to serve."""

    def __init__(self, startup: Startup, database: Database, profile: Profile) -> None:
        self._startup = startup
        self._database = database
        self._profile = profile
        self._desks = {desk.id: desk for desk in profile.desks}
        with gr.Blocks(
            title=f"{profile.product.name} support",
            analytics_enabled=False,
            fill_width=True,
        ) as self.blocks:
            self._lay_out()
            self._connect()

    def _lay_out(self) -> None:
        talk = self._profile.talk
        self._conversation = gr.State(None)
        self._draft = gr.State(None)
        self._voted = gr.State(None)
        with gr.Row(elem_id="top"):
            self._header = gr.HTML(
                _header_html(self._profile.product.name),
                apply_default_css=False,
                js_on_load=_SCRIPT,
                elem_id="title",
            )
            self._person = gr.Button("Reach a person", elem_id="person", size="sm")
            self._restart = gr.Button("Start over", elem_id="restart", size="sm")
        self._progress = gr.HTML(apply_default_css=False, elem_id="progress")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk"):
                self._chat = gr.Chatbot(
                    elem_id="conversation",
                    show_label=False,
                    label="Conversation",
                    container=False,
                    height=None,
                    layout="bubble",
                    buttons=[],
                    latex_delimiters=[],
                    line_breaks=False,
                    allow_file_downloads=False,
                    feedback_options=("Like", "Dislike"),
                    placeholder=_welcome_html(talk.welcome),
                    examples=[{"text": example} for example in talk.examples],
                )
                with gr.Row(elem_id="reason-row", visible=False) as self._reason_row:
                    self._reason = gr.Textbox(
                        elem_id="reason",
                        show_label=False,
                        label="Reason for your vote (optional)",
                        placeholder="What was right or wrong about it? (optional)",
                        max_length=2000,
                        scale=5,
                    )
                    self._give_reason = gr.Button("Send reason", size="sm", scale=1)
                self._notice = gr.HTML(apply_default_css=False, elem_id="notice")
                with gr.Row(elem_id="composer"):
                    self._question = gr.Textbox(
                        elem_id="question",
                        show_label=False,
                        label="Your question",
                        placeholder="Ask about the documentation",
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        container=False,
                        scale=6,
                    )
                    self._send = gr.Button(
                        "Send", variant="primary", elem_id="send", scale=0, min_width=88
                    )
                    self._stop = gr.Button(
                        "Stop", visible=False, elem_id="stop", scale=0, min_width=88
                    )
            with gr.Column(elem_id="beside", visible=False) as self._beside:
                self._close = gr.Button("Close", elem_id="close", size="sm")
                self._source = gr.HTML(apply_default_css=False, elem_id="source")
                with gr.Column(elem_id="draft") as self._draft_column:
                    self._lay_out_draft()
        self._announcement = gr.HTML(apply_default_css=False, elem_id="announcement")

    def _lay_out_draft(self) -> None:
        @gr.render(inputs=self._draft)
        def draft_form(draft: Ticket | None) -> None:
            if draft is None:
                return
            desk = self._desks[draft.desk]
            gr.HTML(
                '<p class="label">Ticket draft</p><h2 tabindex="-1">Check it, then send it</h2>'
                '<p class="path">Nothing has been sent yet.</p>',
                apply_default_css=False,
            )
            desk_box = gr.Dropdown(
                [(each.name, each.id) for each in self._profile.desks],
                value=draft.desk,
                label="Desk",
                elem_id="draft-desk",
            )
            with gr.Row():
                kind_box = gr.Dropdown(
                    [kind.label for kind in self._profile.ticket.kinds],
                    value=draft.kind,
                    label="Kind",
                    allow_custom_value=True,
                    elem_id="draft-kind",
                )
                priority_box = gr.Dropdown(
                    _PRIORITIES, value=draft.priority, label="Priority", elem_id="draft-priority"
                )
            subject_box = gr.Textbox(draft.subject, label="Subject", elem_id="draft-subject")
            description_box = gr.Textbox(
                draft.description,
                label="Description",
                lines=5,
                max_lines=12,
                elem_id="draft-description",
            )
            labels = list(dict.fromkeys([*draft.fields, *draft.missing]))
            field_boxes = [
                gr.Textbox(
                    draft.fields.get(label, ""),
                    label=label,
                    elem_classes="draft-field" if label in draft.fields else "draft-field missing",
                    placeholder="" if label in draft.fields else "The desk will ask for this",
                )
                for label in labels
            ]
            how = gr.HTML(
                _how_html(draft.how, desk), apply_default_css=False, elem_id="draft-how"
            )
            text = gr.Textbox(visible=False)
            with gr.Row(elem_id="draft-actions"):
                copy = gr.Button("Copy", size="sm", elem_id="draft-copy")
                markdown = gr.Button("Download Markdown", size="sm", elem_id="draft-markdown")
                json = gr.Button("Download JSON", size="sm", elem_id="draft-json")

            def edited(desk_id: str, kind: str, priority: str, *texts: str) -> Ticket:
                subject, description, *values = texts
                given = dict(zip(labels, values, strict=True))
                return Ticket(
                    desk=desk_id,
                    kind=kind,
                    priority=priority,
                    subject=subject,
                    description=description,
                    fields={label: value for label, value in given.items() if value.strip()},
                    missing=[label for label, value in given.items() if not value.strip()],
                    how=draft.how if desk_id == draft.desk else self._desks[desk_id].how,
                )

            def as_markdown(*values: str) -> str:
                ticket = edited(*values)
                return ticket_markdown(ticket, self._desks[ticket.desk])

            def as_json(*values: str) -> str:
                return edited(*values).model_dump_json(indent=2)

            desk_box.change(
                lambda desk_id: _how_html(self._desks[desk_id].how, self._desks[desk_id]),
                desk_box,
                how,
                api_visibility="private",
                show_progress="hidden",
            )
            boxes = [desk_box, kind_box, priority_box, subject_box, description_box, *field_boxes]
            for button, written, use in (
                (copy, as_markdown, "text => supportbot.copy(text)"),
                (markdown, as_markdown, "text => supportbot.save(text, 'ticket.md')"),
                (json, as_json, "text => supportbot.save(text, 'ticket.json')"),
            ):
                button.click(
                    written, boxes, text, api_visibility="private", show_progress="hidden"
                ).then(None, text, js=use, api_visibility="private")

    def _connect(self) -> None:
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        answering = [
            self._conversation,
            self._chat,
            self._question,
            self._send,
            self._stop,
            self._notice,
            self._announcement,
            self._reason_row,
            self._draft,
            self._source,
            self._beside,
        ]
        asked = gr.on(
            [self._question.submit, self._send.click],
            self._answer,
            [self._question, self._conversation],
            answering,
            **quiet,
        )
        picked = self._chat.example_select(
            self._answer_example, self._conversation, answering, **quiet
        )
        chosen = self._chat.option_select(
            self._answer_choice, self._conversation, answering, **quiet
        )
        self._stop.click(
            self._stopped, self._conversation, answering, cancels=[asked, picked, chosen], **quiet
        )
        self._restart.click(
            self._started_over, None, answering, cancels=[asked, picked, chosen], **quiet
        )
        self._header.open(
            self._open, self._conversation, [self._draft, self._source, self._beside], **quiet
        ).then(None, js="() => supportbot.show()", api_visibility="private")
        self._person.click(
            self._reach_person,
            self._conversation,
            [self._draft, self._source, self._beside],
            **quiet,
        ).then(None, js="() => supportbot.show()", api_visibility="private")
        self._close.click(
            lambda: gr.update(visible=False), None, self._beside, **quiet
        ).then(None, js="() => supportbot.hide()", api_visibility="private")
        self._chat.like(
            self._vote, self._conversation, [self._voted, self._reason_row, self._notice], **quiet
        )
        gr.on(
            [self._reason.submit, self._give_reason.click],
            self._keep_reason,
            [self._voted, self._reason],
            [self._reason, self._reason_row, self._notice],
            **quiet,
        )
        self.blocks.load(lambda: Conversation(), None, self._conversation, **quiet)
        timer = gr.Timer(1)
        gr.on(
            [self.blocks.load, timer.tick], self._progress_shown, None, [self._progress, timer], **quiet
        )

    def _answer_example(
        self, conversation: Conversation, example: gr.SelectData
    ) -> Iterator[dict]:
        yield from self._answer(example.value["text"], conversation)

    def _answer_choice(self, conversation: Conversation, choice: gr.SelectData) -> Iterator[dict]:
        yield from self._answer(choice.value, conversation)

    def _answer(self, question: str, conversation: Conversation) -> Iterator[dict]:
        before = len(conversation.messages)
        conversation.messages += [
            {"role": "user", "content": question_html(question[:2000])},
            {"role": "assistant", "content": '<p class="pending">Searching the documentation…</p>'},
        ]
        yield {
            self._conversation: conversation,
            self._chat: conversation.messages,
            self._question: "",
            self._send: gr.update(visible=False),
            self._stop: gr.update(visible=True),
            self._notice: "",
            self._announcement: "",
            self._reason_row: gr.update(visible=False),
        }
        ready = {self._send: gr.update(visible=True), self._stop: gr.update(visible=False)}
        try:
            reply = self._startup.assistant.ask(question, conversation.turns)
        except (BotError, DocumentationError) as error:
            del conversation.messages[before:]
            yield ready | {
                self._conversation: conversation,
                self._chat: conversation.messages,
                self._question: question,
                self._notice: _notice_html(str(error)),
            }
            return
        base = self._profile.product.docs_url
        words = tokens(reply.answer)
        for end in range(_WORDS_A_FRAME, len(words), _WORDS_A_FRAME):
            conversation.messages[-1]["content"] = partial_html("".join(words[:end]), base)
            yield {self._chat: conversation.messages}
        reply_id, error = keep_reply(self._database, conversation.id, reply)
        conversation.messages[-1] = {
            "role": "assistant",
            "content": reply_html(reply, reply_id, base),
            "options": [{"value": choice} for choice in reply.choices],
        }
        conversation.add(reply_id, reply)
        yield ready | {
            self._conversation: conversation,
            self._chat: conversation.messages,
            self._notice: _notice_html(str(error)) if error else "",
            self._announcement: f'<p role="status">{escape(_spoken(reply))}</p>',
            **(self._opened_draft(reply.ticket) if reply.ticket else {}),
        }

    def _stopped(self, conversation: Conversation) -> dict:
        conversation.messages[-1] = {"role": "assistant", "content": "<p>Stopped.</p>"}
        return {
            self._conversation: conversation,
            self._chat: conversation.messages,
            self._send: gr.update(visible=True),
            self._stop: gr.update(visible=False),
        }

    def _started_over(self) -> dict:
        return {
            self._conversation: Conversation(),
            self._chat: [],
            self._question: "",
            self._send: gr.update(visible=True),
            self._stop: gr.update(visible=False),
            self._notice: "",
            self._announcement: "",
            self._reason_row: gr.update(visible=False),
            self._draft: None,
            self._source: "",
            self._beside: gr.update(visible=False),
        }

    def _open(self, conversation: Conversation, link: gr.EventData) -> dict:
        kind, reply_id, position = link.target_id.split("-")
        reply = conversation.replies[reply_id]
        product = self._profile.product
        sections = self._startup.assistant.index.current().sections
        if kind == "draft":
            return self._opened_draft(conversation.drafts(reply_id)[int(position)])
        if kind == "source":
            citation = next(each for each in reply.citations if each.n == int(position))
            section = cited_section(sections, citation)
            html = (
                section_html(section, product, citation)
                if section
                else quote_html(citation, product)
            )
        else:
            near = reply.related[int(position)]
            section = related_section(sections, near)
            html = section_html(section, product, None) if section else ""
        return {
            self._source: html,
            self._draft: None,
            self._beside: gr.update(visible=True),
        }

    def _opened_draft(self, draft: Ticket) -> dict:
        return {self._draft: draft, self._source: "", self._beside: gr.update(visible=True)}

    def _reach_person(self, conversation: Conversation) -> dict:
        desk = self._desks[self._profile.default_desk]
        contact = {
            self._source: _desk_html(desk),
            self._beside: gr.update(visible=True),
            self._draft: None,
        }
        try:
            reply = self._startup.assistant.ask(
                f"I want to reach {self._profile.talk.human[0]}.", conversation.turns
            )
        except (BotError, DocumentationError):
            # A person can be reached all the same, without a draft.
            return contact
        return contact | {self._draft: reply.ticket}

    def _vote(self, conversation: Conversation, vote: gr.LikeData) -> dict:
        reply_id = conversation.shown[vote.index]
        direction = "up" if vote.liked else "down"
        try:
            self._database.add_feedback(reply_id, direction, "")
        except BotError as error:
            return {self._notice: _notice_html(str(error))}
        return {
            self._voted: (reply_id, direction),
            self._reason_row: gr.update(visible=True),
            self._notice: "",
        }

    def _keep_reason(self, voted: tuple[str, str], reason: str) -> dict:
        try:
            self._database.add_feedback(*voted, reason)
        except BotError as error:
            return {self._notice: _notice_html(str(error))}
        return {
            self._reason: "",
            self._reason_row: gr.update(visible=False),
            self._notice: '<p role="status">Thank you, this is noted.</p>',
        }

    def _progress_shown(self) -> tuple[str, dict]:
        try:
            self._startup.assistant.index.current()
        except (BotError, DocumentationError) as error:
            return f'<p role="status">{escape(str(error))}</p>', gr.Timer(active=True)
        return "", gr.Timer(active=False)


def _theme() -> gr.themes.Base:
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        font=_SYSTEM_FONTS,
        font_mono=["ui-monospace", "monospace"],
    ).set(**_COLOURS)


def _header_html(product: str) -> str:
    return (
        f"<h1>{escape(product)} support</h1>"
        "<p>A program answers here, from the documentation only. Check what it quotes.</p>"
    )


def _welcome_html(welcome: str) -> str:
    return f'<p class="welcome">{escape(welcome)}</p>'


def _notice_html(sentence: str) -> str:
    return f'<p role="alert">{escape(sentence)}</p>'


def _how_html(how: str, desk: Desk) -> str:
    return f'<p class="label">How to send it</p><p>{escape(how)}</p>{_addresses_html(desk)}'


def _desk_html(desk: Desk) -> str:
    return (
        f'<article class="desk"><p class="label">Reach a person</p>'
        f'<h2 tabindex="-1">{escape(desk.name)}</h2><p>{escape(desk.how)}</p>'
        f"{_addresses_html(desk)}</article>"
    )


def _addresses_html(desk: Desk) -> str:
    links = [link_html(desk.url, desk.url)] if desk.url else []
    if desk.email:
        links.append(link_html(desk.email, f"mailto:{desk.email}"))
    return f'<p class="addresses">{" ".join(links)}</p>' if links else ""


def _spoken(reply: Reply) -> str:
    sources = len(reply.citations)
    drafted = " A ticket draft is open beside the conversation." if reply.ticket else ""
    return f"{reply.answer} {sources} source{'' if sources == 1 else 's'}.{drafted}"

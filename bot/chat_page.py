"""The chat page: a conversation and, beside it, the source or the ticket draft last opened."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

from bot.alert import alert, alerting
from bot.conversation import Conversation
from bot.database import Database, keep_reply
from bot.draft_form import DraftForm, desk_html
from bot.errors import DatabaseError
from bot.profile import Profile
from bot.reply import Reply, Ticket
from bot.section_view import (
    cited_section,
    gone_html,
    quote_html,
    related_section,
    section_html,
)
from bot.startup import Startup
from bot.streaming import tokens
from bot.theme import page_theme

_HERE = Path(__file__).parent
_TOKENS_A_FRAME = 4  # enough frames to read along, few enough to be quick
_CONCURRENT_QUESTIONS = 4

# Events of the page are no API: that is under /api/v1.
_EVENT = {"api_visibility": "private", "show_progress": "hidden"}


def mount_chat_page(app: FastAPI, startup: Startup, database: Database, profile: Profile) -> None:
    """Serve the chat page at /; routes added to `app` after this are not found."""
    gr.mount_gradio_app(
        app,
        ChatPage(startup, database, profile).blocks,
        path="/",
        theme=page_theme(),
        css_paths=_HERE / "chat.css",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        ssr_mode=False,
        mcp_server=False,
        max_file_size=1,
        show_error=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )


class ChatPage:
    """The page's parts and what happens on them; `blocks` is the page for Gradio to serve."""

    def __init__(self, startup: Startup, database: Database, profile: Profile) -> None:
        self._startup = startup
        self._database = database
        self._profile = profile
        with gr.Blocks(title=_title(profile), analytics_enabled=False, fill_width=True) as blocks:
            # Each visitor gets a copy, which is there before anything can be asked.
            self._conversation = gr.State(Conversation())
            self._draft = gr.State()
            self._voted = gr.State()
            self._lay_out_header()
            with gr.Row(elem_id="columns"):
                with gr.Column(elem_id="talk"):
                    self._lay_out_conversation()
                with gr.Column(elem_id="beside", visible=False) as self._beside:
                    self._lay_out_beside()
            self._announcement = gr.HTML(apply_default_css=False, elem_id="announcement")
            self._timer = gr.Timer(1)
            self._connect(blocks)
        self.blocks = blocks.queue(default_concurrency_limit=_CONCURRENT_QUESTIONS)

    def _lay_out_header(self) -> None:
        with gr.Row(elem_id="top"):
            self._header = gr.HTML(
                f"<h1>{escape(_title(self._profile))}</h1>"
                "<p>A program answers here, from the documentation only. Check what it quotes.</p>",
                apply_default_css=False,
                js_on_load=(_HERE / "chat.js").read_text(encoding="utf-8"),
                elem_id="title",
            )
            self._person = gr.Button("Reach a person", elem_id="person", size="sm")
            self._restart = gr.Button("Start over", elem_id="restart", size="sm")

    def _lay_out_conversation(self) -> None:
        talk = self._profile.talk
        self._progress = gr.HTML(apply_default_css=False, elem_id="progress")
        self._chat = gr.Chatbot(
            elem_id="conversation",
            label="Conversation",
            show_label=False,
            container=False,
            height=None,
            buttons=[],
            latex_delimiters=[],
            line_breaks=False,
            allow_file_downloads=False,
            placeholder=_welcome_html(talk.welcome),
            examples=[{"text": example} for example in talk.examples],
        )
        with gr.Row(elem_id="reason-row", visible=False) as self._reason_row:
            self._reason = gr.Textbox(
                elem_id="reason",
                label="Reason for your vote (optional)",
                show_label=False,
                container=False,
                placeholder="What was right or wrong about it? (optional)",
                max_length=2000,
            )
            self._give_reason = gr.Button("Send reason", size="sm", scale=0, min_width=110)
        self._notice = gr.HTML(apply_default_css=False, elem_id="notice")
        with gr.Row(elem_id="composer"):
            self._question = gr.Textbox(
                elem_id="question",
                label="Your question",
                show_label=False,
                container=False,
                placeholder="Type your question",
                lines=1,
                max_lines=6,
                autofocus=True,
            )
            self._send = gr.Button("Send", variant="primary", elem_id="send", scale=0, min_width=88)
            self._stop = gr.Button("Stop", visible=False, elem_id="stop", scale=0, min_width=88)

    def _lay_out_beside(self) -> None:
        self._close = gr.Button("Close", elem_id="close", size="sm")
        self._source = gr.HTML(apply_default_css=False, elem_id="source")
        with gr.Column(elem_id="draft"):

            @gr.render(inputs=self._draft)
            def draft_form(draft: Ticket | None) -> None:
                if draft:
                    DraftForm(draft, self._profile)

    def _connect(self, blocks: gr.Blocks) -> None:
        opened = [self._source, self._draft, self._beside]
        answering = [
            *(self._conversation, self._chat, self._question, self._send, self._stop),
            *(self._notice, self._announcement, self._reason_row, *opened),
        ]
        asked = [
            gr.on(
                [self._question.submit, self._send.click],
                self._answer,
                [self._question, self._conversation],
                answering,
                **_EVENT,
            ),
            self._chat.example_select(
                self._answer_example, self._conversation, answering, **_EVENT
            ),
            self._chat.option_select(self._answer_choice, self._conversation, answering, **_EVENT),
        ]
        self._stop.click(self._stopped, self._conversation, answering, cancels=asked, **_EVENT)
        self._restart.click(
            self._started_over, self._conversation, answering, cancels=asked, **_EVENT
        )

        show = {"js": "() => supportbot.show()", "api_visibility": "private"}
        hide = {"js": "() => supportbot.hide()", "api_visibility": "private"}
        self._header.open(self._open, self._conversation, opened, **_EVENT).then(None, **show)
        self._person.click(
            self._reach_person, self._conversation, [*opened, self._notice], **_EVENT
        ).then(None, **show)
        self._close.click(lambda: gr.update(visible=False), None, self._beside, **_EVENT).then(
            None, **hide
        )

        self._chat.like(
            self._vote, self._conversation, [self._voted, self._reason_row, self._notice], **_EVENT
        )
        gr.on(
            [self._reason.submit, self._give_reason.click],
            self._keep_reason,
            [self._voted, self._reason],
            [self._reason, self._reason_row, self._notice],
            **_EVENT,
        )
        gr.on(
            [blocks.load, self._timer.tick],
            self._progress_made,
            None,
            [self._progress, self._timer],
            **_EVENT,
        )

    def _answer(self, question: str, conversation: Conversation) -> Iterator[dict]:
        if conversation.pending is not None:
            wait = "Wait for the answer, or stop it, before you ask the next question."
            yield {self._question: question, self._notice: _status_html(wait)}
            return
        position = conversation.begin(question)
        yield {
            **self._shown(conversation),
            self._question: "",
            self._send: gr.update(visible=False),
            self._stop: gr.update(visible=True),
            self._notice: "",
            self._announcement: "",
            self._reason_row: gr.update(visible=False),
        }
        try:
            yield from self._written(question, conversation, position)
        except Exception as error:
            # Whatever fails, the page must not go on waiting, nor lose the question.
            conversation.withdraw(position)
            yield {
                **self._shown(conversation),
                **self._idle(),
                self._question: question,
                self._notice: _alert_html(alert(error)),
            }

    def _written(self, question: str, conversation: Conversation, position: int) -> Iterator[dict]:
        reply = self._startup.assistant.ask(question, conversation.turns)
        site = self._profile.product.docs_url
        words = tokens(reply.answer)
        for end in range(_TOKENS_A_FRAME, len(words), _TOKENS_A_FRAME):
            conversation.show_part(position, "".join(words[:end]), site)
            yield {self._chat: conversation.messages}
        if conversation.pending != position:
            return
        reply_id, error = keep_reply(self._database, conversation.id, reply)
        conversation.finish(position, reply_id, reply, site)
        yield {
            **self._shown(conversation),
            **self._idle(),
            self._notice: _alert_html(str(error)) if error else "",
            self._announcement: _status_html(_spoken(reply)),
            **(self._opened_draft(reply.ticket) if reply.ticket else {}),
        }

    def _answer_example(self, conversation: Conversation, chosen: gr.SelectData) -> Iterator[dict]:
        yield from self._answer(chosen.value["text"], conversation)

    def _answer_choice(self, conversation: Conversation, chosen: gr.SelectData) -> Iterator[dict]:
        yield from self._answer(chosen.value, conversation)

    @alerting
    def _stopped(self, conversation: Conversation) -> dict:
        conversation.stop()
        return {**self._shown(conversation), **self._idle()}

    @alerting
    def _started_over(self, conversation: Conversation) -> dict:
        conversation.stop()
        return {
            **self._shown(Conversation()),
            **self._idle(),
            self._question: "",
            self._notice: "",
            self._announcement: "",
            self._reason_row: gr.update(visible=False),
            self._source: "",
            self._draft: None,
            self._beside: gr.update(visible=False),
        }

    @alerting
    def _open(self, conversation: Conversation, link: gr.EventData) -> dict:
        kind, reply_id, position = link.target_id.split("-")
        reply = conversation.replies[reply_id]
        if kind == "draft":
            return self._opened_draft(reply.drafts[int(position)])
        product = self._profile.product
        sections = self._startup.assistant.index.current().sections
        if kind == "related":
            related = reply.related[int(position)]
            section = related_section(sections, related, product)
            return self._opened_source(
                section_html(section, product, None) if section else gone_html(related)
            )
        citation = next(each for each in reply.citations if each.n == int(position))
        section = cited_section(sections, citation)
        return self._opened_source(
            section_html(section, product, citation) if section else quote_html(citation, product)
        )

    @alerting
    def _reach_person(self, conversation: Conversation) -> dict:
        draft = conversation.draft(self._profile)
        shown = {
            **self._opened_draft(draft),
            self._source: desk_html(self._profile.desk(draft.desk)),
            self._notice: "",
        }
        try:
            self._database.add_draft(conversation.id, draft)
        except DatabaseError as error:
            # A draft that cannot be stored can still be sent.
            return {**shown, self._notice: _alert_html(str(error))}
        return shown

    @alerting
    def _vote(self, conversation: Conversation, vote: gr.LikeData) -> dict:
        reply_id = conversation.shown.get(vote.index)
        if reply_id is None:
            return {self._notice: _status_html("There is no answer here to vote on.")}
        direction = "up" if vote.liked else "down"
        self._database.add_feedback(reply_id, direction, "")
        return {
            self._voted: (reply_id, direction),
            self._reason_row: gr.update(visible=True),
            self._notice: "",
        }

    @alerting
    def _keep_reason(self, voted: tuple[str, str], reason: str) -> dict:
        self._database.add_feedback(*voted, reason)
        return {
            self._reason: "",
            self._reason_row: gr.update(visible=False),
            self._notice: _status_html("Thank you, this is noted."),
        }

    @alerting
    def _progress_made(self) -> tuple[str, gr.Timer]:
        if self._startup.ready:
            return "", gr.Timer(active=False)
        status = self._startup.status
        return _status_html(f"Not ready yet: {status}."), gr.Timer(active=True)

    def _shown(self, conversation: Conversation) -> dict:
        return {self._conversation: conversation, self._chat: conversation.messages}

    def _idle(self) -> dict:
        return {self._send: gr.update(visible=True), self._stop: gr.update(visible=False)}

    def _opened_source(self, html: str) -> dict:
        return {self._source: html, self._draft: None, self._beside: gr.update(visible=True)}

    def _opened_draft(self, draft: Ticket) -> dict:
        return {self._source: "", self._draft: draft, self._beside: gr.update(visible=True)}


def _title(profile: Profile) -> str:
    name = profile.product.name
    return name[:1].upper() + name[1:]


def _welcome_html(welcome: str) -> str:
    first, _, rest = welcome.partition(". ")
    return f'<p class="welcome">{escape(first)}</p><p class="welcome-more">{escape(rest)}</p>'


def _alert_html(sentence: str) -> str:
    return f'<p role="alert">{escape(sentence)}</p>'


def _status_html(sentence: str) -> str:
    return f'<p role="status">{escape(sentence)}</p>'


def _spoken(reply: Reply) -> str:
    count = len(reply.citations)
    sources = f" {count} source{'' if count == 1 else 's'}." if count else ""
    draft = " A ticket draft is open beside the conversation." if reply.ticket else ""
    return f"{reply.answer}{sources}{draft}"

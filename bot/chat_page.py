"""The chat page: a conversation and, beside it, the source or the ticket draft last opened."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

from bot.alert import alert, alert_html, alerting
from bot.conversation import SOLVED, UNSOLVED, Conversation
from bot.database import Database, keep_reply
from bot.draft_editor import DraftEditor
from bot.draft_form import DraftForm, FormContext, OpenedTicket, desk_html
from bot.errors import (
    AttachmentError,
    BotError,
    ContactError,
    DatabaseError,
    TicketError,
    UnknownReply,
    UnknownTicket,
)
from bot.interview import ENOUGH, NEXT, SEND, Interview, Interviewer, Prompt
from bot.kept_ticket import KeptTicket
from bot.masking import mask
from bot.message import tidy
from bot.outbox import Outbox
from bot.profile import Profile
from bot.rate_limit import RateLimits
from bot.reply import Reply
from bot.reply_view import suggestions_html
from bot.section_view import (
    cited_section,
    excerpt,
    gone_html,
    quote_html,
    related_section,
    section_html,
)
from bot.startup import Startup
from bot.streaming import tokens
from bot.suggestion import suggest
from bot.theme import page_theme

_HERE = Path(__file__).parent
_TOKENS_A_FRAME = 4  # enough frames to read along, few enough to be quick
_CONCURRENT_QUESTIONS = 4
_CONCURRENT_SUGGESTIONS = 1  # those can wait, answers cannot
# Bytes; above what desks take, so that the refusal names the desk's own limit.
_LARGEST_UPLOAD = 100_000_000
_KEEP_UPLOADS_SECONDS = 3600  # of those that never reached the form
_CONVERSATION_ID = re.compile(r"[0-9a-f]{32}")
_MARKERS = re.compile(r" ?\[\d+\]")
_ACTIONS = {SOLVED, UNSOLVED, SEND, ENOUGH, NEXT}  # options that are no messages
_SPOKEN_CHOICES = {"yes": SOLVED, "no": UNSOLVED}

# Events of the page are no API: that is under /api/v1.
_EVENT = {"api_visibility": "private", "show_progress": "hidden"}


def mount_chat_page(
    app: FastAPI,
    startup: Startup,
    database: Database,
    outbox: Outbox,
    profile: Profile,
    limits: RateLimits,
) -> None:
    """Serve the chat page at /; routes added to `app` after this are not found."""
    gr.mount_gradio_app(
        app,
        ChatPage(startup, database, outbox, profile, limits).blocks,
        path="/",
        theme=page_theme(profile.product.accent),
        css_paths=_HERE / "chat.css",
        head=f"<style>{(_HERE / 'frame.css').read_text(encoding='utf-8')}</style>",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        ssr_mode=False,
        mcp_server=False,
        max_file_size=_LARGEST_UPLOAD,
        show_error=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )


class ChatPage:
    """The page's parts and what happens on them; `blocks` is the page for Gradio to serve."""

    def __init__(
        self,
        startup: Startup,
        database: Database,
        outbox: Outbox,
        profile: Profile,
        limits: RateLimits,
    ) -> None:
        self._startup = startup
        self._limits = limits
        self._database = database
        self._profile = profile
        self._editor = DraftEditor(database, outbox, profile)
        self._interviewer = Interviewer(database, self._editor, profile)
        with gr.Blocks(
            title=_title(profile),
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(_KEEP_UPLOADS_SECONDS, _KEEP_UPLOADS_SECONDS),
        ) as blocks:
            # Each visitor gets a copy, which is there before anything can be asked.
            self._conversation = gr.State(Conversation())
            # Fixed, so that the browser's own state outlives a restart; it holds nothing secret.
            self._remembered = gr.BrowserState("", storage_key="supportbot", secret="supportbot")
            self._opened = gr.State()
            self._voted = gr.State()
            self._sending = gr.Timer(1, active=False)
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
            autoscroll=False,
            line_breaks=False,
            allow_file_downloads=False,
            placeholder=_welcome_html(talk.welcome),
            examples=[{"text": example} for example in talk.examples],
        )
        # Apart from the conversation, which is not drawn again under the reader's hands.
        self._suggestions = gr.HTML(apply_default_css=False, elem_id="suggestions")
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
        with gr.Row(elem_id="editing", visible=False) as self._editing:
            gr.HTML(
                '<p role="status">You edit your last question; its answer is replaced.</p>',
                apply_default_css=False,
            )
            self._leave = gr.Button("Keep the answer", size="sm", elem_id="leave", scale=0)
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
        context = FormContext(
            *(self._database, self._editor, self._interviewer, self._profile),
            *(self._conversation, self._chat, self._opened, self._sending),
        )
        with gr.Column(elem_id="draft"):

            @gr.render(inputs=self._opened, show_progress="hidden")
            def draft_form(opened: OpenedTicket | None) -> None:
                if opened:
                    try:
                        DraftForm(self._database.ticket(opened.ticket_id), context)
                    except BotError as error:
                        gr.HTML(alert_html(str(error)), apply_default_css=False)

    def _connect(self, blocks: gr.Blocks) -> None:
        opened = [self._source, self._opened, self._beside, self._sending, self._notice]
        answering = {
            "outputs": [
                *(self._conversation, self._chat, self._question, self._send, self._stop),
                *(self._announcement, self._reason_row, self._remembered, self._editing),
                *(self._suggestions, *opened),
            ],
            **_EVENT,
        }
        self._connect_questions(answering)
        self._connect_beside(opened, answering)
        self._connect_votes()
        blocks.load(self._found_again, [self._remembered, self._conversation], **answering)
        gr.on(
            [blocks.load, self._timer.tick],
            self._progress_made,
            None,
            [self._progress, self._timer],
            **_EVENT,
        )

    def _connect_questions(self, answering: dict) -> None:
        focus = {"js": "() => supportbot.focusQuestion()", "api_visibility": "private"}
        asked = [
            gr.on(
                [self._question.submit, self._send.click],
                self._answer,
                [self._question, self._conversation],
                **answering,
            ),
            self._chat.example_select(self._answer_example, self._conversation, **answering),
            self._chat.option_select(
                self._answer_choice, [self._conversation, self._opened], **answering
            ),
            self._header.suggestion(self._answer_suggestion, self._conversation, **answering),
            self._header.unmask(self._asked_again, self._conversation, **answering),
        ]
        for answered in asked:
            answered.then(
                self._suggested,
                self._conversation,
                self._suggestions,
                concurrency_limit=_CONCURRENT_SUGGESTIONS,
                **_EVENT,
            )
        for click, handler, cancelled in (
            (self._stop.click, self._stopped, asked),
            (self._restart.click, self._started_over, asked),
            (self._header.edit, self._edited, None),
            (self._leave.click, self._left, None),
        ):
            click(handler, self._conversation, cancels=cancelled, **answering).then(None, **focus)

    def _connect_beside(self, opened: list, answering: dict) -> None:
        show = {"js": "() => supportbot.show()", "api_visibility": "private"}
        hide = {"js": "() => supportbot.hide()", "api_visibility": "private"}
        self._header.open(self._open, self._conversation, opened, **_EVENT).then(None, **show)
        self._person.click(self._reach_person, self._conversation, **answering).then(None, **show)
        self._close.click(lambda: gr.update(visible=False), None, self._beside, **_EVENT).then(
            None, **hide
        )
        self._sending.tick(
            self._looked_again,
            self._opened,
            [self._opened, self._sending, self._announcement],
            **_EVENT,
        )

    def _connect_votes(self) -> None:
        self._chat.like(
            self._vote,
            self._conversation,
            [self._voted, self._reason_row, self._notice, self._announcement],
            **_EVENT,
        )
        gr.on(
            [self._reason.submit, self._give_reason.click],
            self._keep_reason,
            [self._voted, self._reason],
            [self._reason, self._reason_row, self._notice],
            **_EVENT,
        )

    @alerting
    def _found_again(self, remembered: str, conversation: Conversation) -> dict:
        """Go on with the conversation of an earlier visit with this browser."""
        if conversation.messages or not _CONVERSATION_ID.fullmatch(remembered):
            return gr.skip()
        turns = self._database.transcript(remembered)
        unfinished = self._database.unfinished_tickets(remembered)
        if not turns and not unfinished:
            return gr.skip()
        site = self._profile.product.docs_url
        return self._shown(Conversation.found_again(remembered, turns, unfinished, site))

    def _answer(
        self, question: str, conversation: Conversation, request: gr.Request
    ) -> Iterator[dict]:
        if conversation.pending is not None:
            wait = "Wait for the answer, or stop it, before you ask the next question."
            yield {self._question: question, self._notice: _status_html(wait)}
            return
        if conversation.offered and (said := question.strip(" .!").casefold()) in _SPOKEN_CHOICES:
            yield self._chosen(_SPOKEN_CHOICES[said], conversation, None)
            return
        try:
            self._limits.count_question(request.client.host)
            closed = self._replaced(question, conversation) if conversation.is_edited else {}
        except Exception as error:
            yield {self._question: question, self._notice: alert_html(alert(error))}
            return
        position = conversation.begin(question)
        yield {
            **closed,
            **self._shown(conversation),
            self._question: "",
            self._send: gr.update(visible=False),
            self._stop: gr.update(visible=True),
            self._editing: gr.update(visible=False),
            self._notice: "",
            self._announcement: "",
            self._reason_row: gr.update(visible=False),
        }
        try:
            noted = self._noted(question, conversation, position)
            yield from [noted] if noted else self._written(question, conversation, position)
        except Exception as error:
            # Whatever fails, the page must not go on waiting, nor lose the question.
            conversation.withdraw(position)
            yield {
                **self._shown(conversation),
                **self._idle(),
                self._question: question,
                self._notice: alert_html(alert(error)),
            }

    def _noted(self, question: str, conversation: Conversation, position: int) -> dict | None:
        """Take a message as the answer to what was asked for a draft, None if it is no answer."""
        interview = conversation.interview
        if not interview or not interview.asked:
            return None
        text = mask(tidy(question), conversation.harmless).text
        before = self._database.ticket(interview.ticket_id)
        prompt = self._interviewer.take(interview, text)
        if prompt is None:
            return None
        conversation.note(position, prompt, text, before)
        conversation.show_masked()
        return {
            **self._shown(conversation),
            **self._idle(),
            self._announcement: _status_html(prompt.text),
            **self._opened_ticket(interview.ticket_id),
        }

    def _written(self, question: str, conversation: Conversation, position: int) -> Iterator[dict]:
        reply = self._startup.assistant.ask(
            question, conversation.turns, harmless=conversation.harmless
        )
        site = self._profile.product.docs_url
        words = tokens(reply.answer)
        for end in range(_TOKENS_A_FRAME, len(words), _TOKENS_A_FRAME):
            conversation.show_part(position, "".join(words[:end]), site)
            yield {self._chat: conversation.messages}
        if conversation.pending != position:
            return
        reply_id, error = keep_reply(self._database, conversation.id, reply, "page")
        conversation.finish(position, reply_id, reply, site, self._excerpts(reply))
        opened = {} if error else self._followed_up(conversation, reply_id, reply)
        conversation.show_masked()
        yield {
            **self._shown(conversation),
            **self._idle(),
            self._announcement: _status_html(_spoken(reply, conversation, bool(opened))),
            **opened,
            self._notice: alert_html(str(error)) if error else "",
        }

    def _excerpts(self, reply: Reply) -> list[str]:
        """The first words of the sections that a reply without an answer comes nearest to."""
        if reply.outcome != "unanswered":
            return []
        sections = list(self._startup.assistant.index.current().sections)
        product = self._profile.product
        return [excerpt(related_section(sections, each, product)) for each in reply.related]

    @alerting
    def _suggested(self, conversation: Conversation) -> str:
        """Questions that may come next, once a reply is shown and nothing else was asked."""
        if not conversation.wants_suggestions:
            return gr.skip()
        exchange = conversation.exchange
        reply = conversation.replies[exchange.reply_id]
        questions = suggest(self._startup.assistant, reply, conversation.turns[: exchange.turns])
        if not questions or conversation.exchange is not exchange:
            return gr.skip()
        exchange.suggested = questions
        return suggestions_html(questions, is_answered=reply.outcome == "answered")

    def _followed_up(self, conversation: Conversation, reply_id: str, reply: Reply) -> dict:
        """Ask for what the drafts of a reply miss, or again for what was asked before it."""
        if reply.drafts and not conversation.offered:
            drafts = self._database.tickets_of_reply(reply_id)
            conversation.prompt(self._interview(conversation, drafts))
            return self._opened_ticket(drafts[0].ticket_id)
        interview = conversation.interview
        if interview and interview.asked:
            self._interviewer.overhear(interview, reply.question, reply.answer)
            if not conversation.offered and not reply.choices:
                prompt = self._interviewer.ask(interview)
                conversation.prompt(Prompt(f"Back to your request. {prompt.text}", prompt.options))
        return {}

    def _interview(self, conversation: Conversation, drafts: list[KeptTicket]) -> Prompt:
        """Begin to ask for what some drafts miss; returns what the bot says first."""
        conversation.interview = Interview.about(drafts, conversation.interview)
        return self._interviewer.ask(conversation.interview)

    def _answer_example(
        self, conversation: Conversation, request: gr.Request, chosen: gr.SelectData
    ) -> Iterator[dict]:
        yield from self._answer(chosen.value["text"], conversation, request)

    def _answer_choice(
        self,
        conversation: Conversation,
        opened: OpenedTicket | None,
        request: gr.Request,
        chosen: gr.SelectData,
    ) -> Iterator[dict]:
        if chosen.value in conversation.options and chosen.value in _ACTIONS:
            yield self._chosen(chosen.value, conversation, opened)
        else:
            yield from self._answer(chosen.value, conversation, request)

    def _answer_suggestion(
        self, conversation: Conversation, request: gr.Request, click: gr.EventData
    ) -> Iterator[dict]:
        question = conversation.exchange.suggested[click.number]
        yield from self._answer(question, conversation, request)

    def _chosen(self, choice: str, conversation: Conversation, opened: OpenedTicket | None) -> dict:
        """Do what a click on one of the bot's own options asks for."""
        try:
            changes = self._done(choice, conversation)
        except (TicketError, ContactError, AttachmentError) as error:
            return {
                **self._form_to_mend(conversation.interview, opened),
                self._notice: alert_html(str(error)),
            }
        except Exception as error:
            return {self._notice: alert_html(alert(error))}
        return {self._question: "", self._notice: "", **self._shown(conversation), **changes}

    def _form_to_mend(self, interview: Interview, opened: OpenedTicket | None) -> dict:
        """The form in which the person can set a ticket right, which stays if it is open."""
        if opened and opened.ticket_id == interview.ticket_id:
            return {self._beside: gr.update(visible=True)}
        return self._opened_ticket(interview.ticket_id)

    def _done(self, choice: str, conversation: Conversation) -> dict:
        if choice in (SOLVED, UNSOLVED):
            return self._settled(choice, conversation)
        interview = conversation.interview
        ticket_id = interview.ticket_id
        if choice == SEND:
            self._editor.send(ticket_id)
            prompt = self._interviewer.sent(interview, ticket_id)
        elif choice == NEXT:
            prompt = self._interviewer.go_on(interview)
        else:
            prompt = self._interviewer.end(interview)
        conversation.choose(choice, prompt)
        return self._opened_ticket(interview.ticket_id)

    def _settled(self, choice: str, conversation: Conversation) -> dict:
        """Note whether an answer made its draft needless, and open the draft if it did not."""
        reply_id = conversation.offered
        drafts = self._drafts(conversation, reply_id)
        self._database.note_solved(reply_id, choice == SOLVED)
        if choice == SOLVED:
            conversation.close_drafts()
            conversation.choose(choice, Prompt("Good. The draft is closed; nothing was sent."))
            return {}
        conversation.open_drafts()
        conversation.choose(choice, self._interview(conversation, drafts))
        return self._opened_ticket(drafts[0].ticket_id)

    def _asked_again(
        self, conversation: Conversation, request: gr.Request, link: gr.EventData
    ) -> Iterator[dict]:
        """Ask the latest question again, with what was masked in it left as it is."""
        question = conversation.exchange.question
        try:
            conversation.unmask(link.number)
        except Exception as error:
            yield {self._notice: alert_html(alert(error))}
            return
        conversation.is_edited = True
        yield from self._answer(question, conversation, request)

    def _replaced(self, question: str, conversation: Conversation) -> dict:
        """Take back the latest question for another one, and close what it opened.

        Raises QuestionError or NotReady, before anything is lost, when that one cannot be answered.
        """
        tidy(question)
        _ = self._startup.assistant
        exchange = conversation.exchange
        if exchange.reply_id:
            self._database.withdraw_reply(exchange.reply_id)
        if before := exchange.noted:
            self._database.edit_ticket(
                before.ticket_id, ticket=before.ticket, transcript=before.transcript
            )
        conversation.take_back()
        return self._closed()

    @alerting
    def _edited(self, conversation: Conversation) -> dict:
        """Put the latest question into the box, to be asked in other words."""
        if conversation.pending is not None or not conversation.exchange:
            return gr.skip()
        conversation.is_edited = True
        return {
            self._question: conversation.exchange.question,
            self._editing: gr.update(visible=True),
            self._notice: "",
        }

    @alerting
    def _left(self, conversation: Conversation) -> dict:
        """Leave the latest question as it is."""
        conversation.is_edited = False
        return {self._question: "", self._editing: gr.update(visible=False), self._notice: ""}

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
            self._editing: gr.update(visible=False),
            **self._closed(),
        }

    @alerting
    def _open(self, conversation: Conversation, link: gr.EventData) -> dict:
        kind, id, *place = link.target_id.split("-")
        if kind == "ticket":
            if self._database.ticket(id).conversation_id != conversation.id:
                raise UnknownTicket("This ticket belongs to another conversation: start over.")
            return self._opened_ticket(id)
        reply, position = conversation.replies[id], int(place[0])
        if kind == "draft":
            return self._opened_ticket(self._drafts(conversation, id)[position].ticket_id)
        product = self._profile.product
        sections = self._startup.assistant.index.current().sections
        if kind == "related":
            related = reply.related[position]
            section = related_section(sections, related, product)
            return self._opened_source(
                section_html(section, product, None) if section else gone_html(related)
            )
        citation = next(each for each in reply.citations if each.n == position)
        section = cited_section(sections, citation)
        return self._opened_source(
            section_html(section, product, citation) if section else quote_html(citation, product)
        )

    def _drafts(self, conversation: Conversation, reply_id: str) -> list[KeptTicket]:
        """The drafts of a reply, which is stored now if the database refused before."""
        try:
            return self._database.tickets_of_reply(reply_id)
        except UnknownReply:
            reply = conversation.replies[reply_id]
            self._database.add_reply(reply_id, conversation.id, reply, "page")
            return self._database.tickets_of_reply(reply_id)

    @alerting
    def _reach_person(self, conversation: Conversation) -> dict:
        draft = conversation.draft(self._profile)
        desk = desk_html(self._profile.desk(draft.desk))
        try:
            kept = self._database.ticket(self._database.add_draft(conversation.id, draft))
            if kept.can_change:
                self._database.edit_ticket(kept.ticket_id, sections=conversation.sections)
            if conversation.pending is None:
                conversation.choose("Reach a person", self._interview(conversation, [kept]))
        except DatabaseError as error:
            # The person can still be reached without the draft.
            return {**self._opened_source(desk), self._notice: alert_html(str(error))}
        return {
            **self._shown(conversation),
            **self._opened_ticket(kept.ticket_id),
            self._source: desk,
            self._notice: "",
        }

    def _looked_again(self, opened: OpenedTicket | None) -> dict:
        """Draw the open ticket again once it is no longer on its way."""
        try:
            kept = self._database.ticket(opened.ticket_id) if opened else None
        except BotError:
            return gr.skip()
        if kept and kept.state == "sending":
            return gr.skip()
        drawn = OpenedTicket.drawn(kept.ticket_id) if kept else None
        spoken = _status_html(f"The ticket is {kept.status}.") if kept else ""
        return {
            self._opened: drawn,
            self._sending: gr.Timer(active=False),
            self._announcement: spoken,
        }

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
            self._announcement: _status_html("Your vote is noted. You may give a reason for it."),
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
        return {
            self._conversation: conversation,
            self._chat: conversation.messages,
            self._remembered: conversation.id,
            self._suggestions: "",
        }

    def _idle(self) -> dict:
        return {self._send: gr.update(visible=True), self._stop: gr.update(visible=False)}

    def _closed(self) -> dict:
        return {
            self._source: "",
            self._opened: None,
            self._sending: gr.Timer(active=False),
            self._beside: gr.update(visible=False),
        }

    def _opened_source(self, html: str) -> dict:
        return {
            self._source: html,
            self._opened: None,
            self._sending: gr.Timer(active=False),
            self._beside: gr.update(visible=True),
        }

    def _opened_ticket(self, ticket_id: str) -> dict:
        is_on_its_way = self._database.ticket(ticket_id).state == "sending"
        return {
            self._source: "",
            self._opened: OpenedTicket.drawn(ticket_id),
            self._sending: gr.Timer(active=is_on_its_way),
            self._beside: gr.update(visible=True),
        }


def _title(profile: Profile) -> str:
    name = profile.product.name
    return name[:1].upper() + name[1:]


def _welcome_html(welcome: str) -> str:
    first, _, rest = welcome.partition(". ")
    return f'<p class="welcome">{escape(first)}</p><p class="welcome-more">{escape(rest)}</p>'


def _status_html(sentence: str) -> str:
    return f'<p role="status">{escape(sentence)}</p>'


def _spoken(reply: Reply, conversation: Conversation, is_draft_open: bool) -> str:
    count = len(reply.citations)
    sources = f" {count} source{'' if count == 1 else 's'}." if count else ""
    draft = ""
    if is_draft_open:
        asked = conversation.interview.question
        draft = f" A ticket draft is open beside the conversation. {asked}"
    return f"{_MARKERS.sub('', reply.answer)}{sources}{draft}"

"""A conversation on the chat page: what was said, and the replies that its links point into."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property

from bot.database import new_id
from bot.drafting import draft_ticket
from bot.interview import Interview, Prompt
from bot.kept_ticket import KeptTicket
from bot.masking import Masked, mask
from bot.message import Message, tidy, understand
from bot.profile import Profile
from bot.reply import RelatedSection, Reply, Ticket, Turn
from bot.reply_view import (
    drafts_html,
    earlier_html,
    editable_html,
    masked_html,
    note_html,
    partial_html,
    question_html,
    reply_html,
    unfinished_html,
)

SOLVED = "Yes, this solves it"
UNSOLVED = "No, open the draft"

_SOLVES = "Does this solve it?"
_PENDING = '<p class="pending">Searching the documentation…</p>'
_STOPPED = '<p class="pending">Stopped.</p>'
_NOTHING_ASKED = Message("I would like to reach a person.", "human")


@dataclass
class Exchange:
    """The latest question and what it changed, so that it can be taken back and asked again."""

    question: str  # as typed, secrets and all; it is never stored
    turns: int  # how many there were before
    interview: Interview | None  # as it was before
    masked: Masked | None = None  # once it is answered
    reply_id: str | None = None
    noted: KeptTicket | None = None  # the draft before the question gave a piece of it
    suggested: Sequence[str] = ()  # questions that may come next


@dataclass
class Conversation:
    """One visitor's questions and replies, from the first to the latest.

    A question that was stopped may still be at work in its thread: what is written to an answer
    that is no longer `pending` is left out.
    """

    turns: list[Turn] = field(default_factory=list)
    messages: list[dict] = field(default_factory=list)  # as the chat component shows them
    replies: dict[str, Reply] = field(default_factory=dict)  # by reply id
    shown: dict[int, str] = field(default_factory=dict)  # reply id by position in `messages`
    pending: int | None = None  # position in `messages` of the answer on the way
    harmless: set[str] = field(default_factory=set)  # said to be no secrets; never stored
    interview: Interview | None = None
    offered: str | None = None  # id of the reply of which it is asked whether it solves the matter
    exchange: Exchange | None = None
    is_edited: bool = False  # whether the next question takes the place of the latest one
    # What only the latest question and answer show, and what stays of it when others follow.
    passing: dict[str, str] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """Given when first asked for: copies of an unused conversation are different ones."""
        return new_id()

    @classmethod
    def found_again(
        cls, id: str, turns: Sequence[Turn], unfinished: Sequence[KeptTicket], site: str
    ) -> "Conversation":
        """A conversation of an earlier visit, with the drafts that were left unfinished."""
        found = cls(turns=list(turns))
        found.id = id
        for turn in turns:
            is_question = turn.role == "user"
            html = question_html(turn.content) if is_question else earlier_html(turn.content, site)
            found.messages.append({"role": turn.role, "content": html})
        if unfinished:
            found.messages.append({"role": "assistant", "content": unfinished_html(unfinished)})
        return found

    @property
    def sections(self) -> list[RelatedSection]:
        """The sections that its replies showed, each once."""
        sections = [each for reply in self.replies.values() for each in reply.shown]
        return list({(each.title, *each.section): each for each in sections}.values())

    @property
    def options(self) -> list[str]:
        """The answers that can be clicked under the latest message."""
        return [each["value"] for each in self.messages[-1].get("options", [])]

    def begin(self, question: str) -> int:
        """Show a question, and that its answer is on the way; returns the answer's position."""
        if self.offered:
            self.open_drafts()
        self._drop_passing()
        self.is_edited = False
        self.exchange = Exchange(question, len(self.turns), deepcopy(self.interview))
        asked = mask(question, self.harmless).text
        self.messages.append({"role": "user", "content": question_html(asked)})
        self.messages.append({"role": "assistant", "content": _PENDING})
        self.pending = len(self.messages) - 1
        return self.pending

    def withdraw(self, position: int) -> None:
        """Take back the question whose answer is pending at `position`."""
        if position == self.pending:
            del self.messages[-2:]
            self.pending = self.exchange = None

    def stop(self) -> None:
        """Say that the pending answer was stopped."""
        if self.pending is not None:
            self._answer(self.pending, _STOPPED, ())
            self._offer_edit()

    def show_part(self, position: int, answer: str, site: str) -> None:
        """Show the first words of an answer; its links are relative to the address `site`."""
        if position == self.pending:
            self.messages[position] = {"role": "assistant", "content": partial_html(answer, site)}

    def finish(
        self, position: int, reply_id: str, reply: Reply, site: str, excerpts: Sequence[str] = ()
    ) -> None:
        """Show a whole reply as the answer at `position`, and remember it.

        `excerpts` are the first words of its related sections. With an answer its drafts wait until
        it is said whether it solves the matter.
        """
        if position != self.pending:
            return
        self._answer(position, reply_html(reply, reply_id, site, excerpts), reply.choices)
        self._offer_edit()
        self.shown[position] = reply_id
        self.replies[reply_id] = reply
        self.exchange.reply_id = reply_id
        self.turns += [
            Turn(role="user", content=reply.question),
            Turn(role="assistant", content=reply.answer),
        ]
        if reply.drafts and reply.outcome == "answered":
            self.offered = reply_id
            self._add(note_html(_SOLVES), (SOLVED, UNSOLVED))
        elif reply.drafts:
            self._add(drafts_html(reply, reply_id))

    def note(self, position: int, prompt: Prompt, text: str, before: KeptTicket) -> None:
        """Show that the message `text`, without secrets, gave a piece of the draft `before`."""
        self._answer(position, note_html(prompt.text), prompt.options)
        self._offer_edit()
        self.exchange.noted = before
        self.turns += [
            Turn(role="user", content=text),
            Turn(role="assistant", content=prompt.text),
        ]

    def choose(self, choice: str, prompt: Prompt) -> None:
        """Show what was chosen by a click, and what the bot says to it."""
        self._answer(self.begin(choice), note_html(prompt.text), prompt.options)

    def show_masked(self) -> None:
        """Say what was masked in the latest question, and offer to undo it."""
        self.exchange.masked = mask(tidy(self.exchange.question), self.harmless)
        if self.exchange.masked.hits:
            html = masked_html(self.exchange.masked)
            self.passing[html] = note_html(self.exchange.masked.notice)
            self._add(html, self.options)

    @property
    def wants_suggestions(self) -> bool:
        """Whether the latest message is a reply to which no click has to be answered first."""
        exchange = self.exchange
        if self.pending is not None or self.offered or not exchange or not exchange.reply_id:
            return False
        return self.replies[exchange.reply_id].outcome in ("answered", "unanswered")

    def prompt(self, prompt: Prompt) -> None:
        """Let the bot say more in its latest message."""
        self._add(note_html(prompt.text), prompt.options)

    def open_drafts(self) -> None:
        """Show the drafts of the reply of which it was asked whether it solves the matter."""
        self._add(drafts_html(self.replies[self.offered], self.offered))
        self.offered = None

    def close_drafts(self) -> None:
        """Leave out the drafts of the reply of which it was asked whether it solves the matter."""
        self.offered = None

    def take_back(self) -> Exchange:
        """Take back the latest question with its answer and all that it changed here."""
        taken_back = self.exchange
        del self.messages[-2:]
        del self.turns[taken_back.turns :]
        self.shown.pop(len(self.messages) + 1, None)
        self.replies.pop(taken_back.reply_id, None)
        self.interview = taken_back.interview
        self.passing.clear()
        self.offered = self.exchange = None
        return taken_back

    def unmask(self, position: int) -> None:
        """Hold what was masked at `position` of the latest question for no secret any more.

        Raises IndexError when there is no such thing.
        """
        hit = self.exchange.masked.hits[position]
        self.harmless.add(tidy(self.exchange.question)[hit.start : hit.end])

    def _answer(self, position: int, html: str, options: Sequence[str]) -> None:
        self.messages[position] = _said(html, options)
        self.pending = None

    def _add(self, html: str, options: Sequence[str] = ()) -> None:
        self.messages[-1] = _said(self.messages[-1]["content"] + html, options)

    def _offer_edit(self) -> None:
        asked = self.messages[-2]["content"]
        editable = editable_html(asked)
        self.passing[editable] = asked
        self.messages[-2]["content"] = editable

    def _drop_passing(self) -> None:
        for message in self.messages[-2:]:
            for html, rest in self.passing.items():
                message["content"] = message["content"].replace(html, rest)
        self.passing.clear()

    def draft(self, profile: Profile) -> Ticket:
        """A draft for a person of what was asked last; small talk is left out of it."""
        told = [
            turn
            for turn in self.turns
            if turn.role == "user" and not understand(tidy(turn.content), profile.talk).small_talk
        ]
        if not told:
            return draft_ticket(_NOTHING_ASKED, [], profile)
        *earlier, last = told
        return draft_ticket(understand(tidy(last.content), profile.talk), earlier, profile)


def _said(html: str, options: Sequence[str]) -> dict:
    return {"role": "assistant", "content": html, "options": [{"value": each} for each in options]}

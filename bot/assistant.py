"""The one object behind every way in: question in, grounded reply out."""

import logging
import time
from collections.abc import Callable, Collection, Sequence

import numpy as np

from bot.asked import Asked
from bot.citing import is_supported, without_number, write_answer
from bot.composer import compose, compose_whole, reading_for, table_named
from bot.cue import hear, holds
from bot.drafting import desk_choices, draft_tickets
from bot.evidence import Candidate, Findings
from bot.language import foreign_language
from bot.masking import mask
from bot.message import (
    Message,
    SmallTalk,
    asked_in,
    asks_to_know,
    states_trouble,
    tidy,
    understand,
)
from bot.profile import NEUTRAL, Profile
from bot.reader import Reader
from bot.reply import (
    Drafts,
    FoundPassage,
    GivenPassage,
    RelatedSection,
    Reply,
    Ticket,
    Timings,
    Turn,
)
from bot.settings import Settings
from bot.standalone import lacks_subject, standalone_question
from bot.statement import Statement
from bot.subject import is_vague
from bot.words import stems
from index.build import Progress, build_index
from index.embedder import SentenceEmbedder
from index.passage import split_sections
from index.retriever import HybridRetriever, Query
from index.section import read_text
from index.store import LiveIndex, has_index
from index.term import split_words

logger = logging.getLogger(__name__)

FOUND = 10  # passages that are looked at: in their tables the question may name a place
READ = 8  # of them the reader judges
EMBEDDED = 60  # parts of given passages that are embedded, of more those that share most words
RELATED = 3
CHOICES = 3  # offered when it is unclear what a question is about
CONTEXT_WORDS = 40  # of the last answer, to look near what it was about
# Of a cell, row or column that the question names, and of a page that names the question.
NAMED_CONFIDENCE = 0.95
LIKELY_OURS_FROM = 0.5  # confidence from which a question is ours, though not surely answered
IN_SCOPE_FROM = 0.28  # similarity of the nearest passage below which nothing here is about it

_NOT_SAID = "The documentation does not say."
_WITH_DRAFT = "{said} Here is a draft of a request to {desk}: {how}"
_WITH_DRAFTS = "{said} Here is a draft of a request for each of these:\n\n{listed}"
_NOT_SAID_IN_PASSAGES = "The given passages do not say."
_NOT_READ = "I can only read English, and this looks like {language}: please ask again in English."
_UNCLEAR = "What is it about? Choose one of these, or ask again with a few more words."
_WHICH_DESK = "The documentation does not say. Which of these should your request go to?"
_NOT_OURS = "This is not something that I can answer."
_OUT_OF_SCOPE = _NOT_OURS + " I only answer questions about {product}, from its documentation."
_SMALL_TALK: dict[SmallTalk, str] = {
    "greeting": "Hello! {welcome}",
    "thanks": "You are welcome. If anything else comes up, just ask.",
    "farewell": "Goodbye!",
    "about_bot": "I am a program, not a person. I answer questions about {product} from its "
    "documentation, with a link to the section each statement comes from, and draft a request "
    "when the documentation does not say. {welcome}",
}


class Assistant:
    """Answers questions from one index, under one product profile.

    `answer_from` is the confidence from which it answers.
    """

    def __init__(
        self,
        index: LiveIndex,
        profile: Profile,
        reader: Reader,
        embedder: SentenceEmbedder,
        answer_from: float,
    ):
        self.index = index
        self.profile = profile
        self.embedder = embedder
        self.answer_from = answer_from
        self._reader = reader
        self._retriever = HybridRetriever(live=index, synonyms=profile.synonyms)
        self.listeners: list[Callable[[Reply], None]] = []  # told of each reply that is given

    @classmethod
    def open(cls, settings: Settings, profile: Profile, progress: Progress) -> "Assistant":
        """Load models and index; build the index first where there is none.

        `progress` is told what is being done, how many are done, and how many there are. Raises
        CorpusError or BuildError when the index cannot be built,
        IndexUnusable for a faulty embedding model or index, and ReaderError for a faulty reader.
        """
        embedder = SentenceEmbedder(settings.model)
        reader = Reader()
        if not has_index(settings.data):
            report = build_index(
                settings.corpus, settings.data, embedder, progress, settings.curated_folder
            )
            for path, reason in report.skipped:
                logger.warning("Skipped %s: %s", path, reason)
        index = LiveIndex(settings.data, embedder)
        indexed = index.current().manifest.corpus
        if settings.corpus.is_dir() and indexed != str(settings.corpus.resolve()):
            logger.warning(
                "The index in %s was built from %s: run supportbot index to use %s.",
                *(settings.data, indexed, settings.corpus),
            )
        return cls(index, profile, reader, embedder, settings.answer_from)

    def search(self, text: str, k: int = 5) -> list[FoundPassage]:
        """The k passages that best answer some words, best first.

        The first READ that the index finds are read; more than that follow in the index's order.
        Raises QuestionError for words that cannot be taken, IndexUnusable without an index.
        """
        query = self._retriever.query(tidy(text))
        candidates = self._retrieve(query, max(k, READ))
        readings = self._reader.read(query.spelled, candidates[:READ]).readings
        found = [(reading.candidate, reading.relevance) for reading in readings]
        least = found[-1][1] if found else 0.0
        found += [(candidate, least * candidate.score) for candidate in candidates[READ:]]
        return [
            FoundPassage(
                text=candidate.passage.text,
                title=candidate.section.title,
                section=list(candidate.section.headings),
                url=self.profile.product.link_to(candidate.section.url),
                path=candidate.section.path,
                lines=candidate.passage.lines,
                score=round(score, 4),
            )
            for candidate, score in found[:k]
        ]

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        passages: Sequence[GivenPassage] | None = None,
        id: str | int | None = None,
        harmless: Collection[str] = (),
    ) -> Reply:
        """Answer a question from the documentation, or from the given passages alone.

        Secrets in what the person wrote are masked before anything is made of it, apart from the
        texts that are said to be `harmless`. Raises QuestionError for a question that cannot be
        taken, IndexUnusable without an index.
        """
        reply = self._reply(question, history, passages, id, harmless, self.answer_from)
        for listener in self.listeners:
            listener(reply)
        return reply

    def rehearse(self, question: str) -> Reply:
        """The reply that `ask` gives, for one who checks answers: no listener is told of it.

        Raises QuestionError for a question that cannot be taken, IndexUnusable without an index.
        """
        return self._reply(question, (), None, None, (), self.answer_from)

    def draft(self, message: str, history: Sequence[Turn] = ()) -> Drafts:
        """Draft the requests that a message holds, whatever the documentation says about it.

        Secrets are masked first. Where rules of equal weight name several desks there is no draft
        but the choices, unless the last answer gave them. Raises QuestionError for a message that
        cannot be taken.
        """
        masked = mask(tidy(message))
        understood = understand(masked.text, self.profile.talk)
        told = [_masked(turn, ()) for turn in history]
        choices = [] if _was_asked(history) else desk_choices(understood, told, self.profile)
        tickets = [] if choices else draft_tickets(understood, told, self.profile)
        return Drafts(tickets=tickets, choices=choices, notice=masked.notice)

    def best_answer(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """The reply if every confidence sufficed: what an abstention holds back, to be measured."""
        return self._reply(question, history, None, None, (), 0.0)

    def _reply(
        self,
        question: str,
        history: Sequence[Turn],
        passages: Sequence[GivenPassage] | None,
        id: str | int | None,
        harmless: Collection[str],
        answer_from: float,
    ) -> Reply:
        started = time.perf_counter()
        profile = self.profile if passages is None else NEUTRAL
        masked = mask(tidy(question), harmless)
        message = understand(masked.text, profile.talk)
        wanted = asked_in(message.text)
        text = wanted or message.text
        standalone = standalone_question(text, history, self.embedder.embed)
        reply = Reply(
            id=id,
            question=masked.text if masked.hits else question,
            standalone_question=standalone,
            outcome="smalltalk",
            answer="",
            confidence=0.0,
            notice=masked.notice,
        )
        if message.small_talk and passages is None:
            reply.answer = _SMALL_TALK[message.small_talk].format(
                product=profile.product.name, welcome=profile.talk.welcome
            )
            reply.timings_ms = Timings(total=_milliseconds_since(started))
            return reply

        # Retrieve.
        if passages is None:
            asked, candidates = self.find(text, standalone, history)
            known_words = self.index.current().vocabulary
        else:
            asked, candidates = self.choose(text, standalone, passages)
            known_words = {word for given in passages for word in split_words(given.text)}
        language = foreign_language(text, known_words)
        retrieved = _milliseconds_since(started)

        # Read.
        findings = Findings((), 0.0)
        if language is None and wanted:
            findings = self._reader.read(asked.question, candidates[:READ])
        read = _milliseconds_since(started)

        # Decide and compose.
        named = None
        if findings.readings and (message.act != "problem" or asks_to_know(message.text)):
            sections = (candidate.section for candidate in candidates)
            named = table_named(asked, sections, findings.readings)
        meant = reading_for((message.text, asked.question), findings.readings)
        confidence = max(findings.confidence, NAMED_CONFIDENCE if named or meant else 0.0)
        statements: list[Statement] = []
        if findings.readings and confidence >= answer_from:
            composed = compose_whole(meant) if meant else compose(asked, findings.readings, named)
            statements = [statement for statement in composed if is_supported(statement)]
        # However near what was read is: where nothing of it can be said, nothing is sure.
        says_nothing = confidence >= answer_from and not statements
        reply.confidence = 0.0 if says_nothing else round(confidence, 4)
        may_clarify = passages is None and not history and not message.wants_action and not meant
        if may_clarify and lacks_subject(text):
            reply.choices = _choices(text, findings)
        if reply.choices:
            reply.outcome = "clarify"
        elif language or statements or passages is not None:
            reply.outcome = "answered" if statements else "unanswered"
        else:
            before = _said_before(text, standalone, history)
            is_ours = wanted and self._is_ours(message, confidence, before, candidates)
            reply.outcome = "unanswered" if is_ours else "out_of_scope"

        # Cite and draft.
        desks: list[str] = []
        if passages is None and reply.outcome not in ("out_of_scope", "clarify"):
            reply.related = self._related(candidates)
            if reply.outcome == "unanswered" or message.wants_action:
                told = [_masked(turn, harmless) for turn in history]
                if reply.outcome == "unanswered" and not language and not _was_asked(history):
                    desks = desk_choices(message, told, profile)
                if desks:
                    reply.outcome, reply.choices = "clarify", desks
                else:
                    reply.ticket, *reply.more_tickets = draft_tickets(message, told, profile)
        match reply.outcome:
            case "answered":
                reply.answer, reply.citations = write_answer(statements, profile.product)
            case "clarify":
                reply.answer = _WHICH_DESK if desks else _UNCLEAR
            case "out_of_scope":
                reply.answer = _OUT_OF_SCOPE.format(product=profile.product.name)
            case _:
                reply.answer = _not_said(language, reply.drafts, profile)
        reply.timings_ms = Timings(
            retrieve=retrieved,
            read=round(read - retrieved, 1),
            total=_milliseconds_since(started),
        )
        return reply

    def find(
        self, text: str, standalone: str, history: Sequence[Turn]
    ) -> tuple[Asked, list[Candidate]]:
        """What a message asks, and the passages that the index finds for it, FOUND at most.

        `standalone` is the message in full, with what the history adds. Raises IndexUnusable
        without an index.
        """
        query = self._retriever.query(standalone, _said_before(text, standalone, history))
        latest = query.spelled if " ".join(text.split()) == standalone else text
        return Asked(query.spelled, latest, query.synonyms), self._retrieve(query, FOUND)

    def choose(
        self, text: str, standalone: str, passages: Sequence[GivenPassage]
    ) -> tuple[Asked, list[Candidate]]:
        """What a message asks, and the nearest parts of given passages, split as pages are."""
        asked = Asked(standalone, text)
        sections = [s for given in passages for s in read_text(given.title, given.text)]
        split = split_sections(sections, self.embedder.count_tokens, self.embedder.max_tokens)
        if not split:
            return asked, []
        if len(split) > EMBEDDED:
            said = set(stems(standalone))
            split.sort(key=lambda part: -len(said & set(stems(part.embedded_text))))
            split = split[:EMBEDDED]
        vectors = self.embedder.embed([standalone, *(part.embedded_text for part in split)])
        similarities = vectors[1:] @ vectors[0]
        return asked, [
            Candidate(split[i], sections[split[i].section], *[float(similarities[i])] * 2)
            for i in np.argsort(-similarities)[:FOUND]
        ]

    def _retrieve(self, query: Query, k: int) -> list[Candidate]:
        return [
            Candidate(hit.passage, hit.section, hit.similarity, hit.score)
            for hit in self._retriever.search(query, k)
        ]

    def _is_ours(
        self, message: Message, confidence: float, before: str, candidates: Sequence[Candidate]
    ) -> bool:
        """Whether a question without an answer is one for this desk at all.

        One that leans on an answer `before` is, unless that was none; and so is one that is
        answered as likely as not, by the `confidence`.
        """
        if confidence >= LIKELY_OURS_FROM:
            return True
        heard = hear(message.text)
        known = any(holds(heard, term) for term in self.profile.scope)
        near = max((candidate.similarity for candidate in candidates), default=0.0)
        # "Nothing works any more" names nothing, so it is about what this desk is for.
        is_cry = is_vague(message.text) and states_trouble(message.text)
        follows = before and not before.startswith(_NOT_OURS)
        return bool(message.wants_action or is_cry or known or follows or near >= IN_SCOPE_FROM)

    def _related(self, candidates: Sequence[Candidate]) -> list[RelatedSection]:
        sections = {c.section.url + c.section.path: c.section for c in candidates}
        return [
            RelatedSection(
                title=section.title,
                section=list(section.headings),
                url=self.profile.product.link_to(section.url),
            )
            for section in list(sections.values())[:RELATED]
        ]


def _said_before(text: str, standalone: str, history: Sequence[Turn]) -> str:
    """The beginning of the last answer, for a message that leans on it."""
    answers = [turn.content for turn in history if turn.role == "assistant"]
    # What only announces another subject was cut off from a message that stands alone.
    leans = answers and not " ".join(text.split()).endswith(standalone)
    return " ".join(answers[-1].split()[:CONTEXT_WORDS]) if leans else ""


def _choices(question: str, findings: Findings) -> list[str]:
    """The question asked about each of the sections that it comes nearest to."""
    names = dict.fromkeys(
        without_number(reading.candidate.section.headings[-1])
        for reading in findings.readings
        if reading.candidate.section.headings
    )
    asked = question.rstrip(" ?.!")
    return [f"{asked}: {name}" for name in list(names)[:CHOICES]]


def _masked(turn: Turn, harmless: Collection[str]) -> Turn:
    return turn.model_copy(update={"content": mask(turn.content, harmless).text})


def _was_asked(history: Sequence[Turn]) -> bool:
    """Whether the last thing that the bot said was to ask for the desk; it asks only once."""
    answers = [turn.content for turn in history if turn.role == "assistant"]
    return bool(answers) and answers[-1] == _WHICH_DESK


def _not_said(language: str | None, drafts: Sequence[Ticket], profile: Profile) -> str:
    """What is said instead of an answer, with the way to the desk of each draft."""
    if not drafts:
        return _NOT_READ.format(language=language) if language else _NOT_SAID_IN_PASSAGES
    said = _NOT_READ.format(language=language) if language else _NOT_SAID
    if len(drafts) == 1:
        desk = profile.desk(drafts[0].desk)
        return _WITH_DRAFT.format(said=said, desk=desk.name, how=drafts[0].how)
    listed = "\n".join(
        f"- {draft.subject}: {profile.desk(draft.desk).name}. {draft.how}" for draft in drafts
    )
    return _WITH_DRAFTS.format(said=said, listed=listed)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

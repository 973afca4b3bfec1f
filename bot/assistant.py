"""The one object behind every way in: question in, grounded reply out."""

import time
from collections.abc import Sequence

from bot.citing import full_url, is_supported, write_answer
from bot.composer import compose
from bot.drafting import draft_ticket
from bot.evidence import Candidate
from bot.message import Message, tidy, understand
from bot.profile import NEUTRAL, Profile, load_profile
from bot.reader import Reader, TrainedReader
from bot.reply import FoundPassage, GivenPassage, RelatedSection, Reply, Timings, Turn
from bot.settings import Settings
from bot.standalone import standalone_question
from bot.words import holds_phrase, stems
from index.build import Progress, build_index
from index.embedder import SentenceEmbedder
from index.passage import split_sections
from index.retriever import HybridRetriever, find_synonyms
from index.section import read_text
from index.store import LiveIndex, has_index

RETRIEVED = 30  # passages that a search hands on
READ = 10  # of them, those that the reader judges; what two cores read in well under 350 ms
RELATED = 3
ANSWER_FROM = 0.5  # confidence from which the bot answers
IN_SCOPE_FROM = 0.3  # similarity of the nearest passage below which nothing here is about it

_NOT_SAID = "The documentation does not say. Here is a draft of a request to {desk}: {how}"
_NOT_SAID_GIVEN = "The given passages do not say."
_OUT_OF_SCOPE = (
    "This is not something that {product} can answer. I only answer questions about {product}, "
    "from its documentation."
)
_SMALL_TALK = {
    "greeting": "Hello! {welcome}",
    "thanks": "You are welcome. If anything else comes up, just ask.",
    "farewell": "Goodbye!",
    "about_bot": "I am a program, not a person. I answer questions about {product} from its "
    "documentation, with a link to the section each statement comes from, and draft a request "
    "when the documentation does not say. {welcome}",
}


class Assistant:
    """Answers questions from one index, under one product profile."""

    def __init__(
        self, index: LiveIndex, profile: Profile, reader: Reader, embedder: SentenceEmbedder
    ):
        self.index = index
        self.profile = profile
        self._reader = reader
        self._embedder = embedder
        self._retriever = HybridRetriever(live=index, synonyms=profile.synonyms, k=RELATED)

    @classmethod
    def open(cls, settings: Settings, progress: Progress) -> "Assistant":
        """Load profile, model and index; build the index first where there is none.

        `progress` is told what is being done, how many are done, and how many there are. Raises
        ProfileError for a faulty profile, CorpusError or BuildError when the index cannot be built,
        and IndexUnusable for a faulty model or index.
        """
        profile = load_profile(settings.profile, settings.corpus)
        embedder = SentenceEmbedder(settings.model)
        if not has_index(settings.data):
            build_index(settings.corpus, settings.data, embedder, progress)
        index = LiveIndex(settings.data, embedder)
        index.current()
        return cls(index, profile, TrainedReader(), embedder)

    def search(self, query: str, k: int = 5) -> list[FoundPassage]:
        """The k passages nearest to a query, best first.

        Raises QuestionError for a query that cannot be taken.
        """
        return [
            FoundPassage(
                text=hit.passage.text,
                title=hit.section.title,
                section=list(hit.section.headings),
                url=full_url(hit.section.url, self.profile.product.docs_url),
                path=hit.section.path,
                lines=hit.passage.lines,
                score=round(hit.score, 4),
            )
            for hit in self._retriever.search(tidy(query), k)
        ]

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        passages: Sequence[GivenPassage] | None = None,
        id: str | None = None,
    ) -> Reply:
        """Answer a question from the documentation, or from the given passages alone.

        Raises QuestionError for a question that cannot be taken, IndexUnusable without an index.
        """
        started = time.perf_counter()
        text = tidy(question)
        profile = self.profile if passages is None else NEUTRAL
        message = understand(text, profile.talk)
        if message.small_talk and passages is None:
            return Reply(
                id=id,
                question=question,
                standalone_question=text,
                outcome="smalltalk",
                answer=_SMALL_TALK[message.small_talk].format(
                    product=profile.product.name, welcome=profile.talk.welcome
                ),
                confidence=0.0,
                timings_ms=Timings(total=_milliseconds_since(started)),
            )
        standalone = standalone_question(text, history)

        candidates = self._retrieve(standalone) if passages is None else self._split(passages)
        retrieved = _milliseconds_since(started)

        readings = sorted(
            self._reader.read(standalone, candidates), key=lambda r: r.relevance, reverse=True
        )
        read = _milliseconds_since(started) - retrieved

        confidence = readings[0].relevance if readings else 0.0
        statements = []
        if confidence >= ANSWER_FROM:
            spelled = standalone
            if passages is None:
                spelled = self._retriever.mend_spelling(standalone)
            synonyms = find_synonyms(spelled, profile.synonyms)
            statements = [s for s in compose(spelled, synonyms, readings) if is_supported(s)]
        related = self._related(candidates) if passages is None else []

        answer, citations, ticket = "", [], None
        if statements:
            outcome = "answered"
            answer, citations = write_answer(statements, profile.product.docs_url)
            # "unless the pages answer it and nothing is asked to be done"
            if passages is None and message.wants_action:
                ticket = draft_ticket(message, history, profile)
        elif passages is None and self._is_out_of_scope(message, standalone, candidates):
            outcome, related = "out_of_scope", []
            answer = _OUT_OF_SCOPE.format(product=profile.product.name)
        elif passages is None:
            outcome = "unanswered"
            ticket = draft_ticket(message, history, profile)
            desk = profile.desk(ticket.desk)
            answer = _NOT_SAID.format(desk=desk.name, how=desk.how)
        else:
            outcome = "unanswered"
            answer = _NOT_SAID_GIVEN
        return Reply(
            id=id,
            question=question,
            standalone_question=standalone,
            outcome=outcome,
            answer=answer,
            citations=citations,
            confidence=round(confidence, 4),
            ticket=ticket,
            related=related,
            timings_ms=Timings(
                retrieve=round(retrieved, 1),
                read=round(read, 1),
                total=_milliseconds_since(started),
            ),
        )

    def _retrieve(self, question: str) -> list[Candidate]:
        hits = self._retriever.search(question, RETRIEVED)
        return [Candidate(hit.passage, hit.section, hit.similarity) for hit in hits[:READ]]

    def _split(self, passages: Sequence[GivenPassage]) -> list[Candidate]:
        """The given passages, split as pages are, so that the reader sees all of them."""
        sections = [s for given in passages for s in read_text(given.title, given.text)]
        split = split_sections(sections, self._embedder.count_tokens, self._embedder.max_tokens)
        return [Candidate(passage, sections[passage.section], 0.0) for passage in split]

    def _related(self, candidates: Sequence[Candidate]) -> list[RelatedSection]:
        sections = {c.section.url + c.section.path: c.section for c in candidates}
        return [
            RelatedSection(
                title=section.title,
                section=list(section.headings),
                url=full_url(section.url, self.profile.product.docs_url),
            )
            for section in list(sections.values())[:RELATED]
        ]

    def _is_out_of_scope(
        self, message: Message, question: str, candidates: Sequence[Candidate]
    ) -> bool:
        """Whether a question is about something that neither pages nor profile know of."""
        if message.wants_action:
            return False
        heard = stems(question)
        if any(holds_phrase(heard, term) for term in self.profile.scope):
            return False
        return max((c.similarity for c in candidates), default=0.0) < IN_SCOPE_FROM


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

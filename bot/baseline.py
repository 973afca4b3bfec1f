"""The plain alternative to the assistant: fixed-size chunks, nearest by embedding, a threshold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.case import Case
from bot.evaluation import Evaluation, evaluate
from bot.reply import Citation, FoundPassage, Reply, Turn
from index.build import Progress
from index.embedder import SentenceEmbedder
from index.errors import PageError
from index.page import find_pages, read_page
from index.section import Section, read_sections

CHUNK_WORDS = 150  # about what the embedding model reads of a text
OVERLAP_WORDS = 30
TOP = 4


@dataclass(frozen=True)
class _Chunk:
    text: str
    section: Section  # the one that most of its words stand in
    lines: tuple[int, int]


class Baseline:
    """What most documentation bots do before a model writes: the nearest chunks, if near enough.

    The nearest chunk is the answer, with the others beside it as citations; the confidence is its
    similarity. It knows neither conversation, nor desks, nor what is out of scope.
    """

    def __init__(self, chunks: Sequence[_Chunk], vectors: np.ndarray, embedder: SentenceEmbedder):
        self._chunks = chunks
        self._vectors = vectors
        self._embedder = embedder
        self.answer_from = 0.0

    @classmethod
    def build(cls, corpus: Path, embedder: SentenceEmbedder, progress: Progress) -> "Baseline":
        """Chunk and embed the pages of a corpus; pages that cannot be read are left out."""
        chunks: list[_Chunk] = []
        for file in find_pages(corpus):
            try:
                chunks += _chunks(read_sections(read_page(file, corpus)))
            except PageError:
                continue
        progress("Chunks of the baseline", 0, len(chunks))
        vectors = embedder.embed([chunk.text for chunk in chunks])
        progress("Chunks of the baseline", len(chunks), len(chunks))
        return cls(chunks, vectors, embedder)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """The nearest chunk, or nothing when it is less similar than `answer_from`."""
        reply = self.best_answer(question, history)
        if reply.confidence < self.answer_from:
            return reply.model_copy(update={"outcome": "unanswered", "answer": "", "citations": []})
        return reply

    def best_answer(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """The nearest chunk, however far."""
        nearest = self._nearest(question, TOP)
        return Reply(
            question=question,
            standalone_question=question,
            outcome="answered",
            answer=nearest[0][0].text,
            citations=[
                Citation(
                    n=number,
                    title=chunk.section.title,
                    section=list(chunk.section.headings),
                    url=chunk.section.url,
                    path=chunk.section.path,
                    lines=chunk.lines,
                    quote=chunk.text,
                )
                for number, (chunk, _) in enumerate(nearest, 1)
            ],
            confidence=min(1.0, max(0.0, nearest[0][1])),
        )

    def search(self, text: str, k: int) -> list[FoundPassage]:
        """The k nearest chunks."""
        return [
            FoundPassage(
                text=chunk.text,
                title=chunk.section.title,
                section=list(chunk.section.headings),
                url=chunk.section.url,
                path=chunk.section.path,
                lines=chunk.lines,
                score=similarity,
            )
            for chunk, similarity in self._nearest(text, k)
        ]

    def _nearest(self, text: str, k: int) -> list[tuple[_Chunk, float]]:
        similarities = self._vectors @ self._embedder.embed([text])[0]
        return [(self._chunks[i], float(similarities[i])) for i in np.argsort(-similarities)[:k]]


def evaluate_baseline(
    cases: Sequence[Case], corpus: Path, embedder: SentenceEmbedder, progress: Progress
) -> Evaluation:
    """The baseline's figures with the threshold that serves it best on these very questions."""
    baseline = Baseline.build(corpus, embedder, progress)
    points = evaluate(baseline, cases, corpus, progress).operating_points
    baseline.answer_from = max(points, key=lambda p: p.right - p.wrong).answer_from
    return evaluate(baseline, cases, corpus, progress)


def _chunks(sections: Sequence[Section]) -> list[_Chunk]:
    """Overlapping stretches of CHUNK_WORDS words of one page, whatever they cut through."""
    words = [
        (word, section, unit.lines)
        for section in sections
        for unit in section.units
        for word in unit.text.split()
    ]
    chunks = []
    for start in range(0, max(1, len(words) - OVERLAP_WORDS), CHUNK_WORDS - OVERLAP_WORDS):
        inside = words[start : start + CHUNK_WORDS]
        if not inside:
            break
        counts = Counter(id(section) for _, section, _ in inside)
        main = next(s for _, s, _ in inside if id(s) == counts.most_common(1)[0][0])
        lines = (min(first for *_, (first, _) in inside), max(last for *_, (_, last) in inside))
        chunks.append(_Chunk(" ".join(word for word, *_ in inside), main, lines))
    return chunks

"""The reader: judges which passages answer a question, and where in them the answer stands."""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bot.evidence import Candidate, Reading
from bot.words import content_stems
from index.embedder import SentenceEmbedder


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading for each candidate, in the same order."""
        ...


class SimilarityReader:
    """Scores passages and units by embedding similarity and shared words.

    The probability is a logistic regression over the similarity of question and passage, of question
    and best unit, and the share of the question's content words in the passage, fitted on hand-written
    questions about other products' documentation.
    """

    _WEIGHTS = np.array([5.0, 3.0, 2.0])
    _BIAS = -6.0

    def __init__(self, embedder: SentenceEmbedder):
        self._embedder = embedder

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading for each candidate, in the same order."""
        texts = [unit.text for candidate in candidates for unit in candidate.units]
        vectors = self._embedder.embed([question, *texts])
        similarities = vectors[1:] @ vectors[0]
        asked = set(content_stems(question))
        readings = []
        start = 0
        for candidate in candidates:
            count = len(candidate.units)
            own = similarities[start : start + count]
            start += count
            held = set(content_stems(candidate.passage.embedded_text))
            shared = len(asked & held) / max(1, len(asked))
            features = np.array([candidate.similarity, float(own.max(initial=0.0)), shared])
            logit = float(self._WEIGHTS @ features + self._BIAS)
            units = []
            for unit, similarity in zip(candidate.units, own, strict=True):
                overlap = len(asked & set(content_stems(unit.text))) / max(1, len(asked))
                units.append(1 / (1 + math.exp(-(6 * float(similarity) + 3 * overlap - 4.5))))
            readings.append(Reading(candidate, 1 / (1 + math.exp(-logit)), tuple(units)))
        return readings

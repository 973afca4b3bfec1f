"""The reader: judges which passages answer a question, and where in them the answer stands."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bot.evidence import Candidate, Reading
from bot.words import content_stems
from index.embedder import SentenceEmbedder

LOCATED = 3  # passages, best first, whose units are compared with the question one by one

# Logistic regressions, fitted by training/calibrate.py; the last number of each is its bias.
PASSAGE_WEIGHTS = np.array([0.7356, 3.9234, 3.0277, -6.1349])
UNIT_WEIGHTS = np.array([1.8848, 1.9906, -2.248])
CONFIDENCE_WEIGHTS = np.array([0.4548, 0.4117])


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """A reading for each candidate, the most relevant first."""
        ...


class SimilarityReader:
    """Judges by embedding similarity, shared words and the search's own score."""

    def __init__(self, embedder: SentenceEmbedder):
        self._embedder = embedder

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """A reading for each candidate, the most relevant first.

        Only the units of the first LOCATED ones are compared with the question; the others' are 0.
        """
        if not candidates:
            return []
        logits = self.judge(question, candidates) @ PASSAGE_WEIGHTS[:-1] + PASSAGE_WEIGHTS[-1]
        order = np.argsort(-logits, kind="stable")
        confidences = _sigmoid(CONFIDENCE_WEIGHTS[0] * logits + CONFIDENCE_WEIGHTS[1])
        ranked = [candidates[i] for i in order]
        located = self.locate(question, ranked[:LOCATED])
        readings = []
        for place, (candidate, i) in enumerate(zip(ranked, order, strict=True)):
            units = np.zeros(len(candidate.units))
            if place < LOCATED:
                units = _sigmoid(located[place] @ UNIT_WEIGHTS[:-1] + UNIT_WEIGHTS[-1])
            readings.append(Reading(candidate, float(confidences[i]), tuple(units.tolist())))
        return readings

    def judge(self, question: str, candidates: Sequence[Candidate]) -> np.ndarray:
        """What passages are judged by, of shape (candidates, 3).

        The cosine, the share of the question's words, and the search's own score.
        """
        asked = set(content_stems(question))
        return np.array(
            [
                (
                    candidate.similarity,
                    _share(asked, candidate.passage.embedded_text),
                    candidate.score,
                )
                for candidate in candidates
            ]
        )

    def locate(self, question: str, candidates: Sequence[Candidate]) -> list[np.ndarray]:
        """What units are judged by: for each candidate an array of shape (units, 2).

        The unit's cosine with the question, and the share of the question's words in it.
        """
        asked = set(content_stems(question))
        texts = [unit.text for candidate in candidates for unit in candidate.units]
        vectors = self._embedder.embed([question, *texts])
        cosines = iter(vectors[1:] @ vectors[0])
        return [
            np.array([(next(cosines), _share(asked, unit.text)) for unit in candidate.units])
            for candidate in candidates
        ]


def _share(asked: set[str], text: str) -> float:
    return len(asked & set(content_stems(text))) / max(1, len(asked))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))

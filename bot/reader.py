"""The reader: judges which passages answer a question, and where in them the answer stands."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from bot.errors import ReaderError
from bot.evidence import Candidate, Reading
from bot.words import content_stems
from index.embedder import SentenceEmbedder

WEIGHTS = Path(__file__).parent / "weights"
MAX_TOKENS = 512  # of question and passage together, the most that the network has places for
MAX_QUESTION_TOKENS = 64
BATCH = 5  # passages read at once; of similar length, so that little padding is computed
LOCATED = 3  # passages, best first, whose units are compared with the question one by one


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """A reading for each candidate, the most relevant first."""
        ...


class TrainedReader:
    """A cross-encoder of our own, blended with embedding similarity and shared words.

    The cross-encoder (`training/`) runs as int8 ONNX. The blend is a logistic regression over its
    logit, the cosine and the share of the question's words, once for passages and once for units;
    its coefficients stand in the weights' card (`reader.json`). Raises ReaderError when the weights
    are missing or are not those of their card.
    """

    def __init__(self, embedder: SentenceEmbedder, folder: Path = WEIGHTS):
        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            self._passage = np.array(card["passage"])
            self._unit = np.array(card["unit"])
            self._confidence = np.array(card["confidence"])
            network = (folder / "reader.onnx").read_bytes()
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises a bare Exception
            raise ReaderError(
                f"The reader's weights in {folder} are missing or cannot be read: install the "
                "program again."
            ) from error
        if hashlib.sha256(network).hexdigest() != card["sha256"]:
            raise ReaderError(
                f"The reader's weights in {folder} were altered: install the program again."
            )
        options = onnxruntime.SessionOptions()
        # A thread that waits for work must not spin beside the embedder's.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        self._embedder = embedder
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """A reading for each candidate, the most relevant first."""
        passage_features, evidence = self.judge(question, candidates)
        if not candidates:
            return []
        logits = passage_features @ self._passage[:-1] + self._passage[-1]
        order = np.argsort(-logits, kind="stable")
        located = order[:LOCATED]
        unit_features = self.locate(
            question, [candidates[i] for i in located], [evidence[i] for i in located]
        )
        confidences = _sigmoid(self._confidence[0] * logits + self._confidence[1])
        readings = []
        for place, i in enumerate(order):
            units: tuple[float, ...] = tuple(evidence[i])
            if place < LOCATED:
                units = tuple(_sigmoid(unit_features[place] @ self._unit[:-1] + self._unit[-1]))
            readings.append(Reading(candidates[i], float(confidences[i]), units))
        return readings

    def judge(
        self, question: str, candidates: Sequence[Candidate]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """What the passages' blend is made of, and the evidence in each.

        Features of shape (candidates, 3): the network's logit, the cosine, and the share of the
        question's words. Evidence: for each candidate the mean probability of each unit's tokens.
        """
        asked_words = set(content_stems(question))
        asked = self._tokenizer.encode(question).ids
        asked = [*asked[: MAX_QUESTION_TOKENS - 1], asked[-1]] if asked else asked
        encodings = [
            self._tokenizer.encode(candidate.passage.embedded_text, add_special_tokens=False)
            for candidate in candidates
        ]
        features = np.zeros((len(candidates), 3))
        evidence: list[np.ndarray] = [np.zeros(0)] * len(candidates)
        order = sorted(range(len(candidates)), key=lambda i: len(encodings[i].ids))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            judged, tokens = self._run(asked, [encodings[i].ids for i in batch])
            for row, i in enumerate(batch):
                candidate = candidates[i]
                held = set(content_stems(candidate.passage.embedded_text))
                share = len(asked_words & held) / max(1, len(asked_words))
                features[i] = judged[row], candidate.similarity, share
                evidence[i] = _unit_evidence(
                    candidate, encodings[i], _sigmoid(tokens[row, len(asked) :, 0])
                )
        return features, evidence

    def locate(
        self, question: str, candidates: Sequence[Candidate], evidence: Sequence[np.ndarray]
    ) -> list[np.ndarray]:
        """What the units' blend is made of: for each candidate features of shape (units, 3).

        They are the logit of the unit's evidence, its cosine with the question, and the share of
        the question's words in it.
        """
        asked = set(content_stems(question))
        texts = [unit.text for candidate in candidates for unit in candidate.units]
        vectors = self._embedder.embed([question, *texts])
        cosines = iter(vectors[1:] @ vectors[0])
        features = []
        for candidate, probabilities in zip(candidates, evidence, strict=True):
            clipped = np.clip(probabilities, 1e-4, 1 - 1e-4)
            rows = [
                (
                    np.log(probability / (1 - probability)),
                    next(cosines),
                    len(asked & set(content_stems(unit.text))) / max(1, len(asked)),
                )
                for unit, probability in zip(candidate.units, clipped, strict=True)
            ]
            features.append(np.array(rows))
        return features

    def _run(self, asked: list[int], passages: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
        """Logits of the judgement, (passages,), and of each token, (passages, tokens, 3)."""
        end = asked[-1]  # the mark that ends a text
        rows = [[*ids[: MAX_TOKENS - len(asked) - 1], end] for ids in passages]
        length = len(asked) + max(len(row) for row in rows)
        ids = np.zeros((len(rows), length), dtype=np.int64)
        mask = np.zeros_like(ids)
        types = np.zeros_like(ids)
        for i, row in enumerate(rows):
            last = len(asked) + len(row)
            ids[i, :last] = asked + row
            mask[i, :last] = 1
            types[i, len(asked) : last] = 1
        judged, tokens = self._session.run(
            ["judged", "tokens"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": types},
        )
        return judged, tokens


def _unit_evidence(candidate: Candidate, encoding: Encoding, evidence: np.ndarray) -> np.ndarray:
    """The mean evidence probability of each unit's tokens; 0 for a unit that was not read."""
    offsets = np.array(encoding.offsets).reshape(-1, 2)[: len(evidence)]
    evidence = evidence[: len(offsets)]
    text = candidate.passage.embedded_text
    position = len(text) - len(candidate.passage.text)
    if len(candidate.units) == 1:
        # It may be a part of a unit too long for one passage, or follow a lead-in.
        inside = evidence[offsets[:, 1] > position]
        return np.array([inside.mean() if len(inside) else 0.0])
    scores = []
    for unit in candidate.units:
        first = text.find(unit.text, position)
        if first < 0:
            scores.append(0.0)
            continue
        position = first + len(unit.text)
        inside = evidence[(offsets[:, 0] < position) & (offsets[:, 1] > first)]
        scores.append(float(inside.mean()) if len(inside) else 0.0)
    return np.array(scores)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))

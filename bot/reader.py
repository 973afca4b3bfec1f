"""The reader: judges which passages answer a question, and where in them the answer stands."""

import hashlib
import json
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from bot.answer_type import lacks_expected_type
from bot.errors import ReaderError
from bot.evidence import NEAR_STRONGEST, Candidate, Findings, Reading
from bot.words import content_stems, words

WEIGHTS = Path(__file__).parent / "weights"
MAX_TOKENS = 512  # of question and passage together, the most that the network has places for
MAX_QUESTION_TOKENS = 64
FAR = 0.2  # similarity of the nearest passage, below which a question is about something else
UNKNOWN, HARDLY_KNOWN = 6, 0.85  # if of its words such a share is unknown; its place in `weigh`
RUNS_KEPT = 64  # of the network, for what is read again: a repeated question, or a search after it
# Where in the vocabulary, which begins with marks and letters, the words stand.
_FIRST_WORD, _LAST_WORD = 1996, 30521


@dataclass(frozen=True)
class Regression:
    """A logistic regression: a weight for each feature, and a bias."""

    weights: np.ndarray
    bias: float

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Log odds, of the shape of `features` without its last axis."""
        return features @ self.weights + self.bias

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """The odds as probabilities, from 0 to 1."""
        return 1 / (1 + np.exp(-self.logits(features)))


class Reader:
    """A cross-encoder of our own, blended with embedding similarity and shared words.

    The cross-encoder (`training/`) runs as int8 ONNX. Its logits are blended by logistic
    regressions with what else is known: for passages, for their units, and for the confidence that
    the best passage answers. Their coefficients stand in the weights' card (`reader.json`). Raises
    ReaderError when the weights are missing or are not those of their card.
    """

    def __init__(self, folder: Path = WEIGHTS):
        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            regressions = {
                name: Regression(np.array(weights), bias)
                for name, (*weights, bias) in card["regressions"].items()
            }
            self._passage = regressions["passage"]
            self._unit = regressions["unit"]
            self._confidence = regressions["confidence"]
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
        # Passages side by side, a thread for each, are read faster than one after the other by all.
        options.intra_op_num_threads = 1
        self._threads = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="reader")
        self._session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._run = lru_cache(RUNS_KEPT)(self._run_network)

    def read(self, question: str, candidates: Sequence[Candidate]) -> Findings:
        """A reading of each candidate, and what they come to together."""
        if not candidates:
            return Findings((), 0.0)
        return self.conclude(question, candidates, *self.judge(question, candidates))

    def conclude(
        self,
        question: str,
        candidates: Sequence[Candidate],
        passages: np.ndarray,
        units: Sequence[np.ndarray],
    ) -> Findings:
        """What candidates, of which there is at least one, come to as `judge` judged them.

        A question that is far from all of them and shares hardly a word with any is about something
        else, whatever the network makes of it.
        """
        relevance = self._passage.probabilities(passages)
        readings = [
            Reading(
                candidate,
                float(probability),
                tuple(self._unit.probabilities(rows[:, :-1]).tolist()),
                tuple(rows[:, -1].tolist()),
            )
            for candidate, probability, rows in zip(candidates, relevance, units, strict=True)
        ]
        weighed = self.weigh(question, candidates, passages, units)
        sure = self._confidence.probabilities(weighed)
        nearest = max(candidate.similarity for candidate in candidates)
        if nearest < FAR and weighed[UNKNOWN] > HARDLY_KNOWN:
            sure = 0.0
        order = np.argsort(-relevance, kind="stable")
        return Findings(tuple(readings[i] for i in order), float(sure))

    def judge(
        self, question: str, candidates: Sequence[Candidate]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """What passages and their units are judged by.

        For passages, shape (candidates, 5): the network's logit, the cosine, the share of the
        question's words, the search's own score, and the highest mean logit of a unit that it is
        evidence. For each passage's units, shape (units, 4):
        the mean and the highest logit that its tokens are evidence, the share of the question's
        words, and the polarity, which is no evidence.
        """
        weights = self._word_weights(question)
        asked = self._tokenizer.encode(question).ids
        asked = (*asked[: min(len(asked), MAX_QUESTION_TOKENS) - 1], asked[-1])
        encodings = [
            self._tokenizer.encode(candidate.passage.embedded_text, add_special_tokens=False)
            for candidate in candidates
        ]
        # One by one: no padding is computed, and a reading does not depend on what is read beside.
        runs = self._threads.map(lambda read: self._run(asked, tuple(read.ids)), encodings)
        passages = np.zeros((len(candidates), 5))
        units: list[np.ndarray] = []
        for i, (candidate, encoding, (judged, tokens)) in enumerate(
            zip(candidates, encodings, runs, strict=True)
        ):
            judged_units = _judge_units(candidate, encoding, tokens, weights)
            share = _share(weights, candidate.passage.embedded_text)
            evidence = judged_units[:, 0].max(initial=-6)
            passages[i] = judged, candidate.similarity, share, candidate.score, evidence
            units.append(judged_units)
        return passages, units

    def weigh(
        self,
        question: str,
        candidates: Sequence[Candidate],
        passages: np.ndarray,
        units: Sequence[np.ndarray],
    ) -> np.ndarray:
        """What the confidence is made of, shape (9,).

        Of the best passage the blended logit and what it was judged by, without the search's score,
        which is of the best passage always nearly the same; the blended logit of the best
        passage of another section, at least -6; the share of the question's words that no candidate
        holds, and whether one of its figures is among them; and whether the question expects a type
        of answer that the likeliest units of the best passage hold nothing of.
        """
        logits = self._passage.logits(passages)
        best = int(np.argmax(logits))
        others = [
            logit
            for candidate, logit in zip(candidates, logits, strict=True)
            if candidate.section is not candidates[best].section
        ]
        weights = self._word_weights(question)
        texts = " ".join(candidate.passage.embedded_text for candidate in candidates)
        unknown = set(weights) - set(content_stems(texts))
        has_figure = any(any(letter.isdigit() for letter in word) for word in unknown)
        likely = self._unit.probabilities(units[best][:, :-1])
        told = " ".join(
            unit.text
            for unit, probability in zip(candidates[best].units, likely, strict=True)
            if probability >= NEAR_STRONGEST * likely.max(initial=0)
        )
        network, cosine, share, _, evidence = passages[best]
        return np.array(
            [
                logits[best],
                network,
                cosine,
                share,
                evidence,
                max([*others, -6.0]),
                1 - _share(weights, texts),
                float(has_figure),
                float(lacks_expected_type(question, told)),
            ]
        )

    def _word_weights(self, question: str) -> dict[str, float]:
        """The stems of the words that carry meaning; the rarer in English, the heavier.

        The vocabulary of the network lists its words by frequency, which falls with the rank
        (Zipf's law): the logarithm of the rank is a word's information, up to a constant.
        """
        weights = {}
        for word in words(question):
            for part in word.split("-"):
                pieces = self._tokenizer.encode(part, add_special_tokens=False).ids
                rank = pieces[0] - _FIRST_WORD if len(pieces) == 1 else _LAST_WORD - _FIRST_WORD
                weights |= dict.fromkeys(content_stems(part), math.log(max(rank, 0) + 2))
        return weights

    def _run_network(
        self, asked: tuple[int, ...], passage: tuple[int, ...]
    ) -> tuple[float, np.ndarray]:
        """The logit of the judgement, and logits of the passage's tokens, of shape (tokens, 6)."""
        end = asked[-1]  # the mark that ends a text
        ids = [*asked, *passage[: MAX_TOKENS - len(asked) - 1], end]
        types = np.arange(len(ids)) >= len(asked)
        judged, tokens = self._session.run(
            ["judged", "tokens"],
            {
                "input_ids": np.array([ids], dtype=np.int64),
                "attention_mask": np.ones((1, len(ids)), dtype=np.int64),
                "token_type_ids": types[None].astype(np.int64),
            },
        )
        return float(judged[0]), tokens[0, len(asked) :]


def _judge_units(
    candidate: Candidate, encoding: Encoding, tokens: np.ndarray, weights: dict[str, float]
) -> np.ndarray:
    """Features of each unit, shape (units, 4); the lowest logit for a unit that was not read.

    `tokens` are the network's logits, as `training/model.py` names them.
    """
    offsets = np.array(encoding.offsets).reshape(-1, 2)[: len(tokens)]
    tokens = tokens[: len(offsets)]
    text = candidate.passage.embedded_text
    position = len(text) - len(candidate.passage.text)
    lowest = float(tokens[:, 0].min(initial=0))
    rows = []
    for unit in candidate.units:
        first = text.find(unit.text, position)
        last = first + len(unit.text)
        if len(candidate.units) == 1:
            # It may be a part of a unit too long for one passage, or follow a lead-in.
            first, last = max(first, position), len(text)
        inside = tokens[(offsets[:, 0] < last) & (offsets[:, 1] > first)] if first >= 0 else []
        if first >= 0:
            position = last
        share = _share(weights, unit.text)
        if len(inside):
            evidence = inside[:, 0]
            rows.append((evidence.mean(), evidence.max(), share, _polarity(inside[:, 3:])))
        else:
            rows.append((lowest, lowest, share, 0.0))
    return np.array(rows, dtype=float).reshape(-1, 4)


def _polarity(logits: np.ndarray) -> float:
    """What tokens say, from -1 for no to 1 for yes; `logits` are of shape (tokens, 3)."""
    odds = np.exp(logits.mean(0) - logits.mean(0).max())
    yes, no, _ = odds / odds.sum()
    return float(yes - no)


def _share(weights: dict[str, float], text: str) -> float:
    """The share of some words, by weight, that a text holds."""
    held = set(content_stems(text))
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in held) / (total or 1)

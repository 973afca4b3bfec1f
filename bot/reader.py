"""The reader: judges which passages answer a question, and where in them the answer stands."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.errors import ReaderError
from bot.evidence import Candidate, Reading

WEIGHTS = Path(__file__).parent / "weights"
MAX_TOKENS = 288  # of question and passage together; a passage alone has at most 256
MAX_QUESTION_TOKENS = 64
BATCH = 5  # passages read at once; of similar length, so that little padding is computed


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading for each candidate, in the same order."""
        ...


class TrainedReader:
    """A cross-encoder of our own (`training/`), as int8 ONNX.

    Raises ReaderError when its weights are missing or are not those of their card.
    """

    def __init__(self, folder: Path = WEIGHTS):
        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
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
        self._scale, self._bias = card["scale"], card["bias"]
        options = onnxruntime.SessionOptions()
        # A thread that waits for work must not spin beside the embedder's.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading for each candidate, in the same order."""
        asked = self._tokenizer.encode(question).ids[: MAX_QUESTION_TOKENS - 1]
        separator = self._tokenizer.token_to_id("[SEP]")
        asked = [*asked[:-1], separator] if asked[-1] == separator else [*asked, separator]
        encodings = [
            self._tokenizer.encode(candidate.passage.embedded_text, add_special_tokens=False)
            for candidate in candidates
        ]
        order = sorted(range(len(candidates)), key=lambda i: len(encodings[i].ids))
        readings: dict[int, Reading] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            judged, tokens = self._run(asked, [encodings[i].ids for i in batch], separator)
            for row, i in enumerate(batch):
                offsets = encodings[i].offsets[: MAX_TOKENS - len(asked) - 1]
                evidence = _sigmoid(tokens[row, len(asked) : len(asked) + len(offsets), 0])
                readings[i] = Reading(
                    candidate=candidates[i],
                    relevance=float(_sigmoid(self._scale * judged[row] + self._bias)),
                    units=_unit_scores(candidates[i], offsets, evidence),
                )
        return [readings[i] for i in range(len(candidates))]

    def _run(
        self, asked: list[int], passages: list[list[int]], separator: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Logits of the judgement, (passages,), and of each token, (passages, tokens, 3)."""
        rows = [[*ids[: MAX_TOKENS - len(asked) - 1], separator] for ids in passages]
        length = len(asked) + max(len(row) for row in rows)
        ids = np.zeros((len(rows), length), dtype=np.int64)
        mask = np.zeros_like(ids)
        types = np.zeros_like(ids)
        for i, row in enumerate(rows):
            end = len(asked) + len(row)
            ids[i, :end] = asked + row
            mask[i, :end] = 1
            types[i, len(asked) : end] = 1
        judged, tokens = self._session.run(
            ["judged", "tokens"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": types},
        )
        return judged, tokens


def _unit_scores(
    candidate: Candidate, offsets: Sequence[tuple[int, int]], evidence: np.ndarray
) -> tuple[float, ...]:
    """The mean evidence probability of each unit's tokens; 0 for a unit that was not read."""
    if len(candidate.units) == 1:
        # It may be a part of a unit too long for one passage, or follow a lead-in.
        return (float(evidence.max(initial=0.0)),)
    text = candidate.passage.embedded_text
    position = len(text) - len(candidate.passage.text)
    scores = []
    for unit in candidate.units:
        first = text.find(unit.text, position)
        if first < 0:
            scores.append(0.0)
            continue
        position = last = first + len(unit.text)
        inside = [
            evidence[i] for i, (start, end) in enumerate(offsets) if start < last and end > first
        ]
        scores.append(float(np.mean(inside)) if inside else 0.0)
    return tuple(scores)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))

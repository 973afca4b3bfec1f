"""Batches for the training: each is drawn, varied and encoded by itself, in whatever process."""

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.utils.data import Dataset

from training.collection import Collection, Negatives
from training.examples import (
    POLARITIES,
    READER,
    WINDOWS,
    Example,
    Question,
    Text,
    as_keywords,
    policy_group,
    policy_questions,
    windowed,
    with_typing_slips,
)

MAX_TOKENS = 288
DELIVERED = ("seed", "default")  # the sites that the bot is delivered with
POLICY_QUESTIONS = 300  # a pass; each with a negative
NEARER = 5  # first negatives of its own site, which two of three shown are among
# How often a negative of all sites is shown too, beside a right passage and a near miss's section.
FAR_BESIDE_RIGHT, FAR_BESIDE_NEAR_MISS = 0.25, 0.2
MASKED = (0.3, 0.1)  # share of the passages with gaps, and of their tokens that become gaps
MASK = 103  # the token for a gap
PADDED_TO = 32  # tokens, or a multiple of them

Encoded = tuple[dict[str, torch.Tensor], dict[str, torch.Tensor], list[int]]


class Batches(Dataset):
    """The batches of a training by their number, `questions` of one pass after the other in each.

    One is the inputs and targets of `encode`, and the sizes of its groups: each holds the passages
    of one question, a right one first, and after it up to `near` wrong ones of the same site. A
    pass asks a question on one of the sites `often` `times` times. Nothing depends on what was
    asked for before, so they may be made side by side, and a run be gone on with anywhere.
    """

    def __init__(
        self,
        collection: Collection,
        questions: int,
        seed: int,
        times: int = 3,
        near: int = 2,
        often: Sequence[str] = DELIVERED,
    ):
        self._policies = collection.policies
        self._policy_questions = policy_questions(collection.policies)
        self._asked = [
            pair
            for pair in collection.asked
            for _ in range(times if pair[0].page[0] in often else 1)
        ]
        self._by_section: dict[tuple, list[str]] = defaultdict(list)
        for question, _ in collection.asked:
            self._by_section[question.page, question.section].append(question.text)
        self._size = len(self._asked) + min(POLICY_QUESTIONS, len(self._policy_questions))
        self._questions = questions
        self._seed = seed
        self._near = near

    @property
    def in_a_pass(self) -> int:
        """How many batches a pass over the questions takes."""
        return self._size // self._questions

    def __getitem__(self, number: int) -> Encoded:
        a_pass, place = divmod(number, self.in_a_pass)
        order = _order(self._size, f"{self._seed}/{a_pass}")
        rng = random.Random(f"{self._seed}/{number}")
        drawn = order[place * self._questions : (place + 1) * self._questions]
        groups = [_altered(self._group(place, rng), rng) for place in drawn]
        inputs, targets = encode([example for group in groups for example in group])
        generator = torch.Generator().manual_seed(rng.getrandbits(40))
        return hide_tokens(inputs, targets, generator), targets, [len(group) for group in groups]

    def _group(self, place: int, rng: random.Random) -> list[Example]:
        if place >= len(self._asked):
            return policy_group(rng.choice(self._policy_questions), self._policies, rng)
        question, negatives = self._asked[place]
        words = _varied(question.text, rng)
        if rng.random() < 0.08:
            # As a follow-up is folded together with what it follows.
            before = rng.choice(self._by_section[question.page, question.section])
            words = f"{before.rstrip(' ?.!')}: {words}"
        return _beside_passages(question, words, negatives, self._near, rng)


@cache
def _order(size: int, seed: str) -> list[int]:
    places = list(range(size))
    random.Random(seed).shuffle(places)
    return places


def _beside_passages(
    question: Question, words: str, negatives: Negatives, shown_near: int, rng: random.Random
) -> list[Example]:
    """A question, in some words, beside a passage that answers, if one does, and wrong ones."""
    if question.answerable:
        right = rng.choice(question.answering)
        group = [Example(words, right.passage, True, right.evidence, right.answer, right.polarity)]
        nearer, near = negatives.own_site[:NEARER], negatives.own_site[NEARER:]
        wrong = rng.sample(nearer, min(math.ceil(2 * shown_near / 3), len(nearer)))
        wrong += rng.sample(near, min(shown_near - len(wrong), len(near)))
        if question.others and rng.random() < 0.3:
            wrong[-1:] = [rng.choice(question.others)]
        far, often = negatives.all_sites, FAR_BESIDE_RIGHT
    else:
        # A near miss is a negative by itself; elsewhere on its site it may be answered.
        group = []
        wrong = [rng.choice(question.others)]
        own_site = set(negatives.own_site)
        far = [text for text in negatives.all_sites if text not in own_site]
        often = FAR_BESIDE_NEAR_MISS
    if far and rng.random() < often:
        wrong.append(rng.choice(far))
    return group + [Example(words, text, False) for text in wrong]


def _altered(group: Sequence[Example], rng: random.Random) -> list[Example]:
    """The group with its passages cut, each to a length of its own, a few without their headings.

    A search shows short passages beside long ones: cut alike within a group, they would never teach
    that a long one is no likelier to answer.
    """
    bare = rng.random() < 0.08
    return [
        windowed(
            replace(e, passage=Text("", e.passage.text)) if bare else e, rng.choice(WINDOWS), rng
        )
        for e in group
    ]


def _varied(question: str, rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.25:
        return with_typing_slips(question, rng)
    return as_keywords(question) if draw < 0.33 else question


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(READER / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def encode(examples: Sequence[Example]) -> tuple[dict, dict]:
    """Inputs of the network and targets; what the length limit cuts off counts as absent."""
    prefixes = [f"{e.passage.heading}\n" if e.passage.heading else "" for e in examples]
    encodings = _tokenizer().encode_batch(
        [
            (e.question, prefix + e.passage.text)
            for prefix, e in zip(prefixes, examples, strict=True)
        ]
    )
    # Few different shapes: for each one the matrix kernels are made and kept.
    width = -(-max(map(len, encodings)) // PADDED_TO) * PADDED_TO
    ids, mask, types = (np.zeros((len(examples), width), dtype=np.int64) for _ in range(3))
    evidence = np.zeros(types.shape, dtype=np.float32)
    starts = np.full(len(examples), -100)
    ends = np.full(len(examples), -100)
    for row, (encoding, example, prefix) in enumerate(
        zip(encodings, examples, prefixes, strict=True)
    ):
        length = len(encoding)
        ids[row, :length], mask[row, :length] = encoding.ids, 1
        types[row, :length] = encoding.type_ids
        if not example.evidence and not example.answer:
            continue
        first, last = np.array(encoding.offsets).T
        inside = types[row, :length].astype(bool) & (last > first)
        first, last = first - len(prefix), last - len(prefix)
        for span in example.evidence:
            evidence[row, :length] += inside & (first < span[1]) & (last > span[0])
        if example.answer:
            at = np.flatnonzero(inside & (first < example.answer[1]) & (last > example.answer[0]))
            if len(at):
                starts[row], ends[row] = at[0], at[-1]
    inputs = {
        "input_ids": torch.from_numpy(ids),
        "attention_mask": torch.from_numpy(mask),
        "token_type_ids": torch.from_numpy(types),
    }
    targets = {
        "labels": torch.tensor([float(e.answerable) for e in examples]),
        "evidence": torch.from_numpy(evidence.clip(max=1)),
        "starts": torch.tensor(starts),
        "ends": torch.tensor(ends),
        "passage": torch.from_numpy(types.astype(bool)),
        "polarity": torch.tensor(
            [POLARITIES.index(e.polarity) if e.polarity else -100 for e in examples]
        ),
    }
    return inputs, targets


def hide_tokens(inputs: dict, targets: dict, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """The inputs with gaps in some of the passages, outside the evidence.

    What was seen in an earlier pass is then not the same again, and no single word decides.
    """
    passages, tokens = MASKED
    shape = inputs["input_ids"].shape
    hidden = (
        (torch.rand(shape[0], 1, generator=generator) < passages)
        & (torch.rand(shape, generator=generator) < tokens)
        & targets["passage"]
        & (targets["evidence"] == 0)
    )
    return inputs | {"input_ids": inputs["input_ids"].masked_fill(hidden, MASK)}

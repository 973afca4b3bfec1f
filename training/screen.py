"""Screen a collection: `python -m training.screen --network FILE --sites SITES --out FILE`.

What a network answers surely teaches it little, and takes as long as what it does not know. Of some
sites this keeps the questions that it is unsure of, and a few of all others.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch

from training.batches import encode
from training.collection import Negatives, read_collection
from training.examples import Example, Question
from training.model import ReaderNetwork, network_of, read_network
from training.train import DEVICE, read_by_length

NEAR_SCREENED = 7  # wrong passages that a question is judged beside
UNSURE_FROM = {True: 0.5, False: 0.15}  # the loss, of an answerable question and of a near miss
SURE_KEPT = 0.25  # of the questions that it is sure of
QUESTIONS_READ = 64  # at once
SEED = 11  # of what is drawn

Pair = tuple[Question, Negatives]


def screen(asked: Sequence[Pair], network: ReaderNetwork, rng: random.Random) -> Iterator[Pair]:
    """The questions that a network is unsure of, and SURE_KEPT of the others.

    The NEAR_SCREENED nearest wrong passages of the own site come in a new order: the one that the
    network takes for likeliest first.
    """
    for start in range(0, len(asked), QUESTIONS_READ):
        pairs = asked[start : start + QUESTIONS_READ]
        shown = [_shown(question, negatives) for question, negatives in pairs]
        ends = list(accumulate(map(len, shown)))
        judgements = _judge([each for examples in shown for each in examples], network)
        logits = np.split(judgements, ends[:-1])
        for (question, negatives), examples, judged in zip(pairs, shown, logits, strict=True):
            right = np.array([each.answerable for each in examples])
            wrong = judged[~right]
            if log_loss(judged[right], wrong) > UNSURE_FROM[question.answerable] or (
                rng.random() < SURE_KEPT
            ):
                order = np.argsort(-wrong) if question.answerable else ()
                near = [negatives.own_site[place] for place in order]
                own_site = near + negatives.own_site[len(near) :]
                yield question, replace(negatives, own_site=own_site)


def log_loss(right: np.ndarray, wrong: np.ndarray) -> float:
    """What the judgement and the rank of passages cost, by their logits.

    Of an answerable question its best passage counts, alone and among the wrong ones; of a near
    miss, which has no right one, the wrong one that is taken for likeliest.
    """
    if not len(right):
        return float(np.logaddexp(0, wrong.max()))
    best = right.max()
    return float(np.logaddexp(0, -best) + np.logaddexp.reduce([best, *wrong]) - best)


def _shown(question: Question, negatives: Negatives) -> list[Example]:
    if not question.answerable:
        return [Example(question.text, text, False) for text in question.others]
    return [Example(question.text, each.passage, True) for each in question.answering] + [
        Example(question.text, text, False) for text in negatives.own_site[:NEAR_SCREENED]
    ]


@torch.no_grad()
def _judge(examples: Sequence[Example], network: ReaderNetwork) -> np.ndarray:
    judged, _ = read_by_length(network, encode(examples)[0])
    return judged.cpu().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--collection", type=Path, default=Path("data/training/collection.pickle.gz")
    )
    parser.add_argument("--out", type=Path, default=Path("data/training/screened.pickle.gz"))
    parser.add_argument("--network", type=Path, help="a checkpoint or reader.onnx", required=True)
    parser.add_argument("--sites", nargs="+", help="whose questions are screened", required=True)
    parser.add_argument("--others", type=int, default=3000, help="drawn of all other questions")
    arguments = parser.parse_args()
    rng = random.Random(SEED)
    collection = read_collection(arguments.collection)
    network = network_of(read_network(arguments.network)[0]).to(DEVICE).eval()
    ours = [pair for pair in collection.asked if pair[0].page[0] in arguments.sites]
    others = [pair for pair in collection.asked if pair[0].page[0] not in arguments.sites]
    print(f"Judging {len(ours)} questions.", flush=True)
    began = time.monotonic()
    kept = list(screen(ours, network, rng))
    drawn = rng.sample(others, min(arguments.others, len(others)))
    replace(collection, asked=kept + drawn).write(arguments.out)
    print(
        f"{len(kept)} of {len(ours)} questions are kept, beside {len(drawn)} others, after "
        f"{time.monotonic() - began:.0f} s."
    )


if __name__ == "__main__":
    main()

"""Train the reader: `python -m training.train --collection FILE --out FOLDER --start FILE`.

Seeded and resumable: a checkpoint is written every few minutes; the same command goes on from it.
On a graphics processor where there is one.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch.nn import functional
from torch.utils.data import DataLoader

from training.batches import DELIVERED, PADDED_TO, Batches, encode
from training.collection import Negatives, read_collection
from training.examples import Example, Question
from training.model import ReaderNetwork, network_of, read_network, with_layers_twice

SMOOTHING = 0.03  # of the labels, some of which are wrong
SHARE_OF_RISE, SHARE_OF_DECAY = 0.03, 0.5  # of a run, in which the learning rate rises and falls
LOGGED_STEPS = 50
MEASURED_EVERY = 8  # of the questions to measure by, at each checkpoint; at the end, by all
SHOWN = 9  # wrong passages beside the right one, where ranks are measured
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
ROWS_READ = 256 if DEVICE.type == "cuda" else 8  # at once, of a batch
# Half the precision is twice as fast where the processor multiplies it, and slower elsewhere.
NARROW = DEVICE.type == "cuda" or any(
    torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16")
)

Read = tuple[torch.Tensor, torch.Tensor]


def read_by_length(network: ReaderNetwork, inputs: dict[str, torch.Tensor]) -> Read:
    """What the network gives for some inputs, of which rows of like length are read together.

    So little padding is computed.
    """
    lengths = inputs["attention_mask"].sum(1)
    order = lengths.argsort()
    judgements, tokens = [], []
    with torch.autocast(DEVICE.type, dtype=torch.bfloat16, enabled=NARROW):
        for rows in order.split(ROWS_READ):
            width = -(-int(lengths[rows].max()) // PADDED_TO) * PADDED_TO
            part = {
                name: values[rows, :width].to(DEVICE, non_blocking=True)
                for name, values in inputs.items()
            }
            judged, each = network(**part)
            judgements.append(judged.float())
            beyond = inputs["input_ids"].shape[1] - width
            tokens.append(functional.pad(each.float(), (0, 0, 0, beyond)))
    back = order.argsort().to(DEVICE)
    return torch.cat(judgements)[back], torch.cat(tokens)[back]


def loss_of(read: Read, targets: dict, sizes: Sequence[int]) -> torch.Tensor:
    """Sum of the tasks' losses: judgement, rank, evidence, start and end, yes or no.

    The rank's is the localized contrastive estimation of Gao, Dai and Callan, "Rethink training of
    BERT rerankers in multi-stage retrieval pipeline" (2021): the cross-entropy of the right passage
    among those of its question. `sizes` are the groups', whose right passage stands first.
    """
    judged, tokens = read
    smoothed = targets["labels"] * (1 - 2 * SMOOTHING) + SMOOTHING
    loss = functional.binary_cross_entropy_with_logits(judged, smoothed)
    counts = torch.tensor(sizes, device=judged.device)
    ranked = targets["labels"][counts.cumsum(0) - counts].bool() & (counts > 1)
    if ranked.any():
        loss = loss - 0.5 * functional.log_softmax(in_groups(judged, sizes), 1)[ranked, 0].mean()
    # A passage that does not answer has no evidence: that too is to be learnt, token by token.
    passage = targets["passage"]
    loss = loss + functional.binary_cross_entropy_with_logits(
        tokens[..., 0][passage], targets["evidence"][passage]
    )
    located = targets["starts"] >= 0
    if located.any():
        masked = tokens[located].masked_fill(~passage[located].unsqueeze(-1), -1e4)
        start = functional.cross_entropy(masked[..., 1], targets["starts"][located])
        end = functional.cross_entropy(masked[..., 2], targets["ends"][located])
        loss = loss + 0.1 * (start + end)
    evidence = targets["evidence"].unsqueeze(-1)
    polar = (targets["polarity"] >= 0) & evidence.any(1).squeeze(-1)
    if polar.any():
        said = (tokens[..., 3:] * evidence).sum(1) / evidence.sum(1).clamp(min=1)
        loss = loss + functional.cross_entropy(said[polar], targets["polarity"][polar])
    return loss


def loss_to(teacher: Read, read: Read, targets: dict, sizes: Sequence[int]) -> torch.Tensor:
    """How far what was read is from what a teacher read: in judgement, rank and evidence.

    Knowledge distillation (Hinton, Vinyals and Dean, 2015). A passage that answers too and was
    taken for wrong, the teacher says so.
    """
    passage = targets["passage"]
    shares = in_groups(teacher[0], sizes).softmax(1)
    ranks = in_groups(read[0], sizes).log_softmax(1)
    return (
        functional.binary_cross_entropy_with_logits(read[0], teacher[0].sigmoid())
        - 0.5 * (shares * ranks).sum(1).mean()
        + functional.binary_cross_entropy_with_logits(
            read[1][..., 0][passage], teacher[1][..., 0][passage].sigmoid()
        )
    )


def in_groups(judged: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
    """Logits of each group in a row of its own, filled up with ones that come to nothing."""
    return torch.nn.utils.rnn.pad_sequence(
        judged.split(list(sizes)), batch_first=True, padding_value=-1e4
    )


def rate_share(
    done: float, total: float, rise: float = SHARE_OF_RISE, decay: float = SHARE_OF_DECAY
) -> float:
    """The share of the peak learning rate when so many steps, or seconds, of a run are done.

    A short rise, level, a straight line to 0; `rise` and `decay` are shares of the run. While it is
    level, a run can be made longer without starting anew.
    """
    return min((done + 1) / (rise * total), (total - done) / (decay * total), 1.0)


class Trial:
    """Questions never trained on, and how well a network does on them.

    Each is judged beside its own section's passages, and an answerable one beside wrong ones of its
    site as well.
    """

    def __init__(self, asked: Sequence[tuple[Question, Negatives]]):
        examples: list[Example] = []
        self._places = []
        for question, negatives in asked:
            first = len(examples)
            examples += [
                Example(question.text, a.passage, True, a.evidence) for a in question.answering
            ]
            examples += [Example(question.text, text, False) for text in question.others]
            own = len(examples)
            if question.answerable:
                wrong = negatives.own_site[:SHOWN]
                examples += [Example(question.text, text, False) for text in wrong]
            self._places.append((first, first + len(question.answering), own, len(examples)))
        self._parts = [encode(examples[at : at + 128]) for at in range(0, len(examples), 128)]

    @torch.no_grad()
    def figures(self, network: ReaderNetwork) -> dict[str, float]:
        """Near misses told apart, evidence touched, and right passages first; each from 0 to 1.

        A question counts by the best of its section's passages.
        """
        network.eval()
        scores, touched = [], []
        for inputs, targets in self._parts:
            judged, tokens = (each.cpu() for each in read_by_length(network, inputs))
            likeliest = tokens[..., 0].masked_fill(~targets["passage"], -1e4).argmax(1, True)
            scores += judged.tolist()
            touched += targets["evidence"].gather(1, likeliest).squeeze(1).tolist()
        network.train()
        able, best, hit, first = [], [], [], []
        for begin, right, own, end in self._places:
            able.append(right > begin)
            best.append(max(scores[begin:own]))
            if right > begin:
                hit.append(max(touched[begin:right]))
                others = max(scores[right:end], default=-np.inf)
                first.append(max(scores[begin:right]) > others)
        return {
            "near_miss_auroc": round(float(roc_auc_score(able, best)), 4),
            "evidence_hit": round(float(np.mean(hit)), 4),
            "first_of_ten": round(float(np.mean(first)), 4),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--collection", type=Path, default=Path("data/training/collection.pickle.gz")
    )
    parser.add_argument("--out", type=Path, default=Path("data/training"))
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument(
        "--minutes", type=float, help="of training, instead of steps, where the speed is not known"
    )
    parser.add_argument(
        "--questions", type=int, default=8, help="in a step; some five passages each"
    )
    parser.add_argument(
        "--times",
        type=int,
        default=3,
        help="a pass asks a question on the sites of --often so often",
    )
    parser.add_argument(
        "--often", nargs="+", default=DELIVERED, help="sites; if not said, the delivered ones"
    )
    parser.add_argument(
        "--near",
        type=int,
        default=2,
        help="wrong passages of the same site that a right one is shown beside",
    )
    parser.add_argument("--rate", type=float, default=7e-5)
    parser.add_argument("--checkpoint-steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="an earlier run's checkpoint or reader.onnx")
    parser.add_argument(
        "--twice", type=int, nargs="+", default=[], help="layers of the start, from 0, to double"
    )
    parser.add_argument(
        "--teachers", type=Path, nargs="+", default=[], help="checkpoints to learn from besides"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that make batches")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    log = (arguments.out / "log.jsonl").open("a", encoding="utf-8")

    def say(**values) -> None:
        print(json.dumps(values), file=log, flush=True)
        print(json.dumps(values), flush=True)

    torch.manual_seed(arguments.seed)
    collection = read_collection(arguments.collection)
    measured_by = {"dev": collection.dev, "unseen": collection.unseen}
    some = {name: Trial(asked[::MEASURED_EVERY]) for name, asked in measured_by.items()}

    batches = Batches(
        collection,
        arguments.questions,
        arguments.seed,
        arguments.times,
        arguments.near,
        arguments.often,
    )
    say(event="data", questions=len(collection.asked), steps_in_a_pass=batches.in_a_pass)
    checkpoint = arguments.out / "checkpoint.pt"
    resumed = checkpoint.exists()
    weights, _ = read_network(checkpoint if resumed else arguments.start)
    if not resumed:
        weights = with_layers_twice(weights, arguments.twice)
    network = network_of(weights).to(DEVICE)
    teachers = [network_of(read_network(file)[0]).to(DEVICE).eval() for file in arguments.teachers]
    # The word vectors are most of the weights; fixed, they cost no time and forget nothing.
    for parameter in network.encoder.embeddings.parameters():
        parameter.requires_grad = False
    heads = [*network.tokens.parameters(), *network.judge.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in network.encoder.parameters() if p.requires_grad]},
            {"params": heads},
        ],
        lr=arguments.rate,
        weight_decay=0.05,
    )
    peaks = (arguments.rate, 5 * arguments.rate)
    done, spent = 0, 0.0
    if resumed:
        state = torch.load(checkpoint, weights_only=True)
        optimizer.load_state_dict(state["optimizer"])
        done, spent = state["done"], state["seconds"]
    say(event="start", steps=arguments.steps, minutes=arguments.minutes, done=done)
    network.train()
    began, losses, seen = time.monotonic(), [], 0
    started = began - spent
    steps = sys.maxsize if arguments.minutes else arguments.steps
    numbers = range(done, steps)
    made = DataLoader(batches, batch_size=None, sampler=numbers, num_workers=arguments.workers)
    for step, (inputs, targets, sizes) in zip(numbers, made, strict=True):
        read = read_by_length(network, inputs)
        targets = {name: each.to(DEVICE, non_blocking=True) for name, each in targets.items()}
        loss = loss_of(read, targets, sizes)
        if teachers:
            with torch.no_grad():
                taught = [read_by_length(teacher, inputs) for teacher in teachers]
            mean = tuple(torch.stack(each).mean(0) for each in zip(*taught, strict=True))
            loss = (loss + loss_to(mean, read, targets, sizes)) / 2
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        spent = time.monotonic() - started
        passed, total = (spent, 60 * arguments.minutes) if arguments.minutes else (step, steps)
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * rate_share(min(passed, total), total)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        seen += sum(sizes)
        if (step + 1) % LOGGED_STEPS == 0:
            speed = seen / (time.monotonic() - began)
            mean_loss = float(torch.stack(losses).mean())
            say(step=step + 1, loss=round(mean_loss, 4), per_second=round(speed, 1))
            began, losses, seen = time.monotonic(), [], 0
        is_last = passed >= total or step + 1 == steps
        if (step + 1) % arguments.checkpoint_steps == 0 or is_last:
            partial = checkpoint.with_suffix(".part")
            torch.save(
                {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "done": step + 1,
                    "seconds": spent,
                },
                partial,
            )
            partial.replace(checkpoint)
            say(step=step + 1, **{name: each.figures(network) for name, each in some.items()})
            began, seen = time.monotonic(), 0
        if is_last:
            break
    say(
        event="end",
        **{name: Trial(asked).figures(network) for name, asked in measured_by.items()},
    )


if __name__ == "__main__":
    main()

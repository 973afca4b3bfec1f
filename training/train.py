"""Train the reader: `python -m training.train --shared ../shared --out FOLDER --start FILE`.

Seeded and resumable: a checkpoint is written every few minutes; the same command goes on from it.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch.nn import functional
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from index.embedder import bundled_model
from training.examples import (
    OWN_QUESTIONS,
    WINDOWS,
    Example,
    Question,
    Text,
    as_keywords,
    page_passages,
    policy_groups,
    read_own,
    read_policies,
    read_qa,
    sample_pages,
    site_name,
    windowed,
    with_typing_slips,
)
from training.model import POLARITIES, ReaderNetwork, read_network
from training.negatives import NEAREST, Negatives, Pool, mine_negatives

MAX_TOKENS = 288
POOLED_PAGES = {"mendix-docs-2022": 150, "fastapi-docs": 20, "hugo-docs": 30}
TIMES_ASKED = {"seed": 3, "default": 3}  # a pass, by site: the bot is delivered with these pages
POLICY_QUESTIONS = 1200  # a pass; each with a negative
SMOOTHING = 0.03  # of the labels, some of which are wrong
MASKED = (0.3, 0.1)  # share of the passages with gaps, and of their tokens that become gaps
SHARE_OF_DECAY = 0.3  # of the steps, in which the learning rate falls to 0
CHECKPOINT_STEPS = 200
PADDED_TO = 32  # tokens, or a multiple of them
ROWS_READ = 8  # at once, of a batch
# Half the precision is twice as fast where the processor multiplies it, and slower elsewhere.
NARROW = bool(torch.cpu.get_capabilities().get("amx_bf16"))


def epoch_groups(
    asked: Sequence[tuple[Question, Negatives]],
    policies: Sequence[list[dict]],
    rng: random.Random,
) -> list[list[Example]]:
    """The examples of one pass, in groups of one question each: its passages, right ones first.

    `asked` are the questions with the negatives mined for them; a draw of PolicyQA is added.
    """
    by_section: dict[tuple, list[str]] = defaultdict(list)
    for question, _ in asked:
        by_section[question.page, question.section].append(question.text)
    groups = []
    for question, negatives in asked:
        words = _varied(question.text, rng)
        if rng.random() < 0.08:
            # As a follow-up is folded together with what it follows.
            before = rng.choice(by_section[question.page, question.section])
            words = f"{before.rstrip(' ?.!')}: {words}"
        if question.answerable:
            right = rng.choice(question.answering)
            group = [
                Example(words, right.passage, True, right.evidence, right.answer, right.polarity)
            ]
            near, anywhere = negatives.own_site, negatives.all_sites
            wrong = rng.sample(near, min(2, len(near)))
            wrong += rng.sample(anywhere, min(1, len(anywhere)))
            if question.others and rng.random() < 0.3:
                wrong[:1] = [rng.choice(question.others)]
        else:
            # A near miss is a negative by itself; elsewhere on its site it may be answered.
            group = []
            wrong = [rng.choice(question.others)]
            nearest = negatives.all_sites[:NEAREST]
            wrong += rng.sample(nearest, min(len(nearest), rng.random() < 0.6))
        group += [Example(words, text, False) for text in wrong]
        groups.append(group)
    groups += policy_groups(policies, POLICY_QUESTIONS, rng)
    return [_altered(group, rng) for group in groups]


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


def encode_batch(
    tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example]
) -> tuple[dict, dict]:
    """Token tensors and targets; what the length limit cuts off counts as absent."""
    prefixes = [f"{e.passage.heading}\n" if e.passage.heading else "" for e in examples]
    batch = tokenizer(
        [e.question for e in examples],
        [prefix + e.passage.text for prefix, e in zip(prefixes, examples, strict=True)],
        truncation="only_second",
        max_length=MAX_TOKENS,
        padding=True,
        # Few different shapes: for each one the matrix kernels are made and kept.
        pad_to_multiple_of=PADDED_TO,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = batch.pop("offset_mapping").numpy()
    types = batch["token_type_ids"].numpy() * batch["attention_mask"].numpy()
    evidence = np.zeros(types.shape, dtype=np.float32)
    starts = np.full(len(examples), -100)
    ends = np.full(len(examples), -100)
    for row, (example, prefix) in enumerate(zip(examples, prefixes, strict=True)):
        inside = types[row].astype(bool) & (offsets[row, :, 1] > offsets[row, :, 0])
        first, last = offsets[row, :, 0] - len(prefix), offsets[row, :, 1] - len(prefix)
        for span in example.evidence:
            evidence[row] += inside & (first < span[1]) & (last > span[0])
        if example.answer:
            at = np.flatnonzero(inside & (first < example.answer[1]) & (last > example.answer[0]))
            if len(at):
                starts[row], ends[row] = at[0], at[-1]
    targets = {
        "labels": torch.tensor([float(e.answerable) for e in examples]),
        "evidence": torch.tensor(evidence.clip(max=1)),
        "starts": torch.tensor(starts),
        "ends": torch.tensor(ends),
        "passage": torch.tensor(types, dtype=torch.bool),
        "polarity": torch.tensor(
            [POLARITIES.index(e.polarity) if e.polarity else -100 for e in examples]
        ),
    }
    return dict(batch), targets


def hide_tokens(
    batch: dict, targets: dict, mask: int, generator: torch.Generator
) -> dict[str, torch.Tensor]:
    """The batch with gaps, of the token `mask`, in some of its passages, outside the evidence.

    What was seen in an earlier pass is then not the same again, and no single word decides.
    """
    passages, tokens = MASKED
    shape = batch["input_ids"].shape
    hidden = (
        (torch.rand(shape[0], 1, generator=generator) < passages)
        & (torch.rand(shape, generator=generator) < tokens)
        & targets["passage"]
        & (targets["evidence"] == 0)
    )
    return batch | {"input_ids": batch["input_ids"].masked_fill(hidden, mask)}


def read_by_length(
    network: ReaderNetwork, batch: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the network gives for a batch, of which rows of like length are read together.

    So little padding is computed.
    """
    lengths = batch["attention_mask"].sum(1)
    order = lengths.argsort()
    judgements, tokens = [], []
    for rows in order.split(ROWS_READ):
        width = -(-int(lengths[rows].max()) // PADDED_TO) * PADDED_TO
        judged, each = network(**{n: v[rows, :width] for n, v in batch.items()})
        judgements.append(judged)
        tokens.append(functional.pad(each, (0, 0, 0, len(batch["input_ids"][0]) - width)))
    back = order.argsort()
    return torch.cat(judgements).float()[back], torch.cat(tokens).float()[back]


def loss_of(
    judged: torch.Tensor, tokens: torch.Tensor, targets: dict, sizes: Sequence[int]
) -> torch.Tensor:
    """Sum of the tasks' losses: judgement, rank, evidence, start and end, yes or no.

    The rank's is the localized contrastive estimation of Gao, Dai and Callan, "Rethink training of
    BERT rerankers in multi-stage retrieval pipeline" (2021): the cross-entropy of the right passage
    among those of its question. `sizes` are the groups', whose right passage stands first.
    """
    smoothed = targets["labels"] * (1 - 2 * SMOOTHING) + SMOOTHING
    loss = functional.binary_cross_entropy_with_logits(judged, smoothed)
    groups = zip(judged.split(list(sizes)), targets["labels"].split(list(sizes)), strict=True)
    ranked = [
        -functional.log_softmax(logits, 0)[0]
        for logits, labels in groups
        if labels[0] and len(logits) > 1
    ]
    if ranked:
        loss = loss + 0.5 * torch.stack(ranked).mean()
    # A passage that does not answer has no evidence: that too is to be learnt, token by token.
    passage = targets["passage"]
    loss = loss + functional.binary_cross_entropy_with_logits(
        tokens[..., 0][passage], targets["evidence"][passage]
    )
    located = targets["starts"] >= 0
    if located.any():
        masked = tokens[located].masked_fill(~targets["passage"][located].unsqueeze(-1), -1e4)
        start = functional.cross_entropy(masked[..., 1], targets["starts"][located])
        end = functional.cross_entropy(masked[..., 2], targets["ends"][located])
        loss = loss + 0.1 * (start + end)
    evidence = targets["evidence"].unsqueeze(-1)
    polar = (targets["polarity"] >= 0) & evidence.any(1).squeeze(-1)
    if polar.any():
        said = (tokens[..., 3:] * evidence).sum(1) / evidence.sum(1).clamp(min=1)
        loss = loss + functional.cross_entropy(said[polar], targets["polarity"][polar])
    return loss


def batches_by_length(
    groups: Sequence[list[Example]], size: int, rng: random.Random
) -> list[list[list[Example]]]:
    """Batches of groups of similar length, in random order, so that little padding is computed.

    Each holds `size` examples, but the last: kernels are made anew for every other shape. What of
    a group has no room is left out.
    """
    by_length = sorted(groups, key=lambda group: max(map(_length, group)) + rng.randrange(80))
    batches: list[list[list[Example]]] = [[]]
    for group in by_length:
        room = size - sum(map(len, batches[-1]))
        if not room:
            batches.append([])
            room = size
        batches[-1].append(group[:room])
    rng.shuffle(batches)
    return batches


def _length(example: Example) -> int:
    return len(example.question) + len(example.passage.heading) + len(example.passage.text)


def rate_share(step: int, steps: int) -> float:
    """The share of the peak learning rate at a step: a short rise, level, a straight line to 0.

    While it is level, a run can be made longer without starting anew.
    """
    rise, fall = max(1, round(0.03 * steps)), max(1, round(SHARE_OF_DECAY * steps))
    return min((step + 1) / rise, (steps - step) / fall, 1.0)


@torch.no_grad()
def judge(network, tokenizer, examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """For each example the judgement's logit, and whether the likeliest evidence token is right."""
    scores, touched = [], []
    for start in range(0, len(examples), 32):
        batch, targets = encode_batch(tokenizer, examples[start : start + 32])
        judged, tokens = network(**batch)
        likeliest = tokens[..., 0].masked_fill(~targets["passage"], -1e4).argmax(1, keepdim=True)
        scores += judged.tolist()
        touched += targets["evidence"].gather(1, likeliest).squeeze(1).tolist()
    return np.array(scores), np.array(touched)


def evaluate(network, tokenizer, dev: Sequence[Question], mined: Sequence[Negatives]) -> dict:
    """Figures on questions never trained on: near misses, evidence, and rank among mined passages.

    A question counts by the best of its section's passages.
    """
    network.eval()
    labels, scores, hits, ranks = [], [], [], []
    for question, negatives in zip(dev, mined, strict=True):
        own = [
            *(Example(question.text, a.passage, True, a.evidence) for a in question.answering),
            *(Example(question.text, text, False) for text in question.others),
        ]
        judged, touched = judge(network, tokenizer, own)
        labels.append(question.answerable)
        scores.append(judged.max())
        if question.answerable:
            hits.append(touched[: len(question.answering)].max())
            wrong = [Example(question.text, text, False) for text in negatives.own_site[:9]]
            if wrong:
                others, _ = judge(network, tokenizer, wrong)
                ranks.append(int((others >= judged.max()).sum()) + 1)
    network.train()
    return {
        "near_miss_auroc": round(float(roc_auc_score(labels, scores)), 4),
        "evidence_hit": round(float(np.mean(hits)), 4),
        "first_of_ten": round(float(np.mean(np.array(ranks) == 1)), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("data/training"))
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--steps", type=int, help="end after so many steps, before the epochs do")
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="an earlier run's checkpoint or reader.onnx")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    log = (arguments.out / "log.jsonl").open("a", encoding="utf-8")

    def say(**values) -> None:
        print(json.dumps(values), file=log, flush=True)

    torch.manual_seed(arguments.seed)
    tokenizer = AutoTokenizer.from_pretrained(bundled_model())

    def count_tokens(text: str) -> int:
        return len(tokenizer.encode(text, verbose=False))

    data, corpora = arguments.shared / "data", arguments.shared / "corpora"
    questions = read_qa(data / "qa/train.jsonl", count_tokens)
    for file in sorted(OWN_QUESTIONS.glob("*.jsonl")):
        questions += read_own(file, corpora, count_tokens)
    dev = read_qa(data / "qa/dev.jsonl", count_tokens)
    policies = [
        policy
        for name in ("dev", "test")
        for policy in read_policies(data / f"policyqa/{name}.json")
    ]
    rng = random.Random(arguments.seed)
    pages = dict.fromkeys(
        [question.page for question in [*questions, *dev]]
        + sample_pages(corpora, POOLED_PAGES, rng)
    )
    texts = defaultdict(list)
    for question in [*questions, *dev]:
        shown = (*(a.passage for a in question.answering), *question.others)
        texts[site_name(question.page[0])] += shown
    for page in pages:
        texts[site_name(page[0])] += page_passages(corpora, *page, count_tokens)
    pool = Pool(texts)
    asked = [
        pair
        for pair in zip(questions, mine_negatives(questions, pool), strict=True)
        for _ in range(TIMES_ASKED.get(pair[0].page[0], 1))
    ]
    dev_mined = mine_negatives(dev, pool)
    say(event="data", questions=len(questions), dev=len(dev), pool=len(pool.texts))

    network = ReaderNetwork("narrow" if NARROW else "sdpa")
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
    batches = [
        batch
        for epoch in range(arguments.epochs)
        for batch in batches_by_length(
            epoch_groups(asked, policies, random.Random(arguments.seed + epoch)),
            arguments.batch,
            random.Random(arguments.seed + epoch),
        )
    ][: arguments.steps]
    checkpoint = arguments.out / "checkpoint.pt"
    done = 0
    if arguments.start and not checkpoint.exists():
        network.load_state_dict(read_network(arguments.start)[0])
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["done"]
    say(event="start", steps=len(batches), done=done)
    network.train()
    began, losses, seen = time.time(), [], 0
    for step in range(done, len(batches)):
        sizes = [len(group) for group in batches[step]]
        batch, targets = encode_batch(tokenizer, [e for group in batches[step] for e in group])
        batch = hide_tokens(
            batch, targets, tokenizer.mask_token_id, torch.Generator().manual_seed(step)
        )
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=NARROW):
            judged, tokens = read_by_length(network, batch)
        loss = loss_of(judged, tokens, targets, sizes)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * rate_share(step, len(batches))
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        seen += sum(sizes)
        if (step + 1) % 50 == 0:
            speed = seen / (time.time() - began)
            say(
                step=step + 1,
                loss=round(float(np.mean(losses[-50:])), 4),
                per_second=round(speed, 1),
            )
            began, seen = time.time(), 0
        if (step + 1) % CHECKPOINT_STEPS == 0 or step + 1 == len(batches):
            partial = checkpoint.with_suffix(".part")
            torch.save(
                {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "done": step + 1,
                },
                partial,
            )
            partial.replace(checkpoint)
            say(step=step + 1, **evaluate(network, tokenizer, dev[::10], dev_mined[::10]))
            began, seen = time.time(), 0
    say(event="end", **evaluate(network, tokenizer, dev, dev_mined))


if __name__ == "__main__":
    main()

"""Train the query adapter: `python -m training.adapt --shared ../shared`.

Narrow changes of the embedding model's layers that bring the vector of a question near the passages
that answer it, whose own vectors stay. Learnt on our own questions over their sites' passages.
Writes `index/weights/`; seeded, some minutes of embedding and some of training.
"""

import argparse
import hashlib
import io
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import AutoTokenizer, BertModel

from index.build import index_terms
from index.embedder import SentenceEmbedder, bundled_model
from index.query_adapter import WEIGHTS
from index.retriever import fuse, score_terms
from index.term import split_terms
from training.examples import (
    OWN_QUESTIONS,
    PAGES,
    UNSEEN,
    Question,
    page_passages,
    read_own,
    site_pages,
    with_typing_slips,
)
from training.follow_up import folding
from training.train import rate_share

STEPS = 300
BATCH = 64  # questions of one site
RATE = 1e-3
RANK = 32  # of the change of a matrix
SHARE_OF_RISE, SHARE_OF_DECAY = 0.15, 0.6  # of the steps, in which the rate rises and falls
SHARPNESS = 20  # by which cosines are multiplied before the softmax
KEPT = 0.3  # weight of the distance from the question's vector as it was
SLIPPED = 0.2  # share of the questions that get typing slips
MAX_TOKENS = 64
SIZE_SHARE = 0.7  # power of a site's number of questions by which it is drawn
COUNTS = (1, 3, 6, 10)

Embed = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Site:
    """The passages of a site and questions that they answer.

    `passages` and `vectors`, of the questions, are unit vectors; `right` the places of the passages
    that answer each question, `keywords` the BM25 scores of all passages for it.
    """

    passages: np.ndarray
    questions: list[str]
    vectors: np.ndarray
    right: list[list[int]]
    keywords: list[np.ndarray]


def embed_site(questions: Sequence[Question], corpora: Path, embedder: SentenceEmbedder) -> Site:
    """A site with the answerable ones of its questions."""
    asked = [question for question in questions if question.answerable]
    site = asked[0].page[0]
    texts = [a.passage for question in asked for a in question.answering]
    for page in site_pages(corpora, site):
        texts += page_passages(corpora, *page, embedder.count_tokens)
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    shown = [f"{text.heading}\n{text.text}" for text in place]
    bm25 = index_terms(shown)
    words = [question.text for question in asked]
    return Site(
        embedder.embed(shown),
        words,
        embedder.embed(words),
        [[place[a.passage] for a in question.answering] for question in asked],
        [score_terms(bm25, split_terms(text)) for text in words],
    )


class ChangedLinear(nn.Module):
    """A linear layer that stays, and a change of it of low rank, at first none."""

    def __init__(self, layer: nn.Linear):
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(RANK, layer.in_features) / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x) + (x @ self.down.T) @ self.up.T


class QueryEncoder:
    """The bundled embedding model with changes to be trained."""

    def __init__(self):
        self._tokenizer = AutoTokenizer.from_pretrained(bundled_model())
        self._network = BertModel.from_pretrained(bundled_model(), add_pooling_layer=False).eval()
        self._network.requires_grad_(False)
        self._changes: dict[str, ChangedLinear] = {}
        for name, module in list(self._network.encoder.named_modules(prefix="encoder")):
            if isinstance(module, nn.Linear):
                self._changes[name] = ChangedLinear(module)
                self._network.set_submodule(name, self._changes[name])

    def parameters(self) -> list[nn.Parameter]:
        """What is trained."""
        return [each for change in self._changes.values() for each in (change.down, change.up)]

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of queries, of shape (texts, dimension): the mean of their tokens'."""
        inputs = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        )
        hidden = self._network(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    def factors(self) -> dict[str, np.ndarray]:
        """The two factors of each matrix's change, in half precision, by its name."""
        return {
            f"{name}.{part}": getattr(change, part).detach().numpy().astype(np.float16)
            for name, change in self._changes.items()
            for part in ("up", "down")
        }


def train(sites: Sequence[Site], seed: int, steps: int = STEPS) -> QueryEncoder:
    """An encoder of queries trained on sites.

    It lowers the cross-entropy of the passages that answer among all of their site (InfoNCE, van
    den Oord and others, 2018, with every passage as a negative), and stays near what it was.
    """
    torch.manual_seed(seed)
    rng, slips = np.random.default_rng(seed), random.Random(seed)
    encoder = QueryEncoder()
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=RATE, weight_decay=0.01)
    sizes = np.array([len(site.right) for site in sites]) ** SIZE_SHARE
    for step in range(steps):
        site = sites[rng.choice(len(sites), p=sizes / sizes.sum())]
        rows = rng.choice(len(site.right), BATCH)
        asked = encoder.encode([_typed(site.questions[row], slips) for row in rows])
        scores = SHARPNESS * asked @ torch.tensor(site.passages).T
        right = torch.zeros_like(scores, dtype=torch.bool)
        for row, question in zip(right, rows, strict=True):
            row[site.right[question]] = True
        loss = (scores.logsumexp(1) - scores.masked_fill(~right, -torch.inf).logsumexp(1)).mean()
        loss = loss + KEPT * (1 - (asked * torch.tensor(site.vectors[rows])).sum(1)).mean()
        for group in optimizer.param_groups:
            group["lr"] = RATE * rate_share(step, steps, SHARE_OF_RISE, SHARE_OF_DECAY)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % 50 == 0:
            print(f"Step {step + 1} of {steps}: {float(loss):.2f}", flush=True)
    return encoder


def _typed(question: str, slips: random.Random) -> str:
    return with_typing_slips(question, slips) if slips.random() < SLIPPED else question


def recall(sites: Iterable[Site], embed: Embed) -> dict[str, float]:
    """The share of questions that have a right passage among the first so many of a search.

    `embed` gives the vectors by which questions are searched for.
    """
    ranks = []
    for site in sites:
        nearness = embed(site.questions) @ site.passages.T
        for similarities, keywords, right in zip(nearness, site.keywords, site.right, strict=True):
            scores = fuse(similarities, keywords)
            ranks.append(min(int((scores > scores[place]).sum()) for place in right))
    return {str(count): round(float(np.mean(np.array(ranks) < count)), 3) for count in COUNTS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    embedder = SentenceEmbedder(str(bundled_model()))  # as it is, without the last adapter
    fold = folding(embedder.embed)
    corpora = arguments.shared / "corpora"

    def sites(folder: Path) -> list[Site]:
        """The sites that lie here as a whole, with the questions of a folder."""
        whole = {"default", "seed", *(path.name for path in PAGES.iterdir() if path.is_dir())}
        by_site = defaultdict(list)
        for file in sorted(folder.glob("*.jsonl")):
            for question in read_own(file, corpora, embedder.count_tokens, fold):
                by_site[question.page[0]].append(question)
        return [
            embed_site(questions, corpora, embedder)
            for site, questions in by_site.items()
            if site in whole
        ]

    unseen = sites(UNSEEN)
    without = recall(unseen, embedder.embed)
    print("Embedding the pages; this takes some minutes.", flush=True)
    weights = io.BytesIO()
    np.savez(weights, **train(sites(OWN_QUESTIONS), arguments.seed).factors())
    card = {"sha256": hashlib.sha256(weights.getvalue()).hexdigest()}
    (WEIGHTS / "query_adapter.npz").write_bytes(weights.getvalue())
    (WEIGHTS / "query_adapter.json").write_text(json.dumps(card) + "\n", encoding="utf-8")
    card |= {
        "unseen_sites_recall": recall(unseen, SentenceEmbedder().embed_queries),
        "unseen_sites_recall_without": without,
    }
    shown = json.dumps(card, indent=1)
    (WEIGHTS / "query_adapter.json").write_text(shown + "\n", encoding="utf-8")
    print(shown)


if __name__ == "__main__":
    main()

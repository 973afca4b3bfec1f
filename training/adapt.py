"""Train the query adapter: `python -m training.adapt --shared ../shared`.

A matrix that turns the vector of a question towards the passages that answer it, learnt on our own
questions over their sites' passages. Writes `index/weights/`; seeded, some seconds of training
after some minutes of embedding.
"""

import argparse
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from index.build import index_terms
from index.embedder import SentenceEmbedder
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
)
from training.follow_up import folding

STEPS = 300
BATCH = 128  # questions of one site
RATE = 1e-3
SHARPNESS = 20  # by which cosines are multiplied before the softmax
DECAY = 0.01  # of the squared difference from the identity
SIZE_SHARE = 0.7  # power of a site's number of questions by which it is drawn
COUNTS = (1, 3, 7, 10)


@dataclass(frozen=True)
class Site:
    """The passages of a site and questions that they answer.

    `passages` and `questions` are unit vectors, `right` the places of the passages that answer each
    question, `keywords` the BM25 scores of all passages for it.
    """

    passages: np.ndarray
    questions: np.ndarray
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
    return Site(
        embedder.embed(shown),
        embedder.embed([question.text for question in asked]),
        [[place[a.passage] for a in question.answering] for question in asked],
        [score_terms(bm25, split_terms(question.text)) for question in asked],
    )


def train(sites: Sequence[Site], seed: int) -> np.ndarray:
    """The matrix, float32 of shape (dimension, dimension).

    It lowers the cross-entropy of the passages that answer among all of their site (InfoNCE, van
    den Oord and others, 2018, with every passage as a negative), and is kept near the identity.
    """
    rng = np.random.default_rng(seed)
    dimension = sites[0].passages.shape[1]
    change = torch.zeros(dimension, dimension, requires_grad=True)
    optimizer = torch.optim.Adam([change], lr=RATE)
    sizes = np.array([len(site.right) for site in sites]) ** SIZE_SHARE
    passages = [torch.tensor(site.passages) for site in sites]
    for _ in range(STEPS):
        drawn = rng.choice(len(sites), p=sizes / sizes.sum())
        site = sites[drawn]
        rows = rng.choice(len(site.right), BATCH)
        asked = torch.tensor(site.questions[rows])
        adapted = functional.normalize(asked + asked @ change, dim=-1)
        scores = SHARPNESS * adapted @ passages[drawn].T
        right = torch.zeros_like(scores, dtype=torch.bool)
        for row, question in zip(right, rows, strict=True):
            row[site.right[question]] = True
        loss = (scores.logsumexp(1) - scores.masked_fill(~right, -torch.inf).logsumexp(1)).mean()
        loss = loss + DECAY * change.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return (torch.eye(dimension) + change.detach()).numpy()


def recall(sites: Iterable[Site], matrix: np.ndarray) -> dict[str, float]:
    """The share of questions that have a right passage among the first so many of a search."""
    ranks = []
    for site in sites:
        adapted = site.questions @ matrix @ site.passages.T
        for similarities, keywords, right in zip(adapted, site.keywords, site.right, strict=True):
            scores = fuse(similarities, keywords)
            ranks.append(min(int((scores > scores[place]).sum()) for place in right))
    return {str(count): round(float(np.mean(np.array(ranks) < count)), 3) for count in COUNTS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
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

    matrix = train(sites(OWN_QUESTIONS), arguments.seed).astype(np.float16)
    unseen = sites(UNSEEN)
    weights = io.BytesIO()
    np.save(weights, matrix)
    card = {
        "sha256": hashlib.sha256(weights.getvalue()).hexdigest(),
        "unseen_sites_recall": recall(unseen, matrix.astype(np.float32)),
        "unseen_sites_recall_without": recall(unseen, np.eye(len(matrix), dtype=np.float32)),
    }
    (WEIGHTS / "query_adapter.npy").write_bytes(weights.getvalue())
    shown = json.dumps(card, indent=1)
    (WEIGHTS / "query_adapter.json").write_text(shown + "\n", encoding="utf-8")
    print(shown)


if __name__ == "__main__":
    main()

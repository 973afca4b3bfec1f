"""Collect what the reader learns from: `python -m training.collect --shared ../shared --out FILE`.

Reads all questions with their passages and mines their negatives, which takes some minutes. The
training needs nothing but the file that this writes, and may run on another machine.
"""

import argparse
import random
import time
from collections import defaultdict
from pathlib import Path

from index.embedder import SentenceEmbedder
from training.batches import DELIVERED
from training.collection import Collection, Negatives
from training.examples import (
    OWN_QUESTIONS,
    UNSEEN,
    CountTokens,
    Fold,
    Question,
    page_passages,
    read_off_topic,
    read_own,
    read_policies,
    read_qa,
    sample_pages,
    site_name,
    site_pages,
)
from training.follow_up import folding
from training.negatives import Pool, mine_negatives, off_topic_questions

POOLED_PAGES = {"mendix-docs-2022": 150, "fastapi-docs": 20, "hugo-docs": 30}
SEED = 7  # of the pages drawn


def collect(shared: Path, count_tokens: CountTokens, fold: Fold) -> Collection:
    """Everything there is to train on and to measure by, out of the reference material and here."""
    data, corpora = shared / "data", shared / "corpora"

    def own(folder: Path) -> list[Question]:
        files = sorted(folder.glob("*.jsonl"))
        return [q for file in files for q in read_own(file, corpora, count_tokens, fold)]

    questions = read_qa(data / "qa/train.jsonl", count_tokens) + own(OWN_QUESTIONS)
    dev = read_qa(data / "qa/dev.jsonl", count_tokens)
    unseen = own(UNSEEN)
    pages = dict.fromkeys(
        [question.page for question in [*questions, *dev]]
        + [page for file in UNSEEN.glob("*.jsonl") for page in site_pages(corpora, file.stem)]
        + sample_pages(corpora, POOLED_PAGES, random.Random(SEED))
    )
    texts = defaultdict(list)
    for question in [*questions, *dev, *unseen]:
        shown = (*(a.passage for a in question.answering), *question.others)
        texts[site_name(question.page[0])] += shown
    for page in pages:
        texts[site_name(page[0])] += page_passages(corpora, *page, count_tokens)
    unseen_sites = {question.page[0] for question in unseen}
    trained = {site: held for site, held in texts.items() if site not in unseen_sites}

    def mined(asked: list[Question], pool: Pool) -> list[tuple[Question, Negatives]]:
        return list(zip(asked, mine_negatives(asked, pool), strict=True))

    pool = Pool(trained)
    near = mined([*questions, *dev], pool)
    queries = read_off_topic(data / "clinc-oos/data_small.json")
    off_topic = [
        pair
        for number, site in enumerate(DELIVERED)
        for pair in off_topic_questions(queries[number :: len(DELIVERED)], site, pool)
    ]
    return Collection(
        near[: len(questions)] + off_topic,
        near[len(questions) :],
        mined(unseen, Pool({site: texts[site] for site in unseen_sites})),
        [
            policy
            for name in ("dev", "test")
            for policy in read_policies(data / f"policyqa/{name}.json")
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("data/training/collection.pickle.gz"))
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    print("Reading and mining; this takes some minutes.", flush=True)
    embedder = SentenceEmbedder()
    collection = collect(arguments.shared, embedder.count_tokens, folding(embedder.embed))
    collection.write(arguments.out)
    print(
        f"{len(collection.asked)} questions to train on, {len(collection.dev)} and "
        f"{len(collection.unseen)} to measure by, in {time.monotonic() - began:.0f} s."
    )


if __name__ == "__main__":
    main()

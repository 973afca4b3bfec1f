"""Fit the reader's weights: `python -m training.calibrate --shared ../shared`.

Prints the logistic regressions of `bot/reader.py`: over passages, over units, and the one that
makes the best passage's logit a confidence; and how well they do on the questions they were fitted
on. These are the reference data's `dev.jsonl`, each against the nearest passages of the other
sections, and `evals/development.jsonl` through the index of the default corpus.
"""

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bot.citing import without_number
from bot.evaluation import Case, read_cases
from bot.evidence import Candidate
from bot.profile import load_profile
from bot.reader import SimilarityReader
from bot.standalone import standalone_question
from index.build import build_index
from index.embedder import SentenceEmbedder
from index.passage import split_sections
from index.retriever import HybridRetriever
from index.section import Unit, read_text
from index.store import LiveIndex
from training.examples import holds_or_is_held

READ = 10
CORPUS = Path("corpus")
EVALS = Path("evals/development.jsonl")


@dataclass(frozen=True)
class Asked:
    """A question with the candidates read for it; which of them, and of their units, are right."""

    question: str
    candidates: list[Candidate]
    right: list[bool]
    right_units: list[list[bool]]


def asked_of_reference(path: Path, embedder: SentenceEmbedder) -> list[Asked]:
    """The reference questions, each with its section's passages and the nearest of others."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    passages, owners = [], []
    for text, record in {record["text"]: record for record in records}.items():
        names = [record["title"], *record["heading"].split(" > ")]
        heading = "\n".join(f"# {name}" for name in names[-1:])
        sections = read_text(" > ".join(dict.fromkeys(names[:-1])), f"{heading}\n\n{text}")
        for passage in split_sections(sections, embedder.count_tokens, embedder.max_tokens):
            passages.append((passage, sections[passage.section]))
            owners.append(text)
    vectors = embedder.embed([passage.embedded_text for passage, _ in passages])
    queries = embedder.embed([record["question"] for record in records])
    asked = []
    for record, query in zip(records, queries, strict=True):
        similarities = vectors @ query
        nearest = np.argsort(-similarities)[:READ]
        candidates = [Candidate(*passages[i], *[float(similarities[i])] * 2) for i in nearest]
        evidence = record["evidence"] if record["answerable"] else ""
        units = [
            [
                owners[i] == record["text"] and holds_or_is_held(unit.quote, evidence)
                for unit in candidate.units
            ]
            for i, candidate in zip(nearest, candidates, strict=True)
        ]
        asked.append(Asked(record["question"], candidates, [any(flags) for flags in units], units))
    return asked


def asked_of_development(cases: Sequence[Case], retriever: HybridRetriever) -> list[Asked]:
    """Our own development questions, each with what the index finds for it."""
    asked = []
    for case in cases:
        if case.outcome not in ("answered", "unanswered"):
            continue
        query = retriever.query(standalone_question(case.question, case.history))
        hits = retriever.search(query, READ)
        candidates = [
            Candidate(hit.passage, hit.section, hit.similarity, hit.score) for hit in hits
        ]
        wanted = {section.casefold() for section in case.sections}
        units = []
        for candidate in candidates:
            headings = candidate.section.headings
            heading = without_number(headings[-1]) if headings else candidate.section.title
            in_section = heading.casefold() in wanted
            units.append([in_section and _holds(unit, case) for unit in candidate.units])
        asked.append(Asked(query.spelled, candidates, [any(flags) for flags in units], units))
    return asked


def _holds(unit: Unit, case: Case) -> bool:
    """Whether a unit holds something that the right answer must hold."""
    text = _folded(unit.text)
    return any(_folded(part) in text for parts in case.expected for part in parts)


def _folded(text: str) -> str:
    return re.sub(r"[–—‑]", "-", text).casefold()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
    reader = SimilarityReader(embedder)
    profile = load_profile(None, CORPUS)
    with tempfile.TemporaryDirectory() as data:
        build_index(CORPUS, Path(data), embedder, lambda *_: None)
        live = LiveIndex(Path(data), embedder)
        retriever = HybridRetriever(live=live, synonyms=profile.synonyms)
        sets = {
            "reference": asked_of_reference(arguments.shared / "data/qa/dev.jsonl", embedder),
            "development": asked_of_development(read_cases(EVALS), retriever),
        }
    features, right, unit_features, right_units = {}, {}, [], []
    for name, asked in sets.items():
        features[name] = [reader.judge(each.question, each.candidates) for each in asked]
        right[name] = [np.array(each.right) for each in asked]
        for each in asked:
            places = [i for i, flag in enumerate(each.right) if flag][:2]
            unit_features += reader.locate(each.question, [each.candidates[i] for i in places])
            right_units += [np.array(each.right_units[i]) for i in places]
    every_feature = [rows for name in sets for rows in features[name]]
    every_right = [flags for name in sets for flags in right[name]]
    passage = LogisticRegression(C=10).fit(np.vstack(every_feature), np.concatenate(every_right))
    unit = LogisticRegression(C=10).fit(np.vstack(unit_features), np.concatenate(right_units))
    best = {name: [passage.decision_function(rows) for rows in features[name]] for name in sets}
    first = {
        name: [
            bool(flags[row.argmax()]) for row, flags in zip(best[name], right[name], strict=True)
        ]
        for name in sets
    }
    # Platt scaling: the best passage's logit against whether that passage is a right one.
    tops = np.array([row.max() for name in sets for row in best[name]])[:, None]
    confidence = LogisticRegression(C=10).fit(tops, [flag for name in sets for flag in first[name]])
    for name, model in (("passage", passage), ("unit", unit), ("confidence", confidence)):
        print(name, [round(float(weight), 4) for weight in (*model.coef_[0], model.intercept_[0])])
    for name in sets:
        answerable = [bool(flags.any()) for flags in right[name]]
        found = [flag for flag, is_there in zip(first[name], answerable, strict=True) if is_there]
        area = roc_auc_score(answerable, [row.max() for row in best[name]])
        print(f"{name}: right first {np.mean(found):.3f} of {len(found)}, AUROC {area:.3f}")


if __name__ == "__main__":
    main()

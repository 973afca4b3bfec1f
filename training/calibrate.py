"""Fit the reader's blend: `python -m training.calibrate --shared ../shared`.

After an export: fits the logistic regressions that blend the network's logits with similarity and
shared words, and the one that makes the best passage's blend a confidence, and writes them into
`bot/weights/reader.json`. Fitted on questions that the network was never trained on: the reference
data's `dev.jsonl`, each against the nearest passages of the other sections, and
`evals/development.jsonl` through the index of the default corpus.
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
from bot.reader import WEIGHTS, TrainedReader
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
        candidates = [Candidate(*passages[i], float(similarities[i])) for i in nearest]
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
        candidates = [Candidate(hit.passage, hit.section, hit.similarity) for hit in hits]
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
    reader = TrainedReader(embedder)
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
        features[name], right[name] = [], []
        for each in asked:
            passage_features, evidence = reader.judge(each.question, each.candidates)
            features[name].append(passage_features)
            right[name].append(np.array(each.right))
            places = [i for i, flag in enumerate(each.right) if flag][:2]
            chosen = [each.candidates[i] for i in places]
            located = reader.locate(each.question, chosen, [evidence[i] for i in places])
            unit_features += located
            right_units += [np.array(each.right_units[i]) for i in places]
    every_feature = [rows for name in sets for rows in features[name]]
    every_right = [rows for name in sets for rows in right[name]]
    passage = LogisticRegression(C=10).fit(np.vstack(every_feature), np.concatenate(every_right))
    unit = LogisticRegression(C=10).fit(np.vstack(unit_features), np.concatenate(right_units))
    weights = np.array([*passage.coef_[0], passage.intercept_[0]])

    card = json.loads((WEIGHTS / "reader.json").read_text(encoding="utf-8"))
    best, is_right = [], []
    for name in sets:
        logits = [rows @ weights[:-1] + weights[-1] for rows in features[name]]
        first = [bool(flags[row.argmax()]) for row, flags in zip(logits, right[name], strict=True)]
        answerable = [bool(flags.any()) for flags in right[name]]
        top = [float(row.max()) for row in logits]
        best += top
        is_right += first
        card[name] = {
            "questions": len(top),
            "first_right_of_answerable": round(
                float(np.mean([f for f, a in zip(first, answerable, strict=True) if a])), 3
            ),
            "auroc": round(float(roc_auc_score(answerable, top)), 3),
        }
    # Platt scaling: the best passage's blend against whether that passage is a right one.
    platt = LogisticRegression(C=10).fit(np.array(best)[:, None], is_right)
    card["passage"] = weights.round(4).tolist()
    card["unit"] = [round(float(w), 4) for w in (*unit.coef_[0], unit.intercept_[0])]
    card["confidence"] = [round(float(platt.coef_[0, 0]), 4), round(float(platt.intercept_[0]), 4)]
    (WEIGHTS / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=1))


if __name__ == "__main__":
    main()

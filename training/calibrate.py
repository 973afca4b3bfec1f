"""Fit the reader's blend: `python -m training.calibrate --shared ../shared`, after an export.

Fits the logistic regressions that blend the network's logits with what else is known, for passages,
for units, and for the confidence, and writes them into `bot/weights/reader.json` with how well they
do. Fitted on questions that the network was never trained on, each with the passages that would be
read for it:

- `reference`: the reference data's `dev.jsonl`, over the sections of that file;
- `manual`: questions on a product manual of 261 sections (`emanual`), over those sections;
- `given`: both again, with a single passage given: the section asked about or, of the manual, in
  half of the cases the nearest other one;
- `development`: `evals/development.jsonl` through the index of the default corpus.
"""

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bot.assistant import NAMED_CONFIDENCE, Assistant
from bot.case import Case, read_cases
from bot.evidence import Candidate
from bot.profile import load_profile
from bot.reader import WEIGHTS, Reader, Regression
from bot.standalone import Embed, standalone_question
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
    """A question with the candidates read for it; which of them, and of their units, are right.

    `right_units` is None where only whole sections are known to be right.
    """

    question: str
    candidates: list[Candidate]
    right: list[bool]
    right_units: list[list[bool]] | None


class Shelf:
    """Sections by their key, split into passages and embedded."""

    def __init__(self, sections: dict[str, tuple[str, str, str]], embedder: SentenceEmbedder):
        """`sections` gives title, heading and Markdown text of each key."""
        self._embedder = embedder
        self.passages, self.owners = [], []
        for key, (title, heading, text) in sections.items():
            read = read_text(title, f"# {heading}\n\n{text}" if heading else text)
            for passage in split_sections(read, embedder.count_tokens, embedder.max_tokens):
                self.passages.append((passage, read[passage.section]))
                self.owners.append(key)
        self._vectors = embedder.embed([passage.embedded_text for passage, _ in self.passages])

    def ask(
        self,
        question: str,
        right_keys: set[str],
        is_evidence: Callable[[Unit], bool] | None,
        only: str | None = None,
    ) -> Asked:
        """The question with its nearest passages; with those of the section `only` alone."""
        similarities = self._similarities(question)
        nearest = [i for i in np.argsort(-similarities) if only is None or self.owners[i] == only][
            :READ
        ]
        candidates = [Candidate(*self.passages[i], *[float(similarities[i])] * 2) for i in nearest]
        right = [self.owners[i] in right_keys for i in nearest]
        if is_evidence is None:
            return Asked(question, candidates, right, None)
        units = [
            [flag and is_evidence(unit) for unit in candidate.units]
            for flag, candidate in zip(right, candidates, strict=True)
        ]
        return Asked(question, candidates, [any(flags) for flags in units], units)

    def _similarities(self, question: str) -> np.ndarray:
        """The cosine of the question and each passage."""
        return self._vectors @ self._embedder.embed([question])[0]

    def nearest_other(self, question: str, right_keys: set[str]) -> str:
        """The section nearest to a question that is not one of `right_keys`."""
        similarities = self._similarities(question)
        return next(
            self.owners[i] for i in np.argsort(-similarities) if self.owners[i] not in right_keys
        )


def ask_reference(path: Path, embedder: SentenceEmbedder) -> tuple[list[Asked], list[Asked]]:
    """The reference questions over all their sections, and over their own one alone."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    sections = {}
    for record in records:
        names = [record["title"], *record["heading"].split(" > ")]
        title = " > ".join(dict.fromkeys(names[:-1]))
        sections[record["text"]] = (title, names[-1], record["text"])
    shelf = Shelf(sections, embedder)
    over_all, alone = [], []
    for record in records:
        evidence = record["evidence"] if record["answerable"] else ""
        asked = (
            record["question"],
            {record["text"]},
            lambda unit, evidence=evidence: holds_or_is_held(unit.quote, evidence),
        )
        over_all.append(shelf.ask(*asked))
        alone.append(shelf.ask(*asked, only=record["text"]))
    return over_all, alone


def ask_manual(folder: Path, embedder: SentenceEmbedder) -> tuple[list[Asked], list[Asked]]:
    """The manual's questions over all sections, and each with a single right or wrong one."""
    sections = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    shelf = Shelf({s["_id"]: ("", s["title"], s["text"]) for s in sections}, embedder)
    over_all, alone = [], []
    for number, line in enumerate((folder / "questions.jsonl").open(encoding="utf-8")):
        record = json.loads(line)
        right = {record["gold_section"], *record["acceptable_sections"]}
        question = record["question"]
        given = record["gold_section"] if number % 2 else shelf.nearest_other(question, right)
        over_all.append(shelf.ask(question, right, None))
        alone.append(shelf.ask(question, right, None, only=given))
    return over_all, alone


def ask_development(cases: Sequence[Case], retriever: HybridRetriever, embed: Embed) -> list[Asked]:
    """Our own development questions, each with what the index finds for it."""
    asked = []
    for case in cases:
        query = retriever.query(standalone_question(case.question, case.history, embed))
        hits = retriever.search(query, READ)
        candidates = [
            Candidate(hit.passage, hit.section, hit.similarity, hit.score) for hit in hits
        ]
        units = [
            [
                bool(case.sections)
                and case.is_section("", list(candidate.section.headings))
                and _holds(unit, case)
                for unit in candidate.units
            ]
            for candidate in candidates
        ]
        asked.append(Asked(query.spelled, candidates, [any(flags) for flags in units], units))
    return asked


def _holds(unit: Unit, case: Case) -> bool:
    """Whether a unit holds something that the right answer must hold."""
    text = _folded(unit.text)
    return any(_folded(part) in text for parts in case.expected for part in parts)


def _folded(text: str) -> str:
    return re.sub(r"[–—‑]", "-", text).casefold()


def fit(features: np.ndarray, labels: Sequence[bool]) -> list[float]:
    """The weights of a logistic regression, and its bias last."""
    model = LogisticRegression(C=10, max_iter=1000).fit(features, labels)
    return [round(float(weight), 4) for weight in (*model.coef_[0], model.intercept_[0])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
    reader = Reader()
    profile = load_profile(None, CORPUS)
    data = arguments.shared / "data"
    reference, reference_given = ask_reference(data / "qa/dev.jsonl", embedder)
    manual, manual_given = ask_manual(data / "emanual", embedder)
    cases = [case for case in read_cases(EVALS) if case.outcome in ("answered", "unanswered")]
    with tempfile.TemporaryDirectory() as folder:
        build_index(CORPUS, Path(folder), embedder, lambda *_: None)
        live = LiveIndex(Path(folder), embedder)
        retriever = HybridRetriever(live=live, synonyms=profile.synonyms)
        sets = {
            "reference": reference,
            "manual": manual,
            "given": reference_given + manual_given,
            "development": ask_development(cases, retriever, embedder.embed),
        }
        judged = {
            name: [reader.judge(each.question, each.candidates) for each in asked]
            for name, asked in sets.items()
        }
        searched = [
            (each, *judged[name][i])
            for name in ("reference", "manual", "development")
            for i, each in enumerate(sets[name])
        ]
        passage = fit(
            np.vstack([passages for _, passages, _ in searched]),
            [flag for each, _, _ in searched for flag in each.right],
        )
        located = [
            (rows, flags)
            for each, _, units in searched
            if each.right_units
            for rows, flags, right in zip(units, each.right_units, each.right, strict=True)
            if right
        ]
        unit = fit(
            np.vstack([rows for rows, _ in located]),
            [flag for _, flags in located for flag in flags],
        )
        write_card(regressions={"passage": passage, "unit": unit})
        assistant = Assistant(live, profile, Reader(), embedder)
        best = [assistant.best_answer(case.question, case.history) for case in cases]

    blend = Regression(np.array(passage[:-1]), passage[-1])
    weighed: dict[str, list[np.ndarray]] = {}
    first: dict[str, list[bool]] = {}
    for name, asked in sets.items():
        weighed[name], first[name] = [], []
        for each, (passages, _) in zip(asked, judged[name], strict=True):
            logits = blend.logits(passages)
            weighed[name].append(reader.weigh(each.question, each.candidates, passages, logits))
            first[name].append(each.right[int(np.argmax(logits))])
    # The manual's questions are all answerable, which would teach to be sure of everything.
    fitted = [
        pair
        for name in ("reference", "given")
        for pair in zip(weighed[name], first[name], strict=True)
    ]
    # On our own pages the whole answer has to be right, not only its passage. Where the question
    # names a place in a table, no reading was asked.
    fitted += [
        (row, case.answerable and case.judge(reply) == "right")
        for row, case, reply in zip(weighed["development"], cases, best, strict=True)
        if reply.confidence != NAMED_CONFIDENCE
    ]
    confidence = fit(np.array([row for row, _ in fitted]), [flag for _, flag in fitted])
    sure = Regression(np.array(confidence[:-1]), confidence[-1])
    figures: dict[str, dict[str, float]] = {}
    for name, asked in sets.items():
        answerable = [any(each.right) for each in asked]
        of_answerable = [flag for flag, able in zip(first[name], answerable, strict=True) if able]
        figures[name] = {
            "questions": len(asked),
            "right_first_of_answerable": round(float(np.mean(of_answerable)), 3),
        }
        if not all(answerable):
            area = roc_auc_score(answerable, sure.logits(np.array(weighed[name])))
            figures[name]["auroc"] = round(float(area), 3)
    card = write_card(
        regressions={"passage": passage, "unit": unit, "confidence": confidence}, figures=figures
    )
    print(json.dumps(card, indent=1))


def write_card(regressions: dict[str, list[float]], **values: object) -> dict:
    """Put regressions and other values into the card of the weights, and give all of it."""
    card = json.loads((WEIGHTS / "reader.json").read_text(encoding="utf-8"))
    card |= {"regressions": card["regressions"] | regressions, **values}
    (WEIGHTS / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return card


if __name__ == "__main__":
    main()

"""Fit the reader's blend: `python -m training.calibrate --shared ../shared`, after an export.

Fits the logistic regressions that blend the network's logits with what else is known, for passages,
for units, and for the confidence, and writes them into `bot/weights/reader.json` with how well they
do. Fitted on questions that the network was never trained on, each with what an index finds for it:

- `reference`: the reference data's `dev.jsonl`, over the sections of that file;
- `manual`: questions on a product manual of 261 sections (`emanual`), over those sections;
- `reference_given` and `manual_given`: both again, with a single section given: the one asked about
  or, of the manual, in half of the cases the nearest other one;
- `sites`: `training/questions/unseen`, each over the made-up site that it asks about;
- `sites_given`: these again, with the section given that is asked about or, in half of the cases,
  another one of those that the search finds;
- `development`: `evals/development.jsonl` over the default corpus;
- `off_topic`: queries of CLINC150 about other things, none of them trained on, over the same.
"""

import argparse
import itertools
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bot.asked import Asked
from bot.assistant import NAMED_CONFIDENCE, READ, Assistant
from bot.case import Case, read_cases
from bot.citing import is_supported, write_answer
from bot.composer import compose, table_named
from bot.evidence import Candidate
from bot.message import tidy
from bot.profile import NEUTRAL, Product, Profile, load_profile
from bot.reader import WEIGHTS, Reader, Regression
from bot.reply import GivenPassage, Reply
from bot.standalone import standalone_question
from bot.statement import Source, Statement
from index.build import build_index
from index.embedder import SentenceEmbedder
from index.section import Section, Unit
from index.store import LiveIndex
from training.examples import PAGES, UNSEEN, holds_or_is_held, is_heading, is_quoted

CORPUS = Path("corpus")
EVALS = Path("evals/development.jsonl")
GIVEN = ("reference_given", "manual_given", "sites_given")
MEASURED_ONLY = (*GIVEN, "off_topic")
OFF_TOPIC_EVERY = 5  # of 1,000 off-topic queries one is asked
EVERY = 2  # of the two largest sets, the manual and the sites, every other question is asked
THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)

IsRight = Callable[[list[Statement]], bool]


@dataclass(frozen=True)
class Trial:
    """A question with the candidates read for it; which of them, and of their units, are right.

    `right_units` is None where only whole sections are known to be right. `is_right` judges what
    was composed.
    """

    asked: Asked
    answerable: bool
    candidates: list[Candidate]
    right: list[bool]
    right_units: list[list[bool]] | None
    is_right: IsRight


class Site:
    """A folder of pages, its index, and questions asked of it."""

    def __init__(self, pages: Path, data: Path, embedder: SentenceEmbedder, profile: Profile):
        data.mkdir()
        build_index(pages, data, embedder, lambda *_: None)
        self.assistant = Assistant(LiveIndex(data, embedder), profile, Reader(), embedder, 0.0)

    def ask(
        self,
        question: str,
        right: Callable[[Section], bool],
        is_evidence: Callable[[Unit], bool] | None,
        answerable: bool = True,
    ) -> Trial:
        """A question that sections answer which are `right`, in them the units that are evidence.

        A composed answer is right that rests on one of those.
        """
        asked, candidates = self.assistant.find(question, question, ())
        return _trial(asked, candidates, right, is_evidence, answerable)

    def found_given(self, trial: Trial, right: Callable[[Section], bool], number: int) -> Trial:
        """The question of a trial with one section of those found for it given.

        That is a right one, or the one asked about in vain, if the number of the trial is even;
        else another one, a different one in turn.
        """
        own = [c.section for c in trial.candidates if right(c.section)]
        others = [c.section for c in trial.candidates if not right(c.section)]
        is_own = bool(own) and (number % 2 == 0 or not others)
        section = own[0] if is_own else others[number // 2 % len(others)]
        places = [i for i, c in enumerate(trial.candidates) if c.section is section]
        passages = [trial.candidates[i].passage for i in places]
        vectors = self.assistant.embedder.embed(
            [trial.asked.question, *(passage.embedded_text for passage in passages)]
        )
        similarities = (vectors[1:] @ vectors[0]).tolist()
        return replace(
            trial,
            answerable=trial.answerable and is_own,
            candidates=[
                Candidate(passage, section, similarity, similarity)
                for passage, similarity in zip(passages, similarities, strict=True)
            ],
            right=[trial.right[i] for i in places],
            right_units=trial.right_units and [trial.right_units[i] for i in places],
        )

    def given(
        self,
        question: str,
        passage: GivenPassage,
        is_evidence: Callable[[Unit], bool] | None,
        answerable: bool,
    ) -> Trial:
        """A question with a single passage given."""
        asked, candidates = self.assistant.choose(question, question, [passage])
        return _trial(asked, candidates, lambda _: answerable, is_evidence, answerable)


def _trial(asked, found, right, is_evidence, answerable) -> Trial:
    candidates = found[:READ]
    in_right = [answerable and right(candidate.section) for candidate in candidates]
    units = None
    if is_evidence is not None:
        units = [
            [flag and is_evidence(unit) for unit in candidate.units]
            for flag, candidate in zip(in_right, candidates, strict=True)
        ]

    def is_right(statements: list[Statement]) -> bool:
        sources = [source for statement in statements for source in statement.sources]
        return answerable and any(
            right(source.section)
            and (is_evidence is None or any(map(is_evidence, _units_of(source))))
            for source in sources
        )

    flags = in_right if units is None else [any(flags) for flags in units]
    return Trial(asked, answerable, candidates, flags, units, is_right)


def _units_of(source: Source) -> Iterator[Unit]:
    return (unit for unit in source.section.units if holds_or_is_held(unit.quote, source.quote))


def _write_pages(folder: Path, sections: dict[str, GivenPassage]) -> Path:
    """A folder with a page for each section, named by its key."""
    folder.mkdir()
    for key, section in sections.items():
        front = f"---\ntitle: {json.dumps(section.title)}\n---\n\n"
        (folder / f"{key}.md").write_text(front + section.text, encoding="utf-8")
    return folder


def ask_reference(path: Path, folder: Path, embedder) -> tuple[list[Trial], list[Trial]]:
    """The reference questions over all their sections, and over their own one alone."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    keys: dict[str, str] = {}
    sections = {}
    for record in records:
        key = keys.setdefault(record["text"], f"section-{len(keys)}")
        *above, name = dict.fromkeys([record["title"], *record["heading"].split(" > ")])
        text = f"# {name}\n\n{record['text']}"
        sections[key] = GivenPassage(title=" > ".join(above), text=text)
    site = Site(_write_pages(folder / "pages", sections), folder / "data", embedder, NEUTRAL)
    over_all, alone = [], []
    for record in records:
        key, able = keys[record["text"]], record["answerable"]
        is_evidence = partial(is_quoted, [record["evidence"]] if able else [])
        right = partial(_is_on_page, {f"{key}.md"})
        over_all.append(site.ask(record["question"], right, is_evidence, able))
        alone.append(site.given(record["question"], sections[key], is_evidence, able))
    return over_all, alone


def ask_manual(source: Path, folder: Path, embedder) -> tuple[list[Trial], list[Trial]]:
    """The manual's questions over all sections, and each with a single right or wrong one."""
    lines = (source / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    sections = {
        str(each["_id"]): GivenPassage(title="", text=f"# {each['title']}\n\n{each['text']}")
        for each in map(json.loads, lines)
    }
    site = Site(_write_pages(folder / "pages", sections), folder / "data", embedder, NEUTRAL)
    over_all, alone = [], []
    lines = (source / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for number, record in enumerate(map(json.loads, lines[::EVERY])):
        right = {str(key) for key in (record["gold_section"], *record["acceptable_sections"])}
        on_page = partial(_is_on_page, {f"{key}.md" for key in right})
        trial = site.ask(record["question"], on_page, None)
        over_all.append(trial)
        given = str(record["gold_section"])
        wrong = [c.section for c in trial.candidates if not on_page(c.section)]
        if wrong and number % 2 == 0:
            given = wrong[0].path.removesuffix(".md")
        alone.append(site.given(record["question"], sections[given], None, given in right))
    return over_all, alone


def _is_on_page(paths: set[str], section: Section) -> bool:
    return section.path in paths


def ask_site(
    file: Path, folder: Path, embedder: SentenceEmbedder
) -> tuple[list[Trial], list[Trial]]:
    """Our own questions about a made-up site, over its pages, and each with one section given."""
    site = Site(PAGES / file.stem, folder / "data", embedder, NEUTRAL)
    over_all, alone = [], []
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, record in enumerate(map(json.loads, lines[::EVERY])):
        right = partial(_is_under, record)
        is_evidence = partial(is_quoted, record.get("evidence", ()))
        trial = site.ask(record["question"], right, is_evidence, record["answerable"])
        over_all.append(trial)
        alone.append(site.found_given(trial, right, number))
    return over_all, alone


def _is_under(record: dict, section: Section) -> bool:
    return section.path == record["path"] and is_heading(record["heading"], section)


def ask_development(cases: Sequence[Case], folder: Path, embedder) -> list[Trial]:
    """Our own development questions; a composed answer is right as the evaluation judges it."""
    profile = load_profile(None, CORPUS)
    site = Site(CORPUS, folder / "data", embedder, profile)
    trials = []
    for case in cases:
        text = tidy(case.question)
        standalone = standalone_question(text, case.history, embedder.embed)
        asked, found = site.assistant.find(text, standalone, case.history)
        candidates = found[:READ]
        right = [
            bool(case.sections) and case.is_section("", list(candidate.section.headings))
            for candidate in candidates
        ]
        units = [
            [flag and _holds(unit, case) for unit in candidate.units]
            for flag, candidate in zip(right, candidates, strict=True)
        ]
        trials.append(
            Trial(
                asked,
                case.answerable,
                candidates,
                [any(flags) for flags in units],
                units,
                partial(_is_right_reply, case, profile.product),
            )
        )
    return trials


def ask_off_topic(queries: Path, folder: Path, embedder) -> list[Trial]:
    """Queries about other things over the default corpus, which should get no answer."""
    site = Site(CORPUS, folder / "data", embedder, load_profile(None, CORPUS))
    asked = json.loads(queries.read_text(encoding="utf-8"))["oos_test"][::OFF_TOPIC_EVERY]
    return [site.ask(query, lambda _: False, None, answerable=False) for query, _ in asked]


def _is_right_reply(case: Case, product: Product, statements: list[Statement]) -> bool:
    if not case.answerable or not statements:
        return False
    answer, citations = write_answer(statements, product)
    reply = Reply(
        question=case.question,
        standalone_question=case.question,
        outcome="answered",
        answer=answer,
        citations=citations,
        confidence=1.0,
    )
    return case.judge(reply) == "right"


def _holds(unit: Unit, case: Case) -> bool:
    """Whether a unit holds something that the right answer must hold."""
    text = _folded(unit.text)
    return any(_folded(part) in text for parts in case.expected for part in parts)


def _folded(text: str) -> str:
    return re.sub(r"[–—‑]", "-", text).casefold()


def fit(
    features: np.ndarray, labels: Sequence[bool], shares: Sequence[float] | None = None
) -> list[float]:
    """The weights of a logistic regression, and its bias last; `shares` weigh the examples."""
    model = LogisticRegression(C=10, max_iter=1000).fit(features, labels, shares)
    return [round(float(weight), 4) for weight in (*model.coef_[0], model.intercept_[0])]


@dataclass(frozen=True)
class Outcome:
    """What became of a trial: the features of its confidence, and whether it came out right.

    `first` tells whether the best passage was right, `composed` whether the answer was, and
    `by_table` that the question named a place in a table, where no reading is asked.
    """

    features: np.ndarray
    first: bool
    composed: bool
    by_table: bool


def ask_all(data: Path, embedder: SentenceEmbedder) -> dict[str, list[Trial]]:
    """The trials of every set, by its name."""
    cases = [case for case in read_cases(EVALS) if case.outcome in ("answered", "unanswered")]
    with tempfile.TemporaryDirectory() as name:
        folders = (Path(name) / str(number) for number in itertools.count())

        def folder() -> Path:
            made = next(folders)
            made.mkdir()
            return made

        reference, reference_given = ask_reference(data / "qa/dev.jsonl", folder(), embedder)
        manual, manual_given = ask_manual(data / "emanual", folder(), embedder)
        asked = [ask_site(file, folder(), embedder) for file in sorted(UNSEEN.glob("*.jsonl"))]
        return {
            "reference": reference,
            "manual": manual,
            "reference_given": reference_given,
            "manual_given": manual_given,
            "sites": [trial for over_all, _ in asked for trial in over_all],
            "sites_given": [trial for _, alone in asked for trial in alone],
            "development": ask_development(cases, folder(), embedder),
            "off_topic": ask_off_topic(data / "clinc-oos/data_small.json", folder(), embedder),
        }


def fit_blend(judged: Sequence[tuple[Trial, np.ndarray, list[np.ndarray]]]) -> dict:
    """The regressions for passages and for units, over trials with what the reader judged by."""
    located = [
        (rows, flags)
        for trial, _, units in judged
        if trial.right_units
        for rows, flags, right in zip(units, trial.right_units, trial.right, strict=True)
        if right
    ]
    return {
        "passage": fit(
            np.vstack([passages for _, passages, _ in judged]),
            [flag for trial, _, _ in judged for flag in trial.right],
        ),
        "unit": fit(
            np.vstack([rows[:, :-1] for rows, _ in located]),
            [flag for _, flags in located for flag in flags],
        ),
    }


def conclude(
    trial: Trial, passages: np.ndarray, units: list[np.ndarray], reader: Reader
) -> Outcome:
    """What a reader with its blend makes of a trial that it judged."""
    question = trial.asked.question
    readings = reader.conclude(question, trial.candidates, passages, units).readings
    sections = (candidate.section for candidate in trial.candidates)
    named = table_named(trial.asked, sections, readings)
    composed = [each for each in compose(trial.asked, readings, named) if is_supported(each)]
    return Outcome(
        reader.weigh(question, trial.candidates, passages, units),
        trial.right[trial.candidates.index(readings[0].candidate)],
        trial.is_right(composed),
        named is not None,
    )


def fit_confidence(outcomes: dict[str, list[Outcome]]) -> list[float]:
    """The regression for the confidence; each set counts the same, however many it has."""
    examples = [
        (name, each)
        for name in outcomes
        # The manual's questions are all answerable: they would teach to be always sure. A given
        # section is mostly about the subject: it would teach that nearness to it does not matter.
        if name != "manual" and name not in MEASURED_ONLY
        for each in outcomes[name]
        if not each.by_table
    ]
    counts = Counter(name for name, _ in examples)
    return fit(
        np.array([each.features for _, each in examples]),
        [each.composed for _, each in examples],
        [len(examples) / len(counts) / counts[name] for name, _ in examples],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    sets = ask_all(arguments.shared / "data", SentenceEmbedder())
    reader = Reader()
    judged = {
        name: [(trial, *reader.judge(trial.asked.question, trial.candidates)) for trial in trials]
        for name, trials in sets.items()
    }
    fitted = [each for name in sets if name not in MEASURED_ONLY for each in judged[name]]
    write_card(regressions=fit_blend(fitted))
    blended = Reader()
    outcomes = {
        name: [conclude(*each, blended) for each in trials] for name, trials in judged.items()
    }
    *weights, bias = confidence = fit_confidence(outcomes)
    sure_of = Regression(np.array(weights), bias).probabilities
    figures = {}
    for name, trials in sets.items():
        sure = sure_of(np.array([each.features for each in outcomes[name]]))
        sure[[each.by_table for each in outcomes[name]]] = NAMED_CONFIDENCE
        figures[name] = _figures(trials, outcomes[name], sure)
        if name not in MEASURED_ONLY:
            _print_by_threshold(name, trials, outcomes[name], sure)
    card = write_card(regressions={"confidence": confidence}, figures=figures)
    print(json.dumps(card, indent=1))


def _figures(trials: Sequence[Trial], outcomes: Sequence[Outcome], sure: np.ndarray) -> dict:
    able = [trial.answerable for trial in trials]
    if not any(able):
        by_threshold = {str(least): round(float((sure >= least).mean()), 3) for least in THRESHOLDS}
        return {"questions": len(trials), "sure_from": by_threshold}
    shown = {
        "questions": len(trials),
        "right_first_of_answerable": _share([each.first for each in outcomes], able),
        "composed_rightly_of_answerable": _share([each.composed for each in outcomes], able),
    }
    if not all(able):
        shown["auroc"] = round(float(roc_auc_score(able, sure)), 3)
    return shown


def _print_by_threshold(
    name: str, trials: Sequence[Trial], outcomes: Sequence[Outcome], sure: np.ndarray
) -> None:
    able = sum(trial.answerable for trial in trials)
    composed = np.array([each.composed for each in outcomes])
    for threshold in THRESHOLDS:
        answered = sure >= threshold
        print(
            f"{name} from {threshold}: {(answered & composed).sum() / max(1, able):.1%} of the "
            f"answerable answered rightly, {(answered & ~composed).mean():.1%} wrong"
        )


def _share(flags: Sequence[bool], counted: Sequence[bool]) -> float:
    return round(float(np.mean([f for f, c in zip(flags, counted, strict=True) if c])), 3)


def write_card(regressions: dict[str, list[float]], **values: object) -> dict:
    """Put regressions and other values into the card of the weights, and give all of it."""
    card = json.loads((WEIGHTS / "reader.json").read_text(encoding="utf-8"))
    card |= {"regressions": card["regressions"] | regressions, **values}
    (WEIGHTS / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return card


if __name__ == "__main__":
    main()

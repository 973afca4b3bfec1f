"""Training examples for the reader: a question, a passage, and where in it the answer stands.

Passages are made by `index/`, so that the reader learns on what it will read.
"""

import hashlib
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import PageError
from index.page import find_pages, read_page
from index.passage import Passage, split_sections
from index.section import Section, Unit, read_sections, read_text
from index.term import STOPWORDS

_CUT = re.compile(r"\n|(?<=[.!?])\s")  # where a passage may be cut

Span = tuple[int, int]
CountTokens = Callable[[str], int]
Fold = Callable[[str, Sequence[dict[str, str]]], str]

PASSAGE_TOKENS = 256
# Characters of a passage that an example keeps; None is all. Many are short: more are read in the
# same time.
WINDOWS = (250, 300, 400, 400, 600, 600, None, None)

OWN_QUESTIONS = Path(__file__).parent / "questions"
UNSEEN = OWN_QUESTIONS / "unseen"  # on sites that nothing is ever trained on
# What the evidence of reference questions says to them, by `polarity_key`.
POLARITY_FILE = OWN_QUESTIONS / "polarity.json"
PAGES = Path(__file__).parent / "pages"  # sites of made-up companies, written for the training
DEFAULT_CORPUS = Path(__file__).parents[1] / "corpus"
# Named here again, for the training may run where what `bot.reader` needs is not installed.
READER = Path(__file__).parents[1] / "bot" / "weights"
POLARITIES = ("yes", "no", "depends")

# Where the reference data's names for sites and their paths lead to in the corpora.
SITES = {
    "mendix": "mendix-docs-2022/content/en/docs",
    "hugo": "hugo-docs",
    "fastapi": "fastapi-docs",
}

# Intents of CLINC150 that ask nothing, or that a help site may well answer.
NOT_OFF_TOPIC = frozenset(
    "are_you_a_bot cancel change_language goodbye greeting maybe no repeat reset_settings spelling "
    "thank_you translate what_can_i_ask_you yes".split()
)

# Typing slips are drawn from neighbours on a QWERTY keyboard.
_NEIGHBOURS = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A passage as the reader sees it: page title and headings, and what stands under them."""

    heading: str
    text: str


@dataclass(frozen=True)
class Answered:
    """A passage that answers: the character spans of its evidence units, and of the answer.

    `polarity` is what the evidence says to a question for yes or no ("yes", "no" or "depends"), ""
    for another question.
    """

    passage: Text
    evidence: tuple[Span, ...]
    answer: Span | None
    polarity: str = ""


@dataclass(frozen=True)
class Question:
    """A question on one section: the passages that answer it, and the section's other ones.

    `page` is the site and the page's path. An unanswerable question, a near miss, has no answering
    passage. `also` are headings under which the answer may stand too, on any page.
    """

    text: str
    page: tuple[str, str]
    section: str
    answering: tuple[Answered, ...]
    others: tuple[Text, ...]
    also: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        return bool(self.answering)


@dataclass(frozen=True)
class Example:
    """One question beside one passage."""

    question: str
    passage: Text
    answerable: bool
    evidence: tuple[Span, ...] = ()
    answer: Span | None = None
    polarity: str = ""


def read_qa(path: Path, count_tokens: CountTokens) -> list[Question]:
    """Questions of the reference data, less those whose evidence is not found again."""
    split: dict[str, list[tuple[Section, Passage]]] = {}
    polarities = json.loads(POLARITY_FILE.read_text(encoding="utf-8"))
    questions = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        names = [record["title"], *record["heading"].split(" > ")]
        heading = " > ".join(name for i, name in enumerate(names) if name not in names[:i])
        if record["text"] not in split:
            split[record["text"]] = _split(read_text("", record["text"]), count_tokens)
        units = [unit for section, _ in split[record["text"]] for unit in section.units]
        quotes = [record["evidence"]] if record["answerable"] else []
        question = _question(
            record["question"],
            (record["corpus"], record["path"]),
            record["section"],
            [
                (Text(heading, passage.text), section, passage)
                for section, passage in split[record["text"]]
            ],
            quoted_units(quotes, units),
            record.get("answer", ""),
            polarities.get(polarity_key(record["question"], record["text"]), ""),
        )
        if question.answerable == record["answerable"]:
            questions.append(question)
    return questions


def polarity_key(question: str, text: str) -> str:
    """What a question on a text is called by, where neither may be copied."""
    return hashlib.sha1(f"{question}\n{text}".encode()).hexdigest()[:12]


def read_own(
    path: Path, corpora: Path, count_tokens: CountTokens, fold: Fold | None = None
) -> list[Question]:
    """Our own questions (`training/questions`).

    They name the lines that answer, or quote them, of pages of the corpora or of `training/pages`.
    `fold` makes one question of a message and the turns before it; without it the message stays as
    it is.
    """
    pages: dict[tuple[str, str], list[Section]] = {}
    questions = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        place = record["corpus"], record["path"]
        if place not in pages:
            corpus = site_folder(corpora, record["corpus"])
            pages[place] = read_sections(read_page(corpus / record["path"], corpus))
        sections = [section for section in pages[place] if is_heading(record["heading"], section)]
        if not sections:
            continue
        at = record.get("lines", sections[0].lines)[0]
        meant = [section for section in sections if section.lines[0] <= at <= section.lines[1]]
        [section] = (meant or sections)[:1]
        history = record.get("history", ())
        question = _question(
            fold(record["question"], history) if fold and history else record["question"],
            place,
            f"{record['path']}#{record['heading']}",
            [
                (_text(section, passage), section, passage)
                for section, passage in _split([section], count_tokens)
            ],
            _named_units(record, section.units),
            record.get("answer", ""),
            record.get("polarity", ""),
        )
        if question.answerable == record["answerable"] and (question.answering or question.others):
            also = tuple(bare_heading(heading) for heading in record.get("also", ()))
            questions.append(replace(question, also=also))
    return questions


def _named_units(record: dict, units: Sequence[Unit]) -> list[Unit]:
    """Those of a section's units that a record gives as its evidence."""
    if "lines" not in record:
        return quoted_units(record.get("evidence", ()), units)
    first, last = record["lines"][0], record["lines"][-1]
    return [unit for unit in units if first <= unit.lines[1] and unit.lines[0] <= last]


def quoted_units(quotes: Sequence[str], units: Sequence[Unit]) -> list[Unit]:
    """The units that quotes are taken from: word for word, or where none is, nearly so."""
    found = []
    for quote in quotes:
        exact = [unit for unit in units if is_within(unit.quote, quote)]
        found += exact or [unit for unit in units if holds_or_is_held(unit.quote, quote)]
    return found


def is_quoted(quotes: Sequence[str], unit: Unit) -> bool:
    """Whether a unit is one that some quotes of evidence are taken from."""
    return any(holds_or_is_held(unit.quote, quote) for quote in quotes)


def site_folder(corpora: Path, site: str) -> Path:
    """The folder of a site: the default corpus, one of `training/pages`, or one of the corpora."""
    own = DEFAULT_CORPUS if site == "default" else PAGES / site
    return own if own.is_dir() else corpora / SITES.get(site, site)


def site_name(site: str) -> str:
    """One name for a site that the reference data and our own questions call differently."""
    return SITES.get(site, site).partition("/")[0]


def is_heading(heading: str, section: Section) -> bool:
    """Whether a section stands under a heading; what comes before the first, under the title."""
    return bare_heading([section.title, *section.headings][-1]) == bare_heading(heading)


def bare_heading(heading: str) -> str:
    """A heading without number and markup, in lower case, for comparison."""
    return " ".join(re.findall(r"\w+", re.sub(r"^\d[\d.]*\s+", "", heading.strip()))).lower()


def _question(text, page, section_id, passages, quoted, answer, polarity) -> Question:
    answering, others = [], []
    for shown, section, passage in passages:
        found = [(unit, span) for unit, span in _unit_spans(section, passage) if unit in quoted]
        rows = [unit for unit, _ in found if unit.kind == "row"]
        if len(rows) > 1 and answer:
            # Lines may run from a table's header down to the row that is meant.
            meant = [row for row in rows if answer.lower() in row.text.lower()] or rows[-1:]
            found = [(unit, span) for unit, span in found if unit.kind != "row" or unit in meant]
        evidence = tuple(span for _, span in found)
        if not evidence:
            others.append(shown)
            continue
        at = shown.text.lower().find(answer.lower(), evidence[0][0]) if answer else -1
        span = (at, at + len(answer)) if at >= 0 else None
        answering.append(Answered(shown, evidence, span, polarity))
    return Question(text, page, section_id, tuple(answering), tuple(others))


def _split(sections: Sequence[Section], count_tokens: CountTokens) -> list[tuple[Section, Passage]]:
    return [
        (sections[passage.section], passage)
        for passage in split_sections(sections, count_tokens, PASSAGE_TOKENS)
    ]


def _text(section: Section, passage: Passage) -> Text:
    prefix = passage.embedded_text[: len(passage.embedded_text) - len(passage.text)]
    return Text(prefix.strip(), passage.text)


def _unit_spans(section: Section, passage: Passage):
    """Each unit of a passage with the characters that it takes in the passage's text."""
    spans, position = [], 0
    for unit in section.units[passage.first_unit : passage.last_unit + 1]:
        first = passage.text.find(unit.text, position)
        if first >= 0:
            position = first + len(unit.text)
            spans.append((unit, (first, position)))
    return spans


def holds_or_is_held(quote: str, evidence: str) -> bool:
    """Whether two texts are one within the other, or nearly the same, markup aside."""
    one, other = _bare_words(quote), _bare_words(evidence)
    alike = len({*one} & {*other}) > 0.5 * len({*one, *other})
    return alike or is_within(quote, evidence)


def is_within(quote: str, evidence: str) -> bool:
    """Whether one of two texts is within the other, markup aside."""
    one, other = (f" {' '.join(_bare_words(text))} " for text in (quote, evidence))
    return bool(one.strip() and other.strip()) and (one in other or other in one)


def _bare_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def read_policies(path: Path) -> list[list[dict]]:
    """PolicyQA: for each policy its paragraphs with questions, spans and question types."""
    policies = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        paragraphs = []
        for paragraph in article["paragraphs"]:
            questions = []
            for qa in paragraph["qas"]:
                longest = max(qa["answers"], key=lambda answer: len(answer["text"]))
                span = (longest["answer_start"], longest["answer_start"] + len(longest["text"]))
                questions.append((qa["question"], span, qa["type"].split("|||")[0]))
            paragraphs.append(
                {"title": article["title"], "text": paragraph["context"], "questions": questions}
            )
        policies.append(paragraphs)
    return policies


def read_off_topic(path: Path) -> list[str]:
    """CLINC150: what people ask of assistants for other things."""
    queries = json.loads(path.read_text(encoding="utf-8"))
    asked = queries["train"] + queries["oos_train"]
    return [text for text, intent in asked if intent not in NOT_OFF_TOPIC]


def policy_questions(policies: Sequence[list[dict]]) -> list[tuple[list[dict], dict, tuple]]:
    """Each question of PolicyQA with its policy and its paragraph."""
    return [
        (paragraphs, paragraph, question)
        for paragraphs in policies
        for paragraph in paragraphs
        for question in paragraph["questions"]
    ]


def policy_group(
    asked: tuple[list[dict], dict, tuple], policies: Sequence[list[dict]], rng: random.Random
) -> list[Example]:
    """One of `policy_questions`, beside its paragraph and one about something else.

    A paragraph is about something else when none of its own questions is of the same type; the
    questions are so general that a random paragraph would often answer them.
    """
    paragraphs, paragraph, (question, span, kind) = asked
    heading = paragraph["title"] if rng.random() < 0.5 else ""
    evidence = (_sentence_around(paragraph["text"], span),)
    group = [Example(question, Text(heading, paragraph["text"]), True, evidence, span)]
    pool = paragraphs if rng.random() < 0.7 else rng.choice(policies)
    others = [p for p in pool if kind not in {q[2] for q in p["questions"]}]
    if others:
        group.append(Example(question, Text(heading, rng.choice(others)["text"]), False))
    return group


def _sentence_around(text: str, span: Span) -> Span:
    """The span widened to the sentence or line that holds it."""
    marks = (". ", "\n", "? ", "! ")
    first = max(text.rfind(mark, 0, span[0]) for mark in marks) + 1
    ends = [text.find(mark, max(span[0], span[1] - 1)) for mark in marks]
    last = min([end + 1 for end in ends if end >= 0], default=len(text))
    return first, max(last, span[1])


def with_typing_slips(question: str, rng: random.Random) -> str:
    """The question as somebody in a hurry types it: slips, no capitals, no question mark."""
    words = question.split()
    if rng.random() < 0.5:
        words = [word.lower() for word in words]
    if rng.random() < 0.5:
        words[-1] = words[-1].rstrip("?.") or words[-1]
    for _ in range(rng.choice((0, 1, 1, 2))):
        at = rng.randrange(len(words))
        word = words[at]
        if len(word) < 4 or not word.isalpha():
            continue
        i = rng.randrange(1, len(word) - 1)
        slip = rng.random()
        if slip < 0.35:
            words[at] = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        elif slip < 0.65:
            words[at] = word[:i] + word[i + 1 :]
        elif slip < 0.8:
            words[at] = word[:i] + word[i] + word[i:]
        else:
            words[at] = word[:i] + rng.choice(_NEIGHBOURS.get(word[i].lower(), "e")) + word[i + 1 :]
    return " ".join(words)


def as_keywords(question: str) -> str:
    """The question as somebody types it into a search box: without the words that carry nothing."""
    words = [word for word in question.split() if word.strip("?,.'").lower() not in STOPWORDS]
    return " ".join(words).rstrip("?.") if len(words) > 1 else question


def windowed(example: Example, limit: int | None, rng: random.Random) -> Example:
    """The example with a stretch of its passage that holds all evidence, cut at line or sentence.

    Sections differ in length by ten times and more; the reader should not learn from the length.
    Without evidence it is mostly the stretch that looks most like it. `limit` is in characters;
    None keeps everything.
    """
    text = example.passage.text
    first = min((span[0] for span in example.evidence), default=_likely_place(example, rng))
    last = max((span[1] for span in example.evidence), default=first)
    if limit is None or len(text) <= limit or last - first >= limit:
        return example
    # What leads in stands before: most of the room goes there.
    earliest = max(0, first - round(rng.uniform(0.5, 1) * (limit - (last - first))))
    cuts = [0, *(m.end() for m in _CUT.finditer(text)), len(text)]
    start = max(cut for cut in cuts if cut <= first and (cut <= earliest or cut == 0))
    end = min(cut for cut in cuts if cut >= max(last, min(len(text), start + limit)))
    answer = example.answer
    return replace(
        example,
        passage=Text(example.passage.heading, text[start:end].rstrip()),
        evidence=tuple((a - start, b - start) for a, b in example.evidence),
        answer=(answer[0] - start, answer[1] - start) if answer else None,
    )


def _likely_place(example: Example, rng: random.Random) -> int:
    """Where the sentence or line begins that shares most words with the question, mostly."""
    text = example.passage.text
    if rng.random() < 0.25:
        return rng.randrange(len(text))
    asked = _meant(example.question)
    places = [0, *(m.end() for m in _CUT.finditer(text))]
    shared = [
        len(asked & _meant(text[start:end]))
        for start, end in zip(places, [*places[1:], len(text)], strict=True)
    ]
    return min(places[shared.index(max(shared))], len(text) - 1)


def _meant(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if word not in STOPWORDS}


def page_passages(corpora: Path, site: str, path: str, count_tokens: CountTokens) -> list[Text]:
    """All passages of a page but the shortest; none where the corpora do not hold the page."""
    corpus = site_folder(corpora, site)
    file = corpus / (path.removeprefix("docs/") if site == "fastapi" else path)
    if not file.exists():
        return []
    try:
        sections = read_sections(read_page(file, corpus))
    except PageError:
        return []
    split = _split(sections, count_tokens)
    texts = [_text(section, passage) for section, passage in split]
    return [text for text in texts if len(text.text) > 60]


def site_pages(corpora: Path, site: str) -> list[tuple[str, str]]:
    """All pages of a site: (site, path)."""
    folder = site_folder(corpora, site)
    return [(site, file.relative_to(folder).as_posix()) for file in find_pages(folder)]


def sample_pages(corpora: Path, sites: dict[str, int], rng: random.Random) -> list[tuple[str, str]]:
    """So many pages of each site, drawn: (site, path)."""
    pages = []
    for site, count in sites.items():
        held = site_pages(corpora, site)
        pages += rng.sample(held, min(count, len(held)))
    return pages

"""The search while typing: passages for words that may not be finished, filtered and marked."""

import re
from collections.abc import Mapping
from itertools import groupby

from pydantic import BaseModel, Field

from bot.profile import Product, Profile
from bot.words import content_stems, stems
from index.retriever import Hit, HybridRetriever, Query
from index.section import Section
from index.store import LiveIndex
from index.term import stem

LOOKED_AT = 40  # passages whose pages and sections are offered as filters
_LEAST_PREFIX = 2  # letters of a word that is being typed from which it is completed and marked
_WORD = re.compile(r"[^\W_]+")
_LAST_WORD = re.compile(r"[^\W_]+$")


class ShownPassage(BaseModel):
    """A passage that was found, as the desk shows it."""

    parts: list[str] = Field(
        description="its text in parts, of which every other one, from the second, is marked"
    )
    title: str
    section: list[str]
    url: str
    path: str
    lines: tuple[int, int]
    section_line: int = Field(description="the first line of its section")
    score: float


class Filter(BaseModel):
    """A page, or a section by its first line, that holds some of what was found."""

    path: str
    line: int | None = Field(None, description="None for a page")
    title: str
    passages: int


class FoundPassages(BaseModel):
    """What a search found, best first, and by what it can be narrowed down."""

    passages: list[ShownPassage]
    pages: list[Filter]
    sections: list[Filter]


def search_passages(
    live: LiveIndex, profile: Profile, text: str, k: int, path: str = "", line: int | None = None
) -> FoundPassages:
    """The k best passages for words as far as they are typed; none for no words.

    Those of one page where a `path` is given, and of one of its sections where its first `line` is.
    Raises IndexUnusable when there is no index.
    """
    retriever = HybridRetriever(live=live, synonyms=profile.synonyms)
    typed = text.strip()
    if not _WORD.search(typed):
        return FoundPassages(passages=[], pages=[], sections=[])
    unfinished = _LAST_WORD.search(text)
    query = retriever.query(complete(typed, live.current().vocabulary) if unfinished else typed)
    hits = everywhere = retriever.search(query, LOOKED_AT)
    if path:
        hits = retriever.search_page(query, LOOKED_AT, path)
    narrowed = [hit for hit in hits if line in (None, hit.section.lines[0])]
    wanted = _wanted_stems(query)
    prefix = unfinished[0].casefold() if unfinished else ""
    return FoundPassages(
        passages=[_shown(hit, wanted, prefix, profile.product) for hit in narrowed[:k]],
        pages=_pages(everywhere),
        sections=_sections(hits) if path else [],
    )


def complete(text: str, vocabulary: Mapping[str, int]) -> str:
    """The text with its last word, where the pages have no such word, as one that begins so.

    Of several the one that most passages hold; the text as it is where no word begins so.
    """
    last = _LAST_WORD.search(text)
    typed = last[0].casefold() if last else ""
    if len(typed) < _LEAST_PREFIX or typed in vocabulary:
        return text
    begun = [word for word in vocabulary if word.startswith(typed)]
    if not begun:
        return text
    return text[: last.start()] + max(begun, key=lambda word: (vocabulary[word], word))


def mark(text: str, wanted: set[str], prefix: str) -> list[str]:
    """The text in parts, of which every other one, from the second, is to be marked.

    Marked are the words whose stems are `wanted`, and those that begin with `prefix`.
    """
    parts = [""]
    end = 0
    for word in _WORD.finditer(text):
        begins = len(prefix) >= _LEAST_PREFIX and word[0].casefold().startswith(prefix)
        if not begins and stem(word[0]) not in wanted:
            continue
        parts[-1] += text[end : word.start()]
        parts += [word[0], ""]
        end = word.end()
    parts[-1] += text[end:]
    return parts


def _wanted_stems(query: Query) -> set[str]:
    words = " ".join([query.spelled, *(synonym.means for synonym in query.synonyms)])
    return set(content_stems(words) or stems(words))


def _shown(hit: Hit, wanted: set[str], prefix: str, product: Product) -> ShownPassage:
    return ShownPassage(
        parts=mark(hit.passage.text, wanted, prefix),
        title=hit.section.title,
        section=list(hit.section.headings),
        url=product.link_to(hit.section.url),
        path=hit.section.path,
        lines=hit.passage.lines,
        section_line=hit.section.lines[0],
        score=round(hit.score, 4),
    )


def _pages(hits: list[Hit]) -> list[Filter]:
    """The pages of what was found, in the order of their titles."""

    def key(section: Section) -> tuple[str, str]:
        return section.title.casefold(), section.path

    ordered = sorted((hit.section for hit in hits), key=key)
    return [
        Filter(path=section.path, title=section.title, passages=1 + len(list(others)))
        for _, others in groupby(ordered, key)
        if (section := next(others))
    ]


def _sections(hits: list[Hit]) -> list[Filter]:
    """The sections of what was found on one page, in its order."""

    def key(section: Section) -> int:
        return section.lines[0]

    ordered = sorted((hit.section for hit in hits), key=key)
    return [
        Filter(
            path=section.path,
            line=line,
            title=" › ".join(section.headings) or section.title,
            passages=1 + len(list(others)),
        )
        for line, others in groupby(ordered, key)
        if (section := next(others))
    ]

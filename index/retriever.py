"""The retriever: a query finds the passages that mean the same or share its words."""

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.build import build_index
from index.embedder import SentenceEmbedder
from index.passage import Passage
from index.section import Section
from index.store import Index, LiveIndex, has_index
from index.term import split_terms, split_words, stem

CANDIDATES = 100  # passages that each of the two searches puts forward
# Of a term that stands in the query by its synonym. From 0.5 on, synonyms cost other questions
# more of their first places than they gain.
SYNONYM_WEIGHT = 0.3
KEYWORD_SHARE = 0.3  # of a hit's score
CONTEXT_WEIGHT = 0.3  # of the score for what was said before, in that of a follow-up

# A shorter unknown word is more often a name than a misspelling, a longer one no English word.
_CORRECTABLE = re.compile(r"\b[^\W\d_]{4,24}\b")
# "cant" made "can" would ask the opposite.
_CONTRACTED = {
    whole.replace("'", ""): whole
    for whole in (
        "aren't can't couldn't didn't doesn't don't hadn't hasn't haven't here's how's isn't it'll "
        "shouldn't that's there's they're wasn't weren't we've what's where's who's won't "
        "wouldn't you're you've"
    ).split()
}


@dataclass(frozen=True)
class Synonym:
    """A term that the query holds, and one that means the same."""

    said: str
    means: str


@dataclass(frozen=True)
class Query:
    """What is searched for.

    `spelled` is `text` with the words corrected that neither the documentation nor the embedding
    model knows; `synonyms` are the terms that mean the same as one in it. What is like `context`,
    the words that a conversation was at, is preferred a little.
    """

    text: str
    spelled: str
    synonyms: tuple[Synonym, ...] = ()
    context: str = ""


@dataclass(frozen=True)
class Hit:
    """A passage that a query found, and the section it is part of.

    `score` (0 to 1) orders the hits, by the vector of the text as a query. `similarity` is the
    plain cosine of query and passage, `bm25` the keyword score: 0 when they share no term, without
    upper bound.
    """

    passage: Passage
    section: Section
    score: float
    similarity: float
    bm25: float


class HybridRetriever(BaseRetriever):
    """Searches the published index by meaning (FAISS) and by keywords (BM25) at once.

    `synonyms` are groups of terms that mean the same; `k` is how many documents LangChain gets.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    live: LiveIndex
    synonyms: tuple[tuple[str, ...], ...] = ()
    k: int = Field(5, ge=1)

    @classmethod
    def open(
        cls,
        corpus: Path | str = "corpus",
        data: Path | str = "data",
        synonyms: Sequence[Sequence[str]] = (),
        k: int = 5,
    ) -> "HybridRetriever":
        """A retriever for the pages in a folder, with the bundled model.

        The index is built in the folder `data` first where there is none; one that is there is
        taken as it is, and searched anew whenever a build replaces it. Raises CorpusError or
        BuildError when it cannot be built, and IndexUnusable for a faulty model or index.
        """
        embedder = SentenceEmbedder()
        if not has_index(Path(data)):
            build_index(Path(corpus), Path(data), embedder, lambda *_: None)
        live = LiveIndex(Path(data), embedder)
        live.current()
        return cls(live=live, synonyms=tuple(map(tuple, synonyms)), k=k)

    def query(self, text: str, context: str = "") -> Query:
        """A query out of a text as someone wrote it, in the context of other words.

        Raises IndexUnusable when there is no index, whose words spelling is held against.
        """
        vocabulary = self.live.current().vocabulary
        spelled = correct_spelling(text, vocabulary, self.live.embedder.knows)
        return Query(text, spelled, find_synonyms(spelled, self.synonyms), context)

    def search(self, query: Query, k: int) -> list[Hit]:
        """The k best passages for a query, best first.

        There are at most 2 * `CANDIDATES`, twice that in a context, and fewer than k when the index
        is smaller than that. Raises IndexUnusable when there is no index to search.
        """
        return self._search(self.live.current(), query, k, None)

    def search_page(self, query: Query, k: int, path: str) -> list[Hit]:
        """The k best passages of one page alone, best first; none where there is no such page.

        Raises IndexUnusable when there is no index to search.
        """
        index = self.live.current()
        within = index.passages_of(path)
        return self._search(index, query, k, within) if within else []

    def _search(
        self, index: Index, query: Query, k: int, within: Sequence[int] | None
    ) -> list[Hit]:
        synonyms = ", ".join(dict.fromkeys(synonym.means for synonym in query.synonyms))
        widened = f"{query.spelled} ({synonyms})" if synonyms else query.spelled
        keyword_scores = score_terms(index.bm25, split_terms(query.spelled))
        keyword_scores += SYNONYM_WEIGHT * score_terms(index.bm25, split_terms(synonyms))
        # Each row is one search: for the query, and for its context if it has one.
        texts = [widened, query.context] if query.context else [widened]
        vectors = self.live.embedder.embed(texts)
        searched = vectors.copy()
        if self.live.embedder.adapts_queries:
            searched[:1] = self.live.embedder.embed_queries(texts[:1])
        keywords = np.stack(
            [keyword_scores, score_terms(index.bm25, split_terms(query.context))][: len(vectors)]
        )
        candidates = (
            np.asarray(within)
            if within is not None
            else np.union1d(
                index.vectors.search(searched, min(CANDIDATES, len(index.passages)))[1],
                np.argsort(-keywords)[:, :CANDIDATES],
            )
        )
        found = index.vectors.reconstruct_batch(candidates)
        similarities = found @ vectors[0]
        nearness = searched @ found.T
        keywords = keywords[:, candidates]
        scores = fuse(nearness[0], keywords[0])
        if query.context:
            in_context = fuse(nearness[1], keywords[1])
            scores = (1 - CONTEXT_WEIGHT) * scores + CONTEXT_WEIGHT * in_context
        return [
            Hit(
                passage=(passage := index.passages[candidates[best]]),
                section=index.sections[passage.section],
                score=float(scores[best]),
                similarity=float(similarities[best]),
                bm25=float(keywords[0, best]),
            )
            for best in np.argsort(-scores, kind="stable")[:k]
        ]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [
            Document(
                page_content=hit.passage.text,
                metadata={
                    "title": hit.section.title,
                    "section": list(hit.section.headings),
                    "url": hit.section.url,
                    "path": hit.section.path,
                    "lines": list(hit.passage.lines),
                    "score": hit.score,
                },
            )
            for hit in self.search(self.query(query), self.k)
        ]


def score_terms(bm25: bm25s.BM25, terms: Sequence[str]) -> np.ndarray:
    """The score of every text of a keyword index for some terms, float32 of shape (texts,)."""
    known = [term for term in terms if term in bm25.vocab_dict]
    if not known:
        return np.zeros(bm25.scores["num_docs"], dtype=np.float32)
    return bm25.get_scores(known)


def fuse(similarities: np.ndarray, keyword_scores: np.ndarray) -> np.ndarray:
    """One score from 0 to 1 for each candidate, out of its cosine and its BM25 score.

    Each is spread from 0 for the last of its best `CANDIDATES` to 1 for the best, and the keywords
    count `KEYWORD_SHARE`. With adapted queries a right passage is so among the first seven for 73 %
    of 557 questions on sites never trained on, with equal shares for 68 %, and for 67 % with equal
    shares and queries as they are.
    """
    return (1 - KEYWORD_SHARE) * _spread(similarities) + KEYWORD_SHARE * _spread(keyword_scores)


def find_synonyms(query: str, groups: Iterable[Sequence[str]]) -> tuple[Synonym, ...]:
    """The terms that mean the same as one that the query holds, in any inflection."""
    folded = _stemmed(query)
    found = []
    for group in groups:
        said = max((term for term in group if _stemmed(term) in folded), key=len, default=None)
        if said is not None:
            found += [Synonym(said, term) for term in group if _stemmed(term) not in folded]
    return tuple(found)


def correct_spelling(
    query: str, vocabulary: Mapping[str, int], is_word: Callable[[str], bool]
) -> str:
    """The query with each misspelled word replaced by the nearest one of the vocabulary.

    A word is misspelled that neither the vocabulary holds nor `is_word` accepts, apart from a name
    with capitals inside; a contraction gets its apostrophe back. Near is one letter added, dropped,
    changed or swapped with the next, and the first one is seldom typed wrongly; of several such
    words, the one that most passages hold is taken, and without any the word stays.
    """

    def nearest(match: re.Match[str]) -> str:
        word = match[0].casefold()
        if word in _CONTRACTED:
            return match[0][0] + _CONTRACTED[word][1:]
        is_name = not match[0].isupper() and not match[0][1:].islower()
        if word in vocabulary or is_word(word) or is_name:
            return match[0]
        near = [
            other
            for other in _one_edit_away(word)
            if other in vocabulary and (other[0] == word[0] or other[:2] == word[1::-1])
        ]
        return max(near, key=lambda other: (vocabulary[other], other), default=match[0])

    return _CORRECTABLE.sub(nearest, query)


def _spread(scores: np.ndarray) -> np.ndarray:
    last, best = np.sort(scores)[[-min(CANDIDATES, len(scores)), -1]]
    return np.clip((scores - last) / max(best - last, 1e-9), 0, 1)


def _stemmed(text: str) -> str:
    return f" {' '.join(stem(word) for word in split_words(text))} "


def _one_edit_away(word: str) -> set[str]:
    """After Peter Norvig, How to Write a Spelling Corrector, norvig.com/spell-correct.html."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    dropped = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    letters = string.ascii_lowercase
    changed = {left + letter + right[1:] for left, right in splits if right for letter in letters}
    added = {left + letter + right for left, right in splits for letter in letters}
    return dropped | swapped | changed | added

"""Negatives for the training: passages that look as if they answered a question, and do not."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from index.term import STOPWORDS
from training.examples import Question, Text, bare_heading, site_name

NEAREST = 10  # negatives of its own site kept for each question, as many as a search would show
MINED = 60  # negatives kept for each question out of all sites


class Pool:
    """Passages to mine negatives from: by their words, and by what their words stand beside.

    For the latter the vectors are those of latent semantic analysis, of length 1. `places` are
    those of a site's passages among all.
    """

    def __init__(self, texts: Mapping[str, Iterable[Text]]):
        """The passages of each site; what several sites hold is one passage."""
        self.texts = list(dict.fromkeys(itertools.chain.from_iterable(texts.values())))
        place = {text: i for i, text in enumerate(self.texts)}
        self.places = {
            site: np.array(sorted({place[text] for text in held})) for site, held in texts.items()
        }
        self._words = TfidfVectorizer(
            sublinear_tf=True, stop_words=sorted(STOPWORDS), dtype=np.float32
        )
        held = self._words.fit_transform([f"{text.heading}\n{text.text}" for text in self.texts])
        self._svd = TruncatedSVD(256, random_state=0)
        self.vectors = normalize(self._svd.fit_transform(held)).astype(np.float32)
        self._held = held.T.tocsr()

    def nearest(
        self, questions: Sequence[str], count: int, site: str | None = None
    ) -> Iterator[list[int]]:
        """For each question the places of the nearest passages, by vectors and by words in turn.

        They are those of one site, or of all.
        """
        places = np.arange(len(self.texts)) if site is None else self.places[site]
        vectors, held = self.vectors[places].T, self._held[:, places]
        for start in range(0, len(questions), 256):
            asked = self._words.transform(questions[start : start + 256])
            by_vector = self._svd.transform(asked).astype(np.float32) @ vectors
            by_words = (asked @ held).toarray()
            for scores in zip(by_vector, by_words, strict=True):
                ranked = (places[_highest(each, count)].tolist() for each in scores)
                yield list(dict.fromkeys(i for pair in zip(*ranked, strict=True) for i in pair))


@dataclass(frozen=True)
class Negatives:
    """Passages that look right for a question and are not, nearest first.

    Those of its own site are what a search shows beside the right passage; of all sites, they are
    what is nearest anywhere.
    """

    own_site: list[Text]
    all_sites: list[Text]


def mine_negatives(questions: Sequence[Question], pool: Pool) -> list[Negatives]:
    """The negatives of each question.

    Left out are passages that hold the answer's own words, stand under a heading named for the
    question, or are nearly the same text as a right one: they may well answer the question too.
    """
    place = {text: i for i, text in enumerate(pool.texts)}
    headings = [bare_heading(text.heading.rpartition(" > ")[2]) for text in pool.texts]

    def wrong(question: Question, near: Iterable[int]) -> Iterator[Text]:
        own = [place[a.passage] for a in question.answering] + [place[t] for t in question.others]
        own_texts = {pool.texts[i] for i in own}
        answers = {a.passage.text[slice(*a.answer)].lower() for a in question.answering if a.answer}
        for i in near:
            if (
                pool.texts[i] not in own_texts
                and headings[i] not in question.also
                and (pool.vectors[own] @ pool.vectors[i]).max(initial=0) < 0.9
                and not any(len(a) > 3 and a in pool.texts[i].text.lower() for a in answers)
            ):
                yield pool.texts[i]

    by_site: dict[str, list[int]] = defaultdict(list)
    for i, question in enumerate(questions):
        by_site[site_name(question.page[0])].append(i)
    mined = {}
    for site, asked in by_site.items():
        texts = [questions[i].text for i in asked]
        nearest = zip(
            asked,
            pool.nearest(texts, NEAREST + 20, site),
            pool.nearest(texts, MINED + 20),
            strict=True,
        )
        for i, near, anywhere in nearest:
            mined[i] = Negatives(
                list(itertools.islice(wrong(questions[i], near), NEAREST)),
                list(itertools.islice(wrong(questions[i], anywhere), MINED)),
            )
    return [mined[i] for i in range(len(questions))]


def _highest(scores: np.ndarray, count: int) -> np.ndarray:
    """The places of the highest scores, highest first."""
    places = np.argpartition(-scores, min(count, len(scores) - 1))[:count]
    return places[np.argsort(-scores[places], kind="stable")]

"""Negatives for the training: passages that look as if they answered a question, and do not."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from index.term import STOPWORDS
from training.collection import Negatives
from training.examples import Question, Text, bare_heading, site_name

NEAREST = 20  # negatives of its own site kept for each question, twice what a search would show
MINED = 40  # negatives kept for each question out of all sites
OFF_TOPIC_SHOWN = 8  # passages out of which an off-topic query is shown one


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

    def nearest(self, asked: Sequence[tuple[str, str]]) -> Iterator[tuple[list[int], list[int]]]:
        """For each site and question the places of the nearest passages: of the site, and of all.

        They come by vectors and by words in turn, some more than are to be kept.
        """
        for start in range(0, len(asked), 256):
            part = asked[start : start + 256]
            words = self._words.transform([question for _, question in part])
            by_vector = self._svd.transform(words).astype(np.float32) @ self.vectors.T
            by_words = (words @ self._held).toarray()
            for (site, _), *scores in zip(part, by_vector, by_words, strict=True):
                own = self.places[site]
                near = _in_turn([own[_highest(each[own], NEAREST + 20)] for each in scores])
                yield near, _in_turn([_highest(each, MINED + 20) for each in scores])


def mine_negatives(questions: Sequence[Question], pool: Pool) -> list[Negatives]:
    """The negatives of each question.

    Left out are passages that hold the answer's own words, stand under a heading named for the
    question, or are nearly the same text as a right one: they may well answer the question too.
    """
    place = {text: i for i, text in enumerate(pool.texts)}
    headings = [bare_heading(text.heading.rpartition(" > ")[2]) for text in pool.texts]

    def negatives(question: Question, *nearest: list[int]) -> Negatives:
        own = [place[a.passage] for a in question.answering] + [place[t] for t in question.others]
        answers = {a.passage.text[slice(*a.answer)].lower() for a in question.answering if a.answer}

        def is_wrong(i: int) -> bool:
            return (
                i not in own
                and headings[i] not in question.also
                and (pool.vectors[own] @ pool.vectors[i]).max(initial=0) < 0.9
                and not any(len(a) > 3 and a in pool.texts[i].text.lower() for a in answers)
            )

        near, anywhere = ([pool.texts[i] for i in filter(is_wrong, each)] for each in nearest)
        return Negatives(near[:NEAREST], anywhere[:MINED])

    asked = [(site_name(question.page[0]), question.text) for question in questions]
    return [
        negatives(question, *nearest)
        for question, nearest in zip(questions, pool.nearest(asked), strict=True)
    ]


def off_topic_questions(
    queries: Sequence[str], site: str, pool: Pool
) -> list[tuple[Question, Negatives]]:
    """Queries about other things, as questions that the nearest passages of a site do not answer.

    They are on no page of the site, so that they do not come as often as its own questions, and
    are shown no passage of another site, which may well answer them.
    """
    asked = [Question(query, (site, ""), query, (), ()) for query in queries]
    return [
        (
            replace(
                question, page=("off_topic", ""), others=tuple(mined.own_site[:OFF_TOPIC_SHOWN])
            ),
            Negatives(mined.own_site, []),
        )
        for question, mined in zip(asked, mine_negatives(asked, pool), strict=True)
    ]


def _in_turn(ranked: Sequence[np.ndarray]) -> list[int]:
    """The places of several rankings of like length, in turn, each once."""
    return list(dict.fromkeys(int(i) for places in zip(*ranked, strict=True) for i in places))


def _highest(scores: np.ndarray, count: int) -> np.ndarray:
    """The places of the highest scores, highest first."""
    places = np.argpartition(-scores, min(count, len(scores) - 1))[:count]
    return places[np.argsort(-scores[places], kind="stable")]

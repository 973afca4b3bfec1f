"""A term: what keyword search counts, a word in the form that its variants share."""

import re
import unicodedata
from functools import lru_cache

import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS

STOPWORDS = frozenset(STOPWORDS_EN_PLUS)

# Letters and digits, held together by what version numbers, addresses and code put between them.
_COMPOUND = re.compile(r"[^\W_]+(?:[.\-_@/+:]+[^\W_]+)*(?:\+\+|#)?")
_WORD = re.compile(r"[^\W_]+")
_CAMEL_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLURAL_OF_ACRONYM = re.compile(r"\b([A-Z]{2,})s\b")
_stemmer = Stemmer.Stemmer("english")


def split_words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation, camel case taken apart."""
    return [word.casefold() for word in _WORD.findall(_CAMEL_HUMP.sub(" ", _fold(text)))]


def split_terms(text: str) -> list[str]:
    """The terms of a text, in order: stemmed words without stop words, and compounds.

    A compound ("10.6.1", "support@example.com", "read-only", "getUserName") counts whole and by its
    words, so that it is found by either.
    """
    return [term for compound in _COMPOUND.findall(_fold(text)) for term in _terms_of(compound)]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of an English word (Snowball): "Vendor’s" and "vendors" give the same.

    Nothing is taken apart: a version or an e-mail address stays whole.
    """
    plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    # The stemmer would cut further where it makes an exception: "atlas", but "atla" of "atlas's".
    return _stemmer.stemWord(plain.removesuffix("'s"))


@lru_cache(maxsize=100_000)
def _terms_of(compound: str) -> tuple[str, ...]:
    words = split_words(compound)
    whole = compound.casefold()
    stems = tuple(stem(word) for word in words if word not in STOPWORDS)
    return stems if words == [whole] else (whole, *stems)


def _fold(text: str) -> str:
    return _PLURAL_OF_ACRONYM.sub(r"\1", unicodedata.normalize("NFKC", text))

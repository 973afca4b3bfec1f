"""The language of a message, told by its script and its function words."""

import re
import unicodedata
from collections.abc import Container

from bm25s import stopwords

from index.term import STOPWORDS, split_words

_FUNCTION_WORDS = {
    "Danish": frozenset(stopwords.STOPWORDS_DANISH),
    "Dutch": frozenset(stopwords.STOPWORDS_DUTCH),
    "French": frozenset(stopwords.STOPWORDS_FRENCH),
    "German": frozenset(stopwords.STOPWORDS_GERMAN),
    "Italian": frozenset(stopwords.STOPWORDS_ITALIAN),
    "Norwegian": frozenset(stopwords.STOPWORDS_NORWEGIAN),
    "Portuguese": frozenset(stopwords.STOPWORDS_PORTUGUESE),
    "Spanish": frozenset(stopwords.STOPWORDS_SPANISH),
    "Swedish": frozenset(stopwords.STOPWORDS_SWEDISH),
    "Turkish": frozenset(stopwords.STOPWORDS_TURKISH),
}
# The first word of a letter's Unicode name, where it is a script that English is not written in.
_SCRIPTS = {
    "ARABIC": "Arabic",
    "CJK": "Chinese",
    "CYRILLIC": "Russian",
    "DEVANAGARI": "Hindi",
    "GREEK": "Greek",
    "HANGUL": "Korean",
    "HEBREW": "Hebrew",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "THAI": "Thai",
}
# The end of "shop.de" is no French word.
_NAME_OF_A_DOMAIN = re.compile(r"[\w-]*(?:\.[\w-]+)+")
_FEWEST = 2  # function words that make a language; one may be a name


def foreign_language(text: str, known_words: Container[str]) -> str | None:
    """The language of a text that is not English, or None for English and for what is unclear.

    `known_words` are those of the documentation: a language whose function words it uses is its
    own. A script stands for its most common language.
    """
    letters = [unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()]
    for script, language in _SCRIPTS.items():
        if letters.count(script) > len(letters) / 2:
            return language
    words = split_words(_NAME_OF_A_DOMAIN.sub(" ", text))
    english = sum(word in STOPWORDS for word in words)
    heard = {
        language: [word for word in words if word in function_words]
        for language, function_words in _FUNCTION_WORDS.items()
    }
    language = max(heard, key=lambda name: len(heard[name]))
    strange = [word for word in heard[language] if word not in STOPWORDS]
    different = len(set(strange))
    if different < _FEWEST or len(heard[language]) <= english:
        return None
    if different == _FEWEST and 2 * len(heard[language]) < len(words):
        return None
    return None if all(word in known_words for word in strange) else language

"""Phrasing: how people ask, report, request and propose, in each language that is understood."""

import re
import tomllib
from collections.abc import Iterator
from importlib import resources

_LANGUAGES = tomllib.loads(
    resources.files("bot").joinpath("phrases.toml").read_text(encoding="utf-8")
)


class Phrasing:
    """The phrases of one purpose, as phrases.toml lists them for each language."""

    def __init__(self, purpose: str) -> None:
        patterns = [
            pattern for language in _LANGUAGES.values() for pattern in language.get(purpose, ())
        ]
        self._pattern = re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place of the text where such a phrase stands."""
        return self._pattern.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All places of the text where such a phrase stands."""
        return self._pattern.finditer(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Such a phrase at the beginning of the text."""
        return self._pattern.match(text)

    def cut(self, text: str) -> str:
        """The text without all such phrases at its beginning."""
        while (found := self._pattern.match(text)) and found.end():
            text = text[found.end() :]
        return text


ASKS = Phrasing("asks")
ASKS_TO_KNOW = Phrasing("asks_to_know")
ASKS_WHY = Phrasing("asks_why")
ASKS_TO_DO = Phrasing("asks_to_do")
ASKS_OF_YOU = Phrasing("asks_of_you")
ASKS_ABOUT = Phrasing("asks_about")
PROBLEM = Phrasing("problem")
IDEA = Phrasing("idea")
REQUEST = Phrasing("request")
TROUBLE = Phrasing("trouble")
OWN = Phrasing("own")
ASKS_WITHIN = Phrasing("asks_within")
ANOTHER = Phrasing("another")
ANOTHER_OF_ITS_OWN = Phrasing("another_of_its_own")
JOINS = Phrasing("joins")
ADDED = Phrasing("added")
REASON = Phrasing("reason")
STEPS = Phrasing("steps")
FILLER = Phrasing("filler")
ASKS_FOR_TICKET = Phrasing("asks_for_ticket")
VAGUE = Phrasing("vague")
DONE = Phrasing("done")
EXPECTED = Phrasing("expected")
SKIPS = Phrasing("skips")
DENIES = Phrasing("denies")

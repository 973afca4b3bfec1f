"""What was asked, as the composer needs it."""

from dataclasses import dataclass

from index.retriever import Synonym


@dataclass(frozen=True)
class Asked:
    """A question in full, the last message of the conversation alone, and synonyms in them."""

    question: str
    latest: str
    synonyms: tuple[Synonym, ...] = ()

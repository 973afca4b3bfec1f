"""What the reader learns from, in one file: questions, and passages that do not answer them."""

import gzip
import pickle
from dataclasses import dataclass
from pathlib import Path

from training.examples import Question, Text


@dataclass(frozen=True)
class Negatives:
    """Passages that look right for a question and are not, nearest first.

    Those of its own site are what a search shows beside the right passage; of all sites, they are
    what is nearest anywhere.
    """

    own_site: list[Text]
    all_sites: list[Text]


@dataclass(frozen=True)
class Collection:
    """Questions with the negatives mined for them.

    `asked` are trained on; `dev`, the reference data's, and `unseen`, those on sites that are never
    trained on, measure how well. `policies` are trained on too, with negatives of their own.
    """

    asked: list[tuple[Question, Negatives]]
    dev: list[tuple[Question, Negatives]]
    unseen: list[tuple[Question, Negatives]]
    policies: list[list[dict]]

    def write(self, file: Path) -> None:
        with gzip.open(file, "wb", compresslevel=6) as stream:
            pickle.dump(self, stream)


def read_collection(file: Path) -> Collection:
    """What `write` wrote. It is a pickle: read no file but one that you made yourself."""
    with gzip.open(file) as stream:
        return pickle.load(stream)

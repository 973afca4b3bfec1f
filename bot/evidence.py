"""Evidence: what a reader found in one passage for one question."""

from dataclasses import dataclass

from index.passage import Passage
from index.section import Section, Unit

# A unit counts as part of the answer from this share of the strongest one's probability: which of
# two that are nearly as likely is the answer, the reader does not know.
NEAR_STRONGEST = 0.7


@dataclass(frozen=True)
class Candidate:
    """A passage to read, with its section.

    `similarity` is the cosine of question and passage; `score` orders what a search found, from 0
    to 1, and is the similarity where nothing was searched.
    """

    passage: Passage
    section: Section
    similarity: float
    score: float

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units of the section that the passage holds."""
        return self.section.units[self.passage.first_unit : self.passage.last_unit + 1]


@dataclass(frozen=True)
class Reading:
    """The reader's judgement of one candidate.

    `relevance` is the probability that the passage answers the question. `units` gives for each of
    the candidate's units the probability that it is part of the answer's evidence, and `polarity`
    what it says to a question for yes or no: from -1, surely no, to 1, surely yes.
    """

    candidate: Candidate
    relevance: float
    units: tuple[float, ...]
    polarity: tuple[float, ...]


@dataclass(frozen=True)
class Findings:
    """What reading all candidates came to.

    `readings` are in order of relevance. `confidence` is the probability that the first of them
    answers the question.
    """

    readings: tuple[Reading, ...]
    confidence: float

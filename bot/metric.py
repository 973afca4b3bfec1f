"""Metrics of an evaluation: of a ranking, of a confidence, and of its calibration."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, Field

BINS = 10


class Bin(BaseModel):
    """The replies whose confidence lies between two bounds."""

    first: float
    last: float
    replies: int
    confidence: float = Field(description="mean, from 0 to 1")
    right: float = Field(description="share of them that would be right, from 0 to 1")


class OperatingPoint(BaseModel):
    """What would come of answering from some confidence on; counts of questions."""

    answer_from: float
    right: int
    wrong: int
    abstained: int


def auroc(scored: Sequence[tuple[bool, float]]) -> float | None:
    """Area under the ROC curve as the share of pairs in the right order (Mann-Whitney U)."""
    positive = np.array([score for label, score in scored if label])
    negative = np.array([score for label, score in scored if not label])
    if not len(positive) or not len(negative):
        return None
    above = (positive[:, None] > negative).sum() + 0.5 * (positive[:, None] == negative).sum()
    return float(above / (len(positive) * len(negative)))


def recall(ranks: Sequence[int | None], k: int) -> float:
    """The share of questions with a right section among the first k; `ranks` count from 1."""
    return _mean([rank is not None and rank <= k for rank in ranks])


def ndcg(ranks: Sequence[int | None], k: int) -> float:
    """Normalized discounted cumulative gain of the first right section (Järvelin & Kekäläinen).

    Sections that say the same are alternatives: one of them is all that a question needs, so the
    ideal gain is 1 and a first right section at rank r gains 1 / log2(r + 1).
    """
    return _mean([1 / np.log2(rank + 1) if rank and rank <= k else 0.0 for rank in ranks])


def reliability(scored: Sequence[tuple[bool, float]]) -> list[Bin]:
    """(right, confidence) pairs by confidence, in BINS bins of equal width; empty ones left out."""
    bins = []
    places = [min(BINS - 1, int(confidence * BINS)) for _, confidence in scored]
    for place in sorted(set(places)):
        inside = [pair for pair, at in zip(scored, places, strict=True) if at == place]
        bins.append(
            Bin(
                first=place / BINS,
                last=(place + 1) / BINS,
                replies=len(inside),
                confidence=_mean([confidence for _, confidence in inside]),
                right=_mean([right for right, _ in inside]),
            )
        )
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error (Naeini et al. 2015): mean gap of bins, by their size."""
    replies = sum(each.replies for each in bins)
    gaps = [each.replies * abs(each.confidence - each.right) for each in bins]
    return float(sum(gaps) / replies) if replies else 0.0


def operating_points(
    scored: Sequence[tuple[bool, float]], answerable: Sequence[bool], thresholds: Sequence[float]
) -> list[OperatingPoint]:
    """What each threshold would give: (right, confidence) and answerable, for each question."""
    points = []
    for threshold in thresholds:
        answered = [confidence >= threshold for _, confidence in scored]
        right = sum(given and pair[0] for given, pair in zip(answered, scored, strict=True))
        points.append(
            OperatingPoint(
                answer_from=threshold,
                right=right,
                wrong=sum(answered) - right,
                abstained=sum(
                    able and not given for able, given in zip(answerable, answered, strict=True)
                ),
            )
        )
    return points


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if len(values) else 0.0

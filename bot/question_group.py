"""Groups of questions: those that mean the same stand together, the most central one first."""

import re
from collections.abc import Callable

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

# Mean cosine from which two groups are one. Chosen on the development questions of
# tests/bot/question_groups.toml: of the pairs put together there 94 % belong together, and 75 % of
# those that do are; on its held-out questions 91 % and 70 %. Complete linkage was no better on the
# former, and single linkage chains everything together.
ALIKE_FROM = 0.5


def without_name(text: str, name: str, is_word: Callable[[str], bool]) -> str:
    """A text without the words of a product's name that are no common words, as `is_word` tells.

    Many questions to one installation hold that name, which makes them look alike: of those about
    one product in tests/bot/question_groups.toml, 16 pairs are put together with the name and 8
    without it, and the same 4 of them belong together. A text of nothing else stays as it is.
    """
    invented = [word for word in re.findall(r"\w+", name) if not is_word(word.casefold())]
    if not invented:
        return text
    left = re.sub(rf"(?i)\b(?:{'|'.join(map(re.escape, invented))})\b", " ", text)
    return " ".join(left.split()) or text


def group_alike(vectors: np.ndarray) -> list[list[int]]:
    """The positions of texts that mean the same, by average-linkage clustering.

    `vectors` are unit vectors of shape (texts, dimension). Two groups become one as long as the
    mean cosine between their texts is at least ALIKE_FROM, the nearest ones first. Each group
    begins with its most central text, the one nearest to the others on average; groups stand in the
    order of their earliest text. The same vectors always give the same groups. Memory and time grow
    with the square of the number of texts: 3,000 take about two seconds and 150 MB.
    """
    if len(vectors) < 2:
        return [[position] for position in range(len(vectors))]
    similarities = vectors @ vectors.T
    # Rounding makes it a little asymmetric, and a text's distance to itself not quite 0.
    distances = np.clip(1 - (similarities + similarities.T) / 2, 0, None)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    labels = fcluster(tree, 1 - ALIKE_FROM, "distance")
    groups: dict[int, list[int]] = {}
    for position, label in enumerate(labels):
        groups.setdefault(label, []).append(position)
    return [_central_first(group, similarities) for group in groups.values()]


def _central_first(group: list[int], similarities: np.ndarray) -> list[int]:
    centrality = similarities[np.ix_(group, group)].mean(axis=1)
    return [group[place] for place in np.argsort(-centrality, kind="stable")]

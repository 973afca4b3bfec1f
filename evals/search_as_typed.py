"""Measures the desk's search while typing: `python evals/search_as_typed.py [CORPUS DATA]`.

Every beginning of some questions is searched for, letter by letter, in the index of a data folder
(built where there is none); prints the milliseconds of a search. What HTTP adds is not in it.
"""

import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.passage_search import search_passages  # noqa: E402
from bot.profile import load_profile  # noqa: E402
from index.build import build_index  # noqa: E402
from index.embedder import SentenceEmbedder  # noqa: E402
from index.store import LiveIndex, has_index  # noqa: E402

QUESTIONS = (
    "who supports logs on sap btp",
    "how long does extended support last",
    "where do i send a feature request",
    "escalate a ticket to management",
)
SHOWN = 10


def main() -> None:
    """Search for each beginning of each question, once."""
    corpus, data = map(Path, sys.argv[1:] or (ROOT / "corpus", ROOT / "data"))
    embedder = SentenceEmbedder()
    if not has_index(data):
        build_index(corpus, data, embedder, lambda *_: None)
    live = LiveIndex(data, embedder)
    profile = load_profile(None, corpus)
    search_passages(live, profile, "warm up", SHOWN)
    milliseconds = []
    for question in QUESTIONS:
        for end in range(1, len(question) + 1):
            started = time.perf_counter()
            search_passages(live, profile, question[:end], SHOWN)
            milliseconds.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(milliseconds, [50, 95])
    passages = len(live.current().passages)
    print(f"{len(milliseconds)} searches in {passages} passages: p50 {p50:.0f}, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()

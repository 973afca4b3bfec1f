"""Documents to searchable index.

What other packages use can be imported from here: `from index import HybridRetriever, LiveIndex`.
Each name loads its module, with the libraries behind it, when it is first imported.
"""

import os
from importlib import import_module

# A thread that waits for work must not spin: beside one other busy process that makes a query forty
# times slower. OpenMP reads this once, when torch or FAISS is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_MODULES = {
    "BuildReport": "build",
    "build_index": "build",
    "overlay_is_indexed": "build",
    "SentenceEmbedder": "embedder",
    "BuildError": "errors",
    "CorpusError": "errors",
    "DocumentationError": "errors",
    "IndexUnusable": "errors",
    "PageError": "errors",
    "Passage": "passage",
    "Hit": "retriever",
    "HybridRetriever": "retriever",
    "Query": "retriever",
    "Section": "section",
    "Index": "store",
    "LiveIndex": "store",
    "open_index": "store",
    "verify_index": "store",
}
__all__ = list(_MODULES)


def __getattr__(name: str):
    # Called for a name that is not here yet (PEP 562): together the libraries behind these take
    # seconds to import.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

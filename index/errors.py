"""What can go wrong between a folder of pages and a searchable index.

Every message is one sentence that says what happened and what to do.
"""


class DocumentationError(Exception):
    """The documentation or its index cannot be used; the message says why and what to do."""


class CorpusError(DocumentationError):
    """The corpus folder is missing, unreadable or holds no page."""


class PageError(DocumentationError):
    """One page cannot be read; a build skips it, names it and goes on."""


class IndexUnusable(DocumentationError):
    """There is no index, or it is damaged, of an older format or made with another model."""


class BuildError(DocumentationError):
    """An index could not be built: another build holds the lock, or the disk refuses."""

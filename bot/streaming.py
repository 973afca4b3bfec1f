"""Streaming: the pieces in which an answer is sent while it is shown."""

import re


def tokens(text: str) -> list[str]:
    """The pieces of a text, which join to it: words, each with the space after it."""
    return re.findall(r"\S+\s*|\s+", text)

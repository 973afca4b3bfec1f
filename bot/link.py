"""A link: the address of what a page or an answer refers to, and whose page that is."""

import re

# Pages of the documentation end with / or are files, so that none looks like this.
_APPROVED_ANSWER = re.compile(r"(?:https?://[^/\s]+(?:/[^?#\s]*)?)?/curated/[a-z0-9-]+(?:#|\Z)")


def is_approved_answer(url: str) -> bool:
    """Whether a url leads to an approved answer, which the bot itself shows."""
    return bool(_APPROVED_ANSWER.match(url))


def full_url(url: str, docs_url: str) -> str:
    """A url with the address of the documentation's site before it, if it is of that site.

    One that leads to an approved answer stays relative to the bot.
    """
    if url.startswith("/") and docs_url and not is_approved_answer(url):
        return f"{docs_url.rstrip('/')}{url}"
    return url

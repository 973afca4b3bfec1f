"""Verbatim: whether a quote is the page's own text, checked apart from what made the quote."""

import html
import re

from index.page import Page

_LINK_TARGET = re.compile(r"\]\((?:<[^>]*>|[^()\s]*(?:\([^()]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)")
_LIST_MARK = re.compile(r"(?m)^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)+")
_SHORTCODE = re.compile(r"\{\{[<%].*?[>%]\}\}", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def is_verbatim(quote: str, page: Page, lines: tuple[int, int]) -> bool:
    """Whether the quote stands on these lines of the page (from 1, both included).

    On both sides soft hyphens, markup, link targets and list numbers are removed and white space is
    folded; the page's encoding was repaired when it was read.
    """
    shown = "\n".join(page.lines[lines[0] - 1 : lines[1]])
    return _bare(quote) in _bare(shown) or _bare(_untagged(quote)) in _bare(_untagged(shown))


def _untagged(text: str) -> str:
    return _TAG.sub("", text)


def _bare(text: str) -> str:
    text = html.unescape(_SHORTCODE.sub("", text)).replace("\u00ad", "").replace("![", "[")
    text = _LIST_MARK.sub("", _LINK_TARGET.sub("]", text))
    text = re.sub(r"<br\s*/?>", " ", text)
    return " ".join(re.sub(r"[*_`\[\]\\]", "", text).split())

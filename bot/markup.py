"""Markup: Markdown of pages and answers as HTML that is safe to show."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINK_SCHEMES = {"http", "https", "mailto"}

# Raw HTML in the Markdown is escaped, and no image is fetched from anywhere.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def block_html(markdown: str, base: str) -> str:
    """Markdown as HTML blocks; links are resolved against the address `base`."""
    tokens = _MARKDOWN.parse(markdown)
    _open_links_beside(tokens, base)
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})


def inline_html(markdown: str, base: str) -> str:
    """Markdown of one line as HTML without a block around it."""
    tokens = _MARKDOWN.parseInline(markdown)
    _open_links_beside(tokens, base)
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})


def link_html(label: str, address: str) -> str:
    """A link with plain text that opens beside this page."""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(label)}</a>'


def _open_links_beside(tokens: Sequence[Token], base: str) -> None:
    for token in tokens:
        _open_links_beside(token.children or (), base)
        if token.type == "link_open":
            address = urljoin(base, str(token.attrGet("href")))
            if urlsplit(address).scheme in _LINK_SCHEMES:
                token.attrs = {"href": address, "target": "_blank", "rel": "noopener"}
            else:
                token.attrs = {}

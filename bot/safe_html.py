"""Safe HTML: Markdown of pages and answers as HTML that is safe to show."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.link import full_url

_LINK_SCHEMES = {"http", "https", "mailto"}
_MARKER = re.compile(r"\[(\d+)\]")


def block_html(markdown: str, site: str, markers: Mapping[int, str]) -> str:
    """Markdown as HTML blocks.

    Links are resolved against the address `site`. Each [n] that is not escaped and whose number is
    a key of `markers` becomes the HTML there.
    """
    env = {"markers": markers}
    tokens = _MARKDOWN.parse(markdown, env)
    _open_links_beside(tokens, site, site)
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)


def inline_html(markdown: str, site: str, page: str) -> str:
    """Markdown of one line of a page as HTML without a block around it.

    Links that begin with / are resolved against the address `site`, others against that of `page`.
    """
    env = {"markers": {}}
    tokens = _MARKDOWN.parseInline(markdown, env)
    _open_links_beside(tokens, site, page)
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)


def link_html(label: str, address: str) -> str:
    """A link with plain text that opens beside this page."""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(label)}</a>'


def _open_links_beside(tokens: Sequence[Token], site: str, page: str) -> None:
    for token in tokens:
        _open_links_beside(token.children or (), site, page)
        if token.type == "link_open":
            address = urljoin(page, full_url(str(token.attrGet("href")), site))
            if urlsplit(address).scheme in _LINK_SCHEMES:
                token.attrs = {"href": address, "target": "_blank", "rel": "noopener"}
            else:
                token.attrs = {}


def _read_marker(state: StateInline, silent: bool) -> bool:
    match = _MARKER.match(state.src, state.pos, state.posMax)
    if not match or state.linkLevel or int(match[1]) not in state.env["markers"]:
        return False
    if not silent:
        state.push("marker", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _marker_html(
    renderer: RendererHTML, tokens: Sequence[Token], position: int, options: object, env: dict
) -> str:
    return env["markers"][int(tokens[position].content)]


def _make_markdown() -> MarkdownIt:
    # Raw HTML in the Markdown is escaped, no image is fetched from anywhere, and no text of a page
    # can make a marker of the answer a link of its own.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["image", "reference"])
    markdown.inline.ruler.after("link", "marker", _read_marker)
    markdown.add_render_rule("marker", _marker_html)
    return markdown


_MARKDOWN = _make_markdown()

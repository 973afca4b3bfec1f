"""Anchors: the part of a url after `#` that opens a heading."""

import re
import unicodedata
from pathlib import Path
from typing import Literal

AnchorStyle = Literal["hugo", "mkdocs", "github"]

_SITE_FILES: tuple[tuple[AnchorStyle, tuple[str, ...]], ...] = (
    ("mkdocs", ("mkdocs.yml", "mkdocs.yaml")),
    (
        "hugo",
        ("hugo.toml", "hugo.yaml", "hugo.json", "config.toml", "config.yaml", "config/_default"),
    ),
    ("github", ("docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs")),
)
_ATTRIBUTES = re.compile(
    r"\s*\{:?((?:\s*(?:#[^\s{}#]+|\.[\w-]+|[\w-]+=(?:\"[^\"]*\"|[^\s{}]+)))+)\s*\}\s*\Z"
)
_ID = re.compile(r"(?:\A|\s)#([^\s{}#]+)")
_NUMBERED = re.compile(r"(.*)_(\d+)\Z", re.DOTALL)


def split_attributes(heading: str) -> tuple[str, str]:
    """A heading's Markdown without its closing `{#id .class}`, and the id, "" when it has none."""
    attributes = _ATTRIBUTES.search(heading) if heading.rstrip().endswith("}") else None
    if not attributes:
        return heading, ""
    explicit = _ID.search(attributes[1])
    return heading[: attributes.start()], explicit[1] if explicit else ""


def hugo_anchor(heading: str) -> str:
    """The id that Hugo (Goldmark, `autoHeadingIDType = "github"`) gives a heading.

    `heading` is its Markdown, not its plain text: Goldmark keeps the letters of link targets.
    Unlike GitHub it drops combining marks and never leaves an id empty.
    """
    kept = (
        "-" if char in "- " else char.lower()
        for char in heading.strip()
        if char in "-_ " or unicodedata.category(char)[0] == "L" or char.isdecimal()
    )
    return "".join(kept) or "heading"


def github_anchor(heading: str) -> str:
    """The id that GitHub, and Docusaurus with it, gives a heading of this plain text."""
    kept = (
        "-" if char == " " else char
        for char in heading.strip().lower()
        if char in "- "
        or unicodedata.category(char) in {"Nd", "Pc"}
        or unicodedata.category(char)[0] in "LM"
    )
    return "".join(kept)


def mkdocs_anchor(heading: str) -> str:
    """The id that MkDocs (Python-Markdown's `toc`) gives a heading of this plain text."""
    ascii_text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^\w\s-]", "", ascii_text).strip().lower()
    return re.sub(r"[-\s]+", "-", words)


def detect_anchor_style(corpus: Path) -> AnchorStyle:
    """The style of the site generator that `corpus` is written for.

    Known by the generator's settings file in the corpus, one folder below or in any folder above;
    failing that, `_index.md` pages speak for Hugo, and GitHub's style serves the rest.
    """
    corpus = corpus.resolve()
    places = [corpus, *sorted(path for path in corpus.glob("*") if path.is_dir()), *corpus.parents]
    for place in places:
        for style, names in _SITE_FILES:
            if any((place / name).exists() for name in names):
                return style
    return "hugo" if next(corpus.rglob("_index.md"), None) else "github"


class PageAnchors:
    """Gives the headings of one page their anchors, numbering those that repeat.

    `reserved` are the explicit ids of the page. Python-Markdown keeps all of them free from the
    start; Goldmark and GitHub only those met so far, so for them it is ignored.
    """

    def __init__(self, style: AnchorStyle, reserved: frozenset[str]) -> None:
        self._style = style
        self._taken = set(reserved) if style == "mkdocs" else set()

    def explicit(self, anchor: str) -> str:
        """Takes an id that the page itself gives, as it is."""
        self._taken.add(anchor)
        return anchor

    def generated(self, markdown: str, text: str) -> str:
        """The id of a heading that has none, from its Markdown and its plain text."""
        if self._style == "mkdocs":
            anchor = self._numbered_by_underscore(mkdocs_anchor(text))
        elif self._style == "hugo":
            anchor = self._numbered_by_hyphen(hugo_anchor(markdown))
        else:
            anchor = self._numbered_by_hyphen(github_anchor(text))
        self._taken.add(anchor)
        return anchor

    def _numbered_by_hyphen(self, base: str) -> str:
        anchor, number = base, 0
        while anchor in self._taken:
            number += 1
            anchor = f"{base}-{number}"
        return anchor

    def _numbered_by_underscore(self, anchor: str) -> str:
        while anchor in self._taken or not anchor:
            numbered = _NUMBERED.match(anchor)
            anchor = f"{numbered[1]}_{int(numbered[2]) + 1}" if numbered else f"{anchor}_1"
        return anchor

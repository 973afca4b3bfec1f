"""Inline text: what a paragraph, heading or cell says, with its lines and marks remembered."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, backtick, image, link
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from index.anchor import split_attributes
from index.link import resolve_link

_SOFT_HYPHEN = "\u00ad"
_WRAPPERS = {"strong_open": "**", "em_open": "*", "s_open": "~~"}
# A ">" is special only where a line begins with it, for no "<" opens a tag here.
_SPECIAL = re.compile(r"([\\`*\[\]<~|]|(?<!\w)_|_(?!\w))")
# Brackets that lead nowhere, as in "help[at]example.com", are neither link nor footnote nor box.
_PLAIN_BRACKETS = re.compile(r"\[([^\W\d][\w .-]+)\](?=[^(\[:])")


@dataclass(frozen=True)
class _Run:
    """Text of one line with one set of marks; a mark is a wrapper or a link's target."""

    text: str
    line: int
    marks: tuple[tuple[str, str], ...]


class InlineText:
    """The plain text of an inline token, and its Markdown for any part of it."""

    def __init__(self, tokens: Sequence[Token], first_line: int, path: str = "") -> None:
        """`tokens` are the children of an inline token that starts at `first_line` of a file.

        With its `path`, relative to the corpus, links to other files lead to their pages.
        """
        self._runs = _runs(tokens, first_line, path) or [_Run("", first_line, ())]
        self._starts = []
        length = 0
        for run in self._runs:
            self._starts.append(length)
            length += len(run.text)
        self.text = "".join(run.text for run in self._runs)
        kinds = {token.type for token in tokens if token.content.strip()}
        self.is_picture = kinds == {"image"}

    def line(self, offset: int) -> int:
        """The line of the file on which the character at `offset` stands."""
        return self._runs[bisect_right(self._starts, offset) - 1].line

    def markdown(self, start: int, end: int) -> str:
        """The text between two offsets with emphasis, code and links, cut where they cross."""
        pieces: list[str] = []
        open_marks: tuple[tuple[str, str], ...] = ()
        first, last = bisect_right(self._starts, start) - 1, bisect_left(self._starts, end)
        for number in range(max(first, 0), last):
            run, run_start = self._runs[number], self._starts[number]
            text = run.text[max(0, start - run_start) : end - run_start]
            shared = 0
            for one, other in zip(open_marks, run.marks, strict=False):
                if one != other:
                    break
                shared += 1
            pieces += [_closing(mark) for mark in reversed(open_marks[shared:])]
            pieces += [_opening(mark) for mark in run.marks[shared:]]
            kinds = {kind for kind, _ in run.marks}
            pieces.append(text if "code" in kinds else _escaped(text, "link" in kinds))
            open_marks = run.marks
        pieces += [_closing(mark) for mark in reversed(open_marks)]
        folded = fold("".join(pieces))
        return f"\\{folded}" if folded.startswith(">") else folded


def fold(text: str) -> str:
    """`text` without soft hyphens, each stretch of white space made one space."""
    return " ".join(text.replace(_SOFT_HYPHEN, "").split())


def _escaped(text: str, in_link: bool) -> str:
    """`text` in which Markdown sees nothing but text."""
    # `fold` leaves them out, and then what they parted may be a link.
    text = text.replace(_SOFT_HYPHEN, "")
    parts = [text] if in_link else _PLAIN_BRACKETS.split(text)
    parts = [_SPECIAL.sub(r"\\\1", part) for part in parts]
    parts[1::2] = [f"[{part}]" for part in parts[1::2]]
    return "".join(parts)


def _opening(mark: tuple[str, str]) -> str:
    kind, value = mark
    return "[" if kind == "link" else value


def _closing(mark: tuple[str, str]) -> str:
    kind, value = mark
    return f"]({value})" if kind == "link" else value


def _runs(tokens: Sequence[Token], line: int, path: str) -> list[_Run]:
    runs: list[_Run] = []
    marks: list[tuple[str, str]] = []
    for token in tokens:
        if token.type in _WRAPPERS:
            marks.append(("wrapper", _WRAPPERS[token.type]))
        elif token.type == "link_open":
            marks.append(("link", _target(str(token.attrs["href"]), path)))
        elif token.nesting == -1:
            marks.pop()
        elif token.type in ("softbreak", "hardbreak"):
            runs.append(_Run("\n", line, tuple(marks)))
            line += 1
        elif token.type == "code_inline":
            fence = "`" * (1 + max(map(len, re.findall("`+", token.content)), default=0))
            runs.append(_Run(token.content, line, (*marks, ("code", fence))))
        else:
            runs.append(_Run(token.content, line, tuple(marks)))
        line += token.meta.get("swallowed_lines", 0)
    return [run for run in runs if run.text]


def _target(href: str, path: str) -> str:
    href = resolve_link(href, path)
    return f"<{href}>" if re.search(r"[\s()]", href) else href


def _counting_lines(rule: Callable[[StateInline, bool], bool]):
    """An inline rule that notes on its last token the line breaks it swallowed.

    Code spans, link targets and titles may hold line breaks that no token stands for; without the
    note the lines of all that follows in the paragraph would be too low.
    """

    def counting_rule(state: StateInline, silent: bool) -> bool:
        start, tokens_before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        added = state.tokens[tokens_before:]
        if not silent and added:
            shown = sum(token.type in ("softbreak", "hardbreak") for token in added)
            shown += sum(token.meta.get("swallowed_lines", 0) for token in added)
            swallowed = state.src.count("\n", start, state.pos) - shown
            if swallowed:
                added[-1].meta["swallowed_lines"] = swallowed
        return True

    return counting_rule


def _take_heading_attributes(state: StateCore) -> None:
    """Moves `{#id .class}` from the text of a heading to its token, before it can be parsed."""
    for heading, inline in pairwise(state.tokens):
        if heading.type == "heading_open":
            inline.content, heading.meta["id"] = split_attributes(inline.content)


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin)
    parser.core.ruler.after("block", "heading_attributes", _take_heading_attributes)
    for name, rule in (("backticks", backtick), ("link", link), ("image", image)):
        parser.inline.ruler.at(name, _counting_lines(rule))
    return parser


PARSER = _make_parser()

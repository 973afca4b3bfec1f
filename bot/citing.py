"""Citing: check each statement against its quotes, number the quotes, and write the answer."""

import re
import textwrap
from collections.abc import Sequence
from urllib.parse import urljoin

from bot.link import full_url
from bot.profile import Product
from bot.reply import Citation
from bot.statement import Source, Statement
from bot.words import content_stems

# The number of a citation in an answer, in which a number in the page's own brackets is escaped.
MARKER = re.compile(r"(?<!\\)\[(\d+)\](?!\()")
MAX_WORDS = 170  # of the statements; an answer has at most 200 words with its markers

_FIGURE_OR_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*|\d[\d.,:/-]*\d|\d")
# A target that holds brackets stands between < and >.
_LINK_TARGET = re.compile(r"\]\((?:<(?P<within>[^<>]*)>|(?P<bare>[^)\s]*))\)")
# An underscore within a word belongs to a name.
_MARKUP = re.compile(r"[*`\[\]\\]|(?<!\w)_|_(?!\w)")
# "Traditional³" is the word with the mark of a footnote.
_NOTE_MARK = re.compile(r"(?<=\w)[¹²³⁴⁵⁶⁷⁸⁹*†‡]+|[¹²³⁴⁵⁶⁷⁸⁹†‡]+(?=\w)")
_HEADING_NUMBER = re.compile(r"^\d[\d.]*\s+")
# Words that the composer adds around the page's own.
_GLUE = frozenset(content_stems("Yes No entry the cell is empty section says"))


def is_supported(statement: Statement) -> bool:
    """Whether the quotes and the headings they stand under hold everything that a statement says.

    Every figure and address must stand in a quote; of the other words that carry meaning nine in
    ten must stand in the quotes or their headings.
    """
    said = _plain(statement.text)
    if statement.form == "step":
        said = said.split(" ", 1)[-1]
    quotes = _plain(" ".join(source.quote for source in statement.sources))
    if not _figures(said) <= _figures(quotes):
        return False
    held = set(content_stems(quotes)) | _GLUE
    for source in statement.sources:
        held |= set(content_stems(" ".join((source.section.title, *source.section.headings))))
    meant = content_stems(said)
    return sum(word in held for word in meant) >= 0.9 * len(meant)


def write_answer(statements: Sequence[Statement], product: Product) -> tuple[str, list[Citation]]:
    """The answer as Markdown with [n] markers, and its citations.

    Links get the addresses at which the product's pages are published. What would make the answer
    longer than MAX_WORDS is left out; the answer says how much that is, and of a step how much of
    the list below it is left out.
    """
    numbers: dict[Source, int] = {}
    lines: list[str] = []
    columns: list[int] = []  # at which the text of each open item begins, the outermost first
    previous = "", 0
    room = MAX_WORDS
    for position, statement in enumerate(statements):
        room -= statement.length
        if room < 0 and lines:
            more = sum(1 + each.left_out for each in statements[position:])
            lines += ["", f"And {more} more: open the section to read on."]
            break
        markers = "".join(
            f"[{numbers.setdefault(source, len(numbers) + 1)}]" for source in statement.sources
        )
        text = _shown(statement, product)
        # Nothing stands below an item that is not said.
        del columns[statement.depth :]
        place = statement.form, len(columns)
        margin = " " * (columns[-1] if columns else 0)
        if statement.form in ("item", "step"):
            indent = "    " * len(columns)
            bullet = "- " if statement.form == "item" else ""
            if previous[0] not in ("item", "step"):
                lines.append("")
            lines.append(f"{indent}{bullet}{text} {markers}")
            columns.append(len(indent) + len(bullet or f"{text.split(' ', 1)[0]} "))
        elif statement.form == "code":
            lines += ["", textwrap.indent(text, margin), "", f"{margin}{markers}"]
        elif place == previous:
            lines[-1] += f" {text} {markers}"
        else:
            lines += ["", f"{margin}{text} {markers}"]
        previous = place
        if statement.left_out:
            depth = len(columns) - (statement.form != "step")
            more = f"{statement.left_out} more: open the section to read them."
            lines.append(f"{'    ' * depth}- {more}")
    citations = [
        Citation(
            n=number,
            title=source.section.title,
            section=list(source.section.headings),
            url=product.link_to(source.section.url),
            path=source.section.path,
            lines=source.lines,
            quote=source.quote,
        )
        for source, number in numbers.items()
    ]
    return "\n".join(lines).strip(), citations


def without_number(heading: str) -> str:
    """A heading without the number before it: "10.7 Deployment" gives "Deployment"."""
    return _HEADING_NUMBER.sub("", heading)


def _shown(statement: Statement, product: Product) -> str:
    """The text with links in full, and what only looks like a marker escaped."""
    if statement.form == "code":
        return statement.text
    address = product.docs_url
    page = product.link_to(statement.sources[0].section.url) if statement.sources else address

    def link(match: re.Match[str]) -> str:
        target = match["within"] or match["bare"] or ""
        url = full_url(target, address) if target.startswith("/") else urljoin(page, target)
        return f"](<{url}>)" if match["within"] else f"]({url})"

    parts = re.split(r"(`[^`]*`)", statement.text)
    parts[::2] = [
        re.sub(r"\[(\d+)\](?!\()", r"\\[\1\\]", _LINK_TARGET.sub(link, part)) for part in parts[::2]
    ]
    return "".join(parts)


def _plain(text: str) -> str:
    return _NOTE_MARK.sub("", _MARKUP.sub("", _LINK_TARGET.sub("]", text)))


def _figures(text: str) -> set[str]:
    return {figure.rstrip(".,:") for figure in _FIGURE_OR_ADDRESS.findall(text)}

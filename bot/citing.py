"""Citing: check each statement against its quotes, number the quotes, and write the answer."""

import re
from collections.abc import Sequence

from bot.reply import Citation
from bot.statement import Source, Statement
from bot.words import content_stems

_FIGURE_OR_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*|\d[\d.,:/-]*\d|\d")
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
_MARKUP = re.compile(r"[*_`\[\]]")
# Words that the composer adds around the page's own.
_GLUE = set(content_stems("Yes No entry the cell is empty section says"))


def is_supported(statement: Statement) -> bool:
    """Whether the quotes and the headings they stand under hold everything that a statement says.

    Every figure and address must stand in a quote as it is; of the other words that carry meaning
    nine in ten must stand in the quotes or their headings.
    """
    said = _MARKUP.sub("", _LINK_TARGET.sub("", statement.text))
    if statement.form == "step":
        said = said.split(" ", 1)[-1]
    quotes = " ".join(source.quote for source in statement.sources)
    if any(figure.rstrip(".,:") not in quotes for figure in _FIGURE_OR_ADDRESS.findall(said)):
        heads = " ".join(h for source in statement.sources for h in source.section.headings)
        if any(
            figure.rstrip(".,:") not in f"{quotes} {heads}"
            for figure in _FIGURE_OR_ADDRESS.findall(said)
        ):
            return False
    held = set(content_stems(quotes)) | _GLUE
    for source in statement.sources:
        held |= set(content_stems(" ".join((source.section.title, *source.section.headings))))
    meant = content_stems(said)
    return sum(word in held for word in meant) >= 0.9 * len(meant)


def write_answer(statements: Sequence[Statement], address: str) -> tuple[str, list[Citation]]:
    """The answer as Markdown with [n] markers, and its citations.

    `address` is put before links that are relative to the documentation's site.
    """
    numbers: dict[Source, int] = {}
    lines: list[str] = []
    previous = None
    for statement in statements:
        markers = "".join(
            f"[{numbers.setdefault(source, len(numbers) + 1)}]" for source in statement.sources
        )
        text = _with_full_links(statement.text, address)
        indent = "    " * statement.depth
        match statement.form:
            case "code":
                lines += ["", text, "", markers]
            case "item":
                lines += ([""] if previous not in ("item", "step") else []) + [
                    f"{indent}- {text} {markers}"
                ]
            case "step":
                lines += ([""] if previous not in ("item", "step") else []) + [
                    f"{indent}{text} {markers}"
                ]
            case "sentence":
                if previous == "sentence":
                    lines[-1] += f" {text} {markers}"
                else:
                    lines += ["", f"{text} {markers}"]
        previous = statement.form
    citations = [
        Citation(
            n=number,
            title=source.section.title,
            section=list(source.section.headings),
            url=full_url(source.section.url, address),
            path=source.section.path,
            lines=source.lines,
            quote=source.quote,
        )
        for source, number in numbers.items()
    ]
    return "\n".join(lines).strip(), citations


def full_url(url: str, address: str) -> str:
    """A url of the documentation with the site's address before it, unless it has one."""
    return f"{address.rstrip('/')}{url}" if url.startswith("/") and address else url


def _with_full_links(text: str, address: str) -> str:
    return re.sub(r"\]\((/[^)\s]*)\)", lambda link: f"]({full_url(link[1], address)})", text)

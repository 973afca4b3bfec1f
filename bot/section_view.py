"""The view of a section: the whole of it, with the quoted passage marked and its origin named."""

from collections.abc import Iterable
from html import escape
from urllib.parse import urljoin

from bot.markup import inline_html, link_html
from bot.profile import Product
from bot.reply import Citation, RelatedSection
from index.section import Block, Section, Unit


def cited_section(sections: Iterable[Section], citation: Citation) -> Section | None:
    """The section that a citation quotes, or None when the pages have changed since."""
    for section in sections:
        first, last = section.lines
        if (
            section.path == citation.path
            and list(section.headings) == citation.section
            and first <= citation.lines[0] <= last
        ):
            return section
    return None


def related_section(sections: Iterable[Section], related: RelatedSection) -> Section | None:
    """The section that a reply names as near, or None when the pages have changed since."""
    for section in sections:
        if section.title == related.title and list(section.headings) == related.section:
            return section
    return None


def section_html(section: Section, product: Product, citation: Citation | None) -> str:
    """A section as HTML, with the units that `citation` quotes marked."""
    base = urljoin(product.docs_url, section.url) if product.docs_url else section.url
    blocks = "".join(_block_html(block, base, citation) for block in section.blocks)
    return _view_html(section.title, section.headings, blocks, base, product, citation)


def quote_html(citation: Citation, product: Product) -> str:
    """A citation whose section is no longer in the index, as HTML: its quote and origin alone."""
    quote = f"<blockquote><mark>{escape(citation.quote)}</mark></blockquote>"
    return _view_html(
        citation.title, tuple(citation.section), quote, citation.url, product, citation
    )


def heading_path(title: str, headings: Iterable[str]) -> str:
    """Page title and headings as one line of plain text."""
    return " › ".join(dict.fromkeys((title, *headings)))


def origin(product: Product) -> str:
    """How the pages relate to their source, as one line of plain text; "" when nothing is known."""
    if product.as_of is None:
        return product.source_note
    return f"{product.source_note}, as of {product.as_of.day} {product.as_of:%B %Y}"


def _view_html(
    title: str,
    headings: tuple[str, ...],
    body: str,
    address: str,
    product: Product,
    citation: Citation | None,
) -> str:
    label = f"Source {citation.n}" if citation else "Related section"
    public = (
        link_html("Open the page in the documentation", address)
        if address.startswith(("http://", "https://"))
        else ""
    )
    return (
        f'<article class="section-view"><p class="label">{label}</p>'
        f'<h2 tabindex="-1">{escape(headings[-1] if headings else title)}</h2>'
        f'<p class="path">{escape(heading_path(title, headings))}</p>'
        f'<div class="section-text">{body}</div>'
        f'<footer><p>{escape(origin(product))}</p><p class="public">{public}</p></footer></article>'
    )


def _block_html(block: Block, base: str, citation: Citation | None) -> str:
    match block.kind:
        case "paragraph":
            return f"<p>{' '.join(_unit_html(unit, base, citation) for unit in block.units)}</p>"
        case "list":
            items = "".join(
                f'<li class="depth-{min(unit.depth, 4)}"'
                f' data-marker="{escape(unit.ordinal or "•")}">'
                f"{_unit_html(unit, base, citation)}</li>"
                for unit in block.units
            )
            return f"<ul>{items}</ul>"
        case "table":
            quoted = citation and block.lines[0] <= citation.lines[0] < block.units[0].lines[0]
            names = (escape(cell) for cell in block.header)
            header = "".join(
                f'<th scope="col">{f"<mark>{name}</mark>" if quoted else name}</th>'
                for name in names
            )
            rows = "".join(_row_html(unit, citation) for unit in block.units)
            return (
                f'<div class="table" tabindex="0"><table><thead><tr>{header}</tr></thead>'
                f"<tbody>{rows}</tbody></table></div>"
            )
        case "code":
            code = "\n".join(_marked(escape(unit.quote), unit, citation) for unit in block.units)
            return f"<pre><code>{code}</code></pre>"


def _unit_html(unit: Unit, base: str, citation: Citation | None) -> str:
    return _marked(inline_html(unit.markdown or unit.quote, base), unit, citation)


def _row_html(unit: Unit, citation: Citation | None) -> str:
    cells = (_marked(escape(cell), unit, citation) if cell else "" for cell in unit.cells)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _marked(html: str, unit: Unit, citation: Citation | None) -> str:
    return f"<mark>{html}</mark>" if citation and _quotes(citation, unit) else html


def _quotes(citation: Citation, unit: Unit) -> bool:
    if unit.lines[1] < citation.lines[0] or citation.lines[1] < unit.lines[0]:
        return False
    quote, text = " ".join(citation.quote.split()), " ".join(unit.quote.split())
    return text in quote or quote in text

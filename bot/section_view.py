"""The view of a section: the whole of it, with the quoted passage marked and its origin named."""

from collections.abc import Iterable
from html import escape
from textwrap import shorten

from bot.link import is_approved_answer
from bot.origin import heading_path, origin
from bot.profile import Product
from bot.reply import Citation, RelatedSection
from bot.safe_html import inline_html, link_html
from index.inline import fold
from index.section import Block, Section, Unit

EXCERPT_LENGTH = 90  # characters
EXCERPT_UNITS = 3


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


def related_section(
    sections: Iterable[Section], related: RelatedSection, product: Product
) -> Section | None:
    """The section that a reply names as near, or None when the pages have changed since."""
    for section in sections:
        if product.link_to(section.url) == related.url:
            return section
    return None


def excerpt(section: Section | None) -> str:
    """The first words of a section, "" where there are none."""
    said = " ".join(unit.text for unit in section.units[:EXCERPT_UNITS]) if section else ""
    return shorten(said, EXCERPT_LENGTH, placeholder="…")


def section_html(section: Section, product: Product, citation: Citation | None) -> str:
    """A section as HTML, with the units that `citation` quotes marked."""
    address = product.link_to(section.url)
    text = text_html(section, product, citation)
    return _view_html(section.title, section.headings, text, address, product, citation)


def text_html(section: Section, product: Product, citation: Citation | None = None) -> str:
    """What stands under the heading of a section as HTML, with what `citation` quotes marked."""
    address = product.link_to(section.url)
    return "".join(
        _block_html(block, product.docs_url, address, citation) for block in section.blocks
    )


def quote_html(citation: Citation, product: Product) -> str:
    """A citation whose section is no longer in the index, as HTML: its quote and origin alone."""
    quote = f"<blockquote><mark>{escape(citation.quote)}</mark></blockquote>"
    return _view_html(
        citation.title, tuple(citation.section), quote, citation.url, product, citation
    )


def gone_html(related: RelatedSection) -> str:
    """A near section that is no longer in the index, as HTML."""
    headings = (related.title, *related.section)
    return (
        '<article class="section-view"><p class="label">Related section</p>'
        f'<h2 tabindex="-1">{escape(headings[-1])}</h2>'
        "<p>The documentation has changed and no longer has this section: ask again.</p></article>"
    )


def _view_html(
    title: str,
    headings: tuple[str, ...],
    body: str,
    address: str,
    product: Product,
    citation: Citation | None,
) -> str:
    label = f"Source {citation.n}" if citation else "Related section"
    notes = []
    link = ""
    if is_approved_answer(address):
        notes.append("<p>Written and approved by our support team</p>")
        link = link_html("Open the approved answer", address)
    elif note := origin(product):
        notes.append(f"<p>{escape(note[:1].upper() + note[1:])}</p>")
    if address.startswith(("http://", "https://")) and not link:
        link = link_html("Open the page in the documentation", address)
    if link:
        notes.append(f'<p class="public">{link}</p>')
    footer = f"<footer>{''.join(notes)}</footer>" if notes else ""
    return (
        f'<article class="section-view"><p class="label">{label}</p>'
        f'<h2 tabindex="-1">{escape(headings[-1] if headings else title)}</h2>'
        f'<p class="path">{escape(heading_path(title, headings))}</p>'
        f'<div class="section-text">{body}</div>'
        f"{footer}</article>"
    )


def _block_html(block: Block, site: str, page: str, citation: Citation | None) -> str:
    match block.kind:
        case "paragraph":
            units = (_unit_html(unit, site, page, citation) for unit in block.units)
            return f"<p>{' '.join(units)}</p>"
        case "list":
            items = (_item_html(unit, site, page, citation) for unit in block.units)
            return f"<ul>{''.join(items)}</ul>"
        case "table":
            first_row = block.units[0].lines[0] if block.units else block.lines[1] + 1
            quoted = citation and block.lines[0] <= citation.lines[0] < first_row
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


def _item_html(unit: Unit, site: str, page: str, citation: Citation | None) -> str:
    """A unit of a list: an item, or code or a table's row that stands below one."""
    depth = f'class="depth-{min(unit.depth, 4)}"'
    if unit.kind == "code":
        code = _marked(escape(unit.quote), unit, citation)
        return f"<li {depth}><pre><code>{code}</code></pre></li>"
    if unit.kind == "row":
        text = _marked(escape(unit.text), unit, citation)
    else:
        text = _unit_html(unit, site, page, citation)
    return f'<li {depth} data-marker="{escape(unit.ordinal or "•")}">{text}</li>'


def _unit_html(unit: Unit, site: str, page: str, citation: Citation | None) -> str:
    return _marked(inline_html(unit.markdown or unit.quote, site, page), unit, citation)


def _row_html(unit: Unit, citation: Citation | None) -> str:
    cells = (_marked(escape(cell), unit, citation) if cell else "" for cell in unit.cells)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _marked(html: str, unit: Unit, citation: Citation | None) -> str:
    return f"<mark>{html}</mark>" if citation and _quotes(citation, unit) else html


def _quotes(citation: Citation, unit: Unit) -> bool:
    if unit.lines[1] < citation.lines[0] or citation.lines[1] < unit.lines[0]:
        return False
    quote, text = fold(citation.quote), fold(unit.quote)
    return text in quote or quote in text

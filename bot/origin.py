"""The origin of a text: where it stands in the pages, and how the pages relate to their source."""

from collections.abc import Iterable

from bot.profile import Product


def heading_path(title: str, headings: Iterable[str]) -> str:
    """Page title and headings as one line of plain text."""
    return " › ".join(dict.fromkeys((title, *headings)))


def origin(product: Product) -> str:
    """How the pages relate to their source, as one line of plain text; "" when nothing is known."""
    if not product.source_note or product.as_of is None:
        return product.source_note
    return f"{product.source_note}, as of {product.as_of.day} {product.as_of:%B %Y}"

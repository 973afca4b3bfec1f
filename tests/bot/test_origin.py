from datetime import date

from bot.origin import heading_path, origin
from bot.profile import Product


def test_pages_of_unknown_origin_claim_none() -> None:
    assert origin(Product(as_of=date(2026, 3, 4))) == ""


def test_the_day_of_the_comparison_is_named() -> None:
    product = Product(source_note="our summary", as_of=date(2026, 3, 4))
    assert origin(product) == "our summary, as of 4 March 2026"


def test_a_heading_that_repeats_the_title_is_named_once() -> None:
    assert heading_path("Guide", ["Guide", "Gate"]) == "Guide › Gate"

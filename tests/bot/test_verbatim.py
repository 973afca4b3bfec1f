"""A quote is verbatim when its words stand on the lines that it names."""

import pytest

from bot.verbatim import is_verbatim
from index.page import parse_page

PAGE = parse_page(
    b"""---
title: Harbour
---
The **lock gate** is [open](/gate/ "The gate") at 06:00.

1. Moor the boat.
2. Pay the fee.

| Boat | Fee |
| --- | --- |
| Small | 14 euros |
""",
    "harbour.md",
)


@pytest.mark.parametrize(
    "quote, lines",
    [
        ("The lock gate is open at 06:00.", (4, 4)),
        ("The **lock gate** is open", (4, 4)),
        ("Pay the fee.", (7, 7)),
        ("| Small | 14 euros |", (11, 11)),
        ("Moor the boat. Pay the fee.", (6, 7)),
    ],
)
def test_words_of_the_page_are_verbatim_without_its_markup(quote, lines):
    assert is_verbatim(quote, PAGE, lines)


@pytest.mark.parametrize(
    "quote, lines",
    [
        ("The lock gate is open at 07:00.", (4, 4)),
        ("Pay the fee.", (4, 4)),
        ("The gate is open", (4, 4)),
    ],
)
def test_other_words_or_other_lines_are_not(quote, lines):
    assert not is_verbatim(quote, PAGE, lines)

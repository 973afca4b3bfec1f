"""The matrix: tables worth looking up in, and one cell with the rule behind it."""

import pytest

from bot.errors import UnknownSection
from bot.matrix import find_matrices, find_matrix, look_up
from bot.profile import Product
from index.section import Section, read_text

PAGE = """
## Cloud

| Part | Blue cloud | Red cloud¹ |
| --- | --- | --- |
| Logs | Vendor | Partner² |
| <b>Database</b> | | Vendor |

¹ The red cloud means machines of your own.

² Support by the partner goes through [their desk](https://partner.example).

If no party is listed, you arrange it yourself.

## Prices

| Size | Price |
| --- | --- |
| Small | 10 |
| Large | 20 |

## Big

| A | B | C | D |
| --- | --- | --- | --- |
| 1 | 2 | 3 | 4 |
| 5 | 6 | 7 | 8 |
"""
PRODUCT = Product(name="Docs", docs_url="https://docs.example")


@pytest.fixture
def sections() -> list[Section]:
    return read_text("Manual", PAGE)


@pytest.fixture
def cloud(sections):
    return find_matrix(find_matrices(sections), "", 4)


def test_tables_of_more_than_two_columns_are_found_the_largest_first(sections):
    found = find_matrices(sections)
    assert [(each.section.headings, each.size) for each in found] == [
        (("Big",), 6),
        (("Cloud",), 4),
    ]


def test_pages_without_such_tables_have_none():
    assert find_matrices(read_text("Manual", "Some words.\n\n| A | B |\n| --- | --- |\n")) == []


def test_a_table_without_rows_is_none():
    assert find_matrices(read_text("Manual", "| A | B | C |\n| --- | --- | --- |\n")) == []


def test_a_cell_is_told_with_its_row_and_the_notes_that_it_and_its_column_refer_to(cloud):
    cell = look_up(cloud, 0, 2, PRODUCT)
    assert (cell.row, cell.column, cell.value) == ("Logs", "Red cloud¹", "Partner²")
    assert cell.statement == "Logs – Red cloud: Partner²."
    assert cell.quote == "| Logs | Vendor | Partner² |"
    assert [rule.quote[:20] for rule in cell.rules] == [
        "² Support by the par",
        "¹ The red cloud mean",
    ]


def test_an_empty_cell_comes_with_what_the_page_says_of_empty_cells(cloud):
    cell = look_up(cloud, 1, 1, PRODUCT)
    assert cell.value == ""
    assert [rule.text for rule in cell.rules] == ["If no party is listed, you arrange it yourself."]


def test_a_plain_cell_needs_no_rule(cloud):
    assert look_up(cloud, 0, 1, PRODUCT).rules == []


@pytest.mark.parametrize(("row", "column"), [(-1, 1), (2, 1), (0, 0), (0, 3), (0, -1)])
def test_a_cell_that_is_not_there_is_refused(cloud, row, column):
    with pytest.raises(UnknownSection, match="no such row or column"):
        look_up(cloud, row, column, PRODUCT)


def test_a_table_that_is_gone_is_told(sections):
    with pytest.raises(UnknownSection, match="has this table no more"):
        find_matrix(find_matrices(sections), "", 999)

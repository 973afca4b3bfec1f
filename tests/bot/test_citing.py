"""Statements are checked against their quotes and numbered."""

from dataclasses import replace

import pytest

from bot.citing import is_supported, write_answer
from bot.profile import Product
from bot.statement import Source, Statement
from index.section import read_text

PAGE = "## Warranty\nThe warranty lasts 24 months. Write to help@example.com for details."
(SECTION,) = read_text("Manual", PAGE)
FIRST, SECOND = (Source(SECTION, unit.quote, unit.lines) for unit in SECTION.units)


def test_the_page_s_own_words_are_supported():
    assert is_supported(Statement("The warranty lasts 24 months.", (FIRST,)))


def test_a_figure_that_the_quote_does_not_hold_is_refused():
    assert not is_supported(Statement("The warranty lasts 25 months.", (FIRST,)))


def test_an_address_that_the_quote_does_not_hold_is_refused():
    assert not is_supported(Statement("Write to sales@example.com for details.", (SECOND,)))


def test_words_that_the_quote_does_not_hold_are_refused():
    assert not is_supported(Statement("The manufacturer refunds everybody.", (FIRST,)))


def test_a_figure_within_another_figure_is_no_support():
    assert not is_supported(Statement("The warranty lasts 2 months.", (FIRST,)))


def test_names_with_underscores_are_supported_by_themselves():
    page = "## Heap\nSet `MAX_HEAP_SIZE` to 512. Write to app_support@example.com."
    (section,) = read_text("Manual", page)
    for unit in section.units:
        source = Source(section, unit.quote, unit.lines)
        assert is_supported(Statement(unit.markdown, (source,)))


def test_a_statement_without_a_source_is_refused():
    assert not is_supported(Statement("The warranty lasts 24 months.", ()))


def test_emphasis_links_and_a_step_s_number_need_no_support():
    text = "3. The **warranty** lasts [24 months](/warranty/)."
    assert is_supported(Statement(text, (FIRST,), "step"))


def test_each_quote_has_one_number_however_often_it_is_used():
    statements = [Statement("One.", (FIRST,)), Statement("Two.", (SECOND, FIRST))]
    answer, citations = write_answer(statements, Product())
    assert answer == "One. [1] Two. [2][1]"
    assert [citation.n for citation in citations] == [1, 2]


def test_a_citation_names_section_and_line():
    _, (citation,) = write_answer([Statement("One.", (FIRST,))], Product())
    assert citation.section == ["Warranty"]
    assert citation.lines == (2, 2)
    assert citation.quote == "The warranty lasts 24 months."


def test_steps_and_items_stand_on_lines_of_their_own():
    statements = [
        Statement("Do this:", (FIRST,)),
        Statement("1. Press.", (FIRST,), "step"),
        Statement("Hard.", (FIRST,), "item", 1),
    ]
    answer, _ = write_answer(statements, Product())
    assert answer == "Do this: [1]\n\n1. Press. [1]\n    - Hard. [1]"


def test_what_belongs_to_a_step_stands_within_it():
    statements = [
        Statement("1. Open the settings.", (FIRST,), "step"),
        Statement("You see tabs:", (FIRST,), "sentence", 1),
        Statement("Users", (FIRST,), "item", 1),
        Statement("```\nls\n```", (FIRST,), "code", 1),
        Statement("2. Save.", (FIRST,), "step"),
        Statement("Done.", (FIRST,)),
    ]
    answer, _ = write_answer(statements, Product())
    assert answer.splitlines() == [
        "1. Open the settings. [1]",
        "",
        "   You see tabs: [1]",
        "",
        "    - Users [1]",
        "",
        "   ```",
        "   ls",
        "   ```",
        "",
        "   [1]",
        "",
        "2. Save. [1]",
        "",
        "Done. [1]",
    ]


@pytest.mark.parametrize("form", ["item", "sentence"])
def test_nothing_is_indented_below_an_item_that_is_not_said(form):
    statements = [Statement("Do this:", (FIRST,)), Statement("Press.", (FIRST,), form, 2)]
    answer, _ = write_answer(statements, Product())
    assert not any(line.startswith(" ") for line in answer.splitlines())


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("<https://x.org/a_(b)1>", "https://x.org/a_(b)1"),
        ("</a_(b)/>", "https://docs.example.com/a_(b)/"),
    ],
)
def test_a_link_whose_address_has_brackets_stays_whole(target, shown):
    statement = Statement(f"See [here]({target}) for 24 months.", (FIRST,))
    answer, _ = write_answer([statement], Product(docs_url="https://docs.example.com/"))
    assert f"[here](<{shown}>)" in answer
    assert is_supported(Statement(f"The warranty lasts [24 months]({target}).", (FIRST,)))


def test_links_of_the_site_get_its_address_and_others_stay():
    text = "See [here](/a/#b) and [there](https://x.org/)."
    answer, _ = write_answer(
        [Statement(text, (FIRST,))], Product(docs_url="https://docs.example.com/")
    )
    assert "(https://docs.example.com/a/#b)" in answer
    assert "(https://x.org/)" in answer


def test_a_link_within_the_page_gets_the_page_s_address():
    section = replace(SECTION, url="/manual/#warranty")
    source = Source(section, FIRST.quote, FIRST.lines)
    product = Product(docs_url="https://x.org")
    answer, _ = write_answer([Statement("See [below](#fees).", (source,))], product)
    assert "(https://x.org/manual/#fees)" in answer


def test_brackets_with_a_number_in_the_page_are_no_marker():
    answer, _ = write_answer([Statement("Use items[1] here.", (FIRST,))], Product())
    assert answer == r"Use items\[1\] here. [1]"


def test_an_answer_ends_before_two_hundred_words_and_says_so():
    long = Statement("word " * 60, (FIRST,), "item")
    answer, _ = write_answer([long] * 6, Product())
    assert len(answer.split()) <= 200
    assert "more" in answer.splitlines()[-1]


def test_what_a_step_leaves_out_is_said_below_it():
    choices = Statement("1. Choose one:", (FIRST,), "step", left_out=3)
    answer, _ = write_answer([choices, Statement("2. Press.", (FIRST,), "step")], Product())
    assert answer.splitlines() == [
        "1. Choose one: [1]",
        "    - 3 more: open the section to read them.",
        "2. Press. [1]",
    ]


def test_what_a_list_leaves_out_is_said_where_it_ends():
    said = [
        Statement("1. Choose one:", (FIRST,), "step"),
        Statement("The red one.", (FIRST,), "item", 1, left_out=2),
    ]
    answer, _ = write_answer(said, Product())
    assert answer.splitlines()[1:] == [
        "    - The red one. [1]",
        "    - 2 more: open the section to read them.",
    ]


def test_what_is_cut_off_counts_with_what_it_leaves_out():
    long = Statement("word " * 160, (FIRST,), "step")
    cut = Statement("word " * 20, (FIRST,), "step", left_out=4)
    answer, _ = write_answer([long, cut], Product())
    assert answer.splitlines()[-1] == "And 5 more: open the section to read on."

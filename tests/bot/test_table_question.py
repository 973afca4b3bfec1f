"""What a question wants of a table: a cell, a row or column, a note, or something else."""

import pytest

from bot.table_match import match_table
from bot.table_question import (
    asks_for_cell,
    asks_for_column,
    asks_for_line,
    described_row,
    notes_asked_for,
)
from index.section import read_text
from tests.bot.table_samples import asked, table_of


@pytest.mark.parametrize(
    "question",
    [
        "How fast does the partner repair the engine on Rocket?",
        "When will you support logs on Green Cloud?",
        "Which engine does Blue Cloud have?",
        "What does the partner charge for the engine on Rocket?",
        "Can we pay you to support the logs on Green Cloud?",
        "Is the partner for the engine on Rocket there at weekends?",
    ],
)
def test_a_date_a_figure_or_a_name_is_not_looked_up_in_a_table_without(table, question):
    assert not asks_for_cell(asked(question), match_table(asked(question), *table), is_likely=True)


@pytest.mark.parametrize(
    "question",
    [
        "engine on Rocket, yours?",
        "Does the partner take the engine on Rocket if I moor there?",
        "Will you still repair logs on Green Cloud?",
        "engine on Rocket broken, where do I report it",
        "who is in charge of the logs on Green Cloud?",
    ],
)
def test_whose_a_named_cell_is_may_be_asked_in_other_words(table, question):
    assert asks_for_cell(asked(question), match_table(asked(question), *table), is_likely=False)


def test_a_question_mostly_in_other_words_is_for_a_cell_only_where_that_is_likely(table):
    question = asked("Who is liable if a swimmer drowned in June near the engine on Rocket?")
    match = match_table(question, *table)
    assert not asks_for_cell(question, match, is_likely=False)
    assert asks_for_cell(question, match, is_likely=True)


@pytest.mark.parametrize(
    "question",
    ["what does a long berth cost in summer", "how much money is a short berth in winter"],
)
def test_a_price_is_looked_up_in_a_table_of_prices(question):
    page = "## Berths\n\n| Berth | Summer | Winter |\n| --- | --- | --- |\n"
    page += "| Long | 14 euros | 12 euros |\n| Short | 9 euros | 7 euros |\n"
    assert asks_for_cell(
        asked(question), match_table(asked(question), *table_of(page)), is_likely=False
    )


DESCRIPTION = "## Engine room\n\nThis is where pumps are greased and valves are replaced.\n"


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("who greases the pumps on Blue Cloud?", (2,)),
        ("are replaced valves supported on Green Cloud?", (2,)),
        ("who paints the anchor on Blue Cloud?", None),
        ("when are the pumps greased on Blue Cloud?", None),
        ("who supports pumps?", None),
        ("who greases the pumps on Blue Cloud w/o tools?", (2,)),
        ("greasing our old pumps on a Blue Cloud under sail, is it supported", (2,)),
    ],
)
def test_a_section_tells_which_row_a_question_is_about(table, question, rows):
    (section,) = read_text("Manual", DESCRIPTION)
    found = described_row(asked(question), match_table(asked(question), *table), section)
    assert (found.rows if found else None) == rows


def test_which_asks_for_a_column_and_who_for_a_cell():
    assert asks_for_column("Which parts are supported on Rocket?")
    assert not asks_for_column("Who supports the engine on Rocket?")


def line(question, table):
    question = asked(question)
    match = match_table(question, *table)
    return asks_for_line(question, match) and (match.rows, match.columns, match.values)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("who supports the logs", ((1,), (), ())),
        ("show me the row for the engine room", ((2,), (), ())),
        ("which parts do you support on Green Cloud", ((), (2,), ())),
        ("which parts do i arrange myself on Green Cloud", ((), (2,), ("",))),
        ("in which setups do you look after the logs", ((1,), (), ())),
        ("is there any cloud where the logs are covered", ((1,), (), ())),
        ("for which clouds are the logs left to the customer", ((1,), (), ("",))),
    ],
)
def test_a_question_about_little_but_a_row_or_column_wants_all_of_it(question, place, table):
    assert line(question, table) == place


@pytest.mark.parametrize(
    "question",
    [
        "what does Green Cloud cost",
        "what is an engine room",
        "which tools do I install on Rocket",
        "how do I read the logs",
        "who supports the logs on Green Cloud",
        "which logs do your engineers write",
        "who may log in here",
        "how do I get support on Green Cloud, what do you want from us?",
        "what's the name of the partner that supports Rocket",
    ],
)
def test_a_question_about_something_else_of_a_row_or_column_does_not(question, table):
    assert not line(question, table)


EMPTY = "If no support is indicated, you need to arrange it yourself."
PARTNERS = "²Partners answer within a week."


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        ("what does an empty cell mean", [EMPTY]),
        ("in your table some boxes are left blank, who supports that then?", [EMPTY]),
        ("nothing in the box for our part, meaning?", [EMPTY]),
        ("what is the ² behind partner", [PARTNERS]),
        ("there is a small 2 behind partner, what does it stand for", [PARTNERS]),
        ("what does footnote 7 say", []),
        ("what does it cost to have an empty cell supported", []),
        ("may I hire a freelancer for the empty cells", []),
        ("who supports the logs", []),
    ],
)
def test_a_note_is_asked_for_by_its_mark_or_by_the_cells_that_it_explains(table, question, notes):
    match = match_table(asked(question), *table)
    assert [unit.text for unit in notes_asked_for(asked(question), match)] == notes

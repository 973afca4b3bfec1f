"""A question about a table is answered from its cells."""

import pytest

from bot.asked import Asked
from bot.table_answer import (
    asks_for_cell,
    asks_for_column,
    asks_for_line,
    cell_polarity,
    cell_statements,
    column_statements,
    compared_statements,
    described_row,
    match_table,
    notes_asked_for,
    row_statements,
)
from index.retriever import Synonym
from index.section import read_text

PAGE = """
## Support

This shows who supports what. If no support is indicated, you need to arrange it yourself.

| Part | Blue Cloud | Green Cloud | Rocket¹ | Classic³ |
| --- | --- | --- | --- | --- |
| **Engine** | We | We | Partner² | We |
| **Logs/ Metrics** | We | | Partner² | |
| **Engine Room** | We | We | | |

¹Rocket is the name of the third cloud.

²Partners answer within a week.

³Classic means running directly on Windows or Linux.
"""


@pytest.fixture
def table():
    (section,) = read_text("Manual", PAGE)
    block = next(block for block in section.blocks if block.kind == "table")
    return section, block


def asked(question, *synonyms):
    return Asked(question, question, synonyms)


def texts(statements):
    return [statement.text for statement in statements]


def test_a_row_and_a_column_point_at_one_cell(table):
    match = match_table(asked("Who supports the engine on blue cloud?"), *table)
    assert (match.rows, match.columns) == ((0,), (1,))
    assert texts(cell_statements(match)) == ["Engine – Blue Cloud: We."]


def test_one_of_several_names_in_a_label_is_enough(table):
    match = match_table(asked("who looks at metrics on rocket"), *table)
    assert (match.rows, match.columns) == ((1,), (3,))


def test_the_longer_label_wins_over_a_part_of_it(table):
    assert match_table(asked("the engine room on blue cloud"), *table).rows == (2,)


def test_a_synonym_points_as_the_label_does(table):
    assert match_table(
        asked("who supports the motor", Synonym("motor", "engine")), *table
    ).rows == (0,)


def test_what_a_footnote_says_a_column_means_names_the_column(table):
    assert match_table(asked("is the engine supported on a Windows server"), *table).columns == (4,)


@pytest.mark.parametrize(
    ("question", "column"),
    [("engine on the green one?", 2), ("the engine on linux w/o rocket", 4)],
)
def test_a_word_that_no_other_label_has_is_enough(table, question, column):
    assert match_table(asked(question), *table).columns == (column,)


def test_a_label_of_two_words_may_be_written_in_one(table):
    assert match_table(asked("who cleans the engineroom on blue cloud"), *table).rows == (2,)


def test_what_is_asked_last_counts_before_what_was_told(table):
    question = "Our engine runs on Green Cloud. Who looks after the logs there?"
    match = match_table(asked(question), *table)
    assert (match.rows, match.columns) == ((1,), (2,))


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
    assert not asks_for_cell(asked(question), match_table(asked(question), *table))


@pytest.mark.parametrize(
    ("question", "polarity"),
    [
        ("Does the partner support the engine on Rocket?", "Yes"),
        ("Does the partner support the engine on Blue Cloud?", "No"),
        ("Are logs supported on Green Cloud?", "No"),
        ("Is the engine supported on Blue Cloud?", ""),
        ("Who supports the engine on Rocket?", ""),
        ("Must we arrange logs on Green Cloud ourselves?", "Yes"),
        ("We live on Green Cloud ourselves. Do partners support the logs?", "No"),
        ("Isn't the engine on Rocket supported by the partner?", ""),
    ],
)
def test_a_cell_says_yes_or_no_where_it_is_plain(table, question, polarity):
    assert cell_polarity(question, match_table(asked(question), *table)) == polarity


@pytest.mark.parametrize(
    "question",
    [
        "engine on Rocket, yours?",
        "Does the partner take the engine on Rocket if I moor there?",
        "Will you still repair logs on Green Cloud?",
        "engine on Rocket broken, where do I report it",
    ],
)
def test_whose_a_named_cell_is_may_be_asked_in_other_words(table, question):
    assert asks_for_cell(asked(question), match_table(asked(question), *table))


def test_a_word_names_all_values_that_hold_it_if_others_do_not():
    page = "| Part | Hill | Dale | Moor |\n| --- | --- | --- | --- |\n"
    page += "| Barn | Old Acme Friends | Acme | Acme Friends |\n"
    page += "| Well | Old Acme Friends | Acme | Acme Friends |\n"
    (section,) = read_text("Manual", page)
    match = match_table(asked("where do friends look after the barn"), section, section.blocks[0])
    assert match.values == ("Old Acme Friends", "Acme Friends")


def test_a_value_said_in_full_is_meant_before_a_longer_one_that_holds_it():
    page = "| Part | Hill | Dale |\n| --- | --- | --- |\n"
    page += "| Barn | Acme Friend | Certified Acme Friend |\n" * 2
    (section,) = read_text("Manual", page)
    match = match_table(asked("does the acme friend repair it"), section, section.blocks[0])
    assert match.values == ("Acme Friend",)


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


def test_a_comparison_of_two_columns_gives_the_rows_that_differ(table):
    question = "What is the difference in support between Blue Cloud and Green Cloud?"
    said = texts(compared_statements(question, match_table(asked(question), *table)))
    assert said[0] == "Logs/ Metrics – Blue Cloud: We; Green Cloud: no entry (the cell is empty)."
    assert not any(text.startswith("Engine –") for text in said)


def test_a_label_is_named_by_the_word_left_when_another_label_takes_the_rest():
    page = (
        "| Part | Hill Farm - Upper | Hill Farm - Lower |\n| --- | --- | --- |\n| Barn | We | |\n"
    )
    (section,) = read_text("Manual", page)
    question = "hill farm upper vs lower, what differs"
    assert match_table(asked(question), section, section.blocks[0]).columns == (1, 2)


def test_an_empty_cell_is_said_and_explained_by_the_table_s_own_words(table):
    said = texts(cell_statements(match_table(asked("logs on green cloud?"), *table)))
    assert said[0] == "Logs/ Metrics – Green Cloud: no entry (the cell is empty)."
    assert said[1] == "If no support is indicated, you need to arrange it yourself."


def test_a_footnote_of_the_value_is_added(table):
    said = texts(cell_statements(match_table(asked("engine on rocket"), *table)))
    assert said[0] == "Engine – Rocket: Partner²."
    assert "²Partners answer within a week." in said


def test_each_cell_cites_its_row_and_the_header(table):
    (statement,) = cell_statements(match_table(asked("engine on blue cloud"), *table))
    quotes = [source.quote for source in statement.sources]
    assert quotes[0] == "| Engine | We | We | Partner² | We |"
    assert quotes[1].startswith("| Part | Blue Cloud |")


def test_a_row_groups_the_columns_by_value(table):
    said = texts(row_statements(match_table(asked("who supports the engine?"), *table)))
    assert said[0] == "Engine: We – Blue Cloud, Green Cloud, Classic; Partner² – Rocket."


def test_a_column_lists_the_rows_of_each_value(table):
    said = texts(column_statements(match_table(asked("what is supported on rocket?"), *table)))
    assert "Rocket, Partner²: Engine; Logs/ Metrics." in said
    assert "Rocket, no entry (the cell is empty): Engine Room." in said


def test_a_question_that_names_neither_row_nor_column_points_nowhere(table):
    match = match_table(asked("How do I reset my password?"), *table)
    assert (match.rows, match.columns) == ((), ())


def test_which_asks_for_a_column_and_who_for_a_cell():
    assert asks_for_column("Which parts are supported on Rocket?")
    assert not asks_for_column("Who supports the engine on Rocket?")


def test_what_comes_after_without_is_not_named(table):
    match = match_table(asked("engine on Linux without Rocket"), *table)
    assert match.columns == (4,)


def test_a_word_of_a_longer_label_may_be_shortened(table):
    assert match_table(asked("eng room"), *table).rows == (2,)


def test_a_synonym_of_more_words_wins_over_one_within_it(table):
    synonyms = Synonym("rocket", "Rocket"), Synonym("sky rocket", "Green Cloud")
    assert match_table(asked("logs on sky rocket", *synonyms), *table).columns == (2,)


VARIANTS = """
| Part | Mill - Wind | Mill - Water | Docker & Kite |
| --- | --- | --- | --- |
| Wheel | We | | You |
"""


@pytest.fixture
def variants():
    (section,) = read_text("Manual", VARIANTS)
    return section, section.blocks[0]


def test_a_label_is_named_by_the_part_behind_its_dash(variants):
    assert match_table(asked("who turns the wheel with water"), *variants).columns == (2,)


def test_words_that_two_labels_share_name_both(variants):
    assert match_table(asked("who turns the wheel of the mill"), *variants).columns == (1, 2)


def test_of_labels_that_share_words_the_one_named_by_more_is_meant(variants):
    match = match_table(asked("wheel driven by water, in our own mill"), *variants)
    assert match.columns == (2,)


def test_what_the_last_message_names_wins_over_what_was_asked_before(table):
    asked = Asked("who supports the logs on rocket in blue cloud", "and in blue cloud?", ())
    match = match_table(asked, *table)
    assert (match.rows, match.columns) == ((1,), (1,))


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
        "what's the name of the partner that supports Rocket",
    ],
)
def test_a_question_about_something_else_of_a_row_or_column_does_not(question, table):
    assert not line(question, table)


def test_a_row_asked_for_by_a_value_gives_only_the_columns_of_that_value(table):
    question = asked("which parts get no support on Classic")
    said = texts(column_statements(match_table(question, *table)))
    assert said[0].endswith("no entry (the cell is empty): Logs/ Metrics; Engine Room.")
    assert not any("We" in text for text in said[:1])


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

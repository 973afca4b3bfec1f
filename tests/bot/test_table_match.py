"""A question points at the rows, columns and values of a table that it names."""

import pytest

from bot.asked import Asked
from bot.table_answer import cell_statements
from bot.table_match import match_table
from index.retriever import Synonym
from index.section import read_text
from tests.bot.table_samples import asked, texts


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


def test_a_label_is_named_by_the_word_left_when_another_label_takes_the_rest():
    page = (
        "| Part | Hill Farm - Upper | Hill Farm - Lower |\n| --- | --- | --- |\n| Barn | We | |\n"
    )
    (section,) = read_text("Manual", page)
    question = "hill farm upper vs lower, what differs"
    assert match_table(asked(question), section, section.blocks[0]).columns == (1, 2)


def test_a_question_that_names_neither_row_nor_column_points_nowhere(table):
    match = match_table(asked("How do I reset my password?"), *table)
    assert (match.rows, match.columns) == ((), ())


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

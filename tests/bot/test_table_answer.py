"""A question about a table is answered from its cells."""

import pytest

from bot.table_answer import (
    cell_polarity,
    cell_statements,
    column_statements,
    compared_statements,
    row_statements,
)
from bot.table_match import TableMatch, match_table
from tests.bot.table_samples import asked, table_of, texts


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
        ("Is the engine only supported by the partner on Rocket?", ""),
        ("Can you tell me who supports the engine on Rocket, the partner?", ""),
    ],
)
def test_a_cell_says_yes_or_no_where_it_is_plain(table, question, polarity):
    assert cell_polarity(question, match_table(asked(question), *table)) == polarity


def test_a_comparison_of_two_columns_gives_the_rows_that_differ(table):
    question = "What is the difference in support between Blue Cloud and Green Cloud?"
    said = texts(compared_statements(question, match_table(asked(question), *table)))
    assert said[0] == "Logs/ Metrics – Blue Cloud: We; Green Cloud: no entry (the cell is empty)."
    assert not any(text.startswith("Engine –") for text in said)


def test_an_empty_cell_is_said_and_explained_by_the_table_s_own_words(table):
    said = texts(cell_statements(match_table(asked("logs on green cloud?"), *table)))
    assert said[0] == "Logs/ Metrics – Green Cloud: no entry (the cell is empty)."
    assert said[1] == "If no support is indicated, you need to arrange it yourself."


def test_a_footnote_of_the_value_is_added(table):
    said = texts(cell_statements(match_table(asked("engine on rocket"), *table)))
    assert said[0] == "Engine – Rocket: Partner²."
    assert "²Partners answer within a week." in said


PLANS = """
| Part | Free | | Pro |
| --- | --- | --- | --- |
| Backups² | None. | x | Hourly. |
| | 7 GB | y | 8 GB |

²Only on weekdays.
"""


def rows_of(page: str, *rows: int) -> TableMatch:
    return TableMatch(*table_of(page), rows, ())


def test_a_footnote_of_the_row_is_added():
    match = match_table(asked("backups on Pro"), *table_of(PLANS))
    assert texts(cell_statements(match)) == ["Backups – Pro: Hourly.", "²Only on weekdays."]


def test_a_row_is_told_without_double_stops_and_empty_names():
    assert texts(row_statements(rows_of(PLANS, 0, 1))) == [
        "Backups: Free: None; x; Pro: Hourly.",
        "Free: 7 GB; y; Pro: 8 GB.",
        "²Only on weekdays.",
    ]


def test_a_table_of_one_column_is_told_by_its_labels():
    assert texts(row_statements(rows_of("| Part |\n| --- |\n| Alpha |\n", 0))) == ["Alpha."]


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


def test_a_row_asked_for_by_a_value_gives_only_the_columns_of_that_value(table):
    question = asked("which parts get no support on Classic")
    said = texts(column_statements(match_table(question, *table)))
    assert said[0].endswith("no entry (the cell is empty): Logs/ Metrics; Engine Room.")
    assert not any("We" in text for text in said[:1])


MARKS = """
| Service | Reed | Oak |
| --- | --- | --- |
| Calls | 08:00-18:00 | Yes |
| Mail | No | x |
| Visits | x | ✓ |
| Refund | 14 days | 60 days |
| Trial | 14 days | 60 days |
"""


@pytest.mark.parametrize(
    "question",
    [
        "Do you offer calls on Reed?",  # by "you" no mark is meant
        "Does Reed have visits?",  # beside a tick, "x" may be its opposite
        "Is a refund possible after 20 days on Oak?",  # no value is named by "days"
    ],
)
def test_a_cell_that_is_not_plain_says_neither_yes_nor_no(question):
    assert cell_polarity(question, match_table(asked(question), *table_of(MARKS))) == ""


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("| Plan | Storage (GB) |\n| --- | --- |\n| Pro | 50 |", "Pro – Storage (GB): 50."),
        ("| Plan | Price per seat |\n| --- | --- |\n| Pro | $12 |", "Pro – Price per seat: $12."),
        ("| Plan | Price |\n| --- | --- |\n| Pro | $12 a month |", "Pro: $12 a month."),
        ("| Plan | For |\n| --- | --- |\n| Pro | Firms |", "Pro: Firms."),
    ],
)
def test_a_figure_by_itself_is_said_with_the_header_that_tells_its_unit(table, said):
    [statement] = row_statements(rows_of(table, 0))
    assert statement.text == said

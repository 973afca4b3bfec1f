"""From evidence to an answer in the page's own words."""

from dataclasses import replace

import pytest

from bot.asked import Asked
from bot.composer import compose, compose_whole, reading_for, table_named
from bot.evidence import Candidate, Reading
from index.passage import split_sections
from index.section import read_text


def count_words(text: str) -> int:
    return len(text.split())


def read(page: str, *evidence: str, relevance: float = 0.9, polarity: float = 0.0) -> list[Reading]:
    """Readings of a page in which the units that hold one of the texts are the evidence."""
    sections = read_text("Manual", page)
    readings = []
    for passage in split_sections(sections, count_words, 200):
        candidate = Candidate(passage, sections[passage.section], 0.5, 0.5)
        units = tuple(
            0.9 if any(text in unit.text for text in evidence) else 0.1 for unit in candidate.units
        )
        relevant = relevance if max(units) > 0.5 else 0.1
        readings.append(Reading(candidate, relevant, units, (polarity,) * len(units)))
    return sorted(readings, key=lambda reading: -reading.relevance)


def answer(question: str, page: str, *evidence: str, polarity: float = 0.0) -> list[str]:
    readings = read(page, *evidence, polarity=polarity)
    asked = Asked(question, question)
    named = table_named(asked, (each.candidate.section for each in readings), readings)
    return [statement.text for statement in compose(asked, readings, named)]


LIST = """
## Support
The standard plan does not include the following:

* Writing code on your behalf
* Debugging your applications
* Tuning your infrastructure
"""


def test_to_a_question_for_yes_or_no_about_all_of_something_one_item_is_said():
    page = """
## Reports
Give this in a report:

* A description, with only one fault in each report
* The place of the fault
* A picture of it
"""
    said = answer("We found 12, can I put all of them in one paper?", page, "only one fault")
    assert said == ["Give this in a report:", "A description, with only one fault in each report"]


def test_one_sentence_answers_alone():
    page = "## Warranty\nThe warranty lasts two years. It starts with the purchase."
    assert answer("How long is the warranty?", page, "two years") == [
        "The warranty lasts two years."
    ]


def test_a_sentence_with_the_address_asked_for_goes_before_one_that_is_a_little_likelier():
    page = "## Yard\nGive your telephone in the mail to us. Write to yard@harbour.example."
    [reading] = read(page, "telephone")
    unsure = replace(reading, units=(0.6, 0.3))
    asked = Asked("email address of the yard", "email address of the yard")
    said = [statement.text for statement in compose(asked, [unsure], None)]
    assert "Write to yard@harbour.example." in said


def test_of_sentences_that_are_nearly_as_likely_all_are_said():
    page = "## Warranty\nWe repair free of charge. The warranty lasts two years. We are in Delft."
    [reading] = read(page, "two years")
    unsure = replace(reading, units=(0.3, 0.4, 0.1))
    asked = Asked("How long is the warranty?", "How long is the warranty?")
    assert [statement.text for statement in compose(asked, [unsure], None)] == [
        "We repair free of charge.",
        "The warranty lasts two years.",
    ]


WARRANTY = """## Warranty
Keep the bill. The warranty lasts two years. In the tropics it lasts one. Nothing is lent meanwhile.
"""


def said_of_warranty(question: str, *units: float) -> list[str]:
    [reading] = read(WARRANTY, "two years")
    unsure = replace(reading, units=units)
    asked = Asked(question, question)
    return [statement.text for statement in compose(asked, [unsure], None)]


def test_the_next_sentence_is_said_from_half_of_the_likelihood():
    said = said_of_warranty("How long is the warranty?", 0.5, 0.8, 0.45, 0.1)
    assert said == ["The warranty lasts two years.", "In the tropics it lasts one."]


def test_to_a_double_question_half_of_the_likelihood_suffices_beside_the_likeliest_sentence():
    question = "How long is the warranty, and do you lend me another one?"
    said = said_of_warranty(question, 0.1, 0.8, 0.1, 0.45)
    assert said == ["The warranty lasts two years.", "Nothing is lent meanwhile."]


def test_an_item_is_not_said_as_the_next_sentence():
    page = "## Key\n1. Take it.\n\n    The key opens two doors.\n2. Bring it back.\n3. Sleep.\n"
    [reading] = read(page, "two doors")
    unsure = replace(reading, units=(0.1, 0.9, 0.5, 0.1))
    question = "Which doors does the key open?"
    said = [each.text for each in compose(Asked(question, question), [unsure], None)]
    assert "2. Bring it back." not in said


def test_half_of_the_likelihood_does_not_suffice_in_another_paragraph():
    page = "## Warranty\nThe warranty lasts two years.\n\nNothing is lent meanwhile."
    [reading] = read(page, "two years")
    question = "How long is the warranty?"
    unsure = replace(reading, units=(0.8, 0.45))
    said = [each.text for each in compose(Asked(question, question), [unsure], None)]
    assert said == ["The warranty lasts two years."]


def test_after_a_list_that_may_be_meant_the_likeliest_sentence_is_still_said():
    page = "## Levels\nA level decides these:\n\n* Hours\n* Costs\n\nThe text is at sla.example."
    [reading] = read(page, "sla.example")
    unsure = replace(reading, units=(0.6, 0.2, 0.2, 0.8))
    asked = Asked("Where can I read it?", "Where can I read it?")
    assert [statement.text for statement in compose(asked, [unsure], None)] == [
        "A level decides these:",
        "Hours",
        "Costs",
        "The text is at sla.example.",
    ]


def test_a_sentence_that_leans_on_the_one_before_brings_it_along():
    page = "## Warranty\nThe battery has a warranty. It lasts six months."
    assert answer("How long is the warranty?", page, "six months") == [
        "The battery has a warranty.",
        "It lasts six months.",
    ]


def test_a_sentence_that_says_also_brings_along_what_it_adds_to():
    page = "## Pier\nThe pier is a landing stage. The pier also holds a shop. It opens at ten.\n"
    said = answer("What is the pier?", page, "also holds")
    assert said == ["The pier is a landing stage.", "The pier also holds a shop."]


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("Can I pay by card?", "## Paying\nCash is not taken. You can also pay by card.\n"),
        ("How is it paid?", "## Paying\nCash is not taken.\n\nYou can also pay by card.\n"),
        ("How is it paid?", "## Paying\nCash is not taken. See also how you pay by card.\n"),
    ],
)
def test_what_also_adds_to_something_else_stands_alone(question, page):
    said = answer(question, page.replace(" See", "\n\nSee"), "by card", polarity=0.9)
    assert "Cash is not taken." not in said


def test_a_sentence_that_leans_back_does_so_though_it_says_also():
    page = "## Dogs\nDogs are on a lead. This also holds on the pier.\n"
    said = answer("Are dogs on a lead on the pier?", page, "also holds")
    assert said == ["Dogs are on a lead.", "This also holds on the pier."]


RENTING = """
## Renting
You can rent a boat from us. To rent one, fill in the form. We call you on the same day.

Boats are cleaned every night.
"""


def test_how_something_is_done_is_told_by_the_whole_paragraph():
    said = answer("How do we get a boat?", RENTING, "You can rent")
    assert said == [
        "You can rent a boat from us.",
        "To rent one, fill in the form.",
        "We call you on the same day.",
    ]


def test_the_paragraph_that_tells_how_brings_along_the_list_that_it_introduces():
    page = RENTING.replace("We call you on the same day.", "Say in it:\n\n* Your name\n* The day\n")
    said = answer("What's the way to get a boat?", page, "To rent one")
    assert said[1:] == ["To rent one, fill in the form.", "Say in it:", "Your name", "The day"]


def test_a_long_paragraph_is_not_told_whole():
    page = RENTING.replace("We call you on the same day.", "We call you. " * 5)
    assert answer("How do we get a boat?", page, "To rent") == ["To rent one, fill in the form."]


def test_a_question_for_yes_or_no_does_not_get_the_whole_paragraph():
    said = answer("Is there a way to rent a boat?", RENTING, "To rent one", polarity=0.9)
    assert said == ["Yes. To rent one, fill in the form."]


def test_a_table_that_the_paragraph_introduces_is_not_told_to_who_asks_how():
    table = "Boats cost as follows:\n\n| Boat | Price |\n|---|---|\n| Canoe | 9 euros |\n"
    page = RENTING.replace("We call you on the same day.", table)
    assert answer("How do we get a boat?", page, "To rent") == [
        "You can rent a boat from us.",
        "To rent one, fill in the form.",
    ]


def test_a_sentence_within_an_item_does_not_bring_the_other_items_along():
    page = "## Renting\n* Canoe\n\n  Fill in the form.\n* Yacht\n\n  Ask the captain.\n"
    assert "Yacht" not in answer("How do I rent a canoe?", page, "Fill in")


def test_a_question_for_one_fact_does_not_get_the_whole_paragraph():
    assert answer("Who rents boats?", RENTING, "You can") == ["You can rent a boat from us."]


def test_a_question_for_all_gets_the_whole_list_with_its_lead_in():
    said = answer("What does the standard plan not include?", LIST, "Writing code")
    assert said == [
        "The standard plan does not include the following:",
        "Writing code on your behalf",
        "Debugging your applications",
        "Tuning your infrastructure",
    ]


def test_a_question_for_one_thing_gets_only_its_item_with_the_lead_in():
    said = answer("Is debugging part of the standard plan?", LIST, "Debugging")
    assert said[0].endswith("The standard plan does not include the following:")
    assert said[1:] == ["Debugging your applications"]


ACCESS = "## Access\nSupport has access to the logs."


@pytest.mark.parametrize(("polarity", "begins"), [(0.9, "Yes. "), (-0.9, "No. ")])
def test_yes_or_no_comes_first_when_the_reader_is_sure(polarity, begins):
    said = answer("Can you see our logs?", ACCESS, "access", polarity=polarity)
    assert said == [f"{begins}Support has access to the logs."]


def test_a_sentence_that_says_no_itself_gets_no_second_one():
    page = "## Dogs\nNo. Dogs stay outside.\n"
    assert answer("May dogs come in?", page, "Dogs", polarity=-0.9) == ["No. Dogs stay outside."]


def test_a_bold_no_gets_no_second_one_either():
    said = answer("May dogs come in?", "## Dogs\n**No**, they stay outside.\n", "No", polarity=-0.9)
    assert said == ["**No**, they stay outside."]


def test_what_something_costs_says_no_where_the_reader_is_not_sure():
    page = "## Boats\nA boat comes at an additional cost.\n"
    said = answer("Is a boat free of charge?", page, "additional", polarity=0.2)
    assert said == ["No. A boat comes at an additional cost."]


@pytest.mark.parametrize("polarity", [0.5, -0.5])
def test_neither_yes_nor_no_is_said_when_the_reader_is_not_sure(polarity):
    said = answer("Can you see our logs?", ACCESS, "access", polarity=polarity)
    assert said == ["Support has access to the logs."]


def test_neither_yes_nor_no_answers_another_question():
    said = answer("Which of them has access to the logs?", ACCESS, "access", polarity=0.9)
    assert said == ["Support has access to the logs."]


@pytest.mark.parametrize(
    ("page", "evidence", "polarity"),
    [
        ("Deleting is not possible when it is new. Old ones may be deleted.", "", 0.95),
        ("The following is not supported:\n\n* Deleting files\n", "files", 0.95),
        ("You can delete files here. But we never delete shared ones.", "", -0.95),
    ],
)
def test_neither_yes_nor_no_is_said_before_what_says_otherwise(page, evidence, polarity):
    said = answer("Can I delete files?", f"## Files\n{page}", evidence, polarity=polarity)
    assert not said[0].startswith(("Yes", "No"))


def test_a_command_that_a_sentence_announces_is_said_with_it():
    page = "## Restart\nIt can be restarted. Run this command:\n\n```\napp restart\n```\n"
    said = answer("How do I restart the app?", page, "Run this")
    assert said == ["Run this command:", "```\napp restart\n```"]


def test_code_and_sentences_of_a_list_stand_within_their_item():
    page = "## Set up\n1. Open it.\n2. Run this:\n   ```\n   sudo a\n   ```\n\n   It runs long.\n"
    [reading] = read(page, "Open")
    asked = Asked("How do I set it up?", "How do I set it up?")
    said = compose(asked, [reading], None)
    assert [(each.text, each.form, each.depth) for each in said] == [
        ("1. Open it.", "step", 0),
        ("2. Run this:", "step", 0),
        ("```\nsudo a\n```", "code", 1),
        ("It runs long.", "sentence", 1),
    ]


def test_nested_items_come_with_the_items_above_them():
    page = "## Tabs\nIt has these:\n\n* Paint\n    * Red\n    * Blue\n* Wood\n* Glass\n* Tin\n"
    said = answer("Which are Red and Blue?", page, "Red", "Blue")
    assert said == ["It has these:", "Paint", "Red", "Blue"]


def test_a_row_of_a_table_within_a_list_is_told_by_its_cells():
    page = "## Limits\n* Limits:\n\n  | Plan | Size |\n  |---|---|\n  | Basic | 3 GB |\n"
    assert answer("How much does Basic hold?", page, "3 GB") == ["Basic: 3 GB"]


def test_what_leaves_open_how_many_days_it_takes_is_no_answer_to_that():
    page = "## Lost things\nAfter a set number of days we give lost things away.\n"
    assert answer("After how many days are they gone?", page, "After") == []


def test_what_leaves_the_days_open_answers_who_asks_for_something_else():
    page = "## Lost things\nAfter a set number of days our porter gives lost things away.\n"
    asked = Asked("After how many days are they gone: who takes them", "who takes them")
    readings = read(page, "After")
    assert compose(asked, readings, None)
    both = "After how many days are they gone and who takes them?"
    assert answer(both, page, "After")


def test_where_one_section_leaves_the_days_open_the_next_may_count_them():
    page = """
## Lost things
After a set number of days we give lost things away.

## Lost and found
We keep things for 14 days.
"""
    said = answer("How many days do you keep lost things?", page, "After", "14 days")
    assert said == ["We keep things for 14 days."]


def test_steps_for_something_else_are_not_told_to_who_asks_how():
    page = """
## Boats
To rent a boat, fill in the form.

For a boat with a sail, you get a key with these steps:

1. Go to the office.
2. Show your licence.
"""
    assert answer("How do I rent a boat?", page, "fill in") == ["To rent a boat, fill in the form."]


def test_steps_that_were_not_read_are_told_to_who_asks_how():
    page = "## Boats\nA boat can be moved.\n\nTo move it:\n\n1. Cast off.\n2. Row.\n"
    reading = read(page, "can be moved")[0]
    passage = replace(reading.candidate.passage, last_unit=0)
    candidate = replace(reading.candidate, passage=passage)
    reading = Reading(candidate, 0.9, (0.9,), (0.0,))
    asked = Asked("How do I move a boat?", "How do I move a boat?")
    said = [statement.text for statement in compose(asked, [reading], None)]
    assert said == ["To move it:", "1. Cast off.", "2. Row."]


def test_who_asks_which_option_he_needs_gets_the_one():
    page = "## Leaks\nAgainst a leak we suggest one of these:\n\n* Seal it\n* Paint it\n* Dry it\n"
    said = answer("Which options do I need for a dry hull?", page, "Dry it")
    assert said == ["Against a leak we suggest one of these:", "Dry it"]


def test_who_asks_which_options_there_are_gets_all_of_them():
    page = (
        "## Leaks\nAgainst a leak we suggest one of these:\n\n* Seal the hull\n* Paint the hull\n"
    )
    said = answer("The hull leaks, what options do we have?", page, "Seal the hull")
    assert said == ["Against a leak we suggest one of these:", "Seal the hull", "Paint the hull"]


def test_a_procedure_is_given_as_its_numbered_steps():
    page = "## Reset\nTo reset the device:\n\n1. Press the button.\n2. Wait ten seconds.\n"
    said = answer("How do I reset the device?", page, "Press the button")
    assert said == ["To reset the device:", "1. Press the button.", "2. Wait ten seconds."]


LONG_PROCEDURE = f"""## Moorings
To book a mooring:

1. Open the harbour's page.
2. Choose one of these:
    * Quay: {"near the shops, " * 30}by day.
    * Pier: {"far from everything, " * 30}by week.
    * Buoy: for boats at anchor.
3. Press **Book**.
"""


def test_a_long_procedure_is_told_by_its_steps_and_the_choice_that_is_meant():
    said = answer("How do I book a place at anchor?", LONG_PROCEDURE, "Buoy")
    assert [text.split(" ", 1)[0] for text in said] == ["To", "1.", "2.", "Buoy:", "3."]


def left_out(question: str, page: str, *evidence: str) -> list[tuple[str, int]]:
    said = compose(Asked(question, question), read(page, *evidence), None)
    return [(each.text.split(" ", 1)[0], each.left_out) for each in said]


def test_a_long_procedure_says_how_much_of_a_list_is_left_out():
    said = left_out("How do I book a place at anchor?", LONG_PROCEDURE, "Buoy")
    assert said == [("To", 0), ("1.", 0), ("2.", 0), ("Buoy:", 2), ("3.", 0)]
    said = left_out("How do I book a mooring?", LONG_PROCEDURE, "Press")
    assert said == [("To", 0), ("1.", 0), ("2.", 3), ("3.", 0)]


def test_a_long_procedure_keeps_the_choice_that_holds_what_is_asked_for():
    page = f"""## Reports
1. Choose the way that suits:
    * By post: {"in a thick envelope, " * 40}signed.
    * By courier.
    * By pigeon.
    * By mail to reports@harbour.example.
2. Wait for our answer.
"""
    [reading] = read(page, "By post")
    unsure = replace(reading, units=(0.1, 0.9, 0.1, 0.1, 0.5, 0.1))
    question = "How do I send a report, to which email address?"
    said = [each.text for each in compose(Asked(question, question), [unsure], None)]
    assert "By mail to reports@harbour.example." in said and "By courier." not in said


def test_of_a_long_procedure_only_as_many_lists_are_left_out_as_must_be():
    page = f"""## Moorings
1. Choose one of these:
    * Quay: {"near the shops, " * 40}by day.
    * Pier: {"far from all, " * 40}by week.
2. Tell us these:
    * The name of the boat.
    * Its length.
3. Do this at the quay:
    1. Moor.
    2. Pay.
"""
    said = left_out("How do I book a mooring?", page, "Choose")
    assert said[:2] == [("1.", 2), ("2.", 0)] and len(said) == 7


def test_what_a_chosen_item_of_a_long_procedure_holds_is_told_with_it():
    page = f"""## Moorings
1. Choose one of these:
    * Quay: {"near the shops, " * 60}by day.
    * Pier, by week.
    * Buoy, like this:
        1. Row to it.
        2. Tie the boat up.
2. Press **Book**.
"""
    said = left_out("How do I book a buoy?", page, "Buoy")
    assert [word for word, _ in said] == ["1.", "Buoy,", "1.", "2.", "2."]


def test_of_a_list_that_does_not_begin_with_a_step_nothing_is_left_out():
    page = f"""## Moorings
* On the sea:
    1. {"Look at the waves, " * 60}and the sky.
    2. Drop the anchor.
* On the lake:
    1. Drop the anchor.
"""
    said = left_out("How do I moor?", page, "On the sea")
    assert len(said) == 5 and not any(count for _, count in said)


@pytest.mark.parametrize(
    "list_of, steps",
    [("* 1. Open {}.\n  2. Wait.\n", ["1.", "2."]), ("1. ![a](a.png)\n    1. Do {}.\n", ["1."])],
)
def test_a_long_procedure_within_an_item_is_told_whole(list_of, steps):
    page = "## Moorings\nTo book, do this:\n\n" + list_of.format("the harbour's page, " * 90)
    said = answer("How do I book?", page, "To book")
    assert [text.split(" ", 1)[0] for text in said] == ["To", *steps]


TWO_WAYS = """## Access
You get access in one of two ways, by the porter or with a card.

## Access with a card
1. Ask the porter for a card.
2. Hold it to the door.
"""


@pytest.mark.parametrize(
    "question, relevance, begins",
    [
        ("How do I get access?", 0.75, "1. Ask"),
        ("How do I get access?", 0.6, "You get access"),
        ("Who gives access?", 0.75, "You get access"),
        ("How is access given?", 0.75, "You get access"),
        ("Is there a way to get access?", 0.75, "You get access"),
    ],
)
def test_steps_go_before_a_section_that_has_none_and_is_hardly_more_relevant(
    question, relevance, begins
):
    ways, steps = read(TWO_WAYS, "two ways", "Hold it")
    readings = [ways, replace(steps, relevance=relevance)]
    first, *_ = compose(Asked(question, question), readings, None)
    assert begins in first.text


def test_steps_that_are_not_likely_themselves_go_before_nothing():
    ways, steps = read(TWO_WAYS, "two ways", "Hold it")
    readings = [ways, replace(steps, relevance=0.8, units=(0.05, 0.1))]
    first, *_ = compose(Asked("How do I get access?", "How do I get access?"), readings, None)
    assert first.text.startswith("You get access")


def test_an_empty_cell_and_a_section_that_contradicts_it_are_both_shown():
    page = """
## Who supports what

| Part | Our Cloud | SAP |
| --- | --- | --- |
| Pipeline | We | |

## Pipeline
We can analyze the pipeline on Our Cloud and SAP.
"""
    said = answer("Who supports the pipeline on SAP?", page, "Pipeline", "can analyze")
    assert said[0] == "Pipeline – SAP: no entry (the cell is empty)."
    assert any("We can analyze the pipeline" in text for text in said[1:])


def test_beside_a_row_stands_what_the_section_of_its_name_surely_answers():
    page = """
## Who supports what

| Part | Our Cloud | SAP |
| --- | --- | --- |
| Pipeline | We | |
| Logs | We | We |

## Pipeline
We can analyze the pipeline on Our Cloud and SAP.

## Logs
We can read the logs on Our Cloud.
"""
    row = "Pipeline: Our Cloud: We; SAP: no entry (the cell is empty)."
    question = "Who supports the pipeline?"
    assert answer(question, page, "can analyze", "can read") == [
        row,
        "We can analyze the pipeline on Our Cloud and SAP.",
    ]


def test_beside_a_row_nothing_else_stands_of_the_section_that_holds_it():
    page = "## Pipeline support\nThis table says who supports what.\n\n"
    page += (
        "| Part | Our Cloud | SAP |\n| --- | --- | --- |\n| Pipeline | We | |\n| Logs | We | |\n"
    )
    row = "Pipeline: Our Cloud: We; SAP: no entry (the cell is empty)."
    assert answer("Who supports the pipeline?", page, "This table") == [row]


LOGS = """
## Who supports what

| Part | Our Cloud | SAP |
| --- | --- | --- |
| Logs | We | Partner |

## Our Cloud
Support has access to the logs on Our Cloud.
"""


def test_beside_a_cell_stands_what_another_section_surely_answers():
    question = "Who looks at the logs on Our Cloud?"
    assert answer(question, LOGS, "Support has access") == [
        "Logs – Our Cloud: We.",
        "Support has access to the logs on Our Cloud.",
    ]


def test_beside_a_cell_stands_no_row_of_the_same_table_elsewhere():
    page = LOGS.split("## Our Cloud")[0]
    first, second = read(page + page.replace("## Who supports what", "## Overview"), "Logs")
    asked = Asked("Who looks at the logs on Our Cloud?", "Who looks at the logs on Our Cloud?")
    named = table_named(asked, [first.candidate.section], [second, first])
    said = [statement.text for statement in compose(asked, [second, first], named)]
    assert said == ["Logs – Our Cloud: We."]


def test_a_cell_stands_alone_where_no_other_section_surely_answers():
    readings = read(LOGS, "Support has access", relevance=0.6)
    asked = Asked("Who looks at the logs on Our Cloud?", "Who looks at the logs on Our Cloud?")
    named = table_named(asked, (each.candidate.section for each in readings), readings)
    said = [statement.text for statement in compose(asked, readings, named)]
    assert said == ["Logs – Our Cloud: We."]


def test_a_note_that_is_asked_for_is_said_in_the_page_s_words():
    page = LOGS.replace("## Our Cloud", "¹Partners answer slowly.\n\n## Our Cloud")
    assert answer("what does the ¹ in the table mean", page, "access") == [
        "¹Partners answer slowly."
    ]


def test_a_contradicting_item_of_a_list_comes_with_its_lead_in():
    page = """
## Who supports what

| Part | Our Cloud | SAP |
| --- | --- | --- |
| Pipeline | We | |

## Pipeline
We can analyze the pipeline on one of these:

- Our Cloud
- SAP through the portal
"""
    said = answer("Who supports the pipeline on SAP?", page, "Pipeline")
    assert said[-2:] == [
        "The section “Pipeline” says: We can analyze the pipeline on one of these:",
        "SAP through the portal",
    ]


TWO = """
## Shoes
Shoes are repaired within three days.

## Bags
Bags are repaired by our partner in town.
"""


def test_a_double_question_is_answered_from_two_sections():
    said = answer("How fast are shoes repaired and who repairs bags?", TWO, "three days", "partner")
    assert {*said} == {
        "Shoes are repaired within three days.",
        "Bags are repaired by our partner in town.",
    }


def test_a_single_question_is_not_answered_twice():
    said = answer("How fast are shoes repaired?", TWO, "three days", "partner")
    assert len(said) == 1


def test_no_is_not_said_before_a_sentence_that_says_all_that_was_asked():
    said = answer("Has support access to the logs?", ACCESS, "access", polarity=-0.95)
    assert said == ["Support has access to the logs."]


OWN = ("Who pays?", "Is it free?")


def reading_with(*questions: str) -> Reading:
    sections = read_text("Taps", "Water is free.\n\n1. Turn it.\n2. Close it.\n\n```\ncode\n```\n")
    (passage,) = split_sections(sections, count_words, 200, questions)
    candidate = Candidate(passage, sections[0], 0.5, 0.5)
    return Reading(candidate, 0.5, (0.1,) * 4, (0.0,) * 4)


@pytest.mark.parametrize("question", ["Is it free?", "is it FREE", "Who pay?"])
def test_a_page_that_names_the_question_is_found(question):
    other, own = reading_with("Where?"), reading_with(*OWN)
    assert reading_for([question], [other, own]) is own


@pytest.mark.parametrize("question", ["Is it free today?", "free", "???", ""])
def test_a_page_that_names_another_question_is_not_meant(question):
    assert (
        reading_for([question], [reading_with(*OWN), reading_with("???"), reading_with()]) is None
    )


def test_a_section_can_be_given_whole():
    said = compose_whole(reading_with(*OWN))
    assert [(each.text, each.form) for each in said] == [
        ("Water is free.", "sentence"),
        ("1. Turn it.", "step"),
        ("2. Close it.", "step"),
        ("```\ncode\n```", "code"),
    ]


def test_a_table_is_given_whole_row_by_row():
    sections = read_text(
        "Fees", "| Boat | Fee |\n| --- | --- |\n| Up to 8 | 14 |\n| Up to 12 | 21 |\n"
    )
    passage = split_sections(sections, count_words, 200, OWN)[0]
    reading = Reading(Candidate(passage, sections[0], 0.5, 0.5), 0.5, (0.1, 0.1), (0.0, 0.0))
    assert [each.text for each in compose_whole(reading)] == [
        "Up to 8 – Fee: 14.",
        "Up to 12 – Fee: 21.",
    ]


def test_a_step_that_answers_for_yes_or_no_is_said_without_its_number():
    page = (
        "## Invite\nPeople come in by mail.\n\n1. Open **Members**.\n2. Click **Invite guest**.\n"
    )
    said = answer("Can I invite a guest?", page, "Invite guest", polarity=0.95)
    assert said == ["Yes. Click **Invite guest**."]


def test_to_who_asks_how_a_list_for_a_special_case_goes_not_before_the_way_itself():
    page = """
## Sign in again
Go to the first page and click **Forgot**. You get a mail. If no mail comes:

1. Look into the other folder.
2. Ask us.
"""
    [reading] = read(page, "Forgot")
    unsure = replace(reading, units=(0.9, 0.6, 0.4, 0.4, 0.1))
    question = "How do I sign in again?"
    said = [each.text for each in compose(Asked(question, question), [unsure], None)]
    assert said[0] == "Go to the first page and click **Forgot**."


def test_what_an_item_leads_to_is_said_with_it():
    page = """
## Paying
The yard takes several means.

- You can pay by these:
    - Coins
    - Notes
- Bills are sent monthly.
"""
    said = answer("May I pay at the gate?", page, "pay by these")
    assert said[-3:] == ["You can pay by these:", "Coins", "Notes"]


def test_the_command_that_a_step_announces_is_said_with_it():
    page = """
## Setup
It takes a minute.

1. Open a window.
2. Run this:

   ```
   go up
   ```
"""
    said = answer("Is there a command that starts it?", page, "Run this")
    assert said == ["2. Run this:", "```\ngo up\n```"]


def test_of_what_leads_to_the_sections_below_the_likeliest_is_said_too():
    page = """
## Cancel
How you cancel depends on where you bought it:

### On the site
Click **End** under your name.

### In a shop
Write to the shop.
"""
    readings = read(page, "depends on", "Click End")
    question = "Where can the plan be cancelled?"
    said = [each.text for each in compose(Asked(question, question), readings, None)]
    assert said == [
        "How you cancel depends on where you bought it:",
        "Click **End** under your name.",
    ]


def test_an_item_beside_a_sentence_is_said_with_what_leads_to_it():
    page = """
## Refunds
Refunds take five days. We give none for these:

- Gift cards
- Names
"""
    [reading] = read(page, "five days")
    unsure = replace(reading, units=(0.9, 0.1, 0.7, 0.1))
    question = "How long does a refund take?"
    said = [each.text for each in compose(Asked(question, question), [unsure], None)]
    assert said == ["Refunds take five days.", "We give none for these:", "Gift cards"]


PRICES = """
## Prices in {place}
| Plan | Monthly | Yearly |
| --- | --- | --- |
| Basic | {basic} | {more} |
| Pro | {pro} | {most} |
"""


def test_of_two_like_tables_the_one_whose_heading_the_question_names_is_meant():
    page = PRICES.format(place="Europe", basic="€6", more="€60", pro="€12", most="€120")
    page += PRICES.format(place="Canada", basic="CA$9", more="CA$90", pro="CA$19", most="CA$190")
    assert answer("What is the monthly price of Pro in Canada?", page, "CA$19") == [
        "Pro – Monthly: CA$19."
    ]


def test_who_asks_how_to_do_something_is_told_no_cell():
    page = """
## Compare plans
| Feature | Free | Pro |
| --- | --- | --- |
| Own domain | No | Yes |

## Domains
Click **Add** and enter the domain.
"""
    said = answer("How do I add my own domain on the Pro plan?", page, "Click Add")
    assert said == ["Click **Add** and enter the domain."]

"""A question that expects a figure is not answered by a text without one."""

import pytest

from bot.answer_type import lacks_counted_time, lacks_expected_type


@pytest.mark.parametrize(
    "question, text",
    [
        ("How much does the cabin cost?", "The cabin has two beds."),
        ("what is the price of a berth", "A berth is on the north side."),
        ("How many guests may sleep there?", "Guests sleep in the cabin."),
        ("how long does the repair take", "The repair is done by our yard."),
        ("what's the email address of the yard", "The yard repairs boats."),
        ("from which version is it supported", "It is supported by the yard."),
    ],
)
def test_a_text_without_what_was_asked_for_lacks_it(question, text):
    assert lacks_expected_type(question, text)


@pytest.mark.parametrize(
    "question, text",
    [
        ("How much does the cabin cost?", "The cabin is free for members."),
        ("what is the price of a berth", "A berth is 14 € a night."),
        ("How many guests may sleep there?", "Up to two guests sleep there."),
        ("how long does the repair take", "The repair takes some days."),
        ("what's the email address of the yard", "Write to yard@harbour.example."),
        ("from which version is it supported", "Since 3.1 it is supported."),
        ("Who repairs boats?", "The yard does."),
        ("How do I change my email address?", "Open Profile and tap Edit."),
        ("hi, how can I raise my price limit", "Open Profile and tap Edit."),
    ],
)
def test_a_text_that_holds_it_does_not(question, text):
    assert not lacks_expected_type(question, text)


@pytest.mark.parametrize(
    "text",
    [
        "After a set number of days the boat is sold.",
        "Before the berth is given away, you get one letter.",
        "It takes some days.",
    ],
)
def test_a_text_that_leaves_the_number_of_days_open_lacks_it(text):
    assert lacks_counted_time("After how many days is it gone?", text)


@pytest.mark.parametrize(
    "text",
    [
        "After 14 days the boat is sold.",
        "It is sold after two full weeks.",
        "It is sold within an hour.",
        "It is sold on the next business day.",
        "A berth is never given away.",
        "It is cleaned daily.",
        "After fourteen days the boat is sold.",
        "It is sold after a fortnight.",
        "From Monday to Friday.",
        "It is sold within the week.",
        "A berth is yours as long as you pay.",
    ],
)
def test_a_text_that_counts_the_time_does_not_lack_it(text):
    assert not lacks_counted_time("After how many full working days is it gone?", text)


@pytest.mark.parametrize("question", ["How long does it take?", "How many boats are sold?"])
def test_another_question_wants_no_counted_time(question):
    assert not lacks_counted_time(question, "It takes some days.")

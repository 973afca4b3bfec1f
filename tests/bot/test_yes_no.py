"""Which questions are for yes or no."""

import pytest

from bot.yes_no import asks_yes_or_no


@pytest.mark.parametrize(
    "question",
    [
        "is extended support free?",
        "Hi, do you repair old ones",
        "so can't I pay by card?",
        "We moved last week. Does the number change?",
        "I want to know if I can pay later",
        "is that included or not",
    ],
)
def test_a_question_that_begins_with_a_verb_is_for_yes_or_no(question):
    assert asks_yes_or_no(question)


@pytest.mark.parametrize(
    "question",
    [
        "how long is it free?",
        "Is it one year or two years?",
        "I have a licence. What does it cost?",
        "which plan do I have to take",
        "opening hours",
    ],
)
def test_a_question_for_something_else_or_for_one_of_two_is_not(question):
    assert not asks_yes_or_no(question)

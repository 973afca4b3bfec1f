"""Which questions are for yes or no, and which of the two a sentence cannot mean."""

import pytest

from bot.yes_no import asks_yes_or_no, can_mean_no, can_mean_yes, says_of_price


@pytest.mark.parametrize(
    "question",
    [
        "is extended support free?",
        "Hi, do you repair old ones",
        "so can't I pay by card?",
        "We moved last week. Does the number change?",
        "I want to know if I can pay later",
        "is that included or not",
        "OK to bring a dog?",
        "leaving on Friday, does the station keep my bag",
        "You close at six. Will somebody still be there?",
        "It takes a week, right?",
        "the pier and the jetty, same thing?",
        "refunds are paid within three days correct?",
        "can my sons use the pool too, or just hotel guests",
        "Does the bus stop here every day or only on Sundays?",
        "Can you tell me if I can pay later?",
        "Hello, can you help? Do you deliver on Sundays?",
        "Isn't it free?",
        "Can't we pay later?",
    ],
)
def test_a_question_that_begins_with_a_verb_or_asks_back_is_for_yes_or_no(question):
    assert asks_yes_or_no(question)


@pytest.mark.parametrize(
    "question",
    [
        "how long is it free?",
        "Is it one year or two years?",
        "I have a licence. What does it cost?",
        "which plan do I have to take",
        "opening hours",
        "Can you tell me who looks after the pool?",
        "do you know when the bus leaves",
        "Hi, could you please explain how I get a key?",
        "Which of the two is right?",
        "The boat did not come, was late",
        "The lift is broken. Who may repair it, the guests themselves, ok?",
        "Hello, can you help? How do I return a parcel?",
        "Hi, is anyone there? How much is the pool?",
        "May I ask how long a repair takes?",
        "Could you let me know when the pool opens",
        "Can you explain the fees to me?",
        "What do I pay if I am abroad",
        "Can't log in to my account",
        "Didn't receive my key",
        "Was charged twice",
    ],
)
def test_a_question_for_something_else_or_for_one_of_two_is_not(question):
    assert not asks_yes_or_no(question)


def test_a_sentence_that_says_all_that_is_asked_cannot_mean_no():
    sentence = "The gate is open from 06:00 to 22:00 every day."
    assert not can_mean_no("Is the gate open every day?", sentence)
    assert can_mean_no("Is the gate open at midnight?", sentence)


def test_a_sentence_that_denies_what_is_asked_may_mean_no():
    assert can_mean_no("Is the gate open on Sundays?", "On Sundays the gate is not open.")


def test_a_sentence_that_denies_cannot_mean_yes_to_what_was_asked_without_a_no():
    sentence = "You can't bring dogs aboard."
    assert not can_mean_yes("Can I bring dogs aboard?", sentence)
    assert can_mean_yes("Is it true that dogs cannot come aboard?", sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "word"),
    [
        ("I see. is it free of charge?", "Long stays come at an additional cost.", "No"),
        ("is the tour free", "A tour costs extra.", "No"),
        ("is it free for members?", "Members get it at no extra charge.", "Yes"),
        ("do we pay extra for the boat", "The boat is free for all guests.", "No"),
        ("Does it cost anything?", "Guests do not pay for the boat.", "No"),
        ("Are you charged separately for linen?", "Linen is charged separately.", "Yes"),
        ("is there an extra fee", "Towels are not free.", "Yes"),
        ("is there an extra fee", "There is no extra fee.", "No"),
    ],
)
def test_whether_something_is_free_is_told_by_what_it_costs(question, sentence, word):
    assert says_of_price(question, sentence) == word


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("is the tour free", "The tour begins at nine."),
        ("is the room free on Friday", "A room costs extra on Friday."),
        ("Is it free?", "The first week is free, and the second comes at an extra cost."),
        ("Do you open at nine?", "The tour is free of charge."),
        ("Is the paper free of wood?", "Paper comes at an extra charge."),
        ("Do I have to pay extra for SSL?", "You don't have to pay extra for SSL."),
        ("Is it free of charge?", "It is no longer free of charge."),
        ("Is it free of charge?", "It is free of charge only in summer."),
        ("Do guests pay extra?", "Nobody is charged extra."),
        ("Is delivery free?", "Members do not pay for delivery on Sundays."),
        ("Do I have to pay for shipping?", "Shipping is free for orders over $50."),
    ],
)
def test_the_price_decides_nothing_where_it_is_not_asked_or_both_are_said(question, sentence):
    assert says_of_price(question, sentence) == ""

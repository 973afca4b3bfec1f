"""The account of a problem keeps the person's words."""

from bot.account import add_to, choose_priority, sort_out, split_reason
from bot.profile import TicketForm
from bot.utterance import split_utterances


def account(text: str) -> str:
    return sort_out(text, split_utterances(text, TicketForm()))


def test_done_happened_and_expected_stand_under_their_headings():
    text = "The winch stops. I pressed the red button. It should have turned."
    assert account(text) == (
        "What was done: I pressed the red button.\n"
        "What happened: The winch stops.\n"
        "What was expected: It should have turned."
    )


def test_a_problem_alone_stays_as_it_is():
    assert account("The winch stops.\nIt is broken.") == "The winch stops.\nIt is broken."


def test_steps_are_what_was_done():
    text = "It breaks.\nSteps to reproduce:\n1. Turn it.\n2. It breaks."
    assert account(text).startswith("What was done: Steps to reproduce: 1. Turn it. 2. It breaks.")


def test_no_word_is_lost():
    text = "Ich habe die Winde gestartet. Sie steht. Erwartet hatte ich, dass sie dreht. Danke!"
    assert all(word in account(text) for word in text.split())


def test_what_is_added_comes_before_the_reason_for_the_priority():
    assert add_to("It broke.\n\nPriority low: x.", "Again.") == (
        "It broke.\nAgain.\n\nPriority low: x."
    )
    assert add_to("It broke.", "Again.") == "It broke.\nAgain."


REASON = "Priority low: impact low (nothing said), urgency low (nothing said)."


def test_the_reason_is_told_from_what_happened():
    assert split_reason(f"It broke.\n\n{REASON}") == ("It broke.", REASON)
    assert split_reason("It broke.\n\nPriority to the ferry.") == (
        "It broke.\n\nPriority to the ferry.", "",
    )  # fmt: skip


def test_a_priority_that_is_chosen_needs_no_reason():
    assert choose_priority(f"It broke.\n\n{REASON}", "low") == f"It broke.\n\n{REASON}"
    chosen = choose_priority(f"It broke.\n\n{REASON}", "high")
    assert chosen == "It broke.\n\nPriority high: chosen by hand."
    assert split_reason(chosen) == ("It broke.", "Priority high: chosen by hand.")

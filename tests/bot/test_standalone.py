"""What a message leaves out is taken from the conversation; what is complete stays as it is."""

import numpy as np
import pytest

from bot.reply import Turn
from bot.standalone import lacks_subject
from bot.standalone import standalone_question as resolve


def embed(texts):
    """Vectors by hand: names of systems are alike, everything else is unlike."""
    systems = ("windows", "linux", "docker")
    return np.array(
        [
            np.eye(len(texts) + 1)[0 if text.lower() in systems else i + 1]
            for i, text in enumerate(texts)
        ]
    )


def standalone_question(message, history):
    return resolve(message, history, embed)


def conversation(*texts: str) -> list[Turn]:
    """Turns that begin with the user and alternate."""
    return [
        Turn(role="assistant" if position % 2 else "user", content=text)
        for position, text in enumerate(texts)
    ]


def test_the_first_message_stays_as_it_is():
    assert standalone_question("and on Windows?", []) == "and on Windows?"


def test_a_phrase_takes_the_place_of_the_one_with_the_same_preposition():
    history = conversation("How do I find my JDK on Linux?", "Use --java-home.")
    assert standalone_question("and on Windows?", history) == "How do I find my JDK on Windows?"


def test_a_pronoun_brings_the_question_before_along():
    history = conversation("What is the partner profile for?", "It shows a partner's skills.")
    standalone = standalone_question("can I put a video on it", history)
    assert "partner profile" in standalone
    assert "video" in standalone


def test_an_ordinal_names_the_item_of_the_list_before():
    history = conversation("Which packages are there?", "- 6 months [1]\n- 12 months [2]")
    assert "12 months" in standalone_question("tell me more about the second one", history)


def test_an_item_with_backslashes_is_named_as_it_stands():
    history = conversation("Which folders?", "- `C:\\Windows` [1]\n- `C:\\Program Files` [2]")
    assert r"C:\Program Files" in standalone_question("And the second one?", history)


@pytest.mark.parametrize("message", ["the second", "2nd", "and the second, please?"])
def test_a_place_by_itself_names_an_item(message):
    history = conversation("Which packages are there?", "- 6 months [1]\n- 12 months [2]")
    assert "12 months" in standalone_question(message, history)


@pytest.mark.parametrize(
    ("message", "kept"),
    [("And for the first year?", "for the first year?"), ("What about last month?", "last month?")],
)
def test_the_place_of_something_else_names_no_item(message, kept):
    history = conversation("What does Pro cost?", "It costs 100, billed yearly and in advance.")
    assert standalone_question(message, history).endswith(kept)


def test_a_question_asked_again_is_the_same_question():
    history = conversation("When is it open?", "At six.", "and it closes when?", "At ten.")
    folded = standalone_question("and it closes when?", history[:2])
    assert standalone_question("And it closes when", history) == folded


def test_a_correction_replaces_what_was_meant_wrongly():
    history = conversation("Can the widget load an image from a url?", "Yes.")
    standalone = standalone_question("not a url, a static icon", history)
    assert standalone == "Can the widget load an image from a static icon?"


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ("Is SSO included in the Basic plan?", "Why is it not included?"),
        ("Is OAuth supported for the app?", "Or is it not supported?"),
        ("When is the certificate renewed?", "But what if it is not renewed?"),
    ],
)
def test_a_question_with_a_not_replaces_nothing(before, message):
    assert standalone_question(message, conversation(before, "Yes.")).startswith(before[:-1])


@pytest.mark.parametrize(
    "message",
    [
        "No backups are shown in the portal",
        "Right click does nothing in the editor today",
        "Stop sending me the weekly report by mail",
        "Not getting any mails about invoices since yesterday",
    ],
)
def test_a_complaint_is_no_correction(message):
    history = conversation("How do I invite users?", "In the portal.")
    assert standalone_question(message, history) == message


@pytest.mark.parametrize("message", ["No, on Windows", "no i meant on Windows", "no on Windows"])
def test_a_no_before_what_is_meant_is_left_out(message):
    history = conversation("How do I find my JDK on Linux?", "Use --java-home.")
    assert standalone_question(message, history) == "How do I find my JDK on Windows?"


def test_of_several_phrases_of_place_the_last_is_replaced():
    history = conversation("How do I log in on a Mac?", "With your name.")
    assert standalone_question("on Windows?", history) == "How do I log in on Windows?"


def test_a_phrase_of_the_same_preposition_is_replaced_before_one_that_is_like_it():
    history = conversation("What runs on Linux in the cloud?", "The agent.")
    assert standalone_question("and on Windows?", history) == "What runs on Windows in the cloud?"


def test_an_answer_to_a_question_back_completes_the_first_question():
    history = conversation("Which tool do I need?", "Which version are you using, 8 or 9?")
    assert standalone_question("8.12", history) == "Which tool do I need: 8.12"


@pytest.mark.parametrize(
    "message",
    [
        "how do I renew my certificate",
        "thx! what does a license cost per month",
        "is there a limit for attachments",
        "What is the status of a ticket that awaits my reply?",
        "which of your offices is one of the largest in Europe",
        "is there something else that I can do for a locked account",
        "I have no support plan, can I buy one at any time?",
        "Is the branch open this Saturday?",
        "Can I use a different card?",
        "Only half of my order arrived",
        "Just received a damaged parcel",
        "Sorry, my card is blocked",
        "Explain the fees on my statement",
    ],
)
def test_a_change_of_subject_does_not_drag_the_old_one_along(message):
    history = conversation("What is a master layout?", "A layout on which another is based.")
    assert "layout" not in standalone_question(message, history)


@pytest.mark.parametrize(
    "message",
    [
        "where do I set the largest size for those",
        "may anyone in our team do that",
        "how long does such a one last",
        "suppose we ran it all on premises",
        "why on earth not?",
        "can't, the form is closed. now what",
        "no idea who that is",
        "which form must I fill in so that my colleague becomes one",
        "we run twelve apps, do we need one for each of them?",
        "no chance, we are away until summer. Is there a way to keep one?",
    ],
)
def test_a_message_that_points_back_brings_the_question_before_along(message):
    history = conversation("How do I remove a master layout?", "In the portal.")
    assert "master layout" in standalone_question(message, history)


@pytest.mark.parametrize("message", ["which layouts are there", "can the master be restored"])
def test_a_short_question_near_the_one_before_asks_more_about_it(message, embedder):
    history = conversation("How do I remove a master layout?", "In the portal.")
    assert (
        resolve(message, history, embedder.embed) == f"How do I remove a master layout: {message}"
    )


@pytest.mark.parametrize(
    "message",
    ["what is a navigation layout", "Tell me about layout grids.", "which invoices are paid"],
)
def test_what_asks_for_a_meaning_or_is_far_from_what_was_asked_stands_alone(message, embedder):
    history = conversation("How do I remove a master layout?", "In the portal.")
    assert resolve(message, history, embedder.embed) == message


def test_what_comes_after_something_goes_on_from_it():
    history = conversation("How do I remove a master layout?", "In the portal.")
    standalone = standalone_question("can anyone see our old drafts meanwhile?", history)
    assert standalone.startswith("How do I remove a master layout: ")


def test_a_chain_of_follow_ups_is_resolved_turn_by_turn():
    history = conversation(
        "Who supports the runtime on Azure?", "Mendix.", "and on Google Cloud?", "Mendix."
    )
    assert standalone_question("and on Docker?", history) == "Who supports the runtime on Docker?"


def test_a_thousand_turns_are_folded_without_failing():
    history = conversation(*["and on Windows?" if i % 2 == 0 else "Yes." for i in range(1000)])
    assert standalone_question("why?", history)


def test_a_bare_name_takes_the_place_of_what_is_like_it():
    history = conversation("What do I need to run the app on Linux servers", "The tools.")
    standalone = standalone_question("what about windows", history)
    assert standalone == "What do I need to run the app on windows servers?"


def test_a_bare_name_unlike_anything_before_is_added():
    history = conversation("What do I need to run the app", "The tools.")
    assert standalone_question("what about windows", history).endswith("run the app: windows")


@pytest.mark.parametrize(
    "message",
    [
        "different topic: who posts ideas",
        "ok thanks. Another question, who posts ideas",
        "great thx. something else: who posts ideas",
        "on another note, who posts ideas",
        "changing the subject: who posts ideas",
    ],
)
def test_an_announced_change_of_subject_leaves_only_the_new_one(message):
    history = conversation("What is a master layout?", "A layout on which another is based.")
    assert standalone_question(message, history) == "who posts ideas"


@pytest.mark.parametrize(
    "message",
    [
        "Changing the subject of a ticket does not work",
        "Change topic retention in Kafka",
        "New note does not appear in the list",
        "something else is broken here",
    ],
)
def test_what_is_about_subjects_and_notes_announces_no_other_one(message):
    assert standalone_question(message, []) == message


@pytest.mark.parametrize(
    "message", ["how long does it take?", "how do i change it", "what do i need to send"]
)
def test_an_act_without_a_thing_lacks_its_subject(message):
    assert lacks_subject(message)


@pytest.mark.parametrize(
    "message",
    [
        "sla?",
        "When are attachments deleted?",
        "how do I submit a request",
        "🚢?",
        "Are you open?",
        "when do you close",
    ],
)
def test_a_thing_is_a_subject(message):
    assert not lacks_subject(message)

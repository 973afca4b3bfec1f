"""The assistant, whole: a small documentation, the real models, real replies."""

import pytest

from bot.assistant import Assistant
from bot.errors import QuestionError
from bot.evidence import Findings
from bot.profile import Route, load_profile
from bot.reply import GivenPassage, Turn


@pytest.fixture(scope="module")
def assistant(settings) -> Assistant:
    return Assistant.open(
        settings, load_profile(settings.profile, settings.corpus), lambda *_: None
    )


def test_an_answer_cites_the_section_and_quotes_the_page(assistant):
    reply = assistant.ask("When is the lock gate open?")
    assert reply.outcome == "answered"
    citation = reply.citations[0]
    assert citation.section == ["Lock Gate"]
    assert citation.url == "https://docs.harbour.example/harbour/#lock-gate"
    assert citation.quote == "The lock gate is open from 06:00 to 22:00 every day."
    assert "06:00 to 22:00" in reply.answer
    assert reply.ticket is None


def test_what_the_pages_do_not_say_gets_a_draft_and_near_sections(assistant):
    reply = assistant.ask("What is the name of the lock keeper's dog?")
    assert reply.outcome == "unanswered"
    assert reply.citations == []
    assert reply.ticket.desk == "helm"
    assert reply.related


def test_a_question_about_something_else_is_out_of_scope(assistant):
    reply = assistant.ask("Who won the football world cup in 1990?")
    assert reply.outcome == "out_of_scope"
    assert reply.ticket is None


def test_who_sets_a_higher_confidence_to_answer_from_gets_fewer_answers(assistant):
    strict = Assistant(
        assistant.index, assistant.profile, assistant._reader, assistant.embedder, 0.999
    )
    reply = strict.ask("When is the lock gate open?")
    assert reply.outcome == "unanswered"
    assert reply.confidence == assistant.ask("When is the lock gate open?").confidence


def test_an_answer_that_leaves_open_what_was_asked_is_not_sure(assistant):
    eager = Assistant(
        assistant.index, assistant.profile, assistant._reader, assistant.embedder, 0.01
    )
    given = [GivenPassage(title="Lost things", text="After a set number of days they are sold.")]
    reply = eager.ask("After how many days are lost things sold?", passages=given)
    assert (reply.outcome, reply.confidence) == ("unanswered", 0.0)


@pytest.mark.parametrize(("confidence", "outcome"), [(0.3, "out_of_scope"), (0.6, "unanswered")])
def test_what_is_answered_as_likely_as_not_is_for_this_desk(assistant, confidence, outcome):
    class UnsureReader:
        def read(self, question, candidates):
            return Findings((), confidence)

    unsure = Assistant(assistant.index, assistant.profile, UnsureReader(), assistant.embedder, 0.65)
    assert unsure.ask("Who won the football world cup in 1990?").outcome == outcome


def test_a_follow_up_that_is_not_answered_is_for_this_desk_as_what_it_follows_is(assistant):
    said = [
        Turn(role="user", content="Can I pay in cash?"),
        Turn(role="assistant", content="Pay in cash or by card."),
    ]
    reply = assistant.ask("does the invoice stop that same day too?", said)
    assert reply.outcome == "unanswered"
    assert reply.ticket


def test_a_message_of_two_lines_that_stands_alone_leans_on_nothing(assistant):
    history = [
        Turn(role="user", content="how long is the warranty"),
        Turn(role="assistant", content="It lasts two years."),
    ]
    message = "Hello everybody,\nwhich planets have more than twenty moons in the solar system?"
    assert assistant.ask(message, history).outcome == "out_of_scope"


def test_a_follow_up_to_what_is_out_of_scope_is_out_of_scope_too(assistant):
    refused = assistant.ask("Who won the football world cup in 1990?")
    said = [
        Turn(role="user", content=refused.question),
        Turn(role="assistant", content=refused.answer),
    ]
    assert assistant.ask("and in 1994?", said).outcome == "out_of_scope"


def test_a_greeting_is_answered_without_a_citation(assistant):
    reply = assistant.ask("Good morning!")
    assert reply.outcome == "smalltalk"
    assert "Ask about the harbour." in reply.answer


def test_a_program_says_that_it_is_one(assistant):
    assert "I am a program" in assistant.ask("Are you human?").answer


def test_a_cell_of_a_table_is_answered_with_its_row(assistant):
    reply = assistant.ask("What is the fee a night for a boat up to 12 metres?")
    assert reply.outcome == "answered"
    assert "21 euros" in reply.answer
    assert reply.citations[0].quote == "| Up to 12 metres | 21 euros | |"


def test_asking_for_a_person_gives_a_draft(assistant):
    reply = assistant.ask("I want to speak to a human")
    assert reply.ticket is not None


def test_given_passages_are_the_only_source(assistant):
    passages = [GivenPassage(title="Shop", text="The shop opens at 9 o'clock on Sundays.")]
    reply = assistant.ask("When does the shop open on Sundays?", passages=passages)
    assert reply.outcome == "answered"
    assert reply.citations[0].quote == "The shop opens at 9 o'clock on Sundays."
    lock = assistant.ask("When is the lock gate open?", passages=passages)
    assert lock.outcome == "unanswered"
    assert lock.ticket is None


def test_no_given_passage_means_that_nothing_is_said(assistant):
    reply = assistant.ask("When is the lock gate open?", passages=[])
    assert (reply.outcome, reply.confidence) == ("unanswered", 0.0)


def test_an_empty_question_is_refused(assistant):
    with pytest.raises(QuestionError):
        assistant.ask("   ")


def test_a_search_gives_passages_best_first(assistant):
    found = assistant.search("life jacket", 2)
    assert found[0].section == ["Life Jackets"]
    assert found[0].score >= found[1].score


@pytest.mark.parametrize(
    "question", ["<script>alert(1)</script> lock gate open?", "**bold** [x](javascript:1) fees?"]
)
def test_markup_in_a_question_comes_back_as_it_was_typed(assistant, question):
    assert assistant.ask(question).question == question


@pytest.mark.parametrize("question", ["水门什么时候开放？", "когда открыт шлюз?", "🚢?"])
def test_another_script_is_taken_without_failing(assistant, question):
    assert assistant.ask(question).outcome in ("unanswered", "out_of_scope")


def test_another_language_is_said_to_be_one_and_gets_a_draft(assistant):
    reply = assistant.ask("Wann ist das Schleusentor für Boote geöffnet und was kostet es?")
    assert reply.outcome == "unanswered"
    assert "German" in reply.answer
    assert reply.ticket


def test_a_question_that_names_nothing_is_asked_back(assistant):
    reply = assistant.ask("How long does it take?")
    assert reply.outcome == "clarify"
    assert 2 <= len(reply.choices) <= 3
    assert all(choice.startswith("How long does it take: ") for choice in reply.choices)
    assert reply.ticket is None


def test_in_a_conversation_the_same_words_are_no_riddle(assistant):
    history = [
        Turn(role="user", content="Is there a lock gate?"),
        Turn(role="assistant", content="Yes, the lock gate."),
    ]
    assert assistant.ask("When is it open?", history).outcome != "clarify"


def test_a_history_of_a_thousand_turns_is_taken(assistant):
    history = [
        Turn(role=("user", "assistant")[i % 2], content=f"And what about boat {i}?")
        for i in range(1000)
    ]
    assert assistant.ask("When is the lock gate open?", history).outcome == "answered"


def test_a_given_passage_of_a_hundred_kilobytes_is_searched(assistant):
    filler = "\n\n".join(f"Buoy number {i} is painted red and white." for i in range(2500))
    passage = GivenPassage(text=f"{filler}\n\n## Ferry\n\nThe ferry to the island leaves at 9:15.")
    reply = assistant.ask("When does the ferry to the island leave?", passages=[passage])
    assert "9:15" in reply.answer


def test_the_best_answer_is_given_however_unsure(assistant):
    question = "What is the name of the lock keeper's dog?"
    assert assistant.ask(question).outcome == "unanswered"
    assert assistant.best_answer(question).outcome == "answered"


def test_there_is_no_best_answer_to_what_was_not_read(assistant):
    question = "Wie lange darf ich die Fähre mit meinem Fahrrad benutzen und was kostet es?"
    assert assistant.best_answer(question).outcome == "unanswered"


def test_a_secret_is_masked_in_the_question_and_its_draft(assistant):
    history = [Turn(role="user", content="My password is hunter2!x, is that fine?")]
    reply = assistant.ask("The gate does not open, the PIN token is ghp_" + "a1B2" * 9, history)
    assert "ghp_" not in reply.model_dump_json()
    assert "hunter2" not in reply.ticket.description
    assert reply.notice == "I masked an access token."


def test_what_is_said_to_be_harmless_is_left_as_it_is(assistant):
    token = "ghp_" + "a1B2" * 9
    reply = assistant.ask(f"The gate does not open, the PIN token is {token}", harmless=[token])
    assert token in reply.ticket.description
    assert reply.notice == ""


def test_a_request_is_drafted_though_the_pages_answer_it(assistant):
    drafts = assistant.draft("When is the lock gate open?")
    assert [ticket.desk for ticket in drafts.tickets] == ["helm"]
    assert drafts.choices == []


def test_a_draft_holds_no_secret_of_message_or_history(assistant):
    history = [Turn(role="user", content="The winch is broken, my password is hunter2!x")]
    drafts = assistant.draft("It broke again, the PIN token is ghp_" + "a1B2" * 9, history)
    assert "ghp_" not in drafts.model_dump_json()
    assert "hunter2" not in drafts.model_dump_json()
    assert drafts.notice == "I masked an access token."


def test_where_two_desks_could_be_meant_the_choices_come_before_a_draft(assistant, settings):
    profile = load_profile(settings.profile, settings.corpus)
    routes = tuple(Route(desk=desk, cues=(("winch",),)) for desk in ("helm", "dock"))
    torn = Assistant(
        assistant.index,
        profile.model_copy(update={"routes": routes}),
        assistant._reader,
        assistant.embedder,
        assistant.answer_from,
    )
    drafts = torn.draft("My winch is broken")
    assert drafts.tickets == []
    assert drafts.choices == ["My winch is broken: Helm Desk", "My winch is broken: Dock Desk"]
    chosen = torn.draft(drafts.choices[1])
    assert [ticket.desk for ticket in chosen.tickets] == ["dock"]


def test_nothing_is_drafted_from_an_empty_message(assistant):
    with pytest.raises(QuestionError):
        assistant.draft(" ")

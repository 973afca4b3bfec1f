import pytest

from bot.database import Database
from bot.draft_editor import DraftEditor
from bot.interview import ENOUGH, NEXT, SEND, SKIP, Interview, Interviewer
from bot.reply import Ticket
from tests.bot.draft_samples import DRAFT, PROFILE


@pytest.fixture
def interviewer(database: Database, editor: DraftEditor) -> Interviewer:
    return Interviewer(database, editor, PROFILE)


@pytest.fixture
def interview(database: Database) -> Interview:
    return Interview([database.add_ticket("c1", DRAFT)])


def ticket(database: Database, interview: Interview) -> Ticket:
    return database.ticket(interview.ticket_id).ticket


@pytest.mark.parametrize(
    "text",
    ["Where do I find its name?", "What is a berth", "thanks", "I want to talk to a human", "why?"],
)
def test_what_is_no_answer_is_not_taken(
    interviewer: Interviewer, interview: Interview, database: Database, text: str
) -> None:
    interviewer.ask(interview)
    assert interviewer.take(interview, text) is None
    assert ticket(database, interview) == DRAFT


def test_nothing_is_taken_before_anything_was_asked(
    interviewer: Interviewer, interview: Interview
) -> None:
    assert interviewer.take(interview, "Arrow") is None


def test_an_answer_that_comes_after_the_ticket_went_out_is_not_taken(
    interviewer: Interviewer, interview: Interview, database: Database
) -> None:
    interviewer.ask(interview)
    database.mark_sent(interview.ticket_id, "7")
    assert interviewer.take(interview, "Arrow") is None


def test_a_question_says_why_and_can_be_skipped(
    interviewer: Interviewer, interview: Interview
) -> None:
    prompt = interviewer.ask(interview)
    assert prompt.text == "Which boat? The desk finds it by its name."
    assert prompt.options == (SKIP, SEND)


def test_where_a_person_sends_the_bot_does_not_offer_to(
    interviewer: Interviewer, database: Database
) -> None:
    draft = DRAFT.model_copy(update={"desk": "helm"})
    interview = Interview([database.add_ticket("c1", draft)])
    assert interviewer.ask(interview).options == (SKIP, ENOUGH)


def test_several_pieces_in_one_message_are_all_taken(
    interviewer: Interviewer, interview: Interview, database: Database
) -> None:
    interviewer.ask(interview)
    interviewer.take(interview, "Arrow")
    prompt = interviewer.take(interview, "It lies at berth 7")
    assert prompt.text.startswith("Noted: Berth. What does the log say? Attach it in the form")
    assert ticket(database, interview).fields == {"Boat": "Arrow", "Berth": "7"}


def test_what_was_asked_and_said_goes_into_the_transcript(
    interviewer: Interviewer, interview: Interview, database: Database
) -> None:
    interviewer.ask(interview)
    interviewer.take(interview, "Arrow")
    said = [turn.content for turn in database.ticket(interview.ticket_id).transcript]
    assert said == ["Which boat? The desk finds it by its name.", "Arrow"]


def test_what_is_skipped_is_not_asked_again(
    interviewer: Interviewer, interview: Interview, database: Database
) -> None:
    interviewer.ask(interview)
    assert interviewer.take(interview, "I don't know").text == "Which berth?"
    interviewer.skip(interview)
    assert interviewer.skip(interview).text.startswith("That is all I ask. Check it in the form")
    assert ticket(database, interview).fields == {}


def test_pieces_in_a_question_are_noted_beside_its_answer(
    interviewer: Interviewer, interview: Interview, database: Database
) -> None:
    interviewer.ask(interview)
    interviewer.overhear(interview, "Is berth 7 closed?", "It is open.")
    kept = database.ticket(interview.ticket_id)
    assert kept.ticket.fields == {"Berth": "7"}
    assert [turn.content for turn in kept.transcript] == ["Is berth 7 closed?", "It is open."]


def test_a_piece_that_came_by_the_form_is_not_asked(
    interviewer: Interviewer, interview: Interview, editor: DraftEditor
) -> None:
    interviewer.ask(interview)
    assert interviewer.ask_on(interview, interview.ticket_id) is None
    editor.change(
        interview.ticket_id,
        lambda now: now.model_copy(update={"fields": {"Boat": "A"}, "missing": ["Berth"]}),
    )
    assert interviewer.ask_on(interview, interview.ticket_id).text == "Noted: Boat. Which berth?"


def test_after_one_draft_comes_the_next(interviewer: Interviewer, database: Database) -> None:
    ids = [database.add_ticket("c1", DRAFT), database.add_ticket("c1", DRAFT)]
    interview = Interview(ids.copy())
    interviewer.ask(interview)
    assert interviewer.end(interview).options == (NEXT,)
    assert interviewer.go_on(interview).text.startswith("Which boat?")
    assert interview.ticket_id == ids[1]


def test_an_earlier_draft_is_asked_about_after_a_later_one(
    interviewer: Interviewer, interview: Interview, database: Database
) -> None:
    interviewer.ask(interview)
    interviewer.skip(interview)
    later = database.ticket(database.add_ticket("c1", DRAFT))
    both = Interview.about([later], interview)
    assert interviewer.ask(both).text.startswith("Which boat?")
    assert interviewer.go_on(both).text == "Which berth?"


def test_of_a_draft_that_a_person_sends_it_is_not_said_that_it_is_on_its_way(
    interviewer: Interviewer, database: Database
) -> None:
    interview = Interview([database.add_ticket("c1", DRAFT.model_copy(update={"desk": "helm"}))])
    assert "It is saved" in interviewer.sent(interview, interview.ticket_id).text


def test_a_draft_that_was_sent_meanwhile_is_not_asked_about(
    interviewer: Interviewer, database: Database
) -> None:
    ids = [database.add_ticket("c1", DRAFT), database.add_ticket("c1", DRAFT)]
    database.mark_sent(ids[1], "7")
    assert "which" not in interviewer.go_on(Interview(ids)).text.casefold()

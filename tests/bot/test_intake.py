"""What is missing is asked for, one piece at a time, and taken down as it is told."""

import pytest

from bot.intake import fill, is_skip, next_question
from bot.profile import Desk, Information, Kind, PriorityMatrix, Profile, Rating, TicketForm
from bot.reply import Ticket

PROFILE = Profile(
    desks=(Desk(id="desk", name="Desk", how="Write."),),
    default_desk="desk",
    ticket=TicketForm(
        kinds=(
            Kind(label="Question", act="question"),
            Kind(label="Incident", act="problem", fields=("Version", "Boat", "Photo", "Berth")),
        ),
        information=(
            Information(
                label="Version", pattern=r"\d+\.\d+", ask="Which version?", why="It decides."
            ),
            Information(label="Boat", pattern=r"boat (\w+)", ask="Which boat?"),
            Information(label="Photo", attachment=True, ask="Can you attach a photo?"),
            Information(label="Berth"),
        ),
    ),
)
TICKET = Ticket(
    desk="desk",
    kind="Incident",
    priority="medium",
    subject="It leaks",
    description="It leaks.\n\nPriority medium: impact medium, urgency medium.",
    missing=["Version", "Boat", "Photo", "Berth"],
    how="Write.",
)


def test_the_first_missing_piece_is_asked_for_with_the_reason():
    assert next_question(TICKET, PROFILE).text == "Which version? It decides."


def test_a_skipped_piece_is_passed_over():
    question = next_question(TICKET, PROFILE, {"Version", "Boat"})
    assert (question.label, question.wants_file) == ("Photo", True)


def test_a_field_without_a_question_is_asked_for_by_its_label():
    assert next_question(TICKET, PROFILE, {"Version", "Boat", "Photo"}).text == "Berth?"


def test_nothing_is_asked_when_nothing_is_left():
    assert next_question(TICKET, PROFILE, TICKET.missing) is None


def test_one_message_fills_several_fields():
    ticket = fill(TICKET, "It is boat Anna with 10.6, at the pier.", PROFILE, asked="Version")
    assert ticket.fields == {"Version": "10.6", "Boat": "Anna"}
    assert ticket.missing == ["Photo", "Berth"]
    assert "at the pier.\n\nPriority medium" in ticket.description


def test_a_direct_answer_is_the_value_of_what_was_asked():
    ticket = fill(TICKET, "the blue one", PROFILE, asked="Boat")
    assert ticket.fields == {"Boat": "the blue one"}
    assert ticket.description == TICKET.description


def test_an_answer_to_something_else_leaves_what_was_asked_open():
    ticket = fill(TICKET, "10.6", PROFILE, asked="Boat")
    assert ticket.fields == {"Version": "10.6"}
    assert "Boat" in ticket.missing


def test_a_question_back_is_no_value_and_is_not_lost():
    ticket = fill(TICKET, "Where do I find it?", PROFILE, asked="Boat")
    assert ticket.fields == {}
    assert "Where do I find it?" in ticket.description


def test_a_filled_field_does_not_change():
    ticket = fill(TICKET, "10.6", PROFILE)
    assert fill(ticket, "I meant 10.7", PROFILE).fields == {"Version": "10.6"}


@pytest.mark.parametrize(
    "text", ["skip", "I don't know.", "no idea", "weiß nicht", "no lo sé", "Keine Ahnung"]
)
def test_a_skip_changes_nothing(text):
    assert is_skip(text)
    assert fill(TICKET, text, PROFILE, asked="Boat") == TICKET


def test_the_ticket_that_is_filled_stays_as_it_was():
    fill(TICKET, "10.6", PROFILE)
    assert TICKET.fields == {}


URGENT = PROFILE.model_copy(
    update={
        "desks": (Desk(id="desk", name="Desk", how="Write.", when_critical="Phone now."),),
        "ticket": PROFILE.ticket.model_copy(
            update={
                "priority": PriorityMatrix(
                    impact=(Rating(rank="high", cues=(("ferry", "everyone"),)),),
                    urgency=(Rating(rank="high", cues=(("leaks",),)),),
                )
            }
        ),
    }
)
LEAK = TICKET.model_copy(
    update={
        "priority": "high",
        "description": "It leaks.\n\nPriority high: impact medium (nothing said), urgency high"
        " (“leaks”).",
    }
)


@pytest.mark.parametrize("answer", ["the ferry", "It is boat Anna, and everyone is wet"])
def test_an_answer_can_change_the_priority(answer):
    ticket = fill(LEAK, answer, URGENT, asked="Boat")
    assert (ticket.priority, ticket.how) == ("critical", "Phone now. Write.")
    assert ticket.description.count("Priority ") == 1
    assert "\n\nPriority critical: impact high (“" in ticket.description


def test_what_was_answered_before_counts_for_the_priority_too():
    ticket = fill(fill(LEAK, "the ferry", URGENT, asked="Boat"), "10.6", URGENT)
    assert ticket.priority == "critical"


def test_an_answer_that_tells_nothing_of_it_leaves_the_priority():
    ticket = fill(LEAK, "the blue one", URGENT, asked="Boat")
    assert (ticket.priority, ticket.description) == ("high", LEAK.description)


@pytest.mark.parametrize("description", ["It leaks.", "It leaks.\n\nPriority low: chosen by hand."])
def test_a_priority_that_a_person_chose_stays(description):
    chosen = LEAK.model_copy(update={"priority": "low", "description": description})
    ticket = fill(chosen, "the ferry", URGENT, asked="Boat")
    assert (ticket.priority, ticket.description) == ("low", description)

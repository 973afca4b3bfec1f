"""What is missing is asked for, one piece at a time, and taken down as it is told."""

import pytest

from bot.intake import fill, is_skip, next_question
from bot.profile import Desk, Information, Kind, Profile, TicketForm
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

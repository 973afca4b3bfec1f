import pytest

from bot.errors import TicketError
from bot.profile import Profile
from bot.ticket_edit import edit, mask_ticket
from tests.bot.ticket_samples import TICKET

PROFILE = Profile.model_validate(
    {
        "desks": [
            {"id": "helm", "name": "Helm", "how": "Write.", "when_critical": "Phone first."},
            {"id": "dock", "name": "Dock", "how": "Go there."},
        ],
        "default_desk": "helm",
        "ticket": {
            "kinds": [
                {"label": "Question", "act": "question"},
                {"label": "Problem", "act": "problem", "fields": ["Berth", "Boat", "Photo"]},
            ],
            "information": [
                {"label": "Berth"}, {"label": "Boat"}, {"label": "Photo", "optional": True},
            ],
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"desk": "pier"}, "no desk 'pier': choose one of helm, dock"),
        ({"kind": "Idea"}, "no kind 'Idea': choose one of Question, Problem"),
        ({"priority": "urgent"}, "no priority 'urgent': choose one of critical, high, medium, low"),
        ({"subject": " \n"}, "has no subject"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    change: dict[str, str], words: str
) -> None:
    with pytest.raises(TicketError, match=words):
        edit(TICKET, PROFILE, **change)


def test_a_field_is_set_whatever_the_case_of_its_label_and_no_longer_missing() -> None:
    edited = edit(TICKET, PROFILE, fields={"boat ": " Aurora ", "Colour": "blue"})
    assert edited.fields == {"Berth": "7", "Boat": "Aurora", "Colour": "blue"}
    assert edited.missing == []


def test_an_emptied_field_is_missing_again() -> None:
    edited = edit(TICKET, PROFILE, fields={"Berth": ""})
    assert edited.fields == {}
    assert edited.missing == ["Berth", "Boat"]


def test_another_desk_is_reached_in_its_own_way() -> None:
    assert edit(TICKET, PROFILE, desk="dock").how == "Go there."


def test_a_critical_ticket_says_what_to_do_besides() -> None:
    assert edit(TICKET, PROFILE, priority="critical").how == "Phone first. Write."


def test_the_reason_for_another_priority_gives_way() -> None:
    reason = "Priority high: impact high (“everyone”), urgency medium (nothing said)."
    ticket = TICKET.model_copy(update={"description": f"It is shut.\n\n{reason}"})
    assert edit(ticket, PROFILE, subject="Gate").description == ticket.description
    low = edit(ticket, PROFILE, priority="low")
    assert low.description == "It is shut.\n\nPriority low: chosen by hand."
    critical = edit(low, PROFILE, priority="critical")
    assert critical.description == "It is shut.\n\nPriority critical: chosen by hand."


def test_what_a_person_tells_of_the_priority_stays() -> None:
    ticket = TICKET.model_copy(update={"description": "Shut.\n\nPriority high: it rains in."})
    assert edit(ticket, PROFILE, priority="low").description == ticket.description


def test_another_kind_asks_for_its_own_fields() -> None:
    edited = edit(TICKET, PROFILE, kind="Question")
    assert (edited.fields, edited.missing) == ({"Berth": "7"}, [])


def test_a_subject_is_one_line() -> None:
    assert edit(TICKET, PROFILE, subject="Gate\r\nBcc: all").subject == "Gate Bcc: all"


def test_the_ticket_itself_stays_as_it_was() -> None:
    before = TICKET.model_copy(deep=True)
    edit(TICKET, PROFILE, fields={"Berth": "8"}, desk="dock")
    assert before == TICKET


def test_secrets_are_masked_wherever_they_stand_and_counted_once() -> None:
    changes = {
        "subject": "Sign-in fails, password: hunter2!x",
        "description": "password: hunter2!x",
        "fields": {"Steps": "Use the card 4111 1111 1111 1111."},
    }
    masked, notice = mask_ticket(TICKET.model_copy(update=changes))
    assert "hunter2" not in masked.subject + masked.description
    assert masked.fields["Steps"] == "Use the card [card number masked]."
    assert notice == "I masked a password and a card number."


def test_what_is_said_to_be_harmless_stays() -> None:
    ticket = TICKET.model_copy(update={"description": "password: hunter2!x"})
    assert mask_ticket(ticket, ["hunter2!x"]) == (ticket, "")

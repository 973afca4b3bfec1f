import pytest

from bot.contact import Contact
from bot.ticket_file import desk_text, kept_markdown, ticket_markdown, transcript_file
from tests.bot.ticket_samples import CONTACT, KEPT, TICKET

DRAFT = TICKET.model_copy(update={"description": "It does not open."})


def test_a_draft_is_written_with_what_is_missing_and_how_to_send_it() -> None:
    assert ticket_markdown(DRAFT) == (
        "# The gate is stuck\n\n"
        "- Desk: helm\n- Kind: Problem\n- Priority: high\n- Berth: 7\n\n"
        "## Description\n\nIt does not open.\n\n"
        "## Still missing\n\n- Boat\n\n"
        "## How to send it\n\nSend it by email.\n"
    )


def test_a_complete_draft_lists_nothing_as_missing() -> None:
    complete = DRAFT.model_copy(update={"missing": []})
    assert "Still missing" not in ticket_markdown(complete)


def test_a_kept_ticket_says_how_far_it_has_come() -> None:
    failed = KEPT.model_copy(update={"state": "failed", "last_error": "It said 422."})
    text = kept_markdown(failed)
    assert text.startswith("# The gate is stuck\n")
    assert "could not be sent, here is how: Send it by email.\n" in text
    assert "- Contact: Ann Lee ann@boat.example (unverified address)\n" in text
    assert "- Last error: It said 422.\n" in text


def test_the_desk_reads_what_happened_and_what_was_shown() -> None:
    assert desk_text(KEPT) == (
        "It does not open since 06:00.\n\n"
        "Kind: Problem\nPriority: high\nBerth: 7\n\n"
        "Already shown from the documentation:\n- Guide › Gate https://docs.example/gate\n\n"
        "From: Ann Lee ann@boat.example (unverified address)\n"
        f"Reference: {KEPT.ticket_id}"
    )


def test_the_desk_is_not_warned_of_an_address_that_the_site_signed() -> None:
    contact = CONTACT.model_copy(update={"verified": True})
    text = desk_text(KEPT.model_copy(update={"contact": contact}))
    assert "From: Ann Lee ann@boat.example\n" in text


def test_a_ticket_without_a_contact_names_none() -> None:
    assert "From" not in desk_text(KEPT.model_copy(update={"contact": Contact()}))


def test_the_conversation_is_a_text_file() -> None:
    file = transcript_file(KEPT)
    assert (file.name, file.media_type) == ("conversation.txt", "text/plain")
    assert file.content.decode() == (
        "Person:\nThe gate is stuck\n\nBot:\nThe documentation does not say.\n"
    )


@pytest.mark.parametrize(
    ("state", "number", "status"),
    [
        ("saved", "", "saved"),
        ("sending", "", "sending"),
        ("sent", "42", "sent, number 42"),
        ("sent", "", "sent"),
        ("failed", "", "could not be sent, here is how: Send it by email."),
    ],
)
def test_the_person_sees_one_thing_of_a_ticket(state: str, number: str, status: str) -> None:
    assert KEPT.model_copy(update={"state": state, "number": number}).status == status

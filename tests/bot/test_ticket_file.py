from bot.reply import Ticket
from bot.ticket_file import ticket_markdown

DRAFT = Ticket(
    desk="helm",
    kind="Problem",
    priority="high",
    subject="The gate is stuck",
    description="It does not open.",
    fields={"Berth": "7"},
    missing=["Boat"],
    how="Send it by email.",
)


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

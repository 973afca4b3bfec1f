"""A ticket draft as a file that a person can send: Markdown."""

from bot.profile import Desk
from bot.reply import Ticket


def ticket_markdown(ticket: Ticket, desk: Desk) -> str:
    """The draft as a Markdown document, with what is still missing listed before the way to send it."""
    fields = "".join(f"- {label}: {value}\n" for label, value in ticket.fields.items())
    missing = "".join(f"- {label}\n" for label in ticket.missing)
    return (
        f"# {ticket.subject}\n\n"
        f"- Desk: {desk.name}\n- Kind: {ticket.kind}\n- Priority: {ticket.priority}\n{fields}\n"
        f"## Description\n\n{ticket.description}\n"
        + (f"\n## Still missing\n\n{missing}" if missing else "")
        + f"\n## How to send it\n\n{ticket.how}\n"
    )

"""The ticket file: a draft as a Markdown document that a person can send."""

from bot.reply import Ticket


def ticket_markdown(ticket: Ticket) -> str:
    """The draft as Markdown, with what is still missing and how to send it at the end."""
    fields = "".join(f"- {label}: {value}\n" for label, value in ticket.fields.items())
    missing = "".join(f"- {label}\n" for label in ticket.missing)
    return (
        f"# {ticket.subject}\n\n"
        f"- Desk: {ticket.desk}\n- Kind: {ticket.kind}\n- Priority: {ticket.priority}\n{fields}\n"
        f"## Description\n\n{ticket.description}\n"
        + (f"\n## Still missing\n\n{missing}" if missing else "")
        + f"\n## How to send it\n\n{ticket.how}\n"
    )

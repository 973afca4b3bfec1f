"""The ticket file: a ticket as Markdown for a person, and as plain text for a desk."""

from bot.attachment import Attachment
from bot.kept_ticket import KeptTicket
from bot.origin import heading_path
from bot.reply import RelatedSection, Ticket

_SPEAKERS = {"user": "Person", "assistant": "Bot"}


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


def kept_markdown(kept: KeptTicket) -> str:
    """The ticket as Markdown, with who it is from, what goes with it and how far it has come."""
    contact = kept.contact.line
    lines = [
        f"Ticket {kept.ticket_id}: {kept.status}",
        f"Conversation: {kept.conversation_id}",
        *([f"Contact: {contact}"] if contact else []),
        *(f"Attached: {each.name}, {each.size} bytes" for each in kept.attachments),
        *([f"Tried: {kept.attempts} times"] if kept.attempts else []),
        *([f"Tried again: {kept.next_attempt}"] if kept.next_attempt else []),
        *([f"Last error: {kept.last_error}"] if kept.last_error else []),
    ]
    state = "".join(f"- {line}\n" for line in lines)
    return f"{ticket_markdown(kept.ticket)}\n## State\n\n{state}"


def desk_text(kept: KeptTicket) -> str:
    """What the desk reads: description, fields, what was already shown, who asks, the reference."""
    ticket, contact = kept.ticket, kept.contact.line
    fields = {"Kind": ticket.kind, "Priority": ticket.priority, **ticket.fields}
    parts = [
        ticket.description.strip(),
        "\n".join(f"{label}: {value}" for label, value in fields.items()),
        *([_shown(kept.sections)] if kept.sections else []),
        "\n".join([*([f"From: {contact}"] if contact else []), f"Reference: {kept.ticket_id}"]),
    ]
    return "\n\n".join(parts)


def transcript_file(kept: KeptTicket) -> Attachment:
    """The conversation as a text file."""
    said = [f"{_SPEAKERS[turn.role]}:\n{turn.content.strip()}\n" for turn in kept.transcript]
    return Attachment("conversation.txt", "text/plain", "\n".join(said).encode())


def _shown(sections: list[RelatedSection]) -> str:
    lines = [f"- {heading_path(each.title, each.section)} {each.url}" for each in sections]
    return "\n".join(["Already shown from the documentation:", *lines])

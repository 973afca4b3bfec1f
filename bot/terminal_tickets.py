"""The terminal's `supportbot tickets`: the tickets kept, edited, sent, exchanged and deleted."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from bot.errors import BotError
from bot.settings import Settings
from bot.terminal_options import (
    FAILURE,
    AsJsonOption,
    CorpusOption,
    DataOption,
    ProfileOption,
    chosen_settings,
    open_database,
    open_profile,
)
from bot.terminal_output import out, print_json, warn, write_file
from bot.terminal_view import print_line

tickets_app = typer.Typer(
    help="Look at the tickets kept, edit, send, export and delete them.", no_args_is_help=True
)

TicketIdArgument = Annotated[str, typer.Argument(help="Id of a ticket, or how it begins.")]


@tickets_app.command("list", epilog="Example: supportbot tickets list --json")
def list_tickets(
    corpus: CorpusOption = None, data: DataOption = None, json_: AsJsonOption = False
) -> None:
    """List the tickets, newest first."""
    tickets = open_database(chosen_settings(corpus, data)).tickets()
    if json_:
        print_json({"tickets": [kept.model_dump(mode="json") for kept in tickets]})
        return
    if not tickets:
        print_line(
            "There is no draft yet: they are kept when questions come over the page, the widget,"
            " HTTP or OpenAI's API, or MCP's draft_ticket is called; supportbot ask keeps none.",
            out,
        )
        return
    table = Table("id", "created", "state", "desk", "kind", "priority", "subject")
    for kept in tickets:
        ticket = kept.ticket
        state = f"sent, number {kept.number}" if kept.number else kept.state
        row = (kept.created[:19], state, ticket.desk, ticket.kind, ticket.priority, ticket.subject)
        table.add_row(kept.ticket_id[:8], *map(escape, row))
    out.print(table)


@tickets_app.command("show", epilog="Example: supportbot tickets show 1f0c9a3e")
def show_ticket(
    ticket_id: TicketIdArgument,
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Show one ticket, with its state and why it did not arrive."""
    _print_ticket(open_database(chosen_settings(corpus, data)).find_ticket(ticket_id), json_)


@tickets_app.command(
    "edit", epilog='Example: supportbot tickets edit 1f0c9a3e --priority high --set "App ID=..."'
)
def edit_ticket(
    ticket_id: TicketIdArgument,
    desk: Annotated[str | None, typer.Option(help="Id of the desk it goes to.")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of request, as the form has it.")] = None,
    priority: Annotated[str | None, typer.Option(help="critical, high, medium or low.")] = None,
    subject: Annotated[str | None, typer.Option(help="What it is about, in a few words.")] = None,
    description: Annotated[str | None, typer.Option(help="What happened.")] = None,
    fields: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="LABEL=VALUE", help="A field; empty takes it out."),
    ] = None,
    attach: Annotated[list[Path] | None, typer.Option(help="A file to go along.")] = None,
    detach: Annotated[list[str] | None, typer.Option(help="Name of a file to leave out.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the person to answer.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address to answer.")] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Change a ticket that is not on its way yet."""
    from bot.contact import check_address
    from bot.ticket_edit import edit, mask_ticket

    settings = chosen_settings(corpus, data, profile)
    database = open_database(settings)
    kept = database.find_ticket(ticket_id)
    pairs = [each.partition("=") for each in fields or []]
    if any(not equals for _, equals, _ in pairs):
        raise typer.BadParameter('write a field like "App ID=123".', param_hint="--set")
    ticket = edit(
        kept.ticket,
        open_profile(settings),
        desk=desk,
        kind=kind,
        priority=priority,
        subject=subject,
        description=description,
        fields={label: value for label, _, value in pairs},
    )
    ticket, notice = mask_ticket(ticket)
    if notice:
        warn(notice)
    contact = kept.contact.changed(
        name=kept.contact.name if name is None else name,
        email=kept.contact.email if email is None else check_address(email),
    )
    files = [_read_attachment(file) for file in attach or []]
    stays = [
        each
        for each in database.attachments(kept.ticket_id)
        if each.name not in {*(detach or []), *(file.name for file in files)}
    ]
    _outbox(database, settings).check_files(ticket, [*stays, *files])
    database.edit_ticket(kept.ticket_id, ticket=ticket, contact=contact)
    for each in detach or []:
        database.detach(kept.ticket_id, each)
    for file in files:
        database.attach(kept.ticket_id, file)
    _print_ticket(database.ticket(kept.ticket_id), json_)


@tickets_app.command("send", epilog="Example: supportbot tickets send 1f0c9a3e")
def send_tickets(
    ticket_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of a ticket, or how it begins.")
    ] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Send a ticket, or without an id all that are due; a failed one is tried again.

    A desk gets a ticket once where it heeds the idempotency key: a webhook that does, and Zendesk's
    Tickets API. Zendesk documents none for its Requests API, nor has e-mail one: after a lost
    answer such a desk can get a ticket twice, with the same reference.
    """
    settings = chosen_settings(corpus, data, profile)
    database = open_database(settings)
    outbox = _outbox(database, settings)
    if ticket_id is None:
        tried = [database.ticket(each) for each in outbox.send_due()]
    else:
        tried = [outbox.send_now(database.find_ticket(ticket_id).ticket_id)]
    if json_:
        print_json({"tickets": [kept.model_dump(mode="json") for kept in tried]})
    elif not tried:
        out.print("No ticket is due to be sent.")
    for kept in tried if not json_ else []:
        print_line(f"{kept.ticket_id[:8]} {kept.status}", out)
        if kept.state == "saved":
            print_line(f"  How to send it: {kept.ticket.how}", out)
        if kept.last_error:
            warn(kept.last_error)
    if any(kept.state == "failed" for kept in tried):
        raise typer.Exit(FAILURE)


@tickets_app.command("email", epilog="Example: supportbot tickets email 1f0c9a3e ticket.eml")
def write_email(
    ticket_id: TicketIdArgument,
    file: Annotated[Path, typer.Argument(help="Write the e-mail there, such as ticket.eml.")],
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Write a ticket as an e-mail file that a mail program opens as a draft."""
    from bot.destination import mail_address
    from bot.kept_ticket import Parcel
    from bot.mail_destination import email_file, mailto_link

    settings = chosen_settings(corpus, data, profile)
    database = open_database(settings)
    kept = database.find_ticket(ticket_id)
    to = mail_address(open_profile(settings).desk(kept.ticket.desk))
    parcel = Parcel(kept, database.attachments(kept.ticket_id))
    write_file(file, email_file(parcel, to))
    link = mailto_link(kept, to)
    if json_:
        print_json({"file": str(file), "mailto": link})
    else:
        print_line(f"{file} is an e-mail to {to}: open it, check it and send it.", out)
        print_line(f"Without the attached files this link does the same: {link}", out)


@tickets_app.command("export", epilog="Example: supportbot tickets export --output tickets.csv")
def export_tickets(
    format: Annotated[
        str | None,
        typer.Option(help="json, csv or markdown; default: by the ending of the output, or json."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write there.")] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Export all tickets; JSON holds the attachments too."""
    from bot.ticket_exchange import export

    endings = {".csv": "csv", ".md": "markdown"}
    chosen = "json" if json_ else format or endings.get(output.suffix if output else "", "json")
    if chosen not in ("json", "csv", "markdown"):
        raise typer.BadParameter("choose json, csv or markdown.", param_hint="--format")
    database = open_database(chosen_settings(corpus, data))
    tickets = [(kept, database.attachments(kept.ticket_id)) for kept in database.tickets()]
    text = export(tickets, chosen)
    if output is None:
        print(text, end="")
        return
    write_file(output, text)
    out.print(f"{len(tickets)} tickets are in {output}.", markup=False, soft_wrap=True)


@tickets_app.command("import", epilog="Example: supportbot tickets import tickets.json")
def import_tickets(
    file: Annotated[Path, typer.Argument(help="JSON or CSV that was exported.")],
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Import tickets; one whose id is there already is left as it is.

    A ticket that was being sent where it was exported is imported as saved.
    """
    from bot.ticket_exchange import import_tickets as import_from

    imported = import_from(file, open_database(chosen_settings(corpus, data)))
    if json_:
        faults = [{"number": number, "reason": reason} for number, reason in imported.faults]
        print_json({"added": imported.added, "known": imported.known, "faults": faults})
    else:
        out.print(
            f"{len(imported.added)} tickets added, {imported.known} were there already.",
            highlight=False,
        )
    for number, reason in imported.faults:
        warn(f"Number {number} of {file} was left out: {reason}")
    if imported.faults:
        raise typer.Exit(FAILURE)


@tickets_app.command("purge", epilog="Example: supportbot tickets purge --older-than 365d")
def purge_tickets(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="Such as 12h, 30d or 52w.")],
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Delete for good the tickets not touched for so long, attachments too.

    Tickets on their way stay.
    """
    age = re.fullmatch(r"(\d{1,5})([hdw])", older_than.strip())
    if not age:
        raise typer.BadParameter("write an age like 365d.", param_hint="--older-than")
    hours = int(age[1]) * {"h": 1, "d": 24, "w": 24 * 7}[age[2]]
    deleted = open_database(chosen_settings(corpus, data)).purge_tickets(
        datetime.now(UTC) - timedelta(hours=hours)
    )
    if json_:
        print_json({"deleted": deleted})
    else:
        out.print(f"{deleted} tickets deleted for good.", highlight=False)


@tickets_app.command("erase", epilog="Example: supportbot tickets erase 5b1e6c0d9f2a4e7c")
def erase_conversation(
    conversation_id: Annotated[str, typer.Argument(help="Whole id of the conversation.")],
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Delete for good all of a conversation: replies, feedback, tickets and attachments."""
    erased = open_database(chosen_settings(corpus, data)).erase_conversation(conversation_id)
    if not any(erased.values()):
        raise BotError(
            f"There is nothing of a conversation {conversation_id!r}: see the conversation_id in"
            " supportbot tickets list --json."
        )
    if json_:
        print_json(erased)
    else:
        counts = ", ".join(f"{number} {table}" for table, number in erased.items())
        out.print(f"Deleted for good: {counts}.", highlight=False)


def _print_ticket(kept, as_json: bool) -> None:
    """Print a kept ticket, with its state and why it did not arrive."""
    from bot.ticket_file import kept_markdown

    if as_json:
        print_json(kept.model_dump(mode="json"))
    else:
        out.print(Markdown(kept_markdown(kept)))


def _outbox(database, settings: Settings):
    from bot.outbox import Outbox

    return Outbox(database, open_profile(settings))


def _read_attachment(file: Path):
    from bot.attachment import make_attachment

    try:
        return make_attachment(file.name, file.read_bytes())
    except OSError as error:
        raise BotError(
            f"{file} cannot be read ({error.strerror}): check its name and try again."
        ) from error

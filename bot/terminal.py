"""The terminal: the `supportbot` command with its subcommands."""

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bot.batch import Answer, run_batch
from bot.errors import BotError
from bot.origin import heading_path
from bot.settings import Settings, read_settings
from bot.terminal_view import print_line, show_reply
from index.errors import DocumentationError

FAILURE = 1

app = typer.Typer(
    help="Answers support questions from documentation, each statement cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
tickets_app = typer.Typer(
    help="Look at the tickets kept, edit, send, export and delete them.", no_args_is_help=True
)
app.add_typer(tickets_app, name="tickets")

out = Console()
err = Console(stderr=True)

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="Folder of Markdown pages (SUPPORTBOT_CORPUS).")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder for index and state (SUPPORTBOT_DATA).")
]
ProfileOption = Annotated[
    Path | None, typer.Option("--profile", help="Product profile (SUPPORTBOT_PROFILE).")
]
AsJsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
BatchOption = Annotated[
    Path | None, typer.Option("--batch", help="Read questions from JSON Lines.")
]
TicketIdArgument = Annotated[str, typer.Argument(help="Id of a ticket, or how it begins.")]
OutputOption = Annotated[Path | None, typer.Option("--output", help="Write JSON Lines there.")]


def main() -> None:
    """Run the command; an error is one sentence on standard error and exit code 1."""
    try:
        app()
    except (BotError, DocumentationError) as error:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(FAILURE)
    except BrokenPipeError:
        sys.exit(FAILURE)


@app.command(epilog="Example: supportbot index --corpus docs --data data")
def index(
    corpus: CorpusOption = None,
    data: DataOption = None,
    check: Annotated[bool, typer.Option("--check", help="Verify the published index.")] = False,
    json_: AsJsonOption = False,
) -> None:
    """Build the index of a folder of pages, or bring it up to date."""
    from index.build import build_index
    from index.embedder import SentenceEmbedder
    from index.store import verify_index

    settings = _settings(corpus, data, None)
    if check:
        manifest = verify_index(settings.data)
        report: dict[str, Any] = {
            "ok": True,
            "pages": len(manifest.pages),
            "sections": manifest.sections,
            "passages": manifest.passages,
            "built": manifest.built.isoformat(timespec="seconds"),
        }
        if json_:
            _print_json(report)
        else:
            out.print(
                f"The index in {settings.data} is sound: {report['pages']} pages, "
                f"{report['sections']} sections, {report['passages']} passages.",
                markup=False,
                soft_wrap=True,
            )
        return
    with _progress() as progress:
        built = build_index(
            settings.corpus, settings.data, SentenceEmbedder(settings.model), progress
        )
    if json_:
        _print_json(
            {
                "pages": built.pages,
                "sections": built.sections,
                "passages": built.passages,
                "added": built.added,
                "changed": built.changed,
                "removed": built.removed,
                "skipped": [{"path": path, "reason": reason} for path, reason in built.skipped],
                "seconds": round(built.seconds, 2),
            }
        )
        return
    out.print(
        f"{built.pages} pages, {built.sections} sections, {built.passages} passages; "
        f"{built.added} added, {built.changed} changed, {built.removed} removed; "
        f"{built.seconds:.1f} seconds.",
        highlight=False,
        soft_wrap=True,
    )
    for path, reason in built.skipped:
        _warn(f"Skipped {path}: {reason}")


@app.command(epilog='Example: supportbot ask "Who supports the runtime on SAP BTP?"')
def ask(
    question: Annotated[str | None, typer.Argument(help="What you want to know.")] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    batch: BatchOption = None,
    output: OutputOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Answer a question from the documentation, with citations or a ticket draft."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a question, or a file of questions with --batch.")
    settings = _settings(corpus, data, profile)
    assistant = _open(settings)
    if batch is not None:
        _run_batch(
            batch,
            output,
            lambda q: assistant.ask(q.question, q.history, q.passages, q.id).model_dump(),
        )
        return
    reply = assistant.ask(question)
    if json_:
        _print_json(reply.model_dump())
    else:
        show_reply(reply, assistant.profile, out)


@app.command(epilog='Example: supportbot search "extended support" -k 3')
def search(
    query: Annotated[str | None, typer.Argument(metavar="WORDS", help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    batch: BatchOption = None,
    output: OutputOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Find the passages nearest to some words."""
    if (query is None) == (batch is None):
        raise typer.BadParameter("give words to look for, or a file of questions with --batch.")
    assistant = _open(_settings(corpus, data, profile))
    if batch is not None:
        _run_batch(
            batch,
            output,
            lambda q: {
                "id": q.id,
                "passages": [p.model_dump() for p in assistant.search(q.question, k)],
            },
        )
        return
    found = assistant.search(query, k)
    if json_:
        _print_json({"passages": [passage.model_dump() for passage in found]})
        return
    for passage in found:
        place = heading_path(passage.title, passage.section)
        out.print(place, style="bold", markup=False, highlight=False)
        out.print(passage.text, markup=False, highlight=False)
        out.print(
            f"{passage.url}  {passage.path}:{passage.lines[0]}  score {passage.score:.2f}\n",
            style="dim", markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip


@app.command(epilog="Example: supportbot serve --port 8000")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
) -> None:
    """Serve the chat page and the HTTP API."""
    from bot.server import serve as serve_web

    settings = _settings(corpus, data, profile)
    given = {"host": host, "port": port}
    serve_web(settings.model_copy(update={k: v for k, v in given.items() if v is not None}))


@tickets_app.command("list", epilog="Example: supportbot tickets list --json")
def list_tickets(
    corpus: CorpusOption = None, data: DataOption = None, json_: AsJsonOption = False
) -> None:
    """List the tickets, newest first."""
    tickets = _database(_settings(corpus, data, None)).tickets()
    if json_:
        _print_json({"tickets": [kept.model_dump(mode="json") for kept in tickets]})
        return
    if not tickets:
        out.print("There is no draft yet: drafts are kept when questions are asked on the page.")
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
    from bot.ticket_file import kept_markdown

    kept = _database(_settings(corpus, data, None)).find_ticket(ticket_id)
    if json_:
        _print_json(kept.model_dump(mode="json"))
    else:
        out.print(Markdown(kept_markdown(kept)))


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
    from bot.contact import Contact, check_address
    from bot.ticket_edit import edit, mask_ticket
    from bot.ticket_file import kept_markdown

    settings = _settings(corpus, data, profile)
    database = _database(settings)
    kept = database.find_ticket(ticket_id)
    pairs = [each.partition("=") for each in fields or []]
    if any(not equals for _, equals, _ in pairs):
        raise typer.BadParameter('write a field like "App ID=123".', param_hint="--set")
    ticket = edit(
        kept.ticket,
        _profile(settings),
        desk=desk,
        kind=kind,
        priority=priority,
        subject=subject,
        description=description,
        fields={label: value for label, _, value in pairs},
    )
    ticket, notice = mask_ticket(ticket)
    if notice:
        _warn(notice)
    contact = Contact(
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
    kept = database.ticket(kept.ticket_id)
    if json_:
        _print_json(kept.model_dump(mode="json"))
    else:
        out.print(Markdown(kept_markdown(kept)))


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
    settings = _settings(corpus, data, profile)
    database = _database(settings)
    outbox = _outbox(database, settings)
    if ticket_id is None:
        tried = [database.ticket(each) for each in outbox.send_due()]
    else:
        tried = [outbox.send_now(database.find_ticket(ticket_id).ticket_id)]
    if json_:
        _print_json({"tickets": [kept.model_dump(mode="json") for kept in tried]})
    elif not tried:
        out.print("No ticket is due to be sent.")
    for kept in tried if not json_ else []:
        print_line(f"{kept.ticket_id[:8]} {kept.status}", out)
        if kept.state == "saved":
            print_line(f"  How to send it: {kept.ticket.how}", out)
        if kept.last_error:
            _warn(kept.last_error)
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

    settings = _settings(corpus, data, profile)
    database = _database(settings)
    kept = database.find_ticket(ticket_id)
    to = mail_address(_profile(settings).desk(kept.ticket.desk))
    parcel = Parcel(kept, database.attachments(kept.ticket_id))
    _write(file, email_file(parcel, to))
    link = mailto_link(kept, to)
    if json_:
        _print_json({"file": str(file), "mailto": link})
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
    database = _database(_settings(corpus, data, None))
    tickets = [(kept, database.attachments(kept.ticket_id)) for kept in database.tickets()]
    text = export(tickets, chosen)
    if output is None:
        print(text, end="")
        return
    _write(output, text)
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

    imported = import_from(file, _database(_settings(corpus, data, None)))
    if json_:
        faults = [{"number": number, "reason": reason} for number, reason in imported.faults]
        _print_json({"added": imported.added, "known": imported.known, "faults": faults})
    else:
        out.print(
            f"{len(imported.added)} tickets added, {imported.known} were there already.",
            highlight=False,
        )
    for number, reason in imported.faults:
        _warn(f"Number {number} of {file} was left out: {reason}")
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
    deleted = _database(_settings(corpus, data, None)).purge_tickets(
        datetime.now(UTC) - timedelta(hours=hours)
    )
    if json_:
        _print_json({"deleted": deleted})
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
    erased = _database(_settings(corpus, data, None)).erase_conversation(conversation_id)
    if not any(erased.values()):
        raise BotError(
            f"There is nothing of a conversation {conversation_id!r}: see the conversation_id in"
            " supportbot tickets list --json."
        )
    if json_:
        _print_json(erased)
    else:
        counts = ", ".join(f"{number} {table}" for table, number in erased.items())
        out.print(f"Deleted for good: {counts}.", highlight=False)


@app.command(
    name="eval", epilog="Example: supportbot eval evals/development.jsonl --report report.html"
)
def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON Lines with questions and what is right.")],
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Run the plain alternative beside it.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="JSON of an earlier run to hold it against.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write an HTML page with plots there.")
    ] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Measure the answers to a file of questions with known answers."""
    from bot.baseline import evaluate_baseline
    from bot.case import read_cases
    from bot.evaluation import evaluate as run_evaluation
    from bot.evaluation import read_evaluation
    from bot.evaluation_view import show_evaluations
    from bot.report import changes, html_page

    cases = read_cases(questions)
    earlier = read_evaluation(compare) if compare else None
    settings = _settings(corpus, data, profile)
    assistant = _open(settings)
    with _progress() as progress:
        runs = {"this run": run_evaluation(assistant, cases, settings.corpus, progress)}
        if baseline:
            runs["baseline"] = evaluate_baseline(
                cases, settings.corpus, assistant.embedder, progress
            )
    this = runs["this run"]
    if earlier:
        runs["earlier run"] = earlier
    if report:
        _write(report, html_page(f"Evaluation of {questions.name}", runs))
    if json_:
        beside = {"baseline": runs["baseline"].model_dump()} if baseline else {}
        _print_json({**this.model_dump(), **beside})
        return
    show_evaluations(runs, changes(earlier, this) if earlier else {}, out)


@app.command(epilog="Example: supportbot doctor")
def doctor(
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Check that everything the bot needs is there and sound."""
    from bot.doctor import examine

    findings = examine(_settings(corpus, data, profile))
    if json_:
        _print_json({"findings": [finding.model_dump() for finding in findings]})
    else:
        for finding in findings:
            mark = "[green]ok[/green]   " if finding.ok else "[red]fault[/red]"
            out.print(mark, end=" ")
            out.print(
                f"{finding.name}: {finding.detail}", markup=False, highlight=False, soft_wrap=True
            )
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILURE)


@app.command(epilog="Example: supportbot version")
def version() -> None:
    """Print the version."""
    out.print(importlib.metadata.version("supportbot"), highlight=False)


def _settings(corpus: Path | None, data: Path | None, profile: Path | None) -> Settings:
    given = {"corpus": corpus, "data": data, "profile": profile}
    return read_settings(**{name: value for name, value in given.items() if value is not None})


def _open(settings: Settings):
    from bot.assistant import Assistant

    with _progress() as progress:
        return Assistant.open(settings, _profile(settings), progress)


def _database(settings: Settings):
    from bot.database import Database

    return Database(settings.database)


def _profile(settings: Settings):
    from bot.profile import load_profile

    return load_profile(settings.profile, settings.corpus)


def _outbox(database, settings: Settings):
    from bot.outbox import Outbox

    return Outbox(database, _profile(settings))


def _read_attachment(file: Path):
    from bot.attachment import make_attachment

    try:
        return make_attachment(file.name, file.read_bytes())
    except OSError as error:
        raise BotError(
            f"{file} cannot be read ({error.strerror}): check its name and try again."
        ) from error


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on standard error; what it yields is told task, number done and number in all."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err,
        transient=True,
    ) as bar:  # fmt: skip
        tasks: dict[str, Any] = {}

        def report(description: str, done: int, total: int) -> None:
            if description not in tasks:
                tasks[description] = bar.add_task(description, total=total)
            bar.update(tasks[description], completed=done, total=total)

        yield report


def _run_batch(batch: Path, output: Path | None, answer: Answer) -> None:
    """Run a batch and name the lines that were skipped, with exit code 1 if there are any."""
    with _progress() as progress:
        skipped = run_batch(batch, output, answer, progress)
    for number, reason in skipped:
        _warn(f"Line {number} of {batch} was skipped: {reason}")
    if skipped:
        raise typer.Exit(FAILURE)


def _write(file: Path, content: str | bytes) -> None:
    try:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise BotError(
            f"{file} cannot be written ({error.strerror}): free space or choose another file."
        ) from error


def _warn(sentence: str) -> None:
    err.print(sentence, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))

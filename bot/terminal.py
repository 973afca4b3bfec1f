"""The terminal: the `supportbot` command with its subcommands."""

import importlib.metadata
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bot.batch import Answer, run_batch
from bot.errors import BotError
from bot.origin import heading_path
from bot.settings import Settings, read_settings
from bot.terminal_view import show_reply
from index.errors import DocumentationError

FAILURE = 1

app = typer.Typer(
    help="Answers support questions from documentation, each statement cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
tickets_app = typer.Typer(help="Look at the ticket drafts kept.", no_args_is_help=True)
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
    """List the drafts, newest first."""
    drafts = _database(_settings(corpus, data, None)).tickets()
    if json_:
        _print_json({"tickets": [draft.model_dump(mode="json") for draft in drafts]})
        return
    if not drafts:
        out.print("There is no draft yet: drafts are kept when questions are asked on the page.")
        return
    table = Table("id", "created", "desk", "kind", "priority", "subject")
    for draft in drafts:
        ticket = draft.ticket
        table.add_row(
            draft.ticket_id[:8], draft.created, ticket.desk, ticket.kind, ticket.priority,
            ticket.subject,
        )  # fmt: skip
    out.print(table)


@tickets_app.command("show", epilog="Example: supportbot tickets show 1f0c9a3e")
def show_ticket(
    ticket_id: str,
    corpus: CorpusOption = None,
    data: DataOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Show one draft, named by its id or the beginning of it."""
    from bot.ticket_file import ticket_markdown

    draft = _database(_settings(None, data, None)).ticket(ticket_id)
    if json_:
        _print_json(draft.model_dump(mode="json"))
    else:
        out.print(Markdown(ticket_markdown(draft.ticket)))


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
    from bot.profile import load_profile

    profile = load_profile(settings.profile, settings.corpus)
    with _progress() as progress:
        return Assistant.open(settings, profile, progress)


def _database(settings: Settings):
    from bot.database import Database

    return Database(settings.database)


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


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BotError(
            f"{file} cannot be written ({error.strerror}): free space or choose another file."
        ) from error


def _warn(sentence: str) -> None:
    err.print(sentence, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))

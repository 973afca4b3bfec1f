"""The terminal: the `supportbot` command with its subcommands."""

import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.batch import Answer, run_batch
from bot.errors import BotError
from bot.origin import heading_path
from bot.settings import Settings
from bot.terminal_dialogue import converse, typed_lines
from bot.terminal_keys import keys_app
from bot.terminal_options import (
    FAILURE,
    AsJsonOption,
    CorpusOption,
    DataOption,
    ProfileOption,
    chosen_settings,
    open_profile,
)
from bot.terminal_output import err, out, print_json, warn, write_file
from bot.terminal_tickets import tickets_app
from bot.terminal_users import users_app
from bot.terminal_view import show_reply
from index.errors import DocumentationError

app = typer.Typer(
    help="Answers support questions from documentation, each statement cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(tickets_app, name="tickets")
app.add_typer(keys_app, name="keys")
app.add_typer(users_app, name="users")

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

    settings = chosen_settings(corpus, data)
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
            print_json(report)
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
            settings.corpus,
            settings.data,
            SentenceEmbedder(settings.model),
            progress,
            settings.curated_folder,
        )
    if json_:
        print_json(
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
        warn(f"Skipped {path}: {reason}")


@app.command(epilog='Example: supportbot ask "Who supports the runtime on SAP BTP?"')
def ask(
    question: Annotated[str | None, typer.Argument(help="What you want to know.")] = None,
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    batch: BatchOption = None,
    output: OutputOption = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Keep asking, in the context of before.")
    ] = False,
    json_: AsJsonOption = False,
) -> None:
    """Answer a question from the documentation, with citations or a ticket draft."""
    if [question is not None, batch is not None, interactive].count(True) != 1:
        raise typer.BadParameter(
            "give a question, a file of questions with --batch, or --interactive."
        )
    _check_output(output, batch)
    if interactive and json_:
        raise typer.BadParameter("--json does not go with --interactive: use --batch.")
    settings = chosen_settings(corpus, data, profile)
    assistant = _open(settings)
    if interactive:
        converse(assistant, typed_lines(), out)
        return
    if batch is not None:
        _run_batch(
            batch,
            output,
            lambda q: assistant.ask(q.question, q.history, q.passages, q.id).model_dump(),
        )
        return
    reply = assistant.ask(question)
    if json_:
        print_json(reply.model_dump())
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
    _check_output(output, batch)
    assistant = _open(chosen_settings(corpus, data, profile))
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
        print_json({"passages": [passage.model_dump() for passage in found]})
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

    settings = chosen_settings(corpus, data, profile)
    given = {"host": host, "port": port}
    serve_web(settings.model_copy(update={k: v for k, v in given.items() if v is not None}))


@app.command(epilog="Example: supportbot mcp --corpus docs --data data")
def mcp(
    corpus: CorpusOption = None, data: DataOption = None, profile: ProfileOption = None
) -> None:
    """Serve search, answers and drafts to an AI program that starts this command (MCP)."""
    from bot.mcp_server import serve_stdio

    serve_stdio(chosen_settings(corpus, data, profile))


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
    settings = chosen_settings(corpus, data, profile)
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
        write_file(report, html_page(f"Evaluation of {questions.name}", runs))
    changed = changes(earlier, this) if earlier else {}
    if json_:
        beside: dict[str, Any] = {"baseline": runs["baseline"].model_dump()} if baseline else {}
        if earlier:
            beside["comparison"] = {"earlier": earlier.model_dump(), "changes": changed}
        print_json({**this.model_dump(), **beside})
        return
    show_evaluations(runs, changed, out)


@app.command(epilog="Example: supportbot doctor")
def doctor(
    corpus: CorpusOption = None,
    data: DataOption = None,
    profile: ProfileOption = None,
    json_: AsJsonOption = False,
) -> None:
    """Check that everything the bot needs is there and sound."""
    from bot.doctor import examine

    findings = examine(chosen_settings(corpus, data, profile))
    if json_:
        print_json({"findings": [finding.model_dump() for finding in findings]})
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


def _open(settings: Settings):
    from bot.assistant import Assistant

    with _progress() as progress:
        return Assistant.open(settings, open_profile(settings), progress)


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


def _check_output(output: Path | None, batch: Path | None) -> None:
    """Refuse a file for JSON Lines where there are none."""
    if output is not None and batch is None:
        raise typer.BadParameter("--output goes with --batch: redirect what is printed instead.")


def _run_batch(batch: Path, output: Path | None, answer: Answer) -> None:
    """Run a batch and name the lines that were skipped, with exit code 1 if there are any."""
    with _progress() as progress:
        skipped = run_batch(batch, output, answer, progress)
    for number, reason in skipped:
        warn(f"Line {number} of {batch} was skipped: {reason}")
    if skipped:
        raise typer.Exit(FAILURE)

"""A dialogue in the terminal: one question after another, each in the context of those before."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console

from bot.errors import QuestionError
from bot.origin import heading_path
from bot.reply import Reply, Turn
from bot.section_view import cited_section
from bot.terminal_view import print_line, show_reply

if TYPE_CHECKING:
    from bot.assistant import Assistant

HELP = "Ask; /section 1 shows the section of source 1, /new starts over, /quit ends."


def converse(assistant: "Assistant", lines: Iterable[str], out: Console) -> None:
    """Answer each of the `lines` in the context of those before, until they end or say /quit.

    A bare number chooses one of the readings that the last reply offers. Raises IndexUnusable
    without an index.
    """
    print_line(HELP, out, "dim")
    history: list[Turn] = []
    reply: Reply | None = None
    for line in map(str.strip, lines):
        match line.split():
            case []:
                continue
            case ["/quit"]:
                return
            case ["/new"]:
                history, reply = [], None
                print_line("A new conversation: nothing said before counts.", out)
                continue
            case ["/section", number]:
                _show_section(assistant, reply, number, out)
                continue
            case [command, *_] if command.startswith("/"):
                print_line(f"There is no {command}. {HELP}", out, "yellow")
                continue
            case [number] if reply and reply.choices and number.isdigit():
                if not 1 <= int(number) <= len(reply.choices):
                    print_line(f"Choose from 1 to {len(reply.choices)}, or ask.", out, "yellow")
                    continue
                line = reply.choices[int(number) - 1]
        try:
            reply = assistant.ask(line, history)
        except QuestionError as error:
            print_line(str(error), out, "yellow")
            continue
        show_reply(reply, assistant.profile, out)
        history += [
            Turn(role="user", content=reply.question),
            Turn(role="assistant", content=reply.answer),
        ]


def typed_lines() -> Iterator[str]:
    """What a person types, line by line, after a prompt if there is a person; until it ends."""
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return


def _show_section(assistant: "Assistant", reply: Reply | None, number: str, out: Console) -> None:
    cited = next((c for c in reply.citations if str(c.n) == number), None) if reply else None
    if cited is None:
        print_line(f"The last reply has no source {number}.", out, "yellow")
        return
    section = cited_section(assistant.index.current().sections, cited)
    print_line(f"\n{heading_path(cited.title, cited.section)}", out, "bold cyan")
    if section is None:
        print_line("The section is no longer in the documentation; its quote was:", out, "yellow")
        print_line(cited.quote, out)
        return
    for block in section.units:
        print_line(block.text, out)
    if cited.url:
        print_line(cited.url, out, "dim")

"""The view of a reply in the terminal: the answer, its sources by section, and the draft."""

from itertools import groupby

from rich.console import Console
from rich.markdown import Markdown

from bot.origin import heading_path, origin
from bot.profile import Profile
from bot.reply import Citation, Reply, Ticket


def show_reply(reply: Reply, profile: Profile, out: Console) -> None:
    """Print a reply for a person."""
    out.print(Markdown(reply.answer))
    if reply.notice:
        print_line(reply.notice, out, "yellow")
    for choice in reply.choices:
        print_line(f"  {choice}", out)
    for _, cited in groupby(reply.citations, key=lambda citation: citation.url):
        _show_section(list(cited), out)
    if reply.citations and (note := origin(profile.product)):
        print_line(f"\nThe pages are {note}.", out, "dim")
    if reply.outcome == "unanswered" and reply.related:
        print_line("\nNearest sections", out, "bold")
        for section in reply.related:
            print_line(f"  {heading_path(section.title, section.section)}  {section.url}", out)
    for ticket in reply.drafts:
        _show_draft(ticket, profile.desk(ticket.desk).name, out)
    print_line(f"\nconfidence {reply.confidence:.2f}, {reply.timings_ms.total:.0f} ms", out, "dim")


def _show_section(citations: list[Citation], out: Console) -> None:
    first = citations[0]
    place = f" ({first.path}:{first.lines[0]})" if first.path else ""
    print_line(f"\n{heading_path(first.title, first.section)}{place}", out, "bold cyan")
    if first.url:
        print_line(f"  {first.url}", out, "dim")
    for citation in citations:
        print_line(f"  [{citation.n}] “{citation.quote}”", out)


def _show_draft(ticket: Ticket, desk: str, out: Console) -> None:
    print_line(f"\nDraft for {desk}", out, "bold yellow")
    rows = {"Kind": ticket.kind, "Priority": ticket.priority, "Subject": ticket.subject}
    for name, value in {**rows, **ticket.fields}.items():
        print_line(f"  {name}: {value}", out)
    if ticket.missing:
        print_line(f"  They will ask for: {', '.join(ticket.missing)}", out)
    print_line(f"  How to send it: {ticket.how}", out)


def print_line(text: str, out: Console, style: str = "") -> None:
    """Print a line as it is."""
    # What pages and people wrote is never read as rich's own markup.
    out.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

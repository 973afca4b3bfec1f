"""A reply as one Markdown text, for chat front ends that show nothing else of it."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from bot.citing import MARKER
from bot.origin import heading_path
from bot.reply import Citation, RelatedSection, Reply, Ticket
from bot.ticket_file import ticket_markdown

_RULE = "\n\n---\n\n"  # between the answer and what is not of the answer
_URL_CHARACTERS = "%/:?#[]@!$&'*+,;=~"  # but no parentheses, which would end a link
_CODE = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)
_LINKED_MARKER = re.compile(r"\[\[(\d+)\]\]\([^)\s]*\)")
_TAG = re.compile(r"(?<!\\)<(?=[a-zA-Z/!?])(?!https?://|mailto:)")
_MARKUP = re.compile(r"[\\`*_\[\]<>~$]|&(?=#?\w+;)")


def reply_markdown(reply: Reply) -> str:
    """The answer, its markers as links to the sections, and after a rule whatever else there is.

    That is what was masked, choices, sources with their quotes, nearest sections, and drafts. HTML
    of pages and people is escaped.
    """
    not_said = reply.outcome == "unanswered"
    parts = [
        f"*{_escaped(reply.notice)}*" if reply.notice else "",
        _list("", map(_escaped, reply.choices)),
        _list("**Sources**", map(_source, reply.citations)),
        _list("**Nearest sections**", map(_nearest, reply.related if not_said else ())),
        *map(_draft, reply.drafts),
    ]
    return _RULE.join([_linked(reply), *filter(None, parts)])


def answer_in(markdown: str) -> str:
    """The answer alone, as the reply had it, of what `reply_markdown` made of the reply."""
    return _LINKED_MARKER.sub(r"[\1]", markdown.split(_RULE)[0])


def _linked(reply: Reply) -> str:
    urls = {citation.n: citation.url for citation in reply.citations}

    def link(marker: re.Match[str]) -> str:
        return _link(marker[0], urls.get(int(marker[1]), ""))

    parts = _CODE.split(reply.answer)
    parts[::2] = [MARKER.sub(link, _without_tags(part)) for part in parts[::2]]
    return "".join(parts)


def _source(citation: Citation) -> str:
    place = _escaped(heading_path(citation.title, citation.section))
    return f"{_link(f'[{citation.n}]: {place}', citation.url)}: “{_escaped(citation.quote)}”"


def _nearest(section: RelatedSection) -> str:
    return _link(_escaped(heading_path(section.title, section.section)), section.url)


def _draft(ticket: Ticket) -> str:
    return f"**Ticket draft, not sent yet**\n\n{_without_tags(ticket_markdown(ticket)).strip()}"


def _list(title: str, items: Iterable[str]) -> str:
    listed = "\n".join(f"- {item}" for item in items)
    return f"{title}\n\n{listed}".strip() if listed else ""


def _link(label: str, url: str) -> str:
    # Relative to the front end a link of the documentation would lead nowhere.
    if not url.startswith(("https://", "http://")):
        return label
    return f"[{label}]({quote(url, safe=_URL_CHARACTERS)})"


def _escaped(text: str) -> str:
    """Plain text on one line that Markdown shows letter for letter."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _without_tags(markdown: str) -> str:
    return _TAG.sub(r"\\<", markdown)

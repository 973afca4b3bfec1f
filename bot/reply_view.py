"""The view of a reply in the conversation: text, numbered sources, nearest sections and drafts."""

import re
from html import escape

from bot.markup import block_html
from bot.reply import Citation, Reply
from bot.section_view import heading_path

_MARKER = re.compile(r"\[(\d+)\](?![^<]*</code>)")


def question_html(question: str) -> str:
    """A question as HTML that shows it letter for letter."""
    return _one_line(f'<p class="question">{escape(question)}</p>')


def partial_html(answer: str, base: str) -> str:
    """The first words of an answer that is still being written, as HTML."""
    return _one_line(f'<div class="reply">{block_html(answer, base)}</div>')


def reply_html(reply: Reply, reply_id: str, base: str) -> str:
    """A whole reply as HTML.

    Its links to `#source-…`, `#related-…` and `#draft-…` name the reply and a position in it; the
    page opens what they name beside the conversation.
    """
    sources = {citation.n: citation for citation in reply.citations}

    def marker_html(match: re.Match) -> str:
        citation = sources.get(int(match[1]))
        return _marker_html(citation, reply_id) if citation else match[0]

    answer = _MARKER.sub(marker_html, block_html(reply.answer, base))
    parts = [f'<div class="answer">{answer}</div>']
    cited: dict[str, list[Citation]] = {}
    for citation in reply.citations:
        cited.setdefault(heading_path(citation.title, citation.section), []).append(citation)
    parts.append(
        _list_html(
            "Sources",
            "sources",
            [
                "".join(_marker_html(citation, reply_id) for citation in citations)
                + _link_html(f"source-{reply_id}-{citations[0].n}", path)
                for path, citations in cited.items()
            ],
        )
    )
    if reply.outcome == "unanswered":
        parts.append(
            _list_html(
                "Nearest sections",
                "related",
                [
                    _link_html(
                        f"related-{reply_id}-{position}", heading_path(near.title, near.section)
                    )
                    for position, near in enumerate(reply.related)
                ],
            )
        )
    drafts = [reply.ticket, *reply.more_tickets] if reply.ticket else reply.more_tickets
    parts.append(
        _list_html(
            "Ticket draft" if len(drafts) == 1 else "Ticket drafts",
            "drafts",
            [
                _link_html(f"draft-{reply_id}-{position}", f"{draft.kind}: {draft.subject}")
                for position, draft in enumerate(drafts)
            ],
        )
    )
    return _one_line(f'<div class="reply {reply.outcome}">{"".join(parts)}</div>')


def _marker_html(citation: Citation, reply_id: str) -> str:
    place = escape(f"Source {citation.n}: {heading_path(citation.title, citation.section)}")
    return (
        f'<a class="marker" href="#source-{reply_id}-{citation.n}" title="{place}">{citation.n}</a>'
    )


def _link_html(target: str, label: str) -> str:
    return f'<a href="#{target}">{escape(label)}</a>'


def _list_html(title: str, name: str, items: list[str]) -> str:
    if not items:
        return ""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<div class="links {name}"><p class="label">{title}</p><ul>{rows}</ul></div>'


def _one_line(html: str) -> str:
    # The chat component takes messages for Markdown, in which HTML ends at a blank line.
    return html.replace("\n", "&#10;")

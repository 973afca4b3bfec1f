"""The view of a reply in the conversation: text, numbered sources, nearest sections and drafts."""

import re
from html import escape

from bot.markup import block_html
from bot.reply import Reply
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
        if citation is None:
            return match[0]
        label = escape(f"Source {citation.n}: {heading_path(citation.title, citation.section)}")
        return (
            f'<a class="marker" href="#source-{reply_id}-{citation.n}" title="{label}"'
            f' aria-label="{label}">{citation.n}</a>'
        )

    answer = _MARKER.sub(marker_html, block_html(reply.answer, base))
    parts = [f'<div class="answer">{answer}</div>']
    if reply.citations:
        parts.append(
            _links(
                "Sources",
                "sources",
                [
                    (
                        f"source-{reply_id}-{citation.n}",
                        str(citation.n),
                        heading_path(citation.title, citation.section),
                    )
                    for citation in reply.citations
                ],
            )
        )
    if reply.related and reply.outcome == "unanswered":
        parts.append(
            _links(
                "Nearest sections",
                "related",
                [
                    (f"related-{reply_id}-{n}", "§", heading_path(near.title, near.section))
                    for n, near in enumerate(reply.related)
                ],
            )
        )
    drafts = ([reply.ticket] if reply.ticket else []) + reply.more_tickets
    if drafts:
        parts.append(
            _links(
                "Ticket draft" if len(drafts) == 1 else "Ticket drafts",
                "drafts",
                [
                    (f"draft-{reply_id}-{n}", "✎", f"{draft.kind}: {draft.subject}")
                    for n, draft in enumerate(drafts)
                ],
            )
        )
    return _one_line(f'<div class="reply {reply.outcome}">{"".join(parts)}</div>')


def _links(title: str, name: str, links: list[tuple[str, str, str]]) -> str:
    items = "".join(
        f'<li><a href="#{target}"><span class="sign" aria-hidden="true">{sign}</span>'
        f"<span>{escape(label)}</span></a></li>"
        for target, sign, label in links
    )
    return f'<div class="links {name}"><p class="label">{title}</p><ul>{items}</ul></div>'


def _one_line(html: str) -> str:
    # The chat component takes messages for Markdown, in which HTML ends at a blank line.
    return html.replace("\n", "&#10;")

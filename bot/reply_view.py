"""The view of a reply in the conversation: text, numbered sources, nearest sections and drafts."""

from collections.abc import Sequence
from html import escape

from bot.kept_ticket import KeptTicket
from bot.masking import Hit, Masked
from bot.origin import heading_path
from bot.reply import Citation, Reply
from bot.safe_html import block_html

_NO_MARKERS = dict.fromkeys(range(1, 100), "")


def question_html(question: str) -> str:
    """A question as HTML that shows it letter for letter."""
    return _one_line(f'<p class="question">{escape(question)}</p>')


def partial_html(answer: str, site: str) -> str:
    """The first words of an answer that is still being written, as HTML."""
    return _one_line(f'<div class="reply">{block_html(answer, site, {})}</div>')


def earlier_html(answer: str, site: str) -> str:
    """An answer of an earlier visit as HTML, without markers, because its sources are not kept."""
    return _one_line(f'<div class="reply">{block_html(answer, site, _NO_MARKERS)}</div>')


def reply_html(reply: Reply, reply_id: str, site: str) -> str:
    """A whole reply as HTML; links in its answer are resolved against the address `site`.

    Its links to `#source-…` and `#related-…` name the reply and a position in it; the page opens
    what they name beside the conversation. Its drafts are shown apart, by `drafts_html`.
    """
    markers = {citation.n: _marker_html(citation, reply_id) for citation in reply.citations}
    parts = [f'<div class="answer">{block_html(reply.answer, site, markers)}</div>']
    cited: dict[str, list[Citation]] = {}
    for citation in reply.citations:
        cited.setdefault(heading_path(citation.title, citation.section), []).append(citation)
    parts.append(
        _list_html(
            "Sources",
            "sources",
            [
                f'<span class="markers">{"".join(markers[c.n] for c in citations)}</span>'
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
    return _one_line(f'<div class="reply {reply.outcome}">{"".join(parts)}</div>')


def drafts_html(reply: Reply, reply_id: str) -> str:
    """The drafts that a reply came with, as links that open their forms."""
    title = "Ticket draft" if len(reply.drafts) == 1 else "Ticket drafts"
    links = [
        _link_html(f"draft-{reply_id}-{position}", f"{draft.kind}: {draft.subject}")
        for position, draft in enumerate(reply.drafts)
    ]
    return _one_line(_list_html(title, "drafts", links))


def unfinished_html(unfinished: Sequence[KeptTicket]) -> str:
    """The tickets that a person left unfinished, as links that open their forms."""
    title = "You have an unfinished request, open it"
    if len(unfinished) > 1:
        title = f"You have {len(unfinished)} unfinished requests, open one"
    links = [
        _link_html(f"ticket-{kept.ticket_id}", f"{kept.ticket.kind}: {kept.ticket.subject}")
        for kept in unfinished
    ]
    return _one_line(_list_html(title, "drafts", links))


def note_html(text: str) -> str:
    """What the bot says apart from a reply, as HTML that shows it letter for letter."""
    return _one_line(f'<p class="note">{escape(text)}</p>')


def masked_html(masked: Masked) -> str:
    """What was masked in the last message, with a link for each hit that undoes it."""
    links = [
        _link_html(f"unmask-{position}", label)
        for position, label in enumerate(undo_labels(masked.hits))
    ]
    undo = f'<span class="undo">Not a secret? {" · ".join(links)}</span>'
    return _one_line(f'<p class="masked">{escape(masked.notice)} {undo}</p>')


def undo_labels(hits: Sequence[Hit]) -> list[str]:
    """What undoes each hit, in words that tell them apart."""
    if len(hits) == 1:
        return ["Keep it as it is"]
    kinds = [hit.kind for hit in hits]
    return [
        f"Keep the {kind} as it is"
        if kinds.count(kind) == 1
        else f"Keep {kind} {kinds[: position + 1].count(kind)} as it is"
        for position, kind in enumerate(kinds)
    ]


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

"""The view of a reply in the conversation: text, numbered sources, nearest sections and drafts."""

from collections.abc import Sequence
from html import escape
from itertools import zip_longest

from bot.kept_ticket import KeptTicket
from bot.link import is_approved_answer
from bot.masking import Hit, Masked
from bot.origin import heading_path
from bot.reply import Citation, RelatedSection, Reply
from bot.safe_html import block_html

_NO_MARKERS = dict.fromkeys(range(1, 100), "")


def question_html(question: str) -> str:
    """A question as HTML that shows it letter for letter."""
    return _one_line(f'<p class="question">{escape(question)}</p>')


def editable_html(question: str) -> str:
    """The HTML of a question with the offer to edit it."""
    return f'{question}<button class="edit">Edit</button>'


def partial_html(answer: str, site: str) -> str:
    """The first words of an answer that is still being written, as HTML."""
    return _one_line(f'<div class="reply">{block_html(answer, site, {})}</div>')


def earlier_html(answer: str, site: str) -> str:
    """An answer of an earlier visit as HTML, without markers, because its sources are not kept."""
    return _one_line(f'<div class="reply">{block_html(answer, site, _NO_MARKERS)}</div>')


def reply_html(reply: Reply, reply_id: str, site: str, excerpts: Sequence[str] = ()) -> str:
    """A whole reply as HTML; links in its answer are resolved against the address `site`.

    Its links to `#source-…` and `#related-…` name the reply and a position in it; the page opens
    what they name beside the conversation. `excerpts` are the first words of its related sections,
    as far as they are known. Its drafts are shown apart, by `drafts_html`.
    """
    markers = {citation.n: _marker_html(citation, reply_id) for citation in reply.citations}
    parts = [f'<div class="answer">{block_html(reply.answer, site, markers)}</div>']
    cited: dict[str, list[Citation]] = {}
    for citation in reply.citations:
        cited.setdefault(heading_path(citation.title, citation.section), []).append(citation)
    sources = [
        f'<span class="markers">{"".join(markers[c.n] for c in citations)}</span>'
        + _link_html(f"source-{reply_id}-{citations[0].n}", path)
        + _published_html(path, citations[0].url)
        for path, citations in cited.items()
    ]
    parts.append(_list_html("Sources", "sources", sources))
    if reply.outcome == "unanswered":
        near = [
            _near_html(each, f"related-{reply_id}-{position}", excerpt)
            for position, (each, excerpt) in enumerate(zip_longest(reply.related, excerpts))
        ]
        parts.append(_list_html("What the pages say nearby", "related", near))
    if reply.citations:
        parts.append(
            f'<p class="actions"><button class="copy">Copy with sources</button></p>'
            f'<div class="copied" hidden>{escape(_copied(reply))}</div>'
        )
    return _one_line(f'<div class="reply {reply.outcome}">{"".join(parts)}</div>')


def suggestions_html(questions: Sequence[str], is_answered: bool) -> str:
    """Questions that may come next, as buttons that ask them; "" where there are none."""
    title = "You can also ask" if is_answered else "The pages answer these"
    buttons = [
        f'<button class="suggestion" value="{number}">{escape(question)}</button>'
        for number, question in enumerate(questions)
    ]
    return _list_html(title, "suggestions", buttons)


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


def _published_html(path: str, url: str) -> str:
    """A link to where the section is published, as far as it is published."""
    is_approved = is_approved_answer(url)
    if not (is_approved or url.startswith(("http://", "https://"))):
        return ""
    title = "Open the approved answer" if is_approved else "Open in the documentation"
    return (
        f'<a class="published" href="{escape(url)}" target="_blank" rel="noopener"'
        f' title="{title}"><span class="unseen">{title}: {escape(path)}</span></a>'
    )


def _near_html(near: RelatedSection, target: str, excerpt: str | None) -> str:
    path = heading_path(near.title, near.section)
    said = f'<span class="excerpt">{escape(excerpt)}</span>' if excerpt else ""
    return f"<span>{_link_html(target, path)}{said}</span>{_published_html(path, near.url)}"


def _copied(reply: Reply) -> str:
    """A reply as text to paste elsewhere: the answer, then each source with its address."""
    sources = [
        f"[{each.n}] {heading_path(each.title, each.section)}{f': {each.url}' if each.url else ''}"
        for each in reply.citations
    ]
    return "\n".join([reply.answer, "", "Sources:", *sources])


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

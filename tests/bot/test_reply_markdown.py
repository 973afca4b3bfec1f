import pytest
from markdown_it import MarkdownIt

from bot.reply import Citation, RelatedSection, Reply
from bot.reply_markdown import answer_in, reply_markdown
from tests.bot.reply_samples import reply
from tests.bot.ticket_samples import TICKET

GATE = "https://docs.harbour.example/harbour/#lock-gate"
ANSWER = "The gate is open from 06:00. [1] It closes at 22:00. [1][2]"


def source(n: int, **given: object) -> Citation:
    plain = {
        "title": "Guide",
        "section": ["Gate"],
        "url": GATE,
        "path": "a.md",
        "lines": (1, 1),
        "quote": "open from 06:00",
    }
    return Citation(n=n, **plain | given)


def html(reply: Reply) -> str:
    """The reply as a front end shows it that lets HTML in Markdown through."""
    return MarkdownIt("commonmark", {"html": True}).render(reply_markdown(reply))


def test_markers_become_links_and_sources_with_quotes_follow() -> None:
    told = reply_markdown(reply("Open from 06:00. [1]", citations=[source(1)]))
    assert told == (
        f"Open from 06:00. [[1]]({GATE})\n\n---\n\n"
        f"**Sources**\n\n- [[1]: Guide › Gate]({GATE}): “open from 06:00”"
    )


def test_a_source_is_shown_as_a_link_and_not_taken_for_a_link_definition() -> None:
    shown = html(reply(ANSWER, citations=[source(1), source(2)]))
    assert shown.count(f'<a href="{GATE}">[1]</a>') == 2
    assert f'<a href="{GATE}">[1]: Guide › Gate</a>' in shown
    assert f'<a href="{GATE}">[2]: Guide › Gate</a>' in shown


def test_small_talk_is_the_answer_alone() -> None:
    assert reply_markdown(reply("Hello!", outcome="smalltalk")) == "Hello!"


@pytest.mark.parametrize("answer", [r"See \[1\].", "Run `a[1]`.", "```\na[1]\n```", "See [1](x)."])
def test_what_only_looks_like_a_marker_stays(answer: str) -> None:
    assert reply_markdown(reply(answer, citations=[source(1)])).startswith(answer)


@pytest.mark.parametrize("url", ["", "/harbour/#gate", "javascript:alert(1)"])
def test_without_a_public_address_there_is_no_link(url: str) -> None:
    told = reply_markdown(reply("Open. [1]", citations=[source(1, url=url)]))
    assert told.startswith("Open. [1]\n")
    assert "- [1]: Guide › Gate: “open from 06:00”" in told


def test_an_address_cannot_end_its_link() -> None:
    told = reply_markdown(reply("Open. [1]", citations=[source(1, url="https://a.example/b) (c")]))
    assert told.startswith("Open. [[1]](https://a.example/b%29%20%28c)")


@pytest.mark.parametrize("payload", ["<script>x</script>", "<img src=x onerror=y>", "<!-- x -->"])
def test_html_is_shown_and_not_run_wherever_it_stands(payload: str) -> None:
    draft = TICKET.model_copy(update={"subject": payload, "description": payload})
    section = RelatedSection(title=payload, section=[payload], url=GATE)
    shown = html(
        reply(
            payload,
            outcome="unanswered",
            citations=[source(1, title=payload, section=[payload], quote=payload)],
            choices=[payload],
            related=[section],
            ticket=draft,
            notice=payload,
        )
    )
    assert not any(tag in shown for tag in ("<script", "<img", "<!--"))


def test_a_quote_is_shown_letter_for_letter_on_one_line() -> None:
    quote = "a *b* [c](d)\n\n# e `f` __g__ &lt; | h |"
    shown = html(reply("Open. [1]", citations=[source(1, quote=quote)]))
    assert "“a *b* [c](d) # e `f` __g__ &amp;lt; | h |”" in shown


def test_choices_are_a_list() -> None:
    told = reply_markdown(reply("Which?", outcome="clarify", choices=["a: x", "a: y"]))
    assert told == "Which?\n\n---\n\n- a: x\n- a: y"


def test_an_abstention_has_the_nearest_sections_and_every_draft() -> None:
    near = RelatedSection(title="Guide", section=["Gate"], url=GATE)
    drafts = [TICKET, TICKET.model_copy(update={"subject": "A second one"})]
    told = reply_markdown(
        reply(
            "The documentation does not say.",
            outcome="unanswered",
            related=[near],
            ticket=drafts[0],
            more_tickets=drafts[1:],
        )
    )
    assert f"**Nearest sections**\n\n- [Guide › Gate]({GATE})" in told
    assert told.count("**Ticket draft, not sent yet**") == 2
    for words in (TICKET.subject, TICKET.description, TICKET.how, "Still missing", "A second one"):
        assert words in told


def test_what_was_masked_is_told() -> None:
    assert "*I masked a password.*" in reply_markdown(reply("Hm.", notice="I masked a password."))


def test_the_answer_is_found_in_what_was_made_of_it() -> None:
    told = reply_markdown(reply(ANSWER, citations=[source(1), source(2)], choices=["x"]))
    assert answer_in(told) == ANSWER


def test_another_programs_answer_is_left_as_it_is() -> None:
    assert answer_in("Ask [1] or [them](https://a.example).") == (
        "Ask [1] or [them](https://a.example)."
    )

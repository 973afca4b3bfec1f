import pytest

from bot.masking import mask
from bot.reply import Citation, RelatedSection, Ticket
from bot.reply_view import (
    drafts_html,
    earlier_html,
    masked_html,
    note_html,
    partial_html,
    question_html,
    reply_html,
    suggestions_html,
    unfinished_html,
)
from tests.bot.reply_samples import reply
from tests.bot.ticket_samples import KEPT

BASE = "https://docs.harbour.example"
DRAFT = Ticket(
    desk="helm", kind="Problem", priority="low", subject="<i>", description="", how="By email."
)


def source(n: int, *section: str) -> Citation:
    return Citation(
        n=n, title="Guide", section=list(section), url="", path="a.md", lines=(1, 1), quote="q"
    )


@pytest.mark.parametrize("answer", ["<script>x</script>", "<img src=x onerror=y>", "a\n\n<b>"])
def test_markup_in_an_answer_is_shown_and_not_run(answer: str) -> None:
    html = reply_html(reply(answer), "r1", BASE)
    assert not any(tag in html for tag in ("<script", "<img", "<b>"))


def test_markup_in_a_question_is_shown_letter_for_letter() -> None:
    assert "&lt;b&gt; *x*" in question_html("<b> *x*")


def test_a_message_is_one_line_so_that_no_markdown_is_seen_in_it() -> None:
    assert "\n" not in question_html("a\n\n# b")
    assert "\n" not in reply_html(reply("a\n\n```\nb\n\nc\n```\n"), "r1", BASE)
    assert "\n" not in partial_html("a\n\n- b\n\n- c", BASE)


def test_a_marker_opens_its_source() -> None:
    html = reply_html(reply("At six. [1]", citations=[source(1, "Gate")]), "r1", BASE)
    assert 'href="#source-r1-1"' in html
    assert 'title="Source 1: Guide › Gate"' in html


def test_a_number_in_brackets_that_cites_nothing_stays_text() -> None:
    html = reply_html(reply("An array [7] of `list[1]`.", citations=[source(1)]), "r1", BASE)
    assert "An array [7] of <code>list[1]</code>." in html


def test_an_escaped_number_in_brackets_is_text_of_the_page() -> None:
    html = reply_html(reply(r"Take items\[1\] first. [1]", citations=[source(1)]), "r1", BASE)
    assert "Take items[1] first. <a " in html
    assert html.split("Sources")[0].count("#source-r1-1") == 1


def test_a_link_of_a_page_that_is_a_number_stays_a_link() -> None:
    answer = "See [1](https://docs.harbour.example/note). [1]"
    html = reply_html(reply(answer, citations=[source(1)]), "r1", BASE)
    assert (
        '<a href="https://docs.harbour.example/note" target="_blank" rel="noopener">1</a>' in html
    )
    assert html.split("Sources")[0].count("#source-r1-1") == 1


def test_text_of_a_page_cannot_make_a_marker_a_link_of_its_own() -> None:
    answer = "At six. [1]\n\n[1]: https://evil.example"
    html = reply_html(reply(answer, citations=[source(1)]), "r1", BASE)
    assert 'href="https://evil.example"' not in html


@pytest.mark.parametrize("outcome", ["answered", "unanswered"])
def test_each_source_links_to_its_public_section(outcome: str) -> None:
    url = f"{BASE}/guide/#gate"
    cited = source(1, "Gate").model_copy(update={"url": url})
    near = RelatedSection(title="Guide", section=["Gate"], url=url)
    given = {"citations": [cited]} if outcome == "answered" else {"related": [near]}
    html = reply_html(reply("a", outcome=outcome, **given), "r1", BASE)
    assert f'<a class="published" href="{url}" target="_blank" rel="noopener"' in html
    assert "Open in the documentation: Guide › Gate" in html


@pytest.mark.parametrize("url", ["/curated/taps", "https://bot.example/curated/taps#a"])
def test_an_approved_answer_links_to_its_page(url: str) -> None:
    cited = source(1, "Gate").model_copy(update={"url": url})
    html = reply_html(reply("a", citations=[cited]), "r1", BASE)
    assert f'href="{url}" target="_blank" rel="noopener"' in html
    assert "Open the approved answer: Guide › Gate" in html


@pytest.mark.parametrize("url", ["", "/guide/#gate", "javascript:alert(1)"])
def test_a_section_that_is_not_published_has_no_link(url: str) -> None:
    cited = source(1, "Gate").model_copy(update={"url": url})
    html = reply_html(reply("a", citations=[cited]), "r1", BASE)
    assert "published" not in html


def test_near_sections_are_shown_with_their_first_words() -> None:
    near = [RelatedSection(title="Guide", section=[name], url="") for name in ("Gate", "Fees")]
    unanswered = reply("a", outcome="unanswered", related=near)
    html = reply_html(unanswered, "r1", BASE, ["The <gate> opens…", ""])
    assert "What the pages say nearby" in html
    assert '<span class="excerpt">The &lt;gate&gt; opens…</span>' in html
    assert html.count("excerpt") == 1


def test_an_answer_is_copied_with_its_sources_and_their_addresses() -> None:
    cited = source(1, "Gate").model_copy(update={"url": f"{BASE}/guide/#gate"})
    html = reply_html(reply("At <six>. [1]", citations=[cited]), "r1", BASE)
    assert (
        "hidden>At &lt;six&gt;. [1]&#10;&#10;Sources:&#10;"
        "[1] Guide › Gate: https://docs.harbour.example/guide/#gate<" in html
    )


def test_suggestions_are_buttons_letter_for_letter() -> None:
    html = suggestions_html(["What about <b>?"], is_answered=True)
    assert '<button class="suggestion" value="0">What about &lt;b&gt;?</button>' in html
    assert suggestions_html([], is_answered=True) == ""


def test_sources_in_one_section_are_listed_together() -> None:
    cited = [source(1, "Gate"), source(2, "Fees"), source(3, "Gate")]
    html = reply_html(reply("a", citations=cited), "r1", BASE)
    assert html.count("<li>") == 2


def test_an_answer_without_sources_or_drafts_has_no_empty_lists() -> None:
    assert "<ul>" not in reply_html(reply("Hello!", outcome="smalltalk"), "r1", BASE)


def test_each_of_several_drafts_can_be_opened() -> None:
    html = drafts_html(reply("a", ticket=DRAFT, more_tickets=[DRAFT]), "r1")
    assert 'href="#draft-r1-0"' in html
    assert 'href="#draft-r1-1"' in html
    assert "Problem: &lt;i&gt;" in html


def test_an_earlier_answer_has_no_markers_that_lead_nowhere() -> None:
    assert "<p>At six. </p>" in earlier_html("At six. [1][2]", BASE)


def test_a_note_shows_what_was_typed_letter_for_letter() -> None:
    assert note_html("<b>\n") == '<p class="note">&lt;b&gt;&#10;</p>'


def test_each_unfinished_request_can_be_opened() -> None:
    html = unfinished_html([KEPT, KEPT])
    assert "You have 2 unfinished requests" in html
    assert html.count(f'href="#ticket-{KEPT.ticket_id}"') == 2


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("password: Tr0ub4dor&3", ["Keep it as it is"]),
        (
            "card 4111 1111 1111 1111, password: Tr0ub4dor&3",
            ["Keep the card number as it is", "Keep the password as it is"],
        ),
        (
            "password: Tr0ub4dor&3\npassword: An0therOne&4",
            ["Keep password 1 as it is", "Keep password 2 as it is"],
        ),
    ],
)
def test_each_hit_has_its_own_undo(text: str, labels: list[str]) -> None:
    html = masked_html(mask(text))
    for position, label in enumerate(labels):
        assert f'<a href="#unmask-{position}">{label}</a>' in html

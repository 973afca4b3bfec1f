from datetime import date

from bot.profile import Product
from bot.reply import Citation, RelatedSection
from bot.section_view import (
    cited_section,
    gone_html,
    quote_html,
    related_section,
    section_html,
)
from index.section import Block, Section, Unit

PRODUCT = Product(
    name="Harbour",
    docs_url="https://docs.harbour.example",
    source_note="our summary of the Harbour documentation",
    as_of=date(2026, 3, 4),
)


def unit(text: str, line: int, **given: object) -> Unit:
    return Unit(**{"kind": "sentence", "text": text, "quote": text, "lines": (line, line)} | given)


def section(*blocks: Block, **given: object) -> Section:
    plain = {
        "path": "guide/harbour.md",
        "title": "Harbour Guide",
        "headings": ("Entering", "Lock Gate"),
        "anchor": "lock-gate",
        "url": "/guide/harbour/#lock-gate",
        "lines": (5, 40),
        "blocks": blocks,
    }
    return Section(**plain | given)


def paragraph(*units: Unit) -> Block:
    return Block("paragraph", units, (units[0].lines[0], units[-1].lines[1]))


def citation(quote: str, first: int, last: int | None = None) -> Citation:
    return Citation(
        n=2,
        title="Harbour Guide",
        section=["Entering", "Lock Gate"],
        url="https://docs.harbour.example/guide/harbour/#lock-gate",
        path="guide/harbour.md",
        lines=(first, last or first),
        quote=quote,
    )


def test_markup_in_a_page_is_shown_and_not_run() -> None:
    text = "Press <b onclick=alert(1)>here</b> & wait."
    html = section_html(section(paragraph(unit(text, 6))), PRODUCT, None)
    assert "Press &lt;b onclick=alert(1)&gt;here&lt;/b&gt; &amp; wait." in html


def test_markup_in_headings_cells_and_code_is_shown_and_not_run() -> None:
    evil = "<script>alert(1)</script>"
    html = section_html(
        section(
            Block("table", (unit(evil, 9, kind="row", cells=(evil, "")),), (7, 9), header=(evil,)),
            Block("code", (unit(evil, 11, kind="code"),), (10, 12)),
            Block("list", (unit(evil, 14, kind="item", ordinal=evil),), (14, 14)),
            title=evil,
            headings=(evil,),
        ),
        PRODUCT,
        None,
    )
    assert "<script" not in html


def test_a_link_that_runs_a_program_leads_nowhere() -> None:
    text = "[here](javascript:alert(1)) or [there](data:text/html,x)"
    html = section_html(section(paragraph(unit(text, 6, markdown=text))), PRODUCT, None)
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_a_picture_in_a_page_is_not_fetched() -> None:
    text = "![map](https://example.com/map.png)"
    assert "<img" not in section_html(
        section(paragraph(unit(text, 6, markdown=text))), PRODUCT, None
    )


def test_a_link_of_the_site_leads_to_the_public_site() -> None:
    text = "See the [tide table](../tides/)."
    html = section_html(section(paragraph(unit(text, 6, markdown=text))), PRODUCT, None)
    assert 'href="https://docs.harbour.example/guide/tides/"' in html


def test_only_the_quoted_unit_is_marked() -> None:
    shown = section(paragraph(unit("It opens at six.", 6), unit("It closes at ten.", 7)))
    html = section_html(shown, PRODUCT, citation("It closes at ten.", 7))
    assert "It opens at six. <mark>It closes at ten.</mark>" in html


def test_the_same_words_elsewhere_in_the_section_are_not_marked() -> None:
    shown = section(paragraph(unit("Closed.", 6)), paragraph(unit("Closed.", 20)))
    assert section_html(shown, PRODUCT, citation("Closed.", 20)).count("<mark>") == 1


def test_every_unit_of_a_longer_quote_is_marked() -> None:
    shown = section(paragraph(unit("It opens at six.", 6), unit("It closes at ten.", 7)))
    quoted = citation("It opens at six.\nIt closes at ten.", 6, 7)
    assert section_html(shown, PRODUCT, quoted).count("<mark>") == 2


def test_the_cells_of_a_quoted_row_are_marked_and_the_empty_one_is_not() -> None:
    row = unit("8 m | 14 |", 9, kind="row", cells=("8 m", "14", ""))
    shown = section(Block("table", (row,), (7, 9), header=("Boat", "Fee", "Note")))
    html = section_html(shown, PRODUCT, citation("8 m | 14 |", 9))
    assert "<td><mark>8 m</mark></td><td><mark>14</mark></td><td></td>" in html


def test_a_quoted_table_header_is_marked() -> None:
    row = unit("| 8 m | 14 |", 9, kind="row", cells=("8 m", "14"))
    shown = section(Block("table", (row,), (7, 9), header=("Boat", "Fee")))
    html = section_html(shown, PRODUCT, citation("| Boat | Fee |", 7))
    assert '<th scope="col"><mark>Boat</mark></th>' in html
    assert "<td>8 m</td>" in html


def test_a_numbered_list_keeps_its_numbers() -> None:
    item = unit("Lower the sails.", 6, kind="item", ordinal="3.")
    html = section_html(section(Block("list", (item,), (6, 6))), PRODUCT, None)
    assert 'data-marker="3."' in html


def test_code_within_a_list_is_shown_letter_for_letter() -> None:
    text = "def __init__(self):\n    a[0](b) < `c`"
    code = unit(text, 8, kind="code", markdown=text, lines=(8, 9), depth=1)
    shown = section(Block("list", (unit("Write:", 6, kind="item"), code), (6, 9)))
    html = section_html(shown, PRODUCT, citation(text, 8, 9))
    escaped = "def __init__(self):\n    a[0](b) &lt; `c`"
    assert f'<li class="depth-1"><pre><code><mark>{escaped}</mark></code></pre></li>' in html


def test_a_table_row_within_a_list_names_its_columns() -> None:
    row = unit(
        "8 m: Fee: 14 <b>",
        9,
        kind="row",
        quote="| 8 m | 14 <b> |",
        markdown="| 8 m | 14 \\<b\\> |",
        cells=("8 m", "14 <b>"),
    )
    shown = section(Block("list", (unit("Pay:", 6, kind="item"), row), (6, 9)))
    html = section_html(shown, PRODUCT, citation("| 8 m | 14 <b> |", 9))
    assert "<mark>8 m: Fee: 14 &lt;b&gt;</mark></li>" in html


def test_the_origin_and_the_public_page_are_named() -> None:
    html = section_html(section(paragraph(unit("Open.", 6))), PRODUCT, None)
    assert "Our summary of the Harbour documentation, as of 4 March 2026" in html
    assert 'href="https://docs.harbour.example/guide/harbour/#lock-gate"' in html
    assert "Harbour Guide › Entering › Lock Gate" in html


def test_without_a_public_site_no_link_is_offered() -> None:
    html = section_html(section(paragraph(unit("Open.", 6))), Product(), None)
    assert "Open the page" not in html


def test_a_citation_finds_its_section_among_those_of_the_page() -> None:
    before = section(lines=(1, 4), headings=())
    cited = section(paragraph(unit("Open.", 6)))
    assert cited_section([before, cited], citation("Open.", 6)) is cited


def test_a_citation_of_a_page_that_has_changed_finds_nothing() -> None:
    assert cited_section([section(headings=("Entering",))], citation("Open.", 6)) is None


def test_a_quote_is_shown_when_its_section_is_gone() -> None:
    html = quote_html(citation("Open <all> day.", 6), PRODUCT)
    assert "<mark>Open &lt;all&gt; day.</mark>" in html
    assert 'href="https://docs.harbour.example/guide/harbour/#lock-gate"' in html


def test_a_near_section_is_found_by_its_url_among_sections_of_the_same_name() -> None:
    near = RelatedSection(
        title="Harbour Guide",
        section=["Entering", "Lock Gate"],
        url="https://docs.harbour.example/v2/harbour/#lock-gate",
    )
    wanted = section(url="/v2/harbour/#lock-gate")
    assert related_section([section(), wanted], near, PRODUCT) is wanted


def test_a_near_section_of_a_page_that_has_changed_finds_nothing() -> None:
    near = RelatedSection(title="Harbour Guide", section=[], url="/gone/")
    assert related_section([section()], near, PRODUCT) is None


def test_a_near_section_that_is_gone_is_one_sentence() -> None:
    html = gone_html(RelatedSection(title="Guide", section=["<b>Gate"], url="/guide/#gate"))
    assert "&lt;b&gt;Gate</h2>" in html
    assert "no longer has this section: ask again." in html


def test_the_path_of_the_public_site_is_kept() -> None:
    product = PRODUCT.model_copy(update={"docs_url": "https://harbour.example/docs"})
    text = "See [tides](/tides/) and [moorings](../moorings/)."
    html = section_html(section(paragraph(unit(text, 6, markdown=text))), product, None)
    assert 'href="https://harbour.example/docs/guide/harbour/#lock-gate"' in html
    assert 'href="https://harbour.example/docs/tides/"' in html
    assert 'href="https://harbour.example/docs/guide/moorings/"' in html


def test_a_table_without_rows_before_the_quote_is_shown_unmarked() -> None:
    table = Block("table", (), (7, 8), header=("Boat", "Fee"))
    shown = section(table, paragraph(unit("Open.", 10)))
    html = section_html(shown, PRODUCT, citation("Open.", 10))
    assert '<th scope="col">Boat</th>' in html
    assert html.count("<mark>") == 1


def test_the_quoted_header_of_a_table_without_rows_is_marked() -> None:
    shown = section(Block("table", (), (7, 8), header=("Boat", "Fee")))
    html = section_html(shown, PRODUCT, citation("| Boat | Fee |", 7))
    assert '<th scope="col"><mark>Boat</mark></th>' in html


def test_without_origin_and_public_site_there_is_no_footer() -> None:
    assert "<footer" not in section_html(section(paragraph(unit("Open.", 6))), Product(), None)

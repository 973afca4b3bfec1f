import html
import os
import re
from pathlib import Path

import ftfy
import pytest

from index.anchor import detect_anchor_style
from index.markup import clean_markup
from index.page import Page, find_pages, read_page
from index.section import Block, Section, Unit, read_sections, read_text

SHARED = Path(os.environ.get("SUPPORTBOT_SHARED", Path(__file__).parents[3] / "shared"))


def page_of(text: str, front_matter_lines: int = 0) -> Page:
    lines = ["---"] * front_matter_lines + text.split("\n")
    return Page("a/b.md", "Guide", "/guide/", tuple(lines), front_matter_lines)


def only_section(text: str) -> Section:
    (section,) = read_sections(page_of(text))
    return section


def only_block(text: str) -> Block:
    (block,) = only_section(text).blocks
    return block


def texts(units: tuple[Unit, ...]) -> list[str]:
    return [unit.text for unit in units]


# Sections


def test_a_section_runs_from_its_heading_to_the_next_of_any_level():
    sections = read_sections(
        page_of("Intro.\n\n# A\n\nOne.\n\n### B\n\nTwo.\n\n## C\n\n# D\nThree.\n")
    )
    assert [(section.headings, section.lines) for section in sections] == [
        ((), (1, 1)),
        (("A",), (3, 5)),
        (("A", "B"), (7, 9)),
        (("A", "C"), (11, 11)),
        (("D",), (13, 14)),
    ]


def test_lines_are_counted_from_the_start_of_the_file():
    (section,) = read_sections(page_of("# A\n\nOne.", front_matter_lines=5))
    assert (section.lines, section.units[0].lines) == ((6, 8), (8, 8))


@pytest.mark.parametrize(
    ("heading", "text", "url"),
    [
        ("## SLA {#sla}", "SLA", "/guide/#sla"),
        ("The `RTO` and *RPO*\n---", "The RTO and RPO", "/guide/#the-rto-and-rpo"),
        ("# See [Pages](/x) ##", "See Pages", "/guide/#see-pagesx"),
        ("# A &amp; <b>B</b>", "A & B", "/guide/#a-amp-b"),
    ],
)
def test_a_heading_is_plain_text_and_the_url_opens_it(heading, text, url):
    section = only_section(heading)
    assert (section.headings, section.url) == ((text,), url)


@pytest.mark.parametrize(
    ("heading", "text", "anchor"),
    [
        ('<h2 id="install">Install <b>it</b></h2>', "Install it", "install"),
        ("<h2 class='x'>Install</h2>", "Install", "install"),
        ('<div>\n  <h1 id="top" align="center"><a href="/x">Top</a></h1>\n</div>', "Top", "top"),
        ('<h2><a name="set-up"></a>Install</h2>', "Install", "set-up"),
        ('## <a name="set-up"></a>Install', "Install", "set-up"),
        ("## Install <a id='set-up'/> ##", "Install", "set-up"),
        ('<div>\n\n    # <a name="up"></a>Install\n</div>', "Install", "up"),
        ('## <a name="old"></a>Install {#new}', "Install", "new"),
        ('## The `<a id="x">` tag', 'The <a id="x"> tag', "the-a-idx-tag"),
    ],
)
def test_a_heading_may_be_html_and_have_an_anchor_set_by_hand(heading, text, anchor):
    (section,) = read_sections(page_of(f"{heading}\n\nText."))
    assert (section.headings, section.anchor, texts(section.units)) == ((text,), anchor, ["Text."])


def test_html_headings_in_code_in_lists_and_without_text_begin_no_section():
    text = "    <h2>Code</h2>\n\n- a\n  <h2>Part</h2>\n\n<h1><img src='x.png'></h1>\n\nText.\n"
    assert only_section(text).headings == ()


def test_repeated_headings_get_anchors_of_the_sites_style():
    sections = read_sections(page_of("# Steps\n\n# Steps\n"), "mkdocs")
    assert [section.anchor for section in sections] == ["steps", "steps_1"]


def test_a_heading_in_a_quotation_begins_no_section():
    assert texts(only_section("> # Note\n> Text.").units) == ["Note", "Text."]


def test_a_page_without_text_has_no_section():
    assert read_sections(page_of("\n\n<!-- nothing -->\n")) == []


def test_a_bare_passage_has_no_path_and_no_url():
    sections = read_text("Guide", "Intro.\r\n\r\n# Part {#p}\r\n\r\nText.")
    assert [(s.path, s.title, s.url, s.anchor) for s in sections] == [
        ("", "Guide", "", ""),
        ("", "Guide", "", "p"),
    ]


# Paragraphs


def test_each_sentence_of_a_paragraph_has_its_own_lines():
    block = only_block("First one.\nSecond\ngoes on. Third.")
    assert [(unit.text, unit.lines) for unit in block.units] == [
        ("First one.", (1, 1)),
        ("Second goes on.", (2, 3)),
        ("Third.", (3, 3)),
    ]


@pytest.mark.parametrize(
    "text",
    ["Code `a\nb` here.\nNext.", "A [link](\n/x) here.\nNext.", "A [link](/x\n'title').\nNext."],
)
def test_line_breaks_inside_code_and_links_count(text):
    assert only_block(text).units[-1].lines == (3, 3)


MARKED = "The **big** `x*y` [page *one*](</a b>) &amp; [two](/c) 2\\*3&shy;4."


def test_a_quote_has_no_markup():
    assert only_block(MARKED).units[0].quote == "The big x*y page one & two 2*34."


def test_the_markdown_of_a_unit_keeps_emphasis_code_and_links():
    markdown = only_block(MARKED).units[0].markdown
    assert markdown == "The **big** `x*y` [page *one*](/a%20b) & [two](/c) 2\\*34."


def test_links_to_files_lead_to_their_pages():
    units = only_block("See [C](c.md#x), [D][d] and [E](../e/f.mdx 'E').\n\n[d]: /d.md\n").units
    assert units[0].markdown == "See [C](/a/c/#x), [D](/d/) and [E](/e/f/)."
    assert units[0].quote == "See C, D and E."


def test_emphasis_over_two_sentences_is_closed_and_opened_again():
    units = only_block("**One. Two.** Three.").units
    assert [unit.markdown for unit in units] == ["**One.**", "**Two.**", "Three."]


def test_markdown_of_a_unit_shows_html_as_text():
    assert (
        only_block("Type \\<b> or <your-app>.").units[0].markdown == "Type \\<b> or \\<your-app>."
    )


def test_the_way_through_a_menu_is_shown_as_it_stands():
    assert only_block("Open **File > Print**.").units[0].markdown == "Open **File > Print**."


def test_brackets_that_lead_nowhere_are_shown_as_they_stand():
    [unit] = only_block("Write to **help[at]example.com** or call.").units
    assert unit.markdown == "Write to **help[at]example.com** or call."


@pytest.mark.parametrize(
    "text",
    [
        "See \\[1\\] there.",
        "See \\[there\\](https://example.com) now.",
        "See \\[there\\][one] now.",
        "A note\\[^a\\] stands there.",
        "The box \\[x\\] is ticked.",
        "It is \\[so\\]: nothing else.",
        "See \\[there\\]\u00ad(https://example.com) now.",
    ],
)
def test_brackets_that_could_lead_somewhere_are_escaped(text):
    markdown = only_block(text).units[0].markdown
    assert markdown.count("\\[") == text.count("\\[")


def test_what_stands_within_brackets_is_escaped():
    assert only_block("See \\[\\_foo\\_\\] now.").units[0].markdown == "See [\\_foo\\_] now."
    assert only_block("See \\[foo\\_ bar\\] now.").units[0].markdown == "See [foo\\_ bar] now."


def test_brackets_within_a_link_are_escaped():
    [unit] = only_block("Open [the [new] page](https://example.com/a) now.").units
    assert unit.markdown == "Open [the \\[new\\] page](https://example.com/a) now."


def test_markdown_of_a_unit_is_no_block_quote():
    assert only_block("\\> 5 hours late").units[0].markdown == "\\> 5 hours late"


def test_quotes_and_dashes_are_not_made_typographic():
    assert only_block("\"a\" -- 'b' ... (c)").units[0].quote == "\"a\" -- 'b' ... (c)"


def test_a_picture_alone_says_nothing():
    assert only_section("# A\n\n![alt](x.png)\n\n[![b](c)](d)").blocks == ()


def test_a_quotation_is_a_paragraph():
    block = only_block("> One.\n> Two.")
    assert (block.kind, texts(block.units)) == ("paragraph", ["One.", "Two."])


def test_the_title_of_an_admonition_is_a_sentence():
    assert texts(only_section('!!! note "Mind this"\n    Body text.').units) == [
        "Mind this",
        "Body text.",
    ]


# Lists


def test_nested_lists_are_one_block_of_items_with_depth():
    block = only_block("* a\n  * b\n    1. c\n* d\n")
    assert [(unit.text, unit.depth, unit.lines) for unit in block.units] == [
        ("a", 0, (1, 1)),
        ("b", 1, (2, 2)),
        ("c", 2, (3, 3)),
        ("d", 0, (4, 4)),
    ]


def test_numbered_items_carry_the_number_a_reader_sees():
    block = only_block("3. a\n3. b\n\n   More. Text.\n3. c")
    assert [(unit.kind, unit.ordinal) for unit in block.units] == [
        ("item", "3."),
        ("item", "4."),
        ("sentence", ""),
        ("sentence", ""),
        ("item", "5."),
    ]


def test_an_item_of_several_sentences_is_one_unit():
    assert texts(only_block("- One. Two.\n  Three.").units) == ["One. Two. Three."]


def test_code_and_tables_of_an_item_stay_in_its_list():
    block = only_block("- a\n\n  ```\n  b\n  ```\n\n  | c | d |\n  |---|---|\n  | e | f |\n")
    assert [unit.kind for unit in block.units] == ["item", "code", "row"]


def test_steps_that_go_on_after_what_stands_between_are_one_list():
    text = "1. Open a shell.\n```\nsh\n```\n2. Run it.\n\nIt takes a minute.\n\n3. Wait.\n"
    block = only_block(text)
    assert [unit.ordinal or unit.kind for unit in block.units] == [
        "1.",
        "code",
        "2.",
        "sentence",
        "3.",
    ]
    assert block.lines == (1, 9)


def test_steps_that_begin_anew_are_another_list():
    blocks = only_section("1. Open it.\n\nOn a phone:\n\n1. Touch it.\n").blocks
    assert [block.kind for block in blocks] == ["list", "paragraph", "list"]


def test_code_that_the_last_item_announces_belongs_to_its_list():
    assert [u.kind for u in only_block("1. Open it.\n2. Run:\n```\nsh\n```\n").units] == [
        "item",
        "item",
        "code",
    ]


def test_a_term_is_quoted_with_a_description_after_a_blank_line():
    [unit] = only_block("Largest file\n\n:   Ten megabytes.\n").units
    assert (unit.text, unit.quote, unit.lines) == (
        "Largest file: Ten megabytes.",
        "Largest file : Ten megabytes.",
        (1, 3),
    )


def test_a_description_that_stands_apart_from_its_term_is_shown_alone():
    assert only_block("Term\n: First.\n: Second.\n").units[1].markdown == "Second."


def test_a_definition_is_one_unit_with_its_term():
    units = only_block("Term\n: First.\n: Second.\n").units
    assert [(unit.text, unit.quote, unit.lines) for unit in units] == [
        ("Term: First.", "Term : First.", (1, 2)),
        ("Term: Second.", "Second.", (3, 3)),
    ]


def test_a_term_described_by_a_picture_or_code_alone_stands_alone():
    units = only_block("A\n: ![](x.png)\n\nB\n:     code\n").units
    assert [(unit.kind, unit.text) for unit in units] == [
        ("item", "A"),
        ("item", "B"),
        ("code", "code"),
    ]


@pytest.mark.parametrize(
    ("text", "lead_in"),
    [
        ("It is small.\n\nTake it.\n\n**On a phone**\n\n1. Open it.", "On a phone"),
        ("# A\n\nIntro. Do this:\n\n* b", "Do this:"),
        ("# A\n\nIntro. Some steps.\n\n* b", "Some steps."),
        ("# A\n\nOne.\n\nDo this:\n\n```\nb\n```", "Do this:"),
        ("# A\n\nOne.\n\nTwo.\n\n* b", None),
        ("# A\n\n* b", None),
    ],
)
def test_a_block_keeps_its_lead_in_sentence(text, lead_in):
    block = only_section(text).blocks[-1]
    assert (block.lead_in.text if block.lead_in else None) == lead_in


# Tables

TABLE = """\
| Part<br>name | Cloud | SAP&shy;BTP | |
| --- | --- | --- | --- |
| **Logs** | Yes | | x |
| | a \\| b |
"""


def test_a_row_says_each_cell_with_its_header():
    assert texts(only_block(TABLE).units) == [
        "Logs: Cloud: Yes; SAPBTP: (empty); x",
        "Part name: (empty); Cloud: a | b; SAPBTP: (empty); (empty)",
    ]


def test_a_row_is_quoted_as_its_line_reads():
    assert [unit.quote for unit in only_block(TABLE).units] == [
        "| Logs | Yes | | x |",
        "| | a | b |",
    ]


def test_a_row_has_its_cells_and_line_and_its_block_the_header():
    block = only_block(TABLE)
    assert block.header == ("Part name", "Cloud", "SAPBTP", "")
    assert [(unit.cells, unit.lines) for unit in block.units] == [
        (("Logs", "Yes", "", "x"), (3, 3)),
        (("", "a | b", "", ""), (4, 4)),
    ]


@pytest.mark.parametrize("row", ["a | b", "|a|b|", "a|b |", "|a||", "|a| |"])
def test_the_pipes_of_a_quote_are_those_of_the_page(row):
    assert only_block(f"| x | y |\n|---|---|\n{row}").units[0].quote == row


def test_a_row_without_text_is_no_unit():
    assert texts(only_block("| x | y |\n|---|---|\n| | |\n| a | b |\n![](z.png)").units) == [
        "a: y: b"
    ]


def test_a_row_of_one_cell_is_that_cell():
    assert texts(only_block("| x |\n|---|\n| only |").units) == ["only"]


# Code


def test_code_is_one_unit_as_it_stands():
    (unit,) = only_block("```sh\nls  -l\n\n# {{< x >}} &amp;\n```").units
    assert (unit.kind, unit.quote, unit.lines) == ("code", "ls  -l\n\n# {{< x >}} &amp;", (2, 4))


def test_indented_code_is_code_too():
    block = only_section("Run:\n\n    a\n    b\n").blocks[-1]
    assert (block.kind, block.units[0].text, block.units[0].lines) == ("code", "a\nb", (3, 4))


@pytest.mark.parametrize(
    ("html", "code", "lines"),
    [
        (
            "<pre>\n# comment\n\n  &lt;b&gt; <your-app>\n</pre>",
            "# comment\n\n  <b> <your-app>",
            (4, 6),
        ),
        ("<pre><code class='sh'>ls\n# *x*\n</code></pre>", "ls\n# *x*", (3, 4)),
        ("<pre>\nls\n<b># x</b></pre>", "ls\n# x", (4, 5)),
        ("<pre># x</pre>", "# x", (3, 3)),
        ("<pre class='a'><code>\n{{< x >}}\n</code>\n</pre>", "{{< x >}}", (4, 4)),
    ],
)
def test_preformatted_html_is_code(html, code, lines):
    blocks = only_section(f"Before.\n\n{html}\n\nAfter.").blocks
    assert [block.kind for block in blocks] == ["paragraph", "code", "paragraph"]
    (unit,) = blocks[1].units
    assert (unit.quote, unit.lines) == (code, lines)


def test_preformatted_html_within_code_stays_there():
    block = only_section("Type:\n\n    a\n    <pre>\n    b\n    </pre>\n").blocks[-1]
    assert [unit.quote for unit in block.units] == ["a\n<pre>\nb\n</pre>"]


def test_preformatted_html_of_a_step_is_code_of_its_list():
    block = only_block("1. Run:\n\n   <pre>\n# a\n  b\n   </pre>\n\n2. Wait.\n")
    assert [(unit.kind, unit.quote) for unit in block.units] == [
        ("item", "Run:"),
        ("code", "# a\n  b"),
        ("item", "Wait."),
    ]


@pytest.mark.parametrize(
    "text",
    ["Before\n<pre>a</pre>\n\nAfter.", "<pre>a\n\nAfter.", "```\n<pre>\na\n</pre>\n```\n\nAfter."],
)
def test_preformatted_html_without_room_for_marks_or_an_end_ends_nothing_else(text):
    units = only_section(text).units
    assert (units[-1].kind, units[-1].quote) == ("sentence", "After.")


# Real pages


def as_a_checker_reads(text: str) -> str:
    """Markup, link targets and list numbers removed, entities decoded, white space folded."""
    text = html.unescape(ftfy.fix_encoding(text)).replace("\u00ad", "")
    text = text.replace("![", "[")
    text = re.sub(r"\]\((?:<[^>]*>|[^()\s]*(?:\([^()]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)", "]", text)
    text = re.sub(r"\]\[[^\]]*\]", "]", text)
    text = re.sub(r"<((?:https?|mailto):[^<>\s]*)>", r"\1", text)
    text = re.sub(r"(?m)^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?:#+[ \t]+)?", "", text)
    return " ".join(re.sub(r"[*_`\[\]\\~]", "", text).split())


@pytest.mark.parametrize("corpus", ["seed", "mendix-docs"])
def test_every_quote_stands_in_its_page(corpus):
    folder = SHARED / "corpora" / corpus
    if not folder.is_dir():
        pytest.skip("the reference pages are not here")
    missing = []
    for file in find_pages(folder):
        page = read_page(file, folder)
        text = as_a_checker_reads("\n".join(clean_markup(page.lines)))
        missing += [
            (page.path, unit.lines, unit.quote)
            for section in read_sections(page, detect_anchor_style(folder))
            for unit in section.units
            if as_a_checker_reads(unit.quote) not in text
        ]
    assert missing == []


def test_a_table_s_header_is_quoted_as_its_line_reads():
    (section,) = read_text("", "Part | **Cloud** |\n--- | --- |\nEngine | We |\n")
    assert section.blocks[0].header_quote == "Part | Cloud |"

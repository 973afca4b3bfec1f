import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import bot

FOLDER = Path(bot.__file__).parent / "widget"
BASE = "https://docs.harbour.example"


@pytest.fixture(scope="module")
def render(browser: Browser) -> Iterator[Callable[[str], str]]:
    """Gives the HTML of what a Markdown is drawn as; the attributes that open a link are left out.

    The answer has one source, whose marker is drawn as <b>1</b>.
    """
    scripts = [(FOLDER / name).read_text(encoding="utf-8") for name in ("dom.js", "markdown.js")]
    with browser.new_context() as context:
        page = context.new_page()
        page.add_script_tag(content="\n".join(scripts))

        def render(markdown: str) -> str:
            html = page.evaluate(
                """([markdown, base]) => {
                  const marker = (n) => (n === 1 ? node("b", {}, String(n)) : null);
                  const drawn = document.createElement("div");
                  drawn.append(renderMarkdown(markdown, { base, marker }));
                  return drawn.innerHTML;
                }""",
                [markdown, BASE],
            )
            return html.replace(' target="_blank" rel="noopener noreferrer"', "")

        yield render


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("a *b* **c** `e*f*`", "<p>a <em>b</em> <strong>c</strong> <code>e*f*</code></p>"),
        ("***a*** ", "<p><strong><em>a</em></strong></p>"),
        ("**b *c* d**", "<p><strong>b <em>c</em> d</strong></p>"),
        ("_one_ __two__ * three *", "<p><em>one</em> <strong>two</strong> * three *</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("``a ` b`` and `` ` ``", "<p><code>a ` b</code> and <code>`</code></p>"),
        ("one  \ntwo\nthree\\\nfour", "<p>one  <br>two three<br>four</p>"),
        ("\\*not\\* &amp; &copy; &#65;", "<p>*not* &amp; &amp;copy; A</p>"),
        ("**open `open [open", "<p>**open `open [open</p>"),
    ],
)  # fmt: skip
def test_spans(render: Callable[[str], str], markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("- a\n- b\n    - c\n- d", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
        ("3. a\n\n   more\n4. b", '<ol start="3"><li>a<p>more</p></li><li>b</li></ol>'),
        ("Do:\n\n1. a\n2. b\n\nEnd", "<p>Do:</p><ol><li>a</li><li>b</li></ol><p>End</p>"),
        ("# Head #\n> quote", "<p><strong>Head</strong></p><blockquote><p>quote</p></blockquote>"),
        ("```\n<b>\n```\n---", '<pre tabindex="0"><code>&lt;b&gt;</code></pre><hr>'),
        (
            "| a | b |\n| --- | --- |\n| 1 \\| 2 | |",
            '<div class="table" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr></thead>'
            "<tbody><tr><td>1 | 2</td><td></td></tr></tbody></table></div>",
        ),
        ("one\n\ntwo\r\n\r\nthree", "<p>one</p><p>two</p><p>three</p>"),
    ],
)
def test_blocks(render: Callable[[str], str], markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Open. [1][2] \\[1\\]", "<p>Open. <b>1</b>[2] [1]</p>"),
        ("[page](/tides/)", f'<p><a href="{BASE}/tides/">page</a></p>'),
        ('[**t** [1]](</a b> "T")', f'<p><a href="{BASE}/a%20b"><strong>t</strong> [1]</a></p>'),
        ("[a [b](/b)](/a)", f'<p><a href="{BASE}/a">a [b](/b)</a></p>'),
        ("![p](/q)", f'<p>!<a href="{BASE}/q">p</a></p>'),
        ("At https://a.example/b_c.", '<p>At <a href="https://a.example/b_c">https://a.example/b_c</a>.</p>'),
        ("<x@y.example>", '<p><a href="mailto:x@y.example">x@y.example</a></p>'),
        ("[x](javascript:alert(1))", "<p><span>x</span></p>"),
        ("[x](a&colon;b)", f'<p><a href="{BASE}/a&amp;colon;b">x</a></p>'),
        ("[x](data:text/html,y) <vbscript:z>", "<p><span>x</span> <span>vbscript:z</span></p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
    ],
)  # fmt: skip
def test_markers_and_links(render: Callable[[str], str], markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize(
    "part",
    ["[", "[a](", "*a ", "*a**", "``` ``", "> ", "- ", "    - a\n", "|-|\n", "&#", "_*", "<a:"],
)
def test_what_is_made_to_take_long_does_not(render: Callable[[str], str], part: str) -> None:
    started = time.monotonic()
    assert render(part * (9900 // len(part)))
    assert time.monotonic() - started < 2


def test_what_is_far_too_long_is_shown_as_it_is_written(render: Callable[[str], str]) -> None:
    assert render("*a* " * 5000).startswith('<p class="letters">*a* *a*')

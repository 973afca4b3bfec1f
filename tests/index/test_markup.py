import pytest

from index.markup import SEPARATOR, clean_markup


def clean(text: str) -> str:
    """The cleaned text, sentence separators shown as §."""
    return "\n".join(clean_markup(text.split("\n"))).replace(SEPARATOR, "§")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ('{{% alert color="info" %}}\nRead **this**.\n{{% /alert %}}', "\nRead **this**.\n"),
        ("{{%alert%}}Read{{%/alert%}}", "Read"),
        ('a {{< figure src="x.png" >}} b', "a  b"),
        ('{{< figure\n  src="x.png"\n  width="50%" >}}\nb', "\n\n\nb"),
        ('{{< figure src="x.png" caption="The hub" >}}', "§The hub§"),
        ('[page]({{< ref "a/page.md#x" >}})', "[page](a/page.md#x)"),
        ('[page]({{< relref path="page.md" >}})', "[page](page.md)"),
        ("{{< outer >}}{{< inner />}}kept{{< /outer >}}", "kept"),
        ("{{</* raw */>}}", "{{</* raw */>}}"),
        ("`{{< code >}}` {{< gone >}}", "`{{< code >}}` "),
        ("not {{ .Title }} closed {{< ", "not {{ .Title }} closed {{< "),
    ],
)
def test_shortcodes_go_and_their_inner_text_stays(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ('A {{< glossary_tooltip text="Pod" term_id="pod" >}} runs', "A Pod runs"),
        ('{{< glossary_tooltip term_id="kube-proxy" >}} runs', "kube-proxy runs"),
        ('Press {{< kbd "Ctrl+C" >}}.', "Press Ctrl+C."),
        ('{{< details summary="Why" >}}\nb\n{{< /details >}}', "§Why§\nb\n"),
        ('{{% details "Why" open %}}', "§Why§"),
        ('{{< tabs "os" >}}\n{{< tab "macOS" >}}', "\n§macOS§"),
        ('{{< tabs name="os" >}}\n{{< tab name="Windows" >}}', "\n§Windows§"),
        ('{{% tab header="Linux" lang="sh" %}}', "§Linux§"),
        ('<TabItem value="mac" label="macOS">\ntext\n</TabItem>', "§macOS§\ntext\n"),
        ("<TabItem value='npm'>npm i</TabItem>", "§npm§npm i"),
        ('<Steps><Step title="Open it">\n</Step></Steps>', "§Open it§\n"),
        ('It is <Badge label="new" /> here', "It is  here"),
        ('{% tab title="Cloud" %}\ntext\n{% endtab %}', "§Cloud§\ntext\n"),
        ('{% assign title = "x" %}', ""),
    ],
)
def test_words_that_shortcodes_and_components_show_become_text(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "code",
    [
        "```go\n{{< figure >}} <b>&shy;</b> <!-- x -->\n```",
        "~~~\n::: tip\n!!! note\n~~~",
        "- item\n\n  ```cs\n  /// <summary>\n  ```",
        "> ```\n> {{< x >}}\n> ```",
        "text\n\n    {{< indented >}} <b>\n\n    ::: tip\n\ntext",
        "text\n\n    <div>\n      <p>a</p>\n\n    <x>\n    </x>\n\ntext",
        "```\nnever closed {{< x >}}",
        "``a ` {{< x >}}`` and `<b>`",
    ],
)
def test_code_stays_as_it_is(code):
    assert clean(code) == code


def test_the_inside_of_a_highlight_shortcode_is_code():
    assert clean('{{% code\nx="y" %}}\n<b>\n{{% /code %}}') == "\n~~~~~~\n<b>\n~~~~~~"
    assert clean("{{< highlight go >}}\na := *b\n{{< /highlight >}}") == "~~~~~~\na := *b\n~~~~~~"


def test_html_within_code_of_a_shortcode_stays_as_it_is():
    code = "<h2 id='a'>\n  <b>x</b></h2>\n<h2>y</h2>\n\n<pre>\nz\n</pre>"
    text = f"{{{{< highlight html >}}}}\n{code}\n{{{{< /highlight >}}}}"
    assert clean(text) == f"~~~~~~\n{code}\n~~~~~~"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a<!-- one -->b", "ab"),
        ("a\n<!-- one\n\n```\ntwo -->\nb", "a\n\n\n\n\nb"),
        ("<!-- never closed", "<!-- never closed"),
        ("a{/* mdx\n*/}b", "a\nb"),
        ("import Tabs from '@theme/Tabs';\n\nimport it from a file", "\n\nimport it from a file"),
        ("one<br>two<br />three", "one two three"),
        ("Press <kbd>Ctrl</kbd>+<b class='x'>C</b>", "Press Ctrl+C"),
        ('<a\n  href="x">link</a>', "\nlink"),
        ("<p>One</p><p>Two</p>", "§One§§Two§"),
        ("<div>\n    <p>deep</p>\n        more\n</div>\nnext", "\n§deep§\nmore\n\nnext"),
        ("<script>\nalert(1)\n</script>after", "\n\nafter"),
        ("<style>p {}</style>", ""),
        ("<Tabs>\n<Tab name='a'>\ntext\n</Tab>\n</Tabs>", "\n\ntext\n\n"),
        ("Enter <your-app> and <Name>", "Enter <your-app> and <Name>"),
        ("see <https://example.com> or a<b", "see <https://example.com> or a<b"),
        ("escaped \\<b> tag", "escaped \\<b> tag"),
        ("fish &amp; chips", "fish &amp; chips"),
    ],
)
def test_html_goes_and_its_text_stays(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ('!!! note "Mind"\n    Body.\n\n    - item\n\nAfter', "§Mind§\nBody.\n\n- item\n\nAfter"),
        ("!!! warning\n    Body.", "\nBody."),
        ('??? tip "Open"\n    !!! note\n        Deep.', "§Open§\n\nDeep."),
        ('=== "Linux"\n\n    ```sh\n    ls\n    ```', "§Linux§\n\n```sh\nls\n```"),
        (":::tip Title\nBody\n:::", "§Title§\nBody\n"),
        ("::: warning\nBody\n:::", "\nBody\n"),
        (":::note[Title]\nBody\n:::", "§Title§\nBody\n"),
        (":::{tip} Title\n:class: wide\nBody\n:::", "§Title§\n\nBody\n"),
        ("::: module.Class", ""),
        ("/// tab | Python 3.10\nBody\n///", "§Python 3.10§\nBody\n"),
        ("/// details | More\n    type: note\n\nBody\n///", "§More§\n\n\nBody\n"),
        ("> [!NOTE]\n> Body", "> \n> Body"),
        ("> [!TIP] Title\n> Body", "> §Title§\n> Body"),
        ("{* ../src/app.py hl[3:5] *}", ""),
        ("| a |\n|---|\n{.wide #x}", "| a |\n|---|\n"),
        ("Title\n===", "Title\n==="),
    ],
)
def test_admonitions_become_text_with_their_title_as_a_sentence(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (
            ":::danger\n:warning: It cannot be undone.\n:::\n:bulb: Export first.",
            "\n:warning: It cannot be undone.\n\n:bulb: Export first.",
        ),
        (
            "1. Open.\n\n    :::warning\n    Caution: this deletes all.\n    :::",
            "1. Open.\n\n    \n    Caution: this deletes all.\n    ",
        ),
        ("/// note\nBody\n///\n    Caution: hot.", "\nBody\n\n    Caution: hot."),
        ("- a\n\n    /// note\n    Caution: hot.", "- a\n\n    \n    Caution: hot."),
        ("- a\n\n    /// note\n        type: x\n    b", "- a\n\n    \n\n    b"),
        ("::: {.callout-note}\n:bulb: Try.\n:::", "\n:bulb: Try.\n"),
        ("  :::{tip}\n  :class: wide\n  :name: x\n  Body", "  \n\n\n  Body"),
    ],
)
def test_only_containers_with_options_lose_lines_that_look_like_options(text, cleaned):
    assert clean(text) == cleaned


PRETTIER_TABS = """\
<Tabs>
  <TabItem name="npm">

    ```bash
    if a
      npm i
    ```

    Text of *npm*:

    - one
      - two

  </TabItem>
  <TabItem name="yarn">

    ```bash
    yarn add
    ```

  </TabItem>
</Tabs>

    code"""


def test_code_and_text_of_components_stand_at_the_margin():
    assert clean(PRETTIER_TABS).split("\n") == [
        *("", "", "", "```bash", "if a", "  npm i", "```", "", "Text of *npm*:", ""),
        *(
            "- one",
            "  - two",
            "",
            "",
            "",
            "",
            "```bash",
            "yarn add",
            "```",
            "",
            "",
            "",
            "",
            "    code",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (
            "1. a\n\n   <T>\n     <S>\n\n       ```\n       b\n       ```\n\n     </S>\n   </T>",
            "1. a\n\n\n\n\n   ```\n   b\n   ```\n\n\n",
        ),
        ("<p align='center'>x</p>\n\n    # install", "§x§\n\n    # install"),
        ("<div>\n  <div>\n  </div>\n\n    text\n</div>\n\n    code", "\n\n\n\ntext\n\n\n    code"),
        ("<Name>\n\n    code", "<Name>\n\n    code"),
        (
            "- ```\n  <b>\n  ```\n\n<div>\n    a\n</div>\n\n```\n  b\n```",
            "- ```\n  <b>\n  ```\n\n\na\n\n\n```\n  b\n```",
        ),
        ("!!! x\n\n    <div>\n        <p>a</p>\n\n        b\n    </div>", "\n\n\n§a§\n\nb\n"),
        ("``` one ```\n\n<div>\n    a\n</div>", "``` one ```\n\n\na\n"),
    ],
)
def test_html_ends_with_its_closing_tag_and_fences_with_theirs(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize("hyphen", ["&shy;", "&#173;", "&#xAD;", "\u00ad", "\u200b", "\ufeff"])
def test_soft_hyphens_and_zero_width_characters_go(hyphen):
    assert clean(f"Opera{hyphen}tion") == "Operation"


@pytest.mark.parametrize(
    "text", ["<!--" * 5000, "{{<" * 5000, "<a" + " a" * 5000, "!!! " + " " * 9000 + ":", ":" * 9000]
)
def test_marks_that_never_close_take_no_long_time_and_lose_nothing(text):
    assert clean(text) == text


def test_as_many_lines_come_out_as_went_in():
    text = '{{< figure\nsrc="x"\ncaption="a\nb" >}}\n<a\nhref="x"\n>b</a>\n<!--\n\n-->\n!!! note\n'
    lines = text.split("\n")
    assert len(clean_markup(lines)) == len(lines)

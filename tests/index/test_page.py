import os
from pathlib import Path

import pytest

from index.errors import CorpusError, PageError
from index.page import Page, find_overlay_pages, find_pages, page_path, read_page


def page_of(tmp_path: Path, content: str | bytes, path: str = "guide/start.md") -> Page:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_page(file, tmp_path)


def test_a_missing_corpus_is_named_with_a_remedy(tmp_path):
    with pytest.raises(CorpusError, match=r"nowhere does not exist; name a folder"):
        find_pages(tmp_path / "nowhere")


def test_a_file_is_no_corpus(tmp_path):
    file = tmp_path / "page.md"
    file.write_text("# Page")
    with pytest.raises(CorpusError, match="is not a folder"):
        find_pages(file)


def test_a_corpus_without_pages_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("no page")
    with pytest.raises(CorpusError, match=r"holds no \.md"):
        find_pages(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_named(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    with pytest.raises(CorpusError, match="locked cannot be read"):
        find_pages(tmp_path)


def test_pages_are_found_sorted_and_hidden_ones_left_out(tmp_path):
    for path in ("b.md", "a/deep.markdown", "c.MDX", ".git/x.md", ".draft.md", "image.png"):
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text("text")
    found = [file.relative_to(tmp_path).as_posix() for file in find_pages(tmp_path)]
    assert found == ["a/deep.markdown", "b.md", "c.MDX"]


def test_what_is_no_page_of_its_own_is_left_out(tmp_path):
    kept = ("_index.md", "_index.de.md", "my_page.md", "sub/_index.md")
    left = ("_part.mdx", "_sidebar.md", "_drafts/a.md", "sub/node_modules/b/README.md")
    for path in (*kept, *left):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("text")
    found = [page_path(file, tmp_path) for file in find_pages(tmp_path)]
    assert found == sorted(kept)


def test_a_file_name_that_is_not_utf8_is_named_with_its_bytes(tmp_path):
    file = tmp_path / os.fsdecode(b"caf\xe9.md")
    file.write_text("text")
    assert page_path(file, tmp_path) == "caf\\xe9.md"
    with pytest.raises(PageError, match=r"^caf\\xe9.md has a name that is not UTF-8; rename it"):
        read_page(file, tmp_path)


def test_a_symbolic_link_to_a_folder_above_is_not_followed_forever(tmp_path):
    (tmp_path / "page.md").write_text("text")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert find_pages(tmp_path) == [tmp_path / "page.md"]


def test_bytes_that_are_no_utf8_are_not_text(tmp_path):
    with pytest.raises(PageError, match=r"guide/start.md is not UTF-8 text \(byte 4\)"):
        page_of(tmp_path, b"good\xff\xfe bad")


def test_null_characters_are_not_text(tmp_path):
    with pytest.raises(PageError, match="null characters"):
        page_of(tmp_path, b"MZ\x00\x00")


def test_a_page_over_the_size_limit_is_refused_with_the_limit(tmp_path):
    file = tmp_path / "big.md"
    file.write_bytes(b"x" * 101)
    with pytest.raises(PageError, match=r"big\.md is larger than 100 bytes"):
        read_page(file, tmp_path, max_bytes=100)


def test_a_page_that_is_gone_is_named(tmp_path):
    with pytest.raises(PageError, match=r"gone\.md cannot be read"):
        read_page(tmp_path / "gone.md", tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(PageError, match=r"pipe\.md is no regular file"):
        read_page(tmp_path / "pipe.md", tmp_path)


def test_a_link_that_leads_round_in_a_circle_is_named(tmp_path):
    (tmp_path / "round.md").symlink_to(tmp_path / "round.md")
    with pytest.raises(PageError, match=r"round\.md cannot be read"):
        read_page(tmp_path / "round.md", tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntitle: [open\n---\ntext", "line 3"),
        ("---\ntitle: 'a\nb: c\n---\n", "line"),
        ("---\ntitle: never closed\n\ntext", "never closed"),
        ("---\ndate: 2024-02-31\n---\n", "day"),
        ("+++\ntitle = \n+++\n", "value"),
        ("+++\ntitle = 'x'\n", "never closed"),
        ('{\n"title": \n}\n', "line 3"),
        ("---\npermalink: https://[your-site]/x\n---\n", "your-site"),
        ('{"title": "Smile \\ud83d"}\n', "half of a character"),
        ('{"questions": ["\\ud83d?"]}\n', "half of a character"),
        ('{"url": "/\\ud83d/"}\n', "half of a character"),
    ],
)
def test_broken_front_matter_is_named_with_what_is_wrong(tmp_path, text, problem):
    with pytest.raises(PageError, match=rf"start.md has broken front matter \(.*{problem}"):
        page_of(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Start\n---\n\nbody",
        "+++\ntitle = 'Start'\n+++\n\nbody",
        '{\n  "title": "Start"\n}\n\nbody',
    ],
)
def test_front_matter_may_be_yaml_toml_or_json(tmp_path, text):
    page = page_of(tmp_path, text)
    assert (page.title, page.lines[page.body_start :]) == ("Start", ("", "body"))


def test_text_between_two_thematic_breaks_is_no_front_matter(tmp_path):
    page = page_of(tmp_path, "---\nJust text.\n---\nmore")
    assert (page.title, page.body_start) == ("Just text.", 0)


def test_a_shortcode_on_the_first_line_is_no_json(tmp_path):
    assert page_of(tmp_path, "{{% alert %}}\nHi\n{{% /alert %}}").body_start == 0


def test_an_empty_page_has_no_lines(tmp_path):
    page = page_of(tmp_path, "")
    assert (page.lines, page.title) == ((), "Start")


@pytest.mark.parametrize(
    "text",
    [
        "---\ndraft: true\n---\nHello",
        "---\npublished: false\n---\nHello",
        "+++\ndraft = true\n+++\nHello",
        '{"draft": "True"}\nHello',
    ],
)
def test_a_draft_is_named_and_not_read(tmp_path, text):
    with pytest.raises(PageError, match=r"^guide/start.md is a draft .* to have it indexed\.$"):
        page_of(tmp_path, text)


@pytest.mark.parametrize("given", ["draft: false", "draft:", "published: true", "published: 2024"])
def test_a_page_that_is_published_is_no_draft(tmp_path, given):
    assert page_of(tmp_path, f"---\n{given}\n---\nHello").lines[-1] == "Hello"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf# H\xc3\xa9\r\nb\r\n",
        "\ufeff# Hé\nb\n".encode("utf-16-le"),
        "\ufeff# Hé\nb\n".encode("utf-16-be"),
        "# Hé\rb".encode(),
    ],
)
def test_byte_order_marks_and_line_ends_leave_no_trace(tmp_path, data):
    assert page_of(tmp_path, data).lines == ("# Hé", "b")


def test_utf8_that_was_encoded_twice_is_repaired_line_by_line(tmp_path):
    page = page_of(tmp_path, "involved â€“ also\nTraditionalÂ³ |\nÂ¹Support")
    assert page.lines == ("involved – also", "Traditional³ |", "¹Support")


@pytest.mark.parametrize(
    "line", ["INFORMAÇÃO", "a letra Ã em “Maçã”", "ROMÃ MADURA", "São Paulo – já", "Ünï €5", "中文"]
)
def test_good_text_is_not_repaired(tmp_path, line):
    assert page_of(tmp_path, line).lines == (line,)


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("a.md", "---\ntitle: From *front* matter\n---\n# Other", "From *front* matter"),
        ("a.md", "---\ntitle: 9.24\n---\n", "9.24"),
        ("a.md", "Intro\n\n# The `first` [heading](x) {#id}\n", "The first heading"),
        ("a.md", "Under\nlined\n===\n", "Under lined"),
        ("a.md", "```\n# no heading\n```\n", "A"),
        ("some/my-page_name.md", "text", "My page name"),
        ("some-folder/_index.md", "text", "Some folder"),
        ("README.md", "text", "README"),
    ],
)
def test_the_title_is_the_front_matters_else_the_first_headings_else_the_files(
    tmp_path, path, text, title
):
    assert page_of(tmp_path, text, path).title == title


@pytest.mark.parametrize(
    ("path", "front_matter", "url"),
    [
        ("a/b.md", "", "/a/b/"),
        ("a/_index.md", "", "/a/"),
        ("a/index.md", "", "/a/"),
        ("README.md", "", "/"),
        ("a b/ü.md", "", "/a%20b/%C3%BC/"),
        ("a/b.md", "url: /support/", "/support/"),
        ("a/b.md", "url: support", "/support/"),
        ("a/b.md", "url: /notes/9.24", "/notes/9.24/"),
        ("a/b.md", "permalink: /old.html", "/old.html"),
        ("a/b.md", "permalink: https://docs.example.com/x/", "/x/"),
        ("a/b.md", "slug: c", "/a/c/"),
        ("a/b.md", "slug: /c", "/c/"),
    ],
)
def test_the_url_is_the_front_matters_else_the_paths(tmp_path, path, front_matter, url):
    assert page_of(tmp_path, f"---\n{front_matter}\n---\n", path).url == url


def test_the_path_is_relative_to_the_corpus_with_slashes(tmp_path):
    assert page_of(tmp_path, "x", "a/b/c.md").path == "a/b/c.md"


@pytest.mark.parametrize(
    ("front_matter", "questions"),
    [
        ("questions:\n- Who  pays?\n- Is it free?\n- Who pays?", ("Who pays?", "Is it free?")),
        ("questions: Who pays?", ("Who pays?",)),
        ("questions:\n- 3\n- {a: b}\n- [c]\n- \n- ''", ()),
        ("questions: {a: b}", ()),
        ("questions:", ()),
        ("title: T", ()),
    ],
)
def test_front_matter_names_the_questions_that_a_page_answers(tmp_path, front_matter, questions):
    assert page_of(tmp_path, f"---\n{front_matter}\n---\nText.\n").questions == questions


def test_pages_of_an_overlay_stand_right_in_its_folder(tmp_path):
    (tmp_path / "withdrawn").mkdir()
    for name in ("b.md", "a.markdown", ".hidden.md", "c.txt", "withdrawn/d.md"):
        (tmp_path / name).write_text("Text.")
    assert [file.name for file in find_overlay_pages(tmp_path)] == ["a.markdown", "b.md"]
    assert find_overlay_pages(tmp_path / "nowhere") == []


def test_a_folder_can_be_left_out_of_a_corpus(tmp_path):
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "a.md").write_text("Text.")
    (tmp_path / "b.md").write_text("Text.")
    (tmp_path / "link").symlink_to("left")
    assert find_pages(tmp_path, apart_from=tmp_path / "left") == [tmp_path / "b.md"]

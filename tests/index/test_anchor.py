import pytest

from index.anchor import (
    PageAnchors,
    detect_anchor_style,
    github_anchor,
    hugo_anchor,
    mkdocs_anchor,
    split_attributes,
)


@pytest.mark.parametrize(
    ("heading", "rest", "anchor"),
    [
        ("SLA {#sla}", "SLA", "sla"),
        ("SLA{#sla}", "SLA", "sla"),
        ("SLA { #sla }", "SLA", "sla"),
        ("SLA {: #sla .wide }", "SLA", "sla"),
        ('SLA {.wide #sla title="a b"}', "SLA", "sla"),
        ("SLA {.wide}", "SLA", ""),
        ("Set {name}", "Set {name}", ""),
        ("`{#x}` kept", "`{#x}` kept", ""),
    ],
)
def test_attributes_are_taken_from_the_end_of_a_heading(heading, rest, anchor):
    assert split_attributes(heading) == (rest, anchor)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("5.1 Mendix Admins", "51-mendix-admins"),
        ("Users & Access", "users--access"),
        ("Snake_case `code`", "snake_case-code"),
        ("Über Größe", "über-größe"),
        ("[Link](/a/b)", "linkab"),
        ("!!!", "heading"),
    ],
)
def test_hugo_makes_anchors_of_the_markdown(heading, anchor):
    assert hugo_anchor(heading) == anchor


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What's new?", "whats-new"),
        ("Users & Access", "users--access"),
        ("Snake_case", "snake_case"),
        ("re\u0301sume\u0301", "re\u0301sume\u0301"),
        ("🚀 Start", "-start"),
    ],
)
def test_github_keeps_letters_marks_and_digits(heading, anchor):
    assert github_anchor(heading) == anchor


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Users & Access", "users-access"),
        ("Über Größe", "uber-groe"),
        ("OpenAPI `schema` - more", "openapi-schema-more"),
        ("中文", ""),
    ],
)
def test_mkdocs_makes_anchors_ascii(heading, anchor):
    assert mkdocs_anchor(heading.replace("`", "")) == anchor


@pytest.mark.parametrize(
    ("style", "anchors"),
    [
        ("hugo", ["steps", "steps-1", "steps-2"]),
        ("github", ["steps", "steps-1", "steps-2"]),
        ("mkdocs", ["steps", "steps_1", "steps_2"]),
    ],
)
def test_repeated_headings_are_numbered(style, anchors):
    page = PageAnchors(style, frozenset())
    assert [page.generated("Steps", "Steps") for _ in range(3)] == anchors


def test_mkdocs_keeps_explicit_ids_further_down_free():
    page = PageAnchors("mkdocs", frozenset({"steps"}))
    assert page.generated("Steps", "Steps") == "steps_1"


def test_hugo_knows_only_the_explicit_ids_above():
    page = PageAnchors("hugo", frozenset({"steps"}))
    assert [page.generated("Steps", "Steps"), page.explicit("a"), page.generated("A", "A")] == [
        "steps",
        "a",
        "a-1",
    ]


def test_a_heading_without_letters_still_gets_an_anchor_in_mkdocs():
    assert PageAnchors("mkdocs", frozenset()).generated("中文", "中文") == "_1"


@pytest.mark.parametrize(
    ("file", "style"),
    [
        ("mkdocs.yml", "mkdocs"),
        ("site/mkdocs.yml", "mkdocs"),
        ("hugo.toml", "hugo"),
        ("docusaurus.config.js", "github"),
        ("pages/docs/_index.md", "hugo"),
        ("pages/a.md", "github"),
    ],
)
def test_the_style_is_known_by_the_site_generators_files(tmp_path, file, style):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("")
    assert detect_anchor_style(tmp_path) == style


def test_the_settings_file_may_lie_above_the_corpus(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("")
    corpus = tmp_path / "docs" / "en"
    corpus.mkdir(parents=True)
    assert detect_anchor_style(corpus) == "mkdocs"

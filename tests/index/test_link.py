from pathlib import PurePosixPath

import pytest

from index.link import place_url, resolve_link


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("a/b.md", "/a/b/"),
        ("a/_index.md", "/a/"),
        ("a/README.mdx", "/a/"),
        ("index.md", "/"),
        ("index.html.md", "/index.html"),
        ("notes/9.24.md", "/notes/9.24/"),
        ("a b/ü.md", "/a%20b/%C3%BC/"),
    ],
)
def test_the_url_of_a_place_is_its_path_and_an_index_page_is_its_folder(path, url):
    assert place_url(PurePosixPath(path)) == url


@pytest.mark.parametrize(
    ("target", "resolved"),
    [
        ("tutorial/index.md", "/en/tutorial/"),
        ("../about.md#team", "/about/#team"),
        ("./x.mdx?v=2#y", "/en/x/?v=2#y"),
        ("Big%20page.MD", "/en/Big%20page/"),
        ("/guide/start.md", "/guide/start/"),
        ("../index.md", "/"),
        ("../../outside.md", "../../outside.md"),
        ("https://example.com/x.md", "https://example.com/x.md"),
        ("//example.com/x.md", "//example.com/x.md"),
        ("http://[your-site]/x.md", "http://[your-site]/x.md"),
        ("mailto:someone@example.md", "mailto:someone@example.md"),
        ("#part", "#part"),
        ("../tides/", "../tides/"),
        ("table.csv", "table.csv"),
        ("/x/?file=a.md", "/x/?file=a.md"),
        ("", ""),
    ],
)
def test_a_link_to_a_file_leads_to_its_page_and_others_stay(target, resolved):
    assert resolve_link(target, "en/python-types.md") == resolved


def test_a_text_without_a_file_keeps_its_links():
    assert resolve_link("a.md", "") == "a.md"

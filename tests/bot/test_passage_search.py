"""The search while typing: words that are not finished, filters, and what is marked."""

from pathlib import Path

import pytest

from bot.passage_search import complete, mark, search_passages
from bot.profile import Profile, load_profile
from index.build import build_index
from index.embedder import SentenceEmbedder
from index.store import LiveIndex
from tests.bot.conftest import PAGES, PROFILE

BERTHS, SAFETY = "harbour.md", "safety.md"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = tmp_path_factory.mktemp("corpus")
    for name, text in PAGES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    (corpus / "support.toml").write_text(PROFILE.replace("PIER_URL", "https://pier.example"))
    return corpus


@pytest.fixture(scope="module")
def live(corpus: Path, tmp_path_factory, embedder: SentenceEmbedder) -> LiveIndex:
    data = tmp_path_factory.mktemp("data")
    build_index(corpus, data, embedder, lambda *_: None)
    return LiveIndex(data, embedder)


@pytest.fixture(scope="module")
def profile(corpus: Path) -> Profile:
    return load_profile(None, corpus)


def marked(parts: list[str]) -> list[str]:
    return parts[1::2]


@pytest.mark.parametrize("text", ["", " ", "?!", "\x00", "🙂", "<>"])
def test_without_words_nothing_is_found(live, profile, text):
    found = search_passages(live, profile, text, 5)
    assert (found.passages, found.pages, found.sections) == ([], [], [])


def test_a_word_that_is_not_finished_finds_what_begins_so(live, profile):
    found = search_passages(live, profile, "life jac", 1).passages[0]
    assert found.section == ["Life Jackets"]
    assert marked(found.parts) == ["life", "jacket"]


def test_markup_of_a_page_is_text_like_any_other(live, profile):
    found = search_passages(live, profile, "tide table script", 1).passages[0]
    assert "".join(found.parts).count("<script>") == "".join(found.parts).count("</script>")


def test_a_passage_leads_to_its_section_and_its_public_page(live, profile):
    found = search_passages(live, profile, "lock gate open", 1).passages[0]
    assert found.url == "https://docs.harbour.example/harbour/#lock-gate"
    assert (found.path, found.section_line) == (BERTHS, 6)


def test_all_pages_that_hold_something_are_offered(live, profile):
    pages = search_passages(live, profile, "children boats", 1).pages
    assert [page.title for page in pages] == ["Harbour Guide", "Safety"]
    assert all(page.passages for page in pages)


def test_a_page_narrows_down_to_all_that_it_has(live, profile):
    found = search_passages(live, profile, "children", 5, SAFETY)
    assert {passage.path for passage in found.passages} == {SAFETY}
    found = search_passages(live, profile, "children", 20, BERTHS)
    assert {passage.path for passage in found.passages} == {BERTHS}
    assert [section.title for section in found.sections] == ["Lock Gate", "Berth Fees"]


def test_a_section_narrows_down_further_and_the_others_stay_offered(live, profile):
    sections = search_passages(live, profile, "boats", 5, BERTHS).sections
    found = search_passages(live, profile, "boats", 20, BERTHS, sections[1].line)
    assert {passage.section[0] for passage in found.passages} == {"Berth Fees"}
    assert found.sections == sections


@pytest.mark.parametrize(("path", "line"), [("none.md", None), (BERTHS, 999), (BERTHS, -1)])
def test_where_nothing_is_nothing_is_found(live, profile, path, line):
    assert search_passages(live, profile, "boats", 5, path, line).passages == []


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("exten", "extended"),
        ("no exten", "no extended"),
        ("logs", "logs"),
        ("log", "log"),
        ("e", "e"),
        ("xyz", "xyz"),
        ("", ""),
        ("exten ", "exten "),
        ("EXTEN", "extended"),
    ],
)
def test_a_word_is_completed_to_the_most_frequent_one(typed, whole):
    vocabulary = {"extend": 1, "extended": 7, "extender": 2, "log": 3, "logs": 1, "energy": 9}
    assert complete(typed, vocabulary) == whole


def test_of_words_that_are_equally_frequent_always_the_same_is_taken():
    assert complete("ext", {"extra": 1, "extent": 1}) == complete("ext", {"extent": 1, "extra": 1})


@pytest.mark.parametrize(
    ("text", "wanted", "prefix", "parts"),
    [
        ("", set(), "", [""]),
        ("The gates open.", {"gate"}, "", ["The ", "gates", " open."]),
        ("The gates open.", set(), "op", ["The gates ", "open", "."]),
        ("The gates open.", set(), "o", ["The gates open."]),
        ("Gate gate", {"gate"}, "", ["", "Gate", " ", "gate", ""]),
        ("a 🙂 gate", {"gate"}, "", ["a 🙂 ", "gate", ""]),
        ("<b>gate</b>", {"gate"}, "", ["<b>", "gate", "</b>"]),
    ],
)
def test_words_are_marked_in_any_inflection_and_as_far_as_they_are_typed(
    text, wanted, prefix, parts
):
    assert mark(text, wanted, prefix) == parts

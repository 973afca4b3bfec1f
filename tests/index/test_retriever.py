import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from index.build import build_index
from index.errors import CorpusError, IndexUnusable
from index.retriever import Hit, HybridRetriever, Query, Synonym, correct_spelling, find_synonyms
from index.store import LiveIndex

PAGES = {
    "desk.md": """# Service desk

## Agreement

A service level agreement names the hours in which the desk answers.

## Contact

Write to helpdesk@example.com or use the read-only archive.

## Telephone

Ring the desk when production stands still.
""",
    "platforms.md": """# Platforms

Who looks after what:

| Part | Own Cloud | Rented Rack |
| --- | --- | --- |
| **Logs** | Vendor | Partner |
| **Database** | Vendor | Customer |
""",
    "releases.md": """# Releases

## Version 10.6.1

The exporter no longer stops at midnight.

## Version 10.6.2

The importer reads larger files.
""",
    "cooking.md": "# Canteen\n\nSoup is served at noon, and bread is baked in the morning.\n",
}
NO_WORD = set().__contains__
SYNONYMS = (("SLA", "service level agreement"), ("phone", "telephone"))


@pytest.fixture(scope="module")
def live(tmp_path_factory, embedder) -> LiveIndex:
    corpus = tmp_path_factory.mktemp("pages")
    for path, text in PAGES.items():
        (corpus / path).write_text(text)
    data = tmp_path_factory.mktemp("data")
    build_index(corpus, data, embedder, lambda *_: None)
    return LiveIndex(data, embedder)


@pytest.fixture(scope="module")
def retriever(live) -> HybridRetriever:
    return HybridRetriever(live=live, synonyms=SYNONYMS, k=3)


def search(retriever: HybridRetriever, text: str, k: int) -> list[Hit]:
    return retriever.search(retriever.query(text), k)


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("when does the service team reply", "Agreement"),
        ("what is there to eat", "Canteen"),
        ("helpdesk@example.com", "Contact"),
        ("read-only", "Contact"),
        ("10.6.2", "Version 10.6.2"),
        ("what changed in 10.6.1?", "Version 10.6.1"),
        ("SLA", "Agreement"),
        ("SLAs", "Agreement"),
        ("by phone", "Telephone"),
        ("agreemnet", "Agreement"),
    ],
)
def test_the_right_section_comes_first(retriever, query, heading):
    assert search(retriever, query, 1)[0].section.headings[-1] == heading


def test_a_table_cell_is_found_by_row_and_column(retriever):
    text = search(retriever, "logs in the rented rack", 1)[0].passage.text
    assert "Logs" in text and "Partner" in text


def test_hits_come_best_first_and_once(retriever):
    hits = search(retriever, "version of the desk", 5)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.passage for hit in hits}) == len(hits) == 5


def test_scores_lie_between_0_and_1(retriever):
    for query in ("desk", "Telephone: ring the desk when production stands still", "xyzzy"):
        assert all(0 <= hit.score <= 1 for hit in search(retriever, query, 100))


def test_similarity_is_that_of_the_query_as_it_was_asked(retriever, embedder):
    for hit in search(retriever, "when does the service team reply", 3):
        asked, passage = embedder.embed(
            ["when does the service team reply", hit.passage.embedded_text]
        )
        assert hit.similarity == pytest.approx(asked @ passage, abs=1e-3)


def test_a_small_index_gives_all_it_has(retriever, live):
    assert len(search(retriever, "desk", 1000)) == len(live.current().passages)


def test_a_query_without_a_known_word_has_no_keyword_score(retriever):
    assert {hit.bm25 for hit in search(retriever, "xyzzy", 3)} == {0}


@pytest.mark.parametrize(
    "query",
    ["", " \n\t", "the of and", "\x00\x07", "как подать заявку", "<b>**", "x" * 100_000, "🙂"],
)
def test_any_query_is_searched(retriever, query):
    assert len(search(retriever, query, 3)) == 3


def test_langchain_gets_documents_with_their_source(retriever):
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke("soup")
    assert len(documents) == 3 and isinstance(documents[0], Document)
    assert "Soup is served" in documents[0].page_content
    metadata = documents[0].metadata
    assert metadata["path"] == "cooking.md" and metadata["title"] == "Canteen"
    assert metadata["section"] == ["Canteen"] and metadata["lines"] == [3, 3]
    assert metadata["url"].startswith("/cooking/") and 0 < metadata["score"] <= 1


def test_a_folder_of_pages_is_opened_and_its_index_built_once(tmp_path):
    pages, data = tmp_path / "pages", tmp_path / "data"
    pages.mkdir()
    (pages / "desk.md").write_text(PAGES["desk.md"])
    first = HybridRetriever.open(pages, data, synonyms=SYNONYMS, k=2)
    assert len(first.invoke("by phone")) == 2
    assert first.invoke("by phone")[0].metadata["section"][-1] == "Telephone"
    (pages / "cooking.md").write_text(PAGES["cooking.md"])
    again = HybridRetriever.open(pages, data)
    assert {document.metadata["path"] for document in again.invoke("soup")} == {"desk.md"}


def test_a_folder_without_pages_cannot_be_opened(tmp_path):
    with pytest.raises(CorpusError, match="nowhere"):
        HybridRetriever.open(tmp_path / "nowhere", tmp_path)


def test_without_an_index_the_remedy_is_said(tmp_path, embedder):
    retriever = HybridRetriever(live=LiveIndex(tmp_path, embedder))
    with pytest.raises(IndexUnusable, match="supportbot index"):
        search(retriever, "desk", 1)


def test_a_query_keeps_its_text_beside_what_search_makes_of_it(retriever):
    query = retriever.query("Agreemnet or SLA?")
    synonyms = (Synonym("SLA", "service level agreement"),)
    assert query == Query("Agreemnet or SLA?", "agreement or SLA?", synonyms)


@pytest.mark.parametrize("word", ["tiket", "ticket", "tickett", "tikcet", "tocket", "Tiket"])
def test_a_word_one_edit_off_is_corrected(word):
    corrected = correct_spelling(f"my {word}.", {"ticket": 2, "my": 1}, NO_WORD)
    assert corrected.casefold() == "my ticket."


def test_a_word_of_the_language_is_not_corrected():
    assert correct_spelling("halt", {"half": 9}, {"halt"}.__contains__) == "halt"


@pytest.mark.parametrize("word", ["gmail", "eSIM", "OpenId"])
def test_names_are_not_corrected(word):
    vocabulary = dict.fromkeys(["mail", "sim", "opened"], 9)
    assert correct_spelling(word, vocabulary, NO_WORD) == word


@pytest.mark.parametrize(
    ("word", "whole"),
    [("cant", "can't"), ("Wont", "Won't"), ("dont", "don't"), ("whos", "who's")],
)
def test_a_contraction_gets_its_apostrophe_back(word, whole):
    vocabulary = dict.fromkeys(["can", "want", "font", "who"], 9)
    assert correct_spelling(word, vocabulary, NO_WORD) == whole


def test_of_two_corrections_the_more_frequent_word_is_taken():
    assert correct_spelling("nodr", {"node": 5, "nodd": 1}, NO_WORD) == "node"


@pytest.mark.parametrize("word", ["SAP", "v10x", "zyzzyva", "tic-tac"])
def test_short_words_codes_and_strange_words_stay(word):
    assert correct_spelling(word, {"sad": 1, "ticket": 1, "tact": 1}, NO_WORD) == word


@pytest.mark.parametrize("query", ["the sla", "SLAs?", "our service-level agreements"])
def test_synonyms_are_found_in_any_form(query):
    assert len(find_synonyms(query, SYNONYMS)) == 1


def test_a_synonym_tells_what_was_said_for_it():
    assert find_synonyms("call by telephone", SYNONYMS) == (Synonym("telephone", "phone"),)


def test_part_of_a_word_or_term_is_no_synonym():
    assert find_synonyms("a slab of service", SYNONYMS) == ()


def test_a_term_that_the_query_holds_is_not_added():
    assert find_synonyms("SLA (service level agreement)", SYNONYMS) == ()


def test_logs_on_sap_btp_find_the_row_of_the_support_matrix(shared, tmp_path, embedder):
    build_index(shared / "corpora" / "seed", tmp_path, embedder, lambda *_: None)
    retriever = HybridRetriever(live=LiveIndex(tmp_path, embedder))
    texts = [hit.passage.text for hit in search(retriever, "logs on SAP BTP", 3)]
    assert any("Logs/ Metrics" in text and "SAP BTP: Mendix Partner" in text for text in texts)


def test_what_was_said_before_draws_the_results_near(retriever):
    plain = [hit.passage.text for hit in retriever.search(retriever.query("how long"), 3)]
    query = retriever.query("how long", context=plain[-1])
    in_context = [hit.passage.text for hit in retriever.search(query, 3)]
    assert in_context.index(plain[-1]) < plain.index(plain[-1])


def test_one_page_alone_is_searched_whole(retriever):
    everywhere = retriever.search(retriever.query("soup at noon"), 20)
    found = retriever.search_page(retriever.query("soup at noon"), 20, "desk.md")
    assert everywhere[0].section.path == "cooking.md"
    assert {hit.section.path for hit in found} == {"desk.md"}
    assert len(found) == len([hit for hit in everywhere if hit.section.path == "desk.md"])


def test_a_page_that_is_not_there_has_nothing(retriever):
    assert retriever.search_page(retriever.query("soup"), 20, "none.md") == []

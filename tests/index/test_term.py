import pytest

from index.term import split_terms, split_words, stem


def test_inflected_words_share_a_term():
    assert split_terms("escalating") == split_terms("escalated")


@pytest.mark.parametrize("word", ["Vendors", "VENDOR'S", "vendor’s", "ｖｅｎｄｏｒ"])
def test_the_forms_of_a_word_share_its_stem(word):
    assert stem(word) == stem("vendor")


def test_the_possessive_of_a_word_in_s_shares_its_stem():
    assert stem("Atlas's") == stem("atlas")


@pytest.mark.parametrize("word", ["9.24.1", "helpdesk@example.com"])
def test_a_version_or_address_is_its_own_stem(word):
    assert stem(word) == word


def test_the_plural_of_an_acronym_shares_its_term():
    assert split_terms("SLAs and APIs") == split_terms("SLA and API")


def test_stop_words_are_no_terms():
    assert split_terms("how do I do it") == []


@pytest.mark.parametrize(
    "compound", ["10.6.1", "support@example.com", "read-only", "app_id", "c++", "/api/v1"]
)
def test_a_compound_is_found_whole(compound):
    assert compound.strip("/") in split_terms(f"Use {compound} here.")


def test_a_compound_is_found_by_its_words():
    assert {"read", "app"} <= set(split_terms("a read-only app_id"))


def test_camel_case_is_found_by_its_words():
    assert set(split_terms("getUserName")) == {"getusername", "user", "name", "get"}


def test_punctuation_at_the_end_is_no_part_of_a_term():
    assert split_terms("version 9.24.") == split_terms("version 9.24")


def test_full_width_and_capital_letters_are_folded():
    assert split_words("ＳＬＡ Straße") == ["sla", "strasse"]


def test_a_script_without_case_has_terms():
    assert split_terms("поддержка サポート") == ["поддержка", "サポート"]

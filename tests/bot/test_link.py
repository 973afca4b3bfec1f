"""A link gets the address of the site that it leads to."""

import pytest

from bot.link import full_url, is_approved_answer
from bot.profile import NEUTRAL, Product

DOCS = "https://docs.example.com/"


def test_a_url_of_the_documentation_gets_its_address():
    assert full_url("/support/#sla", DOCS) == "https://docs.example.com/support/#sla"


def test_without_an_address_a_url_stays_relative():
    assert full_url("/support/#sla", "") == "/support/#sla"


@pytest.mark.parametrize("url", ["https://x.example/a/", "mailto:a@x.example", "#fees", "fees/"])
def test_what_is_not_of_the_documentations_site_stays_as_it_is(url):
    assert full_url(url, DOCS) == url


def test_an_approved_answer_is_on_no_page_of_the_documentation():
    assert full_url("/curated/water#cost", DOCS) == "/curated/water#cost"


def test_an_approved_answer_has_the_address_of_the_bot_where_that_is_known():
    product = Product(docs_url=DOCS, bot_url="https://bot.example.com")
    assert product.link_to("/curated/water#cost") == "https://bot.example.com/curated/water#cost"
    assert Product(docs_url=DOCS).link_to("/curated/water") == "/curated/water"
    assert product.link_to("/support/") == "https://docs.example.com/support/"
    assert product.link_to("") == ""


@pytest.mark.parametrize(
    "url", ["/curated/water", "/curated/a-2#b", "https://a.example/help/curated/water#cost"]
)
def test_an_approved_answer_is_known_by_its_url(url):
    assert is_approved_answer(url)


@pytest.mark.parametrize("url", ["javascript:alert(1)//curated/a", "//evil.example/curated/a"])
def test_what_only_ends_so_is_none(url):
    assert not is_approved_answer(url)


@pytest.mark.parametrize("url", ["/curated/", "/curated/water/", "/curated/water.html", "/water"])
def test_pages_of_a_documentation_that_has_such_a_folder_are_no_approved_answers(url):
    assert not is_approved_answer(url)


def test_a_profile_knows_where_it_is_served():
    assert NEUTRAL.served_at("") is NEUTRAL
    served = NEUTRAL.served_at("https://bot.example.com")
    assert served.product.bot_url == "https://bot.example.com"

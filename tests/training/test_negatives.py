from dataclasses import replace

import pytest

from training.examples import PAGES, Question, page_passages
from training.negatives import NEAREST, OFF_TOPIC_SHOWN, Pool, mine_negatives, off_topic_questions

SITES = ("fibreline", "parcelway")


def count_words(text: str) -> int:
    return len(text.split())


@pytest.fixture(scope="module")
def passages():
    """The passages of two made-up sites, by page."""
    return {
        (site, file.relative_to(PAGES / site).as_posix()): page_passages(
            PAGES, site, file.relative_to(PAGES / site).as_posix(), count_words
        )
        for site in SITES
        for file in sorted((PAGES / site).rglob("*.md"))
    }


@pytest.fixture(scope="module")
def pool(passages):
    return Pool(
        {
            site: [text for (of, _), texts in passages.items() if of == site for text in texts]
            for site in SITES
        }
    )


@pytest.fixture
def question(passages):
    """A near miss on the first page of the first site that has several passages."""
    page, texts = next((page, texts) for page, texts in passages.items() if len(texts) > 1)
    return Question("What does it cost to return a parcel?", page, "", (), tuple(texts[:1]))


def test_negatives_of_its_own_site_are_mined_however_near_others_are(pool, passages, question):
    (mined,) = mine_negatives([question], pool)
    own = {t for (site, _), texts in passages.items() if site == question.page[0] for t in texts}
    assert len(mined.own_site) == NEAREST and set(mined.own_site) <= own
    assert not set(mined.all_sites[:NEAREST]) <= own


def test_the_questions_own_section_is_no_mined_negative(pool, question):
    (mined,) = mine_negatives([question], pool)
    assert not {*mined.own_site, *mined.all_sites} & {*question.others}


def test_a_heading_that_answers_too_is_no_negative(pool, question):
    (mined,) = mine_negatives([question], pool)
    heading = mined.own_site[0].heading.rpartition(" > ")[2].lower()
    (again,) = mine_negatives([replace(question, also=(heading,))], pool)
    assert mined.own_site[0] not in again.own_site


def test_negatives_come_in_the_order_of_the_questions(pool, question):
    other = replace(question, text="Is there fibre in our street?", page=("parcelway", "a.md"))
    alone = [mine_negatives([each], pool)[0] for each in (question, other)]
    assert mine_negatives([question, other, question], pool) == [*alone, alone[0]]


def test_an_off_topic_query_is_a_question_that_the_nearest_passages_do_not_answer(pool, passages):
    [(asked, mined)] = off_topic_questions(["What is the weather at home?"], "parcelway", pool)
    own = {t for (site, _), texts in passages.items() if site == "parcelway" for t in texts}
    assert not asked.answerable and len(asked.others) == OFF_TOPIC_SHOWN
    assert set(asked.others) <= own and not mined.all_sites

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from training.examples import (
    PAGES,
    Answered,
    Example,
    Text,
    as_keywords,
    page_passages,
    policy_group,
    policy_questions,
    read_off_topic,
    read_own,
    read_qa,
    site_folder,
    windowed,
    with_typing_slips,
)

OWN_FILES = sorted((Path(__file__).parents[2] / "training/questions").rglob("*.jsonl"))
OPENING = "We open at nine. We close at six."
PHONES = """| Desk | Monday | Friday | Sunday |
| --- | --- | --- | --- |
| Sales | ten | eleven | noon |
| Repairs | ten | eleven | noon |"""
TIMES = (
    f"# Opening\n\n{OPENING}\n\n# Lunch\n\nLunch is at noon.\n\nIt lasts an hour.\n\n"
    f"# Telephone\n\n{PHONES}\n"
)


def count_words(text: str) -> int:
    return len(text.split())


def join(message: str, history: list[dict[str, str]]) -> str:
    return " / ".join([*(turn["content"] for turn in history), message])


@pytest.fixture
def ask(tmp_path):
    """Reads one question, as a file of them holds it, on the page `times.md`."""

    def ask(**record):
        (tmp_path / "shop").mkdir(exist_ok=True)
        (tmp_path / "shop/times.md").write_text(f"---\ntitle: Times\n---\n\n{TIMES}")
        asked = {"corpus": "shop", "path": "times.md", "heading": "Opening", "question": "When?"}
        file = tmp_path / "questions.jsonl"
        file.write_text(json.dumps(asked | record))
        return read_own(file, tmp_path, count_words, join)

    return ask


def test_a_question_whose_section_is_gone_is_left_out(ask):
    assert ask(heading="Holidays", answerable=True, evidence=["We open at nine"]) == []


def test_a_question_whose_evidence_is_gone_is_left_out(ask):
    assert ask(answerable=True, evidence=["We open at eight on most days"]) == []


def test_the_sentence_that_a_question_quotes_is_its_evidence(ask):
    (question,) = ask(answerable=True, evidence=["We close at six"], answer="six", polarity="no")
    (answered,) = question.answering
    assert answered == Answered(
        Text("Times > Opening", OPENING), evidence=((17, 33),), answer=(29, 32), polarity="no"
    )


@pytest.mark.parametrize(
    "quote", ["| Repairs | ten | eleven | noon |", "| Repairs | ten | eleven |"]
)
def test_a_row_that_is_like_the_quoted_one_is_no_evidence(ask, quote):
    (question,) = ask(heading="Telephone", answerable=True, evidence=[quote])
    told = {
        answered.passage.text[slice(*span)]
        for answered in question.answering
        for span in answered.evidence
    }
    assert told == {"Repairs: Monday: ten; Friday: eleven; Sunday: noon"}


def test_lines_may_name_the_evidence_too(ask):
    (question,) = ask(heading="Lunch", answerable=True, lines=[13, 13])
    (answered,) = question.answering
    assert [answered.passage.text[slice(*span)] for span in answered.evidence] == [
        "It lasts an hour."
    ]


def test_a_near_miss_has_its_section_and_no_answer_in_it(ask):
    (question,) = ask(answerable=False)
    assert not question.answerable
    assert question.others == (Text("Times > Opening", OPENING),)


def test_headings_that_answer_too_are_kept_without_numbers_and_markup(ask):
    (question,) = ask(answerable=False, also=["2.1 *Lunch* Break"])
    assert question.also == ("lunch break",)


def test_a_follow_up_is_folded_together_with_what_was_said_before(ask):
    before = [{"role": "user", "content": "Do you open on Sundays?"}]
    (question,) = ask(answerable=False, question="and when?", history=before)
    assert question.text == "Do you open on Sundays? / and when?"


def test_reference_questions_are_read_with_their_evidence(tmp_path):
    record = {
        "corpus": "shop",
        "path": "times.md",
        "title": "Times",
        "heading": "Times > Opening",
        "section": "s1",
        "text": OPENING,
        "question": "When do you open?",
        "answerable": True,
        "answer": "nine",
        "evidence": "We open at nine.",
    }
    misread = record | {"evidence": "Nobody wrote this anywhere at all."}
    file = tmp_path / "qa.jsonl"
    file.write_text("\n".join(map(json.dumps, (record, misread))))
    (question,) = read_qa(file, count_words)
    assert question.answering[0].passage.heading == "Times > Opening"
    assert question.answering[0].evidence == ((0, 16),)


@pytest.mark.parametrize("file", OWN_FILES, ids=lambda file: file.stem)
def test_no_question_of_ours_is_lost(file, request):
    """Pages change: a question that is not found on its page again would be dropped in silence."""
    records = [json.loads(line) for line in file.read_text().splitlines()]
    corpora = Path("nowhere")
    if not all(site_folder(corpora, record["corpus"]).is_dir() for record in records):
        corpora = request.getfixturevalue("shared") / "corpora"
    read = Counter(question.text for question in read_own(file, corpora, count_words))
    assert Counter(record["question"] for record in records) - read == Counter()


def test_a_passage_is_cut_around_its_evidence():
    text = "\n".join(f"Line {n} says little." for n in range(40))
    at = text.index("Line 20")
    whole = Example("Which?", Text("A", text), True, ((at, at + 20),), (at, at + 7))
    cut = windowed(whole, 120, random.Random(1))
    assert len(cut.passage.text) < 200
    assert cut.passage.text[slice(*cut.answer)] == "Line 20"
    assert cut.passage.text[slice(*cut.evidence[0])] == "Line 20 says little."


def test_a_wrong_passage_is_mostly_cut_where_it_looks_most_like_the_question():
    text = "\n".join([*(f"Line {n} says little." for n in range(40)), "The lock opens at nine."])
    wrong = Example("When does the lock open at nine?", Text("", text), False)
    kept = [windowed(wrong, 120, random.Random(n)).passage.text for n in range(100)]
    assert sum("The lock opens" in text for text in kept) > 50


def test_a_passage_that_is_short_enough_stays_whole():
    example = Example("When?", Text("A", OPENING), True, ((0, 16),))
    assert windowed(example, 200, random.Random(1)) == example
    long = replace(example, passage=Text("A", OPENING * 9))
    assert windowed(long, None, random.Random(1)) == long


def test_typing_slips_keep_short_words_and_are_the_same_for_a_seed():
    question = "How long is the Extended Support of version 9?"
    slipped = with_typing_slips(question, random.Random(4))
    assert slipped == with_typing_slips(question, random.Random(4))
    assert len(slipped.split()) == len(question.split())
    assert {"is", "of", "9"} <= set(slipped.rstrip("?").split())


def test_keywords_leave_out_the_words_that_carry_nothing():
    assert as_keywords("How long is the support?") == "long support"
    assert as_keywords("Where is it?") == "Where is it?"


def test_a_policy_question_has_a_paragraph_about_something_else_beside_it():
    kept = {
        "title": "P",
        "text": "We keep it. A year.",
        "questions": [("How long?", (12, 18), "a")],
    }
    shared = {"title": "P", "text": "We share it.", "questions": [("With whom?", (0, 8), "b")]}
    asked = policy_questions([[kept, shared]])
    assert len(asked) == 2
    for each in asked:
        right, wrong = policy_group(each, [[kept, shared]], random.Random(2))
        assert right.answerable and not wrong.answerable
        assert right.passage.text != wrong.passage.text


def test_off_topic_queries_are_read_without_those_that_a_help_site_may_answer(tmp_path):
    queries = {
        "train": [["will it rain", "weather"], ["hello there", "greeting"]],
        "oos_train": [["who won the cup", "oos"]],
        "oos_test": [["left for the measuring", "oos"]],
    }
    (tmp_path / "queries.json").write_text(json.dumps(queries))
    assert read_off_topic(tmp_path / "queries.json") == ["will it rain", "who won the cup"]


def test_the_passages_of_a_page_that_is_not_there_are_none(tmp_path):
    assert page_passages(tmp_path, "nowhere", "page.md", count_words) == []
    assert page_passages(tmp_path, "homeware", sorted(PAGES.glob("homeware/*.md"))[0].name, len)

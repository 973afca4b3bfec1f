import re
from itertools import pairwise

import pytest

from index.passage import Passage, split_sections
from index.section import read_text


def count_words(text: str) -> int:
    """A tokenizer like the model's: words and punctuation marks, and two marks of its own."""
    return len(re.findall(r"\w+|[^\w\s]", text)) + 2


def passages_of(text: str, limit: int = 256, title: str = "Guide") -> list[Passage]:
    return split_sections(read_text(title, text), count_words, limit)


def sentence(number: int, words: int = 20) -> str:
    return " ".join(f"w{number}x{n}" for n in range(words - 1)).capitalize() + " end."


LONG_TEXT = "\n\n".join(" ".join(sentence(10 * p + n) for n in range(3)) for p in range(12))
LONG_LIST = "# A\n\nDo all of this:\n\n" + "\n".join(f"* {sentence(n)}" for n in range(30))


def test_a_short_section_is_one_passage_under_its_title_and_headings():
    (passage,) = passages_of("# Plans\n## Extended\n\nOne. Two.\n\nThree.\n")
    assert passage.text == "One. Two.\nThree."
    assert passage.embedded_text == "Guide > Plans > Extended\nOne. Two.\nThree."


def test_a_passage_knows_its_section_units_and_lines():
    passages = passages_of("# A\n\nOne. Two.\n\n# B\n\nThree.\nFour.\n")
    assert [(p.section, p.first_unit, p.last_unit, p.lines) for p in passages] == [
        (0, 0, 1, (3, 3)),
        (1, 0, 1, (7, 8)),
    ]


def test_a_title_that_is_also_the_first_heading_is_named_once():
    (passage,) = passages_of("# Guide\n\nText.")
    assert passage.embedded_text == "Guide\nText."


def test_a_heading_without_text_makes_no_passage():
    assert passages_of("# A\n\n## B\n") == []


@pytest.mark.parametrize(
    "text", [LONG_TEXT, LONG_LIST, sentence(1, 900), "x" * 3000, "# " + LONG_TEXT]
)
@pytest.mark.parametrize("limit", [24, 64, 256])
def test_no_passage_is_longer_than_the_limit(text, limit):
    assert all(count_words(p.embedded_text) <= limit for p in passages_of(text, limit))


@pytest.mark.parametrize("text", [LONG_TEXT, LONG_LIST, sentence(1, 900)])
@pytest.mark.parametrize("limit", [24, 256])
def test_no_word_is_lost(text, limit):
    found = {word for passage in passages_of(text, limit) for word in passage.text.split()}
    units = [unit.text for section in read_text("", text) for unit in section.units]
    assert set(" ".join(units).split()) <= found


def test_every_unit_is_in_a_passage_in_order():
    passages = passages_of(LONG_TEXT)
    assert passages[0].first_unit == 0
    assert passages[-1].last_unit == 35
    assert all(b.first_unit == a.last_unit + 1 for a, b in pairwise(passages))


def test_long_text_is_cut_between_paragraphs_into_passages_of_like_size():
    for passage in passages_of(LONG_TEXT):
        assert 100 <= count_words(passage.text) <= 250
        assert (passage.last_unit + 1) % 3 == 0


def test_a_list_that_is_cut_repeats_its_lead_in_sentence():
    passages = passages_of(LONG_LIST)
    assert len(passages) > 2
    assert all(p.text.startswith("Do all of this:\n") for p in passages)
    assert all(p.text.count("Do all of this:") == 1 for p in passages)


def test_parts_of_an_overlong_unit_overlap_and_share_its_place():
    first, second, *_ = passages_of(sentence(1, 900))
    assert (first.first_unit, first.last_unit) == (second.first_unit, second.last_unit) == (0, 0)
    assert set(first.text.split()[-5:]) <= set(second.text.split())


TABLE = (
    "Who helps:\n\n| Part | Cloud | BTP |\n|---|---|---|\n| Logs | Us | |\n| Disk | Us | Them |\n"
)


def test_a_table_that_fits_is_one_passage_and_each_row_another():
    passages = [p for p in passages_of(TABLE) if p.first_unit > 0]
    assert [(p.first_unit, p.last_unit, p.text) for p in passages] == [
        (1, 2, "Who helps:\nLogs: Cloud: Us; BTP: (empty)\nDisk: Cloud: Us; BTP: Them"),
        (1, 1, "Who helps:\nLogs: Cloud: Us; BTP: (empty)"),
        (2, 2, "Who helps:\nDisk: Cloud: Us; BTP: Them"),
    ]


def test_a_table_that_does_not_fit_is_cut_into_its_rows():
    rows = "\n".join(f"| r{n} | {sentence(n)} |" for n in range(40))
    passages = passages_of(f"| a | b |\n|---|---|\n{rows}")
    assert [(p.first_unit, p.last_unit) for p in passages] == [(n, n) for n in range(40)]


def test_a_table_of_one_row_is_one_passage():
    assert len(passages_of("| a | b |\n|---|---|\n| c | d |")) == 1


def test_a_row_inside_a_list_is_a_passage_of_its_own_too():
    passages = passages_of("* Item:\n\n  | a | b |\n  |---|---|\n  | c | d |\n")
    assert [p.text for p in passages] == ["Item:\nc: b: d", "c: b: d"]


def test_long_heading_paths_are_shortened_from_the_outside():
    (passage,) = passages_of("# One two three\n## Four five six\n\nText.", limit=24, title="T " * 9)
    assert passage.embedded_text == "Four five six\nText."


def test_a_heading_longer_than_a_passage_leaves_room_for_text():
    (passage,) = passages_of(f"# {'word ' * 300}\n\nText.", limit=30)
    assert passage.embedded_text.startswith("word word")
    assert passage.embedded_text.endswith("word\nText.")


def test_each_text_is_counted_once():
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return count_words(text)

    split_sections(read_text("Guide", LONG_TEXT + "\n\n" + LONG_LIST), count, 256)
    assert len(counted) == len(set(counted))


QUESTIONS = ("Who pays?", "Is it free?")


def asked(text: str, questions: tuple[str, ...], limit: int = 256) -> list[Passage]:
    return split_sections(read_text("Guide", text), count_words, limit, questions)


def test_the_questions_of_a_page_are_embedded_with_each_of_its_passages():
    first, second = asked("# A\n\nOne.\n\n# B\n\nTwo.\n", QUESTIONS)
    assert first.embedded_text == "Guide > A > Who pays? Is it free?\nOne."
    assert second.embedded_text == "Guide > B > Who pays? Is it free?\nTwo."
    assert (first.text, first.questions) == ("One.", QUESTIONS)


def test_questions_without_room_go_with_the_first_passages_once_more():
    questions = tuple(f"Question {n} of the page?" for n in range(12))
    passages = asked("# A\n\n# B\n\nOne.\n\n# C\n\nTwo.\n", questions, 64)
    assert sum((p.questions for p in passages if p.text == "One."), ()) == questions
    assert len([p for p in passages if p.text == "Two."]) == 1
    assert all(count_words(p.embedded_text) <= 64 for p in passages)


def test_an_overlong_question_is_searched_by_its_beginning_and_known_in_full():
    question = "Why " + "very " * 300 + "long?"
    (passage,) = asked("Text.", (question,), 64)
    assert passage.questions == (question,)
    assert "Why very very" in passage.embedded_text
    assert count_words(passage.embedded_text) <= 64


def test_a_page_without_text_has_no_passage_for_its_questions():
    assert asked("# A\n", QUESTIONS) == []

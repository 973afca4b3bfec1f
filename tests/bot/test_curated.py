"""Approved answers are kept as pages, and nothing of them is ever lost."""

import os
import threading
from pathlib import Path

import pytest

from bot.curated import (
    MOST_QUESTIONS,
    MOST_TEXT,
    AnswerDraft,
    CuratedAnswers,
    check_draft,
)
from bot.errors import AnswerChanged, AnswerError, AnswerNotKept, UnknownAnswer
from index.page import find_overlay_pages, parse_page
from tests.bot.clock import Clock

WATER = AnswerDraft(
    title="Water at the berth",
    questions=["Who pays for the water?", "Is water free?"],
    text="Water from the taps is free.\n\nBring your own hose.",
)
TWO_FILES = ["water-at-the-berth-2.md", "water-at-the-berth.md"]


@pytest.fixture
def answers(tmp_path: Path) -> CuratedAnswers:
    return CuratedAnswers(tmp_path / "curated", Clock())


def changed(**given: object) -> AnswerDraft:
    return WATER.model_copy(update=given)


def names(folder: Path) -> list[str]:
    return [file.name for file in find_overlay_pages(folder)]


def test_an_approved_answer_is_a_page_with_title_author_date_and_questions(answers):
    answer = answers.approve(WATER, "Ann")
    page = parse_page((answers.folder / "water-at-the-berth.md").read_bytes(), "x.md")
    assert (page.title, page.questions) == (WATER.title, tuple(WATER.questions))
    assert page.front_matter["author"] == "Ann"
    assert page.front_matter["date"] == Clock().time.date().isoformat()
    assert "\n".join(page.lines[page.body_start :]).strip() == WATER.text
    assert answers.answer(answer.name) == answer
    assert (answer.state, answer.author, answer.text) == ("approved", "Ann", WATER.text)


@pytest.mark.parametrize(
    "title",
    [
        "He said: \"no\" & 'yes'",
        "<img src=x onerror=alert(1)>",
        "--- # [a]: {b}, *c* | %d @e `f` !g",
        "title: other\n---\nauthor: Eve",
        "yes",
        "2026-03-04",
        "ключ 🔑 – schlüssel",
        "../../../etc/passwd",
        "\\\\server\\share",
    ],
)
def test_a_title_is_kept_letter_for_letter_and_breaks_nothing(answers, title):
    answer = answers.approve(changed(title=title, questions=[title]), "Ann")
    assert answer.title == " ".join(title.split())
    assert answer.questions == [" ".join(title.split())]
    assert (answer.author, answer.text) == ("Ann", WATER.text)
    assert [file.parent for file in find_overlay_pages(answers.folder)] == [answers.folder]
    assert list(answers.folder.parent.iterdir()) == [answers.folder]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": " \n "}, "title is empty"),
        ({"title": "x" * 151}, "title has more than 150"),
        ({"questions": []}, "No question"),
        ({"questions": ["  "]}, "No question"),
        ({"questions": ["x" * 501]}, "question has more than 500"),
        ({"questions": [f"Is it {n}?" for n in range(MOST_QUESTIONS + 1)]}, "More than 50"),
        ({"text": ""}, "no sentence"),
        ({"text": "\n\n  \n"}, "no sentence"),
        ({"text": "# Only a heading"}, "no sentence"),
        ({"text": "![a picture](x.png)"}, "no sentence"),
        ({"text": "x" * (MOST_TEXT + 1)}, "more than 20,000"),
        ({"text": "bad \x00 byte"}, "no text"),
        ({"title": "bell \x07"}, "no text"),
        ({"questions": ["half a pair \ud800?"]}, "no text"),
    ],
)
def test_what_cannot_be_approved_is_refused_with_what_to_mend(answers, given, words):
    for refused in (check_draft, lambda draft: answers.approve(draft, "Ann")):
        with pytest.raises(AnswerError, match=words):
            refused(changed(**given))
    assert names(answers.folder) == []


def test_two_answers_with_one_title_have_two_files(answers):
    assert answers.approve(WATER, "Ann").name == "water-at-the-berth"
    assert answers.approve(changed(text="Another."), "Bob").name == "water-at-the-berth-2"
    assert names(answers.folder) == TWO_FILES


def test_a_title_without_latin_letters_gets_a_name_too(answers):
    assert answers.approve(changed(title="水"), "Ann").name == "answer"


def test_the_name_of_a_withdrawn_answer_is_not_given_to_another_one(answers):
    first = answers.approve(WATER, "Ann")
    answers.withdraw(first.name, first.version, "Ann")
    assert answers.approve(WATER, "Ann").name == "water-at-the-berth-2"


def test_an_edited_answer_keeps_its_name_and_its_earlier_version(answers):
    first = answers.approve(WATER, "Ann")
    second = answers.revise(first.name, first.version, changed(title="Taps", text="New."), "Bob")
    assert (second.name, second.title, second.text) == (first.name, "Taps", "New.")
    assert second.author == "Bob"
    assert second.version != first.version
    (earlier,) = answers.earlier(first.name)
    assert (earlier.author, earlier.title, earlier.text) == ("Ann", WATER.title, WATER.text)


def test_earlier_versions_come_newest_first(answers):
    answer = answers.approve(WATER, "Ann")
    for text in ("Two.", "Three."):
        answer = answers.revise(answer.name, answer.version, changed(text=text), "Ann")
    assert [each.text for each in answers.earlier(answer.name)] == ["Two.", WATER.text]


def test_of_two_editors_the_second_is_told_and_nothing_is_lost(answers):
    opened = answers.approve(WATER, "Ann")
    answers.revise(opened.name, opened.version, changed(text="Bob's."), "Bob")
    with pytest.raises(AnswerChanged, match="^Bob has changed this answer") as refused:
        answers.revise(opened.name, opened.version, changed(text="Ann's."), "Ann")
    assert str(refused.value).count(".") == 1
    with pytest.raises(AnswerChanged):
        answers.withdraw(opened.name, opened.version, "Ann")
    assert answers.answer(opened.name).text == "Bob's."
    assert [each.text for each in answers.earlier(opened.name)] == [WATER.text]


def test_of_many_editors_at_once_one_wins(answers):
    opened = answers.approve(WATER, "Ann")
    won, lost = [], []

    def revise(number: int) -> None:
        try:
            won.append(
                answers.revise(opened.name, opened.version, changed(text=f"Text {number}."), "Ann")
            )
        except AnswerChanged as error:
            lost.append(error)

    threads = [threading.Thread(target=revise, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert answers.answer(opened.name).text == won[0].text


def test_a_withdrawn_answer_is_moved_with_who_withdrew_it(answers):
    answer = answers.approve(WATER, "Ann")
    withdrawn = answers.withdraw(answer.name, answer.version, "Bob")
    assert names(answers.folder) == []
    assert names(answers.folder / "withdrawn") == ["water-at-the-berth.md"]
    assert (withdrawn.state, withdrawn.author, withdrawn.withdrawn_by) == (
        "withdrawn",
        "Ann",
        "Bob",
    )
    assert (withdrawn.text, withdrawn.questions) == (WATER.text, WATER.questions)
    assert answers.all() == [withdrawn]


def test_a_withdrawn_answer_can_be_approved_again(answers):
    answer = answers.approve(WATER, "Ann")
    withdrawn = answers.withdraw(answer.name, answer.version, "Bob")
    again = answers.revise(answer.name, withdrawn.version, changed(text="New."), "Cleo")
    assert (again.state, again.name, again.withdrawn_by) == ("approved", answer.name, "")
    assert names(answers.folder / "withdrawn") == []
    assert [each.text for each in answers.earlier(answer.name)] == [WATER.text]


def test_withdrawing_twice_loses_no_earlier_version(answers):
    answer = answers.approve(changed(text="One."), "Ann")
    answer = answers.withdraw(answer.name, answer.version, "Ann")
    answer = answers.revise(answer.name, answer.version, changed(text="Two."), "Ann")
    answer = answers.withdraw(answer.name, answer.version, "Ann")
    kept = [answer, *answers.earlier(answer.name)]
    assert [each.text for each in kept] == ["Two.", "One."]


def test_a_withdrawal_that_was_cut_short_leaves_the_answer_approved(answers, monkeypatch):
    answer = answers.approve(WATER, "Ann")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", _die)
        with pytest.raises(KeyboardInterrupt):
            answers.withdraw(answer.name, answer.version, "Ann")
    assert answers.all() == [answer]
    assert answers.withdraw(answer.name, answer.version, "Ann").state == "withdrawn"
    assert len(answers.all()) == 1


def test_an_edit_that_was_cut_short_leaves_the_answer_as_it_was(answers, monkeypatch):
    answer = answers.approve(WATER, "Ann")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _die)
        with pytest.raises(KeyboardInterrupt):
            answers.revise(answer.name, answer.version, changed(text="New."), "Ann")
    assert answers.all() == [answer]
    assert names(answers.folder) == ["water-at-the-berth.md"]


def test_a_full_disk_loses_nothing_and_is_told(answers, monkeypatch):
    answer = answers.approve(WATER, "Ann")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _fail)
        with pytest.raises(AnswerNotKept, match="No space left on device.*try again"):
            answers.revise(answer.name, answer.version, changed(text="New."), "Ann")
    assert answers.all() == [answer]
    assert not [file for file in answers.folder.rglob("*") if file.name.endswith(".new")]


@pytest.mark.parametrize(
    "name", ["nothing", "../water", "..%2fwater", "", ".", "Water", "water-at-the-berth.md", "a/b"]
)
def test_a_name_that_is_none_finds_nothing(answers, name):
    answers.approve(WATER, "Ann")
    for outside in (answers.folder.parent / "water.md", answers.folder / "a" / "b.md"):
        outside.parent.mkdir(exist_ok=True)
        outside.write_text("# Secret\n\nSecret.\n")
    for act in (
        answers.answer,
        answers.earlier,
        lambda name: answers.revise(name, "", WATER, "Ann"),
        lambda name: answers.withdraw(name, "", "Ann"),
    ):
        with pytest.raises(UnknownAnswer):
            act(name)


def test_a_page_written_by_hand_keeps_what_else_its_front_matter_says(answers):
    answers.folder.mkdir()
    text = "---\ntitle: Taps\nurl: /taps/\nquestions: Is it free?\n---\nIt is free.\n"
    (answers.folder / "taps.md").write_text(text)
    answer = answers.answer("taps")
    assert (answer.title, answer.questions, answer.author) == ("Taps", ["Is it free?"], "")
    answers.revise("taps", answer.version, WATER, "Ann")
    page = parse_page((answers.folder / "taps.md").read_bytes(), "curated/taps.md", "/curated/taps")
    assert (page.url, page.title) == ("/taps/", WATER.title)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.md", b"---\ntitle: [\n---\nText.\n"),
        ("image.md", b"\x89PNG\x00\x00\xff"),
        ("My Page.md", b"# Text\n\nText.\n"),
    ],
)
def test_a_broken_page_is_listed_with_what_is_wrong_and_left_alone(answers, name, content):
    answers.folder.mkdir()
    (answers.folder / name).write_bytes(content)
    (broken,) = answers.all()
    assert broken.state == "broken"
    assert name in broken.fault
    for act in (
        lambda: answers.revise(broken.name, broken.version, WATER, "Ann"),
        lambda: answers.withdraw(broken.name, broken.version, "Ann"),
    ):
        with pytest.raises((AnswerError, UnknownAnswer)):
            act()
    assert (answers.folder / name).read_bytes() == content


def test_without_a_folder_there_are_no_answers(answers):
    assert answers.all() == []
    with pytest.raises(UnknownAnswer):
        answers.answer("water")
    assert not answers.folder.exists()


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _fail(*_: object) -> None:
    raise OSError(28, os.strerror(28))

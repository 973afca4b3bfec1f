import pytest

from bot import suggestion
from bot.assistant import Assistant
from bot.profile import NEUTRAL
from bot.reply import Turn
from bot.settings import Settings
from bot.suggestion import SUGGESTED, suggest
from index.section import read_text

PAGE = """---
title: Harbour Guide
url: /harbour/
---

## Opening Hours of the Lock Gate

The lock gate is open from 06:00 to 22:00 every day of the week.

## Who Pays the Towing Fee?

The owner of the boat pays the towing fee of 90 euros to the harbour office.

## Closing the Lock Gate Early

Reasons to close the lock gate early are, for example:

- A storm of more than nine Beaufort.
- A ship that is stuck in the lock.

## Life Jackets for Children

Children under ten years wear a life jacket on every pontoon of the harbour.

## Notes

See above.
"""
pytestmark = pytest.mark.usefixtures("patient")

QUESTION = "When is the lock gate open?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "harbour.md").write_text(PAGE, encoding="utf-8")
    settings = Settings(corpus=corpus, data=tmp_path_factory.mktemp("data"))
    return Assistant.open(settings, NEUTRAL, lambda *_: None)


def test_the_bot_answers_each_suggestion_from_a_section_not_shown(assistant: Assistant) -> None:
    reply = assistant.ask(QUESTION)
    suggested = suggest(assistant, reply)
    assert 1 <= len(suggested) <= SUGGESTED
    shown = {each.url for each in reply.citations}
    told = [
        Turn(role="user", content=QUESTION),
        Turn(role="assistant", content=reply.answer),
    ]
    for question in suggested:
        answered = assistant.ask(question, told)
        assert answered.outcome == "answered"
        assert answered.citations[0].url not in shown


def test_a_heading_that_is_a_question_is_suggested_as_it_is(assistant: Assistant) -> None:
    assert "Who Pays the Towing Fee?" in suggest(assistant, assistant.ask(QUESTION))


def test_what_introduces_a_list_becomes_a_question(assistant: Assistant) -> None:
    question = "What are reasons to close the lock gate early?"
    assert question in suggest(assistant, assistant.ask(QUESTION))


def test_without_an_answer_the_nearest_sections_are_suggested(assistant: Assistant) -> None:
    reply = assistant.ask("How heavy may a life jacket be?")
    assert reply.outcome == "unanswered"
    assert "Tell me about Life Jackets for Children." in suggest(assistant, reply)


def test_nothing_is_suggested_twice_in_a_conversation(assistant: Assistant) -> None:
    asked = [Turn(role="user", content="who pays the towing fee?")]
    assert "Who Pays the Towing Fee?" not in suggest(assistant, assistant.ask(QUESTION), asked)


def test_when_patience_is_over_nothing_more_is_tried(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion, "PATIENCE_SECONDS", 0)
    assert suggest(assistant, assistant.ask(QUESTION)) == []


def test_trying_is_no_reply_that_is_counted(assistant: Assistant) -> None:
    reply = assistant.ask(QUESTION)
    heard: list = []
    assistant.listeners.append(heard.append)
    suggestion._is_answered.cache_clear()
    assert suggest(assistant, reply)
    assistant.listeners.remove(heard.append)
    assert heard == []


@pytest.mark.parametrize(
    ("lead_in", "question"),
    [
        ("To open the gate, press these buttons:", "How do I open the gate?"),
        ("You can pay your fee in two ways:", "How do I pay my fee?"),
        ("You order a berth in these steps:", "How do I order a berth?"),
        ("Fees for boats are the following:", "What are fees for boats?"),
        ("Cleaning includes the following:", "What does cleaning include?"),
        ("ACME Harbours are:", "What are ACME Harbours?"),
    ],
)
def test_lead_ins_are_asked_in_the_words_of_the_page(lead_in: str, question: str) -> None:
    (section,) = read_text("Guide", f"{lead_in}\n\n- One.\n- Two.")
    assert question in suggestion._questions(section)


@pytest.mark.parametrize("lead_in", ["See:", "With a problem, send the following:"])
def test_a_lead_in_that_tells_no_question_gives_none(lead_in: str) -> None:
    (section,) = read_text("Guide", f"{lead_in}\n\n- One.\n- Two.")
    assert list(suggestion._questions(section)) == []


def test_a_table_is_asked_by_row_and_column() -> None:
    table = "| Boat | Fee | Power |\n| --- | --- | --- |\n| Small | 14 euros | included |"
    (section,) = read_text("Guide", table)
    assert "What does the table say about Small and Fee?" in suggestion._questions(section)

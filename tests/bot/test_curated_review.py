"""Before it is approved, an answer is held against what the bot says and finds."""

from collections.abc import Iterator

import pytest

from bot.assistant import Assistant
from bot.curated import AnswerDraft, CuratedAnswers
from bot.curated_review import REVIEWED, check, review
from bot.errors import AnswerError
from bot.profile import load_profile
from bot.settings import Settings
from index.build import build_index

GATE = AnswerDraft(
    title="Gate",
    questions=["When is the lock gate open?"],
    text="The lock gate is open from 06:00 to 20:00.",
)
ICE = AnswerDraft(
    title="Ice",
    questions=["Is there ice?", "Where do we get ice cubes?"],
    text="Ice is in the shed. Ask Zoe.\n\n- Small bags\n- Large bags",
)


@pytest.fixture(scope="module")
def own(settings: Settings, tmp_path_factory) -> Settings:
    return settings.model_copy(update={"data": tmp_path_factory.mktemp("review")})


@pytest.fixture(scope="module")
def answers(own: Settings) -> CuratedAnswers:
    return CuratedAnswers(own.curated_folder)


@pytest.fixture(scope="module")
def assistant(own: Settings, answers: CuratedAnswers) -> Iterator[Assistant]:
    answers.approve(ICE, "Ann")
    profile = load_profile(own.profile, own.corpus)
    yield Assistant.open(own, profile, lambda *_: None)


def test_what_the_bot_says_and_finds_today_is_shown_with_what_differs(assistant):
    seen = review(GATE, assistant)
    (reply,) = seen.replies
    assert reply.outcome == "answered"
    assert reply.differs == ["20:00 / 22:00"]
    assert seen.passages[0].path == "harbour.md"
    assert seen.passages[0].differs == ["20:00 / 22:00"]
    assert not any(each.differs for each in seen.passages[1:])


def test_a_row_is_not_shown_beside_its_whole_table(assistant):
    draft = GATE.model_copy(update={"questions": ["What is the fee for a berth?"]})
    found = [each.lines for each in review(draft, assistant).passages if "Fee" in each.text]
    assert len(found) == 1


def test_no_listener_hears_of_a_review(assistant):
    heard = []
    assistant.listeners.append(heard.append)
    review(GATE, assistant)
    assert heard == []


def test_an_answer_is_not_held_against_its_own_earlier_version(assistant):
    changed = ICE.model_copy(update={"text": "Ice is not in the shed."})
    assert [each.differs for each in review(changed, assistant).replies] != [[], []]
    seen = review(changed, assistant, "curated/ice.md")
    assert [each.differs for each in seen.replies] == [[], []]
    assert "curated/ice.md" not in [each.path for each in seen.passages]


def test_of_very_many_questions_the_first_are_asked(assistant):
    draft = GATE.model_copy(update={"questions": ["When is the lock gate open?"] * (REVIEWED + 3)})
    seen = review(draft, assistant)
    assert (len(seen.replies), seen.unasked) == (REVIEWED, 3)


def test_what_cannot_be_approved_is_not_reviewed(assistant):
    with pytest.raises(AnswerError, match="title is empty"):
        review(GATE.model_copy(update={"title": ""}), assistant)


def test_an_approved_answer_is_given_whole_to_its_own_questions(assistant):
    for question in (*ICE.questions, "is there ICE", "where do we get ice cube"):
        reply = assistant.ask(question)
        assert reply.outcome == "answered"
        assert [each.quote for each in reply.citations] == [
            "Ice is in the shed.",
            "Ask Zoe.",
            "Small bags",
            "Large bags",
        ]
        assert {each.path for each in reply.citations} == {"curated/ice.md"}
        assert reply.confidence >= 0.95


def test_an_approved_answer_is_read_like_any_page_for_other_questions(assistant):
    reply = assistant.ask("Where is the ice?")
    assert reply.outcome == "answered"
    assert reply.citations[0].quote == "Ice is in the shed."
    assert len(reply.citations) < 4
    assert assistant.ask("Is there ice cream?").confidence < 0.95


def test_a_question_of_a_page_is_never_quoted(assistant):
    for question in ICE.questions:
        reply = assistant.ask(question)
        assert not any(question in each.quote for each in reply.citations)
        assert question not in reply.answer


def test_after_approval_it_is_checked_whether_the_bot_answers_from_it(assistant, answers):
    assert [each.cites for each in check(answers.answer("ice"), assistant)] == [True, True]
    asked = answers.answer("ice").model_copy(update={"questions": ["hello", "Is there ice?"]})
    assert [each.cites for each in check(asked, assistant)] == [False, True]


def test_a_withdrawn_answer_is_cited_no_more(assistant, answers, own):
    answer = answers.answer("ice")
    answers.withdraw(answer.name, answer.version, "Ann")
    build_index(own.corpus, own.data, assistant.embedder, lambda *_: None, own.curated_folder)
    reply = assistant.ask(ICE.questions[0])
    assert "curated/ice.md" not in [each.path for each in reply.citations]
    assert not any("curated" in each.url for each in reply.related)

from copy import deepcopy

import pytest

from bot.conversation import Conversation
from bot.profile import Desk, Profile, Route
from bot.reply import Reply, Turn

SITE = "https://docs.harbour.example"
PROFILE = Profile(
    desks=(
        Desk(id="helm", name="Helm Desk", how="By email."),
        Desk(id="dock", name="Dock Desk", how="In person."),
    ),
    default_desk="helm",
    routes=(Route(desk="dock", cues=(("winch",),)),),
)


def reply(question: str, answer: str = "At six.") -> Reply:
    return Reply(
        question=question,
        standalone_question=question,
        outcome="answered",
        answer=answer,
        confidence=1,
    )


def conversation(*questions: str) -> Conversation:
    """A conversation in which these questions were answered."""
    held = Conversation()
    for number, question in enumerate(questions):
        held.finish(held.begin(question), f"r{number}", reply(question), SITE)
    return held


def shown(held: Conversation) -> list[str]:
    return [message["content"] for message in held.messages]


def test_each_copy_of_an_unused_conversation_is_another_conversation() -> None:
    unused = Conversation()
    first, second = deepcopy(unused), deepcopy(unused)
    assert first.id != second.id
    assert deepcopy(first).id == first.id


def test_a_stopped_answer_is_not_written_into_the_next_one() -> None:
    held = Conversation()
    first = held.begin("When?")
    held.stop()
    second = held.begin("Where?")
    held.show_part(first, "At", SITE)
    held.finish(first, "r1", reply("When?"), SITE)
    assert "Stopped." in held.messages[first]["content"]
    assert "Searching" in held.messages[second]["content"]
    assert held.turns == []
    assert held.replies == {}


def test_a_failure_after_a_stop_takes_nothing_back() -> None:
    held = Conversation()
    first = held.begin("When?")
    held.stop()
    held.begin("Where?")
    held.withdraw(first)
    assert len(held.messages) == 4


def test_a_stop_after_the_end_changes_nothing() -> None:
    held = conversation("When?")
    before = shown(held)
    held.stop()
    assert shown(held) == before


def test_a_question_that_failed_is_taken_back() -> None:
    held = conversation("When?")
    held.withdraw(held.begin("Where?"))
    assert len(held.messages) == 2
    assert held.pending is None


def test_a_finished_answer_is_remembered() -> None:
    held = conversation("When?")
    assert held.shown == {1: "r0"}
    assert held.turns == [
        Turn(role="user", content="When?"),
        Turn(role="assistant", content="At six."),
    ]


def test_thanks_are_not_what_a_person_is_asked_for() -> None:
    draft = conversation("The winch is broken", "Thanks!", "hello").draft(PROFILE)
    assert draft.subject == "The winch is broken"
    assert draft.description == "The winch is broken"
    assert draft.desk == "dock"


@pytest.mark.parametrize("questions", [(), ("Hello", "thank you")])
def test_without_a_question_a_person_is_asked_for(questions: tuple[str, ...]) -> None:
    draft = conversation(*questions).draft(PROFILE)
    assert draft.subject == "I would like to reach a person"
    assert draft.desk == "helm"


def test_a_draft_for_a_person_holds_what_was_asked_before() -> None:
    draft = conversation("When is the gate open?", "The winch is broken").draft(PROFILE)
    assert draft.description == "When is the gate open?\nThe winch is broken"


def test_no_control_character_of_a_question_is_in_its_draft() -> None:
    assert conversation("The winch\x1b is broken").draft(PROFILE).subject == "The winch is broken"

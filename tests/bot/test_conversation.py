from copy import deepcopy

import pytest

from bot.conversation import Conversation
from bot.interview import Interview, Prompt
from bot.profile import Desk, Profile, Route
from bot.reply import Reply, Ticket, Turn
from tests.bot.ticket_samples import KEPT, TICKET

SITE = "https://docs.harbour.example"
PROFILE = Profile(
    desks=(
        Desk(id="helm", name="Helm Desk", how="By email."),
        Desk(id="dock", name="Dock Desk", how="In person."),
    ),
    default_desk="helm",
    routes=(Route(desk="dock", cues=(("winch",),)),),
)


def reply(question: str, answer: str = "At six.", ticket: Ticket | None = None) -> Reply:
    return Reply(
        ticket=ticket,
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


SECRET = "My password is hunter2-Blue! and my other password: Tr0ub4dor&3"


def masked() -> Conversation:
    """A conversation whose second question held two secrets."""
    held = conversation("When?")
    position = held.begin(SECRET)
    held.finish(position, "r2", reply("masked"), SITE)
    held.show_masked()
    return held


def test_a_secret_is_not_shown_while_its_answer_is_on_the_way() -> None:
    held = Conversation()
    held.begin(SECRET)
    assert "hunter2" not in held.messages[0]["content"]
    assert "[password masked]" in held.messages[0]["content"]


def test_what_was_masked_can_be_taken_back_one_by_one() -> None:
    held = masked()
    held.unmask(0)
    assert held.take_back().question == SECRET
    assert held.harmless == {"hunter2-Blue!"}
    assert len(held.messages) == len(held.turns) == 2
    assert list(held.replies) == ["r0"]
    held.begin(SECRET)
    assert "hunter2-Blue!" in held.messages[2]["content"]
    assert "Tr0ub4dor" not in held.messages[2]["content"]


def test_only_the_latest_question_offers_to_undo() -> None:
    held = masked()
    assert held.messages[-1]["content"].count("#unmask-") == 2
    held.begin("Where?")
    assert "#unmask-" not in "".join(shown(held))
    assert "I masked 2 passwords." in held.messages[3]["content"]


def test_with_a_question_taken_back_the_asking_is_as_before() -> None:
    held = conversation("When?")
    held.interview = Interview(["t1"], asked="Boat")
    position = held.begin(SECRET)
    held.interview.asked = "Berth"
    held.note(position, Prompt("Which berth?"), "masked", KEPT)
    held.show_masked()
    held.take_back()
    assert held.interview.asked == "Boat"


def test_an_answer_comes_before_the_draft_that_it_may_make_needless() -> None:
    held = Conversation()
    held.finish(held.begin("When?"), "r0", reply("When?", ticket=TICKET), SITE)
    assert "Does this solve it?" in held.messages[-1]["content"]
    assert "#draft-" not in held.messages[-1]["content"]
    assert len(held.messages[-1]["options"]) == 2
    held.open_drafts()
    assert "#draft-r0-0" in held.messages[-1]["content"]
    assert held.offered is None


def test_a_draft_can_be_opened_though_nobody_said_whether_the_answer_helped() -> None:
    held = Conversation()
    held.finish(held.begin("When?"), "r0", reply("When?", ticket=TICKET), SITE)
    held.begin("Where?")
    assert "#draft-r0-0" in held.messages[1]["content"]


def test_a_conversation_of_an_earlier_visit_goes_on_with_its_id_and_drafts() -> None:
    turns = conversation("When?").turns
    found = Conversation.found_again("c1", turns, [KEPT], SITE)
    assert found.id == "c1"
    assert found.turns == turns
    assert f"#ticket-{KEPT.ticket_id}" in found.messages[-1]["content"]


def test_only_the_latest_question_can_be_edited() -> None:
    held = conversation("When?", "Where?")
    assert ['class="edit"' in each for each in shown(held)] == [False, False, True, False]


def test_a_question_that_was_stopped_can_be_edited() -> None:
    held = Conversation()
    held.begin("When?")
    held.stop()
    assert "Edit" in held.messages[0]["content"]
    assert held.take_back().question == "When?"
    assert held.messages == []


def test_a_question_that_is_taken_back_leaves_nothing() -> None:
    held = conversation("When?", "Where?")
    assert held.take_back().reply_id == "r1"
    assert len(held.messages) == len(held.turns) == 2
    assert list(held.replies) == list(held.shown.values()) == ["r0"]


def test_after_a_failed_question_nothing_else_is_taken_back() -> None:
    held = conversation("When?")
    held.withdraw(held.begin("Where?"))
    assert held.exchange is None


def test_nothing_is_suggested_while_something_else_is_asked_or_under_way() -> None:
    held = Conversation()
    assert not held.wants_suggestions
    held.finish(held.begin("When?"), "r0", reply("When?", ticket=TICKET), SITE)
    assert not held.wants_suggestions  # "Does this solve it?"
    held.begin("Where?")
    assert not held.wants_suggestions

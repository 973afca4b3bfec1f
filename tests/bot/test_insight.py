from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import insight as module
from bot.assistant import Assistant
from bot.database import Database, Vote, new_id
from bot.insight import Insight, Insights
from bot.profile import load_profile
from bot.reply import Citation, RelatedSection, Reply, Timings
from bot.settings import Settings
from tests.bot.clock import Clock
from tests.bot.ticket_samples import TICKET

GATE = Citation(
    n=1, title="Harbour Guide", section=["Lock Gate"], path="harbour.md", lines=(6, 6),
    url="https://docs.harbour.example/harbour/#lock-gate", quote="The lock gate is open from 06:00",
)  # fmt: skip
FEES = RelatedSection(
    title="Harbour Guide",
    section=["Berth Fees"],
    url="https://docs.harbour.example/harbour/#berth-fees",
)
JACKETS = RelatedSection(
    title="Safety",
    section=["Life Jackets"],
    url="https://docs.harbour.example/safety/#life-jackets",
)


class Week:
    """Replies kept over a week, by a clock that is set."""

    def __init__(self, path: Path, assistant: Assistant) -> None:
        self.clock = Clock()
        self.on(20)
        self.database = Database(path, self.clock)
        self.insights = Insights(self.database, self.clock)
        self._assistant = assistant

    def on(self, day: int) -> "Week":
        self.clock.time = datetime(2026, 11, day, 10, 0, tzinfo=UTC)
        return self

    def ask(
        self, question: str, outcome: str = "unanswered", conversation: str = "", **changes: object
    ) -> str:
        reply_id = new_id()
        given = {
            "question": question,
            "standalone_question": question,
            "answer": "The documentation does not say.",
            "confidence": 0.1,
            "related": [FEES],
            "timings_ms": Timings(total=100),
        }
        reply = Reply(outcome=outcome, **given | changes)
        self.database.add_reply(reply_id, conversation or new_id(), reply, "page")
        return reply_id

    def answer(self, question: str, conversation: str = "", vote: Vote | None = None) -> str:
        reply_id = self.ask(
            question, "answered", conversation, answer="From 06:00. [1]", citations=[GATE]
        )
        if vote:
            self.database.add_feedback(reply_id, vote, "That is the old gate")
        return reply_id

    def insight(self, days: int = 7) -> Insight:
        self.on(26)
        return self.insights.draw(self._assistant, days)


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Assistant:
    return Assistant.open(
        settings, load_profile(settings.profile, settings.corpus), lambda *_: None
    )


@pytest.fixture
def week(tmp_path: Path, assistant: Assistant) -> Week:
    return Week(tmp_path / "bot.sqlite", assistant)


def test_an_empty_week_has_nothing_to_tell_and_every_page_unused(week: Week) -> None:
    insight = week.insight()
    assert (insight.replies, insight.groups, insight.voted_down) == (0, [], [])
    assert (insight.conversations, insight.p50) == (0, None)
    assert [page.cited for page in insight.pages] == [0, 0]
    assert len(insight.daily) == 7


def test_what_is_older_than_the_span_is_not_in_it(week: Week) -> None:
    week.on(19).ask("Where can I refuel?")
    assert week.insight(7).replies == 0
    assert week.insight(8).replies == 1


def test_what_a_clock_that_was_wrong_dated_in_the_future_is_left_out(week: Week) -> None:
    week.on(28).ask("Where can I refuel?")
    assert week.insight().replies == 0


def test_a_file_of_the_first_version_has_its_questions_grouped(week: Week, tmp_path: Path) -> None:
    # As the columns are after the upgrade.
    week.database.add_reply(
        "r1", "c1",
        Reply(question="Where can I refuel?", standalone_question="", outcome="unanswered",
              answer="", confidence=0),
    )  # fmt: skip
    [group] = week.insight().groups
    assert (group.name, group.nearest) == ("Where can I refuel?", [])
    assert group.questions[0].way_in is None


def test_questions_that_mean_the_same_are_counted_together(week: Week) -> None:
    week.on(20).ask("Can I bring my dog to the harbour?")
    week.on(21).ask("Where can I refuel my boat?")
    week.on(25).ask("Are dogs allowed on the pontoons?")
    week.ask("may dogs come onto the pontoon")
    dogs, fuel = week.insight().groups
    assert (dogs.count, dogs.first_half, dogs.last_half, dogs.growth) == (3, 1, 2, 1)
    assert dogs.name == "Are dogs allowed on the pontoons?"
    assert (dogs.first_seen.day, dogs.last_seen.day) == (20, 25)
    assert [each.asked.day for each in dogs.questions] == [20, 25, 25]
    assert (fuel.count, fuel.growth) == (1, -1)


def test_the_same_question_in_other_capitals_is_the_same(week: Week) -> None:
    for text in ("Where can I refuel?", "where can i  refuel", "WHERE CAN I REFUEL?!"):
        week.ask(text)
    [group] = week.insight().groups
    assert group.count == 3
    assert group.name == "Where can I refuel?"  # the oldest


def test_a_follow_up_is_grouped_by_the_question_in_full(week: Week) -> None:
    week.ask("And for dogs?", standalone_question="Is the pontoon open for dogs?")
    [group] = week.insight().groups
    assert group.name == "Is the pontoon open for dogs?"
    assert group.questions[0].question == "And for dogs?"


def test_the_sections_that_came_nearest_go_with_a_group(week: Week) -> None:
    week.ask("Can I bring my dog?", related=[FEES, JACKETS])
    week.ask("Are dogs allowed?", related=[JACKETS])
    [group] = week.insight().groups
    assert group.nearest == [JACKETS, FEES]


def test_the_same_replies_give_the_same_groups_in_the_same_order(week: Week) -> None:
    for text in ("Can I bring my dog?", "Is there wifi?", "Where can I refuel?", "dogs allowed?"):
        week.ask(text)
    again = Insights(week.database, week.clock)
    assert week.insight().groups == again.draw(week._assistant, 7).groups


def test_only_so_many_questions_are_grouped_and_the_others_counted(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_QUESTIONS", 2)
    for text in ("Can I bring my dog?", "Is there wifi?", "Where can I refuel?"):
        week.ask(text)
    insight = week.insight()
    assert [group.name for group in insight.groups] == ["Is there wifi?", "Where can I refuel?"]
    assert insight.left_out == 1


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        ("I want to talk to a human", {}),
        ("What does the passage say?", {"related": []}),  # on passages of the caller
        ("What is the capital of France?", {"outcome": "out_of_scope"}),
        ("Lock gate", {"outcome": "clarify"}),
        ("Hello", {"outcome": "smalltalk"}),
    ],
)
def test_what_the_pages_could_not_answer_anyway_is_no_gap(
    week: Week, question: str, changes: dict
) -> None:
    week.ask(question, **changes)
    assert week.insight().groups == []


def test_a_masked_question_stays_masked_and_addresses_are_left_out(week: Week) -> None:
    week.ask("my password: [password masked] fails for ann@boat.example")
    [group] = week.insight().groups
    assert group.name == "my password: [password masked] fails for [e-mail address]"
    assert group.questions[0].question == group.name
    [reply] = week.insights.conversation(group.questions[0].conversation_id)
    assert reply.question == group.name


def test_no_contact_of_a_ticket_is_in_an_insight(week: Week) -> None:
    reply_id = week.ask("Where can I refuel?", ticket=TICKET, conversation="c1")
    [kept] = week.database.tickets_of_reply(reply_id)
    week.database.edit_ticket(
        kept.ticket_id, contact=kept.contact.changed(name="Ann Lee", email="ann@boat.example")
    )
    told = week.insight().model_dump_json() + str(week.insights.conversation("c1"))
    assert "Ann" not in told
    assert "ann@" not in told


def test_what_was_erased_is_in_no_insight(week: Week) -> None:
    week.ask("Where can I refuel?", conversation="c1")
    assert week.insight().groups
    week.database.erase_conversation("c1")
    assert week.insight().replies == 0


def test_an_answer_voted_down_comes_with_reason_and_passage(week: Week) -> None:
    week.on(22).answer("When is the gate open?", vote="down")
    week.on(23).answer("Is the gate open?", vote="up")
    week.on(24).answer("When does the gate open?", vote="down")
    newer, older = week.insight().voted_down
    assert (newer.question, older.question) == (
        "When does the gate open?",
        "When is the gate open?",
    )
    assert newer.reason == "That is the old gate"
    assert [(each.section, each.quote) for each in newer.citations] == [
        (["Lock Gate"], "The lock gate is open from 06:00")
    ]


def test_pages_that_answer_come_first_and_unused_ones_last(week: Week) -> None:
    week.answer("When is the gate open?")
    week.answer("Is the gate open?")
    week.ask("Where can I refuel?", related=[FEES])
    guide, safety = week.insight().pages
    assert (guide.path, guide.cited, guide.shown) == ("harbour.md", 2, 3)
    assert (safety.path, safety.cited, safety.shown) == ("safety.md", 0, 0)


def test_a_page_cited_twice_in_an_answer_answers_once(week: Week) -> None:
    week.ask("When?", "answered", citations=[GATE, GATE.model_copy(update={"n": 2})])
    assert week.insight().pages[0].cited == 1


def test_a_conversation_is_deflected_by_an_answer(week: Week) -> None:
    week.answer("When is the gate open?", "deflected")
    week.ask("Where can I refuel?", conversation="deflected")
    week.ask("Where can I refuel?", conversation="unanswered")
    assert (week.insight().conversations, week.insight().deflected) == (2, 1)


def test_a_conversation_with_a_sent_ticket_is_not_deflected(week: Week) -> None:
    week.answer("When is the gate open?", "c1")
    reply_id = week.ask("The gate is stuck", ticket=TICKET, conversation="c1")
    assert week.insight().deflected == 1
    [kept] = week.database.tickets_of_reply(reply_id)
    week.database.submit(kept.ticket_id, week.clock())
    assert week.insight().deflected == 0


@pytest.mark.parametrize("how", ["in words", "by the button"])
def test_a_conversation_in_which_a_person_was_asked_for_is_not_deflected(
    week: Week, how: str
) -> None:
    week.answer("When is the gate open?", "c1")
    if how == "in words":
        week.ask("I want to talk to a human", conversation="c1")
    else:
        week.database.add_draft("c1", TICKET)
    assert week.insight().deflected == 0


def test_each_day_has_its_outcomes_conversations_and_times(week: Week) -> None:
    for milliseconds in (80, 90, 400):
        week.on(21).ask("Is there wifi?", timings_ms=Timings(total=milliseconds))
    week.on(22).ask("Hello", "smalltalk", timings_ms=Timings(total=1))
    daily = week.insight().daily
    assert [day.day.day for day in daily] == [20, 21, 22, 23, 24, 25, 26]
    assert (daily[1].outcomes, daily[1].conversations) == ({"unanswered": 3}, 3)
    assert (daily[1].p50, daily[1].p95) == (90, 400)
    assert (daily[2].outcomes, daily[2].p50) == ({"smalltalk": 1}, None)
    assert daily[3].outcomes == {}


def test_a_conversation_past_midnight_counts_on_its_first_day(week: Week) -> None:
    week.on(21).answer("When is the gate open?", "c1")
    week.on(22).answer("When is the gate open?", "c1")
    daily = week.insight().daily
    assert [(day.conversations, day.deflected) for day in daily[1:3]] == [(1, 1), (0, 0)]

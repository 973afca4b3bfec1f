"""A draft goes to the right desk, with what the words already give."""

import pytest

from bot.drafting import desk_choices, draft_ticket, draft_tickets, tied_desks
from bot.message import understand
from bot.profile import (
    Desk,
    Information,
    Kind,
    PriorityMatrix,
    Profile,
    Rating,
    Route,
    TicketForm,
)
from bot.reply import Turn
from bot.subject import MAX_SUBJECT

PROFILE = Profile(
    desks=(
        Desk(id="portal", name="Portal", how="Use the portal.", when_critical="Phone now."),
        Desk(id="school", name="School", how="Write to the school."),
        Desk(id="ideas", name="Ideas", how="Post it."),
    ),
    default_desk="portal",
    routes=(
        Route(desk="school", cues=(("course", "exam"),)),
        Route(desk="portal", cues=(("course",), ("invoice",)), weight=2),
        Route(desk="portal", cues=(("laptop",),)),
    ),
    ticket=TicketForm(
        kinds=(
            Kind(label="Question", act="question"),
            Kind(label="Incident", act="problem", fields=("App ID", "Version")),
            Kind(label="Reset", act="request", cues=(("reset",),), how="Have your phone ready."),
            Kind(label="Other change", act="request"),
            Kind(label="Idea", act="idea", desk="ideas"),
        ),
        information=(
            Information(label="App ID", pattern=r"(?i)app id:? ([0-9a-f-]{36})", shared=True),
            Information(label="Version", pattern=r"(?i)version (\d+\.\d+(?:\.\d+)?)"),
        ),
        priority=PriorityMatrix(
            impact=(Rating(rank="high", cues=(("production",),)),),
            urgency=(Rating(rank="high", cues=(("down",),)),),
        ),
    ),
)


def draft(text: str, history: tuple[Turn, ...] = ()):
    return draft_ticket(understand(text, PROFILE.talk), history, PROFILE)


@pytest.mark.parametrize(
    ("text", "desk"),
    [
        ("What is the colour of the moon?", "portal"),
        ("My exam did not start", "school"),
        ("I have no invoice for the course", "portal"),
        ("It would be great if it could sing", "ideas"),
    ],
)
def test_the_desk_follows_the_rules(text, desk):
    assert draft(text).desk == desk


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How old is it?", "Question"),
        ("The app is broken", "Incident"),
        ("Please reset my phone", "Reset"),
        ("Please rename my app", "Other change"),
    ],
)
def test_the_kind_follows_what_the_message_does(text, kind):
    assert draft(text).kind == kind


def test_a_follow_up_goes_where_the_conversation_belongs():
    history = (Turn(role="user", content="I failed my exam"),)
    assert draft("and who can help with it?", history).desk == "school"


def test_a_change_of_subject_is_not_sent_to_the_desk_of_the_old_one():
    history = (Turn(role="user", content="I failed my exam"),)
    assert draft("Our production app is down since 10:00", history).desk == "portal"


def test_priority_rises_with_the_words_of_a_level():
    assert draft("Production is down").priority == "critical"
    assert draft("The app is broken").priority == "medium"
    assert draft("How old is it?").priority == "low"


def test_fields_are_filled_from_the_whole_conversation_and_the_rest_is_missing():
    history = (Turn(role="user", content="I use version 9.24.1"),)
    ticket = draft("The app is broken", history)
    assert ticket.fields == {"Version": "9.24.1"}
    assert ticket.missing == ["App ID"]


@pytest.mark.parametrize(
    "asked", ["Is version 9.24.1 still supported?", "How do I update from version 9.24.1?"]
)
def test_a_field_is_not_taken_from_a_question_about_something_else(asked):
    history = (Turn(role="user", content=asked),)
    told = "Our app is broken since the restart of this morning"
    assert draft(told, history).fields == {}
    assert draft(f"{told}, on version 10.6.2", history).fields == {"Version": "10.6.2"}


def test_a_field_that_all_requests_share_is_taken_from_any_question():
    app = "12345678-1234-1234-1234-123456789abc"
    history = (Turn(role="user", content=f"Is app id {app} licensed?"),)
    assert draft("The app is broken", history).fields == {"App ID": app}


def test_what_is_stated_before_belongs_to_the_matter():
    history = (Turn(role="user", content="We use version 9.24.1"),)
    assert "We use version 9.24.1" in draft("The app is broken", history).description


def test_of_several_different_values_none_is_taken():
    ticket = draft("The app is broken since the upgrade from version 9.24.2 to version 10.6.1")
    assert ticket.fields == {}
    assert "Version" in ticket.missing


def test_a_group_that_did_not_take_part_leaves_the_field_out():
    pattern = Information(label="App ID", pattern=r"app(?: id (\d+))?")
    form = PROFILE.ticket.model_copy(update={"information": (pattern,)})
    profile = PROFILE.model_copy(update={"ticket": form})
    ticket = draft_ticket(understand("The app is broken", profile.talk), (), profile)
    assert ticket.fields == {}


def test_a_route_for_other_acts_does_not_apply():
    route = Route(desk="school", cues=(("cost",),), acts=("question", "request"))
    profile = PROFILE.model_copy(update={"routes": (route,)})
    problem = understand("Our app is down and it does cost us thousands", profile.talk)
    question = understand("What does it cost?", profile.talk)
    assert draft_ticket(problem, (), profile).desk == "portal"
    assert draft_ticket(question, (), profile).desk == "school"


def test_a_follow_up_keeps_the_gravity_of_the_problem_before():
    history = (Turn(role="user", content="Production is down"),)
    assert draft("It still does not work", history).priority == "critical"


def test_a_long_message_has_a_short_subject_cut_between_words():
    ticket = draft("The application is broken " + "and nobody knows why " * 20)
    assert len(ticket.subject) <= MAX_SUBJECT
    assert ticket.subject.endswith("…")


def test_the_description_keeps_all_that_was_said_and_ends_with_the_reason_for_the_priority():
    history = (Turn(role="user", content="First this."), Turn(role="assistant", content="Ok."))
    account, reason = draft("Then that.", history).description.split("\n\n")
    assert account == "First this.\nThen that."
    assert reason == "Priority low: impact low (nothing said), urgency low (nothing said)."


def test_without_words_for_a_priority_the_description_is_what_was_said():
    form = PROFILE.ticket.model_copy(update={"priority": PriorityMatrix()})
    profile = PROFILE.model_copy(update={"ticket": form})
    ticket = draft_ticket(understand("The app is broken", profile.talk), (), profile)
    assert ticket.description == "The app is broken"


def test_what_is_critical_is_to_be_phoned_in_as_well():
    assert draft("Production is down").how == "Phone now. Use the portal."
    assert draft("The app is broken").how == "Use the portal."


def test_a_kind_says_what_to_know_about_sending_it():
    assert draft("Please reset my phone").how == "Use the portal. Have your phone ready."


def test_a_person_who_asks_for_a_human_and_reports_trouble_gets_an_incident():
    ticket = draft("I want to speak to someone, production is down")
    assert (ticket.kind, ticket.priority) == ("Incident", "critical")


def test_two_problems_in_one_message_make_two_drafts():
    first, second = draft_tickets(
        understand("Production is down. Also, please reset my phone.", PROFILE.talk), (), PROFILE
    )
    assert (first.kind, first.priority, first.subject) == (
        "Incident", "critical", "Production is down",
    )  # fmt: skip
    assert (second.kind, second.priority, second.subject) == (
        "Reset", "low", "Please reset my phone",
    )  # fmt: skip


def test_what_holds_for_the_whole_message_stands_in_each_draft_that_asks_for_it():
    app = "12345678-1234-1234-1234-123456789abc"
    text = f"1. It is broken. 2. The start fails with a crash. My app id {app}."
    drafts = draft_tickets(understand(text, PROFILE.talk), (), PROFILE)
    assert [draft.fields.get("App ID") for draft in drafts] == [app] * len(drafts)


def test_of_two_desks_that_could_be_meant_the_person_chooses():
    message = understand("My exam on the laptop", PROFILE.talk)
    assert [desk.id for desk in tied_desks(message, (), PROFILE)] == ["school", "portal"]
    choices = desk_choices(message, (), PROFILE)
    assert choices == ["My exam on the laptop: School", "My exam on the laptop: Portal"]
    assert [draft(choice).desk for choice in choices] == ["school", "portal"]


def test_a_choice_after_the_question_does_not_say_everything_twice():
    history = (Turn(role="user", content="My exam on the laptop?"),)
    description = draft("My exam on the laptop: School", history).description
    assert description.count("laptop") == 1


def test_a_message_for_one_desk_is_not_asked_about():
    message = understand("My exam did not start", PROFILE.talk)
    assert desk_choices(message, (), PROFILE) == []


def test_a_long_message_is_not_repeated_in_full_to_choose_a_desk():
    message = understand("My exam on the laptop. " + "It has a blue cover. " * 20, PROFILE.talk)
    assert all(len(choice) < 100 for choice in desk_choices(message, (), PROFILE))


def test_information_that_the_kind_does_not_ask_for_is_left_out():
    ticket = draft("How old is version 9.24.1?")
    assert ticket.fields == {}


def test_a_question_about_something_else_before_is_no_part_of_the_description():
    history = (Turn(role="user", content="When is the office open?"),)
    assert "office" not in draft("Our production app is down since 10:00", history).description


def test_trouble_that_was_told_before_is_part_of_the_description():
    history = (Turn(role="user", content="The app is broken since noon."),)
    assert "since noon" in draft("Please restart our production app", history).description


@pytest.mark.parametrize(
    "asked",
    [
        "Please create a support ticket for this problem now",
        "Yes, please open a ticket for me with Mendix Support",
        "That does not help. Could you raise a case for it?",
        "Ja, bitte erstellen Sie ein Ticket dafür",
        "Por favor, abra un ticket para este problema",
    ],
)
def test_a_message_that_only_asks_for_a_ticket_means_what_was_told_before(asked):
    told = "Production is down since noon"
    history = (Turn(role="user", content=told), Turn(role="assistant", content="I see."))
    ticket = draft(asked, history)
    assert (ticket.kind, ticket.priority, ticket.subject) == ("Incident", "critical", told)
    assert told in ticket.description


def test_a_ticket_is_for_the_last_problem_with_all_that_was_told_since():
    history = (
        Turn(role="user", content="I failed my exam"),
        Turn(role="user", content="The export of orders is broken"),
        Turn(role="user", content="When is the office open?"),
        Turn(role="user", content="Our app runs in production"),
    )
    ticket = draft("Please create a ticket. It uses version 9.24.1", history)
    assert (ticket.kind, ticket.subject) == ("Incident", "The export of orders is broken")
    assert "orders is broken\nOur app runs in production\nIt uses" in ticket.description
    assert "office" not in ticket.description
    assert ticket.fields == {"Version": "9.24.1"}
    assert "impact high" in ticket.description


def test_a_ticket_is_for_the_last_question_where_nothing_else_was_told():
    history = (Turn(role="user", content="When is the office open?"),)
    ticket = draft("Please create a ticket", history)
    assert (ticket.kind, ticket.subject) == ("Question", "When is the office open?")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Please create a ticket for the export that is broken", "Please create a ticket for the"),
        ("Please create a ticket. The export of our orders fails.", "The export of our orders"),
        ("Please create a ticket: the export fails", "Please create a ticket: the export fails"),
    ],
)
def test_a_message_that_asks_for_a_ticket_and_says_what_for_speaks_for_itself(text, subject):
    history = (Turn(role="user", content="I failed my exam"),)
    assert draft(text, history).subject.startswith(subject)


def test_without_anything_told_a_ticket_is_wanted_all_the_same():
    assert draft("Please create a ticket").kind == "Other change"

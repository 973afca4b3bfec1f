"""One message can hold several requests."""

import pytest

from bot.matter import likely_act, split_matters
from bot.message import understand
from bot.profile import Desk, Information, Kind, PriorityMatrix, Profile, Rating, TicketForm

PROFILE = Profile(
    desks=(Desk(id="desk", name="Desk", how="Write."),),
    default_desk="desk",
    ticket=TicketForm(
        kinds=(
            Kind(label="Question", act="question"),
            Kind(label="Incident", act="problem", cues=(("winch",),)),
            Kind(label="Incident", act="problem"),
            Kind(label="Reset", act="request", cues=(("code",),)),
            Kind(label="Change", act="request"),
            Kind(label="Idea", act="idea"),
        ),
        priority=PriorityMatrix(impact=(Rating(rank="high", cues=(("everyone",),)),)),
        information=(Information(label="Error", pattern=r'"([^"]+)"', verbatim=True),),
    ),
)


def matters(text: str) -> list[tuple[str, str]]:
    return [
        (each.act, each.text) for each in split_matters(understand(text, PROFILE.talk), PROFILE)
    ]


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("The gate is broken. Please reset my code.", ["problem", "request"]),
        ("The gate is broken and we would like to suggest a bell.", ["problem", "idea"]),
        ("The gate is broken. Also, the winch is broken.", ["problem", "problem"]),
        ("1. The gate is broken.\n2. The lamp is broken.", ["problem", "problem"]),
        ("Problem 1: the gate is slow. Problem 2: the lamp is broken.", ["problem", "problem"]),
        ("Das Tor funktioniert nicht. Zweitens funktioniert die Lampe nicht.", ["problem"] * 2),
        ("La puerta no funciona. Además, sugiero una campana.", ["problem", "idea"]),
    ],
)
def test_each_request_is_a_message_of_its_own(text, acts):
    assert [act for act, _ in matters(text)] == acts


@pytest.mark.parametrize(
    "text",
    [
        "The gate is broken. Please repair it quickly. Thank you!",
        "The gate is broken. It would be great if you could hurry.",
        "The gate is broken. Also, nobody can enter.",
        "Please reset my code. It is broken because of the rain.",
        "I lost my key. Please reset my code.",
        "Please reset my code and the code of Jane.",
        "Steps to reproduce:\n1. The gate is broken.\n2. Please reset the code.",
        'The gate shows "it is broken. Please reset the code."',
        "When is the gate open? And what does it cost?",
    ],
)
def test_what_belongs_to_one_request_stays_together(text):
    assert len(matters(text)) == 1


def test_every_sentence_stays_with_its_request():
    (_, first), (_, second) = matters(
        "Hello. The gate is broken. It is rusty. Please reset my code. I am Jane."
    )
    assert first == "Hello.\nThe gate is broken.\nIt is rusty."
    assert second == "Please reset my code.\nI am Jane."


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("The export of our list stays at 99 percent and never ends", "problem"),
        ("I lost my phone, can you clear the code?", "request"),
        ("our code for the new phone", "request"),
        ("price of a code", "question"),
        ("It is broken for everyone, please clear the code", "problem"),
        ("Could you tell me the code?", "question"),
        ("What is the code of our gate?", "question"),
    ],
)
def test_what_a_message_for_a_desk_is_likely_to_do(text, act):
    assert likely_act(text, understand(text, PROFILE.talk).act, PROFILE) == act

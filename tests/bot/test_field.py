"""Fields are filled from the words of a message."""

from pathlib import Path

import pytest

from bot.field import find_fields, hide_quotes
from bot.profile import Choice, Information, Kind, TicketForm, load_profile

FORM = TicketForm(
    information=(
        Information(
            label="Error",
            pattern=r'(?s)error: (\S+)|"(.+?)"',
            verbatim=True,
            several=True,
            unasked=("problem",),
        ),
        Information(label="Part", choices=(Choice(value="Hull", cues=(("hull",),)),)),
        Information(
            label="Detail",
            choices=(
                Choice(value="Sail - Jib", cues=(("jib",),), settles={"Part": "Sail"}),
                Choice(value="Sail - Main", cues=(("mainsail",),), settles={"Part": "Sail"}),
            ),
        ),
        Information(label="Version", pattern=r"\d+(?:\.\d+)+"),
        Information(label="Ports", pattern=r"port (\w+)", several=True),
    )
)
KIND = Kind(label="Incident", act="problem", fields=("Part", "Detail", "Version", "Ports"))


def fields(text: str, act: str = "problem") -> dict[str, str]:
    return find_fields(text, act, KIND, FORM)


def test_a_field_that_was_not_asked_for_is_taken_down_for_its_acts_only():
    assert fields("error: E42") == {"Error": "E42"}
    assert fields("error: E42", "question") == {}


def test_a_choice_settles_the_fields_that_follow_from_it():
    assert fields("The jib is torn") == {"Detail": "Sail - Jib", "Part": "Sail"}


def test_a_choice_of_its_own_is_taken_where_nothing_settles_it():
    assert fields("The hull leaks") == {"Part": "Hull"}


def test_a_quotation_is_taken_whole_and_nothing_else_is_looked_for_in_it():
    text = 'It says "No jib 2.0\nat 3.1" in 9.24.1'
    assert fields(text) == {"Error": "No jib 2.0\nat 3.1", "Version": "9.24.1"}


def test_what_is_hidden_keeps_its_length_and_its_last_letter():
    assert hide_quotes('It says "No. Go."', FORM) == 'It says "______."'


def test_a_field_can_have_several_values():
    assert fields("from port A to port B and port a") == {"Ports": "A; B"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9.24 and 9.24.1", {"Version": "9.24.1"}),
        ("9.24.1 and 10.6.1", {}),
        ("9.24.1, I said 9.24.1", {"Version": "9.24.1"}),
    ],
)
def test_one_value_within_another_is_no_other_value(text, found):
    assert fields(text) == found


APP, OTHER = "9f7c1b2a-3d4e-4f50-8a6b-7c8d9e0f1a2b", "0a1b2c3d-3d4e-4f50-8a6b-7c8d9e0f1a2b"
DEFAULT = load_profile(None, Path(__file__).parents[2] / "corpus").ticket


@pytest.mark.parametrize(
    ("text", "app"),
    [
        (f"Error in our app: correlation-id {OTHER}", None),
        (f"Our app fails, Request ID: {OTHER}", None),
        (f'Our app fails, "traceId": "{OTHER}"', None),
        (f"Our app fails with X-Request-Id: {OTHER}", None),
        (f"Our app fails in request {OTHER}", None),
        (f"Unsere App geht nicht, Vorgangs-ID: {OTHER}", None),
        (f"Our app {APP} fails with correlation id {OTHER}", APP),
        (f"Our app fails, request id {OTHER}, App-ID: {APP}", APP),
        (f"Our app with id {APP} fails", APP),
        (f"appId={APP} fails", APP),
        (f"Our app fails, project id {APP}", APP),
        (f"Unsere Anwendungs-ID: {APP}", APP),
    ],
)
def test_the_id_of_something_else_is_no_app_id(text, app):
    kind = next(kind for kind in DEFAULT.kinds if kind.act == "problem")
    assert find_fields(text, "problem", kind, DEFAULT).get("App ID") == app

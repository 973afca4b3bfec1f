"""What an answer and a passage about the same thing say differently is found by plain rules."""

import pytest

from bot.contradiction import differences

GATE = "The lock gate is open from 06:00 to 22:00 every day."


@pytest.mark.parametrize(
    ("answer", "passage", "found"),
    [
        ("The lock gate is open until 20:00.", GATE, "20:00 / 06:00, 22:00"),
        ("The lock gate closes at 9 pm every day.", GATE, "9 pm / 06:00, 22:00"),
        (
            "A berth up to 12 metres costs 25 euros a night.",
            "Up to 12 metres: Fee a night for a berth: 21 euros",
            "25 euros / 21 euros",
        ),
        ("The fee of a berth is 25 €.", "The fee of a berth: €21.", "25 € / €21"),
        (
            "The desk answers within 3 days.",
            "The desk answers within two days.",
            "3 days / two days",
        ),
        (
            "Support for version 8 ends on 1 May 2027.",
            "Support for version 8 ends on 2027-06-30.",
            "1 May 2027 / 2027-06-30",
        ),
        (
            "Support ends on May 1st, 2027.",
            "Support ends on 1 May 2026.",
            "May 1st, 2027 / 1 May 2026",
        ),
        (
            "Write to fees@harbour.example about fees.",
            "Write to helm@harbour.example about fees.",
            "fees@harbour.example / helm@harbour.example",
        ),
        (
            "Open tickets at https://a.example/tickets.",
            "Open tickets at https://b.example/new.",
            "https://a.example/tickets / https://b.example/new",
        ),
        ("The discount is 20 percent.", "The discount is 10 %.", "20 percent / 10 %"),
        (
            "Dogs are allowed on the pontoons.",
            "Dogs are not allowed on the pontoons.",
            "“Dogs are allowed on the pontoons.” / “Dogs are not allowed on the pontoons.”",
        ),
    ],
)
def test_what_differs_is_named(answer, passage, found):
    assert differences([answer], passage) == [found]


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("The lock gate is open until 22:00.", GATE),
        ("The lock gate is open until 10 pm.", GATE),
        ("Shops are open from 09:00.", GATE),
        ("A berth costs 21 euros a night.", "The fee of a berth is €21 a night."),
        ("A berth costs 1,000 euros.", "A berth of 12 metres costs 1.000 EUR."),
        ("The desk answers within 2 days.", "The desk answers within two days."),
        ("Support ends on 1 May.", "Support ends on 2027-05-01."),
        ("Children wear a life jacket.", "Children under ten wear a life jacket on every pontoon."),
        ("Dogs are not allowed.", "Cats are allowed on the pontoons."),
        ("This is one of the pontoons for boats.", "The two pontoons are for boats."),
        ("", GATE),
        ("The lock gate is open.", ""),
    ],
)
def test_what_agrees_or_is_about_something_else_is_not_named(answer, passage):
    assert differences([answer], passage) == []


def test_each_difference_is_named_once():
    answer = ["The lock gate is open until 20:00.", "The gate is open until 20:00."]
    assert differences(answer, f"{GATE}\n{GATE}") == ["20:00 / 06:00, 22:00"]

"""The line of a fault in a TOML file is found, however the file is written."""

import tomllib

import pytest

from bot.toml_lines import find_line

TOML = '''# [not.a.table]
title = "a # that is no comment"
"quoted key" = 1

words = [
    "one",  # with ] and "
    ["two", """
three [x]
"""], [
    'four\\'],
]
point = { x = 1, deep = { y = [1, 2] } }

[server]
a.b = 2024-01-01T00:00:00Z
pattern = \'\'\'(?x)
[fake]
key = "=" \'\'\'

[[desks]]
id = "first"

[[desks]]
id = "second"
[[desks.hours]]
day = "Monday"
[[desks.hours]]
day = "Tuesday"
[desks.hours.lunch]
from = 12

[implied.table]
x = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("words",), 5),
        (("words", 0), 6),
        (("words", 1), 7),
        (("words", 1, 1), 7),
        (("words", 2), 9),
        (("words", 2, 0), 10),
        (("point", "deep", "y", 1), 12),
        (("server",), 14),
        (("server", "a", "b"), 15),
        (("server", "pattern"), 16),
        (("desks", 0, "id"), 21),
        (("desks", 1), 23),
        (("desks", 1, "hours", 1, "day"), 28),
        (("desks", 1, "hours", 1, "lunch", "from"), 30),
        (("implied",), 32),
    ],
)
def test_the_line_of_a_path_is_found(path, line):
    tomllib.loads(TOML)
    assert find_line(TOML, path) == line


def test_a_key_that_is_missing_is_placed_at_its_table():
    assert find_line(TOML, ("desks", 0, "name")) == 20


def test_a_path_of_which_nothing_is_there_has_no_line():
    assert find_line(TOML, ("nothing",)) is None
    assert find_line("", ("nothing",)) is None

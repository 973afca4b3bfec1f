"""The login delay: five wrong tries are free, then each waits, longer every time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import RateExceeded
from bot.login_delay import MAX_CALLERS, LoginDelay

HERE, THERE = "192.0.2.1", "192.0.2.2"


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 10_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def now() -> Seconds:
    return Seconds()


@pytest.fixture
def delay(now) -> LoginDelay:
    return LoginDelay(now)


def fail(delay: LoginDelay, times: int, name: str = "Ann", address: str = HERE) -> None:
    for _ in range(times):
        delay.begin(name, address)


def wait(delay: LoginDelay, name: str = "Ann", address: str = HERE) -> int:
    """The seconds that a further try is told to wait."""
    with pytest.raises(RateExceeded) as refused:
        delay.begin(name, address)
    assert f"wait {refused.value.retry_after} second" in str(refused.value)
    return refused.value.retry_after


def test_after_five_wrong_tries_the_next_one_waits(delay):
    fail(delay, 5)
    assert wait(delay) == 30


def test_the_wait_doubles_with_each_wrong_try_up_to_a_quarter_of_an_hour(delay, now):
    fail(delay, 5)
    waits = []
    for _ in range(8):
        waits.append(wait(delay))
        now.time += waits[-1]
        fail(delay, 1)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_try_that_has_to_wait_does_not_make_the_wait_longer(delay):
    fail(delay, 5)
    assert [wait(delay), wait(delay)] == [30, 30]


def test_a_name_waits_wherever_it_is_tried_from(delay):
    for last in range(5):
        fail(delay, 1, address=f"198.51.100.{last}")
    assert wait(delay, address=THERE) == 30
    fail(delay, 1, name="Ben", address=THERE)


def test_capitals_and_spaces_make_no_other_name(delay):
    for last, name in enumerate(("Ann", "ANN", " ann", "ann ", "aNn")):
        fail(delay, 1, name, f"198.51.100.{last}")
    assert wait(delay, "ann", THERE) == 30


def test_an_address_waits_whatever_names_are_tried_from_it(delay):
    for name in "ABCDE":
        fail(delay, 1, name)
    assert wait(delay, "F") == 30
    fail(delay, 1, "F", THERE)


def test_the_addresses_of_one_ipv6_network_are_one(delay):
    for last in range(5):
        fail(delay, 1, str(last), f"2001:db8::{last}")
    assert wait(delay, "another", "2001:db8::ffff") == 30


def test_many_tries_at_once_are_not_more_than_five(delay):
    def tried(number: int) -> bool:
        try:
            delay.begin("Ann", HERE)
        except RateExceeded:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(tried, range(100))) == 5


def test_a_right_try_forgets_the_wrong_ones_of_its_name(delay):
    fail(delay, 4)
    delay.begin("Ann", HERE)
    delay.succeed("Ann", HERE)
    fail(delay, 4, address=THERE)


def test_logging_in_oneself_does_not_let_one_guess_the_passwords_of_others(delay):
    fail(delay, 4, "Ben")
    delay.begin("Ann", HERE)
    delay.succeed("Ann", HERE)
    fail(delay, 1, "Cid")
    assert wait(delay, "Dan") == 30


def test_after_an_hour_without_a_try_all_is_forgotten(delay, now):
    fail(delay, 5)
    now.time += 3601
    fail(delay, 4)


def test_memory_is_bounded_whatever_names_are_tried(delay):
    for number in range(MAX_CALLERS):
        delay.begin(f"name {number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(delay._tries) == MAX_CALLERS

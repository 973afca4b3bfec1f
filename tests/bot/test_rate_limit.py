"""Rate limits hold within any minute, for each caller by itself, in bounded memory."""

import pytest

from bot.errors import RateExceeded
from bot.rate_limit import MAX_CALLERS, MovingWindow, RateLimits
from bot.settings import Settings


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_request_too_many_is_told_how_long_to_wait(watch: Watch) -> None:
    window = MovingWindow(2, 60, watch)
    assert window.take("ann") == 0
    watch.now += 10
    assert window.take("ann") == 0
    watch.now += 10
    assert window.take("ann") == 40


def test_the_window_moves_and_does_not_begin_anew(watch: Watch) -> None:
    window = MovingWindow(2, 60, watch)
    for seconds in (0, 50, 10):  # the third comes when the first is a minute old
        watch.now += seconds
        assert window.take("ann") == 0
    watch.now += 20
    assert window.take("ann") == 30


def test_what_is_refused_does_not_count(watch: Watch) -> None:
    window = MovingWindow(1, 60, watch)
    window.take("ann")
    for _ in range(50):
        watch.now += 1
        assert window.take("ann") > 0
    watch.now += 10
    assert window.take("ann") == 0


def test_one_caller_does_not_hurt_another(watch: Watch) -> None:
    window = MovingWindow(1, 60, watch)
    assert [window.take("ann") for _ in range(100)].count(0) == 1
    assert window.take("bo") == 0


def test_callers_are_forgotten_when_their_requests_are_old(watch: Watch) -> None:
    window = MovingWindow(1, 60, watch)
    for number in range(1000):
        window.take(f"caller {number}")
    watch.now += 61
    window.take("ann")
    assert len(window._calls) == 1


def test_more_callers_than_can_be_told_apart_share_one_window(watch: Watch) -> None:
    window = MovingWindow(1, 60, watch)
    taken = [window.take(f"caller {number}") for number in range(MAX_CALLERS + 100)]
    assert taken.count(0) == MAX_CALLERS + 1
    assert len(window._calls) == MAX_CALLERS + 1


@pytest.fixture
def limits() -> RateLimits:
    return RateLimits(Settings(visitor_rate=2, site_rate=3, key_rate=2))


def test_a_visitor_who_asks_too_much_is_told_in_one_sentence(limits: RateLimits) -> None:
    limits.count_question("192.0.2.1")
    limits.count_question("192.0.2.1")
    with pytest.raises(RateExceeded, match=r"^More than 2 messages .* wait 60 seconds .*\.$") as no:
        limits.count_question("192.0.2.1")
    assert no.value.retry_after == 60


@pytest.mark.parametrize(
    ("address", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("testclient", "testclient", True),
    ],
)
def test_who_has_a_network_is_one_visitor(
    limits: RateLimits, address: str, other: str, is_same: bool
) -> None:
    limits.count_question(address)
    limits.count_question(other)
    if not is_same:
        limits.count_question(address)
        return
    with pytest.raises(RateExceeded):
        limits.count_question(address)


def test_a_site_has_a_limit_for_all_its_visitors(limits: RateLimits) -> None:
    for number in range(3):
        limits.count_question(f"192.0.2.{number}", "https://a.example")
    with pytest.raises(RateExceeded, match="visitors of this site"):
        limits.count_question("192.0.2.9", "https://a.example")
    limits.count_question("192.0.2.10", "https://b.example")


def test_a_visitor_who_is_refused_takes_nothing_from_the_site(limits: RateLimits) -> None:
    for _ in range(50):
        try:
            limits.count_question("192.0.2.1", "https://a.example")
        except RateExceeded:
            continue
    limits.count_question("192.0.2.2", "https://a.example")


def test_a_key_has_a_limit_of_its_own(limits: RateLimits) -> None:
    limits.count_use("crm")
    limits.count_use("crm")
    with pytest.raises(RateExceeded, match="API key"):
        limits.count_use("crm")
    limits.count_use("desk")


def test_a_page_that_looks_once_a_second_is_never_refused(
    limits: RateLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    monkeypatch.setattr(limits._requests, "_now", watch)
    for _ in range(600):
        watch.now += 0.1  # ten pages of one household
        limits.count_request("192.0.2.1")
    with pytest.raises(RateExceeded, match="at once"):
        for _ in range(200):
            watch.now += 0.01
            limits.count_request("192.0.2.1")

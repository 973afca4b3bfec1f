import pytest

from bot.contact import check_address
from bot.errors import ContactError


@pytest.mark.parametrize(
    "address",
    [
        "ann", "ann@", "@boat.example", "ann@boat", "ann@@boat.example", "ann lee@boat.example",
        "ann@boat..example", "ann@boat.example\nBcc: all@boat.example", "ann@boat.example, b@c.de",
        "Ann <ann@boat.example>", "änn@boat.example", "ann@" + "b" * 250 + ".example", "a@[::1]",
    ],
)  # fmt: skip
def test_what_is_no_address_is_one_sentence(address: str) -> None:
    with pytest.raises(ContactError, match=r"(?s)is no e-mail address: write it like .*\.$"):
        check_address(address)


def test_a_missing_address_is_asked_for() -> None:
    with pytest.raises(ContactError, match="give yours"):
        check_address(" ")


@pytest.mark.parametrize(
    "address", ["ann@boat.example", "ann.lee+desk@mail.boat-yard.example", "o'hara@boat.example"]
)
def test_an_address_is_taken_as_it_is(address: str) -> None:
    assert check_address(f" {address}\n") == address

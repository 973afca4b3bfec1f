import pytest

from bot.contact import Contact, check_address
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


def test_an_address_that_nobody_vouches_for_says_so() -> None:
    contact = Contact(name="Ann Lee", email="ann@boat.example")
    assert contact.line == "Ann Lee ann@boat.example (unverified address)"
    assert contact.model_copy(update={"verified": True}).line == "Ann Lee ann@boat.example"
    assert Contact(name="Ann Lee").line == "Ann Lee"
    assert Contact().line == ""


def test_a_name_cannot_add_a_line() -> None:
    contact = Contact(name="Ann\nReference: 7", email="ann@boat.example")
    assert contact.line == "Ann Reference: 7 ann@boat.example (unverified address)"


def test_another_address_than_the_verified_one_is_not_verified() -> None:
    verified = Contact(name="Ann", email="ann@boat.example", verified=True)
    assert verified.changed(name="Ann Lee").verified
    assert verified.changed(email="ann@boat.example").verified
    assert not verified.changed(email="bo@boat.example").verified
    assert not verified.changed(email="bo@boat.example").changed(email="ann@boat.example").verified

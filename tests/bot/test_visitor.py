"""A signed visitor identity: what is not sound names nobody."""

import base64
import json
import time

import jwt
import pytest
from pydantic import SecretStr

from bot.contact import Contact
from bot.errors import IdentityError
from bot.visitor import verified_contact

SECRET = "the secret of the harbour's site, which has more than 32 and even 64 bytes"
ANN = {"email": "ann@boat.example", "name": "Ann Lee"}


def signed(secret: str = SECRET, algorithm: str = "HS256", **claims: object) -> str:
    return jwt.encode({**ANN, "exp": int(time.time()) + 3600, **claims}, secret, algorithm)


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, {**ANN, "exp": int(time.time()) + 3600})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*encoded, b""]).decode()


def with_other_claims(token: str) -> str:
    head, _, signature = token.split(".")
    claims = json.dumps({"email": "eve@boat.example", "exp": int(time.time()) + 3600}).encode()
    return ".".join((head, base64.urlsafe_b64encode(claims).rstrip(b"=").decode(), signature))


def contact(token: str) -> Contact:
    return verified_contact(token, SecretStr(SECRET))


def test_a_sound_identity_is_a_verified_contact() -> None:
    assert contact(signed()) == Contact(name="Ann Lee", email="ann@boat.example", verified=True)


def test_an_identity_needs_no_name() -> None:
    assert contact(signed(name=None)).name == ""


@pytest.mark.parametrize(
    "token",
    [
        "", "x", "a.b.c", "é", unsigned(), with_other_claims(signed()), signed()[:-2],
        signed("another site's secret, long enough"), signed(algorithm="HS512"),
        signed(email=None), signed(email="ann@"), signed(email={"a": 1}), signed(exp=None),
        signed(exp="soon"), signed(nbf=int(time.time()) + 3600),
    ],
)  # fmt: skip
def test_an_identity_that_is_not_sound_is_one_sentence(token: str) -> None:
    with pytest.raises(IdentityError, match=r"^The visitor's identity is not valid: .*\.$"):
        contact(token)


def test_an_expired_identity_says_so() -> None:
    with pytest.raises(IdentityError, match="has expired: load the page"):
        contact(signed(exp=int(time.time()) - 1))


def test_an_identity_that_would_hold_for_days_is_refused() -> None:
    contact(signed(exp=int(time.time()) + 23 * 3600))
    with pytest.raises(IdentityError, match="more than 24 hours"):
        contact(signed(exp=int(time.time()) + 25 * 3600))


def test_without_a_secret_no_identity_holds() -> None:
    with pytest.raises(IdentityError, match="SUPPORTBOT_IDENTITY_SECRET"):
        verified_contact(signed(), None)

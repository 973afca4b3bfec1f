"""The visitor: who a person is, as the site that shows the widget has signed it."""

from datetime import UTC, datetime, timedelta

import jwt
from pydantic import SecretStr

from bot.contact import Contact, check_address
from bot.errors import ContactError, IdentityError

HEADER = "X-Visitor-Identity"
LONGEST = timedelta(hours=24)
_ALGORITHM = "HS256"
_RENEW = "load the page of the site again, or leave the identity out"


def verified_contact(token: str, secret: SecretStr | None) -> Contact:
    """The contact that a signed identity names, marked as verified.

    The identity is a JWT (RFC 7519) signed with HS256, of the claims `email`, `exp` and perhaps
    `name`. Raises IdentityError when it is not sound, has expired, or would hold for more than
    24 hours, and when there is no secret to check it with.
    """
    if secret is None:
        raise IdentityError(
            "This server cannot check who a visitor is: set SUPPORTBOT_IDENTITY_SECRET to the"
            " secret that the site signs with, or leave the identity out."
        )
    try:
        claims = jwt.decode(
            token,
            secret.get_secret_value(),
            algorithms=[_ALGORITHM],
            options={"require": ["exp", "email"]},
        )
        email = check_address(str(claims["email"]))
    except jwt.ExpiredSignatureError as error:
        raise IdentityError(f"The visitor's identity has expired: {_RENEW}.") from error
    except (jwt.InvalidTokenError, ContactError) as error:
        raise IdentityError(f"The visitor's identity is not valid: {_RENEW}.") from error
    if int(claims["exp"]) > (datetime.now(UTC) + LONGEST).timestamp():
        raise IdentityError(
            "The visitor's identity holds for more than 24 hours: the site must sign a shorter one."
        )
    return Contact(name=str(claims.get("name") or ""), email=email, verified=True)

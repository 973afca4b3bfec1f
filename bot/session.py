"""The session: what is kept of a user's log-in, until it ends."""

import secrets
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from bot.api_key import digest

LONGEST = timedelta(hours=12)  # however much it is used
_BYTES = 32


class Session(BaseModel):
    """A log-in: enough to know its token again, not to use it."""

    digest: str = Field(description="SHA-256 of the token, in hexadecimal")
    user: str = Field(description="the name of the user")
    password: str = Field(description="SHA-256 of the hash that the user's password has then")
    created: datetime
    expires: datetime

    def prolonged(self, now: datetime, idle: timedelta) -> "Session":
        """The session as it is after a use: it ends `idle` later, or LONGEST after its start."""
        return self.model_copy(update={"expires": min(now + idle, self.created + LONGEST)})


def make_session(
    user: str, password_hash: str, now: datetime, idle: timedelta
) -> tuple[Session, str]:
    """A new session, which ends when it is not used for `idle`, and its token, kept nowhere."""
    token = secrets.token_urlsafe(_BYTES)
    session = Session(
        digest=digest(token),
        user=user,
        password=digest(password_hash),
        created=now,
        expires=now,
    )
    return session.prolonged(now, idle), token

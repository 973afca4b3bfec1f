"""API keys: how a program shows that it may use the API, and for what."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from pydantic import BaseModel, Field

Scope = Literal["ask", "search", "tickets", "feedback"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

PREFIX = "sb_"  # by which a key is known as one of ours, for people and for scanners of code
MAX_NAME = 100  # characters
_BYTES = 32


class ApiKey(BaseModel):
    """What is kept of a key: enough to know it again, not to use it."""

    name: str = Field(min_length=1, max_length=MAX_NAME)
    digest: str = Field(description="SHA-256 in hexadecimal")
    scopes: tuple[Scope, ...]
    created: datetime
    expires: datetime | None = Field(None, description="None for never")

    def has_expired(self) -> bool:
        """Whether the key no longer holds."""
        return self.expires is not None and self.expires <= datetime.now(UTC)


def make_key(name: str, scopes: tuple[Scope, ...], days: int | None) -> tuple[ApiKey, str]:
    """A new key that holds for so many days, or for ever, and its text, which is kept nowhere."""
    text = PREFIX + secrets.token_urlsafe(_BYTES)
    created = datetime.now(UTC)
    key = ApiKey(
        name=name,
        digest=digest(text),
        scopes=scopes,
        created=created,
        expires=created + timedelta(days=days) if days else None,
    )
    return key, text


def digest(text: str) -> str:
    """SHA-256 of a key's text, in hexadecimal.

    A key is 256 random bits, so nothing slower is needed to keep it from being guessed.
    """
    return hashlib.sha256(text.encode()).hexdigest()

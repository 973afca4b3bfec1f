"""The contact: the person whom a desk answers."""

from email.errors import HeaderParseError
from email.headerregistry import Address

from pydantic import BaseModel, Field

from bot.errors import ContactError

MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the brackets


class Contact(BaseModel):
    """Name and e-mail address as the person typed them so far; kept only with a ticket."""

    name: str = ""
    email: str = ""
    verified: bool = Field(False, description="whether the address was signed by the site")

    def changed(self, **typed: str) -> "Contact":
        """The contact with what was typed since; another address than the verified one is not."""
        changed = self.model_copy(update=typed)
        stays = changed.email == self.email
        return changed.model_copy(update={"verified": self.verified and stays})

    @property
    def line(self) -> str:
        """Name and address for a person to read, who is told when nobody vouches for it."""
        doubt = "(unverified address)" if self.email and not self.verified else ""
        return " ".join(f"{self.name} {self.email} {doubt}".split())


def check_address(address: str) -> str:
    """The e-mail address without the white space around it.

    Raises ContactError when it is missing or is no address.
    """
    trimmed = address.strip()
    if not trimmed:
        raise ContactError("The desk cannot answer without an e-mail address: give yours.")
    try:
        parsed = Address(addr_spec=trimmed)
    except (HeaderParseError, ValueError, IndexError):
        parsed = None
    labels = parsed.domain.split(".") if parsed else []
    if (
        not parsed
        or not parsed.username
        or not trimmed.isascii()
        or len(labels) < 2
        or not all(label.replace("-", "").isalnum() for label in labels)
        or len(trimmed) > MAX_ADDRESS
    ):
        raise ContactError(
            f"{trimmed[:MAX_ADDRESS]!r} is no e-mail address: write it like name@example.com."
        )
    return trimmed

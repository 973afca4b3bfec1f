"""Destination settings: how the tickets of a desk are sent, as the profile says it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _secure(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return url.rstrip("/")
    raise ValueError("must begin with https://, because tickets and secrets travel there")


SecureUrl = Annotated[str, AfterValidator(_secure)]
VariableName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="environment variable that holds the secret; the secret itself never stands"
        " in a profile",
    ),
]


class SaveSettings(_Table):
    """The draft stays in the database and says how a person sends it."""

    type: Literal["save"] = "save"


class EmailFileSettings(_Table):
    """The draft stays in the database; a person opens it in a mail program and sends it."""

    type: Literal["email_file"]
    to: str = Field("", description="default: the desk's email")


class SmtpSettings(_Table):
    """Tickets go as e-mails through a mail server.

    Repeats of one ticket carry the same Message-ID; a mail server need not heed that.
    """

    type: Literal["smtp"]
    host: str
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = Field(
        pattern=r"^[^@\s<>]+@[^@\s<>]+$", description="the address that the e-mails come from"
    )
    to: str = Field("", description="default: the desk's email")
    username: str = ""
    password_env: VariableName | None = None


class WebhookSettings(_Table):
    """Tickets are posted as JSON, signed as Standard Webhooks (standardwebhooks.com) describes."""

    type: Literal["webhook"]
    url: SecureUrl
    secret_env: VariableName


class ZendeskTicketSettings(_Table):
    """Tickets are created through Zendesk's Tickets API, in the name of an agent.

    Zendesk documents an Idempotency-Key for this API, so that a repeat makes no second ticket.
    """

    type: Literal["zendesk_ticket"]
    url: SecureUrl = Field(description="such as https://company.zendesk.com")
    agent_email: str = Field(description="the agent whom the API token is used for")
    token_env: VariableName
    custom_fields: dict[str, int] = Field({}, description="Zendesk's field id by our field label")
    tags: tuple[str, ...] = ()


class ZendeskRequestSettings(_Table):
    """Tickets are created through Zendesk's Requests API, in the name of the end user.

    Zendesk documents no idempotency key for this API: when an answer of the desk is lost, the
    repeat can make a second ticket. Both then name the same reference.
    """

    type: Literal["zendesk_request"]
    url: SecureUrl = Field(description="such as https://company.zendesk.com")
    token_env: VariableName | None = Field(
        None, description="without it requests are anonymous, which Zendesk limits to 5 an hour"
    )
    custom_fields: dict[str, int] = Field({}, description="Zendesk's field id by our field label")


ZendeskSettings = ZendeskTicketSettings | ZendeskRequestSettings

DestinationSettings = Annotated[
    SaveSettings | EmailFileSettings | SmtpSettings | WebhookSettings | ZendeskSettings,
    Field(discriminator="type"),
]


class AttachmentLimits(_Table):
    """What a desk takes as attachments."""

    types: tuple[str, ...] = Field(
        (), description='endings of file names such as ".log"; () for any'
    )
    largest_mb: float = Field(10, gt=0, description="of one file, in millions of bytes")
    total_mb: float = Field(20, gt=0, description="of all files of a ticket together")

"""Settings: one list of names, defaults and help, read from SUPPORTBOT_* variables."""

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BotError
from bot.web_origin import normal_origin

MIN_SECRET_BYTES = 32  # as long as the hash of HS256 (RFC 7518, 3.2)


def _split(given: object) -> object:
    if not isinstance(given, str):
        return given
    return tuple(part for each in given.split(",") if (part := each.strip()))


# Written with commas, as in "one, two".
Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """How one installation runs; every field is the variable SUPPORTBOT_<FIELD>.

    An empty variable counts as one that is not set.
    """

    model_config = SettingsConfigDict(
        env_prefix="SUPPORTBOT_", extra="ignore", env_ignore_empty=True
    )

    corpus: Path = Field(Path("corpus"), description="folder of Markdown pages to answer from")
    data: Path = Field(Path("data"), description="folder for the index and all other state")
    curated: Path | None = Field(
        None,
        description="folder of approved answers, which are answered from like pages of the corpus;"
        " default: curated in the data folder",
    )
    profile: Path | None = Field(
        None, description="product profile; default: support.toml in the corpus, else a neutral one"
    )
    model: str = Field(
        "",
        description="sentence-transformers name or folder; default: the bundled all-MiniLM-L6-v2",
    )
    answer_from: float = Field(
        0.5,
        ge=0,
        le=1,
        description="confidence from which the bot answers; what others come to on your pages,"
        " supportbot eval shows",
    )
    host: str = Field("127.0.0.1", description="address the web server listens on")
    port: int = Field(7860, ge=0, le=65535, description="port the web server listens on")
    public_url: str = Field(
        "",
        description="address that people reach the bot at, such as https://bot.example.com, for"
        " links to approved answers in tickets, e-mails and on other sites, and the only public"
        " name that a server on 127.0.0.1 answers to; default: such links work on the bot's own"
        " pages only",
    )
    retention_days: int | None = Field(
        None,
        ge=1,
        description="days after which the server deletes conversations, feedback and tickets for"
        " good; default: never",
    )
    origins: Listed = Field(
        (),
        description="sites whose pages may show the widget, such as https://support.example.com,"
        " with commas between; default: none",
    )
    visitor_rate: int = Field(
        60, ge=1, description="questions, searches, votes and tickets a minute from one visitor"
    )
    site_rate: int = Field(600, ge=1, description="the same from all visitors of one site together")
    key_rate: int = Field(600, ge=1, description="requests a minute with one API key")
    keys_required: bool = Field(
        False,
        description="whether programs need an API key (supportbot keys create); it tells programs"
        " apart and protects nothing, for the pages stay open",
    )
    identity_secret: SecretStr | None = Field(
        None,
        description="secret of at least 32 bytes with which the site signs who its visitor is;"
        " default: visitors are not identified",
    )
    trusted_proxies: Listed = Field(
        (),
        description="addresses or networks of proxies whose X-Forwarded-For is believed, with"
        " commas between; default: none",
    )

    users: Path | None = Field(
        None,
        description="file of the people who may work at the agent desk, made by supportbot users;"
        " default: there is no desk",
    )
    session_minutes: int = Field(
        30,
        ge=1,
        le=720,
        description="minutes without use after which a log-in at the desk ends; after 12 hours it"
        " ends in any case",
    )

    @field_validator("origins")
    @classmethod
    def _normal(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(normal_origin(each.removesuffix("/")) for each in origins)

    @field_validator("public_url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and not (
            parts.scheme in ("http", "https")
            and parts.hostname
            and url == f"{parts.scheme}://{parts.netloc}{parts.path}"
        ):
            raise ValueError(f"{url!r} is no address: write it like https://bot.example.com")
        return url.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for each in proxies:
            try:
                ip_network(each)
            except ValueError as error:
                raise ValueError(
                    f"{each!r} is no network: write it like 10.0.0.0/8 or 127.0.0.1"
                ) from error
        return proxies

    @field_validator("identity_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"it needs at least {MIN_SECRET_BYTES} bytes")
        return secret

    @property
    def is_local(self) -> bool:
        """Whether the web server listens to this machine alone."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def database(self) -> Path:
        """The file of the local database."""
        return self.data / "supportbot.sqlite"

    @property
    def curated_folder(self) -> Path:
        """The folder of approved answers; it need not exist."""
        return self.curated or self.data / "curated"


def read_settings(**given: object) -> Settings:
    """The settings of the environment, with those `given` in their place.

    Raises BotError, naming the variable, when a value is not of its kind.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SUPPORTBOT_{first['loc'][0]}".upper()
        raise BotError(
            f"The setting {name} is wrong: {first['msg'].removeprefix('Value error, ')}."
        ) from error

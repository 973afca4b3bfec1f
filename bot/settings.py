"""Settings: one list of names, defaults and help, read from SUPPORTBOT_* variables."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BotError


class Settings(BaseSettings):
    """How one installation runs; every field is the variable SUPPORTBOT_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="SUPPORTBOT_", extra="ignore")

    corpus: Path = Field(Path("corpus"), description="folder of Markdown pages to answer from")
    data: Path = Field(Path("data"), description="folder for the index and all other state")
    profile: Path | None = Field(
        None, description="product profile; default: support.toml in the corpus, else a neutral one"
    )
    model: str = Field(
        "",
        description="sentence-transformers name or folder; default: the bundled all-MiniLM-L6-v2",
    )
    host: str = Field("127.0.0.1", description="address the web server listens on")
    port: int = Field(7860, ge=0, le=65535, description="port the web server listens on")
    retention_days: int | None = Field(
        None,
        ge=1,
        description="days after which the server deletes conversations, feedback and tickets for"
        " good; default: never",
    )

    @property
    def database(self) -> Path:
        """The file of the local database."""
        return self.data / "supportbot.sqlite"


def read_settings(**given: object) -> Settings:
    """The settings of the environment, with those `given` in their place.

    Raises BotError, naming the variable, when a value is not of its kind.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SUPPORTBOT_{first['loc'][0]}".upper()
        raise BotError(f"The setting {name} is wrong: {first['msg']}.") from error

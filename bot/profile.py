"""The product profile: everything product-specific, as data in `support.toml`."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ProfileError
from bot.reply import Priority

Act = Literal["question", "problem", "request", "idea", "human"]

# Each inner tuple lists words or phrases of which the message must hold at least one.
Cues = tuple[tuple[str, ...], ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Product(_Table):
    """What the documentation is about and where it is published."""

    name: str = "this product"
    docs_url: str = Field("", description="base address that page urls are appended to")
    source_note: str = Field(
        "", description="how the pages relate to their source, shown with each"
    )
    as_of: date | None = Field(None, description="the day the pages were last held against it")


class Desk(_Table):
    """A place that a request can go to."""

    id: str
    name: str
    how: str = Field(description="one or two sentences: how to reach it and what to expect")
    url: str = ""
    email: str = ""


class Route(_Table):
    """A rule that sends a message to a desk when all its `cues` are met by one of its `acts`.

    Of the rules that apply, the one with the highest `weight` wins, then the first.
    """

    desk: str
    cues: Cues
    acts: tuple[Act, ...] = Field((), description="what the message must do; () for anything")
    weight: int = 1
    section: str = Field("", description="the section it rests on: path#anchor")


class Kind(_Table):
    """A kind of request on the desk's form.

    Of the kinds for what a message does (`act`) the first whose `cues` are all met is drafted,
    else the first one without cues.
    """

    label: str
    act: Act
    cues: Cues = ()
    fields: tuple[str, ...] = Field((), description="labels of what the desk asks for, in order")
    desk: str = Field("", description="where it goes when no route says otherwise")
    section: str = Field("", description="the section it rests on: path#anchor")


class Information(_Table):
    """A field of the form: its label, and how the words of a message can give it."""

    label: str
    pattern: str = Field("", description="regular expression; its first group is the value")
    ask: str = Field("", description="the question that asks a person for it")
    always: bool = Field(False, description="taken down whatever the kind of request")


class Level(_Table):
    """What a message must say for its request to have this priority."""

    priority: Priority
    cues: Cues


class TicketForm(_Table):
    """The desk's own form: kinds, fields and the words that tell how grave a problem is."""

    kinds: tuple[Kind, ...] = (
        Kind(label="Question", act="question"),
        Kind(
            label="Problem",
            act="problem",
            fields=("Version", "Steps to reproduce", "Date and time"),
        ),
        Kind(label="Change", act="request"),
        Kind(label="Idea", act="idea"),
    )
    information: tuple[Information, ...] = ()
    levels: tuple[Level, ...] = Field((), description="the first whose cues are met counts")
    default_priority: Priority = "low"
    problem_priority: Priority = "medium"


class Talk(_Table):
    """How the bot opens, what counts as small talk, and which phrases ask for a person."""

    welcome: str = "Ask a question about the documentation."
    examples: tuple[str, ...] = ()
    greetings: tuple[str, ...] = (
        "hi",
        "hello",
        "hey",
        "good morning",
        "good afternoon",
        "good evening",
    )
    thanks: tuple[str, ...] = ("thanks", "thank you", "thx", "cheers")
    farewells: tuple[str, ...] = ("bye", "goodbye", "see you")
    human: tuple[str, ...] = (
        "a human",
        "a person",
        "real person",
        "human agent",
        "live agent",
        "speak to someone",
        "talk to someone",
        "call me",
        "support agent",
    )


class Profile(_Table):
    """A support.toml, validated."""

    product: Product = Product()
    synonyms: tuple[tuple[str, ...], ...] = Field(
        (), description="groups of terms that mean the same"
    )
    scope: tuple[str, ...] = Field(
        (), description="terms that mark a question as one for this desk"
    )
    desks: tuple[Desk, ...]
    default_desk: str
    routes: tuple[Route, ...] = ()
    ticket: TicketForm = TicketForm()
    talk: Talk = Talk()

    @model_validator(mode="after")
    def _names_exist(self) -> "Profile":
        desks = {desk.id for desk in self.desks}
        named = {self.default_desk, *(route.desk for route in self.routes)}
        named |= {kind.desk for kind in self.ticket.kinds if kind.desk}
        if unknown := sorted(named - desks):
            raise ValueError(
                f"desk {', '.join(unknown)} is named but not described under [[desks]]"
            )
        if not any(kind.act == "question" and not kind.cues for kind in self.ticket.kinds):
            raise ValueError('ticket.kinds has no kind with act = "question" and without cues')
        for information in self.ticket.information:
            try:
                re.compile(information.pattern)
            except re.error as error:
                raise ValueError(
                    f"the pattern of {information.label!r} is wrong: {error}"
                ) from error
        return self

    def desk(self, id: str) -> Desk:
        """The desk of that id."""
        return next(desk for desk in self.desks if desk.id == id)


# Serves any folder of Markdown that brings no support.toml.
NEUTRAL = Profile(
    desks=(Desk(id="support", name="Support", how="Send this draft to your support desk."),),
    default_desk="support",
)


def load_profile(file: Path | None, corpus: Path) -> Profile:
    """The profile in `file`, else in the corpus's support.toml, else the neutral one.

    A profile from elsewhere than the corpus leaves out what it says of its own pages.

    Raises ProfileError with the place of the fault when the file cannot be read or does not hold
    what a profile needs.
    """
    chosen = file or corpus / "support.toml"
    if file is None and not chosen.is_file():
        return NEUTRAL
    try:
        profile = Profile.model_validate(tomllib.loads(chosen.read_text(encoding="utf-8")))
        if chosen.resolve().parent == corpus.resolve():
            return profile
        # How the profile's own pages relate to their source says nothing of other pages.
        product = profile.product.model_copy(update={"source_note": "", "as_of": None})
        return profile.model_copy(update={"product": product})
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(
            f"The profile {chosen} cannot be read: check that it is there."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"The profile {chosen} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProfileError(
            f"The profile {chosen} is wrong{' at ' + place if place else ''}: "
            f"{first['msg'].removeprefix('Value error, ')}."
        ) from error

"""The product profile: everything product-specific, as data in `support.toml`."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from bot import toml_lines
from bot.destination_settings import AttachmentLimits, DestinationSettings, SaveSettings
from bot.errors import ProfileError
from bot.link import full_url, is_approved_answer
from bot.reply import Priority

Act = Literal["question", "problem", "request", "idea", "human"]

# How high an impact or an urgency is.
Rank = Literal["high", "medium", "low"]

# Each inner tuple lists words or phrases of which the message must hold at least one.
Cues = tuple[tuple[str, ...], ...]

Place = tuple[str | int, ...]  # in the file: keys, and positions in arrays
Fault = tuple[Place, str]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Product(_Table):
    """What the documentation is about and where it is published."""

    name: str = "this product"
    docs_url: str = Field("", description="base address that page urls are appended to")
    bot_url: str = Field(
        "", description="address of the bot itself, where approved answers have their pages"
    )
    source_note: str = Field(
        "", description="how the pages relate to their source, shown with each"
    )
    as_of: date | None = Field(None, description="the day the pages were last held against it")
    accent: str = Field("", description="colour of buttons and links, such as #0b6b68")

    @field_validator("accent")
    @classmethod
    def _is_colour(cls, accent: str) -> str:
        if accent and not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
            raise ValueError(f"{accent!r} is no colour: write it like #0b6b68")
        return accent.lower()

    def link_to(self, url: str) -> str:
        """A section's url with the address of its site before it, where that is known.

        That is the documentation's, or for an approved answer the bot's own.
        """
        if is_approved_answer(url):
            return f"{self.bot_url.rstrip('/')}{url}"
        return full_url(url, self.docs_url)


class Desk(_Table):
    """A place that a request can go to."""

    id: str
    name: str
    how: str = Field(description="one or two sentences: how to reach it and what to expect")
    when_critical: str = Field("", description="what to do besides when the priority is critical")
    url: str = ""
    email: str = ""
    destination: DestinationSettings = Field(
        SaveSettings(), description="how tickets are sent to it"
    )
    attachments: AttachmentLimits = AttachmentLimits()


class Route(_Table):
    """A rule that sends a message to a desk when all its `cues` are met by one of its `acts`.

    Of the rules that apply, those with the highest `weight` count. Where they name several desks,
    the person is asked which one is meant.
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
    how: str = Field("", description="what to know about sending this kind, after the desk's own")
    section: str = Field("", description="the section it rests on: path#anchor")


class Choice(_Table):
    """One of the values that a field can have, and the words that tell of it."""

    value: str
    cues: Cues
    settles: dict[str, str] = Field(
        default_factory=dict, description="values of other fields that follow from it, by label"
    )


class Information(_Table):
    """A field of the form: its label, and how the words of a message can give it.

    With `choices` the value is the first whose cues are met. A `pattern` gives the group that took
    part in the match, or all of it.
    """

    label: str
    pattern: str = Field("", description="regular expression whose group is the value")
    choices: tuple[Choice, ...] = ()
    ask: str = Field("", description="the question that asks a person for it")
    why: str = Field("", description="one sentence: what the desk needs it for")
    attachment: bool = Field(False, description="it is a file, of which words give only the name")
    optional: bool = Field(False, description="nobody is asked for it")
    several: bool = Field(False, description="all values count; else of several different none")
    verbatim: bool = Field(False, description="it quotes text, in which no other field is found")
    shared: bool = Field(False, description="holds for every request of a message that wants it")
    unasked: tuple[Act, ...] = Field(
        (), description="acts for which it is taken down even if the kind does not ask for it"
    )


class Rating(_Table):
    """What a message must say for its impact, or its urgency, to be this high."""

    rank: Rank
    cues: Cues
    unless: tuple[str, ...] = Field((), description="words of clauses that do not count for it")
    elsewhere: tuple[str, ...] = Field(
        (),
        description="words of clauses about something else, where they hold none of the first list",
    )


class PriorityMatrix(_Table):
    """How impact and urgency give the priority, and which words tell of them.

    Of `impact` and of `urgency` the first rating whose cues are met counts; a cue that is denied
    right before it, as in "no outage", is not met. Messages whose act is not among `acts` only talk
    about trouble; theirs are low.
    """

    matrix: dict[Rank, dict[Rank, Priority]] = Field(
        {
            "high": {"high": "critical", "medium": "high", "low": "medium"},
            "medium": {"high": "high", "medium": "medium", "low": "low"},
            "low": {"high": "medium", "medium": "low", "low": "low"},
        },
        description="the priority by impact, then by urgency",
    )
    impact: tuple[Rating, ...] = ()
    urgency: tuple[Rating, ...] = ()
    acts: tuple[Act, ...] = ("problem", "request", "human")
    problem_impact: Rank = Field("medium", description="of a problem that does not tell its own")
    problem_urgency: Rank = "medium"
    workaround: Cues = Field((), description="what says that there is a workaround")
    workaround_impact: Rank = Field("medium", description="the highest impact with a workaround")
    section: str = Field("", description="the section it rests on: path#anchor")

    @model_validator(mode="after")
    def _is_complete(self) -> "PriorityMatrix":
        ranks = set(Rank.__args__)
        if set(self.matrix) != ranks or any(set(row) != ranks for row in self.matrix.values()):
            raise ValueError(
                "the matrix needs a row for high, medium and low impact, and in each a priority "
                "for high, medium and low urgency"
            )
        return self


class TicketForm(_Table):
    """The desk's own form: kinds, fields and how the priority follows."""

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
    priority: PriorityMatrix = PriorityMatrix()

    def described(self, label: str) -> Information:
        """The field of that label; one that the form only names has nothing but its label."""
        named = (each for each in self.information if each.label == label)
        return next(named, Information(label=label))


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
        "to a human",
        "reach a human",
        "contact a human",
        "human please",
        "speak to a person",
        "talk to a person",
        "speak with a person",
        "talk with a person",
        "reach a person",
        "real person please",
        "speak to an agent",
        "talk to an agent",
        "speak with an agent",
        "connect me with an agent",
        "speak to a representative",
        "talk to a representative",
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
    def _fits_together(self) -> "Profile":
        faults = [
            InitErrorDetails(
                type=PydanticCustomError("profile", "{fault}", {"fault": fault}),
                loc=place,
                input=None,
            )
            for place, fault in self._faults()
        ]
        if faults:
            raise ValidationError.from_exception_data("Profile", faults)
        return self

    def _faults(self) -> Iterator[Fault]:
        """What its parts say of each other and is not so: the place, and the fault."""
        yield from self._desk_faults()
        kinds = self.ticket.kinds
        if not any(kind.act == "question" and not kind.cues for kind in kinds):
            fault = 'ticket.kinds has no kind with act = "question" and without cues'
            yield ("ticket", "kinds"), fault
        for i, information in enumerate(self.ticket.information):
            try:
                re.compile(information.pattern)
            except re.error as error:
                fault = f"the pattern of {information.label!r} is wrong: {error}"
                yield ("ticket", "information", i, "pattern"), fault
        yield from self._field_faults()

    def _desk_faults(self) -> Iterator[Fault]:
        desks = [desk.id for desk in self.desks]
        for i, id in enumerate(desks):
            if id in desks[:i]:
                yield ("desks", i, "id"), f"desk {id} is described twice under [[desks]]"
        kinds = self.ticket.kinds
        named: list[tuple[Place, str]] = [(("default_desk",), self.default_desk)]
        named += [(("routes", i, "desk"), route.desk) for i, route in enumerate(self.routes)]
        named += [(("ticket", "kinds", i, "desk"), kind.desk) for i, kind in enumerate(kinds)]
        for place, id in named:
            if id and id not in desks:
                yield place, f"desk {id} is named but not described under [[desks]]"

    def _field_faults(self) -> Iterator[Fault]:
        described = {each.label for each in self.ticket.information}
        named: list[tuple[Place, str]] = []
        # The usual kinds, which a file need not repeat, name fields that it need not describe.
        if described and "kinds" in self.ticket.model_fields_set:
            for i, kind in enumerate(self.ticket.kinds):
                for j, label in enumerate(kind.fields):
                    named.append((("ticket", "kinds", i, "fields", j), label))
        for i, information in enumerate(self.ticket.information):
            for j, choice in enumerate(information.choices):
                place = ("ticket", "information", i, "choices", j, "settles")
                named += [((*place, label), label) for label in choice.settles]
        for place, label in named:
            if label not in described:
                fault = f"field {label!r} is named but not described under [[ticket.information]]"
                yield place, fault

    def desk(self, id: str) -> Desk:
        """The desk of that id."""
        return next(desk for desk in self.desks if desk.id == id)

    def served_at(self, address: str) -> "Profile":
        """The same for a bot that is served at an address; "" leaves the one of the product."""
        if not address:
            return self
        product = self.product.model_copy(update={"bot_url": address})
        return self.model_copy(update={"product": product})


# Serves any folder of Markdown that brings no support.toml.
NEUTRAL = Profile(
    desks=(Desk(id="support", name="Support", how="Send this draft to your support desk."),),
    default_desk="support",
)


def load_profile(file: Path | None, corpus: Path) -> Profile:
    """The profile in `file`, else in the corpus's support.toml, else the neutral one.

    A profile from elsewhere than the corpus leaves out what it says of its own pages.

    Raises ProfileError with the line of the fault when the file cannot be read or does not hold
    what a profile needs.
    """
    chosen = file or corpus / "support.toml"
    if file is None and not chosen.is_file():
        return NEUTRAL
    try:
        toml = chosen.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(
            f"The profile {chosen} cannot be read: check that it is there."
        ) from error
    try:
        profile = Profile.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"The profile {chosen} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        line = toml_lines.find_line(toml, first["loc"])
        place = ".".join(str(part) for part in first["loc"])
        raise ProfileError(
            f"The profile {chosen} is wrong{f' on line {line}' if line else ''}"
            f"{f' at {place}' if place else ''}: {first['msg'].removeprefix('Value error, ')}."
        ) from error
    if chosen.resolve().parent == corpus.resolve():
        return profile
    # How the profile's own pages relate to their source says nothing of other pages.
    product = profile.product.model_copy(update={"source_note": "", "as_of": None})
    return profile.model_copy(update={"product": product})

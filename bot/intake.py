"""The intake of a ticket: asking for what is missing, and taking down what is told."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.account import add_to, split_reason
from bot.cue import hear
from bot.drafting import how_to_send
from bot.field import find_fields
from bot.phrasing import ASKS, SKIPS
from bot.priority import Assessment, assess
from bot.profile import Kind, Profile
from bot.reply import Ticket


@dataclass(frozen=True)
class FieldQuestion:
    """A question for one missing field of a ticket."""

    label: str
    text: str  # the question, then why the desk needs it
    wants_file: bool  # the answer is an attachment


def next_question(
    ticket: Ticket, profile: Profile, skipped: Collection[str] = ()
) -> FieldQuestion | None:
    """The question for the first missing field whose label is not among the skipped ones.

    None when nothing is left to ask.
    """
    for label in ticket.missing:
        if label not in skipped:
            field = profile.ticket.described(label)
            text = f"{field.ask or f'{label}?'} {field.why}".strip()
            return FieldQuestion(label, text, field.attachment)
    return None


def is_skip(text: str) -> bool:
    """Whether an answer only says that the person cannot or does not want to give one."""
    return bool(SKIPS.match(text.strip()))


def fill(ticket: Ticket, text: str, profile: Profile, asked: str = "") -> Ticket:
    """The ticket with every missing field that a message gives, in however many words.

    `asked` is the label that the person was asked for: a message that gives no field by its
    pattern, and is no question, is its value as it stands. A field that is filled already does not
    change. What is not the value itself is added to the description, so that nothing is lost; a
    skip adds nothing. What is told can change the priority, unless a person chose it.
    """
    told = text.strip()
    if not told or is_skip(told):
        return ticket
    form = profile.ticket
    kind = next((each for each in form.kinds if each.label == ticket.kind), form.kinds[0])
    wanted = kind.model_copy(update={"fields": tuple(ticket.missing)})
    found = {
        label: value
        for label, value in find_fields(told, kind.act, wanted, form).items()
        if label not in ticket.fields
    }
    description = ticket.description
    if not found and asked in ticket.missing and not ASKS.match(told) and not told.endswith("?"):
        found = {asked: told}
    elif told not in found.values():
        description = add_to(description, told)
    filled = ticket.model_copy(
        update={
            "fields": ticket.fields | found,
            "missing": [label for label in ticket.missing if label not in found],
            "description": description,
        }
    )
    return _reassessed(ticket, filled, kind, profile)


def _reassessed(before: Ticket, filled: Ticket, kind: Kind, profile: Profile) -> Ticket:
    now = _assess(filled, kind, profile)
    # Where the reason is another one, a person chose the priority or it rests on more words.
    if split_reason(before.description)[1] != _assess(before, kind, profile).reason:
        return filled
    return filled.model_copy(
        update={
            "priority": now.priority,
            "description": f"{split_reason(filled.description)[0]}\n\n{now.reason}",
            "how": how_to_send(profile.desk(filled.desk), kind, now.priority),
        }
    )


def _assess(ticket: Ticket, kind: Kind, profile: Profile) -> Assessment:
    told = "\n".join([split_reason(ticket.description)[0], *ticket.fields.values()])
    return assess(kind.act, hear(told), profile.ticket.priority)

"""Edits of a ticket by hand, held to what the profile knows."""

from collections.abc import Collection, Mapping
from typing import get_args

from bot.account import choose_priority
from bot.drafting import how_to_send
from bot.errors import TicketError
from bot.masking import Masked, mask
from bot.profile import Profile
from bot.reply import Priority, Ticket


def edit(
    ticket: Ticket,
    profile: Profile,
    *,
    desk: str | None = None,
    kind: str | None = None,
    priority: str | None = None,
    subject: str | None = None,
    description: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Ticket:
    """The ticket with what is given in the place of what it had; a field set to "" is taken out.

    What the desk will ask for and how to send it follow from desk, kind and priority. Raises
    TicketError for a desk, kind or priority that there is not, and for an empty subject.
    """
    given = {
        "desk": desk,
        "kind": kind,
        "priority": priority,
        "subject": None if subject is None else " ".join(subject.split()),
        "description": description,
    }
    known = [each.label for each in profile.ticket.information]
    known += [*ticket.missing, *ticket.fields]
    labels = {label.casefold(): label for label in known}
    written = {
        labels.get(label.strip().casefold(), label.strip()): value
        for label, value in (fields or {}).items()
    }
    changed = ticket.model_copy(
        update={
            **{name: value for name, value in given.items() if value is not None},
            "fields": {**ticket.fields, **written},
        }
    )
    return complete(changed, profile)


def complete(ticket: Ticket, profile: Profile) -> Ticket:
    """The ticket with what is missing and how to send it as its desk, kind and priority have it.

    The description gives no reason for another priority. Raises TicketError for a desk, kind or
    priority that there is not, and for an empty subject.
    """
    desks = {each.id: each for each in profile.desks}
    kinds = {each.label: each for each in profile.ticket.kinds}
    _require("desk", ticket.desk, desks)
    _require("kind", ticket.kind, kinds)
    _require("priority", ticket.priority, get_args(Priority))
    if not ticket.subject:
        raise TicketError("The ticket has no subject: say in a few words what it is about.")
    fields = {label: value.strip() for label, value in ticket.fields.items() if value.strip()}
    kind = kinds[ticket.kind]
    form = profile.ticket
    return ticket.model_copy(
        update={
            "description": choose_priority(ticket.description, ticket.priority),
            "fields": fields,
            "missing": [
                label
                for label in kind.fields
                if label not in fields and not form.described(label).optional
            ],
            "how": how_to_send(desks[ticket.desk], kind, ticket.priority),
        }
    )


def mask_ticket(ticket: Ticket, harmless: Collection[str] = ()) -> tuple[Ticket, str]:
    """The ticket without the secrets in its texts, and one sentence that says what was masked.

    The sentence is empty where nothing was; texts that are `harmless` stay.
    """
    texts = {"subject": ticket.subject, "description": ticket.description}
    masked = {name: mask(text, harmless) for name, text in texts.items()}
    fields = {label: mask(value, harmless) for label, value in ticket.fields.items()}
    originals = [*texts.values(), *ticket.fields.values()]
    secrets = {
        text[hit.start : hit.end]: hit
        for text, each in zip(originals, [*masked.values(), *fields.values()], strict=True)
        for hit in each.hits
    }
    changes = {name: each.text for name, each in masked.items()}
    changes["fields"] = {label: each.text for label, each in fields.items()}
    return ticket.model_copy(update=changes), Masked("", tuple(secrets.values())).notice


def _require(name: str, value: str, known: object) -> None:
    if value not in known:
        raise TicketError(f"There is no {name} {value!r}: choose one of {', '.join(known)}.")

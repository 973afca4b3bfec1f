"""The draft editor: keeps what a person changes in a draft as soon as it is changed."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.attachment import make_attachment
from bot.database import Database
from bot.kept_ticket import KeptTicket
from bot.masking import Masked, mask
from bot.outbox import Outbox
from bot.profile import Profile
from bot.reply import Ticket, Turn
from bot.ticket_edit import complete, edit

CONTACT_BOXES = ("name", "email")
PLAIN_BOXES = ("desk", "kind", "priority", "subject", "description")


@dataclass(frozen=True)
class Box:
    """A place of the form: one of CONTACT_BOXES or PLAIN_BOXES, or a field of the ticket."""

    name: str
    is_field: bool = False

    def value_in(self, kept: KeptTicket) -> str:
        """What stands in this place of a ticket."""
        if self.is_field:
            return kept.ticket.fields.get(self.name, "")
        return getattr(kept.contact if self.name in CONTACT_BOXES else kept.ticket, self.name)


class DraftEditor:
    """Changes drafts in a database, held to a profile.

    Every method raises DatabaseError, UnknownTicket, and TicketLocked for a ticket that is on its
    way or has arrived.
    """

    def __init__(self, database: Database, outbox: Outbox, profile: Profile) -> None:
        self._database = database
        self._outbox = outbox
        self._profile = profile
        # Two boxes left in quick succession must not write over each other's change.
        self._lock = threading.Lock()

    def write(
        self,
        ticket_id: str,
        values: Mapping[Box, str],
        harmless: Collection[str] = (),
        *,
        seen: str | None = None,
        agent: str = "",
    ) -> dict[Box, Masked]:
        """Keep what stands in some boxes of the form; returns those in which a secret was masked.

        The contact is kept as it is typed, finished or not. `seen` is when the draft was `updated`
        as the editor saw it, `agent` who at the agent desk edits it. Raises TicketError for an
        empty subject, and for a desk, kind or priority that there is not, and TicketChanged for a
        draft that was updated since it was seen; nothing is kept then.
        """
        written = {box: value for box, value in values.items() if box.name not in CONTACT_BOXES}
        masked = {box: mask(value, harmless) for box, value in written.items()}
        plain = {box.name: masked[box].text for box in masked if not box.is_field}
        fields = {box.name: masked[box].text for box in masked if box.is_field}
        typed = {box.name: values[box] for box in values if box not in written}
        with self._lock:
            kept = self._database.ticket(ticket_id)
            self._database.edit_ticket(
                ticket_id,
                ticket=edit(kept.ticket, self._profile, fields=fields, **plain),
                contact=kept.contact.changed(**typed),
                seen=seen,
                agent=agent,
            )
        return {box: each for box, each in masked.items() if each.hits}

    def change(
        self, ticket_id: str, change: Callable[[Ticket], Ticket], said: Sequence[Turn] = ()
    ) -> Ticket:
        """Keep a draft as `change` makes it, and what was said about it with its transcript."""
        with self._lock:
            kept = self._database.ticket(ticket_id)
            changed = change(kept.ticket)
            self._database.edit_ticket(
                ticket_id, ticket=changed, transcript=[*kept.transcript, *said]
            )
        return changed

    def attach(self, ticket_id: str, name: str, content: bytes) -> None:
        """Keep a file with a draft; it is the answer to the first file that the desk misses.

        Raises AttachmentError for a file that the desk does not take.
        """
        file = make_attachment(name, content)
        with self._lock:
            kept = self._database.ticket(ticket_id)
            others = [
                each for each in self._database.attachments(ticket_id) if each.name != file.name
            ]
            self._outbox.check_files(kept.ticket, [*others, file])
            self._database.attach(ticket_id, file)
            wanted = [
                label
                for label in kept.ticket.missing
                if self._profile.ticket.described(label).attachment
            ]
            if wanted:
                self._put(kept, {wanted[0]: file.name})

    def detach(self, ticket_id: str, name: str) -> None:
        """Delete a file from a draft; what it was the answer to is missing again."""
        with self._lock:
            kept = self._database.ticket(ticket_id)
            self._database.detach(ticket_id, name)
            answered = {
                label: ""
                for label, value in kept.ticket.fields.items()
                if value == name and self._profile.ticket.described(label).attachment
            }
            if answered:
                self._put(kept, answered)

    def send(self, ticket_id: str) -> KeptTicket:
        """Have a draft sent in the background; returns it as it is then.

        Raises TicketError, ContactError or AttachmentError for what the person can set right.
        """
        complete(self._database.ticket(ticket_id).ticket, self._profile)
        return self._outbox.submit(ticket_id)

    def _put(self, kept: KeptTicket, fields: Mapping[str, str]) -> None:
        self._database.edit_ticket(
            kept.ticket_id, ticket=edit(kept.ticket, self._profile, fields=fields)
        )

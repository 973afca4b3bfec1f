"""The outbox: brings tickets to their desks, again and again until each has arrived."""

import logging
import random
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bot.attachment import Attachment, check_attachments
from bot.contact import Contact, check_address
from bot.database import Database
from bot.destination import Destination, open_destination, sends
from bot.errors import DatabaseError, DeliveryPostponed, DeliveryRefused, TicketError, TicketLocked
from bot.kept_ticket import KeptTicket, Parcel
from bot.profile import Desk, Profile
from bot.reply import Ticket

logger = logging.getLogger(__name__)

# Longer than an attempt takes with the timeouts of the destinations.
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_RETRY_AFTER = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=5)
FEWEST_ATTEMPTS = 8  # where the machine itself was off for days
LOOK_EVERY_SECONDS = 30.0  # for what another process handed over
WORKERS = 2  # so that a desk that hangs does not hold up all others


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Outbox:
    """Sends the tickets of a database to the desks of a profile, at least once each.

    Any number of outboxes, in any number of processes, may work on the same database: a ticket is
    leased to one of them, and taken over when that one does not end its attempt in time. The
    ticket's id is its idempotency key, so that a desk which heeds it gets a ticket once.
    """

    def __init__(
        self,
        database: Database,
        profile: Profile,
        *,
        now: Callable[[], datetime] = _utc_now,
        jitter: Callable[[], float] = random.random,
        open_destination: Callable[[Desk], Destination] = open_destination,
    ) -> None:
        self._database = database
        self._profile = profile
        self._now = now
        self._jitter = jitter
        self._open_destination = open_destination
        self._wake = threading.Condition()
        self._handed_over = 0  # how often, so that a worker notices what it did not wait for
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def submit(self, ticket_id: str) -> KeptTicket:
        """Have a ticket sent; returns it as it is then.

        It stays "saved" where a person sends it, and one that is on its way or has arrived stays
        as it is. Raises UnknownTicket, and for what the person can set right TicketError,
        ContactError or AttachmentError; the ticket is then kept as it was.
        """
        kept = self._database.ticket(ticket_id)
        if not kept.can_change or not sends(self._desk(kept.ticket)):
            return kept
        self.check_contact(kept.ticket, kept.contact)
        self.check_files(kept.ticket, self._database.attachments(ticket_id))
        with suppress(TicketLocked):  # a second click, or another process, was quicker
            self._database.submit(ticket_id, self._now())
        with self._wake:
            self._handed_over += 1
            self._wake.notify_all()
        return self._database.ticket(ticket_id)

    def check_files(self, ticket: Ticket, attachments: Iterable[Attachment]) -> None:
        """Raises AttachmentError when the ticket's desk would not take the files together."""
        check_attachments(attachments, self._desk(ticket).attachments)

    def check_contact(self, ticket: Ticket, contact: Contact) -> None:
        """Raises ContactError when the ticket's desk could not answer."""
        if sends(self._desk(ticket)):
            check_address(contact.email)

    def send_due(self) -> list[str]:
        """Try once each ticket that is due; returns the ids of those tried."""
        started = self._now()
        tried = []
        # What is postponed meanwhile is due after `started`, so each is tried once.
        while claimed := self._database.claim(started, self._now() + LEASE):
            self._attempt(*claimed)
            tried.append(claimed[0].ticket_id)
        return tried

    def send_now(self, ticket_id: str) -> KeptTicket:
        """Submit a ticket and try it once, though it may wait for a later time; returns it then.

        Raises what `submit` raises. One that another process is sending is left to that.
        """
        self.submit(ticket_id)
        now = self._now()
        if claimed := self._database.claim(now, now + LEASE, ticket_id):
            self._attempt(*claimed)
        return self._database.ticket(ticket_id)

    def start(self) -> None:
        """Begin to send in the background; returns at once."""
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, name=f"outbox-{number}", daemon=True)
            for number in range(WORKERS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End the background work; an attempt that outlasts `timeout` seconds is left behind.

        Its ticket is taken over when its lease has run out.
        """
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout)

    def _work(self) -> None:
        while not self._stopping:
            handed_over = self._handed_over
            try:
                self.send_due()
                wait = self._seconds_to_next()
            except DatabaseError as error:
                logger.warning("Tickets wait to be sent. %s", error)
                wait = LOOK_EVERY_SECONDS
            except Exception:
                # Without its thread the outbox would send nothing more.
                logger.exception("The outbox failed and goes on")
                wait = LOOK_EVERY_SECONDS
            with self._wake:
                if not self._stopping and handed_over == self._handed_over:
                    self._wake.wait(wait)

    def _seconds_to_next(self) -> float:
        due = self._database.next_due()
        left = (due - self._now()).total_seconds() if due else LOOK_EVERY_SECONDS
        return min(max(left, 0.1), LOOK_EVERY_SECONDS)

    def _attempt(self, kept: KeptTicket, lease: str) -> None:
        id = kept.ticket_id
        try:
            desk = self._desk(kept.ticket)
            parcel = Parcel(kept, self._database.attachments(id))
            number = self._open_destination(desk).deliver(parcel)
        except DeliveryPostponed as error:
            self._postpone(kept, lease, str(error), error.retry_after)
        except (DeliveryRefused, TicketError) as error:
            logger.warning("Ticket %s cannot be sent. %s", id, error)
            self._database.mark_failed(id, lease, str(error))
        except DatabaseError:
            raise
        except Exception as error:
            # A fault of ours must not lose the ticket, nor keep the others from being sent.
            logger.exception("Sending ticket %s failed", id)
            self._postpone(kept, lease, f"The program failed ({error}): see its log.", 0.0)
        else:
            self._database.mark_sent(id, number)

    def _postpone(self, kept: KeptTicket, lease: str, error: str, retry_after: float) -> None:
        now = self._now()
        too_long = now > datetime.fromisoformat(kept.submitted) + GIVE_UP_AFTER
        until = now + self._wait(kept.attempts, retry_after)
        if too_long and kept.attempts >= FEWEST_ATTEMPTS:
            logger.warning("Ticket %s is given up. %s", kept.ticket_id, error)
            self._database.mark_failed(kept.ticket_id, lease, error)
        else:
            self._database.postpone(kept.ticket_id, lease, until, error)

    def _wait(self, attempts: int, retry_after: float) -> timedelta:
        """Doubling from FIRST_WAIT to LONGEST_WAIT, less up to half by chance.

        By chance, so that tickets that failed together do not come back together. Never less than
        the desk asks for.
        """
        doubled = FIRST_WAIT * 2 ** min(attempts - 1, 20)
        wait = min(doubled, LONGEST_WAIT) * (1 - self._jitter() / 2)
        # Compared as numbers: a desk can ask for more seconds than a timedelta holds.
        asked = min(retry_after, LONGEST_RETRY_AFTER.total_seconds())
        return max(wait, timedelta(seconds=asked))

    def _desk(self, ticket: Ticket) -> Desk:
        for desk in self._profile.desks:
            if desk.id == ticket.desk:
                return desk
        known = ", ".join(desk.id for desk in self._profile.desks)
        raise TicketError(f"There is no desk {ticket.desk!r}: choose one of {known}.")

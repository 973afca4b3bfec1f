"""Destinations: where the tickets of a desk go, chosen by the profile."""

from typing import Protocol

from bot.destination_settings import (
    EmailFileSettings,
    SaveSettings,
    SmtpSettings,
    WebhookSettings,
    ZendeskRequestSettings,
    ZendeskTicketSettings,
)
from bot.errors import DeliveryRefused
from bot.kept_ticket import Parcel
from bot.mail_destination import SmtpDestination
from bot.profile import Desk
from bot.webhook_destination import WebhookDestination
from bot.zendesk_destination import ZendeskRequestDestination, ZendeskTicketDestination


class Destination(Protocol):
    """Takes tickets to a desk."""

    def deliver(self, parcel: Parcel) -> str:
        """Give a ticket to the desk; returns the desk's number for it, "" where it has none.

        May be called again for the same ticket, by another process and days later. Raises
        DeliveryPostponed when trying again later can help, and DeliveryRefused when it cannot.
        """


def sends(desk: Desk) -> bool:
    """Whether tickets go to the desk by themselves; otherwise a person sends them."""
    return not isinstance(desk.destination, SaveSettings | EmailFileSettings)


def open_destination(desk: Desk) -> Destination:
    """The destination of a desk that `sends`.

    Raises DeliveryRefused for another desk, and when a variable for a secret is not set or no
    address is given.
    """
    match desk.destination:
        case SmtpSettings() as settings:
            return SmtpDestination(settings, mail_address(desk))
        case WebhookSettings() as settings:
            return WebhookDestination(settings)
        case ZendeskTicketSettings() as settings:
            return ZendeskTicketDestination(settings)
        case ZendeskRequestSettings() as settings:
            return ZendeskRequestDestination(settings)
        case _:
            raise DeliveryRefused(
                f"Tickets for the desk {desk.id} are sent by a person: say in the profile how else."
            )


def mail_address(desk: Desk) -> str:
    """The address for e-mails to a desk; raises DeliveryRefused when the profile has none."""
    to = getattr(desk.destination, "to", "") or desk.email
    if not to:
        raise DeliveryRefused(
            f"The desk {desk.id} has no e-mail address: give it an email in the profile."
        )
    return to

"""The mail destinations: a ticket as an e-mail file, as a mailto link, or sent through a server."""

import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from urllib.parse import quote

from bot.attachment import Attachment
from bot.contact import check_address
from bot.destination_settings import SmtpSettings
from bot.errors import ContactError, DeliveryPostponed, DeliveryRefused
from bot.kept_ticket import KeptTicket, Parcel
from bot.secret import read_secret
from bot.ticket_file import desk_text, transcript_file

TIMEOUT_SECONDS = 60.0  # of each step of the dialogue
MAX_LINK = 1900  # Windows hands over no longer link to a mail program
_CUT = "\n\n[…]"


def email_file(parcel: Parcel, to: str) -> bytes:
    """The ticket as an .eml file that a mail program opens as a draft, with all attachments."""
    message = _message(parcel, to)
    message["X-Unsent"] = "1"  # what Outlook knows a draft by
    contact = parcel.kept.contact
    with suppress(ContactError):  # a draft may lack an address; the mail program has one
        message["From"] = _address(contact.name, check_address(contact.email))
    return message.as_bytes()


def mailto_link(kept: KeptTicket, to: str) -> str:
    """A link that opens a mail program with the ticket, cut to what such a link can hold.

    Files cannot go with it.
    """
    head = f"mailto:{quote(to, safe='@')}?subject={quote(_one_line(kept.ticket.subject))}&body="
    whole = desk_text(kept)
    if len(head) + len(_encoded(whole)) <= MAX_LINK:
        return head + _encoded(whole)
    left = MAX_LINK - len(head) - len(_encoded(_CUT))
    # A character takes up to twelve of the link's, so cut by what it becomes.
    used = 0
    for end, character in enumerate(whole):
        used += len(_encoded(character))
        if used > left:
            return head + _encoded(whole[:end] + _CUT)
    return head + _encoded(whole)


class SmtpDestination:
    """Sends tickets as e-mails; all attempts of one ticket carry the same Message-ID."""

    def __init__(self, settings: SmtpSettings, to: str) -> None:
        self._settings = settings
        self._to = to
        self._password = read_secret(settings.password_env) if settings.password_env else None

    def deliver(self, parcel: Parcel) -> str:
        """Hand a ticket to the mail server; returns "", because no number is given for it."""
        settings = self._settings
        message = _message(parcel, self._to)
        message["From"] = settings.sender
        contact = parcel.kept.contact
        message["Reply-To"] = _address(contact.name, contact.email)
        host = settings.sender.partition("@")[2]
        message["Message-ID"] = f"<{parcel.kept.ticket_id}@{host}>"
        try:
            server = self._connect()
            try:
                if self._password is not None:
                    server.login(settings.username, self._password)
                server.send_message(message, to_addrs=[self._to])
            finally:
                # What the server accepted is delivered, however it takes the farewell.
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()
                server.close()
        except ssl.SSLCertVerificationError as error:
            raise DeliveryRefused(
                f"The certificate of {settings.host} is not valid ({error.verify_message}): renew"
                " it, or correct the host in the profile."
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryRefused(
                f"{settings.host} does not offer what the profile asks for ({error}): correct"
                " security, username or port."
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[self._to]
            raise _answered(settings.host, code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(settings.host, error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryPostponed(
                f"{settings.host} cannot be reached ({error or type(error).__name__}): it is tried"
                " again."
            ) from error
        return ""

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        tls = ssl.create_default_context()
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=tls
            )
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
        if settings.security == "starttls":
            try:
                server.starttls(context=tls)
            except BaseException:
                server.close()
                raise
        return server


def _message(parcel: Parcel, to: str) -> EmailMessage:
    kept = parcel.kept
    message = EmailMessage(policy=SMTP)
    message["To"] = to
    message["Subject"] = _one_line(kept.ticket.subject)
    message["Date"] = localtime()
    message.set_content(desk_text(kept))
    files: list[Attachment] = [*parcel.attachments]
    if kept.transcript:
        files.append(transcript_file(kept))
    for file in files:
        main, _, sub = file.media_type.partition("/")
        if main in ("message", "multipart"):  # whose bytes the mail would bring as parts of its own
            main, sub = "application", "octet-stream"
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def _address(name: str, email: str) -> Address:
    return Address(display_name=_one_line(name), addr_spec=email)


def _answered(host: str, code: int, said: bytes | str) -> DeliveryPostponed | DeliveryRefused:
    """The error for a reply of a mail server: 4yz is for now, 5yz for good (RFC 5321, 4.2.1)."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    reply = f"{host} answered {code} ({' '.join(words.split())[:300]})"
    if 400 <= code < 500 or code < 0:
        return DeliveryPostponed(f"{reply}: it is tried again.")
    return DeliveryRefused(f"{reply}: check the destination in the profile.")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _encoded(text: str) -> str:
    return quote(text.replace("\r\n", "\n").replace("\n", "\r\n"), safe="")

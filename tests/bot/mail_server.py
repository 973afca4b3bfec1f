"""A mail server on the loopback interface that keeps what it takes."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """Takes e-mails; the next of `replies` is its answer to one, as in "451 Try again".

    `farewell` is its answer to QUIT.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.replies: list[str] = []
        self.refused_recipients: dict[str, str] = {}
        self.farewell = "221 Bye"
        self.logins: list[tuple[str, str]] = []
        # The controller takes no port 0; this one is free now.
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self.replies.pop(0) if self.replies else "250 OK"
        if reply.startswith(("250", "drop")):
            self.messages.append(message_from_bytes(envelope.content, policy=default))
            self.recipients.append(envelope.rcpt_tos)
        if reply == "drop":  # it has the message, and the sender never hears of it
            server.transport.abort()
        return reply

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.farewell == "drop":
            server.transport.abort()
        return self.farewell

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        self.logins.append(login)
        return AuthResult(success=login == ("bot", "s3cret"), handled=False)


@contextmanager
def serving_mail(tls: ssl.SSLContext | None = None, **options: object) -> Iterator[MailServer]:
    """A mail server until the end of the block; with `tls` it offers STARTTLS."""
    server = MailServer()
    given = {"tls_context": tls, "require_starttls": bool(tls), **options}
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        authenticator=server.authenticate,
        **given,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()

"""What can go wrong when a question is asked; each message is one sentence with the remedy."""


class BotError(Exception):
    """The bot cannot do what was asked; the message says why and what to do."""


class ProfileError(BotError):
    """A support.toml does not hold what a profile needs."""


class QuestionError(BotError):
    """A question that cannot be taken: empty, or far too long."""


class DatabaseError(BotError):
    """The local database refuses: locked, full or read-only."""


class UnknownReply(BotError):
    """Feedback names a reply that is not in the database."""


class UnknownTicket(BotError):
    """No ticket draft, or more than one, has the id that was given."""


class UnknownSection(BotError):
    """The documentation has no such section or table, perhaps no longer."""


class TicketError(BotError):
    """A ticket holds what its desk's form does not know, or lacks what the desk must have."""


class TicketLocked(BotError):
    """A ticket that is on its way, or has arrived, cannot be changed."""


class TicketChanged(BotError):
    """A draft was changed by someone else since it was opened."""


class AnswerError(BotError):
    """An answer cannot be approved as it is: it lacks a title, question or text, or is too long."""


class UnknownAnswer(BotError):
    """There is no approved answer of that name."""


class AnswerChanged(BotError):
    """An approved answer was changed by someone else since it was opened."""


class AnswerNotKept(BotError):
    """The disk refuses to keep an approved answer."""


class AttachmentError(BotError):
    """A file that cannot be attached: empty, too large, or of a type that the desk refuses."""


class ContactError(BotError):
    """An e-mail address is missing or is none."""


class ApiKeyError(BotError):
    """An API key cannot be made or revoked as asked."""


class KeyRefused(BotError):
    """A request has no API key where it needs one, or one that does not hold."""


class ScopeMissing(BotError):
    """An API key does not allow what it was used for."""


class IdentityError(BotError):
    """A signed visitor identity is forged, expired or cannot be checked."""


class UserError(BotError):
    """The file of the desk's users is missing or wrong, or a user cannot be added or removed."""


class LoginRefused(BotError):
    """A name and a password that do not belong together."""


class SessionEnded(BotError):
    """A request to the desk without a session that holds."""


class RoleMissing(BotError):
    """A user of the desk may not do what was asked."""


class RateExceeded(BotError):
    """Too many requests; `retry_after` is the whole seconds to wait."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeliveryRefused(BotError):
    """A desk refuses a ticket for good, or its destination is set up wrongly."""


class DeliveryPostponed(BotError):
    """A desk cannot be reached or is busy; `retry_after` is the wait it asks for, in seconds."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotReady(BotError):
    """The index is still being built or opened; the message says how far it is."""


class ServerError(BotError):
    """The web server cannot listen on its host and port."""


class ReaderError(BotError):
    """The reader's weights are missing or altered."""


class EvaluationError(BotError):
    """A file of questions with known answers cannot be used."""

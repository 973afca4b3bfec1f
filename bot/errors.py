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


class NotReady(BotError):
    """The index is still being built or opened; the message says how far it is."""


class ServerError(BotError):
    """The web server cannot listen on its host and port."""


class ReaderError(BotError):
    """The reader's weights are missing or altered."""


class EvaluationError(BotError):
    """A file of questions with known answers cannot be used."""

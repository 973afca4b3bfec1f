"""Sample replies."""

from bot.reply import Reply


def reply(answer: str, **given: object) -> Reply:
    """An answered reply, sure of itself, with what is `given` in its place."""
    plain = {
        "question": "q",
        "standalone_question": "q",
        "outcome": "answered",
        "answer": answer,
        "confidence": 1,
    }
    return Reply(**plain | given)

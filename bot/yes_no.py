"""Questions for yes or no, and which of the two a sentence cannot mean."""

import re

from bot.words import content_stems

_GREETING = r"(?:(?:and|so|but|ok|okay|hi|hello|hey|also|please|well|then|just)\b[,! ]+)*"
_VERB = (
    r"(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|am|"
    r"isn't|aren't|doesn't|don't|didn't|can't|won't|shouldn't|couldn't)"
)
_BEGINS = re.compile(rf"(?i)^{_GREETING}{_VERB}\b")
# "We moved to another region. Does the address change?"
_BEGINS_LATER = re.compile(
    rf"(?i)[,.;:!?] *{_GREETING}{_VERB} (?:i|we|you|u|they|it|that|this|there|the|my|our|a|an)\b|"
    r"\b(?:whether|if) (?:i|we|you|it|the|my|our) (?:can|could|must|may|am|is|are|have to)\b"
)
_OR = re.compile(r"(?i)\bor\b(?! (?:not|no)\b)")
_ASKS_OTHERWISE = re.compile(rf"{_OR.pattern}|\b(?:what|which|who|whom|where|when|why|how)\b")

_DENIES = re.compile(
    r"(?i)\b(?:no|not|never|none|nor|neither|cannot|only|without|unless|except|instead|un\w+able)\b"
    r"|n['’]t\b"
)


def asks_yes_or_no(question: str) -> bool:
    """Whether a question is to be answered by yes or no, and not by one of two things."""
    if _BEGINS.match(question):
        return not _OR.search(question)
    later = [match.start() for match in _BEGINS_LATER.finditer(question)]
    return bool(later) and not _ASKS_OTHERWISE.search(question[later[-1] :])


def can_mean_yes(question: str, sentence: str) -> bool:
    """Whether a sentence may affirm: not when it denies and the question does not."""
    return not _DENIES.search(sentence) or bool(_DENIES.search(question))


def can_mean_no(question: str, sentence: str) -> bool:
    """Whether a sentence may deny: not when it says all that the question asks, without a no."""
    missing = set(content_stems(question)) - set(content_stems(sentence))
    return bool(missing or _DENIES.search(sentence) or _DENIES.search(question))

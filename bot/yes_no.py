"""Questions for yes or no, and which of the two a sentence cannot mean."""

import re

from bot.words import content_stems

_GREETING = (
    r"(?:(?:and|so|but|ok|okay|hi|hello|hey|also|please|well|then|just|or|plus|sorry|actually)"
    r"\b[,! ]+)*"
)
_MODAL = r"(?:do|does|did|can|could|may|might|must|should|will|would)"
_VERB = (
    rf"(?:{_MODAL}|is|are|was|were|has|have|am|shall|"
    r"(?:is|are|was|were|has|have|does|do|did|ca|could|wo|would|should)n['’]?t)"
)
# "OK to bring a dog?"
_ALLOWED = (
    r"(?:ok|okay|fine|allowed|possible|permitted|safe|required|necessary|mandatory) (?:to|if|that)"
)
_BEGINS = re.compile(rf"(?i)^\W*{_GREETING}(?:{_VERB}|{_ALLOWED})\b")
_WOULD_YOU = (
    r"(?:can|could|would|will) (?:you|u|some(?:one|body)|any(?:one|body))(?: please| kindly)?"
)
# "Can you tell me who pays?" asks who does.
_ASKS_TO_BE_TOLD = re.compile(
    rf"(?i)^\W*{_GREETING}(?:"
    rf"(?:{_WOULD_YOU} (?:tell|explain|say|show|clarify|remind|advise|help)(?: to)?(?: me| us)?|"
    rf"{_WOULD_YOU} let (?:me|us) know|(?:may|can|could|might) (?:i|we) (?:ask|know)(?: you)?|"
    r"(?:do you|does any(?:one|body)) (?:happen to )?know)[, ]+(?:exactly )?"
    r"(?:what|which|who|whom|whose|where|when|why|how)\b|"
    rf"{_WOULD_YOU} explain(?: to)?(?: me| us)? (?:the|my|our|your|an?)\b)"
)
# "Hi, is anyone there? How much is it?" asks how much.
_CALLS = re.compile(
    rf"(?i)^\W*{_GREETING}(?:is any(?:one|body) (?:there|here)|"
    rf"{_WOULD_YOU} help(?: me| us)?(?: please)?)\s*[?!.,]+\s*(?=\w)"
)
# "Can't log in to my account": the subject is left out.
_STATES = re.compile(
    r"(?i)^\W*(?:(?:ca|wo|could|does|did|is|do)n['’]?t|"
    r"(?:can|does|do|did|will|would|has|have) not|was|were|would like|have (?:been|to)|am)"
    r" (?!(?:i|we|you|u|they|he|she|it|that|this|these|those|there|the|my|our|your|their|his|her|"
    r"an?|all|both|(?:every|any|some)\w*)\b)[^?.,;!]*\W*$"
)
_NEXT = rf"[,.;:!?–-]+ *{_GREETING}"
# "We moved to another region. Does the address change?"
_BEGINS_LATER = re.compile(
    rf"(?i){_NEXT}{_VERB} (?:i|we|you|u|they|he|she|it|that|this|these|those|there|the|my|our|your|"
    r"their|his|her|a|an|one|all|any|some|both|some(?:one|body)|any(?:one|body))\b|"
    rf"{_NEXT}{_MODAL} (?!not\b|be\b|have\b|also\b|never\b)\w+ (?=[^,.;:!?]*[,.;:!?–]*\s*$)|"
    rf"{_NEXT}{_ALLOWED}\b"
)
_WHETHER = re.compile(
    r"(?i)\b(?:whether|if) (?:i|we|you|it|the|my|our) (?:can|could|must|may|am|is|are|have to)\b"
)
# "What do I pay if I am abroad?"
_ASKS_WHAT_IF = re.compile(
    rf"(?i)^\W*{_GREETING}(?:what|which|who|whom|where|when|why|how)\b"
    r"(?!.*\b(?:know|see|check|find out|tell|whether)\b)[^.!?;]*\bif\b[^.!?;]*\W*$"
)
# "It takes a week, right?"
_ASKED_BACK = re.compile(
    rf"(?i)(?:{_NEXT}(?:is (?:that|this|it) )?(?:right|correct|true|yes|no|ok|okay|or not|possible|"
    r"allowed|enough|(?:the )?same(?: thing)?)|\b(?:right|correct)) *\?\W*$"
)
# "Do all get it, or just me?" asks no more than "do all get it?"
_OR = re.compile(r"(?i)\bor\b(?! (?:not|no|just|only)\b)")
_ASKS_OTHERWISE = re.compile(rf"(?i){_OR.pattern}|\b(?:what|which|who|whom|where|when|why|how)\b")

_DENIES = re.compile(
    r"(?i)\b(?:no|nobody|not|never|none|nor|neither|cannot|only|without|unless|except|instead|"
    r"un\w+able)\b|n['’]t\b"
)
_PRICE = r"(?:costs?|charges?|fees?|price|payments?)"
_MORE = r"(?:additional|extra|further|separate)"
# "It is free of charge", "there is no extra fee", "you do not pay for it".
_FREE = re.compile(
    r"(?i)\b(?:free of charge|for free|gratis|costs? nothing|"
    r"(?:not|never) (?:be )?(?:charge|pay)\w*|"
    rf"at no (?:{_MORE} )?{_PRICE}|(?:no|without) (?:(?:an|any) )?(?:{_MORE} )?{_PRICE})\b|"
    r"\b(?:is|are|be) (?:(?!not\b)\w+ ){0,4}free"
    r"(?=\W*$|[,.;?!]|\s+(?:and|for|if|or|when|with)\b)"
)
# "It comes at an additional cost", "you are charged separately", "it is not free".
_NOT_FREE = re.compile(
    rf"(?i)\bat (?:an? )?(?:{_MORE} )?{_PRICE}\b|"
    rf"(?<!no )(?<!any )(?<!without )\b{_MORE} {_PRICE}\b|"
    rf"\b(?:for|against) an? (?:{_MORE} )?{_PRICE}\b|"
    r"\bcosts? (?:us |you |me )?(?:extra|more|money|anything)\b|"
    r"(?<!not )(?<!never )(?<!not be )\b(?:charged?|pay|paid)(?: us| you| me)? "
    r"(?:extra|separately|for)\b|\bnot (?:\w+ )?(?:free|gratis)\b"
)
# "Members do not pay on Sundays" is no plain answer to "is it free?".
_CONDITION = re.compile(
    r"(?i)\b(?:if|when|while|once|over|above|below|under|within|during|until|up to|from|first|"
    r"members?|orders|\w+days)\b"
)


def asks_yes_or_no(question: str) -> bool:
    """Whether a question is to be answered by yes or no, and not by one of two things."""
    if _ASKS_TO_BE_TOLD.match(question):
        return False
    question = _CALLS.sub("", question)
    if _STATES.match(question):
        return False
    if _BEGINS.match(question):
        return not _OR.search(question)
    if _ASKED_BACK.search(question):
        last = re.split("[.!?;]", question.rstrip(".!?; "))[-1]
        return not _ASKS_OTHERWISE.search(last)
    begins = [_BEGINS_LATER] if _ASKS_WHAT_IF.match(question) else [_BEGINS_LATER, _WHETHER]
    later = [match.start() for each in begins for match in each.finditer(question)]
    return bool(later) and not _ASKS_OTHERWISE.search(question[max(later) :])


def can_mean_yes(question: str, sentence: str) -> bool:
    """Whether a sentence may affirm: not when it denies and the question does not."""
    return not _DENIES.search(sentence) or bool(_DENIES.search(question))


def can_mean_no(question: str, sentence: str) -> bool:
    """Whether a sentence may deny: not when it says all that the question asks, without a no."""
    missing = set(content_stems(question)) - set(content_stems(sentence))
    return bool(missing or _DENIES.search(sentence) or _DENIES.search(question))


def says_of_price(question: str, sentence: str) -> str:
    """Yes or no to a question whether something is free, or costs extra, by what a sentence says.

    "" where either of them says both or neither, or denies or restricts what it says, or where the
    sentence makes a condition that the question does not.
    """
    asks_free, asks_cost, asks_more = _price_said(question)
    says_free, says_cost, says_more = _price_said(sentence)
    if asks_free == asks_cost or says_free == says_cost or asks_more or says_more:
        return ""
    conditions = {each.lower() for each in _CONDITION.findall(sentence)}
    if conditions - {each.lower() for each in _CONDITION.findall(question)}:
        return ""
    return "Yes" if asks_free == says_free else "No"


def _price_said(text: str) -> tuple[bool, bool, bool]:
    """Whether a text says free, whether it says at a cost, and whether it denies anything else."""
    rest = _NOT_FREE.sub(" ", _FREE.sub(" ", text))
    return bool(_FREE.search(text)), bool(_NOT_FREE.search(text)), bool(_DENIES.search(rest))

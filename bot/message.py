"""A message: the words of a person, and what they do with them."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.cue import hear, holds
from bot.errors import QuestionError
from bot.phrasing import (
    ASKS,
    ASKS_ABOUT,
    ASKS_FOR_TICKET,
    ASKS_OF_YOU,
    ASKS_TO_DO,
    ASKS_TO_KNOW,
    ASKS_WHY,
    ASKS_WITHIN,
    IDEA,
    OWN,
    PROBLEM,
    REQUEST,
    TROUBLE,
)
from bot.profile import Act, Talk
from bot.words import words

MAX_CHARACTERS = 2000
CRY = 2  # words of what is no question, whatever its mark: "Seriously?!"

SmallTalk = Literal["greeting", "thanks", "farewell", "about_bot"]

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)

_SCRIPT = re.compile(r"(?is)<(script|style)\b[^>]*>.*?(?:</\1\s*>|$)")
_TAG = re.compile(
    r"(?i)</?(?:a|abbr|b|big|blockquote|body|br|button|center|code|div|em|font|form|h[1-6]|head|hr|"
    r"html|i|iframe|img|input|li|link|meta|object|ol|p|pre|script|small|span|strong|style|sub|sup|"
    r"svg|table|tbody|td|textarea|th|thead|tr|u|ul|video)\b[^<>]*>"
)
# Of what a page could be asked about in the same words ("print labels", "override shift rules"),
# only what nobody asks a page.
_COMMANDS_BOT = re.compile(
    r"(?i)^(?:please |now |just |and |then )*(?:"
    r"(?:ignore|disregard|forget|bypass|override) (?:about )?(?:(?:all|any|of|the|your|these|those|"
    r"previous|prior|above|earlier|system) )+(?:instructions?|rules?|prompts?|docs?|"
    r"documentation|guidelines?)\b|"
    r"(?:ignore|disregard|forget) (?:everything\b|(?:all |what|the )\b.*\b(?:above|said|told)\b)|"
    r"you are (?:now|no longer) (?:(?:an?|in \w+ mode|bound|restricted|allowed)\b|"
    r"(?-i:[A-Z]{3}))|"
    r"(?:act|behave) (?:as if\b|like\b|as an? (?:\w+ )?(?:expert|assistant|ai|bot|chatbot|human|"
    r"person|pirate|lawyer|doctor|teacher|developer|hacker)\b)|"
    r"pretend (?:to|that|you|i|we)\b|"
    r"from now on,? (?:you|please|only|answer|reply|respond|act|speak|always|never)\b|"
    r"(?:system|assistant|developer)\s*:(?! (?:windows|mac|ios|iphone|ipad|android|linux|ubuntu))|"
    r"(?:say|repeat|confirm) (?:(?:only|just) (?:that|this|the|yes|no)|exactly|after me|"
    r"that (?!(?:you|we|i|my|our|your|the)\b))\b|"
    r"(?:say|repeat|print|output|write) (?:[\"'“‘]|(?:only|just|exactly) [\"'“‘]|"
    r"(?:me |us )?(?:an? |some |the )(?:\w+ )?(?:poem|joke|story|song|essay|word|phrase|sentence)"
    r"s?\b)|"
    r"say (?:yes|no|ok)\W*$|(?:respond|reply|answer) with (?:[\"'“‘]|(?:yes|no|ok|only|just|"
    r"exactly|one|a single)\b)(?!.*\?\s*$)|"
    r"(?:reveal|show|print|tell me|give me)\b.*\b(?:your|system|hidden) (?:system )?"
    r"(?:prompt|instructions?)(?=\W*$| (?:and|verbatim|word)\b))"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")

_ABOUT_BOT = re.compile(
    r"^(?:(?:hi|hello|hey)[ ,!]+)?(?:(?:who|what) (?:are|r) (?:you|u)|are you (?:a |an )?(?:real )?"
    r"(?:bot|chatbot|robot|human|real|person|human being|ai|program|machine)|"
    r"what can you do(?: for me)?|what can you help (?:me )?with|how are you(?: doing)?|"
    r"can you help(?: me)?|(?:i need )?help(?: me)?)(?: please)?\s*[?.!]*$",
    re.IGNORECASE,
)
# "Hi, is there support this weekend?"
_ASKS_FOR_SOMETHING = re.compile(r"(?i)\bis there\b")
_POLITE = frozenset(
    """
    a again all and appreciated bot cool day dear everyone fine for good got great have help
    is it lot madam much my nice now ok okay perfect sir so solved super support team that
    the there this to very was worked works you your
    weekend week evening night rest
    """.split()
)


@dataclass(frozen=True)
class Message:
    """A person's message, made safe to handle, and what it does."""

    text: str
    act: Act
    small_talk: SmallTalk | None = None

    @property
    def wants_action(self) -> bool:
        """Whether something is asked to be done, beyond an answer."""
        return self.act != "question"


def tidy(text: str) -> str:
    """The question without control characters; white space is folded, line breaks stay.

    Raises QuestionError when nothing is left, or it is longer than MAX_CHARACTERS.
    """
    lines = (" ".join(line.split()) for line in _CONTROL.sub(" ", text).split("\n"))
    plain = "\n".join(line for line in lines if line)
    if not plain:
        raise QuestionError("The question is empty; please type what you want to know.")
    if len(plain) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(plain):,} characters and at most {MAX_CHARACTERS:,} can be "
            "read; please shorten it to what you want to know."
        )
    return plain


def asked_in(text: str) -> str:
    """What a tidied message asks: without HTML, calls for help, and commands to the bot.

    Sentences that tell the bot how to behave ask nothing that pages could answer, and mislead the
    search. "" when nothing else is said.
    """
    plain = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    sentences = _SENTENCE_END.split(re.sub(" +", " ", plain))
    asked = [each for each in map(str.strip, sentences) if each and not _COMMANDS_BOT.match(each)]
    # "Hello, can you help?" before a question only misleads the reader.
    asked = [each for each in asked if not _ABOUT_BOT.match(each)] or asked
    return text if plain == text and len(asked) == len(sentences) else " ".join(asked)


def understand(text: str, talk: Talk) -> Message:
    """Tell what a tidied message does: small talk, a question, a problem, a request, an idea."""
    small_talk = _small_talk(text, talk)
    if small_talk:
        return Message(text, "question", small_talk)
    return Message(text, "human" if asks_for_person(text, talk) else act_of(text))


def asks_for_person(text: str, talk: Talk) -> bool:
    """Whether the words ask for a person, and not only about one."""
    heard = hear(text)
    return any(holds(heard, phrase) for phrase in talk.human) and not ASKS_ABOUT.match(text)


def act_of(text: str) -> Act:
    """What the words do, apart from asking for a person: ask, report, request or propose."""
    # "How do I propose a feature?" asks; "It would be great if …" proposes.
    sentences = _sentences(text)
    told = [part for part in sentences if not ASKS.match(part) and not ASKS_TO_KNOW.search(part)]
    if any(IDEA.search(part) for part in told) or IDEA.match(text):
        return "idea"
    reported = told + [part for part in sentences if ASKS_WHY.match(part)]
    if any(PROBLEM.search(part) for part in reported):
        return "problem"
    asked_to_do = [
        part
        for part in sentences
        if not ASKS_TO_KNOW.search(part) and (not ASKS.match(part) or ASKS_TO_DO.match(part))
    ]
    if any(REQUEST.search(part) or ASKS_FOR_TICKET.match(part) for part in asked_to_do):
        return "request"
    return "question"


def asks_to_know(text: str) -> bool:
    """Whether the words ask for an answer, and not only for something to be done."""
    if ASKS_TO_KNOW.search(text):
        return True
    asking = [
        part
        for part in _sentences(text)
        if ASKS.match(part) or (ASKS_WITHIN.search(part) and len(words(part)) > CRY)
    ]
    return any(not ASKS_OF_YOU.search(part) for part in asking)


def asks_to_do(text: str) -> bool:
    """Whether the words ask the reader to do something, however that is called."""
    return not ASKS_TO_KNOW.search(text) and bool(ASKS_OF_YOU.search(text))


def states_trouble(text: str) -> bool:
    """Whether the words tell of trouble with something of one's own, without a word for a problem.

    "The export of our orders stays at 99 percent" is such a statement.
    """
    told = [part for part in _sentences(text) if not ASKS.match(part)]
    return any(TROUBLE.search(part) for part in told) and is_of_ones_own(text)


def is_of_ones_own(text: str) -> bool:
    """Whether the words are about the writer, people around, or something that they use."""
    return bool(OWN.search(text))


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text) if part]


def _small_talk(text: str, talk: Talk) -> SmallTalk | None:
    if _ABOUT_BOT.search(text):
        return "about_bot"
    if len(words(text)) > 12 or _ASKS_FOR_SOMETHING.search(text):
        return None
    heard = hear(text)
    for kind, phrases in (
        ("thanks", talk.thanks), ("farewell", talk.farewells), ("greeting", talk.greetings)
    ):  # fmt: skip
        if any(holds(heard, phrase) for phrase in phrases):
            spoken = {
                each.stem
                for phrase in (*talk.thanks, *talk.farewells, *talk.greetings)
                for each in hear(phrase).words
            }
            polite = {each.stem for word in _POLITE for each in hear(word).words}
            if all(each.stem in spoken or each.stem in polite for each in heard.words):
                return kind
    return None

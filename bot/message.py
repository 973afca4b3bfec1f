"""A message: the words of a person, and what they do with them."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.errors import QuestionError
from bot.profile import Act, Talk
from bot.words import holds_phrase, stems, words

MAX_CHARACTERS = 2000

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
_COMMANDS_BOT = re.compile(
    r"(?i)^(?:please |now |just |and |then )*(?:"
    r"(?:ignore|disregard|forget|bypass|override)\b.*\b(?:instructions?|rules?|prompts?|docs?|"
    r"documentation|everything|above|before|guidelines?|said|told)\b|"
    r"you are (?:now|no longer)\b|(?:act|behave) (?:as|like)\b|pretend\b|from now on\b|"
    r"(?:system|assistant|developer|admin)\s*:|"
    r"(?:say|repeat|print|output|write|respond with|reply with|answer with|confirm)\b(?!.*\?\s*$)|"
    r"(?:reveal|show|print|tell me|give me)\b.*\b(?:your|system|hidden) (?:system )?"
    r"(?:prompt|instructions?)\b)"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")

_ASKS = re.compile(
    r"^(?:and |so |but |ok(?:ay)?,? |hi,? |hello,? |hey,? |also,? )*"
    r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|may|"
    r"might|must|shall|should|will|would|has|have|am|in which|in what|at what|for how|to whom|"
    r"by when|until when|whats|hows|wheres|whos)\b",
    re.IGNORECASE,
)
_PROBLEM = re.compile(
    r"\b(?:(?:is|are|was|were|went|goes|gone|keeps?|kept|been|being|'s|completely|totally|all)"
    r"\s+(?:\w+\s+)?(?:down|offline|broken|unavailable|unreachable|unresponsive|failing|crashing|"
    r"crashed|frozen|hanging|stuck|timing out|"
    r"not (?:working|responding|starting|loading|available))"
    r"|(?:not|n't|nt) (?:work|start|load|respond|open|deploy|connect)\w*"
    r"|stopped working|no longer (?:works?|starts?)|out of memory|data loss|outage|downtime"
    r"|unreachable|crashed|(?:nobody|no one|none of us|none of our users) can\b"
    r"|(?:is|are) (?:empty|missing|gone|lost|corrupt)"
    r"|lost (?:all )?(?:our|my) data"
    r"|(?:we|i|users|customers|nobody|no one|everyone)\s+(?:\w+\s+)?"
    r"(?:can ?not|can'?t|cant|unable to|is unable to|are unable to|fails? to|"
    r"failed to)\s+(?!find)\w+"
    r"|(?:i|we|users|it|app)(?:'m| am| are|'re)?\s+(?:keep |keeps |just |always )?"
    r"(?:gets?|getting|got|sees?|seeing|receives?|receiving|throws?|shows?)\s+(?:an?|the|this|these|"
    r"following|some)?\s*(?:\w+\s+){0,3}(?:errors?|exceptions?|timeouts?|stack ?traces?|"
    r"[45]\d\d)\b"
    r"|(?:crash(?:es|ed)|fails|failed|freezes|froze|hangs) "
    r"(?:with|when|after|since|every|on|during|at)"
    r"|since (?:this morning|yesterday|last night|"
    r"the (?:last )?(?:update|upgrade|release|deployment)))",
    re.IGNORECASE,
)
_IDEA = re.compile(
    r"\b(?:feature request\s*:|it would be (?:really |very )?"
    r"(?:great|nice|good|useful|helpful|cool) (?:if|to have)|"
    r"(?:please|you should|you could|could you|can you|why don't you) "
    r"(?:add|build|implement|introduce|support a)\b|i(?:'d| would)? (?:like|love|want) to "
    r"(?:suggest|propose|see a|request (?:a|this|the following) feature)|i (?:suggest|propose)|"
    r"(?:i|we) have an? (?:idea|suggestion|feature request) (?:for|to|about)|"
    r"my (?:idea|suggestion) is)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"(?:^|[.!;] *|\bplease )(?:please |kindly |could you (?:please )?|can you (?:please )?|"
    r"would you (?:please )?|i (?:want|need|would like|'d like) (?:you )?to |"
    r"we (?:want|need|would like|'d like) (?:you )?to )?"
    r"(?:reset|change|increase|decrease|resize|enlarge|upgrade|downgrade|rename|remove|delete|"
    r"offboard|off-board|assign|activate|deactivate|enable|disable|restore|restart|create|"
    r"provision|cancel|transfer|move|extend|grant|register|order|raise|open|file|log|announce)\b"
    r"|\b(?:i|we) (?:hereby )?(?:request|announce|order)\b"
    r"|\b(?:i|we) (?:are planning|plan|want|would like|need|intend) (?:to (?:run|perform|do|order|"
    r"request|have) )?an? (?:new |bigger |larger |second |additional )?"
    r"(?:\w+ )?(?:test|node|container|license|environment|database)\b",
    re.IGNORECASE,
)
_ASKS_TO_KNOW = re.compile(
    r"\b(?:(?:can|could|would) (?:you|someone|anybody|anyone) (?:please )?"
    r"(?:tell|explain|say|clarify|describe|confirm|help)|"
    r"please (?:tell|explain|say|clarify|describe)|"
    r"(?:i|we)(?:'d| would)? (?:want|need|like) to know|i was wondering|"
    r"i wonder|tell me|explain)\b",
    re.IGNORECASE,
)
_ABOUT_BOT = re.compile(
    r"^(?:(?:hi|hello|hey)[ ,!]+)?(?:(?:who|what) (?:are|r) (?:you|u)|are you (?:a |an )?(?:real )?"
    r"(?:bot|chatbot|robot|human|real|person|human being|ai|program|machine)|"
    r"what can you do(?: for me)?|what can you help (?:me )?with|how are you(?: doing)?|"
    r"can you help(?: me)?|(?:i need )?help(?: me)?)(?: please)?\s*[?.!]*$",
    re.IGNORECASE,
)
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
    """What a tidied message asks: without HTML, and without commands to the bot.

    Sentences that tell the bot how to behave ask nothing that pages could answer, and mislead the
    search. "" when nothing else is said.
    """
    plain = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    sentences = _SENTENCE_END.split(re.sub(" +", " ", plain))
    asked = [each for each in map(str.strip, sentences) if each and not _COMMANDS_BOT.match(each)]
    return text if plain == text and len(asked) == len(sentences) else " ".join(asked)


def understand(text: str, talk: Talk) -> Message:
    """Tell what a tidied message does: small talk, a question, a problem, a request, an idea."""
    small_talk = _small_talk(text, talk)
    if small_talk:
        return Message(text, "question", small_talk)
    if any(holds_phrase(stems(text), phrase) for phrase in talk.human) and not re.match(
        r"(?i)(?:how|where|when|what|which|who)\b", text
    ):
        return Message(text, "human")
    # "How do I propose a feature?" asks; "It would be great if …" proposes.
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
    told = [part for part in sentences if not _ASKS.match(part) and not _ASKS_TO_KNOW.search(part)]
    if any(_IDEA.search(part) for part in told) or _IDEA.match(text):
        return Message(text, "idea")
    if any(_PROBLEM.search(part) for part in told):
        return Message(text, "problem")
    asked_to_do = [
        part
        for part in sentences
        if not _ASKS_TO_KNOW.search(part)
        and (not _ASKS.match(part) or re.match(r"(?i)(?:can|could|would|will) you\b", part))
    ]
    if any(_REQUEST.search(part) for part in asked_to_do):
        return Message(text, "request")
    return Message(text, "question")


def _small_talk(text: str, talk: Talk) -> SmallTalk | None:
    if _ABOUT_BOT.search(text):
        return "about_bot"
    if len(words(text)) > 12:
        return None
    heard = stems(text)
    for kind, phrases in (
        ("thanks", talk.thanks), ("farewell", talk.farewells), ("greeting", talk.greetings)
    ):  # fmt: skip
        if any(holds_phrase(heard, phrase) for phrase in phrases):
            spoken = {
                stem
                for phrase in (*talk.thanks, *talk.farewells, *talk.greetings)
                for stem in stems(phrase)
            }
            polite = {stem for word in _POLITE for stem in stems(word)}
            if all(stem in spoken or stem in polite for stem in heard):
                return kind
    return None

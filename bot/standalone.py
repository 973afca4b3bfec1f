"""The standalone question: the last message with what it leaves out taken from the conversation."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from bot.reply import Turn
from bot.words import FUNCTION_WORDS, content_stems, words

Embed = Callable[[Sequence[str]], np.ndarray]

# "No, on Windows", but not "No mails arrive" and "Right click does nothing".
_BY_ITSELF = r"(?=\W*$|\s*[,.;:!–])"
_BEFORE_WHAT_IS_MEANT = (
    r"(?=\W*$|\s*[,.;:!–]|\s+(?:i|no|not|the|my|our|an?|for|on|in|with|at|to|it|this|that|these|"
    r"those|we|you|me|us|what|which|rather|actually|sorry|wait|just)\b)"
)
_OPENERS = re.compile(
    rf"^(?:(?:ok(?:ay)?|yes|yeah|no{_BEFORE_WHAT_IS_MEANT}|nope|oops|sorry|thx|thanks|"
    rf"right{_BY_ITSELF}|hm+|and|but|or|so|then|also|what about|how about|i (?:mean|meant)|rather|"
    r"actually|same(?: question)?(?: for| with)?)\b[\s,.:!]*)+",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:and|but|or|what about|how about|what if|suppos(?:e|ed|ing)|assuming|imagine|"
    r"say(?= \w+ \w)|"
    r"same(?=\W*$| (?:for|with|here|if|in|on|at|as|question|thing|problem|applies|goes)\b)|"
    r"also|then|so|vs|versus|"
    r"(?:just|only)(?! (?:\w+ed|got|had|lost|bought|half|part|one|two|some)\b)|"
    r"when there'?s? (?:is |are )?(?:none|no))\b",
    re.IGNORECASE,
)
_REACTS = re.compile(
    r"^(?:but |and )?why\b(?: \w+){0,2} not\W*$|\b(?:now what|what now)\W*$|[.!?,] still\W*$",
    re.IGNORECASE,
)
_ENDS_AFTER = re.compile(
    r"\b(?:then|also|afterwards?|after that|meanwhile|so far)\W*$", re.IGNORECASE
)
_ASKS_WHAT_IT_IS = re.compile(
    r"^\W*(?:what(?:['’]?s| is| are| does)|who (?:is|are)|define|meaning of|tell me about)\b",
    re.IGNORECASE,
)
_ENDS_POINTING = re.compile(
    r"\b(?:it|that|this|those|these|them|there|one|ones)\W*$", re.IGNORECASE
)
_STARTS_A_CLAUSE = re.compile(
    r"[,;:.!?–]\s|\s(?:if|when|because|so|that|which|who|after|before|but|while|and|as|since|until)\b",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    rf"^\W*(?:(?:no|not){_BEFORE_WHAT_IS_MEANT}|(?:no|not)(?= [\w-]+(?: [\w-]+)?(?:,|\W*$))|"
    r"nope|oops|"
    r"sorry(?!,? (?:but )?(?:how|what|where|when|who|why|can|do|does|is|my|our|i (?!mean|meant))"
    r"\b)|"
    rf"i (?:mean|meant)|rather|actually|stop{_BY_ITSELF})\b|"
    r"^(?:\w+\s+){1,4}i (?:mean|meant)\b",
    re.IGNORECASE,
)
_CHANGES_SUBJECT = re.compile(
    r"^(?:(?:ok(?:ay)?|thanks?|thank you|thx|alright|right|great|fine|and|now|so|well|"
    r"got it|but)\b[\s,.!]*)*(?:(?:(?:an?|on an?|now|to an?)\s+)?"
    r"(?:different|another|other|new|next|separate|completely different|unrelated)\s+"
    r"(?:thing|things|topic|question|subject|matter|issue)\b|on (?:an)?other note\b|"
    r"(?:(?:for |to )?something (?:completely )?(?:else|different)|"
    r"(?:to )?chang(?:e|ing) (?:of |the )?(?:subject|topic))(?=\s*[,.:;!–-]))[\s,.:;!–-]*(?=\w)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|there|he|she|one|ones|both|either|neither|"
    r"such(?! as)|the same|else|instead|the other|mine|difference with|"
    r"the difference(?! between)|different|"
    r"explain|too|as well|"
    r"of the (?:two|three|four)|"
    r"the (?:first|second|third|fourth|last|former|latter)(?= one|s?\b(?! \w+ \w)))\b",
    re.IGNORECASE,
)
# "How does my colleague become one?": the thing was named before, however much is said here.
_WANTS_ONE = re.compile(
    r"\b(?:becomes?|becoming|am|is|are|be|being|name|appoint|need|get|have|buy|order|without) one\b"
    r"(?=\W*$|[,.;:!?]| (?:for|from|in|on|at|per|too|as well|then|again|and|or|if|when)\b)",
    re.IGNORECASE,
)
# "I have no plan, can I buy one?": it was named just now.
_NAMES_A_THING = re.compile(r"\b(?:an?|no|any|another) \w+", re.IGNORECASE)
_NOT_ASKED = r"(?!who|what|which|why|how|where)"  # "no idea who that is" points at something
# "is there a limit", "that I build": these words do not point at anything said before.
_EMPTY_USES = re.compile(
    r"\b(?:is|are|was|were) there\b|\bthere (?:is|are|was|were)\b|"
    r"\bis it (?:possible|ok|allowed)\b|"
    rf"\b(?:an?|the|any|some|every|all|no) (?:\w+ ){{0,2}}{_NOT_ASKED}\w+ (?:that|which)\b"
    r"(?=\W*\w)|"
    rf"\b{_NOT_ASKED}\w{{3,}} (?:that|which) (?=(?:i|we|you|is|are|was|were|has|"
    r"have|can|could|do|does|will|would|should|must)\b)|"
    r"\bhow long does it take\b|\bdoes it take\b|\bno one\b|"
    r"\bthis (?:week(?:end)?|month|year|morning|afternoon|evening|term|quarter|season|summer|"
    r"winter|spring|autumn|\w+day)\b|\binstead of\b|\b(?:an?|any|some) different(?= \w)|"
    r"\bexplain (?!it\b|that\b|this\b|why\b|how\b|more\b|again\b|please\b)(?=\w+ \w)|"
    r"\bsomeone else\b|\bone of\b|\bone (?=\w{4,})",
    re.IGNORECASE,
)
_STARTS_A_QUESTION = re.compile(
    r"(?:who|what|when|where|which|why|how|is|are|do|does|did|can|could|may|must|should|will)\b",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3,
    "fifth": 4, "5th": 4, "last": -1, "former": 0, "latter": -1,
}  # fmt: skip
_PLACE = f"({'|'.join(_ORDINALS)})"
# "The second one", "the second, please", "2nd", but not "the second year".
_ORDINAL = re.compile(
    rf"\b(?:the )?{_PLACE} ones?\b|^\W*{_PLACE}(?=\W*$)|\bthe {_PLACE}(?=\W*$|[,.;:!?]| (?:please|"
    r"then|instead|too|as|is|are|was|were|does|do|has|have|can|will|would|means?|and|or|not|of|in|on|"
    r"with|from|for|to)\b)",
    re.IGNORECASE,
)
_PREPOSITIONS = "on|in|for|with|without|under|after|before|during|from|to|at|by|via|as"
_LEADING_PREPOSITION = re.compile(rf"^({_PREPOSITIONS})\s+(.+)$", re.IGNORECASE)
_ENDS_A_PHRASE = rf"(?:{_PREPOSITIONS}|when|if|that|which|who|while|because|and|or|but)\b"
# What is asked or told, and no name: it takes the place of nothing.
_TELLS = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|can|could|may|must|should|will|would|has|have|it|if|what|"
    r"which|who|when|where|why|how)\b",
    re.IGNORECASE,
)
TURNS = 20  # of a conversation that count
_SHORT = 3  # words at most that take the place of others
_NAME = 4  # words at most of what takes the place of what was meant wrongly
_ALIKE = 0.55  # cosine from which two phrases are of one sort, as "Windows" and "Linux" are
_IN_FULL = 4  # words with content, from which a question hardly leans on the one before it
_FEW = (8, 3)  # words at most, and those with content, of what asks more about the last subject
_NOT_FAR = 0.1  # cosine of two questions from which they may be about the same
_PLACES = "in|on|at|under"  # which of them goes before a name is a matter of the name


_ASKS_FOR_HOURS = re.compile(r"(?i)\bare you open\b|\byou (?:open|close)\b")  # of this desk
# What somebody does, or how long it takes, says nothing without what it is done to.
_ACTS = frozenset(
    """
    add analyse analyze apply attach begin change changed check close deal delete deleted different
    explain find fix fixed handle happen happens happened help long look make mean meant often open
    provide quick quickly remove removed see send sent set show solve solved start started stop
    submit take takes taken thing try turn update use work works working wrong
    """.split()
)


def standalone_question(message: str, history: Sequence[Turn], embed: Embed) -> str:
    """Fold the conversation into one question; a message that needs nothing comes back as it is.

    `embed` gives the unit vectors of texts, of shape (texts, dimension): what a message like "and
    on Windows?" puts in place of something is what is most alike. Of a long conversation the last
    TURNS turns are read.
    """
    standalone = ""
    answer = ""
    for turn in history[-TURNS:]:
        if turn.role == "user":
            standalone = _resolve(turn.content, standalone, answer, embed)
        else:
            answer = turn.content
    return _resolve(message, standalone, answer, embed)


def lacks_subject(message: str) -> bool:
    """Whether a message, with nothing before it, names an act at most: "how do I change it?"."""
    said = [word.lower().replace("’", "'") for word in words(message)]
    if _ASKS_FOR_HOURS.search(message):
        return False
    return bool(said) and all(word in _ACTS or word in FUNCTION_WORDS for word in said)


def _resolve(message: str, before: str, answer: str, embed: Embed) -> str:
    """One message in the light of the standalone question and the answer before it."""
    message = " ".join(message.split())
    changed = _CHANGES_SUBJECT.match(message)
    if changed:
        return message[changed.end() :]
    if not before or not (leans_on(message, answer) or _goes_on(message, before, embed)):
        return message
    rest = _OPENERS.sub("", message) or message
    if _is_said_again(rest, before):
        return before
    before = _latest_in_full(before.rstrip(" ?.!"))
    item = _item_referred_to(message, answer)
    if item:
        return f"{before}: {_ORDINAL.sub(lambda _: item, message, count=1)}"
    swap = re.match(
        r"(?i)^(?:an? |the )?(?P<new>.+?)(?: i (?:mean|meant))?,? (?:and )?not (?:an? |the )?"
        r"(?P<old>.+?)[.!?]*$",
        rest,
    ) or re.match(
        r"(?i)^not (?:an? |the )?(?P<old>.+?), (?:but )?(?:an? |the )?(?P<new>.+?)[.!?]*$", rest
    )
    is_name = swap and len(words(swap["new"])) <= _NAME and not _TELLS.search(swap["new"])
    if is_name and re.search(rf"(?i)\b{re.escape(swap['old'])}\b", before):
        return re.sub(rf"(?i)\b{re.escape(swap['old'])}\b", lambda _: swap["new"], before) + "?"
    placed = _LEADING_PREPOSITION.match(rest.rstrip(" ?.!"))
    if placed and len(words(rest)) <= 6:
        return _with_phrase_replaced(before, placed[1], placed[0]) + "?"
    return _with_the_like_replaced(before, rest, embed) or f"{before}: {rest}"


def _is_said_again(message: str, before: str) -> bool:
    """Whether a message repeats the last one, which stands at the end of the question before it."""
    again = [word.lower() for word in words(message)]
    return again == [word.lower() for word in words(before)][-len(again) :]


def _with_the_like_replaced(question: str, rest: str, embed: Embed) -> str:
    """The question with `rest` in the place of what it holds of the same sort, or ""."""
    new = re.sub(r"(?i)^(?:the|an?|for|in|on)\s+|\s+one$|[?.!]+$", "", rest.strip())
    if not 0 < len(new.split()) <= _SHORT or _STARTS_A_QUESTION.match(new):
        return ""
    tokens = [match.span() for match in re.finditer(r"[^\s,:?]+", question)]
    spans = [
        (run[0][0], run[-1][1])
        for start in range(len(tokens))
        for run in (tokens[start : start + length] for length in range(1, _SHORT + 1))
        if all(question[slice(*run[end])].lower() not in FUNCTION_WORDS for end in (0, -1))
    ]
    if not spans:
        return ""
    vectors = embed([new, *(question[start:end] for start, end in spans)])
    alike = vectors[1:] @ vectors[0]
    start, end = spans[int(alike.argmax())]
    return f"{question[:start]}{new}{question[end:]}?" if alike.max() >= _ALIKE else ""


def _latest_in_full(question: str) -> str:
    """A question without what was asked before it, if its latest part says enough by itself."""
    first, *later = question.split(": ")
    if later and len(content_stems(later[-1])) >= _IN_FULL:
        return later[-1]
    return ": ".join([first, *later[-1:]])


def leans_on(message: str, answer: str) -> bool:
    """Whether the message cannot be understood without what was said before."""
    if _CONTINUES.match(message) or _CORRECTS.match(message) or _REACTS.search(message):
        return True
    if answer.rstrip().endswith("?") and len(words(message)) <= 4:
        return True
    pointed = _EMPTY_USES.sub(" ", message)
    one = _WANTS_ONE.search(pointed)
    if one and not _NAMES_A_THING.search(pointed, 0, one.start()):
        return True
    pointer = _POINTS_BACK.search(pointed)
    # With so much said before it, the word points at something within the message.
    if pointer and len(content_stems(pointed[: pointer.start()])) < 3:
        return True
    # So it may, unless it is the end of the only clause: "where do I set the highest rate for it".
    last = _ENDS_POINTING.search(pointed)
    opening = re.match(r"\W*\w+ \w+", pointed)
    if last and opening and not _STARTS_A_CLAUSE.search(pointed, opening.end(), last.start()):
        return True
    asks_in_full = _STARTS_A_QUESTION.match(message) and len(words(message)) > 3
    return not asks_in_full and len(words(message)) <= 4 and len(content_stems(message)) <= 3


def _goes_on(message: str, before: str, embed: Embed) -> bool:
    """Whether a message, though it is a question by itself, asks more about the last subject.

    One of few words does, "when does 12 arrive?", that is not far from what was asked `before`;
    unless it asks what something is.
    """
    if _ENDS_AFTER.search(message):
        return True
    most, with_content = _FEW
    is_short = len(words(message)) <= most and len(content_stems(message)) <= with_content
    if not is_short or _ASKS_WHAT_IT_IS.match(message):
        return False
    now, then = embed([message, before])
    return float(now @ then) >= _NOT_FAR


def _item_referred_to(message: str, answer: str) -> str:
    """The item of the last answer's list that "the second one" means, or ""."""
    named = _ORDINAL.search(message)
    if not named or len(content_stems(_ORDINAL.sub("", message))) > 2:
        return ""
    listed = re.findall(r"(?m)^\s*(?:[-*•]|\d+[.)])\s+(.+)$", answer)
    if len(listed) < 2:
        after_colon = answer.split(":", 1)[-1]
        listed = [
            part.strip(" .")
            for part in re.split(r",\s*(?:and |or )?|\s+(?:and|or)\s+|\d+\.\s", after_colon)
            if part.strip(" .")
        ]
    position = _ORDINALS[named[named.lastindex].lower()]
    if len(listed) < 2 or position >= len(listed):
        return ""
    return re.sub(r"\s*\[\d+\]", "", listed[position]).strip()


def _with_phrase_replaced(question: str, preposition: str, phrase: str) -> str:
    """The question with its last phrase of that preposition replaced, or the phrase added."""
    alike = _PLACES if preposition.lower() in _PLACES.split("|") else preposition
    for each in (preposition, alike):
        word = rf"(?!{_ENDS_A_PHRASE})[^\s,:]+"
        of_it = rf"(?i)\b(?:{each})\s+{word}(?:\s+{word}){{0,4}}(?=$|,|\s+{_ENDS_A_PHRASE})"
        found = list(re.finditer(of_it, question))
        if found:
            start, end = found[-1].span()
            return question[:start] + phrase + question[end:]
    return f"{question} {phrase}"

"""The type of answer that a question expects, and whether a text holds something of that type."""

import re

_NUMBER_WORDS = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"sixty|ninety|hundred|thousand|million|half|once|twice|single|double|several|both|no limit|"
    r"unlimited|unlimitedly|any number"
)
_TIME_WORDS = (
    r"seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|hourly|daily|weekly|monthly|"
    r"quarterly|yearly|annual(?:ly)?|immediately|instantly|always|never|until|before|after|when|"
    r"forever|permanent(?:ly)?|overnight|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|now|soon|once|as soon as|within|during"
)
_TYPES = (
    (
        re.compile(
            r"(?i)\bhow (?:much|expensive)\b.*\b(?:cost|price|pay|charge|fee|spend|money|is it)|"
            r"\b(?:price|prices|pricing|cost|costs|fees?|(?<!in )charges?|surcharge)\b"
        ),
        re.compile(
            r"(?i)[$€£¥]|\b(?:usd|eur|euros?|dollars?|cents?|free|costs?|price|priced|pricing|fees?|"
            r"charged?|paid|pay)\b"
        ),
    ),
    (
        re.compile(r"(?i)\bhow many\b|\bnumber of\b|\bmaximum\b|\bmax\b|\bminimum\b|\blimit\b"),
        re.compile(rf"(?i)\d|\b(?:{_NUMBER_WORDS}|limit(?:s|ed)?|all|every|each|none)\b"),
    ),
    (
        re.compile(
            r"(?i)\b(?:how (?:long|soon|quickly|fast|often|late|early|old)|since when|until when|"
            r"in (?:seconds|minutes|hours|days|weeks|months|years)|"
            r"what (?:time|date|year|day)|which (?:day|date|year))\b|^when\b(?!.*[,;])"
        ),
        re.compile(rf"(?i)\d|\b(?:{_NUMBER_WORDS}|{_TIME_WORDS})\b"),
    ),
    (
        re.compile(r"(?i)\b(?:e-?mail|mail) address\b|\b(?:address|e-?mail) (?:of|for)\b"),
        re.compile(r"(?i)@|\[at\]|\(at\)|\bmailto\b"),
    ),
    (
        re.compile(r"(?i)\b(?:phone|telephone) (?:number|no)|\bnumber to (?:call|ring)\b"),
        re.compile(r"(?i)\d{3}|\b(?:tele)?phone\b"),
    ),
    (
        re.compile(
            r"(?i)\b(?:which|what) (?:\w+ ){0,2}(?:version|release)s?\b|"
            r"\b(?:version|release) number\b|^\w+ versions?\b"
        ),
        re.compile(r"(?i)\d|\b(?:latest|newest|any|all|every|each|versions?|releases?)\b"),
    ),
)
_UNIT_OF_TIME = r"(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|quarters?|years?)"
_ASKS_FOR_COUNTED_TIME = re.compile(rf"(?i)\bhow many (?:\w+ ){{0,2}}{_UNIT_OF_TIME}\b")
_LEAVES_TIME_OPEN = re.compile(
    rf"(?i)\b(?:(?:number|amount) of|some|few|certain|several) (?:\w+ )?{_UNIT_OF_TIME}\b"
)
_TELLS_TIME = re.compile(
    rf"(?i)\d|\b(?:(?!one\b)(?:{_NUMBER_WORDS})|\w+teen|(?:for|fif|sixt|sevent|eight|ninet)t?y|"
    rf"fortnight|couple|{_UNIT_OF_TIME}|\w+day|weekdays|weekends?|immediately|instantly|at once|"
    r"never|always|hourly|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?|overnight|until|"
    r"as long as|around the clock|forever|any ?time|without notice|no limit)\b"
)
# "How do I change my email address?" wants the way to it, and no address.
_ASKS_HOW_OR_WHY = re.compile(
    r"(?i)^\W*(?:(?:hi|hello|hey|and|so|but|ok)\b[, ]*)*"
    r"(?:how (?:do|can|to|could|should|would) |why\b)"
    r"(?!.*\b(?:which|what|how (?:much|many|long|often))\b)"
)


def lacks_counted_time(question: str, text: str) -> bool:
    """Whether a question asks how many days, or hours, and a text leaves their number open.

    "After a set number of days" is no answer to it, nor is what tells no time at all.
    """
    if not _ASKS_FOR_COUNTED_TIME.search(question):
        return False
    told = _LEAVES_TIME_OPEN.sub(" ", text)
    return not _TELLS_TIME.search(told)


def lacks_expected_type(question: str, text: str) -> bool:
    """Whether a question expects a figure, date, price or address and a text holds none.

    A hint and no proof: a text may say where the figure is kept. Who asks how or why expects none.
    """
    if _ASKS_HOW_OR_WHY.match(question):
        return False
    return any(asks.search(question) and not holds.search(text) for asks, holds in _TYPES)

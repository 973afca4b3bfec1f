"""Words of a message as the bot compares them: lower case, stemmed, without function words."""

import re

from index.term import stem

_WORD = re.compile(r"[^\W_]+(?:['’.@-][^\W_]+)*", re.UNICODE)

FUNCTION_WORDS = frozenset(
    """
    a about after again all also am an and any anybody anyone anything are aren't as at be
    because been before being between both but by can can't cannot could couldn't did didn't
    do does doesn't doing don't down each either else even every for from get gets getting
    give given go goes going gonna got had has hasn't have haven't having he her here hers
    him his how however i i'd i'll i'm i've if in instead into is isn't it it's its itself
    just know let like ll may maybe me might more most much must my myself need needs no nor
    not now of off on once one only onto or other our ours out over own per please pls
    possible same shall she should shouldn't so some somebody someone something such tell
    than that that's the their theirs them then there there's these they they're thing
    things this those through to too under until up us very want wants was wasn't way we
    we'd we'll we're we've were what what's when where where's whether which while who who's
    whom whose why will with within without won't would wouldn't yes yet you you'd you'll
    you're you've your yours
    """.split()
)


def words(text: str) -> list[str]:
    """All words of a text as written; versions, addresses and hyphenated words stay whole."""
    return _WORD.findall(text)


def stems(text: str) -> list[str]:
    """The stems of all words, in order; the parts of a hyphenated word count one by one."""
    return [stem(part) for word in words(text) for part in word.split("-") if part]


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [
        stem(part)
        for word in words(text)
        for part in word.split("-")
        if part and part.lower().replace("’", "'") not in FUNCTION_WORDS
    ]

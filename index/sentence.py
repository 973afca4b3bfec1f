"""Sentences: where the ones of a running text begin and end."""

import re

_ABBREVIATIONS = frozenset(
    # English
    "e.g i.e vs cf no nos fig figs sec ch p pp vol ed eds approx dept dr mr mrs ms prof st jr sr"
    " inc ltd co corp incl excl max min resp dist al viz ref refs eq ver misc"
    # German
    " z.b d.h u.a o.ä o.g u.u z.t i.d.r s.o s.u bzw ca nr abs art vgl ggf sog evtl inkl zzgl str"
    " tel bspw usw hrsg aufl min max"
    # Spanish, French, Dutch
    " p.ej pág págs núm sra srta dra ud uds ee.uu aprox av bijv d.w.z o.a m.b.t p.ex".split()
)
_GERMAN_MONTHS = frozenset(
    "januar februar märz april mai juni juli august september oktober november dezember".split()
)
_END = re.compile(r"[.!?…]+[\"'”’“»›)\]]*(?=\s)|[。！？]+[」』”）]*|\u2029")
_LAST_WORD = re.compile(r"[^\s(\[\"'“„«/]+\Z")
_NEXT_WORD = re.compile(r"\s*[\"'“‘„«‹(\[¿¡]*\s*([^\s.,;:!?)\]]*)")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Start and end offsets of the sentences of `text`, in order, without the space between.

    Full stops of abbreviations, initials, numbers and addresses end no sentence; a paragraph
    separator (U+2029) always does.
    """
    spans = []
    start = 0
    for mark in _END.finditer(text):
        if mark.end() > start and _ends_sentence(text, start, mark):
            spans.append((start, mark.end()))
            start = mark.end()
    spans.append((start, len(text)))
    trimmed = (_trim(text, first, last) for first, last in spans)
    return [(first, last) for first, last in trimmed if first < last]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _ends_sentence(text: str, start: int, mark: re.Match[str]) -> bool:
    if mark[0][0] in "\u2029。！？":
        return True
    following = _NEXT_WORD.match(text, mark.end())[1]
    if not following:
        return True
    begins_lower = following[0].islower()
    if mark[0][0] != "." or mark[0].startswith(".."):
        return not begins_lower
    before = _LAST_WORD.search(text[start : mark.start()])
    word = before[0] if before else ""
    if word.casefold() in _ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isalpha():
        # An initial ("J. Smith"), unless "I" or a letter named as such ends the sentence.
        return not (word.isupper() and word != "I") and not begins_lower
    if word.isdecimal():
        is_list_number = not text[start : mark.start()].strip(" \t\n").strip(word)
        return not (is_list_number or begins_lower or following.casefold() in _GERMAN_MONTHS)
    # Names such as "iOS" and commands begin sentences in lower case; unlisted abbreviations,
    # which are short, stand before lower case too.
    return not begins_lower or (len(word) > 5 and "." not in word and len(mark[0]) == 1)

"""Sentences: where the ones of a running text begin and end."""

import re

_ABBREVIATIONS = {
    "English": "e.g i.e vs cf no nos fig figs sec ch p pp vol ed eds approx dept dr mr mrs ms prof"
    " st jr sr inc ltd co corp incl excl max min resp dist al viz ref refs eq ver misc",
    "German": "z.b d.h u.a o.ä o.g u.u z.t i.d.r s.o s.u bzw ca nr abs art vgl ggf sog evtl inkl"
    " zzgl str tel bspw usw hrsg aufl",
    "Spanish": "p.ej pág págs núm sra srta dra ud uds ee.uu aprox av",
    "French and Dutch": "p.ex bijv d.w.z o.a m.b.t",
}
_KNOWN_ABBREVIATIONS = frozenset(" ".join(_ABBREVIATIONS.values()).split())
_GERMAN_MONTH = re.compile(
    "januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember", re.I
)
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’“»›)\]]*(?=\s)|[。！？]+[」』”）]*|\u2029")
_LAST_WORD = re.compile(r"[^\s(\[\"'“„«/]+\Z")
_LONGEST_WORD = 40  # that can tell an abbreviation
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
    before = _LAST_WORD.search(text[max(start, mark.start() - _LONGEST_WORD) : mark.start()])
    word = before[0] if before else ""
    if word.casefold() in _KNOWN_ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isalpha():
        # An initial ("J. Smith") or half of an abbreviation ("z. B."), but not the word "I".
        is_initial = (word.isupper() and word != "I") or len(following) == 1
        return not (is_initial or begins_lower)
    if word.isdecimal():
        is_list_number = text[start : mark.start()].strip() == word
        return not (is_list_number or begins_lower or _GERMAN_MONTH.fullmatch(following))
    # Names such as "iOS" and commands begin sentences in lower case; unlisted abbreviations,
    # which are short, stand before lower case too.
    return not begins_lower or (len(word) > 5 and "." not in word and len(mark[0]) == 1)

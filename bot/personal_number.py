"""Numbers that name a person or open an account: cards, IBANs and national ids."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from stdnum import iban, luhn, numdb
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.nl import bsn

CARD = "card number"
CARD_CODE = "card security code"
IBAN = "IBAN"
NATIONAL_ID = "national ID number"

_GAP = r"[ \u00a0\u2009\u202f\u2010-\u2013-]"
_GAPS = re.compile(_GAP)
_START = r"(?<![\w.,/+#\u2010-\u2013-])"
_END = r"(?![\w/]|[.,:\u2010-\u2013-][0-9])"

_CARDS = tuple(
    re.compile(rf"{_START}(?=(?P<number>{digits})(?!\w))")
    for digits in (
        r"[2-6][0-9]{13,18}",
        rf"[2-6][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}",
        rf"[46][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}{_GAP}[0-9]{{3}}",
        rf"3[0-9]{{3}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{4,5}}",
    )
)
# First and last prefix that an issuer gives out, and how many digits its cards have: from the
# ranges of ISO/IEC 7812 that the card schemes publish.
_ISSUERS = (
    (4, 4, (16, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (300, 305, (14,)),
    (36, 36, (14,)),
    (38, 39, (14, 16)),
    (3528, 3589, (16, 17, 18, 19)),
    (6011, 6011, (16, 17, 18, 19)),
    (62, 62, (16, 17, 18, 19)),
    (644, 659, (16, 17, 18, 19)),
    (50, 50, (16, 17, 18, 19)),
    (56, 58, (16, 17, 18, 19)),
    (639, 639, (16, 17, 18, 19)),
    (67, 67, (16, 17, 18, 19)),
)
_CARD_CODE = re.compile(
    r"(?i)\b(?:cvv2?|cvc2?|cav2|card (?:security|verification) (?:code|value)|"
    r"(?:karten)?prüf(?:nummer|ziffer)|código de seguridad)[ :=#]{1,3}"
    r"(?:(?:code|is|ist|lautet|es) )?([0-9]{3,4})(?![\w.-])"
)
_IBAN_START = re.compile(rf"(?<![\w/-])(?=(?P<country>[A-Za-z]{{2}})[0-9]{{2}}{_GAP}?[A-Za-z0-9])")

_BEFORE = 60  # characters in which a word can name the number that follows
_AFTER = 30
# A number that such a word names is one of the desk or of a program, however it is built.
_OTHER_NUMBER = re.compile(
    r"(?i)\b(?:\w*(?:auftrag|bestell|rechnung|ticket|vorgang|artikel|telefon)\w*|ids?|guids?|"
    r"objects?|orders?|cases?|requests?|invoices?|parts?|builds?|errors?|codes?|serial|tracking|"
    r"shipment|reference|ref|article|sku|pedido|factura|phone|telephone|tel|teléfono|fax|mobile)"
    r"\.?(?: (?:numbers?|nummer|número|no|nr|id|is|ist|es|of|and|und|y)\b\.?){0,3}[\s:=#(\"']*$"
)
_ANY_NATIONAL_ID = (
    r"national[- ]id\b|national identity|identity (?:card )?number|personal id\b|"
    r"ausweisnummer|documento de identidad"
)


@dataclass(frozen=True)
class _NationalId:
    """How a country writes the number of a person.

    `stands_alone` matches what is nothing else even where no word of `named` is near.
    """

    written: str
    named: str
    is_valid: Callable[[str], bool]
    stands_alone: str = r"(?!)"


_NATIONAL_IDS = (
    _NationalId(  # United States: no check digit, but areas that are never given out
        written=rf"(?!000|666|9)[0-9]{{3}}{_GAP}?(?!00)[0-9]{{2}}{_GAP}?(?!0000)[0-9]{{4}}",
        named=r"\bssn\b|social security|sozialversicherung|seguridad social",
        is_valid=lambda number: True,
        stands_alone=r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
    ),
    _NationalId(
        written=r"[0-9]{8,9}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}",
        named=r"\bbsn\b|burgerservice|sofi-?nummer|citizen service",
        is_valid=bsn.is_valid,
    ),
    _NationalId(
        written=rf"[1-9][0-9]{_GAP}?[0-9]{{3}}{_GAP}?[0-9]{{3}}{_GAP}?[0-9]{{3}}",
        named=r"steuer[- ]?id|identifikationsnummer|\bidnr\b|\btax(?:payer)? id|\btin\b",
        is_valid=idnr.is_valid,
    ),
    _NationalId(
        written=r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}[- ]?[A-Za-z]",
        named=r"\bdni\b|\bnif\b|documento nacional",
        is_valid=lambda number: dni.is_valid(number.replace(".", "")),
        stands_alone=r"[0-9]{8}-?[A-Z]",
    ),
    _NationalId(
        written=r"[XYZxyz][- ]?[0-9]{7}[- ]?[A-Za-z]",
        named=r"\bnie\b|\bnif\b|extranjero",
        is_valid=nie.is_valid,
        stands_alone=r"[XYZ]-?[0-9]{7}-?[A-Z]",
    ),
    _NationalId(  # United Kingdom: no check digit, but letters and pairs that are never given out
        written=(
            r"(?i:(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            rf"(?:{_GAP}?[0-9]{{2}}){{3}}{_GAP}?[A-D])"
        ),
        named=r"\bnino\b|national insurance|\bni (?:number|no)\b",
        is_valid=lambda number: True,
        stands_alone=r"[A-Z]{2} [0-9]{2} [0-9]{2} [0-9]{2} [A-D]",
    ),
)
_NATIONAL_ID_PATTERNS = tuple(
    (
        re.compile(rf"{_START}(?:{national_id.written}){_END}"),
        re.compile(rf"(?i){national_id.named}|{_ANY_NATIONAL_ID}"),
        re.compile(national_id.stands_alone),
        national_id.is_valid,
    )
    for national_id in _NATIONAL_IDS
)


def find_personal_numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each card number, card security code, IBAN and national id.

    A number that has a check digit is found only when the digit holds. A national id that is
    written like any other number is found only beside a word that names it.
    """
    for pattern in _CARDS:
        for found in pattern.finditer(text):
            digits = _GAPS.sub("", found["number"])
            is_grouped = digits != found["number"]
            if _is_card(digits) and (is_grouped or not _is_other_number(text, found.start())):
                yield CARD, *found.span("number")
    for found in _CARD_CODE.finditer(text):
        yield CARD_CODE, *found.span(1)
    for start in _IBAN_START.finditer(text):
        found = _iban(start["country"].upper()).match(text, start.start())
        if found and iban.is_valid(_GAPS.sub("", found[0]), check_country=False):
            yield IBAN, *found.span()
    for written, named, stands_alone, is_valid in _NATIONAL_ID_PATTERNS:
        for found in written.finditer(text):
            if not is_valid(found[0]):
                continue
            around = text[max(0, found.start() - _BEFORE) : found.end() + _AFTER]
            if named.search(around) or (
                stands_alone.fullmatch(found[0]) and not _is_other_number(text, found.start())
            ):
                yield NATIONAL_ID, *found.span()


def _is_card(digits: str) -> bool:
    return luhn.is_valid(digits) and any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last
        for first, last, lengths in _ISSUERS
    )


@cache
def _iban(country: str) -> re.Pattern[str]:
    """As many letters and digits as an IBAN of this country has, with or without gaps."""
    (_, known), *_ = numdb.get("iban").info(country)
    account = sum(int(length) for length in re.findall("[0-9]+", known.get("bban", "")))
    return re.compile(rf"(?:{_GAP}?[A-Za-z0-9]){{{4 + account}}}(?!\w)" if account else r"(?!)")


def _is_other_number(text: str, start: int) -> bool:
    return bool(_OTHER_NUMBER.search(text[max(0, start - _BEFORE) : start]))

"""Utterances: the sentences of a message, as people type them."""

import re

from bot.field import hide_quotes
from bot.profile import TicketForm
from index.sentence import split_sentences

_LINE = re.compile(r"[^\n]+")
# Ends a sentence, even before a small letter; or comes before an item within a line.
_BREAK = re.compile(r"(?<=[!?])\s+|\s+(?=\(?[1-9]\)\s)")
_ITEM = re.compile(r"^(?:[-*•]|\(?\d{1,2}[.)])\s+")


def split_utterances(text: str, form: TicketForm) -> list[str]:
    """The sentences of a message in order; nothing that a field of the form quotes is split.

    A quotation of several lines stays with the sentence that brings it.
    """
    hidden = hide_quotes(text, form)
    pieces = []
    for line in _LINE.finditer(hidden):
        for start, end in split_sentences(line[0]):
            first = start
            for between in _BREAK.finditer(line[0], start, end):
                pieces.append((line.start() + first, line.start() + between.start()))
                first = between.end()
            pieces.append((line.start() + first, line.start() + end))
    return [text[start:end] for start, end in pieces]


def without_marker(utterance: str) -> str:
    """The sentence without the number or bullet of a list item."""
    return _ITEM.sub("", utterance)


def is_item(utterance: str) -> bool:
    """Whether the sentence begins an item of a list."""
    return bool(_ITEM.match(utterance))

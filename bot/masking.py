"""What is secret in a message is masked before the message is kept or sent anywhere.

A password, a key, a card number or a national id helps no desk. What a desk needs stays: ids of
apps, hosts, addresses, versions, hashes, error texts.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain

from bot.credential import find_credentials
from bot.named_secret import find_named_secrets
from bot.personal_number import find_personal_numbers

_MARK = re.compile(r"\[[A-Za-z ]{2,24} masked\]")


@dataclass(frozen=True)
class Hit:
    """Where a secret stands in the original text, and what it is in plain words.

    It doesn't hold the secret itself, so that it can be logged.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text without its secrets, and the hits in the order of the original text."""

    text: str
    hits: tuple[Hit, ...]

    @property
    def notice(self) -> str:
        """One sentence for the person, such as "I masked a password and 2 card numbers."

        Empty where nothing was masked.
        """
        if not self.hits:
            return ""
        *most, last = (
            _counted(kind, count) for kind, count in Counter(hit.kind for hit in self.hits).items()
        )
        return f"I masked {', '.join(most)}{' and ' if most else ''}{last}."


def mask(text: str, harmless: Collection[str] = ()) -> Masked:
    """Replace each secret in `text` by a note such as "[password masked]".

    `harmless` holds texts that the person said are no secrets; they stay wherever they stand.
    The time taken grows with the length of the text, whatever stands in it.
    """
    hits = find_secrets(text)
    return mask_hits(text, (hit for hit in hits if text[hit.start : hit.end] not in harmless))


def find_secrets(text: str) -> tuple[Hit, ...]:
    """The secrets in `text`, in order; no two overlap."""
    # A text may come by more than once; what is masked already is out of sight.
    text = _MARK.sub(lambda mark: "\n" * len(mark[0]), text)
    found = chain(find_credentials(text), find_personal_numbers(text), find_named_secrets(text))
    hits: list[Hit] = []
    for kind, start, end in sorted(found, key=lambda hit: (hit[1], -hit[2])):
        if hits and start < hits[-1].end:
            hits[-1] = Hit(hits[-1].kind, hits[-1].start, max(end, hits[-1].end))
        else:
            hits.append(Hit(kind, start, end))
    return tuple(hits)


def mask_hits(text: str, hits: Iterable[Hit]) -> Masked:
    """Mask these hits of `text` and no others: hits left out are undone.

    Raises ValueError where a hit doesn't lie in the text, or two overlap.
    """
    chosen = tuple(sorted(hits, key=lambda hit: hit.start))
    parts = []
    position = 0
    for hit in chosen:
        if not position <= hit.start < hit.end <= len(text):
            raise ValueError("The hits overlap or belong to another text: find them again.")
        parts += text[position : hit.start], f"[{hit.kind} masked]"
        position = hit.end
    return Masked("".join((*parts, text[position:])), chosen)


def _counted(kind: str, count: int) -> str:
    if count > 1:
        return f"{count} {kind}s"
    return f"{'an' if kind[0] in 'aAI' else 'a'} {kind}"

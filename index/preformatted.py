"""Preformatted text: what stands in <pre>, given the marks of Markdown's fenced code."""

import html
import re
from collections.abc import Sequence

from index.html_block import HOLDER, INLINE_NAME, code_end, indentation

_OPENING = re.compile(r"[ \t]*<pre(?:\s[^<>]*)?>", re.IGNORECASE)
_CLOSING = re.compile(r"</pre\s*>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{INLINE_NAME.pattern})(?:\s[^<>]*)?>", re.IGNORECASE)


def fence_preformatted(lines: Sequence[str]) -> list[str]:
    """`lines` with the blocks of <pre> as fenced code, their tags out and entities decoded.

    The marks stand in lines of the block without text or in the blank lines around it; a block
    without room for them stays as it is.
    """
    fenced = list(lines)
    end: re.Pattern[str] | None = None  # of other code
    is_held = in_code = False
    resume = 0  # after the last block
    for number, line in enumerate(lines):
        if number < resume or not line.strip():
            continue
        if end:
            end = None if end.match(line) else end
            continue
        indent = indentation(line)
        is_held = bool(HOLDER.match(line)) or (is_held and indent > 0)
        follows_blank = number == 0 or not lines[number - 1].strip()
        # In code by its indentation <pre> is a word.
        in_code = indent >= 4 and not is_held and (in_code or follows_blank)
        if not in_code and _OPENING.match(line):
            resume = _end(lines, number)
            _fence(fenced, number, resume, indent if is_held or indent >= 4 else 0)
        else:
            end = code_end(line)
    return fenced


def _end(lines: Sequence[str], start: int) -> int:
    """The line after the block that begins in line `start`; `start` itself when it has no end."""
    for number in range(start, len(lines)):
        closing = _CLOSING.search(lines[number])
        if closing:
            return start if lines[number][closing.end() :].strip() else number + 1
        if number > start and _OPENING.match(lines[number]):
            break
    return start


def _fence(lines: list[str], start: int, end: int, margin: int) -> None:
    """Makes fenced code of the lines from `start` to `end`, with no line of it before `margin`."""
    code = _code(lines[start:end], margin)
    texts = [number for number, line in enumerate(code, start) if line]
    if not texts:
        return
    before, after = texts[0] - 1, texts[-1] + 1
    opens = before >= start or (before >= 0 and not lines[before].strip())
    closes = after < end or after == len(lines) or not lines[after].strip()
    if opens and closes:
        mark = " " * indentation(lines[start]) + "~~~~~~"
        lines[start:end] = code
        lines[before] = mark
        lines[after : after + 1] = [mark] if after < len(lines) else []


def _code(block: Sequence[str], margin: int) -> list[str]:
    """The lines of a block as a reader sees them, "" for those without text."""
    shown = []
    for line in block:
        opening, closing = _OPENING.match(line), _CLOSING.search(line)
        text = line[opening.end() if opening else 0 : closing.start() if closing else None]
        begins = " " * margin if opening else ""  # what follows the tag is the first column's
        shown.append(begins + html.unescape(_TAG.sub("", text)).replace("\n", " ").rstrip())
    shown = [line if line.strip() else "" for line in shown]
    missing = max(0, margin - min((indentation(line) for line in shown if line), default=0))
    return [" " * missing + line if line else "" for line in shown]

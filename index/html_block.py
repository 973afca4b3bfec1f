"""HTML blocks: moved to the margin, for by its indentation their text would be code."""

import re
from collections.abc import Iterator, Sequence

# Begins what goes on in indented lines: an item, a description, a footnote, an admonition.
HOLDER = re.compile(
    r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]|\Z)|:[ \t]|\[\^|!!!|\?\?\?|===[!+]?[ \t])"
)
CODE_SHORTCODES = "highlight|code-toggle|code"
BLOCK_NAME = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|dialog|dir|div|fieldset"
    "|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|legend|li|main|nav|[ou]l|p"
    "|picture|pre|section|select|summary|table|t(?:body|d|foot|h|head|r)|video",
    re.IGNORECASE,
)
INLINE_NAME = re.compile(
    "a|abbr|b|big|cite|code|del|dfn|em|font|i|img|input|ins|kbd|label|mark|nobr|q|s|samp|small"
    "|span|strike|strong|su[bp]|svg|tt|u|var|wbr",
    re.IGNORECASE,
)

_FENCE = re.compile(r"[ \t]*(?:(?:>[ \t]*|[-*+][ \t]+|\d{1,9}[.)][ \t]+))*(`{3,}(?=[^`]*\Z)|~{3,})")
_PROGRAM = re.compile(rf"[ \t]*\{{\{{[<%]\s*({CODE_SHORTCODES})\b[^{{}}]*(?<!/)[>%]\}}\}}[ \t]*\Z")
_FIRST_TAG = re.compile(r"[ \t]*</?([A-Za-z][\w.-]*)")
_HEADING = re.compile(
    r"[ \t]*<h(?P<level>[1-6])(?P<attributes>\s[^<>]*)?>"
    r"(?P<text>(?:(?!</h[1-6]).)*)</h(?P=level)>[ \t]*\Z",
    re.IGNORECASE,
)
_MARKED_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_ID = re.compile(r"\sid\s*=\s*[\"']([^\"'\s{}#]+)[\"']", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s(?:[^<>]*\s)?(?:name|id)\s*=\s*[\"']([^\"'\s{}#]+)[\"']", re.IGNORECASE)
_CODE_SPAN = re.compile(r"`[^`]*`")
_CLOSING_MARK = re.compile(r"\s+#+\s*\Z")
_CLOSING_TAG = re.compile(r"</([A-Za-z][\w.-]*)")
_TAG = re.compile(
    r"<(?P<slash>/?)(?P<name>[A-Za-z][\w.-]*)"
    r"(?P<attributes>(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}|[^<>\"'{}])*)"
)


class _Block:
    """The block of HTML that is open, and how many columns its lines have too many."""

    def __init__(self, margin: int) -> None:
        """`margin` is where the block goes."""
        self.margin = margin
        self.surplus = 0
        self.opened = 0  # tags that are not closed yet
        self._text: int | None = None  # where the text since the last tag begins

    def take(self, indent: int, begins_with_tag: bool, opened: int) -> None:
        """Goes on to a line with this indentation that opens so many more tags than it closes."""
        self.opened = max(0, self.opened + opened)
        if begins_with_tag:
            self._text = None
            self.surplus = indent - self.margin
        else:
            self._text = indent if self._text is None else min(self._text, indent)
            self.surplus = self._text - self.margin


def flatten_html(lines: Sequence[str]) -> Iterator[str]:
    """`lines` with blocks of HTML and components, and the code in them, at the margin.

    Within an item that is where the block's first tag stands. What is indented deeper than the text
    that begins after a tag stays so. A heading in HTML gets the marks of Markdown, and an anchor
    that is set by hand within a heading becomes its {#anchor}.
    """
    closed = frozenset(_CLOSING_TAG.findall("\n".join(lines)))
    block: _Block | None = None
    is_held = in_code = False
    follows_blank = True
    end: re.Pattern[str] | None = None  # of the code
    for line in lines:
        may_be_heading = False
        if end:
            end = None if end.match(line) else end
        elif not line.strip():
            block = block if block and block.opened else None
            follows_blank = True
        else:
            indent = indentation(line)
            tag = _FIRST_TAG.match(line)
            starts = tag is not None and _is_container(tag[1], closed)
            if block and indent < block.margin + (not starts):
                block = None
            continues = block is not None
            if not block:
                is_held = bool(HOLDER.match(line)) or (is_held and indent > 0)
                in_code = indent >= 4 and not is_held and (in_code or follows_blank)
                if starts and not in_code:
                    block = _Block(indent if is_held else 0)
            if block:
                block.take(indent, tag is not None, _opened(line, closed))
            follows_blank = False
            may_be_heading = not is_held and (indent < 4 or continues)
            end = code_end(line)
        line = dedent(line, block.surplus) if block else line
        yield _with_heading(line) if may_be_heading else line


def code_end(line: str) -> re.Pattern[str] | None:
    """What ends the code that a fence or shortcode in a line begins; None when it begins none."""
    fence, program = _FENCE.match(line), _PROGRAM.match(line)
    if fence:
        return re.compile(rf"[ \t>]*{fence[1]}[`~]*[ \t]*\Z")
    if program:
        return re.compile(rf"[ \t]*\{{\{{[<%]\s*/\s*{program[1]}\s*[>%]\}}\}}[ \t]*\Z")
    return None


def indentation(line: str) -> int:
    """The columns before the first character of a line."""
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def dedent(line: str, columns: int) -> str:
    """A line with as many columns fewer before its first character, as far as it has them."""
    margin = len(line) - len(line.lstrip(" \t"))
    return line[:margin].expandtabs(4)[columns:] + line[margin:]


def _with_heading(line: str) -> str:
    """A line that is a heading with its mark and the anchor set by hand; any other as it is."""
    heading = _HEADING.match(line)
    text = heading["text"] if heading else line
    anchor = _ANCHOR.search(_CODE_SPAN.sub("", text))
    if heading:
        anchor = _ID.search(heading["attributes"] or "") or anchor
        if not re.sub("<[^<>]*>", "", text).strip():
            return line
        text = f"{'#' * int(heading['level'])} {text.strip()}"
    elif not _MARKED_HEADING.match(line) or line.rstrip().endswith("}"):
        return line
    return f"{_CLOSING_MARK.sub('', text)} {{#{anchor[1]}}}" if anchor else text


def _opened(line: str, closed: frozenset[str]) -> int:
    """How many more containers a line opens than it closes."""
    count = 0
    for tag in _TAG.finditer(line):
        if _is_container(tag["name"], closed) and tag["name"].lower() != "hr":
            count += -1 if tag["slash"] else not tag["attributes"].endswith("/")
    return count


def _is_container(name: str, closed: frozenset[str]) -> bool:
    """Whether a tag may hold blocks; `closed` are the names that the page closes."""
    return bool(BLOCK_NAME.fullmatch(name)) or (name in closed and not INLINE_NAME.fullmatch(name))

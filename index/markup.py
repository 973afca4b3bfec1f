"""Markup: what site generators add to Markdown, taken out line by line."""

import re
from collections.abc import Iterator, Sequence, Set

from index.html_block import (
    BLOCK_NAME,
    CODE_SHORTCODES,
    INLINE_NAME,
    dedent,
    flatten_html,
    indentation,
)
from index.preformatted import fence_preformatted

SEPARATOR = "\u2029"  # ends a sentence where the page shows a break without a full stop

_VISIBLE_PARAMETERS = frozenset({"title", "caption"})
# Parameters that some shortcodes show, as a title or within a sentence; "" is one without a name.
_TITLED_BY = {"details": {"", "summary"}, "expand": {""}, "tab": {"", "name", "header"}}
_INLINE_BY = {"glossary_tooltip": ("text", "term_id"), "kbd": ("",)}

_CONSTRUCT = re.compile(
    rf"""
    (?P<fence> ^[ \t]*(?:(?:>[ \t]*|[-*+][ \t]+|\d{{1,9}}[.)][ \t]+))*
        (?P<mark>`{{3,}}(?=[^`\n]*$)|~{{3,}}) (?s:.*?) (?:^[ \t>]*(?P=mark)[`~]*[ \t]*$|\Z) )
  | (?P<program> ^[ \t]*\{{\{{[<%]\s*(?P<language>{CODE_SHORTCODES})\b[^{{}}]*
        (?<!/)[>%]\}}\}}[ \t]*\n (?P<source>(?:(?!\{{\{{[<%]\s*(?P=language)\b)(?s:.))*?)
        ^[ \t]*\{{\{{[<%]\s*/\s*(?P=language)\s*[>%]\}}\}}[ \t]*$ )
  | (?=[\\`<{{&]) (?:
      (?P<escape> \\[<&`{{] )
    | (?P<code> (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n)(?s:.))+?(?<!`)(?P=ticks)(?!`) )
    | (?P<comment> <!--(?:(?!<!--)(?s:.))*?--> | \{{/\*(?:(?!\{{/\*)(?s:.))*?\*/\}} )
    | (?P<script> <(?P<hidden>script|style)\b(?:(?!<(?P=hidden))(?s:.))*?</(?P=hidden)\s*> )
    | (?P<shortcode> \{{\{{[<%](?P<inside>(?:(?!\{{\{{)(?s:.))*?)[>%]\}}\}} )
    | (?P<tag> (?<!\]\()<(?P<slash>/?)(?P<name>[A-Za-z][\w.-]*)
          (?P<attributes>
            (?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|\{{[^{{}}]*\}}|[^\s"'=<>`]+))?)*)
          \s*(?P<void>/?)> )
    | (?P<include> \{{\*[^{{}}\n]*\*\}} )
    | (?P<template> (?<!\{{)\{{%[^{{}}]*%\}} )
    | (?P<hyphen> &shy;|&\#173;|&\#[xX][aA][dD]; ) )
    """,
    re.MULTILINE | re.VERBOSE,
)
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")
_SHORTCODE = re.compile(r"\s*(?P<slash>/?)\s*(?P<name>[\w./-]*)(?P<parameters>.*)", re.DOTALL)
_QUOTED = r"(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`|'([^']*)')"
_PARAMETER = re.compile(rf"([\w-]+)\s*=\s*{_QUOTED}")
_FIRST_PARAMETER = re.compile(rf"\s*{_QUOTED}")
_TARGET = re.compile(r"(?:path\s*=\s*)?[\"`]?([^\"`\s]+)")

_ADMONITION = re.compile(
    r"(?:(?:!!!|\?\?\?\+?)[ \t]+(?:[\w-]+(?: [\w-]+)*)?|===[!+]?(?=[ \t]+[\"']))"
    r"(?:[ \t]*[\"'](?P<title>.*)[\"'])?\Z"
)
_COLON_FENCE = re.compile(
    r":{3,}[ \t]*(?:\{?[\w.:-]+\}?(?:\[(?P<label>.*)\]|[ \t]+(?!\{)(?P<title>\S.*?))?)?"
    r"(?:[ \t]*\{.*\})?\Z"
)
_SLASH_FENCE = re.compile(r"/{3,}(?:[ \t]*[\w-]+[ \t]*(?:\|[ \t]*(?P<title>.*))?)?\Z")
_ALERT = re.compile(r"(?P<quote>(?:>[ \t]*)+)\[!\w+\][+-]?[ \t]*(?P<title>.*)\Z")
# Only these two kinds of containers have options, on the lines right after the opening one.
_OPTIONS = (
    (re.compile(r":{3,}[ \t]*\{\w"), re.compile(r"[ \t]*:[\w-]+:(?:[ \t].*)?\Z")),
    (re.compile(r"/{3,}[ \t]*\w"), re.compile(r"(?: {4}|\t)[\w-]+:[ \t].*\Z")),
)
_ATTRIBUTES = re.compile(r"\{:?[ \t]*(?:[.#][\w-]+|[\w-]+=\"[^\"]*\")[^{}]*\}\Z")
_IMPORT = re.compile(r"import[ \t]+(?:.+[ \t]from[ \t]+)?[\"'][^\"']+[\"'];?\Z")
_LONGEST_MARK = 300  # a longer line is text, however it begins

_CONTAINER = re.compile(r"(?:[-*+>]|\d{1,9}[.)])(?:[ \t]|\Z)|\[\^|:[ \t]|\{\{|!!!|\?\?\?|===")


def clean_markup(lines: Sequence[str]) -> list[str]:
    """`lines` of Markdown without shortcodes, HTML, comments, admonition marks and soft hyphens.

    The text inside stays, code stays as it is, and as many lines come out as went in, so that line
    numbers hold. Titles of admonitions and captions of figures become text.
    """
    text = "\n".join(flatten_html(fence_preformatted(lines)))
    pieces: list[str] = []
    code_lines: set[int] = set()
    line = 0
    for piece, is_code in _pieces(text):
        breaks = piece.count("\n")
        if is_code:
            code_lines.update(range(line, line + breaks + 1))
        pieces.append(piece)
        line += breaks
    cleaned = "".join(pieces).split("\n")
    return _without_containers(cleaned, code_lines)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces with its constructs replaced, and whether a piece is a block of code."""
    closed_tags = set(re.findall(r"</([A-Za-z][\w.-]*)", text))
    regions = [*_indented_code(text), (len(text), len(text))]
    position = region = 0
    while position < len(text):
        construct = _CONSTRUCT.search(text, position)
        while regions[region][0] < position:
            region += 1
        start, end = regions[region]
        if construct is None or start <= construct.start():
            yield text[position:start].translate(_INVISIBLE), False
            if start < end:
                yield text[start:end], True
            position = end
            continue
        yield text[position : construct.start()].translate(_INVISIBLE), False
        if construct["fence"]:
            yield construct[0], True
        elif construct["program"]:
            extra = construct[0].count("\n") - construct["source"].count("\n") - 1
            yield "\n" * extra + f"~~~~~~\n{construct['source']}~~~~~~", True
        elif construct["code"] or construct["escape"]:
            yield construct[0], False
        else:
            shown = _shown(construct, closed_tags)
            yield shown + "\n" * (construct[0].count("\n") - shown.count("\n")), False
        position = construct.end()


def _shown(construct: re.Match[str], closed_tags: set[str]) -> str:
    """What a reader of the rendered page sees of a shortcode, tag, comment or include."""
    if construct["shortcode"]:
        return _shown_of_shortcode(construct)
    if construct["template"]:
        is_title = not re.match(r"\{%-?\s*(?:assign|set)\b", construct["template"])
        return _titles(construct["template"], _VISIBLE_PARAMETERS) if is_title else ""
    if not construct["tag"]:
        return ""
    name = construct["name"]
    if name.lower() == "br":
        return " "
    if BLOCK_NAME.fullmatch(name):
        return SEPARATOR
    # Anything else in angle brackets may be a placeholder, as in <your-app>.
    is_tag = (
        INLINE_NAME.fullmatch(name)
        or construct["slash"]
        or construct["void"]
        or "=" in construct["attributes"]
        or name in closed_tags
    )
    return _shown_of_component(construct) if is_tag else construct[0]


def _shown_of_component(construct: re.Match[str]) -> str:
    """The title of a tab, step or the like, whose tag stands at the beginning of a line."""
    text, name, attributes = construct.string, construct["name"], construct["attributes"]
    before = text[text.rfind("\n", 0, construct.start()) + 1 : construct.start()].strip()
    if not name[0].isupper() or (before and not before.endswith(">")):
        return ""
    title = _titles(attributes, {"title", "label"})
    # A tab without a label shows its value.
    return title or (_titles(attributes, {"value"}) if name == "TabItem" else "")


def _shown_of_shortcode(construct: re.Match[str]) -> str:
    inside = construct["inside"]
    if inside.lstrip().startswith("/*"):
        return construct[0]
    shortcode = _SHORTCODE.match(inside)
    parameters = shortcode["parameters"]
    if shortcode["name"] in ("ref", "relref"):
        in_link = construct.string.startswith("](", construct.start() - 2)
        target = _TARGET.match(parameters.strip())
        return target[1] if in_link and target else ""
    name = shortcode["name"]
    if name in _INLINE_BY:
        given = dict(_parameters(parameters))
        return next((given[key] for key in _INLINE_BY[name] if key in given), "")
    return _titles(parameters, _VISIBLE_PARAMETERS.union(_TITLED_BY.get(name, ())))


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    """The quoted parameters in `text` by their names; a first one without a name is ""."""
    first = _FIRST_PARAMETER.match(text)
    if first:
        yield "", "".join(filter(None, first.groups()))
    for name, *values in _PARAMETER.findall(text):
        yield name, "".join(values)


def _titles(text: str, names: Set[str]) -> str:
    """The parameters of these names as sentences."""
    return "".join(_as_sentence(value) for name, value in _parameters(text) if name in names)


def _indented_code(text: str) -> Iterator[tuple[int, int]]:
    """Start and end offsets of code blocks made by indentation alone, outside any container."""
    offset = 0
    follows_blank, in_container = True, False
    block: tuple[int, int] | None = None
    for line in text.split("\n"):
        indented = line.startswith(("    ", "\t"))
        if not line.strip():
            follows_blank = True
        elif indented and (block or (follows_blank and not in_container)):
            block = (block[0] if block else offset, offset + len(line))
            follows_blank = False
        else:
            if block:
                yield block
                block = None
            if not indented:
                continues = in_container and line[0] in " \t"
                in_container = continues or bool(_CONTAINER.match(line.lstrip(" ")))
            follows_blank = False
        offset += len(line) + 1
    if block:
        yield block


def _without_containers(lines: Sequence[str], code_lines: set[int]) -> list[str]:
    """`lines` without the marks of admonitions, tabs, attributes and imports; bodies dedented."""
    cleaned = []
    indents: list[int] = []  # of the open admonitions
    option: re.Pattern[str] | None = None  # what one looks like where it may stand
    margin = 0  # of the container that it would belong to
    for number, line in enumerate(lines):
        if line.strip():
            width = indentation(line)
            while indents and width < indents[-1] + 4:
                indents.pop()
            line = dedent(line, 4 * len(indents))
        if number not in code_lines:
            mark = line.strip()
            if len(mark) > _LONGEST_MARK:
                mark = ""
            if _ADMONITION.match(mark):
                indents.append(width)
            if option and option.match(dedent(line, margin)):
                line = ""
            else:
                option, margin = _option(mark), indentation(line)
                line = _without_mark(line, mark)
        cleaned.append(line)
    return cleaned


def _option(mark: str) -> re.Pattern[str] | None:
    """What the options look like of the container that `mark` opens, None where it has none."""
    if not (_COLON_FENCE.match(mark) or _SLASH_FENCE.match(mark)):
        return None
    return next((option for opening, option in _OPTIONS if opening.match(mark)), None)


def _without_mark(line: str, mark: str) -> str:
    """`line` with the title only, if `mark`, what stands on it, opens or closes a container."""
    margin = line[: len(line) - len(line.lstrip(" \t"))]
    container = _ADMONITION.match(mark) or _COLON_FENCE.match(mark) or _SLASH_FENCE.match(mark)
    if container:
        titles = container.groupdict()
        return margin + _as_sentence(titles["title"] or titles.get("label") or "")
    alert = _ALERT.match(mark)
    if alert:
        return margin + alert["quote"] + _as_sentence(alert["title"])
    # A lone colon is what is left of a description that held a shortcode.
    is_empty = mark.strip(SEPARATOR) in ("", ":") or _ATTRIBUTES.match(mark) or _IMPORT.match(mark)
    return "" if is_empty and len(line) <= _LONGEST_MARK else line


def _as_sentence(title: str) -> str:
    """A title as a sentence of its own, "" when there is none."""
    return f"{SEPARATOR}{title.strip()}{SEPARATOR}" if title.strip() else ""

"""A section: a heading of a page with the blocks that stand under it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from markdown_it.tree import SyntaxTreeNode

from index.anchor import AnchorStyle, PageAnchors
from index.inline import PARSER, InlineText, fold
from index.markup import clean_markup
from index.page import Page
from index.sentence import split_sentences

UnitKind = Literal["sentence", "item", "row", "code"]
BlockKind = Literal["paragraph", "list", "table", "code"]

EMPTY_CELL = "(empty)"

_BLOCK_KINDS: dict[str, BlockKind] = {
    "bullet_list": "list",
    "ordered_list": "list",
    "dl": "list",
    "fence": "code",
    "code_block": "code",
}
_ALL_BOLD = re.compile(r"\*\*(?:(?!\*\*).)+\*\*\Z")
_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Unit:
    """The smallest piece of a page that can be quoted: sentence, list item, table row, code block.

    `quote` is verbatim: the page's text with encoding repaired and soft hyphens, markup, link
    targets and list markers removed; a row keeps the pipes between its cells. `text` is what search
    and the reader see: the same for a sentence; for a row, each cell with its column header.
    """

    kind: UnitKind
    text: str
    quote: str
    lines: tuple[int, int]  # first and last line in the file, counted from 1
    ordinal: str = ""  # "1." for an item of a numbered list
    depth: int = 0  # nesting of a list item, 0 for the outermost
    cells: tuple[str, ...] = ()  # plain text of a row's cells, "" for an empty one
    markdown: str = ""  # `quote` with emphasis, code and links kept, for display

    @property
    def announces(self) -> bool:
        """Whether it leads to what follows, as by its last sign it does."""
        return self.text.endswith((":", "："))


@dataclass(frozen=True)
class Block:
    """A paragraph, a whole list with its nested items, a table, or a code block, in page order."""

    kind: BlockKind
    units: tuple[Unit, ...]
    lines: tuple[int, int]
    lead_in: Unit | None = None  # the sentence that introduces a list, table or code block
    header: tuple[str, ...] = ()  # a table's column headers, "" for an empty one
    header_quote: str = ""  # its header row, quoted as a row is


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it, up to the next heading of any level."""

    path: str  # of its page, relative to the corpus, with /
    title: str  # of its page
    headings: tuple[str, ...]  # from the outermost to this one; () for text before the first
    anchor: str  # "" for text before the first heading
    url: str  # of the page with the anchor, relative to the site: "/support/#sla"
    lines: tuple[int, int]
    blocks: tuple[Block, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units of all blocks, in page order."""
        return tuple(unit for block in self.blocks for unit in block.units)


def read_sections(page: Page, style: AnchorStyle = "hugo") -> list[Section]:
    """The sections of `page` in page order, their anchors generated in `style`.

    Text before the first heading is a section of its own, if there is any.
    """
    body = clean_markup(page.lines[page.body_start :])
    reader = _BlockReader(body, page.body_start + 1, page.path)
    nodes = SyntaxTreeNode(PARSER.parse("\n".join(body))).children
    headings = [node for node in nodes if node.type == "heading"]
    anchors = PageAnchors(style, frozenset(node.meta["id"] for node in headings) - {""})
    sections = []
    outline: list[tuple[int, str]] = []
    for heading, contents in _group_by_heading(nodes):
        read = (block for node in contents for block in reader.blocks(node))
        blocks = _with_lead_ins(_with_steps_joined(read))
        anchor = ""
        lines = [block.lines for block in blocks]
        if heading is not None:
            inline = reader.inline(heading)
            level = int(heading.tag[1:])
            outline = [outer for outer in outline if outer[0] < level]
            outline.append((level, fold(inline.text)))
            anchor = (
                anchors.explicit(heading.meta["id"])
                if heading.meta["id"]
                else anchors.generated(heading.children[0].content, fold(inline.text))
            )
            lines.insert(0, reader.lines(heading))
        elif not blocks:
            continue
        sections.append(
            Section(
                path=page.path,
                title=page.title,
                headings=tuple(text for _, text in outline),
                anchor=anchor,
                url=f"{page.url}#{anchor}" if page.url and anchor else page.url,
                lines=(lines[0][0], lines[-1][1]),
                blocks=blocks,
            )
        )
    return sections


def read_text(title: str, text: str) -> list[Section]:
    """The sections of a passage handed in without a file; their paths and urls are empty."""
    page = Page(
        path="",
        title=title,
        url="",
        lines=tuple(re.split(r"\r\n|\r|\n", text)),
        body_start=0,
    )
    return read_sections(page)


def _group_by_heading(
    nodes: Sequence[SyntaxTreeNode],
) -> Iterator[tuple[SyntaxTreeNode | None, list[SyntaxTreeNode]]]:
    heading, contents = None, []
    for node in nodes:
        if node.type == "heading":
            yield heading, contents
            heading, contents = node, []
        else:
            contents.append(node)
    yield heading, contents


def _with_steps_joined(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with what interrupts a list within it.

    Steps whose numbers go on after code or a paragraph are one list with these, and code belongs to
    the list whose last item announces it.
    """
    joined: list[Block] = []
    for block in blocks:
        last = next((i for i in reversed(range(len(joined))) if joined[i].kind == "list"), None)
        announced = (
            block.kind == "code" and last == len(joined) - 1 and joined[-1].units[-1].announces
        )
        if last is not None and (announced or _goes_on(joined[last], block, joined[last + 1 :])):
            parts = [*joined[last:], block]
            units = tuple(unit for part in parts for unit in part.units)
            joined[last:] = [
                replace(parts[0], units=units, lines=(parts[0].lines[0], block.lines[1]))
            ]
        else:
            joined.append(block)
    return joined


def _goes_on(steps: Block, block: Block, between: Sequence[Block]) -> bool:
    """Whether a list goes on where the numbers of another stop, with no table in between."""
    numbered = [unit for unit in steps.units if unit.ordinal and unit.depth == 0]
    first = block.units[0] if block.kind == "list" else None
    if not numbered or not first or not first.ordinal:
        return False
    follows = int(first.ordinal[:-1]) == int(numbered[-1].ordinal[:-1]) + 1
    return follows and all(other.kind != "table" for other in between)


def _with_lead_ins(blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks of a section, each list, table and code block with the sentence introducing it.

    That is the sentence right before it that ends with a colon or is all in bold as a heading would
    be, or the last sentence of the paragraph that opens the section.
    """
    led = blocks[:1]
    for position, (before, block) in enumerate(pairwise(blocks)):
        sentence = before.units[-1] if before.kind == "paragraph" else None
        is_title = len(before.units) == 1 and sentence and _ALL_BOLD.match(sentence.markdown)
        introduces = sentence and (position == 0 or sentence.announces or is_title)
        if introduces and block.kind != "paragraph":
            block = replace(block, lead_in=sentence)
        led.append(block)
    return tuple(led)


class _BlockReader:
    """Turns nodes of a page's syntax tree into blocks and units with the lines of the file."""

    def __init__(self, body: Sequence[str], first_line: int, path: str) -> None:
        """`body` is the cleaned text whose first line is line `first_line` of the file `path`."""
        self._body = body
        self._first_line = first_line
        self._path = path

    def lines(self, node: SyntaxTreeNode) -> tuple[int, int]:
        """First and last line of a node, blank lines after it left out."""
        start, end = node.map
        while end > start + 1 and not self._body[end - 1].strip():
            end -= 1
        return start + self._first_line, end - 1 + self._first_line

    def inline(self, node: SyntaxTreeNode) -> InlineText:
        """The text of a paragraph, heading, term or table cell."""
        inline = node.children[0]
        first_line = inline.map[0] + self._first_line
        return InlineText(inline.token.children or [], first_line, self._path)

    def blocks(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """The blocks that a node of the page's outermost level amounts to."""
        if node.type == "blockquote":
            for child in node.children:
                yield from self.blocks(child)
        elif node.type == "table":
            rows = tuple(self._rows(node))
            header = self._header(node)
            if rows or any(header):
                first = self._body[node.children[0].map[0]]
                quote = _join_cells(first, header)
                yield Block("table", rows, self.lines(node), header=header, header_quote=quote)
        else:
            units = tuple(self._units(node, depth=0))
            if units:
                yield Block(
                    _BLOCK_KINDS.get(node.type, "paragraph"),
                    units,
                    (units[0].lines[0], units[-1].lines[1]),
                )

    def _units(self, node: SyntaxTreeNode, depth: int) -> Iterator[Unit]:
        if node.type in ("paragraph", "heading"):
            yield from self._sentences(node, depth)
        elif node.type in ("fence", "code_block"):
            yield from self._code(node, depth)
        elif node.type == "table":
            yield from (replace(row, depth=depth) for row in self._rows(node))
        elif node.type in ("bullet_list", "ordered_list"):
            yield from self._items(node, depth)
        elif node.type == "dl":
            yield from self._definitions(node, depth)
        elif node.type == "blockquote":
            for child in node.children:
                yield from self._units(child, depth)

    def _sentences(self, node: SyntaxTreeNode, depth: int) -> Iterator[Unit]:
        inline = self.inline(node)
        if inline.is_picture:
            return
        for start, end in split_sentences(inline.text):
            if any(char.isalnum() for char in inline.text[start:end]):
                yield self._unit("sentence", inline, start, end, depth)

    def _unit(self, kind: UnitKind, inline: InlineText, start: int, end: int, depth: int) -> Unit:
        text = fold(inline.text[start:end])
        return Unit(
            kind=kind,
            text=text,
            quote=text,
            lines=(inline.line(start), inline.line(end - 1)),
            depth=depth,
            markdown=inline.markdown(start, end),
        )

    def _items(self, node: SyntaxTreeNode, depth: int) -> Iterator[Unit]:
        number = int(node.attrs.get("start", 1))
        for position, item in enumerate(node.children):
            contents = list(item.children)
            if contents and contents[0].type in ("paragraph", "heading"):
                inline = self.inline(contents.pop(0))
                if inline.text.strip() and not inline.is_picture:
                    unit = self._unit("item", inline, 0, len(inline.text), depth)
                    ordered = node.type == "ordered_list"
                    yield replace(
                        unit, ordinal=f"{number + position}{item.markup}" if ordered else ""
                    )
            for child in contents:
                nested = child.type in ("bullet_list", "ordered_list")
                yield from self._units(child, depth + 1 if nested else depth)

    def _definitions(self, node: SyntaxTreeNode, depth: int) -> Iterator[Unit]:
        for part in node.children:
            if part.type == "dt":
                inline = self.inline(part)
                term = self._unit("item", inline, 0, len(inline.text), depth)
                is_described = False
                continue
            contents = list(part.children)
            starts_with_text = bool(contents) and contents[0].type == "paragraph"
            inline = self.inline(contents.pop(0)) if starts_with_text else None
            if inline and inline.text.strip():
                described = self._unit("item", inline, 0, len(inline.text), depth)
                between = self._body[term.lines[1] - self._first_line + 1 :]
                between = between[: described.lines[0] - term.lines[1] - 1]
                yield _define(term, described, adjoin=not any(map(str.strip, between)))
            elif not is_described:
                yield term
            for child in contents:
                yield from self._units(child, depth)
            is_described = True

    def _code(self, node: SyntaxTreeNode, depth: int) -> Iterator[Unit]:
        code = node.content.rstrip("\n")
        if code.strip():
            first = node.map[0] + self._first_line + (1 if node.type == "fence" else 0)
            yield Unit(
                kind="code",
                text=code,
                quote=code,
                lines=(first, first + code.count("\n")),
                depth=depth,
                markdown=code,
            )

    def _header(self, table: SyntaxTreeNode) -> tuple[str, ...]:
        header = table.children[0].children[0]
        return tuple(fold(self.inline(cell).text) for cell in header.children)

    def _rows(self, table: SyntaxTreeNode) -> Iterator[Unit]:
        header = self._header(table)
        for body in table.children[1:]:
            for row in body.children:
                line = self._body[row.map[0]]
                cells = [self.inline(cell) for cell in row.children]
                texts = tuple(fold(cell.text) for cell in cells)
                if not any(texts):
                    continue
                number = row.map[0] + self._first_line
                yield Unit(
                    kind="row",
                    text=_row_text(header, texts),
                    quote=_join_cells(line, texts),
                    lines=(number, number),
                    cells=texts,
                    markdown=_join_cells(
                        line, [cell.markdown(0, len(cell.text)) for cell in cells]
                    ),
                )


def _define(term: Unit, description: Unit, adjoin: bool) -> Unit:
    """A term with one of its descriptions, quoted and shown together where they stand together."""
    told = replace(description, text=f"{term.text}: {description.text}")
    if not adjoin:
        return told
    return replace(
        told,
        quote=f"{term.quote} : {description.quote}",
        markdown=f"{term.markdown}: {description.markdown}",
        lines=(term.lines[0], description.lines[1]),
    )


def _row_text(header: Sequence[str], cells: Sequence[str]) -> str:
    """A row in words: its first cell, then each other cell with its column header."""
    named = [
        f"{name}: {cell or EMPTY_CELL}" if name else cell or EMPTY_CELL
        for name, cell in zip(header, cells, strict=True)
    ]
    if not cells[0]:
        return "; ".join(named)
    return ": ".join([cells[0], "; ".join(named[1:])] if len(cells) > 1 else cells)


def _join_cells(line: str, cells: Sequence[str]) -> str:
    """The cells between pipes, spaced as in the row's `line` of the page."""
    written = _PIPE.split(line.strip(" \t>"))
    opened, closed = written[0] == "", written[-1] == "" and len(written) > 1
    written = written[1 if opened else 0 : -1 if closed else None]
    # Rows may be shorter than the header (the parser fills them up) or longer (it cuts them).
    spaced = [
        raw.replace(raw.strip(), cell or " ") if raw.strip() else raw
        for raw, cell in zip(written, cells, strict=False)
    ]
    return fold(f"{'|' if opened else ''}{'|'.join(spaced)}{'|' if closed else ''}")

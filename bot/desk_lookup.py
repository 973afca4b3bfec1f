"""What an agent looks up at the desk: passages while typing, sections, tables, whole answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from bot.errors import UnknownSection
from bot.login import ROOT, current_user
from bot.matrix import Cell, Matrices, Matrix, find_matrix, look_up
from bot.origin import heading_path
from bot.passage_search import FoundPassages, search_passages
from bot.profile import Product
from bot.reply import NOTICE, Reply
from bot.startup import Startup
from index.section import Block, Section

SHOWN = 20  # passages
MAX_CHARACTERS = 2000  # typed


class ShownUnit(BaseModel):
    """A sentence, item or code block of a section, or a row of a table within a list."""

    kind: str
    markdown: str
    ordinal: str
    depth: int
    lines: tuple[int, int]


class ShownBlock(BaseModel):
    """A block of a section: units, or the rows of a table."""

    kind: str
    units: list[ShownUnit] = []
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = Field([], description="of the rows")


class ShownSection(BaseModel):
    """A whole section."""

    title: str
    section: list[str]
    url: str
    site: str = Field(description="what links of the section are relative to")
    blocks: list[ShownBlock]


class TableName(BaseModel):
    """A table among others."""

    path: str
    line: int
    name: str
    rows: int
    columns: int


class TableNames(BaseModel):
    """The tables that have more than two columns, the largest first."""

    tables: list[TableName]


class ShownTable(BaseModel):
    """A whole table."""

    name: str
    header: list[str]
    rows: list[list[str]]
    url: str


class AgentQuestion(BaseModel):
    """A question of a customer, as an agent types it."""

    question: str = Field(max_length=MAX_CHARACTERS)


class AgentReply(Reply):
    """A reply, and what in the question was masked."""

    notice: str = Field("", description=NOTICE)


def create_lookup_router(startup: Startup) -> APIRouter:
    """The routes of what an agent looks up, in the index of the assistant of `startup`."""
    router = APIRouter(prefix=f"{ROOT}/api", dependencies=[Depends(current_user)])
    known = Matrices()

    def product() -> Product:
        return startup.assistant.profile.product

    def matrices() -> list[Matrix]:
        return known.of(startup.assistant.index.current())

    @router.get("/search")
    def search(
        q: Annotated[str, Query(max_length=MAX_CHARACTERS)],
        path: str = "",
        line: int | None = None,
    ) -> FoundPassages:
        """The passages nearest to the words typed so far."""
        assistant = startup.assistant
        return search_passages(assistant.index, assistant.profile, q, SHOWN, path, line)

    @router.get("/section")
    def section(path: str, line: int) -> ShownSection:
        """The section that has this line of a page."""
        for each in startup.assistant.index.current().sections_of(path):
            if each.lines[0] <= line <= each.lines[1]:
                return shown_section(each, product())
        raise UnknownSection("The documentation has changed and has this section no more: search.")

    @router.post("/ask")
    def ask(given: AgentQuestion) -> AgentReply:
        """The whole reply to a question; it is not kept, an agent looks up a lot for one person."""
        reply = startup.assistant.ask(given.question)
        return AgentReply(**reply.model_dump(), notice=reply.notice)

    @router.get("/tables")
    def tables() -> TableNames:
        """The tables that can be looked at as a matrix."""
        return TableNames(tables=[_table_name(matrix) for matrix in matrices()])

    @router.get("/table")
    def table(path: str, line: int) -> ShownTable:
        """The table that begins on this line of a page."""
        matrix = find_matrix(matrices(), path, line)
        return ShownTable(
            name=_table_name(matrix).name,
            header=list(matrix.block.header),
            rows=[list(unit.cells) for unit in matrix.block.units],
            url=product().link_to(matrix.section.url),
        )

    @router.get("/cell")
    def cell(path: str, line: int, row: int, column: int) -> Cell:
        """A cell of a table, with the rule behind it."""
        return look_up(find_matrix(matrices(), path, line), row, column, product())

    return router


def _table_name(matrix: Matrix) -> TableName:
    return TableName(
        path=matrix.section.path,
        line=matrix.block.lines[0],
        name=heading_path(matrix.section.title, matrix.section.headings),
        rows=len(matrix.block.units),
        columns=len(matrix.block.header),
    )


def shown_section(section: Section, product: Product) -> ShownSection:
    """A section of the product's documentation for the desk to show."""
    return ShownSection(
        title=section.title,
        section=list(section.headings),
        url=product.link_to(section.url),
        site=product.docs_url,
        blocks=[_shown_block(block) for block in section.blocks],
    )


def _shown_block(block: Block) -> ShownBlock:
    if block.kind == "table":
        return ShownBlock(
            kind="table",
            header=list(block.header),
            rows=[list(unit.cells) for unit in block.units],
            lines=[unit.lines[0] for unit in block.units],
        )
    return ShownBlock(
        kind=block.kind,
        units=[
            ShownUnit(
                kind=unit.kind,
                # Of a row its words: between pipes nobody would see which column a cell is of.
                markdown=unit.text if unit.kind == "row" else unit.markdown or unit.quote,
                ordinal=unit.ordinal,
                depth=unit.depth,
                lines=unit.lines,
            )
            for unit in block.units
        ],
    )

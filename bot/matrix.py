"""The matrix: a table of the documentation of which one cell is looked up by row and column."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel

from bot.errors import UnknownSection
from bot.profile import Product
from bot.statement import Statement
from bot.table_answer import cell_statements
from bot.table_match import TableMatch
from index.section import Block, Section
from index.store import Generation, Index

LEAST_COLUMNS = 3  # with two, a row is the whole of what there is to look up


@dataclass(frozen=True)
class Matrix:
    """A table and the section that it stands in."""

    section: Section
    block: Block

    @property
    def size(self) -> int:
        """How many cells can be looked up."""
        return len(self.block.units) * (len(self.block.header) - 1)


class Matrices:
    """The tables of a live index, found once for each index that is published."""

    def __init__(self) -> None:
        self._found: tuple[Generation, list[Matrix]] | None = None

    def of(self, index: Index) -> list[Matrix]:
        """The tables of an index with at least LEAST_COLUMNS columns, the largest first."""
        found = self._found
        if found is None or found[0] != index.generation:
            self._found = found = index.generation, find_matrices(index.sections)
        return found[1]


class Rule(BaseModel):
    """What the page says in words of a cell."""

    text: str
    quote: str


class Cell(BaseModel):
    """A cell of a matrix, with what explains it and where it stands."""

    row: str
    column: str
    value: str
    statement: str
    quote: str
    rules: list[Rule]
    url: str


def find_matrices(sections: Iterable[Section]) -> list[Matrix]:
    """The tables with at least LEAST_COLUMNS columns, the largest first."""
    found = [
        Matrix(section, block)
        for section in sections
        for block in section.blocks
        if block.kind == "table" and len(block.header) >= LEAST_COLUMNS and block.units
    ]
    return sorted(found, key=lambda matrix: -matrix.size)


def find_matrix(matrices: Iterable[Matrix], path: str, line: int) -> Matrix:
    """The one of some tables that begins on a line of a page; raises UnknownSection without it."""
    for matrix in matrices:
        if (matrix.section.path, matrix.block.lines[0]) == (path, line):
            return matrix
    raise UnknownSection("The documentation has changed and has this table no more: reload.")


def look_up(matrix: Matrix, row: int, column: int, product: Product) -> Cell:
    """A cell by its row, from 0, and its column, from 1; `product` tells its link.

    Raises UnknownSection when the table has no such cell.
    """
    block = matrix.block
    if not (0 <= row < len(block.units) and 1 <= column < len(block.header)):
        raise UnknownSection("The table has no such row or column: choose one that is shown.")
    unit = block.units[row]
    said, *explained = cell_statements(TableMatch(matrix.section, block, (row,), (column,)))
    return Cell(
        row=unit.cells[0],
        column=block.header[column],
        value=unit.cells[column],
        statement=said.text,
        quote=unit.quote,
        rules=[_rule(statement) for statement in explained],
        url=product.link_to(matrix.section.url),
    )


def _rule(statement: Statement) -> Rule:
    return Rule(text=statement.text, quote=statement.sources[0].quote)

"""The composer: from evidence to the statements of an answer, in the page's own words."""

import re
from collections.abc import Sequence

from bot.asked import Asked
from bot.citing import without_number
from bot.evidence import Reading
from bot.statement import Source, Statement
from bot.table_answer import (
    TableMatch,
    asks_for_column,
    cell_statements,
    column_statements,
    match_table,
    row_statements,
)
from bot.words import content_stems
from index.section import Block, Section, Unit

_MAX_SENTENCES = 3
_EVIDENCE = 0.5  # probability from which a unit counts as part of the answer

# A sentence that begins so says little without the one before it.
_LEANS_BACK = re.compile(
    r"(?:this|that|these|those|it|its|they|them|their|he|she|such|in this case|in that case|"
    r"otherwise|instead|therefore|then|however|but|also|for example|to do (?:this|so)|the latter|"
    r"if so|if not|doing so|based on this|because of this)\b",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"(?i)\b(?:how|steps?|procedure|process|instructions?|guide|way to|"
    r"what do i (?:have to |need to )?do)\b"
)
_ASKS_FOR_ALL = re.compile(
    r"(?i)\b(?:which|what|list|all|everything|every|name the|overview|kinds?|types?|areas?|"
    r"criteria|"
    r"reasons?|details|information|include|provide|send|attach|give)\b"
)
_YES_NO = re.compile(
    r"(?i)^(?:(?:and|so|but|ok|hi|hello|also)[, ]+)*(?:is|are|was|were|do|does|"
    r"did|can|could|may|must|should|will|would|has|have|am)\b(?!.*\bor\b)"
)
_NEGATIVE = re.compile(
    r"(?i)\b(?:not|n't|no longer|never|cannot|neither|nor|none|nothing|nobody|without|"
    r"except|excluding|"
    r"excluded|refuse[sd]?)\b|n['’]t\b"
)
_CONDITION = re.compile(r"(?i)\b(?:if|unless|only|except|when|provided|depends?|may|might|some)\b")


def cells_named(asked: Asked, readings: Sequence[Reading]) -> TableMatch | None:
    """The cells of the best table among the readings of which the question names row and column.

    Words that name both say more surely what is meant than any reading of the row.
    """
    for section in dict.fromkeys(reading.candidate.section for reading in readings):
        for block in section.blocks:
            if block.kind == "table" and len(block.header) > 2:
                match = match_table(asked, section, block)
                if match.rows and match.columns:
                    return match
    return None


def compose(asked: Asked, readings: Sequence[Reading], cells: TableMatch | None) -> list[Statement]:
    """The shortest complete answer that the readings, best first, hold; [] when they hold none.

    `cells` are those that the question names, if it does (`cells_named`).
    """
    if cells:
        return cell_statements(cells) + _prose_beside(cells, readings)
    best = readings[0]
    from_table = _from_row_or_column(asked, best)
    if from_table:
        return from_table
    strongest = max(range(len(best.units)), key=lambda i: best.units[i], default=None)
    if strongest is None:
        return []
    unit = best.candidate.units[strongest]
    section = best.candidate.section
    block = next(block for block in section.blocks if unit in block.units)
    listed = _list_introduced_by(unit, section)
    if listed is not None:
        said = _from_list(asked.question, listed, None, section)
    elif block.kind == "list" and unit.kind == "item":
        said = _from_list(asked.question, block, unit, section)
    elif unit.kind == "code":
        said = [*_lead_in(block, section), _code(unit, section)]
    else:
        said = _from_sentences(best)
    return _with_yes_or_no(asked.question, said)


def _from_row_or_column(asked: Asked, best: Reading) -> list[Statement]:
    """A whole row or column, when the best reading is a row of a table."""
    if not any(unit.kind == "row" for unit in best.candidate.units):
        return []
    section = best.candidate.section
    unit = best.candidate.units[max(range(len(best.units)), key=lambda i: best.units[i])]
    for block in section.blocks:
        if block.kind == "table" and unit in block.units:
            match = match_table(asked, section, block)
            if match.columns and asks_for_column(asked.question):
                return column_statements(match)
            rows = match.rows or (block.units.index(unit),)
            return row_statements(TableMatch(section, block, rows, ()))
    return []


def _prose_beside(match: TableMatch, readings: Sequence[Reading]) -> list[Statement]:
    """What a section about the same row says of the same column, where the cell is empty.

    Documentation that contradicts itself is shown as it is: the cell, and the sentence beside it.
    """
    said = []
    for row in match.rows:
        label = set(content_stems(match.block.units[row].cells[0]))
        for column in match.columns:
            cells = match.block.units[row].cells
            if column < len(cells) and cells[column]:
                continue
            header = match.block.header[column].lower()
            for reading in readings:
                section = reading.candidate.section
                if not section.headings or not label <= set(content_stems(section.headings[-1])):
                    continue
                named = [u for u in reading.candidate.units if header in u.text.lower()]
                place = f"The section “{without_number(section.headings[-1])}” says:"
                for unit in named[:1]:
                    block = next(block for block in section.blocks if unit in block.units)
                    first, *rest = [*_lead_in(block, section), _item(unit, section)]
                    told = Statement(f"{place} {first.text}", first.sources)
                    if told not in said:
                        said += [told, *rest]
    return said


def _list_introduced_by(unit: Unit, section: Section) -> Block | None:
    for block in section.blocks:
        if block.lead_in is not None and block.lead_in == unit and block.kind == "list":
            return block
    return None


def _from_list(question: str, block: Block, unit: Unit | None, section: Section) -> list[Statement]:
    """A list with its lead-in: whole when the question asks for it, else the item that answers."""
    steps = any(item.ordinal for item in block.units)
    chosen = list(block.units)
    if unit is not None and not (steps and _ASKS_HOW.search(question)):
        context = set(content_stems(" ".join([*section.headings, section.title])))
        context |= set(content_stems(block.lead_in.text)) if block.lead_in else set()
        specific = set(content_stems(question)) - context
        matching = [u for u in block.units if specific & set(content_stems(u.text))]
        if specific & set(content_stems(unit.text)) or not _ASKS_FOR_ALL.search(question):
            chosen = [unit]
        elif matching and len(matching) <= len(block.units) // 2:
            chosen = [u for u in block.units if u in matching or u == unit]
    if chosen == [unit] and unit is not None:
        return _single_item(block, unit, section)
    return [*_lead_in(block, section), *(_item(item, section) for item in chosen)]


def _single_item(block: Block, unit: Unit, section: Section) -> list[Statement]:
    """One item, after its lead-in and the items that it stands below."""
    at = block.units.index(unit)
    above, depth = [], unit.depth
    for item in reversed(block.units[:at]):
        if item.kind == "item" and item.depth < depth:
            above.insert(0, item)
            depth = item.depth
    if unit.ordinal:
        return [_item(item, section) for item in (*above, unit)]
    return [*_lead_in(block, section), *(_item(item, section) for item in (*above, unit))]


def _lead_in(block: Block, section: Section) -> list[Statement]:
    return [_sentence(block.lead_in, section)] if block.lead_in else []


def _from_sentences(best: Reading) -> list[Statement]:
    """The sentences that answer, in page order, with what the first of them leans on."""
    units = best.candidate.units
    section = best.candidate.section
    top = max(best.units)
    ranked = sorted(range(len(units)), key=lambda i: -best.units[i])
    chosen = {
        i
        for i in ranked[:_MAX_SENTENCES]
        if units[i].kind != "code"
        and (best.units[i] == top or best.units[i] >= max(_EVIDENCE, 0.7 * top))
    }
    said = []
    for i in sorted(chosen):
        before = section.units.index(units[i]) - 1
        leans = _LEANS_BACK.match(units[i].text) and before >= 0 and i - 1 not in chosen
        if leans and section.units[before].kind == "sentence":
            said.append(_sentence(section.units[before], section))
        said.append(
            _sentence(units[i], section)
            if units[i].kind == "sentence"
            else _item(units[i], section)
        )
    return said


def _with_yes_or_no(question: str, said: list[Statement]) -> list[Statement]:
    """Begin with yes or no when the question asks one and a single sentence plainly says it."""
    if not said or not _YES_NO.match(question) or _NEGATIVE.search(question):
        return said
    told = " ".join(source.quote for source in said[0].sources)
    headings = " ".join(h for s in said[0].sources for h in (s.section.title, *s.section.headings))
    # A word of the question that the page does not use may be what makes the difference.
    if not set(content_stems(question)) <= set(content_stems(f"{told} {headings}")):
        return said
    if _NEGATIVE.search(told):
        return _prefixed("No", said) if len(_NEGATIVE.findall(told)) == 1 else said
    return said if _CONDITION.search(told) else _prefixed("Yes", said)


def _prefixed(word: str, said: list[Statement]) -> list[Statement]:
    first = said[0]
    return [Statement(f"{word}. {first.text}", first.sources, "sentence", 0), *said[1:]]


def _sentence(unit: Unit, section: Section) -> Statement:
    return Statement(unit.markdown or unit.quote, (Source(section, unit.quote, unit.lines),))


def _item(unit: Unit, section: Section) -> Statement:
    text = unit.markdown or unit.quote
    source = (Source(section, unit.quote, unit.lines),)
    if unit.kind != "item":
        return Statement(text, source, "sentence", unit.depth)
    if unit.ordinal:
        return Statement(f"{unit.ordinal} {text}", source, "step", unit.depth)
    return Statement(text, source, "item", unit.depth)


def _code(unit: Unit, section: Section) -> Statement:
    longest = max((len(run) for run in re.findall(r"`+", unit.quote)), default=0)
    fence = "`" * max(3, longest + 1)
    text = f"{fence}\n{unit.quote}\n{fence}"
    return Statement(text, (Source(section, unit.quote, unit.lines),), "code")

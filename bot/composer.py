"""The composer: from evidence to the statements of an answer, in the page's own words."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from bot.answer_type import lacks_counted_time, lacks_expected_type
from bot.asked import Asked
from bot.citing import MAX_WORDS, without_number
from bot.evidence import NEAR_STRONGEST, Reading
from bot.statement import Source, Statement
from bot.table_answer import (
    cell_polarity,
    cell_statements,
    column_statements,
    compared_statements,
    row_statements,
)
from bot.table_match import TableMatch, match_table
from bot.table_question import (
    asks_for_cell,
    asks_for_column,
    asks_for_line,
    described_row,
    notes_asked_for,
    words_unknown,
)
from bot.words import content_stems, stems
from bot.yes_no import asks_yes_or_no, can_mean_no, can_mean_yes, says_of_price
from index.section import Block, Section, Unit

_MAX_SENTENCES = 3
_MAX_PARAGRAPH = 6  # sentences in a paragraph that is told whole to who asks how to do something
# Shares of the strongest unit's probability:
_NEAR_EXPECTED = 0.4  # from which one that holds the expected type goes before it
_NEAR_STEPS = 0.4  # and from which the only steps of a section are told to who asks how
_NEAR_RUNNING_ON = 0.5  # from which the next sentence, or to who asks twice any beside it, is told
_MAY_ANSWER = 0.25  # probability from which a section that holds a table may well answer
_RELEVANT = 0.5  # probability from which another section may answer the rest of a question
_NEAR_RELEVANT = 0.8  # share of the best section's from which steps elsewhere go before it
_SURELY_RELEVANT = 0.7  # probability from which a section is heard beside a cell that is named
_DESCRIBING = 3  # of the sections read that may say which row of a table is meant
_YES_NO_FROM = 0.8  # polarity from which the answer begins with yes or no

# A sentence that begins so says little without the one before it.
_LEANS_BACK = re.compile(
    r"(?:this|that|these|those|it|its|they|them|their|he|she|such|in this case|in that case|"
    r"otherwise|instead|therefore|then|however|but|also|for example|to do (?:this|so)|the latter|"
    r"if so|if not|doing so|based on this|because of this)\b",
    re.IGNORECASE,
)
_MAKES_CONDITION = re.compile(r"(?i)(?:if|when|unless|in case)\b")
# "You can also write to us" adds to the sentence before it in its paragraph.
_ADDS = re.compile(r"(?i)(?!see\b)(?:\S+ ){1,4}also\b")
_ASKS_HOW = re.compile(
    r"(?i)\bhow(?: exactly)? (?:do|does|to|can|could|should|would|must|may|might|will|shall|did|"
    r"i|we|you|is|are)\b|[,;] how\W*$|\b(?:steps?|procedure|instructions?|step by step|way to)\b|"
    r"\bwhat(?:['’]?s| is) the (?:\w+ )?way\b|\bwalk (?:me|us) (?:through|thru)\b|"
    r"\bwhat (?:do|must|should|can) (?:i|we) (?:have to |need to )?(?:do|click|press|choose)\b|"
    r"\bwhere(?: exactly)? (?:do|can|could|should|would|must) (?:i|we|you|one) "
    r"(?:add|book|cancel|change|configure|create|delete|disable|edit|enable|enter|register|remove|"
    r"set|switch|turn|type)\b"
)
# "How is my data encrypted?" asks for no steps.
_ASKS_HOW_IT_IS = re.compile(r"(?i)\bhow (?:is|are|was|were|does|did|has|have)\b")
_ASKS_FOR_ALL = re.compile(
    r"(?i)\b(?:which|what|list|all|everything|every|name the|overview|kinds?|types?|areas?|"
    r"criteria|ways|options|values|"
    r"reasons?|details|information|include|provide|send|attach|give)\b"
)
_ASKS_FOR_LIST = re.compile(
    r"(?i)\b(?:list|everything|overview|kinds|types|ways|options|criteria|details|examples)\b|"
    r"\b(?:which|what)(?: (?:are|were))?(?: (?:the|all|your|possible|different|supported))*"
    r"(?: \w+)? \w{2,}(?<!s)s\b|\ball (?:the )?\w+s\b"
)
# "Which options do we have?" is answered by no single one of them.
_ASKS_WHICH_THERE_ARE = re.compile(
    r"(?i)\b(?:what|which) (?:\w+ )?(?:options|ways|choices|possibilities|alternatives|solutions|"
    r"kinds|types|sorts) (?:do (?:i|we|you) (?:have|offer)|are there|exist)(?=\W*$|[,.;:!?])|"
    r"\ball of (?:them|these|those)\b|\b(?:full|complete|whole) list\b"
)
# They name what the items are, and not which of them.
_LIST_NOUNS = frozenset(
    content_stems("list overview kind type way option value criteria detail example step status")
)
# "**No**, dogs stay outside" needs no second one before it.
_SAYS_IT = re.compile(r"(?i)\W*(?:yes|no)\b(?![ -]\w)")
_ASKS_TWICE = re.compile(r"(?i)\b(?:and|plus|also|as well as)\b|\?.*\w.*\?")


def table_named(
    asked: Asked, sections: Iterable[Section], readings: Sequence[Reading]
) -> TableMatch | None:
    """The place in a table of some sections that the question names, if it names one.

    That is a cell by its row and column, a whole row or column, or a note. Words that name it say
    more surely what is meant than any reading of a row. The row may be the one that one of the
    sections that were read first describes.
    """
    cells, lines, described, noted = [], [], [], []
    read = list(dict.fromkeys(reading.candidate.section for reading in readings))
    likely = [r.candidate.section for r in readings if r.relevance >= _MAY_ANSWER]
    for section in dict.fromkeys(sections):
        for block in section.blocks:
            if block.kind == "table" and len(block.header) > 2:
                match = match_table(asked, section, block)
                if asks_for_cell(asked, match, is_likely=section in likely):
                    cells.append(match)
                if asks_for_line(asked, match):
                    lines.append(match)
                for other in read[:_DESCRIBING]:
                    row = described_row(asked, match, other)
                    if row:
                        described.append(row)
                notes = notes_asked_for(asked, match)
                if notes:
                    noted.append(replace(match, notes=notes))
    if cells:
        return min(cells, key=lambda match: words_unknown(asked, match))
    return next(iter(described + lines + noted), None)


def reading_for(questions: Iterable[str], readings: Sequence[Reading]) -> Reading | None:
    """The best reading of a page that says itself that it answers one of some questions."""
    asked = [words for question in questions if (words := stems(question))]
    for reading in readings:
        if any(stems(answered) in asked for answered in reading.candidate.passage.questions):
            return reading
    return None


def compose_whole(reading: Reading) -> list[Statement]:
    """All that the section of a reading says, in its order."""
    section = reading.candidate.section
    return [said for block in section.blocks for said in _whole(block, section)]


def compose(asked: Asked, readings: Sequence[Reading], named: TableMatch | None) -> list[Statement]:
    """The shortest complete answer that the readings, best first, hold; [] when they hold none.

    To who asks how, steps go before what is hardly more relevant.

    What leaves the number of days or hours open, when that is asked, is no answer.

    `named` is the place in a table that the question names, if it does (`table_named`).
    """
    if named and named.notes:
        return [Statement.of(unit, named.section) for unit in named.notes]
    if named:
        told = compared_statements(asked.question, named) or _from_table(asked, named, readings)
        polarity = cell_polarity(asked.question, named)
        return _prefixed(polarity, told) if polarity else told
    readings = _steps_first(asked.question, readings)
    for reading in readings:
        if reading is readings[0] or reading.relevance >= _RELEVANT:
            said = _from_reading(asked, reading)
            said += _from_section_below(asked, said, readings)
            if not _leaves_time_open(asked, said):
                answer = _with_yes_or_no(asked.question, said, reading)
                return answer + _from_another(asked, said, readings)
    return []


def _steps_first(question: str, readings: Sequence[Reading]) -> Sequence[Reading]:
    """To who asks how, steps go before a section without any that is hardly more relevant."""
    if not readings or not _asks_how(question) or _ASKS_HOW_IT_IS.search(question):
        return readings
    best, *others = readings
    if any(unit.ordinal for block in best.candidate.section.blocks for unit in block.units):
        return readings
    for reading in others:
        is_near = reading.relevance >= _NEAR_RELEVANT * best.relevance
        is_likely = max(reading.units, default=0) >= NEAR_STRONGEST * max(best.units, default=0)
        if is_near and is_likely and reading.units and _strongest(reading, question).ordinal:
            return [reading, *(other for other in readings if other is not reading)]
    return readings


def _leaves_time_open(asked: Asked, said: Sequence[Statement]) -> bool:
    """Whether a message asks for a number of days or hours, and for little else, and gets none."""
    told = " ".join(statement.text for statement in said)
    return not _ASKS_TWICE.search(asked.latest) and lacks_counted_time(asked.latest, told)


def _from_reading(asked: Asked, reading: Reading) -> list[Statement]:
    """What one passage says: a row, a list, steps, code or sentences, by its strongest unit."""
    if not reading.units:
        return []
    unit = _strongest(reading, asked.question)
    section = reading.candidate.section
    block = _block_of(unit, section)
    if block.kind == "table":
        return _from_row(asked, block, unit, section)
    listed = _list_meant(asked.question, block, unit, reading)
    if listed is not None:
        return _from_list(asked.question, listed, unit, reading)
    if unit.kind == "code":
        return [*_lead_in(block, section), _said(unit, section)]
    return _from_sentences(asked.question, reading, unit)


def _from_another(
    asked: Asked, said: Sequence[Statement], readings: Sequence[Reading]
) -> list[Statement]:
    """What another section says of the part of a double question that is not answered yet."""
    if not said or not _ASKS_TWICE.search(asked.question):
        return []
    told = " ".join(statement.text for statement in said)
    missing = _stems_missing(asked.question, told, said[0])
    for reading in readings[1:_MAX_SENTENCES]:
        section = reading.candidate.section
        if section is readings[0].candidate.section or reading.relevance < _RELEVANT:
            continue
        unit = _strongest(reading, asked.question)
        held = content_stems(" ".join((unit.text, section.title, *section.headings)))
        if missing and len(missing & set(held)) >= len(missing) / 2:
            return _from_reading(asked, reading)
    return []


def _from_section_below(
    asked: Asked, said: Sequence[Statement], readings: Sequence[Reading]
) -> list[Statement]:
    """What the likeliest section below says, where what was said leads to the sections below."""
    if not said or not said[-1].text.endswith(":"):
        return []
    section = said[-1].sources[-1].section
    for reading in readings:
        below = reading.candidate.section
        depth = len(section.headings)
        is_below = below.path == section.path and below.headings[:depth] == section.headings
        if is_below and len(below.headings) > depth and reading.relevance >= _MAY_ANSWER:
            return _from_reading(asked, reading)
    return []


def _from_table(asked: Asked, named: TableMatch, readings: Sequence[Reading]) -> list[Statement]:
    """The cells at the named rows and columns, or all that the named row or column says.

    Beside a cell stands what the section says that describes its row, or that surely answers too:
    a cell says little of what its row is about. Beside a row stands what the section of its name
    surely answers.
    """
    if named.rows and named.columns:
        cells, beside, best = cell_statements(named), _prose_beside(named, readings), readings[0]
        elsewhere = best.candidate.section is not named.section
        # A row read elsewhere is mostly of the same table on another page.
        is_row = bool(best.units) and _strongest(best, asked.question).kind == "row"
        if not beside and elsewhere and not is_row and best.relevance >= _SURELY_RELEVANT:
            return cells + _from_reading(asked, best)
        about = (r for r in readings if r.candidate.section is named.described)
        said = [_said(_strongest(r, asked.question), r.candidate.section) for r in about]
        return cells + beside + said[:1]
    if not named.rows:
        return column_statements(named)
    row = row_statements(named)
    if len(named.rows) == 1:
        for reading in readings:
            is_sure = reading.relevance >= _SURELY_RELEVANT
            elsewhere = reading.candidate.section is not named.section
            if is_sure and elsewhere and _is_about_row(reading, named, named.rows[0]):
                return row + _from_reading(asked, reading)
    return row


def _is_about_row(reading: Reading, match: TableMatch, row: int) -> bool:
    """Whether the last heading of what was read names a row by its first cell."""
    headings = reading.candidate.section.headings
    label = set(content_stems(match.block.units[row].cells[0]))
    return bool(headings and label) and label <= set(content_stems(headings[-1]))


def _from_row(asked: Asked, block: Block, unit: Unit, section: Section) -> list[Statement]:
    """The row that was read, or what of its table the question names."""
    match = match_table(asked, section, block)
    if match.columns and not match.rows and asks_for_column(asked.question):
        return column_statements(match)
    return row_statements(TableMatch(section, block, (block.units.index(unit),), ()))


def _prose_beside(match: TableMatch, readings: Sequence[Reading]) -> list[Statement]:
    """What a section about the same row says of the same column, where the cell is empty.

    Documentation that contradicts itself is shown as it is: the cell, and the sentence beside it.
    """
    said = []
    for row in match.rows:
        for column in match.columns:
            cells = match.block.units[row].cells
            if column < len(cells) and cells[column]:
                continue
            header = match.block.header[column].lower()
            for reading in readings:
                section = reading.candidate.section
                if not _is_about_row(reading, match, row):
                    continue
                named = [u for u in reading.candidate.units if header in u.text.lower()]
                place = f"The section “{without_number(section.headings[-1])}” says:"
                for unit in named[:1]:
                    block = _block_of(unit, section)
                    first, *rest = [*_lead_in(block, section), _said(unit, section)]
                    told = Statement(f"{place} {first.text}", first.sources)
                    if told not in said:
                        said += [told, *rest]
    return said


def _list_meant(question: str, block: Block, unit: Unit, best: Reading) -> Block | None:
    """The list to answer from: the one that holds the unit or that it introduces.

    To a question for steps the only steps of the section are the answer, though one of its
    sentences is nearer, and not where they are far from it: they may be for somebody else. So is
    its only list to a question for a list.
    """
    section = best.candidate.section
    read = dict(zip(best.candidate.units, best.units, strict=True))
    lists = [other for other in section.blocks if other.kind == "list"]
    steps = [other for other in lists if other.units[0].ordinal]
    if _ASKS_HOW.search(question) and len(steps) == 1:
        lead_in = steps[0].lead_in
        near = [read[step] for step in (lead_in, *steps[0].units) if step in read]
        # "If no mail comes:" leads to what is done in that case alone.
        is_case = lead_in is not None and _MAKES_CONDITION.match(lead_in.text)
        if not near or max(near) >= (NEAR_STRONGEST if is_case else _NEAR_STEPS) * read[unit]:
            return steps[0]
    if block.kind == "list" and unit.kind == "item":
        return block
    introduced = _introduced_by(unit, section)
    if introduced and introduced.kind == "list":
        return introduced
    if len(lists) == 1 and lists[0].lead_in and _ASKS_FOR_LIST.search(question):
        # As near as the unit itself, or nearly: what is asked for may be another thing.
        return lists[0] if read.get(lists[0].lead_in, 0) > 0.8 * read[unit] else None
    return None


def _introduced_by(unit: Unit, section: Section) -> Block | None:
    return next((block for block in section.blocks if block.lead_in == unit), None)


def _from_list(question: str, block: Block, unit: Unit, best: Reading) -> list[Statement]:
    """A list with its lead-in: whole when the question asks for it, else the items that answer."""
    section = best.candidate.section
    read = dict(zip(best.candidate.units, best.units, strict=True))
    steps = any(item.ordinal for item in block.units)
    chosen = [item for item in block.units if read.get(item, 0) >= NEAR_STRONGEST * max(best.units)]
    context = set(content_stems(" ".join([*section.headings, section.title])))
    context |= set(content_stems(block.lead_in.text)) if block.lead_in else set()
    specific = set(content_stems(question)) - context - _LIST_NOUNS
    named = [item for item in block.units if specific & set(content_stems(item.text))]
    # "Can I put all of them into one ticket?" does not ask for all that is listed.
    asks = _ASKS_FOR_LIST if asks_yes_or_no(question) else _ASKS_FOR_ALL
    asks_for_all = asks.search(question)
    whole = (
        (steps and _ASKS_HOW.search(question))
        or unit not in block.units
        or len(chosen) > len(block.units) / 2
        or (_ASKS_WHICH_THERE_ARE.search(question) and not asks_yes_or_no(question))
        or (asks_for_all and unit not in named)
    )
    if whole:
        lead_in, told = _lead_in(block, section), _whole(block, section)
        too_many = sum(each.length for each in lead_in + told) - MAX_WORDS
        if too_many > 0 and block.units[0].ordinal:
            told = _steps_in_short(told, too_many, block, {*chosen, unit})
        return lead_in + told
    if len(chosen) < 2 or not asks_for_all:
        lead_in = [] if unit.ordinal else _lead_in(block, section)
        return lead_in + _with_those_above([unit], block, section)
    return _lead_in(block, section) + _with_those_above(chosen, block, section)


def _steps_in_short(
    told: Sequence[Statement], too_many: int, block: Block, chosen: Set[Unit]
) -> list[Statement]:
    """The statements of a procedure, by some words too many for an answer, with fewer choices.

    Of the unnumbered lists below its steps, the longest first, no item is told but the chosen ones
    with what they hold, until there is room. What a list lacks is noted where it ends.
    """
    lists = defaultdict(list)  # the places of items, by that of the item that they stand below
    for place, unit in enumerate(block.units):
        if unit.kind == "item":
            lists[_above(place, block)].append(range(place, _end_of(place, block)))
    spare = {}
    for above, items in lists.items():
        left = [item for item in items if not chosen & set(block.units[item.start : item.stop])]
        if above is not None and not any(block.units[item.start].ordinal for item in items):
            spare[items[-1].stop] = left
    short: dict[int, Statement | None] = dict(enumerate(told))
    for end, left in sorted(spare.items(), key=lambda each: -_words_in(each[1], told)):
        if too_many <= 0 or len(left) < 2:
            continue
        too_many -= _words_in(left, told)
        short |= dict.fromkeys(itertools.chain(*left))
        last = max(place for place in range(end) if short[place])
        short[last] = replace(short[last], left_out=len(left))
    return [statement for statement in short.values() if statement]


def _words_in(items: Iterable[range], told: Sequence[Statement]) -> int:
    return sum(told[place].length for item in items for place in item)


def _above(place: int, block: Block) -> int | None:
    """The place of the item of a list that something in it stands below."""
    unit = block.units[place]
    depth = unit.depth + (unit.kind != "item")
    for above in reversed(range(place)):
        if block.units[above].kind == "item" and block.units[above].depth < depth:
            return above
    return None


def _end_of(place: int, block: Block) -> int:
    """The place at which an item of a list ends, with all that stands below it."""
    depth = block.units[place].depth
    for end in range(place + 1, len(block.units)):
        if block.units[end].kind == "item" and block.units[end].depth <= depth:
            return end
    return len(block.units)


def _with_those_above(chosen: Sequence[Unit], block: Block, section: Section) -> list[Statement]:
    """Units of a list, each after the items that it stands below, and with what it leads to."""
    kept = set()
    for unit in chosen:
        place: int | None = block.units.index(unit)
        if unit.announces:
            above = place if unit.kind == "item" else _above(place, block)
            kept.update(range(place, len(block.units) if above is None else _end_of(above, block)))
        while place is not None:
            kept.add(place)
            place = _above(place, block)
    return [_said(block.units[place], section) for place in sorted(kept)]


def _whole(block: Block, section: Section) -> list[Statement]:
    if block.kind == "table":
        return row_statements(TableMatch(section, block, tuple(range(len(block.units))), ()))
    return [_said(unit, section) for unit in block.units]


def _lead_in(block: Block, section: Section) -> list[Statement]:
    return [Statement.of(block.lead_in, section)] if block.lead_in else []


def _from_sentences(question: str, best: Reading, unit: Unit) -> list[Statement]:
    """The sentences that answer, `unit` first of all, in page order, with what they lean on.

    How something is done, a page without numbered steps tells in a paragraph, of which no sentence
    is the answer by itself.
    """
    units = best.candidate.units
    section = best.candidate.section
    top = max(best.units)
    block = _block_of(unit, section)
    first = units.index(unit)
    asks_twice = _ASKS_TWICE.search(question)

    def suffices(i: int) -> bool:
        is_beside = units[i].kind == "sentence" and units[i] in block.units
        runs_on = is_beside and (i == first + 1 or asks_twice)
        least = (_NEAR_RUNNING_ON if runs_on else NEAR_STRONGEST) * top
        return units[i].kind != "code" and best.units[i] >= least

    ranked = sorted(range(len(units)), key=lambda i: -best.units[i])
    chosen = {i for i in ranked[:_MAX_SENTENCES] if suffices(i)} | {first}
    asks_how = _asks_how(question)
    is_short = block.kind == "paragraph" and len(block.units) <= _MAX_PARAGRAPH
    if asks_how and is_short and not unit.announces:
        before_tables = [other.lead_in for other in section.blocks if other.kind == "table"]
        told = [other for other in block.units if other not in before_tables]
        chosen |= {i for i, other in enumerate(units) if other in told}
    said = []
    listed: list[Unit] = []
    for i in sorted(chosen):
        if units[i] in listed:
            continue
        before = section.units.index(units[i]) - 1
        leans = _LEANS_BACK.match(units[i].text)
        if not leans and _ADDS.match(units[i].text):
            together = units[i] is not _block_of(units[i], section).units[0]
            leans = together and not asks_yes_or_no(question)
        is_missing = before >= 0 and i - 1 not in chosen
        if leans and is_missing and section.units[before].kind == "sentence":
            said.append(Statement.of(section.units[before], section))
        within = _block_of(units[i], section)
        if units[i].kind == "item" and within is not block:
            said += [each for each in _lead_in(within, section) if each not in said]
        said.append(_said(units[i], section))
        # A sentence that leads in says nothing without what it leads to.
        introduced = _introduced_by(units[i], section)
        if introduced and units[i].announces:
            listed += introduced.units
            said += _whole(introduced, section)
    return said


def _asks_how(question: str) -> bool:
    return bool(_ASKS_HOW.search(question)) and not asks_yes_or_no(question)


def _with_yes_or_no(question: str, said: list[Statement], reading: Reading) -> list[Statement]:
    """Begin with yes or no when the question asks for it and the reader is sure of which."""
    if not said or not asks_yes_or_no(question):
        return said
    unit = _strongest(reading, question)
    polarity = reading.polarity[reading.candidate.units.index(unit)]
    # It is put before what is said first, which may be another sentence or a lead-in.
    texts = (unit.text, said[0].text)
    if said[0].form == "code" or _SAYS_IT.match(said[0].text):
        return said
    if abs(polarity) < _YES_NO_FROM and (word := says_of_price(question, said[0].text)):
        return _prefixed(word, said)
    if polarity >= _YES_NO_FROM and all(can_mean_yes(question, text) for text in texts):
        return _prefixed("Yes", said)
    if polarity <= -_YES_NO_FROM and all(can_mean_no(question, text) for text in texts):
        return _prefixed("No", said)
    return said


def _prefixed(word: str, said: list[Statement]) -> list[Statement]:
    first = said[0]
    # A step without its number: it is no step of "Yes."
    text = first.text.split(" ", 1)[-1] if first.form == "step" else first.text
    return [replace(first, text=f"{word}. {text}", form="sentence", depth=0), *said[1:]]


def _strongest(reading: Reading, question: str) -> Unit:
    """The unit that is most likely evidence, the first of equal ones.

    One that holds what the question expects, a figure or an address, goes before one that does not
    and is little likelier.
    """
    units = reading.candidate.units
    order = sorted(range(len(units)), key=lambda i: -reading.units[i])
    near = (i for i in order if reading.units[i] >= _NEAR_EXPECTED * reading.units[order[0]])
    fitting = (units[i] for i in near if not lacks_expected_type(question, units[i].text))
    return next(fitting, units[order[0]])


def _block_of(unit: Unit, section: Section) -> Block:
    return next(block for block in section.blocks if unit in block.units)


def _stems_missing(question: str, told: str, statement: Statement) -> set[str]:
    """The words of a question that neither a text nor the headings of a statement hold."""
    headings = [h for s in statement.sources for h in (s.section.title, *s.section.headings)]
    return set(content_stems(question)) - set(content_stems(" ".join((told, *headings))))


def _said(unit: Unit, section: Section) -> Statement:
    """What a unit says, set as it stands in its section."""
    source = (Source.of(unit, section),)
    text = unit.markdown or unit.quote
    if unit.ordinal:
        return Statement(f"{unit.ordinal} {text}", source, "step", unit.depth)
    if unit.kind == "item":
        return Statement(text, source, "item", unit.depth)
    within = unit.depth + 1 if _block_of(unit, section).kind == "list" else 0
    if unit.kind == "code":
        longest = max((len(run) for run in re.findall(r"`+", unit.quote)), default=0)
        fence = "`" * max(3, longest + 1)
        return Statement(f"{fence}\n{unit.quote}\n{fence}", source, "code", within)
    if unit.kind == "row":
        label, *cells = filter(None, unit.cells)
        return Statement(f"{label}: {'; '.join(cells)}" if cells else label, source, depth=within)
    return Statement(text, source, depth=within)

"""Suggestions: questions about what stands near a reply, each of which the bot can answer."""

import re
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from bot.citing import without_number
from bot.reply import Reply, Turn
from bot.standalone import standalone_question
from index.section import Section

if TYPE_CHECKING:
    from bot.assistant import Assistant

SUGGESTED = 3
PATIENCE_SECONDS = 0.9  # spent on trying questions; what is found by then is suggested
TRIED_OF_A_SECTION = 2
NEIGHBOURS = 8  # sections before and after one on its page
MAX_LENGTH = 90  # characters of a question that is read at a glance
LIKELY_FROM = 0.5  # similarity of question and section; below it one in four was answered
VERDICTS_KEPT = 2000

# The headings and the page's title name a section.
Name = tuple[str, ...]

# How a sentence that introduces a list tells what the list answers.
_LEAD_INS = tuple(
    (re.compile(pattern), question)
    for pattern, question in (
        (r"To (?P<what>\w[^,:]+), .+", "How do I {what}?"),
        (
            r"You (?:can )?(?P<what>[^,:]+?) (?:in|with) \w+(?: \w+)? (?:ways|steps):",
            "How do I {what}?",
        ),
        (
            r"(?P<what>[^,:]+?) are(?: the following|, for example|, among others)?:",
            "What are {what}?",
        ),
        (
            r"(?P<what>[^,:]{2,40}) (?P<does>\w{3,}[^s\W])s (?:only )?(?:the following|these \w+):",
            "What does {what} {does}?",
        ),
    )
)
_ABOUT = "Tell me about {what}."
_IN_TABLE = "What does the table say about {row} and {column}?"


def suggest(assistant: "Assistant", reply: Reply, history: Sequence[Turn] = ()) -> list[str]:
    """At most SUGGESTED questions that may come next, in the pages' own words, nearest first.

    They are about sections beside those that the reply shows, and `assistant` would answer each
    from the section it is about. `history` is what was said before the reply; nothing that was
    asked there is suggested. Takes at most a second; raises IndexUnusable without an index.
    """
    deadline = time.perf_counter() + PATIENCE_SECONDS
    index = assistant.index.current()
    asked = {turn.content.casefold() for turn in history} | {reply.question.casefold()}
    said = [
        Turn(role="user", content=reply.standalone_question),
        Turn(role="assistant", content=reply.answer),
    ]
    suggested: list[str] = []
    slowest = 0.0
    for section in _near(list(index.sections), reply):
        questions = (
            question
            for question in _questions(section)
            if len(question) <= MAX_LENGTH
            and question.casefold() not in asked
            # What leans on what was said before it would be another question there.
            and standalone_question(question, said, assistant.embedder.embed) == question
        )
        for question in islice(questions, TRIED_OF_A_SECTION):
            started = time.perf_counter()
            if started + slowest > deadline:
                return suggested
            fits = _is_answered(assistant, index.generation.name, question, _name(section))
            slowest = max(slowest, time.perf_counter() - started)
            if fits:
                suggested.append(question)
                if len(suggested) == SUGGESTED:
                    return suggested
                break
    return suggested


@lru_cache(VERDICTS_KEPT)
def _is_answered(assistant: "Assistant", generation: str, question: str, name: Name) -> bool:
    """Whether the answer to a question rests on the section of that name before all others.

    `generation` names the index, with which answers change.
    """
    # A search takes a tenth of the time of an answer and leaves out most of what has none.
    _, candidates = assistant.find(question, question, ())
    if not candidates or _name(candidates[0].section) != name:
        return False
    if candidates[0].similarity < LIKELY_FROM:
        return False
    reply = assistant.best_answer(question)
    cited = [(each.title, *each.section) for each in reply.citations]
    is_sure = reply.confidence >= assistant.answer_from and reply.outcome == "answered"
    return is_sure and cited[0] == name


def _name(section: Section) -> Name:
    return (section.title, *section.headings)


def _near(sections: Sequence[Section], reply: Reply) -> Iterator[Section]:
    """The sections around those that a reply shows, nearest first, each once.

    With an answer the cited ones were just read; without one they are what comes nearest.
    """
    positions = {_name(section): position for position, section in enumerate(sections)}
    cited = {(each.title, *each.section) for each in reply.citations}
    centres = [
        positions[name]
        for each in reply.shown
        if (name := (each.title, *each.section)) in positions
    ]
    around = [_outwards(sections, centre) for centre in centres]
    seen = set(cited)
    # Of each centre the nearest, then of each the next.
    for section in (each for ring in zip_longest(*around) for each in ring if each):
        if _name(section) not in seen:
            seen.add(_name(section))
            yield section


def _outwards(sections: Sequence[Section], centre: int) -> list[Section]:
    """A section, then those after and before it on its page, by turns."""
    reached = [centre]
    for step in range(1, NEIGHBOURS + 1):
        reached += [centre + step, centre - step]
    path = sections[centre].path
    return [sections[i] for i in reached if 0 <= i < len(sections) and sections[i].path == path]


def _questions(section: Section) -> Iterator[str]:
    """Questions that a section may answer, the most natural ones first."""
    heading = without_number(section.headings[-1]) if section.headings else ""
    if heading.endswith("?"):
        yield heading
    for block in section.blocks:
        if block.lead_in and (question := _introduced(block.lead_in.text)):
            yield question
    if heading and not heading.endswith("?"):
        yield _ABOUT.format(what=heading)
    for block in section.blocks:
        if block.kind == "table" and len(block.header) > 2:
            for unit in block.units:
                named = list(zip(block.header, unit.cells))[1:]
                for column, cell in named:
                    if column and cell and unit.cells[0]:
                        yield _IN_TABLE.format(row=unit.cells[0], column=column)


def _introduced(lead_in: str) -> str:
    """The question whose answer a sentence introduces, "" where it does not tell."""
    for pattern, question in _LEAD_INS:
        if found := pattern.fullmatch(lead_in):
            parts = found.groupdict()
            parts["what"] = _in_own_words(parts["what"], lead_in)
            return question.format(**parts)
    return ""


def _in_own_words(words: str, sentence: str) -> str:
    """Words of a page as the reader would say them."""
    begins = sentence.startswith(words) and words[1:2].islower()
    said = words[:1].lower() + words[1:] if begins else words
    return re.sub(r"\byour\b", "my", re.sub(r"\byou\b", "I", said))

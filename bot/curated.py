"""Curated answers: what editors write and approve, kept as pages beside those of the corpus."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import yaml
from filelock import FileLock, Timeout
from pydantic import BaseModel, Field

from bot.clock import Clock, utc_now
from bot.errors import AnswerChanged, AnswerError, AnswerNotKept, UnknownAnswer
from index.errors import PageError
from index.page import find_overlay_pages, parse_page, read_bytes
from index.section import Section, read_sections

MOST_TITLE = 150  # characters
MOST_QUESTION = 500
MOST_QUESTIONS = 50
MOST_TEXT = 20_000

AnswerState = Literal["broken", "approved", "withdrawn"]

_ORDER = AnswerState.__args__
_NAME = re.compile(r"[a-z0-9-]{1,80}")
_LONGEST_SLUG = 60
_BUSY_SECONDS = 5.0
_WITHDRAWN = ("withdrawn", "withdrawn_by")


class AnswerDraft(BaseModel):
    """An answer as an editor writes it."""

    title: str
    questions: list[str] = Field(description="that it answers")
    text: str = Field(description="Markdown, in the editor's own words")


class CuratedAnswer(AnswerDraft):
    """An answer as it is kept."""

    name: str = Field(description="of its file, and of its page below /curated/")
    author: str = Field(description="who approved it as it is now")
    date: str = Field(description="when that was, in ISO 8601")
    state: AnswerState
    withdrawn_by: str = ""
    withdrawn: str = Field("", description="when it was withdrawn, in ISO 8601")
    version: str = Field(description="another one after every change")
    fault: str = Field("", description="why a broken one cannot be used")

    @property
    def path(self) -> str:
        """The path that citations of it name."""
        return f"curated/{self.name}.md"


class CuratedAnswers:
    """The answers in a folder, which is made when the first one is approved.

    Approved ones stand right in the folder, others in its `withdrawn/`, and what was changed since
    in `history/NAME/`. Any number of processes may work on the same folder. What changes something
    raises AnswerNotKept when the disk refuses; all is then as it was.
    """

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.folder = folder
        self._clock = clock

    def all(self) -> list[CuratedAnswer]:
        """Every answer: broken ones, approved and withdrawn ones, of each the newest first.

        Raises CorpusError when the folder cannot be read.
        """
        approved = {file.stem: file for file in find_overlay_pages(self.folder)}
        withdrawn = {file.stem: file for file in find_overlay_pages(self._withdrawn_folder)}
        answers = [_read(file, "approved") for file in approved.values()]
        # Of one whose withdrawal was cut short the approved page holds.
        answers += [
            _read(file, "withdrawn") for name, file in withdrawn.items() if name not in approved
        ]
        newest_first = sorted(answers, key=lambda answer: answer.date, reverse=True)
        return sorted(newest_first, key=lambda answer: _ORDER.index(answer.state))

    def answer(self, name: str) -> CuratedAnswer:
        """The answer of that name; raises UnknownAnswer."""
        if _NAME.fullmatch(name):
            for file, state in (
                (self._file(name), "approved"),
                (self._withdrawn_file(name), "withdrawn"),
            ):
                if file.is_file():
                    return _read(file, state)
        raise UnknownAnswer(
            "There is no approved answer of this name: look in the list of curated answers."
        )

    def earlier(self, name: str) -> list[CuratedAnswer]:
        """The earlier versions of an answer, newest first; raises UnknownAnswer."""
        self.answer(name)
        kept = sorted(self._history_folder(name).glob("[0-9]*.md"), reverse=True)
        return [_read(file, "withdrawn", name) for file in kept]

    def approve(self, draft: AnswerDraft, author: str) -> CuratedAnswer:
        """Keep a new answer, named after its title; returns it as it is then.

        Raises AnswerError when it cannot be approved as it is.
        """
        content = _page(draft, author, self._today(), {})
        with self._changing():
            name = self._free_name(draft.title)
            self._write(self._file(name), content)
            return self.answer(name)

    def revise(self, name: str, version: str, draft: AnswerDraft, author: str) -> CuratedAnswer:
        """Approve an answer anew in another version, a withdrawn one too; returns it then.

        Raises AnswerError, UnknownAnswer, and AnswerChanged unless it still is in `version`, the
        one that the draft was made of; nothing is changed then.
        """
        with self._changing():
            front_matter = self._current(name, version)
            kept = {key: front_matter[key] for key in front_matter if key not in _WITHDRAWN}
            content = _page(draft, author, self._today(), kept)
            self._archive(name, self._file(name))
            self._write(self._file(name), content)
            self._discard(name, self._withdrawn_file(name))
            return self.answer(name)

    def withdraw(self, name: str, version: str, editor: str) -> CuratedAnswer:
        """Take an answer out of those that the bot answers from; returns it then.

        Raises UnknownAnswer, AnswerChanged unless it still is in `version`, and AnswerError for a
        broken one, which is mended in its file.
        """
        with self._changing():
            front_matter = self._current(name, version)
            answer = self.answer(name)
            if answer.state == "withdrawn":
                return answer
            front_matter |= dict(zip(_WITHDRAWN, (self._today(), editor), strict=True))
            self._discard(name, self._withdrawn_file(name))
            self._write(self._withdrawn_file(name), _joined(front_matter, answer.text))
            self._file(name).unlink()
            return self.answer(name)

    @property
    def _withdrawn_folder(self) -> Path:
        return self.folder / "withdrawn"

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.md"

    def _withdrawn_file(self, name: str) -> Path:
        return self._withdrawn_folder / f"{name}.md"

    def _history_folder(self, name: str) -> Path:
        return self.folder / "history" / name

    def _today(self) -> str:
        return self._clock().date().isoformat()

    def _free_name(self, title: str) -> str:
        slug = _slug(title)
        names = [slug, *(f"{slug}-{number}" for number in range(2, 1000))]
        for name in names:
            # A link to an answer that was withdrawn must not lead to another one.
            if not any(
                place.exists()
                for place in (
                    self._file(name),
                    self._withdrawn_file(name),
                    self._history_folder(name),
                )
            ):
                return name
        raise AnswerError(f"Too many answers have the title {title!r}: choose another.")

    def _current(self, name: str, version: str) -> dict:
        """The front matter of an answer that is still in that version."""
        answer = self.answer(name)
        if answer.version != version:
            raise AnswerChanged(
                f"{answer.withdrawn_by or answer.author or 'Someone'} has changed this answer since"
                " you opened it: look at it as it is now and try again."
            )
        if answer.state == "broken":
            raise AnswerError(answer.fault)
        file = self._file(name) if answer.state == "approved" else self._withdrawn_file(name)
        return dict(parse_page(read_bytes(file, file.name), file.name).front_matter)

    def _archive(self, name: str, file: Path) -> None:
        """Keep a copy of a file among the earlier versions, if there is such a file."""
        if file.is_file():
            folder = self._history_folder(name)
            last = max((int(each.stem) for each in folder.glob("[0-9]*.md")), default=0)
            self._write(folder / f"{last + 1:04}.md", file.read_bytes())

    def _discard(self, name: str, file: Path) -> None:
        self._archive(name, file)
        file.unlink(missing_ok=True)

    def _write(self, file: Path, content: bytes) -> None:
        """Write a file that is there whole or not at all, whatever happens meanwhile."""
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.new")
        try:
            with new.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(file)
        except OSError:
            new.unlink(missing_ok=True)
            raise

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".lock", timeout=_BUSY_SECONDS):
                yield
        except Timeout as error:
            raise AnswerNotKept(
                "Another program is changing the approved answers at this moment: try again."
            ) from error
        except OSError as error:
            raise AnswerNotKept(
                f"The answer cannot be kept in {self.folder} ({error.strerror or error}): free"
                " space or make the folder writable and try again."
            ) from error


def check_draft(draft: AnswerDraft) -> list[Section]:
    """The sections that the page of an answer would have.

    Raises AnswerError, saying what to mend, when it cannot be approved.
    """
    draft = _cleaned(draft)
    return _sections(draft, _joined(_front_matter(draft, "", ""), draft.text))


def _page(draft: AnswerDraft, author: str, date: str, kept: dict) -> bytes:
    """The bytes of an answer's file; what else was in its front matter is `kept`."""
    draft = _cleaned(draft)
    content = _joined(kept | _front_matter(draft, author, date), draft.text)
    _sections(draft, content)
    return content


def _cleaned(draft: AnswerDraft) -> AnswerDraft:
    questions = dict.fromkeys(filter(None, map(_one_line, draft.questions)))
    text = draft.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return AnswerDraft(title=_one_line(draft.title), questions=list(questions), text=text)


def _front_matter(draft: AnswerDraft, author: str, date: str) -> dict:
    return {"title": draft.title, "author": author, "date": date, "questions": draft.questions}


def _sections(draft: AnswerDraft, content: bytes) -> list[Section]:
    """What a build would read in the bytes of an answer; raises AnswerError."""
    faults = {
        "The title is empty: say in a few words what the answer is about.": not draft.title,
        f"The title has more than {MOST_TITLE} characters: shorten it.": len(draft.title)
        > MOST_TITLE,
        "No question is named: write at least one that this answers.": not draft.questions,
        f"More than {MOST_QUESTIONS} questions are named: leave out those that are alike.": len(
            draft.questions
        )
        > MOST_QUESTIONS,
        f"A question has more than {MOST_QUESTION} characters: shorten it.": any(
            len(question) > MOST_QUESTION for question in draft.questions
        ),
        f"The answer has more than {MOST_TEXT:,} characters: shorten it, or put it into the"
        " documentation.": len(draft.text) > MOST_TEXT,
        "There are characters that are no text: type what you pasted anew.": any(
            map(_is_no_text, "".join((draft.title, draft.text, *draft.questions)))
        ),
    }
    for fault, found in faults.items():
        if found:
            raise AnswerError(fault)
    try:
        sections = read_sections(parse_page(content, "The answer", "/curated/draft"))
    except PageError as error:
        raise AnswerError(str(error)) from error
    if not any(section.units for section in sections):
        raise AnswerError("The answer holds no sentence that can be quoted: write one.")
    return sections


def _is_no_text(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _joined(front_matter: dict, text: str) -> bytes:
    # One line for each value, so that none can end the front matter.
    written = yaml.safe_dump(front_matter, allow_unicode=True, sort_keys=False, width=10**9)
    # What is no text is refused afterwards, with its place in the draft and not in the file.
    return f"---\n{written}---\n\n{text}\n".encode(errors="replace")


def _slug(title: str) -> str:
    """A title in small letters, digits and hyphens: "Who pays?" gives "who-pays"."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    slug = ""
    for word in words:
        if len(slug) + len(word) >= _LONGEST_SLUG:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "answer"


def _read(file: Path, state: AnswerState, name: str = "") -> CuratedAnswer:
    """The answer in a file; `name` is that of the answer where the file has another one."""
    name = name or file.stem
    try:
        if not _NAME.fullmatch(name):
            raise PageError(
                f"{file.name} has a name with other than small letters, digits and hyphens;"
                " rename it."
            )
        content = read_bytes(file, file.name)
        page = parse_page(content, file.name)
    except PageError as error:
        return CuratedAnswer(
            name=name,
            title=file.name,
            questions=[],
            text="",
            author="",
            date="",
            state="broken",
            version="",
            fault=str(error),
        )
    given = page.front_matter
    return CuratedAnswer(
        name=name,
        title=page.title,
        questions=list(page.questions),
        text="\n".join(page.lines[page.body_start :]).strip("\n"),
        author=_text(given.get("author")),
        date=_text(given.get("date")),
        state=state,
        withdrawn_by=_text(given.get("withdrawn_by")),
        withdrawn=_text(given.get("withdrawn")),
        version=hashlib.sha256(content).hexdigest()[:16],
    )


def _text(value: object) -> str:
    return "" if value is None else _one_line(str(value))

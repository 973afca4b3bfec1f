"""Pages: the Markdown files of a corpus, decoded, with title and url."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

import ftfy
import yaml

from index.errors import CorpusError, PageError
from index.inline import PARSER, InlineText, fold
from index.link import PAGE_SUFFIXES, between_slashes, place_url, stands_for_folder
from index.markup import clean_markup

MAX_BYTES = 5_000_000  # of a page

_FOREIGN_FOLDERS = frozenset({"node_modules", "_drafts"})
# Docusaurus includes files with a name like this in its pages; Hugo's _index.md is a page.
_PARTIAL = re.compile(r"_(?!index\.)", re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# ftfy would make "à" of it, which a capital letter in good Portuguese must not become.
_CAPITAL_BEFORE_SPACE = re.compile("Ã(?= )")
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML_KEY = re.compile(r"[\w\"'][\w\"' -]*:(\s|\Z)")


@dataclass(frozen=True)
class Page:
    """One Markdown file of the corpus.

    `lines` are all its lines, encoding repaired and without their ends, so that line n of the file
    is `lines[n - 1]`; the text begins at `lines[body_start]`, after the front matter.
    """

    path: str  # relative to the corpus, with /
    title: str
    # Relative to the site, with / at both ends unless it names a file: "/support/". One without the
    # second / is of an overlay, whose pages are not on that site.
    url: str
    lines: tuple[str, ...]
    body_start: int
    questions: tuple[str, ...] = ()  # that it answers, as its front matter says
    front_matter: Mapping[str, object] = field(default_factory=dict, compare=False)


def find_pages(corpus: Path, apart_from: Path | None = None) -> list[Path]:
    """The Markdown files (.md, .markdown, .mdx) under `corpus`, sorted by path.

    Left out are hidden files and folders, folders named node_modules or _drafts, files whose name
    begins with _ apart from _index.md, and the folder `apart_from`; a folder that symbolic links
    reach twice is read once. Raises CorpusError when the folder is missing, is none, cannot
    be read or holds no page.
    """
    if not corpus.exists():
        raise CorpusError(
            f"The corpus folder {corpus} does not exist; name a folder of Markdown pages."
        )
    if not corpus.is_dir():
        raise CorpusError(f"{corpus} is not a folder; name the folder that holds the pages.")
    pages: list[Path] = []
    seen = {os.path.realpath(apart_from)} if apart_from else set()
    try:
        for folder, subfolders, names in os.walk(corpus, followlinks=True, onerror=_refuse):
            real = os.path.realpath(folder)
            if real in seen:
                subfolders.clear()
                continue
            seen.add(real)
            subfolders[:] = sorted(
                name
                for name in subfolders
                if not name.startswith(".") and name not in _FOREIGN_FOLDERS
            )
            pages += [
                Path(folder, name) for name in names if _is_page(name) and not _PARTIAL.match(name)
            ]
    except OSError as error:
        raise _unreadable(corpus, error) from error
    if not pages:
        raise CorpusError(
            f"The corpus folder {corpus} holds no .md, .markdown or .mdx file;"
            " name the folder that holds the pages."
        )
    return sorted(pages)


def find_overlay_pages(overlay: Path) -> list[Path]:
    """The Markdown files right in the folder `overlay`, sorted; none where there is no such folder.

    Hidden files are left out. Raises CorpusError when it is no folder or cannot be read.
    """
    try:
        return sorted(each for each in overlay.iterdir() if _is_page(each.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(overlay, error) from error


def _is_page(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in PAGE_SUFFIXES


def _refuse(error: OSError) -> None:
    raise error


def _unreadable(folder: Path, error: OSError) -> CorpusError:
    return CorpusError(
        f"The folder {error.filename or folder} cannot be read ({error.strerror});"
        " give this user permission to read it."
    )


def read_page(file: Path, corpus: Path, max_bytes: int = MAX_BYTES) -> Page:
    """The page in `file`, which lies under `corpus`; raises what its two steps raise."""
    path = page_path(file, corpus)
    return parse_page(read_bytes(file, path, max_bytes), path)


def page_path(file: Path, corpus: Path) -> str:
    """The path of `file` relative to `corpus`, with /; bytes that are not UTF-8 as in "\\xe9"."""
    return os.fsencode(file.relative_to(corpus).as_posix()).decode("utf-8", "backslashreplace")


def read_bytes(file: Path, path: str, max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of `file`, the page that goes by `path`.

    Raises PageError, naming the page and what is wrong, when its name is not UTF-8, when it is no
    regular file, which could be read for ever, cannot be read, or is larger than `max_bytes`.
    """
    if not _is_utf8(str(file)):
        raise PageError(f"{path} has a name that is not UTF-8; rename it.")
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise PageError(f"{path} is no regular file; replace it by one or take it away.")
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise PageError(
            f"{path} cannot be read ({error.strerror}); check that it exists and may be read."
        ) from error
    if len(data) > max_bytes:
        raise PageError(f"{path} is larger than {max_bytes:,} bytes; split it into smaller pages.")
    return data


def parse_page(data: bytes, path: str, url: str = "") -> Page:
    """The page that a file's bytes hold; `path` is relative to the corpus, with /.

    Where front matter gives no url it has `url`, or else the one of its place in the corpus. UTF-8
    and, with a byte-order mark, UTF-16 are decoded, and UTF-8 that was encoded twice is
    repaired. Raises PageError, naming the page and what is wrong, when it is not text, has broken
    front matter, or is a draft by it.
    """
    lines = [_repair(line) for line in re.split(r"\r\n|\r|\n", _decode(data, path))]
    if lines[-1] == "":
        lines.pop()
    try:
        front_matter, body_start = _front_matter(lines)
        title = fold(str(front_matter.get("title") or ""))
        url = _url(PurePosixPath(path), front_matter, url)
        questions = _questions(front_matter.get("questions"))
        if not _is_utf8("".join((title, url, *questions))):
            raise ValueError("it holds half of a character")
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise PageError(
            f"{path} has broken front matter ({_first_problem(error)}); mend it and index again."
        ) from error
    for key, value in (("draft", "true"), ("published", "false")):
        if str(front_matter.get(key)).lower() == value:
            raise PageError(
                f"{path} is a draft ({key}: {value}); take that line out to have it indexed."
            )
    return Page(
        path=path,
        title=title or _first_heading(lines[body_start:]) or _file_title(PurePosixPath(path)),
        url=url,
        lines=tuple(lines),
        body_start=body_start,
        questions=questions,
        front_matter=front_matter,
    )


def _is_utf8(text: str) -> bool:
    """Whether a text can be written; bytes of a file name and escapes in JSON make such as not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decode(data: bytes, path: str) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PageError(
            f"{path} is not {encoding.removesuffix('-sig').upper()} text"
            f" (byte {error.start}); save it as UTF-8."
        ) from error
    if "\x00" in text:
        raise PageError(f"{path} is not text: it holds null characters; save it as UTF-8 text.")
    return text


def _repair(line: str) -> str:
    if line.isascii():
        return line
    return "Ã".join(ftfy.fix_encoding(part) for part in _CAPITAL_BEFORE_SPACE.split(line))


def _front_matter(lines: list[str]) -> tuple[dict, int]:
    """The front matter and the index of the first line after it; ValueError when it is broken."""
    first = lines[0].rstrip() if lines else ""
    if first == "---":
        return _yaml_front_matter(lines)
    if first == "+++":
        end = _closing_line(lines, ("+++",))
        if end is None:
            raise ValueError("the opening +++ is never closed")
        return tomllib.loads("\n".join(lines[1:end])), end + 1
    if first == "{" or re.match(r'\{\s*"', first):
        text = "\n".join(lines)
        data, end = json.JSONDecoder().raw_decode(text)
        return data, text.count("\n", 0, end) + 1
    return {}, 0


def _yaml_front_matter(lines: list[str]) -> tuple[dict, int]:
    end = _closing_line(lines, ("---", "..."))
    if end is None:
        if len(lines) > 1 and _YAML_KEY.match(lines[1]):
            raise ValueError("the opening --- is never closed")
        return {}, 0
    data = yaml.load("\n".join(lines[1:end]), Loader=_YAML_LOADER)
    if data is None:
        return {}, end + 1
    # Anything but key and value is text between two thematic breaks.
    return (data, end + 1) if isinstance(data, dict) else ({}, 0)


def _closing_line(lines: list[str], marks: tuple[str, ...]) -> int | None:
    return next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in marks), None)


def _first_problem(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        # The mark counts from 0 and after the opening ---.
        return f"line {error.problem_mark.line + 2}: {error.problem}"
    return str(error).splitlines()[0]


def _first_heading(body: list[str]) -> str:
    tokens = PARSER.parse("\n".join(clean_markup(body)))
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            return fold(InlineText(inline.children or [], 0).text)
    return ""


def _file_title(path: PurePosixPath) -> str:
    parent = path.parent.name
    name = parent if stands_for_folder(path) and parent else path.stem
    words = re.sub(r"[-_\s]+", " ", name).strip() or path.name
    return words[0].upper() + words[1:]


def _questions(given: object) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given]
    folded = (fold(each) for each in listed if isinstance(each, str))
    return tuple(dict.fromkeys(question for question in folded if question))


def _url(path: PurePosixPath, front_matter: dict, default: str) -> str:
    given = front_matter.get("url") or front_matter.get("permalink")
    slug = str(front_matter.get("slug") or "").strip()
    if given:
        url = urlsplit(str(given).strip()).path
    elif default:
        return default
    elif slug.startswith("/"):
        url = slug
    elif slug:
        folder = path.parent.parent if stands_for_folder(path) else path.parent
        url = "/".join([*map(quote, folder.parts), slug])
    else:
        return place_url(path)
    return between_slashes(url)

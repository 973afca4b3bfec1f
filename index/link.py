"""Links between pages: from the file that one names to the url of the page in that file."""

import posixpath
import re
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

PAGE_SUFFIXES = frozenset({".md", ".markdown", ".mdx"})

_FOLDER_PAGES = frozenset({"_index", "index", "readme"})
_FILE_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
_PAGE_LINK = re.compile(
    r"(?P<file>(?!//)[^:?#]+\.(?:md|markdown|mdx))(?P<rest>[?#].*)?\Z", re.IGNORECASE | re.DOTALL
)


def stands_for_folder(path: PurePosixPath) -> bool:
    """Whether the page in a file is that of its folder: "guide/index.md"."""
    return path.stem.lower() in _FOLDER_PAGES


def place_url(path: PurePosixPath) -> str:
    """The url of a page by its place in the corpus: "guide/start.md" gives "/guide/start/"."""
    place = path.parent if stands_for_folder(path) else path.with_suffix("")
    return between_slashes("/".join(map(quote, place.parts)))


def between_slashes(url: str) -> str:
    """A page's url with / at both ends, but with none after the name of a file."""
    url = "/" + url.strip("/")
    return url if url == "/" or _FILE_EXTENSION.search(url) else url + "/"


def resolve_link(target: str, path: str) -> str:
    """A link's target on the page `path`, which is relative to the corpus, as one of the site.

    A Markdown file becomes the url that its page has by its place, the fragment kept; with / before
    it, it is looked for from the corpus on. Whatever else it leads to, also a file outside the
    corpus, stays as it is, and so does all of a text without a path.
    """
    link = _PAGE_LINK.match(target) if path else None
    if not link:
        return target
    file = unquote(link["file"])
    place = posixpath.normpath(
        file.lstrip("/") if file.startswith("/") else posixpath.join(posixpath.dirname(path), file)
    )
    if place.startswith("../"):
        return target
    return place_url(PurePosixPath(place)) + (link["rest"] or "")

"""TOML lines: the line of a file on which a table, key or array element stands."""

import re
import tomllib

Path = tuple[str | int, ...]

_KEY = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_SPACE = re.compile(r"(?:\s|#[^\n]*)*")


def find_line(toml: str, path: Path) -> int | None:
    """The line, from 1, of what stands at `path` in a valid TOML document.

    `path` is as pydantic gives it: keys, and positions in arrays from 0. Of a path that is not
    there the longest part that is counts, so that a key which is missing is placed at its table.
    None when not even the first part is there.
    """
    lines = _Scan(toml).lines
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scan:
    """One pass over a valid document, which takes down where each path first stands."""

    def __init__(self, toml: str) -> None:
        self._text = toml
        self._at = 0
        self._sizes: dict[Path, int] = {}  # of each array of tables, so far
        self.lines: dict[Path, int] = {}
        table: Path = ()
        while self._skip_space():
            table = self._header() if self._next("[") else self._pair(table)

    def _header(self) -> Path:
        """Read "[table]" or "[[array of tables]]"; what follows it belongs to the path returned."""
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        keys = self._keys()
        self._at += 2 if is_array else 1
        table: Path = ()
        for key in keys[:-1]:
            self._note((*table, key), start)
            table = self._latest((*table, key))
        table = (*table, keys[-1])
        self._note(table, start)
        if not is_array:
            return table
        self._sizes[table] = self._sizes.get(table, 0) + 1
        self._note(self._latest(table), start)
        return self._latest(table)

    def _latest(self, table: Path) -> Path:
        size = self._sizes.get(table, 0)
        return (*table, size - 1) if size else table

    def _pair(self, table: Path) -> Path:
        """Read "key = value" of a table; returns the table."""
        start = self._at
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self._at += 1
        self._value(path)
        return table

    def _keys(self) -> list[str]:
        """Read a key with its dots, up to what follows it."""
        keys = []
        while True:
            self._skip_space()
            match = _KEY.match(self._text, self._at)
            key = match[0]
            # A quoted key may hold escapes, which the real parser undoes.
            keys.append(next(iter(tomllib.loads(f"{key} = 0"))))
            self._at = match.end()
            self._skip_space()
            if not self._next("."):
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip_space()
        if self._next("["):
            self._elements(path)
        elif self._next("{"):
            self._at += 1
            while self._skip_space() and not self._next("}"):
                if self._next(","):
                    self._at += 1
                else:
                    self._pair(path)
            self._at += 1
        else:
            match = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
            self._at = match.end()

    def _elements(self, path: Path) -> None:
        self._at += 1
        position = 0
        while self._skip_space() and not self._next("]"):
            if self._next(","):
                self._at += 1
                continue
            self._note((*path, position), self._at)
            self._value((*path, position))
            position += 1
        self._at += 1

    def _note(self, path: Path, offset: int) -> None:
        self.lines.setdefault(path, self._text.count("\n", 0, offset) + 1)

    def _next(self, character: str) -> bool:
        return self._text.startswith(character, self._at)

    def _skip_space(self) -> bool:
        """Pass over white space and comments; whether anything follows."""
        self._at = _SPACE.match(self._text, self._at).end()
        return self._at < len(self._text)

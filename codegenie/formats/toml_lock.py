"""Lockfiles in TOML: scanned line by line, as programs write them, and by the full parser where a line does not fit."""

import re
from typing import Any, NamedTuple

from codegenie.formats import toml_text
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.unparsable import Unparsable

MOST_BYTES = 32 << 20
MOST_ODD_VALUES = 100_000  # that the full parser is asked for one by one

_PASSED_OVER = frozenset({"size", "upload-time", "upload_time"})  # of the files of a package, to save memory
_HEADER = lazily(r"\[(\[)?([\w-]+(?:\.[\w-]+)*)\](\])?", re.ASCII)
_ENTRY = lazily(r'([\w-]++|"[^"\\\x00-\x1f\x7f]*+") = (.++)', re.ASCII)
_TEXT = r'"[^"\\\x00-\x08\x0a-\x1f\x7f]*+"'
_STRING = lazily(_TEXT)
_FLAT = lazily(rf"\{{ ?(?:[\w-]++ = (?:{_TEXT}|[1-9][0-9]{{0,17}})(?:, (?! ?\}})|(?= ?\}})))++ ?\}}", re.ASCII)
_FLAT_ENTRY = lazily(r'([\w-]++) = (?:"([^"]*+)"|([0-9]++))', re.ASCII)


class TomlLock(NamedTuple):
    """The value of the file, without the sizes and dates of files, and the line of each of its packages."""

    value: dict[str, Any]
    lines: tuple[int | None, ...]

    def packages(self, key: str = "package") -> list[tuple[int | None, dict[str, Any]]]:
        """The packages that are tables, each with its line."""
        found = self.value.get(key)
        if not isinstance(found, list):
            return []
        lines = (*self.lines, *(None for _ in found[len(self.lines) :]))
        return [(line, each) for line, each in zip(lines, found, strict=False) if isinstance(each, dict)]


class _Odd(Exception):
    """A line that is not as programs write them."""


def parse(content: bytes) -> TomlLock:
    """Read the file.  Raises Unparsable."""
    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    text = text_of(content)
    try:
        return _Scan().read(text)
    except _Odd:
        value = toml_text.load(content)
    key = "packages" if "packages" in value else "package"
    found = value.get(key)
    lines = lines_of(text, depth=2)
    count = len(found) if isinstance(found, list) else 0
    return TomlLock(_pruned(value), tuple(lines.get((key, at)) for at in range(count)))


class _Scan:
    """The line by line reading of one file."""

    def __init__(self) -> None:
        self._value: dict[str, Any] = {}
        self._table = self._value
        self._tables: set[tuple[str, ...]] = set()  # those that have had their header
        self._lines: list[int] = []
        self._odd = 0

    def read(self, text: str) -> TomlLock:
        lines = iter(enumerate(text.replace("\r\n", "\n").split("\n"), 1))
        for number, line in lines:
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                self._enter(line, number)
            elif entry := _ENTRY.fullmatch(line):
                key, written = entry[1].strip('"'), entry[2]
                if key in self._table:
                    raise _Odd
                self._table[key] = self._items(lines) if written == "[" else self._read(written)
            else:
                raise _Odd
        return TomlLock(self._value, tuple(self._lines))

    def _enter(self, line: str, number: int) -> None:
        header = _HEADER.fullmatch(line)
        if not header or bool(header[1]) != bool(header[3]):
            raise _Odd
        way = tuple(header[2].split("."))
        if header[1] and len(way) == 1:
            packages = self._value.setdefault(way[0], [])
            if not isinstance(packages, list) or (packages and not self._lines):
                raise _Odd
            if {"package", "packages"} <= self._value.keys():
                raise _Odd
            if way[0] in ("package", "packages"):
                self._lines.append(number)
                self._tables = {each for each in self._tables if each[0] != way[0]}
            self._table = {}
            packages.append(self._table)
            return
        if not header[1] and way in self._tables:
            raise _Odd
        self._tables.add(way)
        self._table = self._descend(way, is_array=bool(header[1]))

    def _descend(self, way: tuple[str, ...], *, is_array: bool) -> dict[str, Any]:
        holder: Any = self._value
        for part in way[:-1]:
            holder = holder.setdefault(part, {})
            holder = holder[-1] if isinstance(holder, list) and holder else holder
            if not isinstance(holder, dict):
                raise _Odd
        if is_array:
            found = holder.setdefault(way[-1], [])
            if not isinstance(found, list) or (found and way not in self._tables):
                raise _Odd
            found.append({})
            return found[-1]  # type: ignore[no-any-return]
        found = holder.setdefault(way[-1], {})
        if not isinstance(found, dict) or found:
            raise _Odd
        return found

    def _items(self, lines: Any) -> list[Any]:
        found: list[Any] = []
        for _, line in lines:
            stripped = line.strip()
            if stripped == "]":
                return found
            if not stripped or stripped.startswith("#"):
                continue
            found.append(self._read(stripped.removesuffix(",")))
        raise _Odd

    def _read(self, written: str) -> Any:
        if _STRING.fullmatch(written):
            return written[1:-1]
        if _FLAT.fullmatch(written):
            found: dict[str, Any] = {}
            for key, string, number in _FLAT_ENTRY.findall(written):
                if key in found:
                    raise _Odd
                found[key] = int(number) if number else string
            for key in _PASSED_OVER & found.keys():
                del found[key]
            return found
        if written in ("true", "false"):
            return written == "true"
        self._odd += 1
        if self._odd > MOST_ODD_VALUES:
            raise _Odd
        try:
            loaded = toml_text.load(f"x = {written}".encode())
        except Unparsable:
            raise _Odd from None
        if len(loaded) != 1:
            raise _Odd
        return _pruned(loaded["x"])


def _pruned(value: Any) -> Any:
    match value:
        case dict():
            return {key: _pruned(item) for key, item in value.items() if key not in _PASSED_OVER}
        case list():
            return [_pruned(item) for item in value]
        case _:
            return value

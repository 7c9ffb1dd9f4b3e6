"""Java properties files: gradle.properties, and those of the Gradle and Maven wrappers."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000
_ESCAPE = lazily(r"\\(?:u([0-9A-Fa-f]{4})|(.)|$)", re.DOTALL)
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_KEY = lazily(r"(?:[^\\=:\s]|\\.)*+")
_SEPARATOR = lazily(r"[ \t\f]*+(?:[=:][ \t\f]*+)?")


class Property(NamedTuple):
    """One entry, unescaped, with the line that it starts on."""

    name: str
    value: str
    line: int


class Properties(NamedTuple):
    """The entries by name; one that is given twice counts with its last value, as for Java."""

    entries: Mapping[str, Property]

    def value(self, name: str) -> str | None:
        """The value of that name."""
        found = self.entries.get(name)
        return found.value if found else None


def parse(content: bytes) -> Properties:
    """Read the file.  Raises Unparsable."""
    entries: dict[str, Property] = {}
    for line, text in _logical_lines(text_of(content)):
        key = _KEY.match(text)
        assert key is not None, "matches anything"
        separator = _SEPARATOR.match(text, key.end())
        assert separator is not None, "matches anything"
        name = _unescaped(key[0])
        entries[name] = Property(name, _unescaped(text[separator.end() :]), line)
        if len(entries) > MOST_ENTRIES:
            raise Unparsable(f"more than {MOST_ENTRIES} entries")
    return Properties(entries)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments and blanks, those that end in a backslash joined with the next."""
    start = 0
    parts: list[str] = []
    for number, written in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = written.lstrip(" \t\f")
        if not parts:
            if not line or line[0] in "#!":
                continue
            start = number
        if (len(line) - len(line.rstrip("\\"))) % 2:
            parts.append(line[:-1])
            continue
        yield start, "".join([*parts, line])
        parts = []
    if parts:
        yield start, "".join(parts)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain: str = writable(_ESCAPE.sub(lambda found: _character(found[1], found[2]), text))
    return plain


def _character(code: str | None, letter: str | None) -> str:
    return chr(int(code, 16)) if code else _PLAIN.get(letter or "", letter or "")

"""Files that hold nothing but versions, a line each: .nvmrc, .python-version, .ruby-version, runtime.txt and so on."""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable

MOST_LINES = 100
LONGEST = 200  # characters of a line

_VERSION = lazily(r"[\w./@:+*^~<>=!|, -]{1,200}", re.ASCII)


class Line(NamedTuple):
    """A version as written."""

    text: str
    line: int


class VersionFile(NamedTuple):
    """The lines that hold something, without comments; lines that are no version are left out."""

    lines: tuple[Line, ...]


def parse(content: bytes) -> VersionFile:
    """Read the file; any text is one."""
    text = str(writable(text_of(content[: MOST_LINES * LONGEST])))
    found = []
    for number, line in enumerate(text.split("\n")[:MOST_LINES], 1):
        bare = line.partition("#")[0].strip().strip("\"'")
        if bare and _VERSION.fullmatch(bare) and any(letter.isalnum() or letter == "*" for letter in bare):
            found.append(Line(bare, number))
    return VersionFile(tuple(found))

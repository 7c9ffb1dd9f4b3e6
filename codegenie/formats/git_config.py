"""git's own configuration files: `.git/config`, `.gitmodules`, `.lfsconfig`; includes are counted, never followed."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 50_000  # a clone with thousands of tracked branches has three entries for each

_HEADER = lazily(r'[ \t]*+\[([\w.-]++)(?:[ \t]++"((?:[^"\\\n]|\\.)*+)")?[ \t]*+\]')
_NAME = lazily(r"[ \t]*+([A-Za-z][\w-]*+)[ \t]*+(=?)", re.ASCII)
_BARE = lazily(r'"|\\.?|[;#].*+|[ \t]++|[^"\\;# \t]++', re.DOTALL)
_QUOTED = lazily(r'"|\\.?|[^"\\]++', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", '"': '"', "\\": "\\"}


class Entry(NamedTuple):
    """One setting: section and name in lower case, the subsection as written, None for a name without a value."""

    section: str
    subsection: str | None
    name: str
    value: str | None
    line: int

    @property
    def is_true(self) -> bool:
        """Whether git takes the value for true; a name alone is."""
        return self.value is None or self.value.lower() in ("true", "yes", "on", "1")


class GitConfig:
    """The settings in the file's order; of several of one name the last counts, where git wants only one."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    def all(self, section: str, name: str, subsection: str | None = None) -> list[Entry]:
        """The entries of one name."""
        return self._by_name.get((section, subsection, name), [])

    def last(self, section: str, name: str, subsection: str | None = None) -> Entry | None:
        """The entry that counts; None where there is none."""
        return next(reversed(self.all(section, name, subsection)), None)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str | None, str], list[Entry]]:
        found: dict[tuple[str, str | None, str], list[Entry]] = {}
        for entry in self.entries:
            found.setdefault((entry.section, entry.subsection, entry.name), []).append(entry)
        return found

    def subsections(self, section: str) -> list[str]:
        """The names of the subsections, sorted."""
        return sorted({entry.subsection for entry in self.entries if entry.section == section and entry.subsection})


def parse(content: bytes) -> GitConfig:
    """Read the file.  Raises Unparsable where git would refuse it."""
    entries: list[Entry] = []
    for entry in _entries(content):
        entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise Unparsable(f"more than {MOST_ENTRIES} settings")
    return GitConfig(tuple(entries))


def _entries(content: bytes) -> Iterator[Entry]:
    section, subsection = "", None
    lines = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        number, rest = at + 1, lines[at]
        at += 1
        if header := _HEADER.match(rest):
            section, subsection = _named(header[1], header[2])
            rest = rest[header.end() :]
        if not rest.strip(" \t") or rest.lstrip(" \t")[0] in "#;":
            continue
        name = _NAME.match(rest)
        if not name or not section or not (name[2] or rest[name.end() :].strip(" \t")[:1] in ("", "#", ";")):
            raise Unparsable(f"not a git configuration: line {number}")
        value = None
        if name[2]:
            value, at = _value(rest[name.end() :], lines, at)
        yield Entry(section, subsection, name[1].lower(), value, number)


def _named(section: str, quoted: str | None) -> tuple[str, str | None]:
    """The names of a section; `[branch.main]` is an old way to write `[branch "main"]`, in lower case."""
    if quoted is not None:
        return section.lower(), re.sub(r"\\(.)", r"\1", quoted)
    first, dot, rest = section.lower().partition(".")
    return first, rest if dot else None


def _value(text: str, lines: list[str], at: int) -> tuple[str, int]:
    """A value from behind its "=", and the number of the first line after it.  Raises Unparsable."""
    out: list[str] = []
    blanks, quoted, place = "", False, 0
    while place < len(text):
        token = (_QUOTED if quoted else _BARE).match(text, place)
        assert token is not None
        place = token.end()
        written = token[0]
        if not quoted and written[0] in "#;":
            break
        if not quoted and written[0] in " \t":
            blanks += written if out else ""
            continue
        if written == "\\":  # at the end of a line, which goes on with the next
            text, place, at = lines[at] if at < len(lines) else "", 0, at + 1
            continue
        if written[0] == "\\" and written[1] not in _ESCAPES:
            raise Unparsable(f"not a git configuration: line {at}")
        out.append(blanks)
        blanks = ""
        if written == '"':
            quoted = not quoted
        else:
            out.append(_ESCAPES[written[1]] if written[0] == "\\" else written)
    if quoted:
        raise Unparsable(f"not a git configuration: line {at}")
    return "".join(out), at

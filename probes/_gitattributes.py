"""`.gitattributes` files: for a path, the value of each attribute, by git's own rules of precedence.

See gitattributes(5): a nearer directory beats a farther one, in one file the last line that matches wins, patterns are
those of gitignore without "!", and a pattern for a directory says nothing about the files in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from codegenie.formats.patterns import lazily

from ._paths import Directory, ancestors, per_directory

Value = str | bool | None
"""A text, set, unset, or (None) explicitly unspecified."""

_TOKEN = lazily(r"(?P<sign>[-!]?)(?P<name>[\w.][\w.-]*)(?:=(?P<value>.*))?", re.DOTALL)
_ESCAPE = lazily(r"\\([abfnrtv\"\\]|[0-3][0-7]{2})")
_ANY_DEPTH = lazily(r"\*\*+")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Said = Sequence[tuple[str, Value]]
"""Attributes and their values, in the order written."""


class Attributes(NamedTuple):
    """All `.gitattributes` files of a repository.

    `bearing` has, by directory ("" or ending in "/"), the lines that bear on its files, in the order in which git looks
    for an answer: patterns and what they say, each after how much of a path its file stands in.
    """

    bearing: Callable[[str], Sequence[tuple[int, re.Pattern[str], Said]]]
    macros: Mapping[str, Said]

    def of(self, path: str) -> dict[str, Value]:
        """The attributes of a file, macros among them and expanded."""
        found: dict[str, Value] = {}
        for start, pattern, said in self.bearing(path[: path.rfind("/") + 1]):
            if pattern.fullmatch(path, start):
                self._settle(found, said)
        return found

    def among(self, directory: Directory) -> dict[str, dict[str, Value]]:
        """The attributes of those files of a directory that have any, by path."""
        found: dict[str, dict[str, Value]] = {}
        for start, pattern, said in self.bearing(directory.path):
            for path in directory.files:
                if pattern.fullmatch(path, start):
                    self._settle(found.setdefault(path, {}), said)
        return found

    def _settle(self, found: dict[str, Value], said: Said) -> None:
        """Take what is not settled yet, the last first, a macro followed at once by what it stands for."""
        pending = list(said)
        while pending:
            name, value = pending.pop()
            if name not in found:
                found[name] = value
                pending.extend(self.macros.get(name, ()) if value is True else ())


def attributes(files: Mapping[str, bytes], wanted: Iterable[str]) -> Attributes:
    """Parse the files, by path, keeping only what bears on the wanted attributes.

    Macros are taken from the file at the root, as git does.
    """
    written = [(path.rpartition("/")[0], *line[1:]) for path in sorted(files) for line in each_line(files[path])]
    macros = {
        pattern.removeprefix("[attr]"): said
        for directory, pattern, said in written
        if pattern.startswith("[attr]") and not directory
    }
    names = frozenset(wanted) | frozenset(macros)
    lines: dict[str, list[tuple[re.Pattern[str], Said]]] = {}
    for directory, pattern, said in reversed(written):
        bearing = [(name, value) for name, value in said if name in names]
        if bearing and not pattern.startswith(("[attr]", "!")):
            lines.setdefault(f"{directory}/" if directory else "", []).append((_compiled(pattern), bearing))
    return Attributes(per_directory(partial(_bearing, lines)), macros)


def _bearing(
    lines: Mapping[str, Sequence[tuple[re.Pattern[str], Said]]], directory: str
) -> list[tuple[int, re.Pattern[str], Said]]:
    """The lines of the nearest file first, and of each file the last."""
    above = [f"{one}/" if one else "" for one in ancestors(f"{directory}a")] if lines else ()
    return [(len(place), *line) for place in above for line in lines.get(place, ())]


def each_line(content: bytes) -> Iterator[tuple[int, str, Said]]:
    """The number (from 1) and the pattern of each line that has one, and its attributes."""
    for number, line in enumerate(content.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n"), 1):
        text = line.strip(" \t\r")
        if quoted := re.match(r'"((?:[^"\\]|\\.)*)"', text):
            pattern = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1]) or _octal(found[1]), quoted[1])
            yield number, pattern, _said(text[quoted.end() :].split())
        elif text and not text.startswith("#"):
            pattern, *words = text.split()
            yield number, pattern, _said(words)


def _octal(digits: str) -> str:
    return chr(int(digits, 8)) if digits.isdigit() else digits


def _said(words: Iterable[str]) -> Said:
    tokens = [token for word in words if (token := _TOKEN.fullmatch(word))]
    return [(token["name"], {"-": False, "!": None}.get(token["sign"], token["value"] or True)) for token in tokens]


def _compiled(pattern: str) -> re.Pattern[str]:
    """A gitignore pattern as an expression over paths relative to the directory of its file."""
    anchored = "/" in pattern.rstrip("/")
    if pattern.endswith("/"):
        return re.compile("(?!)")  # for a directory, which has no language
    return re.compile(("" if anchored else "(?:.*/)?") + _translated(pattern.removeprefix("/")), re.DOTALL)


def _translated(pattern: str) -> str:
    out = ""
    *directories, name = pattern.split("/")
    for directory in directories:
        if not _ANY_DEPTH.fullmatch(directory):
            out += _segment(directory) + "/"
        elif not out.endswith("(?:.*/)?"):
            out += "(?:.*/)?"
    return out + (".+" if _ANY_DEPTH.fullmatch(name) else _segment(name))


def _segment(glob: str) -> str:
    """One component.  What stands between two stars is found where it first occurs, which keeps the search linear."""
    chunks = [""]
    for part in re.findall(r"\*+|\[[!^]?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\\.|.", glob, re.DOTALL):
        if part[0] == "*":
            chunks.append("")
        elif part == "?":
            chunks[-1] += "[^/]"
        elif part[0] == "[" and len(part) > 1:
            chunks[-1] += _class(part[1:-1])
        else:
            chunks[-1] += re.escape(part[-1])
    first, *rest = chunks
    if not rest:
        return first
    return first + "".join(f"(?>[^/]*?{chunk})" for chunk in rest[:-1]) + "[^/]*" + rest[-1]


_POSIX = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s"}


def _class(members: str) -> str:
    negation = "^" if members[0] in "!^" else ""
    members = re.sub(r"\[:(\w+):\]", lambda found: _POSIX.get(found[1], ""), members[len(negation) :])
    inner = re.sub(r"\\.|[\[\]\\&~|^]", lambda found: found[0] if len(found[0]) > 1 else "\\" + found[0], members)
    try:
        return re.compile(f"(?!/)[{negation}{inner}]").pattern
    except re.error:
        return "(?!)"  # a reversed range, which matches nothing

"""`.gitattributes` files: for a path, the value of each attribute, by git's own rules of precedence.

See gitattributes(5): a nearer directory beats a farther one, in one file the last line that matches wins, patterns are
those of gitignore without "!", and a pattern for a directory says nothing about the files in it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Value = str | bool | None
"""A text, set, unset, or (None) explicitly unspecified."""

_TOKEN = re.compile(r"(?P<sign>[-!]?)(?P<name>[\w.][\w.-]*)(?:=(?P<value>.*))?", re.DOTALL)
_ESCAPE = re.compile(r"\\([abfnrtv\"\\]|[0-3][0-7]{2})")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says: for the paths that match, relative to the file's directory, these attributes."""

    pattern: re.Pattern[str]
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Attributes:
    """All `.gitattributes` files of a repository, by their directory ("" or ending in "/")."""

    by_directory: Mapping[str, tuple[Line, ...]]

    def of(self, path: str) -> dict[str, Value]:
        """The attributes of a file, macros expanded."""
        found: dict[str, Value] = {}
        if not self.by_directory:
            return found
        cut = -1
        while True:
            directory = path[: cut + 1]
            for line in self.by_directory.get(directory, ()):
                if line.pattern.fullmatch(path, len(directory)):
                    found.update(line.attributes)
            cut = path.find("/", cut + 1)
            if cut < 0:
                return found


def attributes(files: Mapping[str, bytes], wanted: Iterable[str]) -> Attributes:
    """Parse the files, by path, keeping only what bears on the wanted attributes.

    Macros are taken from the file at the root, as git does; `binary` is git's own.
    """
    names = frozenset(wanted)
    macros: dict[str, dict[str, Value]] = {}
    by_directory = {}
    for path in sorted(files, key=lambda path: (path.count("/"), path)):
        directory = path.rpartition("/")[0]
        lines = []
        for text in files[path].decode("utf-8", "surrogateescape").removeprefix("\ufeff").splitlines():
            pattern, said = _split(text)
            if pattern.startswith("[attr]"):
                if not directory:
                    macros[pattern.removeprefix("[attr]")] = _attributes(said, macros)
            elif pattern and (bearing := {k: v for k, v in _attributes(said, macros).items() if k in names}):
                lines.append(Line(_compiled(pattern), bearing))
        if lines:
            by_directory[f"{directory}/" if directory else ""] = tuple(lines)
    return Attributes(by_directory)


def _split(text: str) -> tuple[str, list[str]]:
    """A line's pattern and its attributes; the pattern is empty for a line that says nothing."""
    text = text.strip(" \t\r")
    if not text or text.startswith("#"):
        return "", []
    if quoted := re.match(r'"((?:[^"\\]|\\.)*)"', text):
        pattern = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1]) or _octal(found[1]), quoted[1])
        return pattern, text[quoted.end() :].split()
    pattern, *said = text.split()
    return ("" if pattern.startswith("!") else pattern), said


def _octal(digits: str) -> str:
    return chr(int(digits, 8)) if digits.isdigit() else digits


def _attributes(said: Iterable[str], macros: Mapping[str, Mapping[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for word in said:
        if token := _TOKEN.fullmatch(word):
            value = {"-": False, "!": None}.get(token["sign"], True if token["value"] is None else token["value"])
            found[token["name"]] = value
            if value is True:
                found.update(macros.get(token["name"], {}))
    return found


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
        if directory != "**":
            out += _segment(directory) + "/"
        elif not out.endswith("(?:.*/)?"):
            out += "(?:.*/)?"
    return out + (".+" if name == "**" and directories else _segment(name))


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

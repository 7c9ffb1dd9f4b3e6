"""What the commands of a RUN do to the files of an image, as far as they say it in plain words."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.shell_parts import Command, HereDocument

from ._docker_ignore import is_glob

Facts = Mapping[str, Any]
Blank = Callable[[str], str]
"""What takes the values of secrets out of a text."""

_MOST = 500  # commands of a RUN
_LONGEST = 300  # characters of a word that may be a path
_LONGEST_TEXT = 1 << 16
_PATH = lazily(r"[\w.,:+@%~/*?\[\]-]+")
_COPIES = frozenset({"cp", "mv", "install", "ln"})
_WRITES = frozenset({">", ">>", ">|", "&>", "&>>"})
_OUTPUTS = frozenset({"-o", "-O", "--out", "--outdir", "--outDir", "--output", "--target", "-t", "--prefix"})
_LEAVES = frozenset({
    ".", "[", "adduser", "cat", "cd", "chgrp", "chmod", "chown", "chsh", "command", "echo", "file", "ls", "mkdir",
    "printf", "setcap", "source", "stat", "strip", "test", "touch", "type", "useradd", "usermod", "which",
})  # fmt: skip
"""What may name a file and leave it what it is."""


class Effect(NamedTuple):
    """What a command does: `copies` the file from one of `sources`, `writes` it, or `names` it for what it is about.

    `document` is the text that is written, where it stands there.
    """

    verb: str
    line: int
    command: str
    sources: tuple[str, ...] = ()
    document: Facts | None = None


def in_directory(directory: str, path: str) -> str:
    """The path from a working directory; both may be relative to one that is not known, which is "."."""
    return posixpath.normpath(posixpath.join(directory, path)).replace("//", "/")


def file_commands(commands: Iterable[Command], directory: str, blank: Blank) -> Iterator[dict[str, Any]]:
    """The commands that name what may be files, each with the directory it runs in as far as plain `cd` says."""
    left = _MOST
    for command in commands:
        words = [word.value for word in command.words]
        if command.name in ("cd", "pushd") and len(words) > 1 and words[1]:
            directory = in_directory(directory, words[1])
            continue
        kept = [word for word in words[1:] if word and len(word) <= _LONGEST and _PATH.fullmatch(word)]
        targets = [each.target.value for each in command.redirections if each.operator in _WRITES and each.target]
        writes = [target for target in targets if target and target != "/dev/null"]
        name = (command.name or "").rpartition("/")[2]
        if left and (writes or (kept and name not in _LEAVES)):
            left -= 1
            document = next((each.document for each in command.redirections if each.document), None)
            yield {
                "name": name,
                "line": command.line,
                "directory": directory,
                "words": kept,
                "writes": writes,
                "document": _document(document, blank) if name in ("cat", "tee") else None,
            }


class Effects:
    """What the commands of a RUN do to files; of a path only those are asked that may touch it."""

    def __init__(self, commands: Sequence[Facts]) -> None:
        self._commands = commands
        self._naming: dict[str, list[int]] = {}
        self._wider: list[int] = []
        """Those that touch paths that they do not name."""
        for at, command in enumerate(commands):
            for path in _named(command):
                self._naming.setdefault(path, []).append(at)
            if command["name"] in _COPIES or not _OUTPUTS.isdisjoint(command["words"]):
                self._wider.append(at)

    def on(self, path: str) -> Iterator[Effect]:
        """What they do to the file at a path, the last command first."""
        for at in sorted({*self._wider, *self._naming.get(path, ())}, reverse=True):
            if effect := _effect(self._commands[at], path):
                yield effect


def _named(command: Facts) -> set[str]:
    """The paths that a command writes or that may be what it names."""
    words = command["words"]
    if command["name"] != "tee":
        words = () if command["name"] in _LEAVES else [word for word in words if "/" in word]
    return {in_directory(command["directory"], word) for word in (*command["writes"], *words)}


def _document(document: HereDocument | None, blank: Blank) -> dict[str, Any] | None:
    """The text, where the shell puts nothing into it."""
    if document is None or (document.expands and document.expansions) or len(document.content) > _LONGEST_TEXT:
        return None
    return {"content": blank(document.content), "line": document.line}


def _effect(command: Facts, path: str) -> Effect | None:
    name, line, directory, words = command["name"], command["line"], command["directory"], command["words"]
    if path in [in_directory(directory, target) for target in command["writes"]]:
        return Effect("writes", line, name, document=command["document"])
    if name == "tee" and path in [in_directory(directory, word) for word in words]:
        return Effect("writes", line, name, document=command["document"])
    if name in _COPIES and (sources := tuple(_sources(name, words, directory, path))):
        return Effect("copies", line, name, sources)
    if name in _LEAVES or name in _COPIES:
        return None
    if path in [in_directory(directory, word) for word in words if "/" in word] or _is_output(words, directory, path):
        return Effect("names", line, name)
    return None


def _is_output(words: Sequence[str], directory: str, path: str) -> bool:
    """Whether the path is, or lies in, what an option says to write."""
    outputs = [in_directory(directory, to) for sign, to in pairwise(words) if sign in _OUTPUTS]
    return any(path == to or path.startswith(f"{to}/") for to in outputs if to != "/")


def _sources(name: str, words: Sequence[str], directory: str, path: str) -> Iterator[str]:
    """What `cp`, `mv`, `install` or `ln` would take the file from."""
    places = [word for word in words if not word.startswith("-")]
    if len(places) < 2 or "-t" in words:
        return
    *sources, last = places
    to = in_directory(directory, last)
    for written in sources:
        is_link = name == "ln" and any(word.startswith("-") and "s" in word for word in words)
        at = in_directory(posixpath.dirname(to) if is_link else directory, written)
        stem = posixpath.basename(at)
        if path in (to, in_directory(to, stem)) and not is_glob(written):
            yield at
        elif is_glob(written) and posixpath.dirname(path) == to and fnmatchcase(posixpath.basename(path), stem):
            yield in_directory(posixpath.dirname(at), posixpath.basename(path))
        elif path.startswith(f"{to}/") and name != "install":
            rest = path[len(to) + 1 :]
            yield in_directory(at, rest)
            if rest.startswith(f"{stem}/"):
                yield in_directory(posixpath.dirname(at), rest)

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
        self._commands = [_command(command) for command in commands]
        self._naming: dict[str, list[int]] = {}
        self._wider: list[int] = []
        """Those that touch paths that they do not name."""
        for at, command in enumerate(self._commands):
            for path in command.writes | command.names:
                self._naming.setdefault(path, []).append(at)
            if command.copies or command.outputs:
                self._wider.append(at)

    def on(self, path: str) -> Iterator[Effect]:
        """What they do to the file at a path, the last command first."""
        for at in sorted({*self._wider, *self._naming.get(path, ())}, reverse=True):
            if effect := _effect(self._commands[at], path):
                yield effect


class _Copy(NamedTuple):
    """What `cp`, `mv`, `install` or `ln` does to one of the files that it names."""

    source: str
    """From the directory that it runs in, or a link's from that of the link."""
    name: str
    """The last component of the source, which may be a pattern."""
    is_glob: bool
    to: str
    place: str
    """Where it is if `to` is a directory."""
    may_be_directory: bool


class _Command(NamedTuple):
    """A command with its paths as they are in the image: a RUN is asked about hundreds of them."""

    name: str
    line: int
    document: Facts | None
    writes: frozenset[str]
    names: frozenset[str]
    outputs: tuple[str, ...]
    """Files or directories that an option says to write."""
    copies: tuple[_Copy, ...]


def _command(command: Facts) -> _Command:
    name, directory, words = command["name"], command["directory"], command["words"]
    written = [*command["writes"], *(words if name == "tee" else ())]
    is_known = name in _LEAVES or name in _COPIES
    outputs = () if is_known else [in_directory(directory, to) for sign, to in pairwise(words) if sign in _OUTPUTS]
    return _Command(
        name,
        command["line"],
        command["document"],
        writes=frozenset(in_directory(directory, word) for word in written),
        names=frozenset(in_directory(directory, word) for word in words if "/" in word and not is_known),
        outputs=tuple(to for to in outputs if to != "/"),
        copies=tuple(_copies(name, words, directory)) if name in _COPIES else (),
    )


def _copies(name: str, words: Sequence[str], directory: str) -> Iterator[_Copy]:
    places = [word for word in words if not word.startswith("-")]
    if len(places) < 2 or "-t" in words:
        return
    *sources, last = places
    to = in_directory(directory, last)
    is_link = name == "ln" and any(word.startswith("-") and "s" in word for word in words)
    for written in sources:
        at = in_directory(posixpath.dirname(to) if is_link else directory, written)
        stem = posixpath.basename(at)
        yield _Copy(at, stem, is_glob(written), to, in_directory(to, stem), may_be_directory=name != "install")


def _document(document: HereDocument | None, blank: Blank) -> dict[str, Any] | None:
    """The text, where the shell puts nothing into it."""
    if document is None or (document.expands and document.expansions) or len(document.content) > _LONGEST_TEXT:
        return None
    return {"content": blank(document.content), "line": document.line}


def _effect(command: _Command, path: str) -> Effect | None:
    name, line = command.name, command.line
    if path in command.writes:
        return Effect("writes", line, name, document=command.document)
    if sources := tuple(_sources(command.copies, path)):
        return Effect("copies", line, name, sources)
    if path in command.names or any(path == to or path.startswith(f"{to}/") for to in command.outputs):
        return Effect("names", line, name)
    return None


def _sources(copies: Iterable[_Copy], path: str) -> Iterator[str]:
    """What the file would be taken from."""
    for copy in copies:
        if path in (copy.to, copy.place) and not copy.is_glob:
            yield copy.source
        elif copy.is_glob and posixpath.dirname(path) == copy.to and fnmatchcase(posixpath.basename(path), copy.name):
            yield in_directory(posixpath.dirname(copy.source), posixpath.basename(path))
        elif path.startswith(f"{copy.to}/") and copy.may_be_directory:
            rest = path[len(copy.to) + 1 :]
            yield in_directory(copy.source, rest)
            if rest.startswith(f"{copy.name}/"):
                yield in_directory(posixpath.dirname(copy.source), rest)

"""What a probe found in each file, kept between runs: a content that has been looked into need not be again.

It is kept by directory.  One in which nothing has moved is told by two comparisons and kept again as it was: an edit
costs what its directory does, and not what the repository does.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from codegenie.cache import Blobs
from codegenie.hashing import digest_of
from codegenie.looks import DIGITS, Looks
from codegenie.redaction import redacted

_AT_A_TIME = 256  # directories that are written

Kept = list[Any]
"""Of a directory: the names of files in it, their digests as one text, and what was found in each."""


class _Asked(NamedTuple):
    """The files of a directory that this run asks about."""

    names: list[str]
    paths: list[str]


class DiskMemo:
    """The memo of one run of a probe over `files`; between runs it is a blob for each of its scans."""

    def __init__(self, blobs: Blobs | None, key: str, files: Looks) -> None:
        self._blobs = blobs
        self._key = key
        self._files = files
        self._asked: dict[str, _Asked] = {}
        self._unmoved: dict[str, Kept] = {}
        self._written: list[bytes] = []

    def known(self, paths: Iterable[str]) -> dict[str, Any]:
        """The findings of those of the files that were looked into at these paths with these contents."""
        blob = self._blobs.get(self._key_of(len(self._written))) if self._blobs else None
        before: dict[str, Kept] = json.loads(blob) if blob else {}
        self._asked = _by_directory(paths)
        found: dict[str, Any] = {}
        for directory, asked in self._asked.items() if before else ():
            kept = before.get(directory)
            if kept is None:
                continue
            digests = self._files.digests(asked.paths)
            if kept[:2] == [asked.names, digests]:
                self._unmoved[directory] = kept
                found.update(zip(asked.paths, kept[2], strict=True))
            else:
                then = dict(zip(zip(kept[0], _each(kept[1]), strict=True), kept[2], strict=True))
                now = zip(asked.paths, zip(asked.names, _each(digests), strict=True), strict=True)
                found |= {path: then[file] for path, file in now if file in then}
        return found

    def keep(self, findings: Mapping[str, Any]) -> None:
        """Write down what is known now of the files that were asked about, JSON values only, if anything is new.

        It is written at once, for those who get the findings may change them.
        """
        is_new = self._blobs and findings and len(self._unmoved) < len(self._asked)
        self._written.append(b"{%b}" % b",".join(self._pieces(findings)) if is_new else b"")
        self._unmoved = {}

    def save(self) -> None:
        """Keep it for the next run; a full disk only costs the work again."""
        for number, written in enumerate(self._written):
            if self._blobs and written:
                with suppress(OSError):
                    self._blobs.put(self._key_of(number), written, time.time())

    def _key_of(self, scan: int) -> str:
        return digest_of([self._key, str(scan)])

    def _pieces(self, findings: Mapping[str, Any]) -> Iterator[bytes]:
        """The directories as JSON, some at a time: while it writes, `json` holds each number and name apart."""
        moved = [directory for directory in self._asked if directory not in self._unmoved]
        for some in _some_at_a_time(moved):
            yield from _written(self._without_secrets(some, findings))
        for some in _some_at_a_time([*self._unmoved]):
            yield from _written({directory: self._unmoved[directory] for directory in some})

    def _without_secrets(self, directories: Sequence[str], findings: Mapping[str, Any]) -> dict[str, Kept]:
        """What may lie on a disk of them; a file with a secret in its path or its finding is looked into each time."""
        some = {directory: self._of(directory, findings) for directory in directories}
        told = [[directory, kept[0], kept[2]] for directory, kept in some.items()]
        if redacted(told) is not told:
            some = {directory: self._of(directory, findings, but_for=_holds_a_secret) for directory in directories}
        return {directory: kept for directory, kept in some.items() if kept[0]}

    def _of(
        self, directory: str, findings: Mapping[str, Any], but_for: Callable[[list[Any]], bool] = lambda _row: False
    ) -> Kept:
        """What there is to keep of a directory: nothing of a file that could not be looked into."""
        rows = [
            (name, path, findings[path])
            for name, path in zip(*self._asked[directory], strict=True)
            if path in findings and not but_for([path, findings[path]])
        ]
        digests = self._files.digests([path for _, path, _ in rows])
        return [[name for name, _, _ in rows], digests, [finding for _, _, finding in rows]]


def _holds_a_secret(row: list[Any]) -> bool:
    return redacted(row) is not row


def _by_directory(paths: Iterable[str]) -> dict[str, _Asked]:
    directories: dict[str, _Asked] = {}
    last, asked = None, _Asked([], [])
    for path in paths:
        directory, _, name = path.rpartition("/")
        if directory != last:
            last, asked = directory, directories.setdefault(directory, _Asked([], []))
        asked.names.append(name)
        asked.paths.append(path)
    return directories


def _some_at_a_time(directories: Sequence[str]) -> Iterator[Sequence[str]]:
    return (directories[start : start + _AT_A_TIME] for start in range(0, len(directories), _AT_A_TIME))


def _each(digests: str) -> list[str]:
    return [digests[at : at + DIGITS] for at in range(0, len(digests), DIGITS)]


def _written(some: Mapping[str, Kept]) -> Iterator[bytes]:
    if some:
        yield json.dumps(some, separators=(",", ":")).encode()[1:-1]

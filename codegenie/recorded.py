"""The file of the stat index: which paths there were, and a record of how each looked; whole and ours, or nothing."""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

from codegenie.cache import read_whole, split, write_atomically
from codegenie.hashing import digest, proof, stream
from codegenie.looks import RECORD

MAGIC = b"codegenie-index 3"
_CAP = 1 << 30
_AT_ONCE = 4096  # records or paths


class Recorded:
    """What a file of the index holds: `records`, one after another, of the `paths`, which are sorted.

    Its `header` is empty where there is no file, or it is damaged, of another version, or another user's.
    """

    def __init__(self, header: bytes = b"", records: bytes = b"", names: bytes = b"") -> None:
        self.header = header
        self.records = records
        self._names = names  # the paths, each ended by NUL

    @classmethod
    def load(cls, file: str, *, below: str, secret: bytes) -> "Recorded":
        """What `save` has written.  From the directory `below` on nothing may be a link."""
        content = read_whole(file, _CAP, below=below) or b""
        body = content.find(b"\n") + 1
        if not content or content[:body] != _header(digest(memoryview(content)[body:]), secret):
            return cls()
        start = content.find(b"\n", body) + 1
        names = start + int(content[body : start - 1]) * RECORD.size
        return cls(content[:body], content[start:names], content[names:])

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths that there are records of."""
        return tuple(chain.from_iterable(split(self._names)))

    @cached_property
    def names_digest(self) -> str:
        """What `hashing.digest_of_names` says of the paths."""
        return digest(memoryview(self._names)[:-1])

    def is_of(self, paths: tuple[str, ...]) -> bool:
        """Whether these are the paths."""
        return paths is self.__dict__.get("paths") or self._names == _ended(paths)

    def places(self, paths: tuple[str, ...]) -> dict[str, int]:
        """Where in `records` that of each path begins, if there is one; the paths are sorted.

        The keys are the caller's own strings, as those of a big repository would else stand in memory twice.
        """
        starts = range(0, len(self.records), RECORD.size)
        if self.is_of(paths):
            return dict(zip(paths, starts, strict=True))
        known: dict[str, int] = {}
        at = 0
        for start, path in zip(starts, chain.from_iterable(split(self._names)), strict=True):
            while at < len(paths) and paths[at] < path:
                at += 1
            if at < len(paths) and paths[at] == path:
                known[paths[at]] = start
        return known

    def save(self, file: str, paths: Sequence[str], records: list[bytes], *, below: str, secret: bytes) -> None:
        """Write a file that holds these, unless this one does.  Raises OSError."""
        seal = stream()
        for chunk in _body(paths, records):
            seal.update(chunk)
        header = _header(seal.hexdigest(), secret)
        if header != self.header:
            write_atomically(file, chain([header], _body(paths, records)), below=below)


def _body(paths: Sequence[str], records: list[bytes]) -> Iterator[bytes]:
    """What follows the header: how many, the records, and the paths ended by NUL; in chunks."""
    yield b"%d\n" % len(paths)
    for start in range(0, len(paths), _AT_ONCE):
        yield b"".join(records[start : start + _AT_ONCE])
    for start in range(0, len(paths), _AT_ONCE):
        yield _ended(paths[start : start + _AT_ONCE])


def _ended(paths: Sequence[str]) -> bytes:
    return os.fsencode("\0".join([*paths, ""]))


def _header(found: str, secret: bytes) -> bytes:
    """The first line of a file whose other content has this digest."""
    return b"%s %s\n" % (MAGIC, proof(found.encode(), secret).encode())

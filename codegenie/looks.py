"""What is known of files: a record each of how a file looked, and of its content then: digest and kind."""

import os
import struct
from collections.abc import Iterable, Iterator, Mapping

from codegenie.probe import KINDS, Kind

RECORD = struct.Struct("<QqqqQ16sB")  # inode, size, mtime_ns, ctime_ns, bytes hashed, digest, kind of content
_SEEN = struct.Struct("<QqqqQ")  # a record as far as it is seen from outside
LOOK = _SEEN.size
TOLD = LOOK + 16  # where the digest ends
DIGITS = 32  # of a digest in hexadecimal
_SIZE = struct.Struct("<8xq")


def look_of(found: os.stat_result, cap: int) -> bytes:
    """A record as far as it is seen from outside: what changes when a file is written to."""
    return _SEEN.pack(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, cap)


class Looks(Mapping[str, int]):
    """The sizes of the inputs that there are records of.

    As the `watch` of a `Root` it notices whether what is read is what the index has seen.
    """

    def __init__(self, paths: Iterable[str], records: bytes, cap: int) -> None:
        self._at = dict(zip(paths, range(0, len(records), RECORD.size), strict=True))
        self._records = records
        self._cap = cap
        self.moved = False
        """Whether a file that was read no longer looked as it did when its digest was taken."""

    def __getitem__(self, path: str) -> int:
        size: int = _SIZE.unpack_from(self._records, self._at[path])[0]
        return size

    def __contains__(self, path: object) -> bool:
        return path in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    def digests(self, paths: Iterable[str]) -> str:
        """The digests of the files one after another, in hexadecimal."""
        at, records = self._at, self._records
        return b"".join([records[at[path] + LOOK : at[path] + TOLD] for path in paths]).hex()

    def kind(self, path: str) -> Kind:
        """The kind of a file's content."""
        return KINDS[self._records[self._at[path] + TOLD]]

    def watch(self, path: str, look: os.stat_result | None) -> None:
        """Compare a file with what was seen of it."""
        self.moved |= look is None or not self._records.startswith(look_of(look, self._cap), self._at[path])

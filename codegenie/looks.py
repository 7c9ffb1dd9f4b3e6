"""What is known of files: a record each of how a file looked, and of the digest that its content had then."""

import os
import struct
from collections.abc import Iterable, Iterator, Mapping

from codegenie.probe import InputFile

RECORD = struct.Struct("<QqqqQ16s")  # inode, size, mtime_ns, ctime_ns, bytes hashed, digest
_SEEN = struct.Struct("<QqqqQ")  # a record without the digest
LOOK = _SEEN.size


def look_of(found: os.stat_result, cap: int) -> bytes:
    """A record without its digest: what changes when a file is written to."""
    return _SEEN.pack(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, cap)


class Looks(Mapping[str, InputFile]):
    """The inputs that there are records of, each made when it is asked for: all at once take five times the memory.

    As the `watch` of a `Root` it notices whether what is read is what the index has seen.
    """

    def __init__(self, paths: Iterable[str], records: bytes, cap: int) -> None:
        self._at = {path: number * RECORD.size for number, path in enumerate(paths)}
        self._records = records
        self._cap = cap
        self.moved = False
        """Whether a file that was read no longer looked as it did when its digest was taken."""

    def __getitem__(self, path: str) -> InputFile:
        _, size, _, _, _, digest = RECORD.unpack_from(self._records, self._at[path])
        return InputFile(digest.hex(), size)

    def __contains__(self, path: object) -> bool:
        return path in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    def watch(self, path: str, look: os.stat_result | None) -> None:
        """Compare a file with what was seen of it."""
        self.moved |= look is None or not self._records.startswith(look_of(look, self._cap), self._at[path])

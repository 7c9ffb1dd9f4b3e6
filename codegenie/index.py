"""The stat index: the digest each file had when it last looked as it does now, so that most are never read again.

One stat and at most one hash per file and run.  A file's look is (inode, size, mtime, ctime); it is trusted on later
runs only if the file was at rest when it was hashed: both times older than the file system's clock at the start of
the run by more than the clock's grain (git's "racy" rule).
"""

import math
import os
import stat
import threading
import time
from collections.abc import Iterable, Sequence

from codegenie.beneath import Root
from codegenie.errors import Refused
from codegenie.hashing import CHUNK, digest, digest_of, digest_of_names, stand_in, stream
from codegenie.looks import LOOK, RECORD, TOLD, look_of
from codegenie.probe import BEGINNING, KINDS, kind_of
from codegenie.recorded import Recorded

_NO_RECORD = bytes(RECORD.size)  # of what is no regular file, was not at rest, or was never asked for
_KIND = {kind: bytes([number]) for number, kind in enumerate(KINDS)}

ABSENT = "absent"
UNREADABLE = "unreadable"
LATE = "late"


class Index:
    """What stands at each path: 32 hexadecimal digits for a regular file, a word like `absent` or `link` otherwise.

    `paths` is the listing, sorted; what is recorded of other paths is forgotten.
    `cap` is the most of a file that any probe may see; the digest covers that much, and the size.  No file is read
    after `ends_at`, by the monotonic clock; those that would be are `late`.
    `recorded` is what the last run knew.
    Safe for threads.  `statted` and `hashed` count files.
    """

    def __init__(
        self,
        root: Root,
        paths: tuple[str, ...],
        recorded: Recorded | None = None,
        *,
        cap: int,
        hash_all: bool = False,
        ends_at: float = math.inf,
    ) -> None:
        self._root = root
        self._paths = paths
        self._before = recorded or Recorded()
        self._cap = cap
        self._hash_all = hash_all
        self._ends_at = ends_at
        self._lock = threading.Lock()
        self._records, self._known = self._before.records, self._before.places(paths)
        # What was seen, each path in one of these:
        self._unmoved: dict[str, bytes] = {}  # the digests of regular files that look as is recorded
        self._read: dict[str, bytes] = {}  # the records of those that were read
        self._unread: dict[str, bytes] = {}  # the looks of those that are to be
        self._words: dict[str, str] = {}  # what stands where no regular file does
        self._unstable: set[str] = set()
        self._digests: dict[tuple[str, ...], str] = {}
        self.changed: set[str] = set()
        """Those hashed to another digest than was recorded."""
        self.statted = 0
        self.hashed = 0

    def present(self, *, is_straight: bool = False) -> tuple[str, ...]:
        """The paths at which anything stands; all are looked at afresh, but not read.

        `is_straight` says that no directory above them is a link: they need not be opened then.
        """
        absent = set()
        found_at = self._root.found_straight if is_straight else self._root.found
        known, records, cap = {} if self._hash_all else self._known, self._records, self._cap
        unmoved = self._unmoved
        with self._lock:
            self._lose(*self._paths)
            self._digests = {}
            others = len(unmoved)
            for path in self._paths:  # the longest of all loops: what `_see` does, with few calls for what is unmoved
                try:
                    found = found_at(path)
                except (OSError, ValueError):
                    self._see(path)
                    if self._words.get(path) == ABSENT:
                        absent.add(path)
                    continue
                at = known.get(path)
                if at is not None and records.startswith(look_of(found, cap), at):
                    unmoved[path] = records[at + LOOK : at + TOLD]
                else:
                    self._take_in(path, found)
            self.statted += len(unmoved) - others
        return tuple(path for path in self._paths if path not in absent) if absent else self._paths

    def state(self, path: str) -> str:
        """The digest of a regular file; else `absent`, `link:<digest of its text>`, `directory`, `special`, ..."""
        with self._lock:
            entry = self._entry(path)
        return entry if isinstance(entry, str) else entry[LOOK:TOLD].hex()

    def digest_of(self, paths: tuple[str, ...]) -> str:
        """One digest of the paths that exist and their states; several probes ask for the same set."""
        with self._lock:
            unread = [path for path in paths if path in self._unread] if paths not in self._digests else ()
        for path in unread:
            with self._lock:  # others may ask between two files
                if path in self._unread:
                    self._take_up(path)
        with self._lock:
            if paths not in self._digests:
                there, states = self._states(paths)
                assert len(states) == 16 * len(there)
                self._digests[paths] = digest_of([digest_of_names(there), digest(states)])
            return self._digests[paths]

    def _states(self, paths: Sequence[str]) -> tuple[Sequence[str], bytes]:
        """Those of the paths that exist, and what stands at each, in 16 bytes."""
        states = [self._unmoved.get(path) or self._state(path) for path in paths]
        there = [path for path, state in zip(paths, states, strict=True) if state] if b"" in states else paths
        return there, b"".join(states)

    def _state(self, path: str) -> bytes:
        """What stands at a path, in 16 bytes; none where it is absent."""
        entry = self._read.get(path) or self._entry(path)
        if isinstance(entry, str):
            return b"" if entry == ABSENT else stand_in(entry)
        return entry[LOOK:TOLD]

    def regular(self, paths: tuple[str, ...]) -> tuple[tuple[str, ...], list[bytes]]:
        """Those of the paths that are regular files, and their records: see `looks`."""
        with self._lock:
            entries = [
                self._records[(at := self._known[path]) : at + RECORD.size]
                if path in self._unmoved
                else self._read.get(path) or self._entry(path)
                for path in paths
            ]
        if not self._words:
            return paths, [entry for entry in entries if isinstance(entry, bytes)]
        files = [(path, entry) for path, entry in zip(paths, entries, strict=True) if isinstance(entry, bytes)]
        return tuple(path for path, _ in files), [record for _, record in files]

    def irregular(self, paths: tuple[str, ...]) -> list[tuple[str, str]]:
        """Those that are none, and the word for what they are."""
        with self._lock:
            others = [path for path in paths if path not in self._unmoved and path not in self._read]
            return [(path, entry) for path in others if isinstance(entry := self._entry(path), str)]

    def was_at_rest(self, paths: Iterable[str]) -> bool:
        """Whether none of the files was written to while its digest was taken."""
        with self._lock:
            return self._unstable.isdisjoint(paths)

    def size(self, path: str) -> int:
        """The size in bytes as last stat-ed; 0 for what is not a regular file."""
        with self._lock:
            entry = self._entry(path)
        return 0 if isinstance(entry, str) else int.from_bytes(entry[8:16], "little")

    def moved(self, path: str) -> bool:
        """True if the file no longer looks as it did when its digest was taken, or moved while it was."""
        with self._lock:
            before = self._recorded(path) if path in self._unmoved else self._seen(path)
            self.statted += 1
            look = self._root.lstat(path)
            if isinstance(before, bytes):
                return path in self._unstable or look is None or look_of(look, self._cap) != before[:LOOK]
            return look is not None and stat.S_ISREG(look.st_mode) and before != UNREADABLE

    def forget(self, path: str) -> None:
        """Look at this path afresh when it is next asked for."""
        with self._lock:
            self._lose(path)
            self._digests = {}
            self._root.forget()

    def save(self, file: str, settled: int, *, below: str, secret: bytes) -> None:
        """Write what is known for the next run, if it is anything new.  Raises OSError.

        A file is known of if its times are before `settled`, in nanoseconds.
        """
        if self.hashed or not (self._before.header and self._before.is_of(self._paths)):
            records = [self._kept(path, settled) for path in self._paths]
            self._before.save(file, self._paths, records, below=below, secret=secret)

    def _kept(self, path: str, settled: int) -> bytes:
        """The record to keep of a path: what is known now, or was and was not asked for."""
        if path in self._words or path in self._unstable:
            return _NO_RECORD
        record = self._read.get(path)
        if record is None:
            return self._recorded(path)
        return record if max(_times(record)) < settled else _NO_RECORD

    def _entry(self, path: str) -> bytes | str:
        """The record of a regular file, which is read if it must be; else the word."""
        if self._seen(path) is None and path not in self._unmoved:
            self._see(path)
        if path in self._unread:
            self._take_up(path)
        return self._recorded(path) if path in self._unmoved else self._read.get(path) or self._words[path]

    def _take_up(self, path: str) -> None:
        """Read a file that is to be."""
        entry = self._hashed(path)
        del self._unread[path]
        if isinstance(entry, str):
            self._words[path] = entry
        else:
            self._read[path] = entry

    def _seen(self, path: str) -> bytes | str | None:
        """The record or the look of a file that is not as recorded, or the word; None of what was not looked at."""
        return self._read.get(path) or self._unread.get(path) or self._words.get(path)

    def _see(self, path: str) -> None:
        """Look at what stands at a path."""
        self._take_in(path, self._root.lstat(path))

    def _take_in(self, path: str, found: os.stat_result | None) -> None:
        self.statted += 1
        if found is None or not stat.S_ISREG(found.st_mode):
            self._words[path] = self._irregular(path, found)
            return
        look = look_of(found, self._cap)
        at = self._known.get(path)
        if at is not None and self._records.startswith(look, at) and not self._hash_all:
            self._unmoved[path] = self._records[at + LOOK : at + TOLD]
        else:
            self._unread[path] = look

    def _lose(self, *paths: str) -> None:
        """What was seen of the paths is no longer so."""
        for seen in (self._unmoved, self._read, self._unread, self._words):
            for path in paths if seen else ():
                seen.pop(path, None)

    def _recorded(self, path: str) -> bytes:
        at = self._known.get(path)
        return _NO_RECORD if at is None else self._records[at : at + RECORD.size]

    def _hashed(self, path: str) -> bytes | str:
        """Read and hash one open file; the stat is of the same descriptor, before and after."""
        if time.monotonic() > self._ends_at:
            return LATE
        self.hashed += 1
        try:
            descriptor, opened = self._root.open(path)
        except Refused:
            return UNREADABLE
        try:
            before = look_of(opened, self._cap)
            found = _told(descriptor, self._cap, opened.st_size)
            after = look_of(os.fstat(descriptor), self._cap)
        except OSError:
            return UNREADABLE
        finally:
            os.close(descriptor)
        (self._unstable.discard if before == after else self._unstable.add)(path)
        if self._recorded(path)[LOOK:TOLD] not in (found[:-1], _NO_RECORD[LOOK:TOLD]):
            self.changed.add(path)
        return before + found  # whoever reads it as it is after, sees that it has moved

    def _irregular(self, path: str, look: os.stat_result | None) -> str:
        if look is None:
            return UNREADABLE if self._root.is_closed(path) else ABSENT
        if stat.S_ISLNK(look.st_mode):
            try:
                return f"link:{digest(os.fsencode(self._root.link_text(path)))}"
            except OSError:
                return "link"
        return "directory" if stat.S_ISDIR(look.st_mode) else "special"


def _told(descriptor: int, cap: int, size: int) -> bytes:
    """What a record says of a content: its kind, after the digest of its first `cap` bytes, and of its size if over.

    At its length as last seen, `size`, it ends: that it grew shows when it is looked at again.  Nor is there more room
    made for it; to make room for a megabyte would take a small file more time than to read it.
    """
    state = stream()
    left = cap
    room = min(CHUNK, size + 1)
    beginning = b""  # a read may give less than it was asked for
    while left > 0 and (chunk := os.read(descriptor, min(room, left))):
        if len(beginning) < BEGINNING:
            beginning += chunk
        state.update(chunk)
        left -= len(chunk)
        if cap - left == size:
            break
    if left == 0:
        state.update(b"%d" % os.fstat(descriptor).st_size)
    return state.digest() + _KIND[kind_of(beginning)]


def _times(record: bytes) -> tuple[int, int]:
    _, _, mtime, ctime, _, _, _ = RECORD.unpack(record)
    return mtime, ctime

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
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from codegenie.beneath import Root
from codegenie.cache import read_whole, split, write_atomically
from codegenie.errors import Refused
from codegenie.hashing import CHUNK, digest, digest_of, digest_of_names, proof, stand_in, stream
from codegenie.looks import LOOK, RECORD, look_of

MAGIC = b"codegenie-index 2"
INDEX_CAP = 1 << 30
_FINE_GRAIN_NS = 10_000_000  # ext4, xfs, btrfs, tmpfs: a jiffy, 1-10 ms
_COARSE_GRAIN_NS = 2_000_000_000  # FAT's two seconds, and whatever we do not know
_FINE_GRAINED = frozenset({"apfs", "bcachefs", "btrfs", "ext4", "f2fs", "tmpfs", "xfs", "zfs"})

_NO_RECORD = bytes(RECORD.size)  # of what is no regular file, was not at rest, or was never asked for

ABSENT = "absent"
UNREADABLE = "unreadable"
LATE = "late"


class Index:
    """What stands at each path: 32 hexadecimal digits for a regular file, a word like `absent` or `link` otherwise.

    `paths` is the listing, sorted; what is recorded of other paths is forgotten.
    `cap` is the most of a file that any probe may see; the digest covers that much, and the size.  No file is read
    after `ends_at`, by the monotonic clock; those that would be are `late`.
    What is kept in `file`, beneath the directory `below`, is sealed with the secret.
    Safe for threads.  `statted` and `hashed` count files.
    """

    def __init__(
        self,
        root: Root,
        paths: tuple[str, ...],
        *,
        file: str | None,
        below: str = "",
        secret: bytes = b"",
        cap: int,
        hash_all: bool = False,
        ends_at: float = math.inf,
    ) -> None:
        self._root = root
        self._paths = paths
        self._file = file
        self._below = below or os.path.dirname(file or "")
        self._secret = secret
        self._cap = cap
        self._hash_all = hash_all
        self._ends_at = ends_at
        self._lock = threading.Lock()
        self._header, self._known, self._records = _load(file, paths, self._below, secret)
        self._is_complete = self._header != b"" and len(paths) == len(self._known) == len(self._records) // RECORD.size
        self._now: dict[str, bytes | str] = {}  # a record for a regular file, or the look alone; else the word
        self._unread: set[str] = set()  # those of which there is the look alone
        self._unstable: set[str] = set()
        self._digests: dict[tuple[str, ...], str] = {}
        self.changed: set[str] = set()
        """Those hashed to another digest than was recorded."""
        self.statted = 0
        self.hashed = 0

    def present(self) -> tuple[str, ...]:
        """The paths at which anything stands; they are stat-ed, but not read."""
        absent = set()
        lstat, known, records = self._root.lstat, self._known, self._records
        with self._lock:
            for path in self._paths:  # as `_seen` does for one, in fewer calls: of all loops the longest
                found = lstat(path)
                if found is not None and stat.S_ISREG(found.st_mode):
                    look = look_of(found, self._cap)
                    at = known.get(path)
                    if at is not None and records.startswith(look, at) and not self._hash_all:
                        self._now[path] = records[at : at + RECORD.size]
                    else:
                        self._now[path] = look
                        self._unread.add(path)
                    self.statted += 1
                elif self._seen(path) == ABSENT:
                    absent.add(path)
        return tuple(path for path in self._paths if path not in absent) if absent else self._paths

    def state(self, path: str) -> str:
        """The digest of a regular file; else `absent`, `link:<digest of its text>`, `directory`, `special`, ..."""
        with self._lock:
            entry = self._entry(path)
        return entry if isinstance(entry, str) else entry[LOOK:].hex()

    def digest_of(self, paths: tuple[str, ...]) -> str:
        """One digest of the paths that exist and their states; several probes ask for the same set."""
        with self._lock:
            unread = [path for path in paths if path in self._unread] if paths not in self._digests else ()
        for path in unread:
            with self._lock:  # others may ask between two files
                self._entry(path)
        with self._lock:
            if paths not in self._digests:
                entries = [self._now.get(path) or self._entry(path) for path in paths]
                there: Sequence[str] = paths
                if ABSENT in entries:
                    there = [path for path, entry in zip(paths, entries, strict=True) if entry != ABSENT]
                    entries = [entry for entry in entries if entry != ABSENT]
                states = b"".join([_state(entry) if isinstance(entry, str) else entry[LOOK:] for entry in entries])
                assert len(states) == 16 * len(there)
                self._digests[paths] = digest_of([digest_of_names(there), digest(states)])
            return self._digests[paths]

    def regular(self, paths: tuple[str, ...]) -> tuple[list[str], list[bytes]]:
        """Those of the paths that are regular files, and their records: see `looks`."""
        with self._lock:
            found = [path for path in paths if isinstance(self._entry(path), bytes)]
            records = [entry for path in found if isinstance(entry := self._now[path], bytes)]
        return found, records

    def irregular(self, paths: tuple[str, ...]) -> list[tuple[str, str]]:
        """Those that are none, and the word for what they are."""
        with self._lock:
            return [(path, entry) for path in paths if isinstance(entry := self._entry(path), str)]

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
            before = self._now.get(path)
            self.statted += 1
            look = self._root.lstat(path)
            if isinstance(before, bytes):
                return path in self._unstable or look is None or self._look(look) != before[:LOOK]
            return look is not None and stat.S_ISREG(look.st_mode) and before != UNREADABLE

    def forget(self, path: str) -> None:
        """Look at this path afresh when it is next asked for."""
        with self._lock:
            self._now.pop(path, None)
            self._unread.discard(path)
            self._digests = {}
            self._root.forget()

    def save(self, clock_ns: int, mount: str) -> None:
        """Write the index, if it says anything new.  Raises OSError.

        `clock_ns` is the file system's time at the start of the run, `mount` any place on that file system.
        """
        if self._file is None or (self._is_complete and not self.hashed):
            return
        settled = clock_ns - _grain_ns(mount)
        records = [self._kept(path, settled) for path in self._paths]
        seal = stream()
        for chunk in _body(self._paths, records):
            seal.update(chunk)
        header = _header(seal.hexdigest(), self._secret)
        if header != self._header:
            write_atomically(self._file, chain([header], _body(self._paths, records)), below=self._below)

    def _kept(self, path: str, settled: int) -> bytes:
        """The record to keep of a path: what is known now, or was and was not asked for."""
        entry = self._now.get(path)
        if entry is None or path in self._unread:
            return self._recorded(path)
        if isinstance(entry, str) or path in self._unstable:
            return _NO_RECORD
        return entry if max(_times(entry)) < settled else _NO_RECORD

    def _seen(self, path: str) -> bytes | str:
        """The look of a regular file, with its digest if that is known; else the word."""
        entry = self._now.get(path)
        if entry is None:
            self.statted += 1
            found = self._root.lstat(path)
            if found is None:
                entry = UNREADABLE if self._root.is_closed(path) else ABSENT
            else:
                entry = self._regular(path, found) if stat.S_ISREG(found.st_mode) else self._irregular(path, found)
            self._now[path] = entry
        return entry

    def _entry(self, path: str) -> bytes | str:
        entry = self._seen(path)
        if path in self._unread:
            entry = self._now[path] = self._hashed(path)
            self._unread.discard(path)
        return entry

    def _regular(self, path: str, found: os.stat_result) -> bytes:
        """The look of a regular file, with the digest that was recorded for it."""
        look = self._look(found)
        recorded = self._recorded(path)
        if recorded.startswith(look) and not self._hash_all:
            return recorded
        self._unread.add(path)
        return look

    def _recorded(self, path: str) -> bytes:
        at = self._known.get(path)
        return _NO_RECORD if at is None else self._records[at : at + RECORD.size]

    def _look(self, found: os.stat_result) -> bytes:
        return look_of(found, self._cap)

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
            before = self._look(opened)
            found = _digest(descriptor, self._cap, opened.st_size)
            after = self._look(os.fstat(descriptor))
        except OSError:
            return UNREADABLE
        finally:
            os.close(descriptor)
        (self._unstable.discard if before == after else self._unstable.add)(path)
        if self._recorded(path)[LOOK:] not in (found, _NO_RECORD[LOOK:]):
            self.changed.add(path)
        return after + found

    def _irregular(self, path: str, look: os.stat_result) -> str:
        if stat.S_ISLNK(look.st_mode):
            try:
                return f"link:{digest(os.fsencode(self._root.link_text(path)))}"
            except OSError:
                return "link"
        return "directory" if stat.S_ISDIR(look.st_mode) else "special"


def _digest(descriptor: int, cap: int, size: int) -> bytes:
    """The digest of a file's first `cap` bytes, and of its size where there is more.

    At its length as last seen, `size`, it ends: that it grew shows when it is looked at again.  Nor is there more room
    made for it; to make room for a megabyte would take a small file more time than to read it.
    """
    state = stream()
    left = cap
    room = min(CHUNK, size + 1)
    while left > 0 and (chunk := os.read(descriptor, min(room, left))):
        state.update(chunk)
        left -= len(chunk)
        if cap - left == size:
            break
    if left == 0:
        state.update(b"%d" % os.fstat(descriptor).st_size)
    return state.digest()


def _state(entry: bytes | str) -> bytes:
    """What stands at a path, in 16 bytes."""
    return stand_in(entry) if isinstance(entry, str) else entry[LOOK:]


def _times(record: bytes) -> tuple[int, int]:
    _, _, mtime, ctime, _, _ = RECORD.unpack(record)
    return mtime, ctime


def _body(paths: Sequence[str], records: list[bytes]) -> Iterator[bytes]:
    """What an index file holds after its header: how many, the records, and the paths ended by NUL; in chunks."""
    yield b"%d\n" % len(paths)
    for start in range(0, len(paths), 4096):
        yield b"".join(records[start : start + 4096])
    for start in range(0, len(paths), 4096):
        yield _ended(paths[start : start + 4096])


def _ended(paths: Sequence[str]) -> bytes:
    return os.fsencode("\0".join([*paths, ""]))


def _header(found: str, secret: bytes) -> bytes:
    """The first line of an index file whose other content has this digest."""
    return b"%s %s\n" % (MAGIC, proof(found.encode(), secret).encode())


def _load(file: str | None, paths: tuple[str, ...], below: str, secret: bytes) -> tuple[bytes, dict[str, int], bytes]:
    """The header, the place of the record of each path that is recorded, and the records.

    Nothing at all of a file that is damaged, of another version, or another's.  Both lists of paths are sorted; the
    keys are the caller's own strings, as those of a big repository would else stand in memory twice.
    """
    content = read_whole(file, INDEX_CAP, below=below) if file else None
    body = content.find(b"\n") + 1 if content else 0
    if not content or content[:body] != _header(digest(memoryview(content)[body:]), secret):
        return b"", {}, b""
    start = content.find(b"\n", body) + 1
    names = start + int(content[body : start - 1]) * RECORD.size
    records = content[start:names]
    places = range(0, len(records), RECORD.size)
    if memoryview(content)[names:] == _ended(paths):
        return content[:body], dict(zip(paths, places, strict=True)), records
    known: dict[str, int] = {}
    at = 0
    for place, path in zip(places, chain.from_iterable(split(content, names)), strict=True):
        while at < len(paths) and paths[at] < path:
            at += 1
        if at < len(paths) and paths[at] == path:
            known[paths[at]] = place
    return content[:body], known, records


def _grain_ns(mount: str) -> int:
    """How far apart two writes must be for their times to differ, on the file system that holds `mount`."""
    try:
        device = os.stat(mount).st_dev
        name = f"{os.major(device)}:{os.minor(device)}"
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
            for line in mounts:
                if line.split(" ", 3)[2] == name:
                    kind = line.partition(" - ")[2].split(" ", 1)[0]
                    return _FINE_GRAIN_NS if kind in _FINE_GRAINED else _COARSE_GRAIN_NS
    except (OSError, IndexError):
        pass
    return _COARSE_GRAIN_NS

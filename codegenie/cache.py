"""The content cache: blobs that verify themselves, named by their cache key; and the one way files are written."""

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from codegenie.beneath import Root
from codegenie.errors import Refused
from codegenie.formats.patterns import lazily
from codegenie.hashing import proof_stream

BLOB_FORMAT = "codegenie-blob 1"
BLOB_CAP = 256 << 20
UNUSED_DAYS = 30  # what `cache gc` keeps of blobs that nothing has asked for
_TEMPORARY = ".tmp"
_WRITER = lazily(r"\..*\.(\d+)(?:\.[0-9a-f]+)?\.tmp", re.DOTALL)  # the process, in a temporary file's name
_LITTER_SECONDS = 3600
_DEEPEST = 4  # directories below one of ours
_STRIDE = 64 << 10
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_atomically(
    path: str, content: bytes | Iterable[bytes], *, below: str, durable: bool = False, mode: int = 0o666
) -> None:
    """Replace the file at `path` in one step: readers see the old content or the new one, whole.

    From the directory `below` on nothing may be a link, also not at the moment of writing; what is missing of the
    directories after it is made.  Content that is large comes in chunks.
    `durable` also survives power loss, for some milliseconds.  Raises OSError; the old file then stands untouched.
    """
    with Root(below) as root:
        directory, name = root.reached(_beneath(path, below), make=True)
        temporary = f".{name}.{os.getpid()}.{os.urandom(4).hex()}{_TEMPORARY}"
        descriptor = os.open(temporary, _NEW, mode, dir_fd=directory)
        try:
            try:
                for chunk in (content,) if isinstance(content, bytes) else content:
                    view = memoryview(chunk)
                    while view:
                        view = view[os.write(descriptor, view) :]
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise
        if durable:
            with suppress(OSError):  # the new file stands; there are file systems that cannot sync a directory
                os.fsync(directory)


def read_whole(path: str, cap: int, *, below: str) -> bytes | None:
    """A regular file of our own; None where there is none, it is over `cap` bytes, or a link leads to it.

    From the directory `below` on nothing may be a link.
    """
    try:
        with Root(below) as root:
            return root.read(_beneath(path, below), cap)
    except (OSError, Refused):
        return None


class Proofs(NamedTuple):
    """The proofs of files of our own, for as long as one run takes.

    A target is asked for by its own task, by each that requires it and by the merge; it is read again only where it no
    longer looks as it did before it was read.
    """

    below: str
    known: dict[str, tuple[tuple[int, ...], str]]
    """Of each path how its file looked, and the proof."""

    def of(self, paths: Iterable[str], cap: int) -> Iterator[str | None]:
        """The proof of what `read_whole` gives for each of some files that lie near one another; None for none.

        No file is read whole: there are bills of materials of 30 MB.
        """
        try:
            root = Root(self.below)
        except OSError:
            yield from (None for _ in paths)
            return
        with root:
            for path in paths:
                try:
                    yield self._of(root, path, cap)
                except (OSError, ValueError, Refused):
                    yield None

    def _of(self, root: Root, path: str, cap: int) -> str | None:
        inner = _beneath(path, self.below)
        known = self.known.get(path)
        if known and known[0] == _look(found := root.found(inner)):
            return known[1] if found.st_size <= cap else None
        descriptor, found = root.open(inner)
        try:
            if found.st_size > cap:
                return None
            proof = _proof(descriptor, cap)
        finally:
            os.close(descriptor)
        self.known[path] = _look(found), proof
        return proof


def _look(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _proof(descriptor: int, cap: int) -> str:
    state = proof_stream()
    while cap > 0 and (chunk := os.read(descriptor, min(cap, _STRIDE))):
        state.update(chunk)
        cap -= len(chunk)
    return state.hexdigest()


def make_directory(path: str, *, below: str) -> None:
    """Make a directory of our own, and those on the way to it; from the directory `below` on nothing may be a link."""
    with Root(below) as root:
        root.reached(f"{_beneath(path, below)}/-", make=True)  # whatever would be in it


def remove(path: str, *, below: str) -> None:
    """Remove a file of our own, or a link in its place; from the directory `below` on nothing else may be one."""
    with suppress(OSError), Root(below) as root:
        unlink(root, _beneath(path, below))


def sweep(directory: str, now: float, *, alone: bool = False) -> None:
    """Remove what killed processes left half-written under `directory`.

    Where others may be writing (not `alone`), that is what a process that is no more has left, or is an hour old.
    """
    with suppress(OSError), Root(directory) as root:
        waiting = [""]
        while waiting:
            path = waiting.pop()
            for name, found in root.entries(path):
                inner = f"{path}/{name}" if path else name
                if stat.S_ISDIR(found.st_mode) and inner.count("/") < _DEEPEST:
                    waiting.append(inner)
                elif (alone and _WRITER.fullmatch(name)) or _is_litter(name, found, now):
                    unlink(root, inner)


def unlink(root: Root, path: str) -> None:
    """Remove what stands at a path, if that can be done and it is no directory."""
    with suppress(OSError):
        directory, name = root.reached(path)
        os.unlink(name, dir_fd=directory)


def split(content: bytes, start: int = 0) -> Iterator[list[str]]:
    """The names that are ended by NULs, some hundred at a time.

    A list of all would cost more memory than the rest of a gather; one at a time, they would cost more time than git.
    """
    while (end := content.find(b"\0", start + _STRIDE)) >= 0 or (end := content.rfind(b"\0", start)) >= 0:
        yield os.fsdecode(content[start:end]).split("\0")
        start = end + 1


class Blobs(NamedTuple):
    """The blobs under one directory, sealed with the user's secret so that a stranger's are never read.

    Nothing may be a link from the directory on, or from the one `below` which it lies.
    """

    directory: str
    secret: bytes
    below: str = ""

    def path(self, key: str) -> str:
        """Where the blob of a key lies; sharded, so that no directory grows large."""
        return os.path.join(self.directory, "blobs", key[:2], f"{key}.json")

    def get(self, key: str, *, born_after: float = 0.0) -> bytes | None:
        """The payload of a key.  A blob that is missing, damaged, forged or too old is None; a damaged one goes."""
        path = self.path(key)
        content = read_whole(path, BLOB_CAP, below=self._top)
        if content is None:
            return None
        header, _, payload = content.partition(b"\n")
        try:
            kind, seal, created_at = json.loads(header)
        except (ValueError, TypeError, RecursionError):  # not JSON, not a list, or too deep to tell
            kind, seal, created_at = None, None, 0.0
        if kind != BLOB_FORMAT or seal != self._seal(key, created_at, payload):
            remove(path, below=self._top)
            return None
        return payload if created_at >= born_after else None

    def put(self, key: str, payload: bytes, created_at: float) -> None:
        """Keep a payload under its key; `created_at` is in seconds since 1970.  Raises OSError."""
        header = json.dumps([BLOB_FORMAT, self._seal(key, created_at, payload), created_at]).encode()
        os.makedirs(self._top, exist_ok=True)
        write_atomically(self.path(key), (header, b"\n", payload), below=self._top)

    def touch(self, key: str) -> None:
        """Note that a blob was of use, for `collect`."""
        with suppress(OSError), Root(self._top) as root:
            directory, name = root.reached(_beneath(self.path(key), self._top))
            os.utime(name, dir_fd=directory, follow_symlinks=False)

    def collect(self, now: float, ttl: float | None) -> tuple[int, int]:
        """Remove what can no longer be of use; the number of files removed and of bytes freed.

        That is: damaged blobs, blobs over their time to live, blobs not asked for in 30 days, and litter of crashes.
        """
        removed = freed = 0
        top = _beneath(os.path.join(self.directory, "blobs"), self._top)
        with suppress(OSError), Root(self._top) as root:
            for shard, kind in root.entries(top):
                for name, found in root.entries(f"{top}/{shard}") if stat.S_ISDIR(kind.st_mode) else ():
                    useless = _is_litter(name, found, now) or self._is_useless(name, found, now, ttl)
                    if useless:
                        unlink(root, f"{top}/{shard}/{name}")
                        removed += 1
                        freed += found.st_size
        return removed, freed

    @property
    def _top(self) -> str:
        return self.below or self.directory

    def _is_useless(self, name: str, found: os.stat_result, now: float, ttl: float | None) -> bool:
        key, json_, rest = name.partition(".json")
        if not json_ or rest:
            return False
        idle = now - found.st_mtime
        return idle > UNUSED_DAYS * 86400 or self.get(key, born_after=now - ttl if ttl else 0.0) is None

    def _seal(self, key: str, created_at: float, payload: bytes) -> str:
        state = blake2b(payload, key=self.secret[:64], digest_size=16, person=b"codegenie blob")
        state.update(f"\0{key}\0{created_at!r}".encode())
        return state.hexdigest()


def _is_litter(name: str, found: os.stat_result, now: float) -> bool:
    writer = _WRITER.fullmatch(name)
    return writer is not None and (now - found.st_mtime > _LITTER_SECONDS or not _lives(int(writer[1])))


def _lives(process: int) -> bool:
    """True unless the process is known to be gone."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OverflowError, PermissionError):
        return True
    return True


def _beneath(path: str, below: str) -> str:
    """A path relative to a directory that it begins with."""
    assert path.startswith(below)
    return path[len(below) :].strip("/")

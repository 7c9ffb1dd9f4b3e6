"""The content cache: blobs that verify themselves, named by their cache key; and the one way files are written."""

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from codegenie.beneath import read_upto

BLOB_FORMAT = "codegenie-blob 1"
BLOB_CAP = 256 << 20
UNUSED_DAYS = 30  # what `cache gc` keeps of blobs that nothing has asked for
_TEMPORARY = ".tmp"
_WRITER = re.compile(r"/\.[^/]*\.(\d+)(?:\.[0-9a-f]+)?\.tmp\Z")  # the process, in the name of a temporary file
_LITTER_SECONDS = 3600


def write_atomically(path: str, content: bytes | Iterable[bytes], *, durable: bool = False, mode: int = 0o666) -> None:
    """Replace the file at `path` in one step: readers see the old content or the new one, whole.

    Content that is large comes in chunks.
    `durable` also survives power loss, for some milliseconds.  Raises OSError; the old file then stands untouched.
    """
    directory, name = os.path.split(path)
    temporary = os.path.join(directory, f".{name}.{os.getpid()}.{os.urandom(4).hex()}{_TEMPORARY}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
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
        os.replace(temporary, path)
    except BaseException:
        _remove(temporary)
        raise
    if durable:
        with suppress(OSError):  # the new file stands; there are file systems that cannot sync a directory
            _sync_directory(directory or ".")


def read_whole(path: str, cap: int) -> bytes | None:
    """A regular file of our own state, not through a link; None where there is none, or it is over `cap` bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > cap:
            return None
        content = read_upto(descriptor, cap + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return content if len(content) <= cap else None


def split(content: bytes, start: int = 0) -> Iterator[bytes]:
    """What is ended by NULs, one at a time: a list of all of it would cost more memory than the rest of a gather."""
    while (end := content.find(b"\0", start)) >= 0:
        yield content[start:end]
        start = end + 1


class Blobs(NamedTuple):
    """The blobs under one directory, sealed with the user's secret so that a stranger's are never read."""

    directory: str
    secret: bytes

    def path(self, key: str) -> str:
        """Where the blob of a key lies; sharded, so that no directory grows large."""
        return os.path.join(self.directory, "blobs", key[:2], f"{key}.json")

    def get(self, key: str, *, born_after: float = 0.0) -> bytes | None:
        """The payload of a key.  A blob that is missing, damaged, forged or too old is None; a damaged one goes."""
        path = self.path(key)
        content = read_whole(path, BLOB_CAP)
        if content is None:
            return None
        header, _, payload = content.partition(b"\n")
        try:
            kind, seal, created_at = json.loads(header)
        except (ValueError, TypeError, RecursionError):  # not JSON, not a list, or too deep to tell
            kind, seal, created_at = None, None, 0.0
        if kind != BLOB_FORMAT or seal != self._seal(key, created_at, payload):
            _remove(path)
            return None
        return payload if created_at >= born_after else None

    def put(self, key: str, payload: bytes, created_at: float) -> None:
        """Keep a payload under its key; `created_at` is in seconds since 1970.  Raises OSError."""
        path = self.path(key)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        header = json.dumps([BLOB_FORMAT, self._seal(key, created_at, payload), created_at]).encode()
        write_atomically(path, header + b"\n" + payload)

    def touch(self, key: str) -> None:
        """Note that a blob was of use, for `collect`."""
        try:
            os.utime(self.path(key))
        except OSError:
            return

    def _seal(self, key: str, created_at: float, payload: bytes) -> str:
        state = blake2b(payload, key=self.secret[:64], digest_size=16, person=b"codegenie blob")
        state.update(f"\0{key}\0{created_at!r}".encode())
        return state.hexdigest()

    def collect(self, now: float, ttl: float | None) -> tuple[int, int]:
        """Remove what can no longer be of use; the number of files removed and of bytes freed.

        That is: damaged blobs, blobs over their time to live, blobs not asked for in 30 days, and litter of crashes.
        """
        removed = freed = 0
        for path, found in _files(self.directory):
            key = os.path.basename(path).removesuffix(".json")
            idle = now - found.st_mtime
            if path.endswith(_TEMPORARY):
                useless = idle > _LITTER_SECONDS
            else:
                useless = idle > UNUSED_DAYS * 86400 or self.get(key, born_after=now - ttl if ttl else 0.0) is None
            if useless:
                _remove(path)
                removed += 1
                freed += found.st_size
        return removed, freed


def sweep(directory: str, now: float, *, alone: bool = False) -> None:
    """Remove what killed processes left half-written under `directory`.

    Where others may be writing (not `alone`), that is what a process that is no more has left, or is an hour old.
    """
    for path, found in _files(directory):
        writer = _WRITER.search(path)
        if writer and (alone or now - found.st_mtime > _LITTER_SECONDS or not _lives(int(writer[1]))):
            _remove(path)


def _lives(process: int) -> bool:
    """True unless the process is known to be gone."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OverflowError, PermissionError):
        return True
    return True


def _files(directory: str) -> Iterator[tuple[str, os.stat_result]]:
    """Blobs and temporary files beneath; one that another process has just replaced or removed is passed over."""
    try:
        entries = list(os.scandir(directory))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.name.endswith((".json", _TEMPORARY)):
            with suppress(FileNotFoundError):
                yield entry.path, entry.stat(follow_symlinks=False)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _sync_directory(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

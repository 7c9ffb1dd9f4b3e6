"""Looking at and opening files beneath one directory, never through a link and never anything but regular files."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from errno import ELOOP, ENOTDIR
from functools import partial
from types import TracebackType
from typing import Self

from codegenie.errors import Refused

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a FIFO that was swapped in after the look must not wait for a writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NO_NAMES = frozenset({"", ".", ".."})
_CHUNK = 1 << 20


class Root:
    """A directory held open.  Paths are relative to it, with "/"; neither it nor a component of them may be a link.

    The directories on the way to the last path stay open, so that going through sorted paths opens each directory
    about once.  Not safe for threads.

    `watch` is told of each file that is read how it looked afterwards, None where it cannot be opened.
    """

    def __init__(self, path: str, watch: Callable[[str, os.stat_result | None], None] | None = None) -> None:
        self.path = path
        self._watch = watch
        self._trail: list[tuple[str, int]] = [("", os.open(path, _DIRECTORY))]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the directory; the object cannot be used again."""
        while self._trail:
            with suppress(OSError):  # of a directory nothing is lost
                os.close(self._trail.pop()[1])

    def forget(self) -> None:
        """Look at every directory afresh from here on (between two runs in one process)."""
        while len(self._trail) > 1:
            os.close(self._trail.pop()[1])

    def lstat(self, path: str) -> os.stat_result | None:
        """What stands at `path`, links not followed; None where nothing does, or only through a link."""
        try:
            return self.found(path)
        except (OSError, ValueError):
            return None

    def found(self, path: str) -> os.stat_result:
        """What stands at `path`, links not followed.  Raises OSError or ValueError."""
        directory, name = self.reached(path)
        return os.stat(name, dir_fd=directory, follow_symlinks=False)

    @property
    def found_straight(self) -> Callable[[str], os.stat_result]:
        """As `found`, in half the time, of paths beneath directories that are known not to be links."""
        return partial(os.stat, dir_fd=self._trail[0][1], follow_symlinks=False)

    def is_closed(self, path: str) -> bool:
        """True if nobody may look whether anything stands at `path`."""
        try:
            self.found(path)
        except (OSError, ValueError) as error:
            return isinstance(error, PermissionError)
        return False

    def link_text(self, path: str) -> str:
        """Where the link at `path` points, as written; it is not followed.  Raises OSError or ValueError."""
        directory, name = self.reached(path)
        return os.readlink(name, dir_fd=directory)

    def open(self, path: str) -> tuple[int, os.stat_result]:
        """A descriptor of the regular file at `path`, which the caller closes, and its look.  Raises Refused."""
        try:
            directory, name = self.reached(path)
            descriptor = os.open(name, _FILE, dir_fd=directory)
        except (OSError, ValueError) as error:
            raise Refused(path, _reason(error)) from None
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise Refused(path, "not a regular file")
        return descriptor, found

    def read(self, path: str, cap: int) -> bytes:
        """The whole file.  Raises Refused for what is not a regular file, or is over `cap` bytes."""
        content, size = self._read(path, cap + 1, cap)
        if max(len(content), size) > cap:
            raise Refused(path, f"over {cap} bytes", size)
        return content

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes of the file, fewer if it is shorter.  Raises Refused."""
        return self._read(path, size)[0]

    def _read(self, path: str, most: int, cap: int | None = None) -> tuple[bytes, int]:
        """The first `most` bytes, none of a file over `cap`; and the size."""
        look = None
        try:
            descriptor, found = self.open(path)
            try:
                wanted = cap is None or found.st_size <= cap
                content = read_upto(descriptor, most, expected=found.st_size) if wanted else b""
                look = os.fstat(descriptor) if self._watch else None
                return content, found.st_size
            except OSError as error:
                raise Refused(path, _reason(error)) from None
            finally:
                os.close(descriptor)
        finally:
            if self._watch:
                self._watch(path, look)

    def entries(self, path: str = "") -> list[tuple[str, os.stat_result]]:
        """What a directory holds, sorted by name; links are not followed.  Raises OSError or ValueError."""
        with os.scandir(self._directory(path)) as entries:
            return sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in entries)

    def reached(self, path: str, *, make: bool = False) -> tuple[int, str]:
        """The descriptor of a path's directory, and its last component: what calls with a `dir_fd` take.

        `make` also makes the directories on the way.  Raises OSError or ValueError.
        """
        parent, slash, name = path.rpartition("/")
        if name in _NO_NAMES or (slash and not parent):
            raise ValueError(f"not a path beneath the root: {path!r}")
        last, descriptor = self._trail[-1]
        return (descriptor if parent == last else self._directory(parent, make=make)), name

    def _directory(self, path: str, *, make: bool = False) -> int:
        """The descriptor of a directory beneath, opened one component at a time.  Raises OSError at a link."""
        trail = self._trail
        while len(trail) > 1 and not (path == trail[-1][0] or path.startswith(trail[-1][0] + "/")):
            os.close(trail.pop()[1])
        while trail[-1][0] != path:
            reached, descriptor = trail[-1]
            name = path[len(reached) + 1 if reached else 0 :].partition("/")[0]
            if name in _NO_NAMES:
                raise ValueError(f"not a path beneath the root: {path!r}")
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=descriptor)
            trail.append((f"{reached}/{name}" if reached else name, _opened(name, descriptor)))
        return trail[-1][1]


def _opened(name: str, directory: int) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=directory)
    except OSError as error:
        if error.errno == ELOOP:  # what macOS says of a link; Linux says that it is no directory
            raise NotADirectoryError(ENOTDIR, "a link", name) from None
        raise


def read_upto(descriptor: int, size: int, *, expected: int | None = None) -> bytes:
    """The next `size` bytes of a descriptor, fewer only at the end of the file.  Raises OSError.

    Of a regular file `expected` is its length: it is read at once, into no more memory than it fills.  To make room for
    a megabyte would take a small file more time than to read it.
    """
    whole = size if expected is None or expected > size else expected
    chunk = os.read(descriptor, min(size, whole + 1, _CHUNK))
    if len(chunk) == whole:
        return chunk
    chunks = []
    while chunk:
        chunks.append(chunk)
        size -= len(chunk)
        chunk = os.read(descriptor, min(size, _CHUNK)) if size > 0 else b""
    return b"".join(chunks)


def _reason(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "does not exist"
        case PermissionError():
            return "permission denied"
        case NotADirectoryError():
            return "reached through a link"
        case OSError() if error.errno == ELOOP:
            return "a symbolic link"
        case _:
            return "cannot be opened"

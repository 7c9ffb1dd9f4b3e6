"""The key that seals a user's state, and how a file that decides whose state it is is read."""

import os
import stat
from errno import EACCES, EIO, EISDIR, ELOOP, ENOENT, ENOTDIR, EPERM, EROFS
from hashlib import blake2b

from codegenie.cache import read_whole, write_atomically
from codegenie.settings import user_directory
from codegenie.turns import alone

_NO_HOME = frozenset({EACCES, EISDIR, ELOOP, ENOENT, ENOTDIR, EPERM, EROFS})  # it will not be there next time either


def secret_key(*, make: bool) -> bytes:
    """The key that seals this user's state: CODEGENIE_STATE_KEY, or 32 random bytes kept in the user's directory.

    Raises OSError where there is one that cannot be read now, or none that can be made now but perhaps next time: with
    another key all state would be a stranger's.
    """
    if given := os.environ.get("CODEGENIE_STATE_KEY"):
        return blake2b(given.encode("utf-8", "surrogateescape")).digest()
    home = user_directory()
    if home is None:
        return by_user_id()
    path = os.path.join(home, "state.key")
    if found := certain_content(path, 64, below=home):
        return found
    if not make:
        return by_user_id()
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
        with alone(home):  # of several first gathers one makes the key, and it is seen whole
            if not read_whole(path, 64, below=home):
                write_atomically(path, os.urandom(32), below=home, mode=0o600)
    except OSError as error:
        if error.errno not in _NO_HOME:
            raise
        return by_user_id()
    return certain_content(path, 64, below=home) or by_user_id()


def certain_content(path: str, cap: int, *, below: str) -> bytes | None:
    """`read_whole`, but a disk that fails is not taken for a file that is not there.  Raises OSError."""
    content = read_whole(path, cap, below=below)
    if content is None and os.path.lexists(path):
        content = read_whole(path, cap, below=below)  # it may have been made just now
        found = os.lstat(path)
        if content is None and stat.S_ISREG(found.st_mode) and found.st_size <= cap:
            os.close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))  # raises what is wrong
            raise OSError(EIO, os.strerror(EIO), path)
    return content


def by_user_id() -> bytes:
    """Without a home there is no secret to keep, but what only this machine knows, until it is started anew (Linux)."""
    machine = read_whole("/proc/sys/kernel/random/boot_id", 64, below="/proc/sys/kernel/random") or b""
    return blake2b(machine + f"codegenie without a home, uid {os.getuid()}".encode()).digest()

"""Who may gather a repository now, and what the last one that did has left half-written."""

import fcntl
import os
import time
from contextlib import suppress

from codegenie import turns
from codegenie.beneath import Root
from codegenie.cache import sweep
from codegenie.errors import Busy, CodegenieError
from codegenie.settings import user_directory
from codegenie.state import GENERATED, State
from codegenie.text import say

_PROCESS = " (process "
_ENDED = b"ended in order"


def lock(state: State, wait: float) -> int:
    """Hold the repository for one gather until `release`, or the process ends.  Raises Busy after `wait` seconds.

    An flock goes with its holder, however that dies; where the file system has none, blobs and atomic replacement
    still keep two gathers from harming each other.  Unless the last holder ended in order, its litter is swept.
    """
    descriptor = _opened(state, "lock")
    deadline = time.monotonic() + wait
    said = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise Busy(f"another gather{holder} holds {state.out}; try again when it has ended") from None
            if not said:
                say(f"waiting for another gather{holder} of this repository ...")
                said = True
            time.sleep(0.05)
        except OSError:  # no locks on this file system
            _sweep(state, alone=False)
            return descriptor
        else:
            if _said(descriptor) != _ENDED:
                _sweep(state, alone=True)
            with suppress(OSError):  # a full disk: the lock holds without a name on it
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{_PROCESS}{os.getpid()})".encode(), 0)
            return descriptor


def release(descriptor: int, *, in_order: bool) -> None:
    """Let others gather.  Not `in_order` where something may have been killed while it was writing."""
    if in_order:
        with suppress(OSError):  # the next gather sweeps in vain
            os.pwrite(descriptor, _ENDED, 0)
            os.ftruncate(descriptor, len(_ENDED))
    os.close(descriptor)


def file_system_clock(state: State) -> int:
    """Now, in nanoseconds, as the file system of the state tells it: the mtime of a file touched just now."""
    descriptor = _opened(state, "clock")
    try:
        os.utime(descriptor)  # not a write, for which a full disk has no room
        return os.fstat(descriptor).st_mtime_ns
    except OSError as error:
        raise CodegenieError(
            f"cannot touch {state.out}/state/clock ({error.strerror}); choose another place with out="
        ) from None
    finally:
        os.close(descriptor)


def _said(descriptor: int) -> bytes:
    try:
        return os.pread(descriptor, 100, 0)
    except OSError:
        return b""


def _holder(descriptor: int) -> str:
    """Who holds the lock, as a part of a sentence; nothing where the file does not say."""
    said = _said(descriptor).decode("ascii", "replace").rstrip()
    return said if said.startswith(_PROCESS) else ""


def _sweep(state: State, *, alone: bool) -> None:
    """Remove litter in the directories of ours; `alone`, nobody else writes in those of this repository."""
    now = time.time()
    with suppress(OSError), turns.alone(state.out):  # those that are about to make the directories write there too
        for name in GENERATED:
            sweep(os.path.join(state.out, name), now, alone=alone)
    for shared in (os.path.join(state.cache_dir, "blobs"), user_directory()):  # with the gathers of other repositories
        if shared:
            sweep(shared, now)


def _opened(state: State, name: str) -> int:
    """A file of ours to lock or to touch.  Raises CodegenieError where it is a link, or cannot be made."""
    try:
        with Root(state.out) as root:
            directory, _ = root.reached(f"state/{name}")
            return os.open(
                name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory
            )
    except OSError as error:
        path = os.path.join(state.out, "state", name)
        raise CodegenieError(
            f"cannot write {path} ({error.strerror}); remove it, or choose another place with out=<directory>"
        ) from None

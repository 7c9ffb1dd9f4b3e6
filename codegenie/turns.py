"""One at a time, for a moment: around the making of what several processes would make at once."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

_MOMENT = 5.0  # seconds; making the directories takes milliseconds


@contextmanager
def alone(directory: str) -> Iterator[None]:
    """Hold a directory for the moment in which something is made in it once.

    Without a lock after all where there are none, or where the holder was stopped.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _MOMENT
        while time.monotonic() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.005)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)

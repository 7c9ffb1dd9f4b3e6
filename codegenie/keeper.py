"""The keeper: the process between the engine and a worker, which leaves nothing of it running when either ends.

It leads the worker's session and adopts what leaves that (Linux).  It does nothing but wait, so that it is there to
clean up also after an engine that was killed.
"""

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

_PR_SET_CHILD_SUBREAPER = 36
_MOST_SECONDS = 5.0  # of killing what is left; only a process that the kernel cannot stop takes longer


def keep() -> None:
    """Fork: the child goes on, to be the worker; the parent keeps it, and ends as it ends or soon after the engine."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    adopt_orphans()
    worker = os.fork()
    if worker:
        _keep(worker)


def adopt_orphans() -> None:
    """Become the parent of whatever our children leave behind, so that we can end it (Linux)."""
    if sys.platform == "linux":
        import ctypes  # 2 ms, which a gather with nothing to do does not pay

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def kill_children(spared: Callable[[int], bool] = lambda _: False) -> None:
    """Kill and reap our children, and theirs as they become ours (Linux; elsewhere they are not known)."""
    deadline = time.monotonic() + _MOST_SECONDS
    while (children := [pid for pid in _children() if not spared(pid)]) and time.monotonic() < deadline:
        for pid in children:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in children:
            _reap(pid, deadline)


def _keep(worker: int) -> NoReturn:
    """Wait until the worker has ended, the engine says so by SIGTERM, or the engine is gone; then clean up, and end."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    for heeded in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(heeded, lambda _signal, _frame: None)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os.close(1)  # the worker's answers: they end when the worker does
    ready = select.poll()
    ready.register(heard, select.POLLIN)
    ready.register(0, 0)  # hears only that the engine is gone; what the engine says is for the worker
    while (status := _status(worker)) is None:
        if any(descriptor == 0 for descriptor, _ in ready.poll()) or signal.SIGTERM in os.read(heard, 4096):
            break
    kill_children()
    code = -signal.SIGKILL if status is None else os.waitstatus_to_exitcode(status)
    os.killpg(0, signal.SIGKILL if status is None else signal.SIGTERM)  # off Linux, the children that we do not know
    _end_as(code)


def _status(worker: int) -> int | None:
    """How the worker ended, None as long as it has not; adopted children that ended are reaped meanwhile."""
    while (reaped := os.waitpid(-1, os.WNOHANG))[0]:
        if reaped[0] == worker:
            return reaped[1]
    return None


def _end_as(code: int) -> NoReturn:
    """End with an exit status, or by the signal of a negative one, for the engine to tell."""
    if code < 0:
        with suppress(OSError):  # SIGKILL cannot be set, and need not be
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code & 0xFF)


def _children() -> list[int]:
    children: list[int] = []
    try:
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", encoding="ascii") as listing:
                children += map(int, listing.read().split())
    except OSError:
        return children  # no such listing here: macOS, or a kernel without it
    return children


def _reap(pid: int, deadline: float) -> None:
    """Wait for a child that was killed; not for ever."""
    with suppress(ChildProcessError):
        while not os.waitpid(pid, os.WNOHANG)[0] and time.monotonic() < deadline:
            time.sleep(0.001)

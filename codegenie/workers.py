"""The engine's end of the workers: started when first needed, reused, killed with all they started at a deadline.

Each has a keeper, which is the process that the engine started and the leader of a session of its own: see `keeper`.
A keeper that was killed itself, which only a probe would do, is made up for here: its orphans become the engine's.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import islice
from typing import IO, Any, NamedTuple

from codegenie import __file__ as _package_file
from codegenie.cache import Blobs
from codegenie.errors import CodegenieError
from codegenie.registry import code_fingerprint
from codegenie.tools import kill_group

ANSWER_CAP = 256 << 20
_AT_ONCE = 64 << 10  # what a pipe holds
GRACE = 1.5  # the hard kill comes at this many times the declared timeout
_CLEANING = 1.0  # seconds that a keeper has to kill what it keeps; it takes milliseconds
_ENDING = "the gather is ending"
_TOO_MUCH = f"the probe answered more than {ANSWER_CAP} bytes and was killed"
# -I: neither the current directory nor PYTHON* variables nor the user's site reach the worker (it implies -P).
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop()); "
    "from codegenie.keeper import keep; keep(); from codegenie.worker import main; main()"
)


class WorkerDied(Exception):
    """The worker ended, or was killed, before it answered; the text says how."""


class Call(NamedTuple):
    """One run of one probe: what the worker is told."""

    probe: str
    root: str
    seconds: float
    files: Sequence[str]
    records: list[bytes]
    """Of the files, in their order: see `looks`."""
    paths: tuple[str, ...]
    git: dict[str, Any]
    slices: dict[str, Any]
    artifacts: dict[str, Any]
    """Of the required slices: the `directory` they are in, what it is `below`, their `digests` by file name."""
    tools: tuple[str, ...] | None
    limits: dict[str, float]
    """By name: `max_file_bytes`, `max_source_bytes`, `max_parse_seconds`, `max_slice_bytes`, `max_artifact_bytes`,
    `max_tool_output`."""


class Workers:
    """One worker a thread, as many as there are threads that ask."""

    def __init__(self, *, memory: int, blobs: Blobs, home: Blobs | None) -> None:
        self._start = {
            "memory": memory,
            "cache": [blobs.directory, blobs.below],
            "home": home and [home.directory, home.below],
            "secret": blobs.secret.hex(),
        }
        self._mine = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._closed = False
        self.died = False
        """Whether one was killed or died at work, perhaps while it was writing."""

    def run(self, call: Call) -> dict[str, Any]:
        """The worker's answer: the parts of a ProbeOutput by name, artifacts as bytes; or `error`.

        Raises WorkerDied; and CodegenieError once the gather is ending, where no answer is of use.
        """
        worker = getattr(self._mine, "worker", None)
        if worker is None or worker.poll() is not None:
            worker = self._mine.worker = self._started()
        try:
            return _asked(worker, call)
        except (WorkerDied, ValueError) as death:  # ValueError: of a pipe that `close` closed
            self._mine.worker = None
            if self._closed:
                raise CodegenieError(_ENDING) from None
            raise WorkerDied(f"{death}{self._buried(worker)}") from None

    def close(self) -> None:
        """Kill every worker and whatever they left running; no other is started."""
        with self._lock:
            self._closed = True
            workers, self._all = self._all, []
        for worker in workers:
            worker.terminate()
        for worker in workers:
            _kill(worker)
        if workers:
            _sweep(keep=set())

    def _started(self) -> subprocess.Popen[bytes]:
        from codegenie.keeper import adopt_orphans  # which a run without workers does not pay for

        package_root = os.path.dirname(os.path.dirname(os.path.abspath(_package_file)))
        with self._lock:
            if self._closed:
                raise CodegenieError(_ENDING)
            if not self._all:
                adopt_orphans()
            try:
                worker = subprocess.Popen(
                    [sys.executable, "-I", "-c", _BOOT, package_root],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env=_environment(),
                    start_new_session=True,
                )
            except OSError as error:
                raise CodegenieError(
                    f"cannot start a worker process ({error.strerror}); free memory and retry"
                ) from None
            self._all.append(worker)
        assert worker.stdin is not None
        with suppress(BrokenPipeError):  # if it died at once, the call will say so
            worker.stdin.write(json.dumps(self._start).encode() + b"\n")
        return worker

    def _buried(self, worker: subprocess.Popen[bytes]) -> str:
        """Kill the worker's whole group, and say what had ended it if something had before."""
        self.died = True
        ended = _code(worker)
        _kill(worker)
        with self._lock:
            self._all = [other for other in self._all if other is not worker]
            _sweep(keep={other.pid for other in self._all})
        if ended is None:
            return ""
        return f" ({signal.Signals(-ended).name})" if ended < 0 else f" (exit status {ended})"


def _sweep(keep: set[int]) -> None:
    """Kill what a keeper that was killed has left to us; other children of ours are of our own session."""
    from codegenie.keeper import kill_children

    own = os.getsid(0)
    kill_children(spared=lambda pid: pid in keep or _session(pid, own) == own)


def _asked(worker: subprocess.Popen[bytes], call: Call) -> dict[str, Any]:
    assert worker.stdin is not None and worker.stdout is not None
    header = {
        "probe": call.probe,
        "root": call.root,
        "seconds": call.seconds,
        "git": call.git,
        "slices": call.slices,
        "artifacts": call.artifacts,
        "tools": call.tools,
        "code": code_fingerprint(),
        "files": len(call.files),
        **call.limits,
    }
    try:
        worker.stdin.write(json.dumps(header).encode() + b"\n")
        _write_frames(worker.stdin, call.files)
        worker.stdin.writelines(call.records)
        _write_frames(worker.stdin, call.paths)
        worker.stdin.flush()
    except BrokenPipeError:
        raise WorkerDied("the process died before it was asked") from None
    answered = _answered(worker.stdout.fileno(), time.monotonic() + call.seconds * GRACE + 1.0)
    answer: dict[str, Any] = json.loads(next(answered))
    sizes = answer.pop("artifacts")
    if sum(sizes.values()) > ANSWER_CAP:
        raise WorkerDied(_TOO_MUCH)
    return answer | {"artifacts": {name: answered.send(size) for name, size in sizes.items()}}


def _write_frames(pipe: IO[bytes], texts: Iterable[str]) -> None:
    """Any number of texts, some thousand a frame so that they never stand in memory all at once; see the worker."""
    waiting = iter(texts)
    while batch := list(islice(waiting, 4096)):
        frame = os.fsencode("\0".join(batch))
        pipe.write(b"%d\n" % len(frame))
        pipe.write(frame)
    pipe.write(b"0\n")


def _answered(pipe: int, deadline: float) -> Generator[bytes, int, None]:
    """The first line that comes out of a pipe, then as many bytes as are asked for each time.  Raises WorkerDied."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)

        def more(most: int = _AT_ONCE) -> bytes:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise WorkerDied("the probe did not end in time and was killed")
            chunk = os.read(pipe, min(most, _AT_ONCE))
            if not chunk:
                raise WorkerDied("the probe's process died")
            return chunk

        line = bytearray()
        looked = 0
        while (size := line.find(b"\n", looked) + 1) == 0:
            looked = len(line)
            line += more()
            if len(line) > ANSWER_CAP:
                raise WorkerDied(_TOO_MUCH)
        come = bytes(line[size:])
        size = yield bytes(line[:size])
        while True:
            taken = BytesIO()  # which grows in place, and whose value is no copy
            taken.write(come[:size])
            come = come[size:]
            while left := size - taken.tell():
                taken.write(more(left))
            size = yield taken.getvalue()


def _code(worker: subprocess.Popen[bytes]) -> int | None:
    """How the worker ended of itself; a crash is given a moment to be noticed."""
    try:
        return worker.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return None


def _kill(worker: subprocess.Popen[bytes]) -> None:
    """End a keeper with all that it keeps; at once, and by force if it does not answer."""
    worker.terminate()
    try:
        worker.wait(_CLEANING)
    except subprocess.TimeoutExpired:
        kill_group(worker.pid)
    for pipe in (worker.stdin, worker.stdout):
        try:
            if pipe:
                pipe.close()
        except BrokenPipeError:
            continue
    worker.wait()


def _environment() -> dict[str, str]:
    """What a worker sees of the environment: where tools and the user's directory are; nothing that steers Python."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _session(pid: int, otherwise: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return otherwise

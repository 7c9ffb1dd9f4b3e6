"""External tools: which are allowed, whether they are ready, and how they are run."""

import fcntl
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.cache import read_whole, write_atomically
from codegenie.hashing import digest_of
from codegenie.settings import user_directory

ALLOWED: dict[str, tuple[str, ...]] = {"git": ("--version",)}  # tool -> the arguments that print its version
READY_SECONDS = 24 * 3600
OUTPUT_CAP = 16 << 20
TOOL_SECONDS = 60.0


class ToolUnavailable(Exception):
    """The tool is not installed, not allowed, or does not answer to its version flag."""


class ToolFailed(Exception):
    """The tool ended with an error, too late, or with more output than is read."""


class ToolTimedOut(ToolFailed):
    """It did not end in time, and most likely would not the next time either."""


class Tool(NamedTuple):
    """A tool that is ready: where it is and the first line that it says of its version."""

    path: str
    version: str
    mtime_ns: int
    checked_at: float


def find(name: str) -> str | None:
    """The absolute path of a program on PATH; relative entries are passed over, as they may lead to a stranger's."""
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(directory, name)
        if os.path.isabs(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def ready(name: str, allowed: tuple[str, ...] | None = None, *, refresh: bool = False) -> Tool:
    """A tool with its version, asked for at most once a day.  Raises ToolUnavailable.

    The answer is kept in ~/.codegenie/tool-cache.json by the tool, a digest of PATH and the program's own mtime.
    """
    if name not in ALLOWED or (allowed is not None and name not in allowed):
        raise ToolUnavailable(f"{name} is not among the allowed tools")
    path = find(name)
    if path is None:
        raise ToolUnavailable(f"{name} is not installed")
    home = user_directory()
    cache_file = home and os.path.join(home, "tool-cache.json")
    known = _known(cache_file)
    entry = f"{name} {digest_of([os.environ.get('PATH', '')])}"
    mtime_ns = os.stat(path).st_mtime_ns
    match known.get(entry):
        case {"path": str(p), "version": str(v), "mtime_ns": int(m), "checked_at": float(at)} if not refresh:
            if p == path and m == mtime_ns and 0 <= time.time() - at < READY_SECONDS:
                return Tool(p, v, m, at)
    try:
        said = run([path, *ALLOWED[name]], env=bare_environment(), seconds=5, cap=4096)
    except ToolFailed as error:
        raise ToolUnavailable(f"{name} does not answer: {error}") from None
    version = said.decode("utf-8", "replace").partition("\n")[0].strip()
    tool = Tool(path, version, mtime_ns, time.time())
    _keep(cache_file, known | {entry: tool._asdict()})
    return tool


def run(
    argv: list[str],
    *,
    env: Mapping[str, str],
    seconds: float = TOOL_SECONDS,
    cap: int = OUTPUT_CAP,
    cwd: str = "/",
    codes: tuple[int, ...] = (0,),
) -> bytes:
    """Standard output of a program that ended with one of the codes.  No shell; no input; nothing left behind.

    Raises ToolFailed.
    """
    name = os.path.basename(argv[0])
    theirs, ours = os.pipe()
    try:
        child = subprocess.Popen(
            argv,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(theirs,),
        )
        _tie(child.pid, theirs)
    except OSError as error:
        os.close(ours)
        raise ToolFailed(f"{name} could not be started ({error.strerror})") from None
    finally:
        os.close(theirs)
    assert child.stdout is not None
    try:
        output = _drained(name, child.stdout.fileno(), time.monotonic() + seconds, cap)
        code = child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"{name} closed its output but did not end") from None
    finally:
        kill_group(child.pid)  # what it may have left running in its session
        child.stdout.close()
        child.wait()
        os.close(ours)
    if code not in codes:
        raise ToolFailed(f"{name} ended with {code}")
    return output


def _tie(child: int, pipe: int) -> None:
    """Have the kernel kill a child that holds this end of a pipe when we are gone, and the other end with us (Linux).

    Not by PR_SET_PDEATHSIG, which the child would have to ask for between fork and exec.
    """
    if sys.platform == "linux":
        fcntl.fcntl(pipe, fcntl.F_SETOWN, child)
        fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_ASYNC)


def kill_group(leader: int) -> None:
    """Kill every process of a session that we started and have not reaped."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def bare_environment() -> dict[str, str]:
    """All that a tool sees of the user's environment."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent", "LC_ALL": "C"}


def _drained(name: str, pipe: int, deadline: float, cap: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise ToolTimedOut(f"{name} did not end in time")
            chunk = os.read(pipe, 1 << 20)
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
            size += len(chunk)
            if size > cap:
                raise ToolFailed(f"{name} printed more than {cap} bytes")


def _known(cache_file: str | None) -> dict[str, Any]:
    try:
        known = json.loads((cache_file and read_whole(cache_file, 1 << 20, below=os.path.dirname(cache_file))) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _keep(cache_file: str | None, known: dict[str, Any]) -> None:
    """Remember what is ready; a home that cannot be written only costs the question next time."""
    if cache_file is None:
        return
    try:
        os.makedirs(os.path.dirname(cache_file), mode=0o700, exist_ok=True)
        write_atomically(cache_file, json.dumps(known, sort_keys=True).encode(), below=os.path.dirname(cache_file))
    except OSError:
        return

"""A probe that misbehaves costs itself only, in time, and leaves nothing behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import House, document

Kill = Callable[[int, int], None]

linux = pytest.mark.skipif(sys.platform != "linux", reason="what leaves its session is found and ended on Linux only")


@pytest.fixture
def marker() -> str:
    """A word for command lines, by which processes of this test are told from all others."""
    return f"codegenie-test-{os.getpid()}-{time.monotonic_ns()}"


WORSE_THAN_RAISING = {
    "raises": ('raise RuntimeError("no\\x1b[31m idea")', "RuntimeError: no\x1b[31m idea (probes/bad.py:6)"),
    "exits": ("sys.exit(7)", "SystemExit: 7 (probes/bad.py:6)"),
    "recurses": (
        "def f(): return f()\nreturn f()",
        "RecursionError: maximum recursion depth exceeded (probes/bad.py:6)",
    ),
    "dies": ("os._exit(9)", "the probe's process died (exit status 9)"),
    "crashes": ("ctypes.string_at(0)", "the probe's process died (SIGSEGV)"),
    "is killed": ("os.kill(os.getpid(), 9)", "the probe's process died (SIGKILL)"),
    "hangs": ("time.sleep(60)", "not done in 1 s"),
    "hangs in a regular expression": (
        'import re\nre.match(r"(a+)+$", "a" * 40 + "b")\nreturn ProbeOutput({})',
        "not done in 1 s",
    ),
    "hangs and hears no signal": (
        "signal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(60)",
        "the probe did not end in time and was killed",
    ),
    "eats memory": ("x = bytearray(1 << 40)\nreturn ProbeOutput({})", "out of memory"),
    "answers nonsense": ("return 7", "answered a int instead of a ProbeOutput"),
    "answers what JSON has not": (
        'return ProbeOutput({"a": float("nan")})',
        "ValueError: Out of range float values are not JSON compliant",
    ),
    "reads what it did not declare": (
        'inputs.read("secret.env")',
        "UndeclaredInput: secret.env is not among the declared inputs of bad (probes/bad.py:6)",
    ),
    "asks for a path it did not declare": (
        '"secret.env" in inputs',
        "UndeclaredInput: secret.env is not among the declared inputs of bad; add a glob for it (probes/bad.py:6)",
    ),
}


@pytest.mark.parametrize(("body", "error"), WORSE_THAN_RAISING.values(), ids=WORSE_THAN_RAISING.keys())
def test_a_probe_that_misbehaves_costs_itself_only(texts: House, repo: Path, body: str, error: str) -> None:
    texts.probe("bad", body, options="timeout_seconds=1.0")
    (repo / "a.txt").write_text("one")

    run = texts.gather(repo)

    assert (run.code, run.err) == (0, "")
    assert run.outcomes == {"alpha": "ran", "bad": "failed", "beta": "ran"}
    found = document(repo)
    assert found["alpha"] == {"texts": {"a.txt": "one"}}
    assert found["bad"] is None
    assert found["probes"]["bad"]["errors"][0].startswith(error)


def test_a_probe_that_prints_gigabytes_is_heard_by_nobody(texts: House, repo: Path) -> None:
    body = 'line = "x" * (1 << 20)\nfor _ in range(2000): print(line); sys.stderr.write(line)\nreturn ProbeOutput({})'
    texts.probe("bad", body)

    run = texts.gather(repo)

    assert run.outcomes["bad"] == "ran"
    assert len(run.out) < 5000


def test_a_slice_that_does_not_fit_its_schema_is_a_failure_of_its_probe(texts: House, repo: Path) -> None:
    schema = '{"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}}}'
    texts.probe("bad", 'return ProbeOutput({"a": 1, "b": 2})', schema=schema)

    assert texts.gather(repo).outcomes["bad"] == "failed"

    (error,) = document(repo)["probes"]["bad"]["errors"]
    assert error.startswith("the slice does not fit schemas/bad.json: ")
    assert "a must be string" in error


@linux
def test_nothing_that_a_probe_started_survives_the_gather(texts: House, repo: Path, marker: str) -> None:
    """Of a probe that ends well, hangs, is gone, or has killed the process that keeps it."""
    start = _starting(marker)
    texts.probe("good", f"{start}return ProbeOutput({{}})")
    texts.probe("hung", f"{start}time.sleep(60)", options="timeout_seconds=0.5")
    texts.probe("gone", f"{start}os._exit(1)")
    texts.probe("kept", f"{start}os.kill(os.getppid(), 9)\ntime.sleep(60)")

    assert texts.gather(repo).outcomes == {
        "alpha": "ran",
        "beta": "ran",
        "gone": "failed",
        "good": "ran",
        "hung": "failed",
        "kept": "failed",
    }

    assert _alive(marker) == []


@linux
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda ending: ending.name)
def test_an_interrupted_gather_ends_at_once_and_keeps_what_was_finished(
    texts: House, repo: Path, marker: str, ending: signal.Signals
) -> None:
    texts.probe("slow", f"{_starting(marker)}time.sleep(60)")
    run = texts.start("-n", "2", "gather", f"repo={repo}", "json=1")
    _until(lambda: len(_alive(marker)) == STARTED and (repo / ".codegenie/context/raw/beta.json").exists())
    began = time.monotonic()

    os.kill(run.pid, ending)
    os.kill(run.pid, ending)  # as from a terminal and from a wrapper, or by a person who is in a hurry
    _, err = run.communicate(timeout=10)

    assert time.monotonic() - began < 2
    assert (run.returncode, err) == (130, "codegenie: interrupted; what was finished is kept\n")
    assert _alive(marker) == []
    texts.probe("slow", "return ProbeOutput({})", options='version="1.0.1"')
    assert texts.gather(repo).outcomes == {"alpha": "restored", "beta": "restored", "slow": "ran"} or (
        texts.gather(repo).outcomes == {"alpha": "current", "beta": "current", "slow": "current"}
    )


@linux
@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["the engine", "its process group"])
def test_nothing_survives_a_gather_that_was_killed(texts: House, repo: Path, marker: str, kill: Kill) -> None:
    """Not the worker either, which loops where no signal handler of Python's is run."""
    texts.probe("slow", f'import re\n{_starting(marker)}re.match(r"(a+)+$", "a" * 50 + "b")')
    run = texts.start("-n", "2", "gather", f"repo={repo}")
    _until(lambda: len(_alive(marker)) == STARTED)
    workers = _workers_of(run.pid)
    assert workers

    kill(run.pid, signal.SIGKILL)
    run.communicate()

    _until(lambda: not _alive(marker) and not any(_is_running(pid) for pid in workers), seconds=2)


def test_what_a_worker_left_half_written_is_swept_by_the_next_gather(texts: House, repo: Path) -> None:
    """Its temporary file bears the name of a process that lives: only that the gather saw it die tells what it is."""
    left = repo / f".codegenie/cache/.memo.json.{os.getpid()}.0123abcd.tmp"
    texts.probe("bad", f"open({str(left)!r}, 'w').close()\nos._exit(9)")
    texts.gather(repo)
    assert left.exists()
    texts.probe("bad", "return ProbeOutput({})")

    assert texts.gather(repo).outcomes["bad"] == "ran"

    assert not left.exists()


@linux
def test_a_git_that_hangs_does_not_survive_the_engine(texts: House, repo: Path, marker: str, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    hung = tmp_path / "bin/git"
    hung.write_text(f"#!/bin/bash\nexec -a {marker} sleep 75\n")
    hung.chmod(0o755)
    texts.environment = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    run = texts.start("gather", f"repo={repo}")
    _until(lambda: bool(_alive(marker)))

    os.kill(run.pid, signal.SIGKILL)
    run.communicate()

    _until(lambda: not _alive(marker), seconds=2)


def test_a_worker_sees_neither_the_current_directory_nor_the_environment_of_python(house: House, repo: Path) -> None:
    body = 'return ProbeOutput({"path": [p for p in sys.path if p in ("", ".")], "env": sorted(os.environ)})'
    house.probe("alpha", body)
    house.environment = {"PYTHONPATH": str(repo), "SECRET_TOKEN": "x", "PYTHONSTARTUP": "x"}

    house.gather(repo)

    assert document(repo)["alpha"]["path"] == []
    assert {*document(repo)["alpha"]["env"]} <= {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR"}


STARTED = 4


def _starting(marker: str) -> str:
    """Statements that start a child, one in a session of its own, a child of that, and one that hears no signal."""
    deaf = f"trap '' HUP INT TERM; while :; do sleep 1; done; : {marker}"
    commands = (
        ["sh", "-c", f"sleep 71; : {marker}"],
        ["setsid", "sh", "-c", f"sh -c 'sleep 72; : {marker}' & sleep 73; : {marker}"],
        ["setsid", "setsid", "sh", "-c", deaf],
    )
    started = "\n".join(f"subprocess.Popen({command!r})" for command in commands)
    return f"{started}\ntime.sleep(0.3)\n"


def _alive(marker: str) -> list[int]:
    """The processes with a marker in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _workers_of(engine: int) -> list[int]:
    try:
        listing = " ".join(path.read_text() for path in Path(f"/proc/{engine}/task").glob("*/children"))
    except OSError:
        return []
    return [int(pid) for pid in listing.split() if b"codegenie.worker" in _command(int(pid))]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(true: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)

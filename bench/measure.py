"""How the benchmarks measure: CPU seconds of whole processes, the best of several, two things in turn."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def environment(home: Path) -> dict[str, str]:
    """The environment of a measured process: bytecode is kept, as it is for users, and the home is the benchmark's."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in kept.items() if not name.startswith("CODEGENIE_")}
    return kept | {"HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "bytecode")}


def cpu_seconds(command: Sequence[str], home: Path, cwd: Path = PROJECT) -> float:
    """User and system time of a process and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, env=environment(home), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def in_turn(first: Sequence[str], second: Sequence[str], home: Path, *, rounds: int = 11) -> tuple[float, float]:
    """The least CPU seconds of two commands that run in turn: noise only ever adds."""
    for command in (first, second):
        cpu_seconds(command, home)
    pairs = [(cpu_seconds(first, home), cpu_seconds(second, home)) for _ in range(rounds)]
    return min(one for one, _ in pairs), min(other for _, other in pairs)


def console(*arguments: str, project: Path = PROJECT) -> list[str]:
    """The console script, as an installer writes it."""
    boot = f"import sys; sys.path[0] = {str(project)!r}; from codegenie.__main__ import main; sys.exit(main())"
    return [sys.executable, "-c", boot, *arguments]


def doit(*arguments: str, dodo: Path = PROJECT / "dodo.py") -> list[str]:
    """Plain doit over a dodo.py."""
    return [sys.executable, "-m", "doit", "-f", str(dodo), *arguments]

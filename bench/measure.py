"""How the benchmarks measure: CPU seconds of whole processes, the least of several rounds, all commands in turn."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
CLOCK_GRAIN = 2.1  # seconds after which the files of any file system are at rest
EMPTY = (sys.executable, "-c", "pass")
IMPORT_DOIT = (sys.executable, "-c", "import doit")


class Figure(NamedTuple):
    """One thing measured.  `limit` is the most that it may be; a `stable` one does not depend on the machine's mood."""

    what: str
    value: float
    limit: float | None = None
    unit: str = "x"
    stable: bool = False

    @property
    def fits(self) -> bool:
        """Whether it is within its limit."""
        return self.limit is None or self.value <= self.limit


class Bench(NamedTuple):
    """Where a benchmark works, and how long it may take."""

    place: Path
    """A directory of its own, thrown away afterwards."""
    rounds: int
    full: bool
    """Also what takes minutes: trees of 60,000 and 100,000 files."""
    repositories: tuple[Path, ...]
    """Real ones to measure as well; they are copied."""

    @property
    def home(self) -> Path:
        """The home of measured processes: no user's settings, and bytecode that is kept."""
        return self.place / "home"


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


def in_turn(commands: Mapping[str, Sequence[str]], bench: Bench) -> dict[str, float]:
    """The least CPU seconds of each command; one after another, so that a busy machine is busy for all of them."""
    for command in commands.values():
        cpu_seconds(command, bench.home)
    least = dict.fromkeys(commands, float("inf"))
    for _ in range(bench.rounds):
        for name, command in commands.items():
            least[name] = min(least[name], cpu_seconds(command, bench.home))
    return least


def console(*arguments: str, project: Path = PROJECT) -> list[str]:
    """The console script, as an installer writes it."""
    boot = f"import sys; sys.path[0] = {str(project)!r}; from codegenie.__main__ import main; sys.exit(main())"
    return [sys.executable, "-c", boot, *arguments]


def doit(*arguments: str, dodo: Path = PROJECT / "dodo.py") -> list[str]:
    """Plain doit over a dodo.py."""
    return [sys.executable, "-m", "doit", "-f", str(dodo), *arguments]


def gathered(bench: Bench, repo: Path, *options: str, project: Path = PROJECT) -> dict[str, Any]:
    """One gather: what `--json` prints, and the `cpu` seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = console("gather", str(repo), "--json", *options, project=project)
    ran = subprocess.run(command, env=environment(bench.home), capture_output=True, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found | {"cpu": (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)}


def generated(bench: Bench, files: int) -> Path:
    """A generated repository of so many files, at rest; made once."""
    repo = bench.place / f"generated-{files}"
    if not repo.exists():
        make = [sys.executable, "-m", "bench.make_repo", str(repo), "--files", str(files), "--git"]
        subprocess.run(make, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
        time.sleep(CLOCK_GRAIN)
    return repo


def copied(bench: Bench, repo: Path) -> Path:
    """A copy of a real repository, at rest."""
    copy = bench.place / f"copied-{repo.name}"
    if not copy.exists():
        shutil.copytree(repo, copy, symlinks=True, ignore=shutil.ignore_patterns(".codegenie"))
        subprocess.run(["git", "status", "--porcelain"], cwd=copy, check=False, stdout=subprocess.DEVNULL)
        time.sleep(CLOCK_GRAIN)
    return copy


def count_of_files(repo: Path) -> int:
    """How many files git tracks."""
    return subprocess.run(["git", "ls-files", "-z"], cwd=repo, check=True, capture_output=True).stdout.count(b"\0")

"""What the first gather of a repository costs: beside other tools, in memory, on two processors, and beside the second.

The user's own directory is kept: it holds what is compiled once for all repositories.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.measure import (
    PROJECT,
    Bench,
    Figure,
    console,
    copied,
    count_of_files,
    cpu_seconds,
    environment,
    gathered,
    generated,
)
from codegenie import registry

MEDIUM, BIG = 5_000, 25_000
MEGABYTES = 90
SYFT = ("syft", "scan", "-q", "-o", "json")
TRIVY = ("trivy", "fs", "-q", "--offline-scan", "--skip-db-update", "--list-all-pkgs", "-f", "json")
LINGUIST = ("github-linguist", "--json")

_WITH_PEAKS = """
import json, resource, sys
sys.path[0] = {project!r}
from codegenie.__main__ import main
try:
    main()
except SystemExit:
    pass
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
peaks = [resource.getrusage(of).ru_maxrss / unit for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps(peaks))
"""


def small_and_medium(bench: Bench) -> Iterator[Figure]:
    """The first gather of small and medium repositories, beside syft where it is installed."""
    for name, repo in _trees(bench, 213, most=MEDIUM).items():
        ours, theirs = _beside(bench, repo, (*SYFT, f"dir:{repo}"))
        yield Figure(f"{name}: cold, CPU", ours, unit="s")
        if theirs is not None:
            yield Figure(f"{name}: cold, in CPU of syft", ours / theirs, 0.5)


def big(bench: Bench) -> Iterator[Figure]:
    """The first gather of big repositories, beside trivy; and of languages alone, beside github-linguist."""
    trees = _trees(bench, BIG if bench.full else 2_000, least=BIG)
    others = ",".join(probe.name for probe in registry.all_probes() if probe.name != "language_stack")
    for name, repo in trees.items():
        ours, theirs = _beside(bench, repo, (*TRIVY, str(repo)))
        yield Figure(f"{name}: cold, CPU", ours, unit="s")
        if theirs is not None:
            yield Figure(f"{name}: cold, in CPU of trivy", ours / theirs, 1.0)
        ours, theirs = _beside(bench, repo, (*LINGUIST, str(repo)), skipped=others)
        yield Figure(f"{name}: languages alone, CPU", ours, unit="s")
        if theirs is not None:
            yield Figure(f"{name}: languages alone, in CPU of github-linguist", ours / theirs, 0.05)


def memory(bench: Bench) -> Iterator[Figure]:
    """The most memory of the engine and of the largest worker, cold."""
    for name, repo in _trees(bench, 2_000).items():
        for who, megabytes in zip(("engine", "largest worker"), _peaks(bench, repo), strict=True):
            yield Figure(f"{name}: {who}", megabytes, MEGABYTES, "MB", stable=True)


def two_at_once(bench: Bench) -> Iterator[Figure]:
    """Two probes at once, in the time on the clock of one at a time."""
    for name, repo in _trees(bench, 10_000, least=BIG).items():
        _cold(bench, repo)
        clock = {"1": float("inf"), "2": float("inf")}
        for _ in range(3):
            for jobs, least in clock.items():
                began = time.monotonic()
                _cold(bench, repo, "-n", jobs)
                clock[jobs] = min(least, time.monotonic() - began)
        yield Figure(f"{name}: `-n 2`, in time of `-n 1`", clock["2"] / clock["1"], 0.65)


def second_of_two(bench: Bench) -> Iterator[Figure]:
    """The second gather, in CPU of the first."""
    for name, repo in _trees(bench, 2_000, least=1_000).items():
        first = min(_cold(bench, repo) for _ in range(2))
        second = min(gathered(bench, repo)["cpu"] for _ in range(3))
        limit = 0.05 if count_of_files(repo) > BIG else 0.2
        stable = repo.name.startswith("generated")
        yield Figure(f"{name}: nothing to do, in CPU of cold", second / first, limit, "x", stable)


def _trees(bench: Bench, files: int, *, least: int = 0, most: int = 1_000_000) -> dict[str, Path]:
    """A generated repository of so many files, and the real ones of such a size."""
    real = {repo.name: repo for repo in bench.repositories if least <= count_of_files(repo) <= most}
    return {f"{files:,} generated files": generated(bench, files)} | {
        name: copied(bench, repo) for name, repo in real.items()
    }


def _cold(bench: Bench, repo: Path, *options: str) -> float:
    """CPU seconds of a gather without anything that an earlier one has left in the repository."""
    shutil.rmtree(repo / ".codegenie", ignore_errors=True)
    found: float = gathered(bench, repo, *options)["cpu"]
    return found


def _beside(bench: Bench, repo: Path, other: Sequence[str], *, skipped: str = "") -> tuple[float, float | None]:
    """The least CPU seconds of a cold gather and of another tool, None where there is none or it fails; in turn."""
    options = ("--skip-probes", skipped) if skipped else ()
    there = shutil.which(other[0]) is not None
    _cold(bench, repo, *options)
    ours, theirs = float("inf"), float("inf")
    for _ in range(min(bench.rounds, 3)):
        ours = min(ours, _cold(bench, repo, *options))
        shutil.rmtree(repo / ".codegenie")
        try:
            theirs = min(theirs, cpu_seconds(other, bench.home, repo)) if there else theirs
        except subprocess.CalledProcessError:  # github-linguist, where a clone lacks objects
            there = False
    return ours, theirs if there else None


def _peaks(bench: Bench, repo: Path) -> tuple[float, float]:
    """The most megabytes that the engine, and that any process that it started, had in memory."""
    _cold(bench, repo)
    shutil.rmtree(repo / ".codegenie")
    python, flag, _, *arguments = console("gather", str(repo), "-q")
    command = [python, flag, _WITH_PEAKS.format(project=str(PROJECT)), *arguments]
    ran = subprocess.run(command, env=environment(bench.home), capture_output=True, check=True, text=True)
    engine, worker = json.loads(ran.stdout.splitlines()[-1])
    return engine, worker

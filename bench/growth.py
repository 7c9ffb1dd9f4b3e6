"""What it costs as the work grows: files and bytes, probes, and a second clone."""

import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise

from bench.house import house, rooms
from bench.measure import Bench, Figure, gathered, generated

SIZES = (1_000, 10_000, 100_000)
FEW, SOME, MANY = 10, 30, 100


def by_files(bench: Bench) -> Iterator[Figure]:
    """1,000, 10,000 and 100,000 files: cost per file cold and with nothing to do, and bytes of state."""
    sizes = SIZES if bench.full else SIZES[:2]
    cold, unchanged = {}, {}
    for size in sizes:
        repo = generated(bench, size)
        shutil.rmtree(repo / ".codegenie", ignore_errors=True)
        cold[size] = gathered(bench, repo)["cpu"]
        unchanged[size] = min(gathered(bench, repo)["cpu"] for _ in range(3))
        state = repo / ".codegenie/state"
        size_of_state = sum((state / name).stat().st_size for name in ("doit.db", "index", "matches"))
        yield Figure(f"{size:,} files: cold, CPU", cold[size], unit="s")
        yield Figure(f"{size:,} files: nothing to do, CPU", unchanged[size], unit="s")
        limit = 200 if size >= SIZES[1] else None
        yield Figure(f"{size:,} files: database and index a file", size_of_state / size, limit, "bytes", stable=True)
    for name, found in (("cold", cold), ("nothing to do", unchanged)):
        for less, more in pairwise(sizes):
            ratio = (found[more] / more) / (found[less] / less)
            yield Figure(f"{name}: cost of a file among {more:,}, in those of one among {less:,}", ratio, 1.1)


def by_probes(bench: Bench) -> Iterator[Figure]:
    """10, 30 and 100 probes that do nothing: what the engine takes for each."""
    repo, one = rooms(bench), ("--jobs", "1")  # a second worker's start would count for the probes
    cost: dict[str, dict[int, float]] = {"cold": {}, "current": {}, "restored": {}}
    for probes in (1, FEW, SOME, MANY):
        place = house(bench, probes)
        gathered(bench, repo, *one, project=place)  # compiles what is kept for the user
        rounds: dict[str, list[float]] = {kind: [] for kind in cost}
        for _ in range(bench.rounds):
            shutil.rmtree(repo / ".codegenie")
            rounds["cold"].append(gathered(bench, repo, *one, project=place)["cpu"])
            rounds["current"].append(gathered(bench, repo, *one, project=place)["cpu"])
            for target in (repo / ".codegenie/context/raw").glob("*.json"):
                target.unlink()
            rounds["restored"].append(gathered(bench, repo, *one, project=place)["cpu"])
        for kind, seconds in rounds.items():
            cost[kind][probes] = min(seconds) * 1000
    for kind, limit in (("current", 0.3), ("restored", 2.0)):
        each = (cost[kind][MANY] - cost[kind][FEW]) / (MANY - FEW)
        yield Figure(f"engine, for each {kind} probe", each, limit, "ms", stable=True)
    more = cost["cold"][SOME] - cost["cold"][1]
    yield Figure("30 probes that do nothing, cold, more than one of them", more, 60, "ms")


def second_clone(bench: Bench) -> Iterator[Figure]:
    """The same tree in another clone, with a shared cache: every probe restored."""
    repo, cache = generated(bench, 1_000), bench.place / "shared"
    clone = bench.place / "second"
    gathered(bench, repo, "--cache-dir", str(cache), "--out", str(bench.place / "first-out"))
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(repo), str(clone)], check=True)
    subprocess.run(["git", "remote", "remove", "origin"], cwd=clone, check=True)
    probes = gathered(bench, clone, "--cache-dir", str(cache))["probes"]
    outcomes = [row["outcome"] for row in probes.values()]
    yield Figure("probes not restored", len(outcomes) - outcomes.count("restored"), 0, "probes", stable=True)
    yield Figure("probes restored", outcomes.count("restored"), unit="probes")

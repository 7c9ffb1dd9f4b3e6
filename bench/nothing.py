"""What it costs where nothing changed, or one file did."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import (
    CLOCK_GRAIN,
    EMPTY,
    IMPORT_DOIT,
    Bench,
    Figure,
    console,
    copied,
    count_of_files,
    cpu_seconds,
    doit,
    environment,
    gathered,
    generated,
    in_turn,
)

SMALL, BIG = 3_000, 25_000


def to_be_asked(bench: Bench) -> Iterator[Figure]:
    """--help and --version answer before anything is imported."""
    commands = {"--help": console("--help"), "--version": console("--version"), "empty": EMPTY}
    found = in_turn(commands, bench._replace(rounds=2 * bench.rounds))
    for name in ("--help", "--version"):
        yield Figure(f"codegenie {name}, in CPU of an empty python", found[name] / found["empty"], 1.5, stable=True)
    walls = []
    for _ in range(5):
        began = time.monotonic()
        cpu_seconds(commands["--help"], bench.home)
        walls.append((time.monotonic() - began) * 1000)
    yield Figure("codegenie --help on the wall, median of 5", sorted(walls)[2], 80, "ms")


def small_and_unchanged(bench: Bench) -> Iterator[Figure]:
    """A small repository, all probes, nothing changed."""
    repos = {"213 generated files": generated(bench, 213)}
    repos |= {repo.name: copied(bench, repo) for repo in bench.repositories if count_of_files(repo) <= SMALL}
    for name, repo in repos.items():
        gathered(bench, repo)
        gather = {"console": console("gather", str(repo)), "doit": doit("gather", f"repo={repo}")}
        found = in_turn(gather | {"import": IMPORT_DOIT}, bench)
        stable = repo.name.startswith("generated")
        yield Figure(
            f"{name}: codegenie gather, in CPU of `import doit`", found["console"] / found["import"], 1.35, "x", stable
        )
        yield Figure(f"{name}: doit gather, in CPU of `import doit`", found["doit"] / found["import"], 1.5, "x", stable)


def big_and_unchanged(bench: Bench) -> Iterator[Figure]:
    """A big repository, all probes, nothing changed."""
    repos = {"60,000 generated files": generated(bench, 60_000)} if bench.full else {}
    repos |= {repo.name: copied(bench, repo) for repo in bench.repositories if count_of_files(repo) >= BIG}
    for name, repo in repos.items():
        gathered(bench, repo)
        status = ("git", "-C", str(repo), "status", "--porcelain")
        found = in_turn({"gather": console("gather", str(repo)), "status": status, "import": IMPORT_DOIT}, bench)
        most = 2 * found["status"] + found["import"]
        yield Figure(f"{name}: in CPU of twice `git status` and `import doit`", found["gather"] / most, 1.0)
        yield Figure(f"{name}: CPU", found["gather"], unit="s")


def one_edit(bench: Bench) -> Iterator[Figure]:
    """One file edited: hashed once, rescanned once, and little more than nothing to do."""
    files = 60_000 if bench.full else 2_000
    repo = generated(bench, files)
    gathered(bench, repo)
    gathered(bench, repo)
    edited = next(path for path in sorted(repo.rglob("*.py")) if path.is_file())
    ratios = []
    for _ in range(3):
        unchanged = min(gathered(bench, repo)["cpu"] for _ in range(2))
        edited.write_text(edited.read_text() + "\nx = 1\n")
        after = gathered(bench, repo)
        reading = sum(row["milliseconds"] for row in after["probes"].values() if row["outcome"] == "ran") / 1000
        ratios.append(after["cpu"] / (1.2 * unchanged + reading))
        time.sleep(CLOCK_GRAIN)
        gathered(bench, repo)
    name = f"{files:,} files"
    yield Figure(f"{name}: in CPU of 1.2 times nothing to do and of the probes that ran", min(ratios), 1.0)
    yield Figure(f"{name}: files hashed", after["files"]["hashed"], 1, "files", stable=True)
    if tracer := shutil.which("strace"):
        edited.write_text(edited.read_text() + "\nx = 2\n")
        again = [path for path in _files_opened(bench, repo, tracer) if path.endswith(".py")]
        yield Figure(f"{name}: source files read again", len(again), 1, "files", stable=True)


def _files_opened(bench: Bench, repo: Path, tracer: str) -> set[str]:
    """The files of the repository that a gather opened, but for its own and those of git."""
    trace = bench.place / "trace"
    command = [tracer, "-f", "-y", "-e", "trace=openat", "-o", str(trace), *console("gather", str(repo))]
    subprocess.run(command, env=environment(bench.home), stdout=subprocess.DEVNULL, check=True)
    with trace.open(errors="replace") as lines:
        opened = {line.rpartition("<")[2].partition(">")[0] for line in lines if "O_DIRECTORY" not in line}
    ours = (f"{repo}/.git/", f"{repo}/.codegenie/")
    return {path for path in opened if path.startswith(f"{repo}/") and not path.startswith(ours)}

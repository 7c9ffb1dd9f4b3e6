"""Where the time goes: the functions that a gather spends it in, with nothing to do and the first time.

`python -m bench.profile REPO [--page]` gathers a copy of the repository; `--page` writes docs/performance.md too.  What
a profiler measures takes up to twice as long, and small functions more than large ones: compare shares.
"""

import argparse
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import PROJECT, Bench, copied, environment, gathered
from bench.page import PAGE, placed

MOST = 12

# The engine, profiled in its main thread; `{boot}` is what it starts workers by.
ENGINE = """
import cProfile, sys
sys.path[0] = {project!r}
from codegenie import workers
workers._BOOT = {boot!r}
from codegenie.__main__ import main
profile = cProfile.Profile()
try:
    profile.runcall(main)
finally:
    profile.dump_stats({stats!r})
"""
# A worker, whose profile is written after each answer: it is killed in the end.
WORKER = """
import sys
sys.path.insert(0, sys.argv.pop())
from codegenie.keeper import keep
keep()
import cProfile, os
from codegenie import worker
profile, serve = cProfile.Profile(), worker._serve
def served(*call):
    profile.runcall(serve, *call)
    profile.dump_stats("{place}/worker-%d" % os.getpid())
worker._serve = served
worker.main()
"""


def main() -> int:
    """Gather, and print a table for each kind."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--page", action="store_true", help="write the tables into docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        bench = Bench(Path(place), 1, full=True, repositories=())
        bench.home.mkdir()
        repo = copied(bench, options.repository.resolve())
        for _ in range(3):
            gathered(bench, repo)
        tables = {"nothing to do": _engine(bench, repo)}
        subprocess.run(["rm", "-rf", f"{repo}/.codegenie"], check=True)
        _engine(bench, repo)
        tables["the first time"] = pstats.Stats(*map(str, bench.place.glob("worker-*")))
    for name, stats in tables.items():
        table = "".join(_table(stats))
        print(f"\n{name}, {repo.name.removeprefix('copied-')}\n\n{table}")
        if options.page:
            PAGE.write_text(placed(PAGE.read_text(), f"profile of {name}", table))
    return 0


def _engine(bench: Bench, repo: Path) -> pstats.Stats:
    """The profile of the engine in one gather."""
    stats = bench.place / "engine"
    boot = WORKER.format(place=bench.place)
    code = ENGINE.format(project=str(PROJECT), boot=boot, stats=str(stats))
    command = [sys.executable, "-c", code, "gather", str(repo)]
    subprocess.run(command, env=environment(bench.home), stdout=subprocess.DEVNULL, check=True)
    return pstats.Stats(str(stats))


def _table(stats: pstats.Stats) -> Iterator[str]:
    """The functions with most time of their own."""
    measured = vars(stats)["stats"]  # which the library's own annotations do not know
    rows = sorted(((row[2], row[1], _name(*place)) for place, row in measured.items()), reverse=True)
    total = sum(row[0] for row in rows)
    yield "| function | calls | of all time |\n| --- | ---: | ---: |\n"
    for seconds, calls, name in rows[:MOST]:
        yield f"| {name} | {calls:,} | {seconds / total:.0%} |\n"


def _name(file: str, _line: int, function: str) -> str:
    """`codegenie/index.py` `present`; of what is built in, its name."""
    if file == "~":
        return f"`{function.strip('<>').replace('method ', '').replace('built-in ', '')}`"
    path = Path(file)
    return f"`{path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path.name}` `{function}`"


if __name__ == "__main__":
    sys.exit(main())

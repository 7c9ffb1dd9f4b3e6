"""`doit bench`: every figure that has a limit, side by side in one run; `python -m bench --help` says the rest."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import cold, growth, nothing
from bench.measure import PROJECT, Bench, Figure

ROWS: dict[int, Callable[[Bench], Iterator[Figure]]] = {
    1: nothing.to_be_asked,
    2: nothing.small_and_unchanged,
    3: nothing.big_and_unchanged,
    4: nothing.one_edit,
    5: cold.small_and_medium,
    6: cold.big,
    7: cold.memory,
    8: growth.by_files,
    9: growth.by_probes,
    10: cold.two_at_once,
    11: cold.second_of_two,
    12: growth.second_clone,
}
"""The benchmarks, by their rows in docs/performance.md."""


def main() -> int:
    """Measure the rows asked for and print them; 1 where a figure that decides is past its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", default=",".join(map(str, ROWS)), help="which, like 1,2 (default: %(default)s)")
    parser.add_argument("--full", action="store_true", help="also trees of 60,000 and 100,000 files: many minutes")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--gate", action="store_true", help="fail only by what a busy machine hardly changes")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("repositories", nargs="*", type=Path, help="real repositories to measure as well")
    options = parser.parse_args()
    told: dict[str, Any] = {"machine": machine(), "rows": {}}
    failed = []
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        (Path(place) / "home").mkdir()
        bench = Bench(Path(place), options.rounds, options.full, tuple(path.resolve() for path in options.repositories))
        print(" · ".join(f"{name} {value}" for name, value in told["machine"].items()))
        for number in map(int, options.rows.split(",")):
            print(f"\n{number:2} {ROWS[number].__doc__}", flush=True)
            figures = []
            for figure in ROWS[number](bench):
                figures.append(figure)
                print(shown(figure), flush=True)
            told["rows"][str(number)] = [figure._asdict() for figure in figures]
            failed += [figure for figure in figures if not (fits_the_gate(figure) if options.gate else figure.fits)]
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    for figure in failed:
        print(f"past its limit: {figure.what}", file=sys.stderr)
    return 1 if failed else 0


def fits_the_gate(figure: Figure) -> bool:
    """Whether it fits where others use the machine too: counts and stable ratios must, other times need not."""
    return not figure.stable or figure.fits


def shown(figure: Figure) -> str:
    """A figure as a line."""
    limit = "" if figure.limit is None else f"(at most {figure.limit:g}){'' if figure.fits else '  PAST IT'}"
    return f"   {figure.value:10.2f} {figure.unit:6} {figure.what}  {limit}".rstrip()


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") if os.path.exists("/proc/cpuinfo") else open(os.devnull) as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=False
    ).stdout.strip()
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    return {
        "processor": f"{os.cpu_count()} x {model}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "doit": version("doit"),
        "git": git,
        "codegenie": commit,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


if __name__ == "__main__":
    sys.exit(main())

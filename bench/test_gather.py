"""Cold, with nothing to do, and after one edit: repositories of realistic shape, small and of 50,000 files."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bench.measure import PROJECT, console, environment

SMALL, BIG = 2_000, 50_000
TIMES_FASTER_WITH_NOTHING_TO_DO = 5
MOST_MEGABYTES = 90
CLOCK_GRAIN = 2.1  # seconds after which any file system's files are at rest

WITH_PEAK_MEMORY = """
import resource, sys
sys.path[0] = {project!r}
from codegenie.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit))
sys.exit(code)
"""


@pytest.mark.parametrize("files", [SMALL, BIG])
def test_a_second_gather_is_fast_and_an_edit_reads_one_file(tmp_path: Path, files: int) -> None:
    repo = tmp_path / "repo"
    make = [sys.executable, "-m", "bench.make_repo", str(repo), "--files", str(files), "--seed", "1", "--git"]
    subprocess.run(make, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    time.sleep(CLOCK_GRAIN)
    _gather(repo, tmp_path, "--out", str(tmp_path / "first"))  # compiles validators, fills the page cache

    cold = _gather(repo, tmp_path)
    current = min((_gather(repo, tmp_path) for _ in range(3)), key=lambda run: run["seconds"])
    edited = next(path for path in sorted(repo.rglob("*.py")) if path.is_file())
    edited.write_text(edited.read_text() + "\nx = 1\n")
    after = _gather(repo, tmp_path)

    for name, run in (("cold", cold), ("nothing to do", current), ("one edit", after)):
        print(
            f"\n{files} files, {name}: {run['seconds']:.2f} s (gathering {run['milliseconds'] / 1000:.2f} s), "
            f"{run['megabytes']:.0f} MB in the engine, "
            f"{run['files']['statted']} stat-ed, {run['files']['hashed']} hashed, "
            f"ran: {[probe for probe, row in run['probes'].items() if row['outcome'] == 'ran']}",
            end="",
        )
    assert cold["milliseconds"] / current["milliseconds"] >= TIMES_FASTER_WITH_NOTHING_TO_DO
    assert current["files"]["hashed"] == 0
    assert {row["outcome"] for row in current["probes"].values()} == {"current"}
    assert after["files"]["hashed"] == 1
    assert {name for name, row in after["probes"].items() if row["outcome"] == "ran"} == {"language_stack"}
    assert max(run["megabytes"] for run in (cold, current, after)) <= MOST_MEGABYTES


def _gather(repo: Path, home: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-c", WITH_PEAK_MEMORY.format(project=str(PROJECT)), *console("gather", str(repo))[3:]]
    began = time.monotonic()
    ran = subprocess.run(
        [*command, "--json", *options], env=environment(home), capture_output=True, check=True, text=True
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found | {"seconds": time.monotonic() - began, "megabytes": float(ran.stderr)}

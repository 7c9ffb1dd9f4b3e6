"""What the engine itself costs: 30 probes that do nothing, over 10 files each."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.measure import PROJECT, console, doit, environment, in_turn

PROBES, FILES = 30, 10
MOST_TIMES_STOCK_DOIT = 1.35
MOST_MILLISECONDS_A_RESTORED_PROBE = 2.0
MOST_MILLISECONDS_A_CURRENT_PROBE = 2.0

PROBE = '''
from codegenie.probe import ProbeInputs, ProbeOutput, register_probe


@register_probe(version="1.0.0", declared_inputs=("{name}/*",))
def {name}(inputs: ProbeInputs) -> ProbeOutput:
    """Count files."""
    return ProbeOutput({{"files": len(inputs.files)}})
'''

STOCK = """
DOIT_CONFIG = {{"backend": "sqlite3", "dep_file": {database!r}, "verbosity": 0, "default_tasks": ["all"]}}


def write(path):
    with open(path, "w") as target:
        target.write("x")


def task_p():
    for number in range({probes}):
        name = f"p{{number:02}}"
        target = {targets!r} + name
        files = [f"{repo}/{{name}}/{{file}}" for file in range({files})]
        yield {{"name": name, "actions": [(write, [target])], "file_dep": files, "targets": [target]}}


def task_all():
    return {{"actions": None, "task_dep": ["p"], "uptodate": [True]}}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repo = tmp_path / "repo"
    for number in range(PROBES):
        directory = repo / f"p{number:02}"
        directory.mkdir(parents=True)
        for file in range(FILES):
            (directory / str(file)).write_text(f"{number} {file}\n" * 300)
    return repo


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout with thirty probes that only count."""
    house = tmp_path / "house"
    for directory in ("probes", "schemas"):
        (house / directory).mkdir(parents=True)
    os.symlink(PROJECT / "codegenie", house / "codegenie")
    shutil.copy(PROJECT / "dodo.py", house)
    shutil.copy(PROJECT / "schemas/document.json", house / "schemas")
    (house / "probes/__init__.py").write_text("")
    for number in range(PROBES):
        name = f"p{number:02}"
        (house / f"probes/{name}.py").write_text(PROBE.format(name=name))
        (house / f"schemas/{name}.json").write_text('{"type": "object"}')
    return house


def test_a_gather_with_nothing_to_do_costs_little_more_than_stock_doit(tmp_path: Path, house: Path, repo: Path) -> None:
    (tmp_path / "stock").mkdir()
    stock = tmp_path / "stock/dodo.py"
    places = {"database": str(tmp_path / "stock/db"), "targets": str(tmp_path / "stock/target-"), "repo": str(repo)}
    stock.write_text(STOCK.format(probes=PROBES, files=FILES, **places))

    ours, theirs = in_turn(doit("gather", f"repo={repo}", dodo=house / "dodo.py"), doit(dodo=stock), tmp_path)

    print(f"\nnothing to do: {ours * 1000:.0f} ms CPU, {ours / theirs:.2f} x stock doit ({theirs * 1000:.0f} ms)")
    assert ours / theirs <= MOST_TIMES_STOCK_DOIT


def test_a_probe_that_is_restored_or_current_costs_the_engine_next_to_nothing(
    tmp_path: Path, house: Path, repo: Path
) -> None:
    gather = console("gather", str(repo), "--json", project=house)
    _run(gather, tmp_path)
    current = min(_run(gather, tmp_path)["milliseconds"] for _ in range(5)) / PROBES
    restored = []
    for _ in range(5):
        for target in (repo / ".codegenie/context/raw").glob("*.json"):
            target.unlink()
        probes = _run(gather, tmp_path)["probes"].values()
        assert {probe["outcome"] for probe in probes} == {"restored"}
        restored.append(sorted(probe["milliseconds"] for probe in probes)[PROBES // 2])
    print(f"\na current probe: {current:.2f} ms; a restored one: {min(restored):.2f} ms")
    assert current <= MOST_MILLISECONDS_A_CURRENT_PROBE
    assert min(restored) <= MOST_MILLISECONDS_A_RESTORED_PROBE


def _run(command: list[str], home: Path) -> dict[str, Any]:
    ran = subprocess.run(command, env=environment(home), capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found

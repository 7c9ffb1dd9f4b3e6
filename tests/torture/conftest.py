"""A bench for every torture test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House
from tests.torture.harness import Bench

collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]  # descriptors and processes are found by /proc


@pytest.fixture
def bench(house: House, repo: Path, home: Path, tmp_path: Path) -> Iterator[Bench]:
    """Two probes that read texts, one that remembers what it found in each file, and a repository of two contents."""
    house.probe("alpha", 'return ProbeOutput({"texts": {path: inputs.read(path).decode() for path in inputs.files}})')
    house.probe(
        "beta",
        'return ProbeOutput({"names": len(inputs.paths), "texts": len(inputs.slices["alpha"]["texts"])})',
        inputs='("**/*.md", PATHS)',
        options='requires=("alpha",), tools=("git",)',
    )
    house.probe("gamma", 'return ProbeOutput({"sizes": inputs.scan(lambda path, content: len(content))})')
    found = Bench(house, repo, home, tmp_path / "clean")
    found.learn()
    yield found
    found.close()

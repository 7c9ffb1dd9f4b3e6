"""Real disks that are full, read-only or limited: a clear message, the old document, and a way out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Figures
from tests.house import PROJECT
from tests.torture.harness import DOCUMENTED, DOORS, Bench, complaint, rounds

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
BLOCKS = (0, 1, 2, 4, 8, 16, 32, 64, 128)


@pytest.fixture
def namespace() -> list[str]:
    """The words before a command that may mount what it likes."""
    try:
        allowed = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if allowed.returncode:
        pytest.skip(f"no mounts of our own here: {allowed.stderr.decode().strip()}")
    return NAMESPACE


def test_a_disk_that_is_full_or_read_only(
    bench: Bench, figures: Figures, tmp_path: Path, home: Path, namespace: list[str]
) -> None:
    (tmp_path / "home").symlink_to(home)
    command = [*namespace, sys.executable, "-m", "tests.torture.disks", str(tmp_path)]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    figures["faults injected"] += int(ran.stdout)


@pytest.mark.parametrize("door", DOORS)
def test_files_that_may_not_grow(bench: Bench, figures: Figures, door: str) -> None:
    """RLIMIT_FSIZE, which SQLite and the workers meet too; without bytecode, which Python itself leaves cut short."""
    old, new = "A", "B"
    bench.put(old)
    assert bench.gather().code == 0
    for blocks in BLOCKS[:: rounds(3, 1)]:
        bench.put(new)
        run = bench.start(door=door, within=f"export PYTHONDONTWRITEBYTECODE=1; ulimit -f {blocks}")
        _, err = run.communicate(timeout=60)
        complaint(err)
        assert run.returncode in DOCUMENTED, err
        assert bench.whole() == (new if run.returncode == 0 else old), err
        bench.check_recovery(new)
        figures["faults injected"] += 1
        old, new = new, old


@pytest.mark.parametrize("options", [[], ["json=1"]], ids=["lines", "json"])
@pytest.mark.parametrize("door", DOORS)
def test_an_output_that_is_full_or_closed(bench: Bench, door: str, options: list[str]) -> None:
    """The document is published all the same; a full disk under the output is told, a reader that left is not."""
    bench.put("A")
    full = bench.start(*options, door=door, within="exec > /dev/full")
    assert full.communicate() == ("", "codegenie: cannot write to standard output (No space left on device)\n")
    assert (full.returncode, bench.whole()) == (2, "A")

    bench.put("B")
    reader, writer = os.pipe()
    os.close(reader)
    closed = bench.start(*options, door=door, output=writer)
    os.close(writer)
    assert (closed.communicate()[1], closed.returncode, bench.whole()) == ("", 0, "B")

"""Gathers on disks that are full or read-only; run in a mount namespace of its own, where it mounts what it needs.

`python -m tests.torture.disks <directory>`, in which lie a house and a home, prints the number of
faults, or ends with an assertion.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house import House
from tests.torture.harness import Bench, Ended, complaint, published

FREE_KIB = (0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
FREE_NAMES = (0, 1, 2, 3, 5, 8, 13)


def main(directory: Path) -> int:
    """All of them; how many faults there were."""
    place = directory / "mount"
    bench = Bench(House(directory / "house"), place / "repo", directory / "home", directory / "right")
    with _mounted(place, "size=1m"):
        bench.repo.mkdir()
        bench.learn()
        ends = [_full(bench, _ballast(place, free)) for free in FREE_KIB]
        assert {*ends} == {0, 2}  # else the room that was left was too much, or too little
        faults = len(ends) + _read_only(bench, place, directory)
    with _mounted(place, "size=8m,nr_inodes=400"):
        bench.repo.mkdir()
        ends = [_full(bench, _names(place, free)) for free in FREE_NAMES]
        assert {*ends} == {0, 2}
    bench.close()
    return faults + len(ends)


def _full(bench: Bench, filled: "Iterator[None]") -> int:
    """The exit code of a gather with little room left: it says why not, and room is all that the next one needs."""
    bench.put("A")
    bench.check_recovery("A")
    bench.put("B")
    with contextmanager(lambda: filled)():
        ended = bench.gather()
        complaint(ended.err)
        assert ended.code in (0, 2), ended
        assert bench.whole() == ("B" if ended.code == 0 else "A"), ended
        assert ended.code == 0 or "No space left on device" in ended.err, ended
    bench.check_recovery("B")
    return ended.code


def _ballast(place: Path, free: int) -> Iterator[None]:
    """All but so many KiB taken."""
    ballast = place / "ballast"
    left = os.statvfs(place)
    ballast.write_bytes(bytes(max(0, left.f_bavail * left.f_frsize - free * 1024)))
    yield
    ballast.unlink()


def _names(place: Path, free: int) -> Iterator[None]:
    """All but so many inodes taken."""
    taken = place / "taken"
    taken.mkdir()
    for number in range(os.statvfs(place).f_favail - free):
        (taken / str(number)).touch()
    yield
    for path in taken.iterdir():
        path.unlink()
    taken.rmdir()


def _read_only(bench: Bench, place: Path, directory: Path) -> int:
    """Nothing can be written: a clear message, which names the way out; and that works."""
    bench.put("A")
    bench.check_recovery("A")
    bench.put("B")
    _run("mount", "-o", "remount,ro", str(place))
    refused = bench.gather()
    complaint(refused.err)
    assert (refused.code, bench.whole()) == (2, "A")
    assert "Read-only file system" in refused.err and "out=" in refused.err
    elsewhere = directory / "elsewhere"
    for options in (["--out", str(elsewhere)], ["--out", str(elsewhere), "--cache-dir", str(directory / "cache")]):
        assert _ended(bench.gather(*options)) == (0, "")
        assert published(elsewhere) == bench.clean["B"]
    _run("mount", "-o", "remount,rw", str(place))
    bench.check_recovery("B")
    return 3


def _ended(ended: Ended) -> tuple[int, str]:
    return ended.code, ended.err


@contextmanager
def _mounted(place: Path, options: str) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", options, "none", str(place))
    yield
    _run("umount", str(place))


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))}\n")

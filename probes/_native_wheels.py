"""What the files of a Python package tell of native code: wheels for platforms, and the libc that they are for."""

from collections.abc import Iterable
from typing import NamedTuple

from codegenie.formats.patterns import lazily

_WHEEL = lazily(r".+-([^-]+)-([^-]+)-([^-]+)\.whl")
_MANYLINUX = lazily(r"manylinux_(\d+)_(\d+)_")
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}  # PEP 600

_MACHINES = ("_x86_64", "_aarch64")


class Wheels(NamedTuple):
    """`pure` where one is for any platform, `native` how many are not.

    `glibc` is the lowest version that one asks for, on the first of x86-64, arm64 and others that there is any for.
    """

    pure: bool
    native: int
    glibc: tuple[int, int] | None
    musl: bool
    archives: int


def wheels(files: Iterable[str]) -> Wheels:
    """What the names of files say."""
    pure, native, archives, musl = False, 0, 0, False
    lowest: dict[int, list[tuple[int, int]]] = {}
    for file in files:
        found = _WHEEL.fullmatch(file.rpartition("/")[2])
        if found is None:
            archives += 1
        elif found[3] == "any":
            pure = True
        else:
            native += 1
            musl = musl or "musllinux" in found[3]
            machine = next((at for at, name in enumerate(_MACHINES) if found[3].endswith(name)), len(_MACHINES))
            lowest.setdefault(machine, []).extend(_glibc(found[3]))
    versions = next((versions for _, versions in sorted(lowest.items()) if versions), [])
    return Wheels(pure, native, min(versions, default=None), musl, archives)


def _glibc(tags: str) -> list[tuple[int, int]]:
    """The versions of the platform tags, the later of which say the same as an earlier one in another way."""
    written = [(int(major), int(minor)) for major, minor in _MANYLINUX.findall(tags)]
    return written + [version for name, version in _LEGACY.items() if f"{name}_" in tags]

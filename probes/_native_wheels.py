"""What the files of a Python package tell of native code: wheels for platforms, and the libc that they are for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WHEEL = re.compile(r".+-([^-]+)-([^-]+)-([^-]+)\.whl")
_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_")
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}  # PEP 600


@dataclass(frozen=True, slots=True)
class Wheels:
    """`pure` where one is for any platform, `native` how many are not; `glibc` is the lowest that one asks for."""

    pure: bool
    native: int
    glibc: tuple[int, int] | None
    musl: bool
    archives: int


def wheels(files: Iterable[str]) -> Wheels:
    """What the names of files say."""
    pure, native, archives, musl = False, 0, 0, False
    lowest: list[tuple[int, int]] = []
    for file in files:
        found = _WHEEL.fullmatch(file.rpartition("/")[2])
        if found is None:
            archives += 1
        elif found[3] == "any":
            pure = True
        else:
            native += 1
            musl = musl or "musllinux" in found[3]
            lowest += [(int(major), int(minor)) for major, minor in _MANYLINUX.findall(found[3])]
            lowest += [version for name, version in _LEGACY.items() if re.search(rf"{name}_", found[3])]
    return Wheels(pure, native, min(lowest, default=None), musl, archives)

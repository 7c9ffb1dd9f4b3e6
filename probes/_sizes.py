"""What kind of content each file of the repository has: text, binary, or a pointer to what LFS keeps elsewhere."""

import re
from typing import NamedTuple

from codegenie.probe import ProbeInputs

_POINTER = re.compile(
    rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\n(?:[^\n]*\n)*?size (\d{1,18})\n"
)
_LONGEST_POINTER = 1023  # bytes: by its specification one is less than 1024


class Contents(NamedTuple):
    """The binary files; and the pointers of LFS with the size of what they stand for, in bytes."""

    binary: tuple[str, ...]
    pointers: dict[str, int]


def contents(inputs: ProbeInputs) -> Contents:
    """Ask for the kind of each file, and look into what may be a pointer."""
    kinds = {path: inputs.kind(path) for path in inputs.files}
    maybe = [path for path, kind in kinds.items() if kind == "pointer" and inputs.size(path) <= _LONGEST_POINTER]
    found = {path: inputs.parse(path, _pointer, _LONGEST_POINTER) for path in maybe}
    return Contents(
        binary=tuple(path for path, kind in kinds.items() if kind == "binary"),
        pointers={path: size for path, size in found.items() if size is not None},
    )


def _pointer(content: bytes) -> int | None:
    """The size that a pointer names."""
    found = _POINTER.match(content)
    return int(found[1]) if found else None

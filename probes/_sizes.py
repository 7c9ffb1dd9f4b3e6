"""What kind of content each file of the repository has: text, binary, or a pointer to what LFS keeps elsewhere."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from codegenie.probe import ProbeInputs

HEAD = 8000  # bytes: git takes a file for binary where there is a NUL in these
_POINTER = re.compile(
    rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\n(?:[^\n]*\n)*?size (\d{1,18})\n"
)
_LONGEST_POINTER = 1024  # by its specification


class Contents(NamedTuple):
    """The binary files; and the pointers of LFS with the size of what they stand for, in bytes."""

    binary: tuple[str, ...]
    pointers: dict[str, int]


def contents(inputs: ProbeInputs, paths: Iterable[str]) -> Contents:
    """Look at the beginning of the files."""
    findings = inputs.scan(_finding, paths, limit=HEAD)
    return Contents(
        binary=tuple(path for path, finding in findings.items() if finding == "binary"),
        pointers={path: finding for path, finding in findings.items() if isinstance(finding, int)},
    )


def _finding(_path: str, head: bytes) -> Any:
    if b"\0" in head:
        return "binary"
    pointer = _POINTER.match(head) if len(head) < _LONGEST_POINTER else None
    return int(pointer[1]) if pointer else None

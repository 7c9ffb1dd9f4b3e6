"""vendor/modules.txt: the modules that `go mod vendor` copied packages from."""

from typing import NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_LINES = 500_000


class Vendored(NamedTuple):
    """One module; `explicit` where go.mod names it, `packages` how many of its packages are there."""

    path: str
    version: str | None
    """None where a directory replaces it at every version."""
    replacement: str | None
    explicit: bool
    packages: int
    line: int


def parse(content: bytes) -> tuple[Vendored, ...]:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    if text.count("\n") > MOST_LINES:
        raise Unparsable(f"more than {MOST_LINES} lines")
    heads: list[tuple[str, str | None, str | None, int]] = []
    explicit: list[bool] = []
    packages: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("# "):
            heads.append((*_head(line[2:], number), number))
            explicit.append(False)
            packages.append(0)
        elif line.startswith("## "):
            if explicit:
                explicit[-1] = explicit[-1] or "explicit" in line[3:].replace(";", " ").split()
        elif line.strip() and packages:
            packages[-1] += 1
        elif line.strip():
            raise Unparsable(f"a package before any module, line {number}")
    return tuple(
        Vendored(path, version, replacement, is_explicit, count, number)
        for (path, version, replacement, number), is_explicit, count in zip(heads, explicit, packages, strict=True)
    )


def _head(text: str, number: int) -> tuple[str, str | None, str | None]:
    """`path version`, `path version => other version` or, after all modules, `path => directory`."""
    module, arrow, replacement = text.partition(" => ")
    words = module.split()
    if not 1 <= len(words) <= 2:
        raise Unparsable(f"a module of an unknown form, line {number}")
    return words[0], words[1] if len(words) == 2 else None, replacement.strip() if arrow else None

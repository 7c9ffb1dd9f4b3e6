"""go.sum: the hashes of modules, of their content and of their go.mod files."""

from typing import NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_LINES = 500_000  # the largest in use have some 10,000


class GoSum(NamedTuple):
    """By (module, version): the hash of the content, and that of the go.mod file alone."""

    contents: dict[tuple[str, str], str]
    go_mods: dict[tuple[str, str], str]
    lines: dict[tuple[str, str], int]
    """Where each module and version is first named."""


def parse(content: bytes) -> GoSum:
    """Read the file.  Raises Unparsable for a line that is not three words, as Go does."""
    contents: dict[tuple[str, str], str] = {}
    go_mods: dict[tuple[str, str], str] = {}
    lines: dict[tuple[str, str], int] = {}
    text = text_of(content)
    if text.count("\n") > MOST_LINES:
        raise Unparsable(f"more than {MOST_LINES} lines")
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if not words:
            continue
        if len(words) != 3:
            raise Unparsable(f"not three words, line {number}")
        path, version, digest = words
        of = go_mods if version.endswith("/go.mod") else contents
        key = (path, version.removesuffix("/go.mod"))
        of[key] = digest
        lines.setdefault(key, number)
    return GoSum(contents, go_mods, lines)

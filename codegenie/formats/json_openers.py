"""Lines of the keys that open an object in JSON as tools write it, indented: those of lockfiles of many MiB."""

import re

from codegenie.formats.patterns import lazily

_OPENER = lazily(r'^([ \t]*+)"((?:[^"\\]|\\.)*+)": \{', re.MULTILINE)
_DEEPEST = 200


def opener_lines(text: str, deepest: int = _DEEPEST) -> dict[tuple[str, ...], int]:
    """The line of each key that opens an object, by the keys above it; nothing where the file is on one line.

    Of those with more than `deepest` keys, themselves included, nothing is said.
    """
    lines: dict[tuple[str, ...], int] = {}
    stack: list[tuple[int, str]] = []
    line, counted = 1, 0
    for found in _OPENER.finditer(text):
        indent = len(found[1])
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack.append((indent, found[2]))
        if len(stack) > _DEEPEST:
            return {}
        if len(stack) > deepest:
            continue
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        lines[tuple(key for _, key in stack)] = line
    return lines

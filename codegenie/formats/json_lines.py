"""Lines of keys in JSON and JSONC text, so that a fact read there can say where."""

import json
import re
from collections.abc import Iterator

from codegenie.formats.plain import Key, writable

# Every alternative takes all it has started on, closed or not: no text makes the search go back.
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|[^\s"{}\[\]:,/]++|\S', re.DOTALL
)


def lines_of(text: str, depth: int = 3) -> dict[Key, int]:
    """The line (from 1) of every key and array element down to `depth`: `("scripts", "build")`, `("files", 0)`.

    Any text gives something, in linear time; it is right only where the text is valid.
    """
    lines: dict[Key, int] = {}
    path: list[str | int] = []  # of each open object its last key, of each open array its index
    previous = ""
    for word, line in _words(text):
        match word:
            case "}" | "]":
                del path[-1:]
            case "," if path and isinstance(path[-1], int):
                path[-1] += 1
            case "," | ":":
                pass
            case _:
                if path and previous != ":":
                    if isinstance(path[-1], str):
                        path[-1] = _key(word)
                    if len(path) <= depth:
                        lines[tuple(path)] = line
                if word in "{[":
                    path.append("" if word == "{" else 0)
        previous = word
    return lines


def _words(text: str) -> Iterator[tuple[str, int]]:
    line, counted = 1, 0
    for found in _TOKEN.finditer(text):
        if not found[0].startswith(("//", "/*")):
            line, counted = line + text.count("\n", counted, found.start()), found.start()
            yield found[0], line


def _key(word: str) -> str:
    if "\\" not in word:
        return word[1:-1]
    try:
        return str(writable(json.loads(word, strict=False)))
    except (ValueError, RecursionError):
        return word

"""Lines of keys in JSON and JSONC text, so that a fact read there can say where."""

import json
import re
from collections.abc import Mapping

from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, writable

# Every alternative takes all it has started on, closed or not: no text makes the search go back.
_TOKEN = lazily(
    r"""
      ("(?:[^"\\]++|\\.)*+"?)
    | ([{\[]) | ([}\]]) | (,) | (:)
    | (?: //[^\r\n]*+ | /\*(?:[^*]++|\*(?!/))*+(?:\*/)? | \s++ )
    | ([^\s"{}\[\]:,/]++ | \S)
    """,
    re.DOTALL | re.VERBOSE,
)
_OPENS, _CLOSES, _COMMA, _COLON = 2, 3, 4, 5  # the groups


@parsed_once(512)
def lines_of(text: str, depth: int = 3) -> Mapping[Key, int]:
    """The line (from 1) of every key and array element down to `depth`: `("scripts", "build")`, `("files", 0)`.

    Any text gives something, in linear time; it is right only where the text is valid.
    """
    lines: dict[Key, int] = {}
    path: list[str | int] = []  # of each open object its last key, of each open array its index
    line, counted = 1, 0
    is_place = True  # what comes is a key or an element, not a key's value
    for found in _TOKEN.finditer(text):
        kind = found.lastindex
        if kind == _COLON:
            is_place = False
        elif kind == _COMMA:
            is_place = True
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif kind == _CLOSES:
            is_place = True
            del path[-1:]
        elif kind:  # not a comment, and not blanks
            if is_place and path:
                if isinstance(path[-1], str):
                    path[-1] = _key(found[0])
                if len(path) <= depth:
                    line, counted = line + text.count("\n", counted, found.start()), found.start()
                    lines[tuple(path)] = line
            is_place = True
            if kind == _OPENS:
                path.append("" if found[0] == "{" else 0)
    return lines


def _key(word: str) -> str:
    if "\\" not in word:
        return word[1:-1]
    try:
        return str(writable(json.loads(word, strict=False)))
    except (ValueError, RecursionError):
        return word

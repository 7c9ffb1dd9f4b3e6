"""Lines of keys in TOML text, so that a fact read there can say where."""

import json
import re
from collections.abc import Mapping

from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, writable

# Every alternative takes all it has started on, closed or not: no text makes the search go back.
_TOKEN = lazily(
    r'''
      (
        """(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5})?
      | \'\'\'(?:[^\']++|\'(?!\'\'))*+(?:\'{3,5})?
      | "(?:[^"\\\n]++|\\[^\n])*+"?
      | \'[^\'\n]*+\'?
      )
    | (\n) | (\[) | (\]) | (\{) | (\}) | (,) | (=) | (\.)
    | (?: \#[^\n]*+ | [ \t\r]++ )
    | ([^\s"\'\#\[\]{},=.]++ | \S)
    ''',
    re.DOTALL | re.VERBOSE,
)
_STRING, _NEWLINE, _OPEN, _CLOSE, _BRACE, _UNBRACE, _COMMA, _EQUALS, _DOT, _WORD = range(1, 11)  # the groups


@parsed_once(64)
def lines_of(text: str, depth: int = 6) -> Mapping[Key, int]:
    """The line (from 1) of every table, key and array element down to `depth`: `("package", "name")`, `("bin", 0)`.

    Any text gives something, in linear time; it is right only where the text is valid.
    """
    reader = _Reader(depth)
    line, counted = 1, 0
    for found in _TOKEN.finditer(text):
        if kind := found.lastindex:
            line, counted = line + text.count("\n", counted, found.start()), found.start()
            reader.take(kind, found[0], line)
    return reader.lines


class _Reader:
    """Follows the way to each value, token by token."""

    def __init__(self, depth: int) -> None:
        self.lines: dict[Key, int] = {}
        self._depth = depth
        self._table: Key = ()
        self._last: dict[Key, int] = {}  # of each array of tables the index of its last
        self._holders: list[tuple[Key, str]] = []  # the open arrays "[" and inline tables "{"
        self._counts: list[int] = []  # the index that the next element of each has
        self._parts: list[str] = []  # of the key that is being read
        self._begun = 0  # the line on which it began
        self._brackets: str | None = None  # those of the header that is being read
        self._in_value = False

    def take(self, kind: int, word: str, line: int) -> None:
        """Go one token further."""
        if self._brackets is not None:
            self._take_in_header(kind, word, line)
        elif self._in_value:
            self._take_in_value(kind, line)
        elif kind in (_STRING, _WORD):
            self._add_part(kind, word, line)
        elif kind == _EQUALS and self._parts:
            self._note_key()
            self._in_value = True
        elif kind == _OPEN and not self._holders and not self._parts:
            self._brackets = "["
            self._begun = line
        elif kind == _UNBRACE and self._holders:
            self._close()
        elif kind in (_NEWLINE, _COMMA):
            self._parts = []

    def _add_part(self, kind: int, word: str, line: int) -> None:
        if not self._parts:
            self._begun = line
        if len(self._parts) <= self._depth:  # what lies deeper is not noted, but must not be taken for something else
            self._parts.append(_unquoted(word) if kind == _STRING else word)

    def _note_key(self) -> None:
        place = self._place()
        for length in range(1, len(self._parts) + 1):
            self._note((*place, *self._parts[:length]))

    def _place(self) -> Key:
        return self._holders[-1][0] if self._holders else self._table

    def _note(self, key: Key) -> None:
        if len(key) <= self._depth:
            self.lines.setdefault(key, self._begun)

    def _take_in_header(self, kind: int, word: str, line: int) -> None:
        if kind in (_STRING, _WORD):
            begun = self._begun
            self._add_part(kind, word, line)
            self._begun = begun
        elif kind == _OPEN and not self._parts:
            self._brackets = "[["
        elif kind in (_CLOSE, _NEWLINE):
            if self._parts and kind == _CLOSE:
                self._enter_table()
            elif kind == _CLOSE:
                return  # the second bracket of a header, or an empty one
            self._brackets, self._parts = None, []

    def _enter_table(self) -> None:
        table: Key = ()
        for part in self._parts:
            table = (*table, part)
            if table in self._last and not (table == tuple(self._parts) and self._brackets == "[["):
                table = (*table, self._last[table])
        if self._brackets == "[[":
            self._last[table] = self._last.get(table, -1) + 1
            self._note(table)
            table = (*table, self._last[table])
        self._note(table)
        self._table = table

    def _take_in_value(self, kind: int, line: int) -> None:
        holder = self._holders[-1] if self._holders else None
        if kind == _NEWLINE:
            self._in_value = holder is not None and holder[1] == "["
            self._parts = [] if not self._in_value else self._parts
        elif kind == _COMMA and holder:
            if holder[1] == "[":
                self._counts[-1] += 1
            else:
                self._in_value, self._parts = False, []
        elif kind in (_CLOSE, _UNBRACE) and holder:
            self._close()
        elif kind not in (_CLOSE, _UNBRACE, _COMMA):
            self._begin_value(kind, line)

    def _begin_value(self, kind: int, line: int) -> None:
        holder = self._holders[-1] if self._holders else None
        if holder and holder[1] == "[":
            key: Key = (*holder[0], self._counts[-1])
            self._begun = line
            self._note(key)
        else:
            key = (*self._place(), *self._parts)
        if kind in (_OPEN, _BRACE):
            self._holders.append((key[: self._depth + 1], "[" if kind == _OPEN else "{"))
            self._counts.append(0)
            self._in_value, self._parts = kind == _OPEN, []

    def _close(self) -> None:
        self._holders.pop()
        self._counts.pop()
        self._in_value, self._parts = True, []


def _unquoted(word: str) -> str:
    if word.startswith("'"):
        return word.strip("'")
    if "\\" not in word:
        return word.strip('"')
    try:
        return str(writable(json.loads(word, strict=False)))
    except (ValueError, RecursionError):
        return word

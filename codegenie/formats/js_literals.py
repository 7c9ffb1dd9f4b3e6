"""Literals in JavaScript, TypeScript and JSON that configures something: texts by the keys that they stand under.

Nothing is run: what is computed is said to be there, and not resolved.
"""

import re
from typing import NamedTuple

from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 20_000
DEEPEST = 60

# A text takes all it has started on, closed or not, and an expression has its bounds: nothing makes the search go back.
_TOKEN = lazily(
    r"""
      (?P<space>\s++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?)
    | (?P<text>"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|`(?:[^`\\]++|\\.)*+`?)
    | (?P<expression>(?<=[(,=:\[!&|?{};\s])/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,40}+\]){1,200}+/[a-z]{0,9}+)
    | (?P<open>[{\[(]) | (?P<close>[}\])]) | (?P<colon>:) | (?P<comma>,)
    | (?P<word>[\w$.-]++) | (?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = lazily(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


class Entry(NamedTuple):
    """A key with the keys around it; its texts and expressions (with slashes), or its word: a number, a name, `true`.

    `resolved` is False where anything else stands there too.
    """

    path: tuple[str, ...]
    texts: tuple[str, ...]
    resolved: bool
    line: int


@parsed_once(512)
def parse(content: bytes) -> tuple[Entry, ...]:
    """Every key of every object, in the order in which they end.  Raises Unparsable."""
    text = text_of(content)
    reader = _Reader()
    line, counted = 1, 0
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind != "space":
            line, counted = line + text.count("\n", counted, found.start()), found.start()
            reader.take(str(kind), found[0], line)
    return reader.finished()


class _Word:
    """What may turn out to be a key, a value or an element; `is_literal` for texts and expressions."""

    def __init__(self, said: str, is_literal: bool, line: int) -> None:
        self.said = said
        self.is_literal = is_literal
        self.line = line


class _Open:
    """An object, a list or a call that has not ended; `name` is the key that it is the value of."""

    def __init__(self, name: str | None, kind: str, line: int, texts: list[str]) -> None:
        self.name = name
        self.kind = kind
        self.line = line
        self.texts = texts
        self.resolved = True


class _Reader:
    """Takes token after token."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._stack = [_Open(None, "", 1, [])]
        self._word: _Word | None = None
        self._key: _Word | None = None

    def take(self, kind: str, written: str, line: int) -> None:
        match kind:
            case "colon":
                if self._word and not self._key and self._stack[-1].kind == "{":
                    self._key, self._word = self._word, None
            case "open":
                self._begin(written, line)
            case "close":
                self._settle()
                if len(self._stack) > 1:
                    self._end()
            case "comma":
                self._settle()
            case "text" | "word" | "expression":
                if self._word is not None or (written[0] == "`" and "${" in written):
                    self._stack[-1].resolved = False
                said = _unquoted(written) if kind == "text" else written
                self._word = _Word(said, kind != "word", line)
            case _:
                if written == "." and not self._word:  # `...more`
                    self._stack[-1].resolved = False

    def finished(self) -> tuple[Entry, ...]:
        """All that was found; what is never closed is not resolved."""
        while len(self._stack) > 1:
            self._stack[-1].resolved = False
            self._end()
        return tuple(self._entries)

    def _begin(self, written: str, line: int) -> None:
        if len(self._stack) > DEEPEST:
            raise Unparsable(f"nested deeper than {DEEPEST} levels")
        if self._word and not self._key:
            self._stack[-1].resolved = False
        name, line = (self._key.said, self._key.line) if self._key else (None, line)
        self._stack.append(_Open(name, written, line, []))
        self._word = self._key = None

    def _settle(self) -> None:
        """A value or an element has ended."""
        holder, key, word = self._stack[-1], self._key, self._word
        if key:
            texts = (word.said,) if word else ()
            self._add((*self._path(), key.said), texts, holder.resolved and word is not None, key.line)
            holder.resolved = True
        elif word and word.is_literal:
            holder.texts.append(word.said)
        elif word:  # a name among the elements
            holder.resolved = False
        self._word = self._key = None

    def _end(self) -> None:
        closed = self._stack.pop()
        if closed.name is not None and closed.kind != "(":
            is_list = closed.kind == "["
            texts = tuple(closed.texts) if is_list else ()
            self._add((*self._path(), closed.name), texts, is_list and closed.resolved, closed.line)

    def _add(self, path: tuple[str, ...], texts: tuple[str, ...], resolved: bool, line: int) -> None:
        self._entries.append(Entry(path, texts, resolved, line))
        if len(self._entries) > MOST_ENTRIES:
            raise Unparsable(f"more than {MOST_ENTRIES} settings")

    def _path(self) -> tuple[str, ...]:
        return tuple(one.name for one in self._stack if one.name is not None)


def _unquoted(written: str) -> str:
    inner = written[1:-1] if len(written) > 1 and written[-1] == written[0] else written[1:]
    return _ESCAPE.sub(lambda found: _letter(found[1]), inner) if "\\" in inner else inner


def _letter(code: str) -> str:
    if code[0] in "ux" and len(code) > 1:
        letter = chr(int(code[1:], 16))
        return "\ufffd" if "\ud800" <= letter <= "\udfff" else letter
    return "" if code in ("\n", "\r\n") else _ESCAPED.get(code, code)

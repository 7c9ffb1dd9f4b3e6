"""YAML as pnpm and yarn write it: block mappings, a key a line.

It takes half of the full parser's time, and has no bound on nodes, for a line is as much as one may hold.
"""

import re
from typing import Any

from codegenie.formats import yaml_text
from codegenie.formats.conflicts import check_conflict
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_scalars import meaning
from codegenie.formats.yaml_text import Document

DEEPEST = 16  # levels; lockfiles have 6

# Every alternative takes all it has started on: no text makes the search go back.
_PLAIN_KEY = r"[^\s\-?:,\[\]{}#&*!|>'\"%@`](?:[^\s:]|\ (?=[^\s#:])|:(?=\S))*+"
_LINE = lazily(rf"(\ *+)(?:'((?:[^']|'')*+)'|\"([^\"\\]*+)\"|({_PLAIN_KEY})):(?:\ ++(.*))?", re.VERBOSE)
_ITEM = lazily(r"( *+)- +(\S.*)")
_ASKED = lazily(r"( *+)\? (?:'((?:[^']|'')*+)'|\"([^\"\\]*+)\"|([^\s'\"].*))")
_ANSWER = lazily(r"( *+):(?: (.*))?")
_PAIR = lazily(r" *+([A-Za-z][\w.-]*+|'[^']*+'): ([^\s,{}\[\]'\"&*!|>%@`#-][^,{}\[\]'\"]*+|'[^']*+') *+(,|\Z)")
_ELEMENT = lazily(r" *+([^\s,{}\[\]'\"&*!|>%@`#:?-][^,{}\[\]'\":#]*+|'[^']*+'|\"[^\"\\]*+\") *+(,|\Z)")
_QUOTED = lazily(r"'(?:[^']|'')*+'|\"[^\"\\]*+\"")
_BLOCK = lazily(r"[|>][-+]?")
_STRANGE = lazily("[\0-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_NOT_PLAIN = frozenset("[]{},#&*!|>'\"%@`")


class _Unfit(Exception):
    """A line is not of the simple kind."""


def last_document(content: bytes, depth: int = 4) -> Document:
    """What `yaml_text.documents` gives for the last document: since pnpm 11 the first is about pnpm itself.

    Raises Unparsable.
    """
    text = text_of(content).replace("\r\n", "\n")
    check_conflict(text)
    at = 0 if text.startswith("---\n") else text.rfind("\n---\n") + 1
    before, body = (text[: at + 4], text[at + 4 :]) if text.startswith("---\n", at) else ("", text)
    try:
        return _Lines(body, before.count("\n"), depth).read()
    except _Unfit:
        found = yaml_text.documents(content, depth)
        return found[-1] if found else Document(None, {})


class _Open:
    """A mapping or list that lines may be added to; `waiting` is the key whose value may be on deeper lines."""

    def __init__(self, indent: int, holder: Any, way: Key) -> None:
        self.indent = indent
        self.holder = holder
        self.way = way
        """The keys around it."""
        self.key = ""
        self.waiting: str | None = None
        self.asked: str | None = None


class _Lines:
    def __init__(self, text: str, offset: int, depth: int) -> None:
        self.text = text
        self.offset = offset
        self.depth = depth
        self.lines: dict[Key, int] = {}
        self.stack: list[_Open] = []

    def read(self) -> Document:
        # Nothing strange is printable, which is seen in a fifth of the time.
        if not self.text.replace("\n", "").isprintable() and _STRANGE.search(self.text):
            raise _Unfit
        rows = self.text.split("\n")
        number = 0
        while number < len(rows):
            row = rows[number]
            number += 1
            bare = row.lstrip(" ")
            if not bare or bare[0] == "#":
                continue
            if found := _LINE.fullmatch(row):
                number = self._entry(found, rows, number)
            elif found := _ITEM.fullmatch(row):
                self._item(len(found[1]), found[2])
            elif found := _ASKED.fullmatch(row):
                self._asked(found, number)
            elif found := _ANSWER.fullmatch(row):
                number = self._answer(found, rows, number)
            else:
                raise _Unfit
        if self.stack and any(each.asked is not None for each in self.stack):
            raise _Unfit
        return Document(self.stack[0].holder if self.stack else None, self.lines)

    def _entry(self, found: re.Match[str], rows: list[str], number: int) -> int:
        around = self._around(len(found[1]), dict)
        key = _key(found)
        around.key = key
        if len(self.stack) <= self.depth:
            self.lines[*around.way, key] = number + self.offset
        return self._value(around, key, (found[5] or "").rstrip(" "), rows, number)

    def _value(self, around: _Open, key: str, value: str, rows: list[str], number: int) -> int:
        if not value:
            around.waiting = key
            around.holder[key] = None
            return number
        if value[0] in "|>":
            number, around.holder[key] = _block(value, rows, number, around.indent)
        else:
            around.holder[key] = _scalar(value)
        return number

    def _item(self, indent: int, value: str) -> None:
        around = self._around(indent, list)
        around.holder.append(_scalar(value.rstrip(" ")))

    def _asked(self, found: re.Match[str], number: int) -> None:
        around = self._around(len(found[1]), dict)
        around.asked = around.key = _key(found) if found[4] is None else _plain(found[4].rstrip(" "))
        if not isinstance(around.asked, str):
            raise _Unfit
        if len(self.stack) <= self.depth:
            self.lines[*around.way, around.key] = number + self.offset

    def _answer(self, found: re.Match[str], rows: list[str], number: int) -> int:
        indent, rest = len(found[1]), (found[2] or "").rstrip(" ")
        while self.stack and self.stack[-1].indent > indent:
            self.stack.pop()
        if not self.stack or self.stack[-1].indent != indent or self.stack[-1].asked is None:
            raise _Unfit
        around = self.stack[-1]
        key, around.asked = around.asked, None
        around.waiting = key
        around.holder[key] = None
        if not rest:
            return number
        first = _LINE.fullmatch(f"{' ' * (indent + 2)}{rest}")
        if first is None:
            raise _Unfit
        return self._entry(first, rows, number)

    def _around(self, indent: int, kind: type) -> _Open:
        """The mapping or list that a line of this indentation belongs to."""
        stack = self.stack
        while stack and stack[-1].indent > indent:
            stack.pop()
        if not stack and not self.lines and kind is dict and indent == 0:
            stack.append(_Open(0, {}, ()))
        elif stack and stack[-1].waiting is not None and (indent > stack[-1].indent or kind is list):
            above = stack[-1]
            if len(stack) > DEEPEST or (kind is list and isinstance(above.holder, list)):
                raise _Unfit
            stack.append(_Open(indent, kind(), (*above.way, above.key)))
            above.holder[above.waiting], above.waiting = stack[-1].holder, None
        if not stack or stack[-1].indent != indent or type(stack[-1].holder) is not kind:
            raise _Unfit
        if stack[-1].asked is not None:
            raise _Unfit
        stack[-1].waiting = None
        return stack[-1]


def _key(found: re.Match[str]) -> str:
    if found[4] is not None:
        if found[4] == "<<":
            raise _Unfit
        return found[4]
    return found[2].replace("''", "'") if found[2] is not None else found[3]


def _scalar(value: str) -> Any:
    match value[0]:
        case "'" | '"':
            if not _QUOTED.fullmatch(value):
                raise _Unfit
            return _unquoted(value)
        case "{":
            return _flow_mapping(value)
        case "[":
            return _flow_list(value)
        case _:
            return _plain(value)


def _plain(value: str) -> Any:
    if value[0] in _NOT_PLAIN or ": " in value or " #" in value or value[-1] == ":":
        raise _Unfit
    if value[0] in "-?:" and (len(value) == 1 or value[1] == " "):
        raise _Unfit
    return meaning(value, plain=True, tag=None)


def _unquoted(value: str) -> str:
    return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1]


def _flow_mapping(value: str) -> dict[str, Any]:
    if value[-1] != "}":
        raise _Unfit
    inside, found, at = value[1:-1], {}, 0
    while at < len(inside):
        pair = _PAIR.match(inside, at)
        if pair is None or (pair[3] and pair.end() == len(inside)):
            raise _Unfit
        found[pair[1].strip("'")] = _element(pair[2])
        at = pair.end()
    return found


def _flow_list(value: str) -> list[Any]:
    if value[-1] != "]":
        raise _Unfit
    inside, found, at = value[1:-1], [], 0
    while at < len(inside):
        element = _ELEMENT.match(inside, at)
        if element is None or (element[2] and element.end() == len(inside)):
            raise _Unfit
        found.append(_element(element[1]))
        at = element.end()
    return found


def _element(value: str) -> Any:
    return _unquoted(value) if value[0] in "'\"" else _plain(value.rstrip(" "))


def _block(value: str, rows: list[str], number: int, indent: int) -> tuple[int, Any]:
    """A text of several lines, which is rare: the full parser reads it."""
    if not _BLOCK.fullmatch(value):
        raise _Unfit
    end = number
    while end < len(rows) and (not rows[end].strip(" ") or rows[end].startswith(" " * (indent + 1))):
        end += 1
    text = "\n".join([f"a: {value}", *rows[number:end], ""])
    try:
        return end, yaml_text.load(text.encode())["a"]
    except (Unparsable, KeyError, TypeError):
        raise _Unfit from None

"""Values of YAML, JSON and TOML files that know their lines, and can be walked without asking what is there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats import json_lines, toml_lines, toml_text, yaml_text
from codegenie.formats.json_text import load_text
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable

DEEPEST = 18
"""Levels whose lines are known: the key of a container's variable in a List of CronJobs is on the sixteenth."""
_MOST_PLACES = 16  # that one value may have been written at; people merge a handful of anchors


class _Source(NamedTuple):
    lines: Mapping[Key, int]
    tags: Mapping[Key, str]
    before: int
    """The lines of the file before the document."""
    anchors: Mapping[Key, tuple[Key, ...]] = {}

    def places(self, ways: Iterable[Key]) -> tuple[Key, ...]:
        """The ways, and after each where what aliases put there is written."""
        found: list[Key] = []
        waiting = [*ways][::-1]
        while waiting and len(found) < _MOST_PLACES:
            way = waiting.pop()
            if way not in found:
                found.append(way)
                waiting += self.anchors.get(way, ())[::-1]
        return tuple(found)


_NOWHERE = _Source({}, {}, 0)


class Node:
    """A value and its line; what is not there is a node too, with None for value and the line of what is around it."""

    __slots__ = ("_places", "_source", "at", "line", "value")

    def __init__(
        self,
        value: Any,
        line: int | None,
        at: Key = (),
        places: tuple[Key, ...] = ((),),
        source: _Source = _NOWHERE,
    ) -> None:
        self.value = value
        self.line = line
        self.at = at
        self._places = places
        self._source = source

    def __getitem__(self, key: str) -> "Node":
        return self._child(key, self.value.get(key) if isinstance(self.value, dict) else None)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __bool__(self) -> bool:
        return self.value is not None

    def down(self, *keys: str) -> "Node":
        """What stands below these keys."""
        found = self
        for key in keys:
            found = found[key]
        return found

    def first(self, *keys: str) -> "Node":
        """The first of the keys that has a value; a node without a value where none has."""
        return next((self[key] for key in keys if self[key]), self[keys[0]])

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """The keys of a mapping with their values; nothing for anything else."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, self._child(key, value)

    def elements(self) -> Iterator["Node"]:
        """The elements of a list; nothing for anything else."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield self._child(index, value)

    def elements_or_self(self) -> Iterator["Node"]:
        """The elements of a list, or the value alone where it is no list; nothing where it is null."""
        if isinstance(self.value, list):
            yield from self.elements()
        elif self:
            yield self

    @property
    def text(self) -> str | None:
        """A scalar as text, a truth as YAML writes it; None for null, lists and mappings."""
        match self.value:
            case str():
                return self.value
            case bool():
                return "true" if self.value else "false"
            case int() | float():
                return str(self.value)
        return None

    @property
    def integer(self) -> int | None:
        """A whole number, written as one or as text of digits."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        is_number = isinstance(self.value, str) and self.value.isascii() and self.value.isdigit()
        return int(self.value) if is_number and len(self.value) < 18 else None

    @property
    def truth(self) -> bool | None:
        """A truth; None for all else."""
        return self.value if isinstance(self.value, bool) else None

    @property
    def is_mapping(self) -> bool:
        """Whether there are keys to look up."""
        return isinstance(self.value, dict)

    @property
    def tag(self) -> str | None:
        """The tag of the file's own that the value has: `!Ref`."""
        return next((self._source.tags[place] for place in self._places if place in self._source.tags), None)

    def _child(self, key: str | int, value: Any) -> "Node":
        places = self._source.places((*place, key) for place in self._places)
        lines = (self._source.lines.get(place) for place in places)
        line = next((line + self._source.before for line in lines if line is not None), self.line)
        return Node(value, line, (*self.at, key), places, self._source)


def yaml_nodes(content: bytes, before: int = 0) -> list[Node]:
    """The documents of a YAML text that stands after `before` lines of its file.  Raises Unparsable."""
    return [
        Node(document.value, min(document.lines.values(), default=1) + before, source=_source(document, before))
        for document in yaml_text.documents(content, DEEPEST)
    ]


def yaml_node(content: bytes) -> Node:
    """The first document of a YAML file, which must be a mapping or empty.  Raises Unparsable."""
    return _mapping(next(iter(yaml_nodes(content)), Node(None, 1)))


def json_node(content: bytes) -> Node:
    """The value of a JSON file, which must be an object.  Raises Unparsable."""
    return _mapping(json_value(content))


def json_value(content: bytes) -> Node:
    """The value of a JSON text.  Raises Unparsable."""
    text = text_of(content)
    return Node(load_text(text), 1, source=_Source(json_lines.lines_of(text, DEEPEST), {}, 0))


def toml_node(content: bytes) -> Node:
    """The value of a TOML file.  Raises Unparsable."""
    value = toml_text.load(content)
    return Node(value, 1, source=_Source(toml_lines.lines_of(text_of(content), DEEPEST), {}, 0))


def _mapping(node: Node) -> Node:
    if node and not node.is_mapping:
        raise Unparsable("not a mapping")
    return node


def _source(document: yaml_text.Document, before: int) -> _Source:
    return _Source(document.lines, document.tags, before, document.anchors)

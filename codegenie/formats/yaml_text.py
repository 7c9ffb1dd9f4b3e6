"""YAML as plain values, built from the event stream: libyaml's own loader can be crashed by deep nesting.

Scalars are those of YAML 1.2's core schema, so `on`, `no`, `22:22`, `010` and dates stay text; tags say nothing
(`!Ref x` is "x").  Keys are text as written; a key given twice counts with its last value.  Merge keys are followed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, text_of, writable
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_scalars import meaning

DEEPEST = 64
MOST_NODES = 1_000_000  # an OpenAPI description of 10 MB has 400,000
FREE_NODES = 100_000  # that a short file may have; what people and tools write has one for 25 bytes
BYTES_PER_NODE = 8
MOST_ALIASED = 200_000  # nodes, or runs of 64 characters, that aliases add to what is written out
MOST_MERGED = 16  # mappings into one whose places are told
MOST_DIRECTIVES = 64  # libyaml compares each %TAG with all before it

_DIRECTIVE = lazily("^%", re.MULTILINE)


class Document(NamedTuple):
    """One document's value, and the line (from 1) of its keys and list elements down to the depth asked for."""

    value: Any
    lines: Mapping[Key, int]
    tags: Mapping[Key, str] = {}
    """The tags of a file's own, like `!Ref`, of the values at those keys and elements."""
    anchors: Mapping[Key, tuple[Key, ...]] = {}
    """Where the lists and mappings stand that aliases put at those places or merge into them, the strongest first."""


def load(content: bytes) -> Any:
    """The value of a file of at most one document; None for an empty one.  Raises Unparsable."""
    found = list(islice(_documents(content, 0), 2))
    if len(found) > 1:
        raise Unparsable("more than one YAML document")
    return found[0].value if found else None


def load_all(content: bytes) -> tuple[Any, ...]:
    """The values of all documents.  Raises Unparsable."""
    return tuple(document.value for document in _documents(content, 0))


def documents(content: bytes, depth: int = 4) -> tuple[Document, ...]:
    """All documents with the lines of their keys and elements down to `depth`.  Raises Unparsable."""
    return tuple(_documents(content, depth))


def _documents(content: bytes, depth: int) -> Iterator[Document]:
    import yaml  # late: 15 ms that a run without YAML files need not pay

    text = text_of(content)
    if len(_DIRECTIVE.findall(text)) > MOST_DIRECTIVES:
        raise Unparsable(f"more than {MOST_DIRECTIVES} directives")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # only its parser is used
    try:
        most = min(max(FREE_NODES, len(text) // BYTES_PER_NODE), MOST_NODES)
        yield from _Builder(depth, most).documents(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Unparsable(f"not YAML: {_without_quotations(error.problem)}{line}") from None
    except yaml.YAMLError:
        raise Unparsable("not YAML: an unacceptable character") from None


def _without_quotations(problem: str | None) -> str:
    return re.split("['\"`(]", problem or "malformed", maxsplit=1)[0].strip()


class _Open:
    """A list or mapping whose end has not come yet, and for a mapping the key that waits for its value."""

    def __init__(self, holder: list[Any] | dict[str, Any], anchor: str | None, place: Key | None) -> None:
        self.holder = holder
        self.anchor = anchor
        self.place = place
        self.key: str | None = None
        self.merging = False
        self.merged: dict[str, Any] = {}
        self.size = 1


class _Builder:
    """Turns events into values, without recursion."""

    def __init__(self, depth: int, most_nodes: int) -> None:
        self._depth = depth
        self._most_nodes = most_nodes
        self._nodes = 0
        self._begin()

    def documents(self, events: Iterable[Any]) -> Iterator[Document]:
        take: dict[str, Callable[[Any], None]] = {
            "DocumentStartEvent": self._begin,
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "MappingStartEvent": self._mapping,
            "SequenceStartEvent": self._sequence,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
        }
        for event in events:
            name = type(event).__name__
            if name in take:
                take[name](event)
            elif name == "DocumentEndEvent":
                yield Document(self._root, self._lines, self._tags, self._put)

    def _begin(self, _event: Any = None) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, Key | None]] = {}
        self._put: dict[Key, tuple[Key, ...]] = {}
        self._aliased = 0
        self._lines: dict[Key, int] = {}
        self._tags: dict[Key, str] = {}
        self._root: Any = None

    def _scalar(self, event: Any) -> None:
        text = event.value if event.value.isascii() else writable(event.value)
        plain = not event.style
        size = 1 + len(text) // 64
        is_key = self._awaits_key()
        value = text if is_key else meaning(text, plain=plain, tag=event.tag)
        if event.anchor:
            self._anchors[event.anchor] = (value, size, None)
        if is_key:
            self._take_key(text, event, merging=plain and text == "<<")
        else:
            self._note_line(event)
            self._add(value, size)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            raise Unparsable(f"an alias before its anchor is complete{_at(event)}")
        value, size, place = self._anchors[event.anchor]
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise Unparsable(f"aliases that stand for more than {MOST_ALIASED} nodes")
        if not self._awaits_key():
            self._note_line(event)
            self._note_anchor(place)
            self._add(value, size)
        elif isinstance(value, str):
            self._take_key(value, event)
        else:
            raise Unparsable(f"a key that is not text{_at(event)}")

    def _mapping(self, event: Any) -> None:
        self._start(event, {})

    def _sequence(self, event: Any) -> None:
        self._start(event, [])

    def _start(self, event: Any, holder: list[Any] | dict[str, Any]) -> None:
        if self._awaits_key():
            raise Unparsable(f"a key that is a list or a mapping{_at(event)}")
        if len(self._open) >= DEEPEST:
            raise Unparsable(f"nested deeper than {DEEPEST} levels")
        self._note_line(event)
        place = self._path() if event.anchor and len(self._open) <= self._depth else None
        self._open.append(_Open(holder, event.anchor, place))

    def _end(self, _event: Any) -> None:
        closed = self._open.pop()
        value: Any = closed.merged | closed.holder if isinstance(closed.holder, dict) else closed.holder
        if closed.anchor:
            self._anchors[closed.anchor] = (value, closed.size, closed.place)
        self._add(value, closed.size)

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and isinstance(self._open[-1].holder, dict)

    def _take_key(self, text: str, event: Any, *, merging: bool = False) -> None:
        self._open[-1].key = text
        self._open[-1].merging = merging
        if len(self._open) <= self._depth:
            self._lines[self._path()] = event.start_mark.line + 1

    def _note_line(self, event: Any) -> None:
        """Where a list element starts; a mapping's value is found by the line of its key."""
        if 0 < len(self._open) <= self._depth:
            if isinstance(self._open[-1].holder, list):
                self._lines[self._path()] = event.start_mark.line + 1
            tag = getattr(event, "tag", None)  # an alias has none
            if tag and tag[0] == "!" and tag != "!":
                self._tags[self._path()] = writable(tag)

    def _note_anchor(self, place: Key | None) -> None:
        """Where an alias stands; in a merge, where that stands."""
        if place is None or len(self._open) > self._depth:
            return
        at = self._path()
        depth = len(at) - (2 if isinstance(self._open[-1].holder, list) else 1)
        if 0 <= depth < len(self._open) and self._open[depth].merging:
            at = at[:depth]
        known = self._put.get(at, ())
        if len(known) < MOST_MERGED:
            self._put[at] = (*known, place)

    def _path(self) -> Key:
        return tuple(len(around.holder) if around.key is None else around.key for around in self._open)

    def _add(self, value: Any, size: int) -> None:
        self._nodes += 1
        if self._nodes > self._most_nodes:
            raise Unparsable(f"more than {self._most_nodes} nodes")
        if not self._open:
            self._root = value
            return
        around = self._open[-1]
        around.size += size
        if isinstance(around.holder, list):
            around.holder.append(value)
        elif around.key is not None:
            if not (around.merging and _merge(around.merged, value)):
                around.holder[around.key] = value
            around.key = None


def _merge(merged: dict[str, Any], value: Any) -> bool:
    """Take over the keys of a mapping, or of a list of them where the first has precedence; False for all else."""
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        return False
    for source in reversed(sources):
        merged.update(source)
    return True


def _at(event: Any) -> str:
    return f", line {event.start_mark.line + 1}"

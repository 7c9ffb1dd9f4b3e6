"""YAML as nodes that know their line, their tag and the text as written: `3.10` stays 3.10, `!reference` stays one.

The limits are those of `yaml_text`, so that walking a node and all below it is never much more than reading the file.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import BYTES_PER_NODE, DEEPEST, FREE_NODES, MOST_ALIASED, MOST_DIRECTIVES, MOST_NODES

_DIRECTIVE = lazily("^%", re.MULTILINE)
_NULL = ("", "~", "null", "Null", "NULL")
_NO_PAIRS: Mapping[str, "Node"] = {}


class Node:
    """A scalar (`text`), a list (`elements`) or a mapping (`pairs`); the other two are empty.

    `line` is where the value starts, for the value of a key that of the key; inside what an alias stands for, that of
    the anchor.  `text` is None for a null and for what is not a scalar.
    """

    __slots__ = ("elements", "file", "kind", "line", "pairs", "starts", "style", "tag", "text")

    def __init__(
        self,
        line: int,
        text: str | None = None,
        *,
        elements: tuple["Node", ...] = (),
        pairs: Mapping[str, "Node"] = _NO_PAIRS,
        kind: str = "scalar",
        tag: str | None = None,
        style: str = "",
        starts: int = 0,
        file: str | None = None,
    ) -> None:
        self.line = line
        self.text = text
        self.elements = elements
        self.pairs = pairs
        self.kind = kind
        self.tag = tag
        """`!reference`; None for the tags of YAML itself."""
        self.style = style
        """Of a scalar: "" for plain, else its indicator: `|`, `>`, `'`, `"`."""
        self.starts = starts
        """The line where the value itself starts."""
        self.file = file
        """The file that it stands in, where values of several files are brought together."""

    def __getitem__(self, key: str) -> "Node":
        """The value of the key, which is NOTHING where there is none, or no mapping."""
        return self.pairs.get(key, NOTHING)

    def __bool__(self) -> bool:
        """Whether there is anything: no null, no empty list, no empty mapping."""
        return self.text is not None or bool(self.elements) or bool(self.pairs)

    @property
    def several(self) -> tuple["Node", ...]:
        """The elements of a list, or the one scalar or mapping that stands for such a list."""
        return self.elements if self.kind == "list" else (self,) if self else ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The scalars of a list of any depth, or the one that stands for such a list."""
        if self.kind == "list":
            return tuple(text for element in self.elements for text in element.texts)
        return () if self.text is None else (self.text,)

    @property
    def is_true(self) -> bool:
        """Whether it is YAML's true, written without quotes."""
        return not self.style and self.text in ("true", "True", "TRUE")

    def with_pairs(self, pairs: Mapping[str, "Node"]) -> "Node":
        """The same mapping with other pairs."""
        return self.holding(self.elements, pairs)

    def holding(self, elements: tuple["Node", ...], pairs: Mapping[str, "Node"], file: str | None = None) -> "Node":
        """The same node with other elements and pairs; and in another file, where one is named."""
        return Node(
            self.line,
            self.text,
            elements=elements,
            pairs=pairs,
            kind=self.kind,
            tag=self.tag,
            style=self.style,
            starts=self.starts,
            file=file or self.file,
        )

    def scalars(self) -> Iterator["Node"]:
        """Every scalar at or below this node; keys are not among them."""
        if self.text is not None:
            yield self
        for below in (*self.elements, *self.pairs.values()):
            yield from below.scalars()


NOTHING = Node(0)


def parse(content: bytes) -> tuple[Node, ...]:
    """The top node of each document.  Raises Unparsable."""
    import yaml  # late: 15 ms that a run without YAML files need not pay

    text = text_of(content)
    if len(_DIRECTIVE.findall(text)) > MOST_DIRECTIVES:
        raise Unparsable(f"more than {MOST_DIRECTIVES} directives")
    most = min(max(FREE_NODES, len(text) // BYTES_PER_NODE), MOST_NODES)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # only its parser is used
    try:
        return tuple(_Builder(most).documents(yaml.parse(text, Loader=loader)))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        problem = re.split("['\"`(]", error.problem or "malformed", maxsplit=1)[0].strip()
        raise Unparsable(f"not YAML: {problem}{line}") from None
    except yaml.YAMLError:
        raise Unparsable("not YAML: an unacceptable character") from None


def mapping(content: bytes) -> Node:
    """The one document of a file, which must be a mapping; NOTHING for an empty one.  Raises Unparsable."""
    found = [document for document in parse(content) if document.kind != "scalar" or document.text is not None]
    if len(found) > 1:
        raise Unparsable("more than one YAML document")
    if found and found[0].kind != "mapping":
        raise Unparsable("not a YAML mapping")
    return found[0] if found else NOTHING


def in_file(node: Node, file: str) -> Node:
    """The same node, and all below it, with the name of its file."""
    elements = tuple(in_file(element, file) for element in node.elements)
    return node.holding(elements, {key: in_file(value, file) for key, value in node.pairs.items()}, file)


def shown(node: Node) -> str:
    """The node on one line, near to how it was written."""
    if node.kind == "list":
        return f"[{', '.join(shown(element) for element in node.elements)}]"
    if node.kind == "mapping":
        return "{" + ", ".join(f"{key}: {shown(value)}" for key, value in node.pairs.items()) + "}"
    return node.text or ""


class _Open:
    """A list or mapping whose end has not come yet, and for a mapping the key that waits for its value."""

    def __init__(self, kind: str, line: int, starts: int, anchor: str | None, tag: str | None) -> None:
        self.kind = kind
        self.line = line
        self.starts = starts
        self.anchor = anchor
        self.tag = tag
        self.elements: list[Node] = []
        self.pairs: dict[str, Node] = {}
        self.merged: dict[str, Node] = {}
        self.key: str | None = None
        self.key_line = 0
        self.merging = False
        self.size = 1


class _Builder:
    """Turns events into nodes, without recursion."""

    def __init__(self, most_nodes: int) -> None:
        self._most_nodes = most_nodes
        self._nodes = 0
        self._begin()

    def documents(self, events: Iterable[Any]) -> Iterator[Node]:
        take: dict[str, Callable[[Any], None]] = {
            "DocumentStartEvent": self._begin,
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "MappingStartEvent": lambda event: self._start(event, "mapping"),
            "SequenceStartEvent": lambda event: self._start(event, "list"),
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
        }
        for event in events:
            name = type(event).__name__
            if name in take:
                take[name](event)
            elif name == "DocumentEndEvent":
                yield self._root

    def _begin(self, _event: Any = None) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._aliased = 0
        self._root: Node = NOTHING

    def _scalar(self, event: Any) -> None:
        text = event.value if event.value.isascii() else writable(event.value)
        style = event.style or ""
        if self._awaits_key():
            if event.anchor:
                self._anchors[event.anchor] = (Node(_line(event), text, style=style), 1)
            self._take_key(text, event, merging=not style and text == "<<")
            return
        tag = _own_tag(event.tag)
        null = not style and tag is None and text in _NULL
        node = Node(self._line_of(event), None if null else text, tag=tag, style=style, starts=_line(event))
        self._add(node, 1 + len(text) // 64, event.anchor)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            raise Unparsable(f"an alias before its anchor is complete, line {_line(event)}")
        node, size = self._anchors[event.anchor]
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise Unparsable(f"aliases that stand for more than {MOST_ALIASED} nodes")
        if not self._awaits_key():
            self._add(node, size, None)
        elif node.text is not None:
            self._take_key(node.text, event)
        else:
            raise Unparsable(f"a key that is not text, line {_line(event)}")

    def _start(self, event: Any, kind: str) -> None:
        if self._awaits_key():
            raise Unparsable(f"a key that is a list or a mapping, line {_line(event)}")
        if len(self._open) >= DEEPEST:
            raise Unparsable(f"nested deeper than {DEEPEST} levels")
        self._open.append(_Open(kind, self._line_of(event), _line(event), event.anchor, _own_tag(event.tag)))

    def _end(self, _event: Any) -> None:
        done = self._open.pop()
        node = Node(
            done.line,
            elements=tuple(done.elements),
            pairs=done.merged | done.pairs if done.merged else done.pairs,
            kind=done.kind,
            tag=done.tag,
            starts=done.starts,
        )
        self._add(node, done.size, done.anchor)

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and self._open[-1].kind == "mapping"

    def _take_key(self, text: str, event: Any, *, merging: bool = False) -> None:
        around = self._open[-1]
        around.key, around.key_line, around.merging = text, _line(event), merging

    def _line_of(self, event: Any) -> int:
        return self._open[-1].key_line if self._open and self._open[-1].kind == "mapping" else _line(event)

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        self._nodes += 1
        if self._nodes > self._most_nodes:
            raise Unparsable(f"more than {self._most_nodes} nodes")
        if anchor:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self._root = node
            return
        around = self._open[-1]
        around.size += size
        if around.kind == "list":
            around.elements.append(node)
        elif around.key is not None:
            if not (around.merging and _merge(around.merged, node)):
                around.pairs[around.key] = node
            around.key = None


def _merge(merged: dict[str, Node], node: Node) -> bool:
    """Take over the pairs of a mapping, or of a list of them where the first has precedence; False for all else."""
    sources = node.elements if node.kind == "list" else (node,)
    if not all(source.kind == "mapping" for source in sources):
        return False
    for source in reversed(sources):
        merged.update(source.pairs)
    return True


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _own_tag(tag: str | None) -> str | None:
    """A tag that the format itself gives a meaning to; those of YAML say nothing here."""
    return None if tag is None or tag == "!" or tag.startswith("tag:yaml.org,2002:") else str(writable(tag))

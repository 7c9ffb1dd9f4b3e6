"""XML as elements with their lines, without document types: no entity is ever declared, and so none expands."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.unparsable import Unparsable

DEEPEST = 100  # the pom.xml files of large builds reach 15
MOST_ELEMENTS = 100_000
MOST_BYTES = 10 << 20


class Element(NamedTuple):
    """One element, by its local name; `text` is what stands in it directly, `line` where it starts (from 1)."""

    name: str
    line: int
    attributes: Mapping[str, str]
    text: str
    children: tuple["Element", ...]

    def child(self, name: str) -> str:
        """The stripped text of the first child of that name; empty where there is none."""
        return next((child.text.strip() for child in self.children if child.name == name), "")

    def walk(self) -> Iterator["Element"]:
        """The element and all beneath it, in the order written."""
        pending = [self]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(reversed(element.children))


def parse(content: bytes) -> Element:
    """The root element.  Raises Unparsable."""
    from xml.parsers import expat  # late: 5 ms that a run without XML files need not pay

    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: builder.start(name, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(content, True)
    except Unparsable:
        raise
    except expat.ExpatError as error:
        raise Unparsable(f"not XML: line {error.lineno}") from None
    except (LookupError, ValueError):
        raise Unparsable("an encoding that is not known") from None
    return builder.root


class _Open:
    """An element whose end has not come yet."""

    def __init__(self, name: str, line: int, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.line = line
        self.attributes = attributes
        self.texts: list[str] = []
        self.children: list[Element] = []


class _Builder:
    """Takes what expat reports, without recursion."""

    def __init__(self) -> None:
        self.root: Element
        self._open: list[_Open] = []
        self._elements = 0

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise Unparsable(f"more than {MOST_ELEMENTS} elements")
        if len(self._open) >= DEEPEST:
            raise Unparsable(f"nested deeper than {DEEPEST} levels")
        self._open.append(_Open(name.rpartition(" ")[2], line, attributes))

    def end(self, _name: str) -> None:
        closed = self._open.pop()
        text = "".join(closed.texts)
        element = Element(closed.name, closed.line, closed.attributes, text, tuple(closed.children))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].texts.append(data)

    def refuse(self, *_declaration: Any) -> None:
        raise Unparsable("a document type, which may declare entities")

"""The dependencies in XML manifests: Maven's pom.xml and the project files of .NET."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from codegenie.formats.unparsable import Unparsable

from ._dependencies import Manifest
from ._dependencies_text import Found

_POM_HOLDERS = frozenset({"dependency", "parent", "plugin"})
_REFERENCES = frozenset({"PackageReference", "FrameworkReference"})


@dataclass(slots=True)
class _Element:
    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["_Element"] = field(default_factory=list)

    def child(self, name: str) -> str:
        return next((child.text.strip() for child in self.children if child.name == name), "")

    def walk(self) -> Iterator["_Element"]:
        pending = [self]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(reversed(element.children))


def pom_xml(content: bytes) -> Manifest:
    """Maven: parent, dependencies and plugins as `group:artifact`.  Raises Unparsable."""
    root = _parsed(content)
    found: list[Found] = [
        (f"{element.child('groupId')}:{element.child('artifactId')}", element.line)
        for element in root.walk()
        if element.name in _POM_HOLDERS
    ]
    modules = next((child.line for child in root.children if child.name == "modules" and child.children), None)
    return Manifest(tuple(found), modules)


def dotnet_project(content: bytes) -> Manifest:
    """.NET: packages, shared frameworks, and the SDK as `sdk:name`.  Raises Unparsable."""
    root = _parsed(content)
    named = (sdk.partition("/")[0].strip() for sdk in root.attributes.get("Sdk", "").split(";"))
    found = [(f"sdk:{sdk}", root.line) for sdk in named if sdk]  # "name/version"
    for element in root.walk():
        if element.name in _REFERENCES and (name := element.attributes.get("Include")):
            found.append((name, element.line))
        if element.name == "Sdk" and (name := element.attributes.get("Name")):
            found.append((f"sdk:{name}", element.line))
    return Manifest(tuple(found))


def _parsed(content: bytes) -> _Element:
    root = _Element("", 1, {})
    opened = [root]
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        element = _Element(name.rpartition(" ")[2], parser.CurrentLineNumber, attributes)
        opened[-1].children.append(element)
        opened.append(element)

    def end(_name: str) -> None:
        opened.pop()

    def text(data: str) -> None:
        opened[-1].text += data

    def refuse(*_declaration: object) -> None:
        raise Unparsable("declares entities")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unparsable(f"not XML: line {error.lineno}") from None
    return root.children[0]

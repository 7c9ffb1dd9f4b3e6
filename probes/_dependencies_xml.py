"""The dependencies in XML manifests: Maven's pom.xml and the project files of .NET."""

from codegenie.formats import xml_text

from ._dependencies import Manifest
from ._dependencies_text import Found

_POM_HOLDERS = frozenset({"dependency", "parent", "plugin"})
_REFERENCES = frozenset({"PackageReference", "FrameworkReference"})


def pom_xml(content: bytes) -> Manifest:
    """Maven: parent, dependencies and plugins as `group:artifact`.  Raises Unparsable."""
    root = xml_text.parse(content)
    found: list[Found] = [
        (f"{element.child('groupId')}:{element.child('artifactId')}", element.line)
        for element in root.walk()
        if element.name in _POM_HOLDERS
    ]
    modules = next((child.line for child in root.children if child.name == "modules" and child.children), None)
    return Manifest(tuple(found), modules)


def dotnet_project(content: bytes) -> Manifest:
    """.NET: packages, shared frameworks, and the SDK as `sdk:name`.  Raises Unparsable."""
    root = xml_text.parse(content)
    named = (sdk.partition("/")[0].strip() for sdk in root.attributes.get("Sdk", "").split(";"))
    found = [(f"sdk:{sdk}", root.line) for sdk in named if sdk]  # "name/version"
    for element in root.walk():
        if element.name in _REFERENCES and (name := element.attributes.get("Include")):
            found.append((name, element.line))
        if element.name == "Sdk" and (name := element.attributes.get("Name")):
            found.append((f"sdk:{name}", element.line))
    return Manifest(tuple(found))

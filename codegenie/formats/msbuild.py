"""MSBuild project files, .props and .targets: properties, items and imports as written, in their order."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codegenie.formats import xml_text
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.xml_text import Element

MOST_STEPS = 50_000

# Items that a build file holds by the thousand (Compile, Content) are nobody's dependency, and not kept.
ITEMS = frozenset({
    "PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload", "ProjectReference", "Reference",
    "FrameworkReference", "DotNetCliToolReference", "Aspire", "RestoreSources", "AspireProjectOrPackageReference",
})  # fmt: skip


class Property(NamedTuple):
    """One assignment; `condition` is empty where there is none, and holds those of the groups around it."""

    name: str
    value: str
    condition: str
    line: int


class Item(NamedTuple):
    """One item of ITEMS; `action` is Include, Update or Remove, `metadata` its attributes and child elements."""

    kind: str
    action: str
    spec: str
    metadata: Mapping[str, str]
    condition: str
    line: int


class Import(NamedTuple):
    """The import of another file; `sdk` names the SDK that it comes from, if one does."""

    project: str
    sdk: str
    condition: str
    line: int


class Sdk(NamedTuple):
    """An SDK of the project, `Microsoft.NET.Sdk.Web`; `version` is empty where none is written."""

    name: str
    version: str
    line: int


Step = Property | Item | Import


class MsBuild(NamedTuple):
    """A file: its SDKs, and what it does in order, outside of targets."""

    sdks: tuple[Sdk, ...]
    steps: tuple[Step, ...]
    old: bool
    """Whether it names a version of the tools, as old-style projects do."""


def parse(content: bytes) -> MsBuild:
    """Read a project file.  Raises Unparsable."""
    root = xml_text.parse(content)
    if root.name != "Project":
        raise Unparsable("not an MSBuild project")
    steps = []
    for step in _steps(root, ""):
        steps.append(step)
        if len(steps) > MOST_STEPS:
            raise Unparsable(f"more than {MOST_STEPS} properties and items")
    named = [each.strip() for each in root.attributes.get("Sdk", "").split(";") if each.strip()]
    sdks = [Sdk(*_parts(each), root.line) for each in named]
    sdks += [
        Sdk(each.attributes["Name"], each.attributes.get("Version", ""), each.line)
        for each in root.children
        if each.name == "Sdk" and each.attributes.get("Name")
    ]
    return MsBuild(tuple(sdks), tuple(steps), "ToolsVersion" in root.attributes)


def _parts(sdk: str) -> tuple[str, str]:
    name, _, version = sdk.partition("/")
    return name, version


def _steps(holder: Element, around: str) -> Iterator[Step]:
    """What stands directly in a project or in a branch of a Choose, which nest no deeper than the XML may."""
    for each in holder.children:
        condition = _both(around, each.attributes.get("Condition", ""))
        match each.name:
            case "PropertyGroup":
                for child in each.children:
                    both = _both(condition, child.attributes.get("Condition", ""))
                    yield Property(child.name, child.text.strip(), both, child.line)
            case "ItemGroup":
                for child in each.children:
                    if child.name in ITEMS and (item := _item(child, condition)):
                        yield item
            case "Import":
                yield Import(each.attributes.get("Project", ""), each.attributes.get("Sdk", ""), condition, each.line)
            case "ImportGroup":
                for child in each.children:
                    both = _both(condition, child.attributes.get("Condition", ""))
                    attributes = child.attributes
                    yield Import(attributes.get("Project", ""), attributes.get("Sdk", ""), both, child.line)
            case "Choose":
                for branch in each.children:
                    own = branch.attributes.get("Condition", "") if branch.name == "When" else "otherwise"
                    yield from _steps(branch, _both(condition, own))
            case _:
                pass


def _item(each: Element, around: str) -> Item | None:
    for action in ("Include", "Update", "Remove"):
        if spec := each.attributes.get(action, "").strip():
            kept = {name: value.strip() for name, value in each.attributes.items() if name not in ("Condition", action)}
            kept |= {child.name: child.text.strip() for child in each.children}
            return Item(each.name, action, spec, kept, _both(around, each.attributes.get("Condition", "")), each.line)
    return None


def _both(one: str, other: str) -> str:
    """Both conditions as one, cut where they grow without end."""
    parts = [" ".join(part.split()) for part in (one, other) if part.strip()]
    return " and ".join(parts)[:500]

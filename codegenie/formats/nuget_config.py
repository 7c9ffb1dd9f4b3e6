"""nuget.config and packages.config: where NuGet takes packages from, and the packages of old-style projects."""

from typing import NamedTuple

from codegenie.formats import xml_text
from codegenie.formats.hosts import host_of
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000


class Source(NamedTuple):
    """A package source; `host` is None for a directory, and where it is not written out.  No credential is read."""

    name: str
    host: str | None
    line: int


class Config(NamedTuple):
    """The sources; `clears` where those of the user and the machine do not count."""

    sources: tuple[Source, ...]
    clears: bool


class Package(NamedTuple):
    """A package of packages.config; `framework` is the target framework, as NuGet spells it."""

    name: str
    version: str
    framework: str
    development: bool
    line: int


def parse(content: bytes) -> Config:
    """Read a nuget.config.  Raises Unparsable."""
    root = xml_text.parse(content)
    if root.name != "configuration":
        raise Unparsable("no configuration of NuGet")
    listed = [each for group in root.children if group.name == "packageSources" for each in group.children]
    if len(listed) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} sources")
    sources = [
        Source(each.attributes.get("key", ""), host_of(each.attributes.get("value", "")), each.line)
        for each in listed
        if each.name == "add"
    ]
    return Config(tuple(sources), any(each.name == "clear" for each in listed))


def packages(content: bytes) -> tuple[Package, ...]:
    """Read a packages.config.  Raises Unparsable."""
    root = xml_text.parse(content)
    if root.name != "packages":
        raise Unparsable("no list of packages")
    found = [
        Package(
            each.attributes["id"],
            each.attributes.get("version", ""),
            each.attributes.get("targetFramework", ""),
            each.attributes.get("developmentDependency", "").lower() == "true",
            each.line,
        )
        for each in root.children
        if each.name == "package" and each.attributes.get("id")
    ]
    if len(found) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} packages")
    return tuple(found)

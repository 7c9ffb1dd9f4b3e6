"""Package.resolved: the commits and versions that SwiftPM or Xcode resolved, in versions 1 to 3 of its format."""

from typing import Any, NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable


class Pin(NamedTuple):
    """One package."""

    identity: str
    location: str
    version: str | None
    branch: str | None
    revision: str | None
    local: bool
    line: int | None


class PackageResolved(NamedTuple):
    """The file."""

    version: int | None
    pins: tuple[Pin, ...]


def parse(content: bytes) -> PackageResolved:
    """Read the file.  Raises Unparsable."""
    value = load_object(content)
    lines = lines_of(text_of(content), depth=4)
    inner = value.get("object") if isinstance(value.get("object"), dict) else None
    pins = (inner or value).get("pins")
    if not isinstance(pins, list):
        raise Unparsable("no list of pins")
    place = ("object", "pins") if inner else ("pins",)
    version = value.get("version")
    return PackageResolved(
        version if isinstance(version, int) else None,
        tuple(pin for at, item in enumerate(pins) if (pin := _pin(item, lines.get((*place, at))))),
    )


def _pin(item: Any, line: int | None) -> Pin | None:
    if not isinstance(item, dict):
        return None
    identity = item.get("identity", item.get("package"))
    location = item.get("location", item.get("repositoryURL"))
    state = item.get("state")
    if not isinstance(identity, str) or not isinstance(location, str) or not isinstance(state, dict):
        return None
    version, branch, revision = (state.get(name) for name in ("version", "branch", "revision"))
    return Pin(
        identity,
        location,
        version if isinstance(version, str) else None,
        branch if isinstance(branch, str) else None,
        revision if isinstance(revision, str) else None,
        local=item.get("kind") in ("fileSystem", "localSourceControl"),
        line=line,
    )

"""package-lock.json and npm-shrinkwrap.json, of all versions as the map of locations that versions 2 and 3 are."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.conflicts import check_conflict
from codegenie.formats.json_openers import opener_lines
from codegenie.formats.json_text import load_text
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

SCOPES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_NOTHING: Mapping[str, Mapping[str, str]] = {}

_Lines = Mapping[tuple[str, ...], int]


class Entry(NamedTuple):
    """One location: "" is the root, `packages/a` a member of the workspace, `node_modules/b` a package.

    `name` is None where the location says it.  Version 1 has no members, and calls all that a package asks for
    `dependencies`.
    """

    location: str
    name: str | None
    version: str | None
    resolved: str | None
    integrity: str | None
    link: bool
    extraneous: bool
    """Whether nothing asks for it any more, as for a member of the workspace that is gone."""
    bundled: bool
    development: bool
    optional: bool
    peer: bool
    wants: Mapping[str, Mapping[str, str]]
    optional_peers: frozenset[str]
    platforms: tuple[str, ...]
    """`os=linux`, `cpu=!arm64`, `libc=glibc`, as the fields say."""
    install_script: bool
    line: int | None


class PackageLock(NamedTuple):
    """A lockfile; the entries by their location, in the order of the file."""

    version: int
    name: str | None
    entries: Mapping[str, Entry]


def parse(content: bytes) -> PackageLock:
    """Read a lockfile.  Raises Unparsable."""
    value, lines = _read(content)
    version = value.get("lockfileVersion", 1)
    if not isinstance(version, int) or isinstance(version, bool):
        raise Unparsable("a lockfileVersion that is no integer")
    name = value.get("name")
    packages = value.get("packages")
    found = _entries(packages, lines) if isinstance(packages, dict) else _nested(value, lines)
    return PackageLock(version, name if isinstance(name, str) else None, {entry.location: entry for entry in found})


def _read(content: bytes) -> tuple[dict[str, Any], _Lines]:
    """The value, and where its objects begin: without the text, which is as large as either."""
    text = text_of(content)
    check_conflict(text)
    value = load_text(text)
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    is_flat = isinstance(value.get("packages"), dict)
    return value, opener_lines(text, 2) if is_flat else opener_lines(text)


def _entries(packages: dict[str, Any], lines: _Lines) -> Iterator[Entry]:
    for location in list(packages):
        entry = packages.pop(location)  # so that none stands in memory in both forms
        if isinstance(entry, dict):
            wants = {scope: found for scope in SCOPES if (found := _texts(entry.get(scope)))}
            yield _entry(location, entry, wants or _NOTHING, lines.get(("packages", location)))


def _nested(value: Mapping[str, Any], lines: _Lines) -> Iterator[Entry]:
    """Version 1: a package's own copies stand in its `dependencies`, and what it asks for in `requires`."""
    waiting: list[tuple[str, tuple[str, ...], Any]] = [("", (), value)]
    while waiting:
        location, path, holder = waiting.pop()
        within = holder.get("dependencies")
        for name, entry in within.items() if isinstance(within, dict) else ():
            if isinstance(entry, dict):
                below = f"{location}/node_modules/{name}" if location else f"node_modules/{name}"
                place = (*path, "dependencies", name)
                wants = _texts(entry.get("requires"))
                yield _entry(below, entry, {"dependencies": wants} if wants else _NOTHING, lines.get(place))
                waiting.append((below, place, entry))


def _entry(location: str, entry: Mapping[str, Any], wants: Mapping[str, Mapping[str, str]], line: int | None) -> Entry:
    both = entry.get("devOptional") is True  # development and optional use: whoever omits one of them keeps it
    meta = entry.get("peerDependenciesMeta")
    return Entry(
        location=location,
        name=_text(entry.get("name")),
        version=_text(entry.get("version")),
        resolved=_text(entry.get("resolved")),
        integrity=_text(entry.get("integrity")),
        link=entry.get("link") is True,
        extraneous=entry.get("extraneous") is True,
        bundled=entry.get("inBundle") is True or entry.get("bundled") is True,
        development=entry.get("dev") is True,
        optional=both or entry.get("optional") is True,
        peer=entry.get("peer") is True,
        wants=wants,
        optional_peers=frozenset(
            name
            for name, item in (meta.items() if isinstance(meta, dict) else ())
            if isinstance(item, dict) and item.get("optional") is True
        ),
        platforms=tuple(f"{field}={item}" for field in ("os", "cpu", "libc") for item in _list(entry.get(field))),
        install_script=entry.get("hasInstallScript") is True,
        line=line,
    )


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    if all(isinstance(item, str) for item in value.values()):
        return value
    return {name: item for name, item in value.items() if isinstance(item, str)}


def _list(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [item for item in value if isinstance(item, str)]
        case _:
            return []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None

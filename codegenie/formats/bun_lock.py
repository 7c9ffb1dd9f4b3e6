"""bun.lock, the text form of bun's lockfile: JSON with trailing commas."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats import jsonc_text
from codegenie.formats.conflicts import check_conflict
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

SCOPES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_PLACE = lazily(r'^[ \t]*+"((?:[^"\\]|\\.)*+)": \[', re.MULTILINE)


class Workspace(NamedTuple):
    """What one member asks for, by scope; the root's directory is ""."""

    directory: str
    name: str | None
    version: str | None
    wants: Mapping[str, Mapping[str, str]]


class Entry(NamedTuple):
    """One package at a place of the tree: `a/b` is the copy of `b` that belongs to `a`.

    `reference` is what stands behind the name: `1.0.0`, `workspace:packages/a`, `github:b/c#d`, an address.
    """

    place: str
    name: str
    reference: str
    registry: str | None
    integrity: str | None
    wants: Mapping[str, Mapping[str, str]]
    optional_peers: frozenset[str]
    platforms: tuple[str, ...]
    """`os=linux`, `cpu=!arm64`, `libc=glibc`, as the fields say."""
    line: int | None


class BunLock(NamedTuple):
    """A lockfile; the entries by their place."""

    version: int
    workspaces: Mapping[str, Workspace]
    overrides: Mapping[str, str]
    catalogs: Mapping[str, Mapping[str, str]]
    patched: tuple[str, ...]
    trusted: tuple[str, ...]
    entries: Mapping[str, Entry]


def parse(content: bytes) -> BunLock:
    """Read a lockfile.  Raises Unparsable."""
    text = text_of(content)
    check_conflict(text)
    value = jsonc_text.load(content)
    if not isinstance(value, dict) or not isinstance(value.get("lockfileVersion"), int):
        raise Unparsable("no lockfileVersion")
    lines = _lines(text)
    catalogs = {name: _texts(each) for name, each in _dict(value.get("catalogs")).items()}
    if default := _texts(value.get("catalog")):
        catalogs["default"] = default
    packages = _dict(value.get("packages"))
    return BunLock(
        version=int(value["lockfileVersion"]),
        workspaces={at: _workspace(at, _dict(each)) for at, each in _dict(value.get("workspaces")).items()},
        overrides=_texts(value.get("overrides")),
        catalogs=catalogs,
        patched=tuple(sorted(_dict(value.get("patchedDependencies")))),
        trusted=tuple(sorted(item for item in _list(value.get("trustedDependencies")))),
        entries={place: entry for place, row in packages.items() if (entry := _entry(place, row, lines.get(place)))},
    )


def _workspace(directory: str, value: Mapping[str, Any]) -> Workspace:
    return Workspace(directory, _text(value.get("name")), _text(value.get("version")), _wants(value))


def _entry(place: str, row: Any, line: int | None) -> Entry | None:
    """`[name@reference, registry, facts, integrity]`; what is not from a registry has no second element."""
    if not isinstance(row, list) or not row or not isinstance(row[0], str):
        return None
    name, _, reference = row[0][1:].partition("@")
    facts = next((item for item in row[1:] if isinstance(item, dict)), {})
    last = row[-1] if isinstance(row[-1], str) and len(row) > 1 else ""
    return Entry(
        place=place,
        name=row[0][0] + name if row[0] else "",
        reference=reference,
        registry=row[1] if len(row) > 2 and isinstance(row[1], str) else None,
        integrity=last if re.match(r"sha\d+-", last) else None,
        wants=_wants(facts),
        optional_peers=frozenset(_list(facts.get("optionalPeers"))),
        platforms=tuple(
            f"{field}={item}" for field in ("os", "cpu", "libc") for item in _list(facts.get(field)) if item != "none"
        ),
        line=line,
    )


def _wants(value: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {scope: found for scope in SCOPES if (found := _texts(value.get(scope)))}


def _lines(text: str) -> dict[str, int]:
    """The line of each place; bun writes one package a line."""
    lines: dict[str, int] = {}
    line, counted = 1, 0
    for found in _PLACE.finditer(text, max(text.find('"packages"'), 0)):
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        lines[found[1]] = line
    return lines


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> dict[str, str]:
    return {name: item for name, item in _dict(value).items() if isinstance(item, str)}


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

"""pnpm-lock.yaml of versions 5 to 9, as the packages and what each importer asks for.

`requiresBuild` of versions 5 and 6 is left alone: pnpm wrote it for packages without a script too, when in doubt.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats import yaml_lines
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key
from codegenie.formats.unparsable import Unparsable

SCOPES = ("dependencies", "devDependencies", "optionalDependencies")
_VERSION = lazily(r"\d[^\s/:]*")


class Want(NamedTuple):
    """What an importer asks for: the range as written, and the reference of what it gets (`1.0.0(react@18)`)."""

    name: str
    specifier: str | None
    reference: str
    scope: str
    line: int | None


class Entry(NamedTuple):
    """One package, once for each set of peers that it is used with; `key` is how references name it.

    `version` is None where it has none of its own, as a directory.
    """

    key: str
    name: str
    version: str | None
    resolution: Mapping[str, Any]
    dependencies: Mapping[str, str]
    optional: Mapping[str, str]
    platforms: tuple[str, ...]
    """`os=linux`, `cpu=!arm64`, `libc=glibc`, as the fields say."""
    bundled: bool
    patched: bool
    line: int | None


class PnpmLock(NamedTuple):
    """A lockfile; the importers are directories from where it lies, "." for its own."""

    version: str
    settings: Mapping[str, Any]
    overrides: Mapping[str, str]
    catalogs: Mapping[str, Mapping[str, tuple[str | None, str | None]]]
    """Of each catalog, by package, the range and the version."""
    patched: tuple[str, ...]
    ignored_optional: tuple[str, ...]
    importers: Mapping[str, tuple[Want, ...]]
    entries: Mapping[str, Entry]

    def resolve(self, name: str, reference: str) -> Entry | None:
        """The package that a reference of a dependency called `name` means; None for links, and where there is none."""
        for key in (f"{name}@{reference}", reference, f"/{name}@{reference}", f"/{name}/{reference}"):
            if key in self.entries:
                return self.entries[key]
        return None


def parse(content: bytes) -> PnpmLock:
    """Read a lockfile.  Raises Unparsable."""
    found = yaml_lines.last_document(content, 4)
    value = found.value
    if not isinstance(value, dict):
        raise Unparsable("not a YAML mapping")
    version = value.get("lockfileVersion", value.get("shrinkwrapVersion"))
    if not isinstance(version, str | int | float) or isinstance(version, bool):
        raise Unparsable("no lockfileVersion")
    packages, snapshots = _dict(value.get("packages")), _dict(value.get("snapshots"))
    entries = _snapshots(packages, snapshots, found.lines) if snapshots else _packages(packages, found.lines)
    importers = value.get("importers")
    return PnpmLock(
        version=str(version),
        settings=_dict(value.get("settings")),
        overrides=_texts(value.get("overrides")),
        catalogs={name: _catalog(_dict(each)) for name, each in _dict(value.get("catalogs")).items()},
        patched=tuple(sorted(_dict(value.get("patchedDependencies")))),
        ignored_optional=tuple(_list(value.get("ignoredOptionalDependencies"))),
        importers=(
            {at: tuple(_wants(_dict(each), ("importers", at), found.lines)) for at, each in importers.items()}
            if isinstance(importers, dict)
            else {".": tuple(_wants(value, (), found.lines))}
        ),
        entries={entry.key: entry for entry in entries},
    )


def _wants(importer: Mapping[str, Any], path: Key, lines: Mapping[Key, int]) -> Iterator[Want]:
    """Up to version 5 the ranges stand apart, in `specifiers`."""
    specifiers = _texts(importer.get("specifiers"))
    for scope in SCOPES:
        for name, wanted in _dict(importer.get(scope)).items():
            line = lines.get((*path, scope, name))
            match wanted:
                case {"version": str() | int() | float() as reference, **rest}:
                    yield Want(name, _text(rest.get("specifier")), str(reference), scope, line)
                case str() | int() | float():
                    yield Want(name, specifiers.get(name), str(wanted), scope, line)


def _catalog(catalog: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {
        name: (_text(entry.get("specifier")), _text(entry.get("version")))
        for name, entry in catalog.items()
        if isinstance(entry, dict)
    }


def _snapshots(packages: Mapping[str, Any], snapshots: Mapping[str, Any], lines: Mapping[Key, int]) -> Iterator[Entry]:
    """Since version 9 what a package is, and what it is linked to for a set of peers, stand apart."""
    for key, snapshot in snapshots.items():
        bare = _without_peers(key)
        section = "packages" if bare in packages else "snapshots"
        line = lines.get((section, bare if section == "packages" else key))
        yield _entry(key, _dict(packages.get(bare)), _dict(snapshot), line)


def _packages(packages: Mapping[str, Any], lines: Mapping[Key, int]) -> Iterator[Entry]:
    for key, entry in packages.items():
        yield _entry(key, _dict(entry), _dict(entry), lines.get(("packages", key)))


def _entry(key: str, entry: Mapping[str, Any], snapshot: Mapping[str, Any], line: int | None) -> Entry:
    name, version = _name_and_version(key)
    return Entry(
        key=key,
        name=_text(entry.get("name")) or name,
        version=_text(entry.get("version")) or (version if _VERSION.fullmatch(version) else None),
        resolution=_dict(entry.get("resolution")),
        dependencies=_texts(snapshot.get("dependencies")),
        optional=_texts(snapshot.get("optionalDependencies")),
        platforms=tuple(f"{field}={item}" for field in ("os", "cpu", "libc") for item in _list(entry.get(field))),
        bundled=bool(entry.get("bundledDependencies")),
        patched="(patch_hash=" in key or snapshot.get("patched") is True,
        line=line,
    )


def _without_peers(key: str) -> str:
    """`a@1.0.0` of `a@1.0.0(b@2)(patch_hash=c)`; a parenthesis may stand in a directory's name too."""
    while key.endswith(")"):
        depth = 0
        for at in range(len(key) - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(key[at], 0)
            if not depth:
                break
        else:
            return key
        key = key[:at]
    return key


def _name_and_version(key: str) -> tuple[str, str]:
    """Of `/a/1.0.0_b@2` (version 5), `/a@1.0.0(b@2)` (6), `a@1.0.0` (9), `host/a/1.0.0` and `@b/c@file:d`."""
    bare = _without_peers(key)
    bare = bare.removeprefix("/")
    at = bare.find("@", 1)
    slash = bare.find("/", bare.find("/") + 1 if bare.startswith("@") else 0)
    if slash < 0 or 0 < at < slash:
        return (bare[:at], bare[at + 1 :]) if at > 0 else (bare, "")
    if not key.startswith("/") and not bare.startswith("@"):
        host, _, rest = bare.partition("/")
        return _name_and_version(f"/{rest}") if "." in host and ":" not in host else (bare, "")
    return bare[:slash], bare[slash + 1 :].partition("_")[0].partition("/")[0]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> dict[str, str]:
    return {name: text for name, item in _dict(value).items() if (text := _text(item)) is not None}


def _list(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [item for item in value if isinstance(item, str)]
        case _:
            return []


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)

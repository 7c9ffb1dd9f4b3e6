"""package.json: what npm, pnpm, yarn and bun read in it, with the line of every key."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000
"""Names that the fields of one manifest may hold in all; the largest that are in use hold some 2,000."""

SCOPES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
INSTALLED = ("dependencies", "devDependencies", "optionalDependencies")
"""The scopes that an install in the package's own directory is for; a peer says what the package is used with."""


class DevEngine(NamedTuple):
    """One entry of `devEngines.packageManager` or `devEngines.runtime`."""

    name: str
    version: str | None
    on_fail: str | None
    key: Key


class Workspaces(NamedTuple):
    """The `workspaces` field, in whichever form; `key` is where the patterns stand."""

    patterns: tuple[str, ...]
    nohoist: tuple[str, ...]
    key: Key


class Bound(NamedTuple):
    """A version that is bound: `name` as selected (`a>b`: below a), `field` the field or the catalogue."""

    name: str
    constraint: str
    field: str
    key: Key


class PackageJson(NamedTuple):
    """A manifest.  A field of the wrong type is absent here and named in `ill_typed`; `keys` are those at the top."""

    name: str | None
    version: str | None
    private: bool | None
    type: str | None
    main: str | None
    module: str | None
    types: str | None
    package_manager: str | None
    engines: Mapping[str, str]
    dev_engines: Mapping[str, tuple[DevEngine, ...]]
    volta: Mapping[str, str]
    scripts: Mapping[str, str]
    workspaces: Workspaces | None
    dependencies: Mapping[str, Mapping[str, str]]
    """By scope: `dependencies`, `devDependencies`, `peerDependencies`, `optionalDependencies`."""
    optional_peers: tuple[str, ...]
    bundled: tuple[str, ...]
    bin: Mapping[str, str]
    exports: tuple[str, ...]
    """The targets in `exports` at any depth, sorted."""
    files: tuple[str, ...] | None
    publish_config: Mapping[str, str]
    bound: tuple["Bound", ...]
    """What `overrides`, `resolutions`, `pnpm.overrides` and the catalogues of bun say of other packages' versions."""
    keys: frozenset[str]
    ill_typed: tuple[str, ...]
    lines: Mapping[Key, int]

    def declares(self, package: str) -> bool:
        """Whether the package is a dependency in any scope."""
        return any(package in named for named in self.dependencies.values())


@parsed_once(512)
def parse(content: bytes) -> PackageJson:
    """Read a manifest.  Raises Unparsable."""
    value = load_object(content)
    if sum(_size(value.get(field)) for field in _LISTED) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} entries")
    read = _Fields(value)
    name = read.text("name")
    return PackageJson(
        name=name,
        version=read.text("version"),
        private=read.boolean("private"),
        type=read.text("type"),
        main=read.text("main"),
        module=read.text("module"),
        types=read.text("types") or read.text("typings"),
        package_manager=read.text("packageManager"),
        engines=read.texts("engines"),
        dev_engines=_dev_engines(read),
        volta=read.texts("volta"),
        scripts=read.texts("scripts"),
        workspaces=_workspaces(read),
        dependencies={scope: read.texts(scope) for scope in SCOPES},
        optional_peers=_optional_peers(read),
        bundled=_bundled(read),
        bin=_bin(read, name),
        exports=tuple(sorted(set(_targets(value.get("exports"))))),
        files=read.list("files"),
        publish_config=_publish_config(read),
        bound=tuple(_bound(value)),
        keys=frozenset(value),
        ill_typed=tuple(sorted(set(read.ill_typed))),
        lines=lines_of(text_of(content)),
    )


_LISTED = (
    *("scripts", "engines", "devEngines", "volta", "workspaces", *SCOPES, "peerDependenciesMeta", "bin", "exports"),
    *("bundleDependencies", "bundledDependencies", "files", "publishConfig"),
    *("overrides", "resolutions", "pnpm", "catalog", "catalogs"),
)


def _size(value: Any) -> int:
    """How many values there are in one, at any depth."""
    size = 0
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            size += len(holder)
            waiting += holder.values() if isinstance(holder, dict) else holder
    return size


class _Fields:
    """Reads typed fields of an object, noting those that have another type."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = value
        self.ill_typed: list[str] = []

    def raw(self, name: str, kind: type | tuple[type, ...]) -> Any:
        found = self._value.get(name)
        if found is None or isinstance(found, kind):
            return found
        self.ill_typed.append(name)
        return None

    def text(self, name: str) -> str | None:
        found: str | None = self.raw(name, str)
        return found

    def boolean(self, name: str) -> bool | None:
        found: bool | None = self.raw(name, bool)
        return found

    def texts(self, name: str) -> dict[str, str]:
        found = self.raw(name, dict) or {}
        self.ill_typed += [f"{name}.{key}" for key, item in found.items() if not isinstance(item, str)]
        return {key: item for key, item in found.items() if isinstance(item, str)}

    def list(self, name: str) -> tuple[str, ...] | None:
        found = self.raw(name, list)
        return None if found is None else self.texts_among(found, name)

    def texts_among(self, items: Any, name: str) -> tuple[str, ...]:
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.ill_typed.append(name)
        return tuple(item for item in items if isinstance(item, str)) if isinstance(items, list) else ()


def _workspaces(read: _Fields) -> Workspaces | None:
    match read.raw("workspaces", (list, dict)):
        case list() as patterns:
            return Workspaces(read.texts_among(patterns, "workspaces"), (), ("workspaces",))
        case {"packages": patterns, **rest}:
            named = read.texts_among(patterns, "workspaces.packages")
            nohoist = read.texts_among(rest.get("nohoist", []), "workspaces.nohoist")
            return Workspaces(named, nohoist, ("workspaces", "packages"))
        case _:
            return None


def _dev_engines(read: _Fields) -> dict[str, tuple[DevEngine, ...]]:
    found = read.raw("devEngines", dict) or {}
    return {
        kind: engines
        for kind in ("packageManager", "runtime")
        if (engines := _engines(found.get(kind), ("devEngines", kind)))
    }


def _engines(value: Any, key: Key) -> tuple[DevEngine, ...]:
    match value:
        case {"name": str(name), **rest}:
            version, on_fail = rest.get("version"), rest.get("onFail")
            return (
                DevEngine(
                    name,
                    version if isinstance(version, str) else None,
                    on_fail if isinstance(on_fail, str) else None,
                    key,
                ),
            )
        case list():
            return tuple(engine for at, item in enumerate(value) for engine in _engines(item, (*key, at)))
        case _:
            return ()


def _optional_peers(read: _Fields) -> tuple[str, ...]:
    meta = read.raw("peerDependenciesMeta", dict) or {}
    return tuple(sorted(name for name, item in meta.items() if isinstance(item, dict) and item.get("optional") is True))


def _bundled(read: _Fields) -> tuple[str, ...]:
    found = [read.raw(name, (list, bool)) for name in ("bundleDependencies", "bundledDependencies")]
    if any(item is True for item in found):
        return tuple(sorted(read.texts("dependencies")))
    return tuple(sorted({name for item in found if item for name in read.texts_among(item, "bundleDependencies")}))


def _bin(read: _Fields, name: str | None) -> dict[str, str]:
    match read.raw("bin", (str, dict)):
        case str(path):
            return {name.rpartition("/")[2]: path} if name else {}
        case dict():
            return read.texts("bin")
        case _:
            return {}


def _publish_config(read: _Fields) -> dict[str, str]:
    found = read.raw("publishConfig", dict) or {}
    return {key: item for key, item in found.items() if isinstance(item, str)}


def _bound(value: Mapping[str, Any]) -> Iterator[Bound]:
    pnpm, workspaces = value.get("pnpm"), value.get("workspaces")
    yield from _overrides(value.get("overrides"), "overrides", ("overrides",))
    yield from _overrides(value.get("resolutions"), "resolutions", ("resolutions",))
    if isinstance(pnpm, dict):
        yield from _overrides(pnpm.get("overrides"), "pnpm.overrides", ("pnpm", "overrides"))
    yield from _catalogs(value, ())
    if isinstance(workspaces, dict):
        yield from _catalogs(workspaces, ("workspaces",))


def _catalogs(value: Mapping[str, Any], path: Key) -> Iterator[Bound]:
    yield from _overrides(value.get("catalog"), "catalog", (*path, "catalog"))
    named = value.get("catalogs")
    for name, catalog in named.items() if isinstance(named, dict) else ():
        yield from _overrides(catalog, f"catalog:{name}", (*path, "catalogs", name))


def _overrides(value: Any, field: str, path: Key, above: str = "") -> Iterator[Bound]:
    """Npm nests: `{"a": {".": "1", "b": "2"}}` binds `a`, and `b` below it."""
    for name, item in value.items() if isinstance(value, dict) else ():
        selected = above if name == "." and above else f"{above}>{name}" if above else name
        if isinstance(item, str):
            yield Bound(selected, item, field, (*path, name))
        else:
            yield from _overrides(item, field, (*path, name), selected)


def _targets(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [target for item in value.values() for target in _targets(item)]
        case list():
            return [target for item in value for target in _targets(item)]
        case _:
            return []

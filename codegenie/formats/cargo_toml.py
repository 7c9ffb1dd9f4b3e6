"""Cargo.toml: the package, the workspace, the targets and the dependencies, each with its line."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.plain import Key, text_of
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000
"""Dependencies, targets and members of one manifest; Deno's workspace has 400."""

TABLES = {
    "dependencies": "dependencies",
    "dev-dependencies": "dev-dependencies",
    "dev_dependencies": "dev-dependencies",
    "build-dependencies": "build-dependencies",
    "build_dependencies": "build-dependencies",
}
_REFERENCES = ("rev", "tag", "branch")
_TARGETS = {"bin": "binary", "example": "example", "test": "test", "bench": "benchmark"}


class Field(NamedTuple):
    """A field of the package: its value, or that it is the workspace's, and its line."""

    value: str | None
    inherited: bool
    line: int | None


ABSENT = Field(None, inherited=False, line=None)


class Dependency(NamedTuple):
    """One dependency as written; `table` is the one that it stands in, `target` the condition of that table."""

    key: str
    """The name that it is imported under, with dashes."""
    package: str
    table: str
    target: str | None
    version: str | None
    path: str | None
    git: str | None
    reference: str | None
    """`tag=v1`, `branch=main` or `rev=1234567` of a git repository."""
    registry: str | None
    features: tuple[str, ...]
    optional: bool
    inherited: bool
    """Whether all else about it stands in the workspace's dependencies."""
    line: int | None


class Target(NamedTuple):
    """What a table declares: a binary, library, example, test or benchmark; the name of a library may be left out."""

    kind: str
    name: str | None
    path: str | None
    line: int | None


class Package(NamedTuple):
    """The package; `publish` is False where it may go nowhere, True where it may, None where the workspace says it."""

    name: str | None
    version: Field
    rust_version: Field
    edition: Field
    publish: bool | None
    publish_line: int | None
    links: str | None
    build: str | None
    """The path of the build script; "" where the manifest says that there is none."""
    default_run: str | None
    workspace: str | None
    """Where the workspace's root is, as written."""
    automatic: Mapping[str, bool]
    """By table (`bin`, `example`, ...) whether targets are looked for, where the manifest says so."""


class Workspace(NamedTuple):
    """The workspace; `fields` are those that packages may inherit."""

    members: tuple[str, ...]
    excluded: tuple[str, ...]
    default_members: tuple[str, ...] | None
    fields: Mapping[str, Field]
    publish: bool | None
    line: int | None


class CargoToml(NamedTuple):
    """The file.  `dependencies` include those of the workspace, in the table "workspace.dependencies"."""

    package: Package | None
    workspace: Workspace | None
    dependencies: tuple[Dependency, ...]
    targets: tuple[Target, ...]
    features: tuple[str, ...]
    lints: tuple[tuple[str, int | None], ...]
    """The tools that lints are set for, like `clippy`."""
    ill_typed: tuple[str, ...]


def parse(content: bytes) -> CargoToml:
    """Read a manifest.  Raises Unparsable."""
    reader = _Reader(load(content), lines_of(text_of(content)))
    return reader.manifest()


class _Reader:
    """Reads fields of known types, noting those that have another."""

    def __init__(self, value: Mapping[str, Any], lines: Mapping[Key, int]) -> None:
        self._value = value
        self._lines = lines
        self._ill_typed: set[str] = set()
        self._entries = 0

    def manifest(self) -> CargoToml:
        package = self._table(self._value, ("package",)) or self._table(self._value, ("project",))
        place: Key = ("package",) if "package" in self._value else ("project",)
        workspace = self._table(self._value, ("workspace",))
        read = CargoToml(
            package=self._package(package, place) if package is not None else None,
            workspace=self._workspace(workspace) if workspace is not None else None,
            dependencies=tuple(self._dependencies()),
            targets=tuple(self._targets()),
            features=tuple(sorted(self._table(self._value, ("features",)) or {})),
            lints=tuple(self._lints()),
            ill_typed=(),
        )
        if self._entries > MOST_ENTRIES:
            raise Unparsable(f"more than {MOST_ENTRIES} entries")
        return CargoToml(
            read.package, read.workspace, read.dependencies, read.targets, read.features, read.lints,
            tuple(sorted(self._ill_typed)),
        )  # fmt: skip

    def _package(self, table: Mapping[str, Any], place: Key) -> Package:
        publish = self._publish(table, place)
        version = self._field(table, (*place, "version"))
        if publish is None and "publish" not in table:
            publish = version.inherited or version.value is not None  # without a version it cannot be published
        build = table.get("build")
        return Package(
            name=self._text(table, (*place, "name")),
            version=version,
            rust_version=self._field(table, (*place, "rust-version")),
            edition=self._field(table, (*place, "edition")),
            publish=publish,
            publish_line=self._lines.get((*place, "publish")),
            links=self._text(table, (*place, "links")),
            build="" if build is False else self._text(table, (*place, "build")),
            default_run=self._text(table, (*place, "default-run")),
            workspace=self._text(table, (*place, "workspace")),
            automatic={
                name: bool(table[key])
                for name, key in (("bin", "autobins"), ("example", "autoexamples"), ("test", "autotests"),
                                  ("bench", "autobenches"), ("lib", "autolib"))
                if isinstance(table.get(key), bool)
            },
        )  # fmt: skip

    def _workspace(self, table: Mapping[str, Any]) -> Workspace:
        inherited = self._table(table, ("workspace", "package")) or {}
        place: Key = ("workspace", "package")
        return Workspace(
            members=self._texts(table, ("workspace", "members")) or (),
            excluded=self._texts(table, ("workspace", "exclude")) or (),
            default_members=self._texts(table, ("workspace", "default-members")),
            fields={name: self._field(inherited, (*place, name)) for name in ("version", "rust-version", "edition")},
            publish=self._publish(inherited, place),
            line=self._lines.get(("workspace", "members"), self._lines.get(("workspace",))),
        )

    def _dependencies(self) -> Iterator[Dependency]:
        yield from self._tables(self._value, (), None)
        for condition, tables in (self._table(self._value, ("target",)) or {}).items():
            if isinstance(tables, dict):
                yield from self._tables(tables, ("target", condition), condition)
        workspace = self._table(self._value, ("workspace",)) or {}
        yield from self._entries_of(workspace, ("workspace", "dependencies"), "workspace.dependencies", None)
        for registry, patched in (self._table(self._value, ("patch",)) or {}).items():
            if isinstance(patched, dict):
                yield from self._entries_of({registry: patched}, ("patch", registry), "patch", None)
        yield from self._entries_of(self._value, ("replace",), "replace", None)

    def _tables(self, holder: Mapping[str, Any], place: Key, target: str | None) -> Iterator[Dependency]:
        for written, table in TABLES.items():
            yield from self._entries_of(holder, (*place, written), table, target)

    def _entries_of(
        self, holder: Mapping[str, Any], place: Key, table: str, target: str | None
    ) -> Iterator[Dependency]:
        for key, value in (self._table(holder, place) or {}).items():
            self._entries += 1
            match value:
                case str():
                    yield self._dependency(key, {"version": value}, (*place, key), table, target)
                case dict():
                    yield self._dependency(key, value, (*place, key), table, target)
                case _:
                    self._ill_typed.add(_shown((*place, key)))

    def _dependency(self, key: str, value: Mapping[str, Any], place: Key, table: str, target: str | None) -> Dependency:
        references = [f"{name}={text}" for name in _REFERENCES if (text := self._text(value, (*place, name)))]
        package = key.partition(":")[0].rpartition("/")[2] if table == "replace" else key
        return Dependency(
            key=key,
            package=self._text(value, (*place, "package")) or package,
            table=table,
            target=target,
            version=self._text(value, (*place, "version")),
            path=self._text(value, (*place, "path")),
            git=self._text(value, (*place, "git")),
            reference=references[0] if references else None,
            registry=self._text(value, (*place, "registry")),
            features=self._texts(value, (*place, "features")) or (),
            optional=value.get("optional") is True,
            inherited=value.get("workspace") is True,
            line=self._lines.get(place),
        )

    def _targets(self) -> Iterator[Target]:
        if (library := self._table(self._value, ("lib",))) is not None:
            yield self._target("library", library, ("lib",))
        for name, kind in _TARGETS.items():
            tables = self._value.get(name, [])
            if not isinstance(tables, list):
                self._ill_typed.add(name)
                continue
            self._entries += len(tables)
            for at, table in enumerate(tables):
                if isinstance(table, dict):
                    yield self._target(kind, table, (name, at))

    def _target(self, kind: str, table: Mapping[str, Any], place: Key) -> Target:
        name, path = self._text(table, (*place, "name")), self._text(table, (*place, "path"))
        return Target(kind, name, path, self._lines.get((*place, "name"), self._lines.get(place)))

    def _lints(self) -> Iterator[tuple[str, int | None]]:
        places: tuple[tuple[Key, Any], ...] = (
            (("lints",), self._value),
            (("workspace", "lints"), self._table(self._value, ("workspace",)) or {}),
        )
        for place, holder in places:
            for tool, rules in (self._table(holder, place) or {}).items():
                if isinstance(rules, dict):
                    first = next(iter(rules), "")
                    yield tool, self._lines.get((*place, tool), self._lines.get((*place, tool, first)))

    def _publish(self, table: Mapping[str, Any], place: Key) -> bool | None:
        match table.get("publish"):
            case bool() as allowed:
                return allowed
            case list() as registries:
                return bool(registries)
            case None | {"workspace": True}:
                return None
            case _:
                self._ill_typed.add(_shown((*place, "publish")))
                return None

    def _field(self, table: Mapping[str, Any], place: Key) -> Field:
        match table.get(str(place[-1])):
            case str() as value:
                return Field(value, inherited=False, line=self._lines.get(place))
            case {"workspace": True}:
                return Field(None, inherited=True, line=self._lines.get(place))
            case None:
                return ABSENT
            case _:
                self._ill_typed.add(_shown(place))
                return ABSENT

    def _table(self, holder: Mapping[str, Any], place: Key) -> Mapping[str, Any] | None:
        found = holder.get(str(place[-1]))
        if found is None or isinstance(found, dict):
            return found
        self._ill_typed.add(_shown(place))
        return None

    def _text(self, holder: Mapping[str, Any], place: Key) -> str | None:
        found = holder.get(str(place[-1]))
        if found is None or isinstance(found, str):
            return found
        self._ill_typed.add(_shown(place))
        return None

    def _texts(self, holder: Mapping[str, Any], place: Key) -> tuple[str, ...] | None:
        found = holder.get(str(place[-1]))
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            self._ill_typed.add(_shown(place))
            return None
        self._entries += len(found)
        return tuple(found)


def _shown(place: Key) -> str:
    return ".".join(str(part) for part in place)

"""A manifest of any ecosystem, as the slice `manifests` shows it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

Scope = Literal["runtime", "development", "test", "build", "peer", "provided", "constraint", "unknown"]
"""What a dependency is for.  `development` where the ecosystem does not tell tests, builds and tools apart; `provided`
where the platform brings it; `constraint` where a version is bound without the package being asked for; `unknown` where
the manifest does not tell whether anything but tests and tools needs it."""

Source = Literal["registry", "git", "path", "url", "workspace", "catalog"]
"""Where a package comes from; `catalog` where the version stands in a catalogue of the workspace."""


class Dependency(NamedTuple):
    """One direct dependency as written.  `name` is the name that its package URL has, a namespace before a slash."""

    name: str
    constraint: str | None
    scope: Scope
    group: str
    """The field, table or configuration that it stands in, as the ecosystem calls it."""
    line: int | None = None
    optional: bool = False
    bundled: bool = False
    marker: str | None = None
    """The condition under which it is installed, as written: an environment marker, a target, a profile."""
    source: Source = "registry"
    alias: str | None = None
    """The name that it is installed or imported under, where that is another."""
    extras: tuple[str, ...] = ()
    path: str | None = None
    """The file that it stands in, where that is not the manifest itself."""
    registry: str | None = None
    """The host of the registry, where that is not the one that the ecosystem's packages usually come from."""
    note: str | None = None
    """Where the constraint comes from if it does not stand here, or why it is not known."""


class Requirement(NamedTuple):
    """A runtime or tool that the manifest asks for, with the range as written."""

    name: str
    constraint: str | None
    field: str
    line: int | None = None
    marker: str | None = None
    """The condition under which it is asked for, as written."""


class Members(NamedTuple):
    """The workspace that a manifest declares, with the directories of its members; `idle` patterns match none."""

    patterns: tuple[str, ...]
    members: tuple[str, ...]
    path: str
    line: int | None = None
    idle: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """One manifest.  `project` is the directory ("" for the root) of the project that is installed or built with it."""

    path: str
    ecosystem: str
    format: str
    project: str
    name: str | None = None
    version: str | None = None
    publishable: bool | None = None
    """Whether its package may be published: False where it says private, True where nothing stands against it, None
    where the ecosystem has no such notion or it cannot be told."""
    publishable_line: int | None = None
    requirements: tuple[Requirement, ...] = ()
    workspace: Members | None = None
    dependencies: tuple[Dependency, ...] = ()
    dynamic: tuple[str, ...] = ()
    """The fields that are computed when the package is built, and so are not known."""
    ill_typed: tuple[str, ...] = ()


class Manifests(NamedTuple):
    """The manifests of one ecosystem, and by kind those set apart."""

    manifests: list[Manifest]
    apart: dict[str, list[str]]


def manifest_facts(manifest: Manifest) -> dict[str, Any]:
    """The manifest as the slice shows it."""
    return {
        "path": manifest.path,
        "ecosystem": manifest.ecosystem,
        "format": manifest.format,
        "project": manifest.project or ".",
        "name": manifest.name,
        "version": manifest.version,
        "publishable": manifest.publishable,
        "publishable_line": manifest.publishable_line,
        "requirements": [
            requirement_facts(each)
            for each in sorted(
                manifest.requirements,
                key=lambda each: (each.name, each.field, each.constraint or "", each.marker or ""),
            )
        ],
        "workspace": _workspace(manifest.workspace) if manifest.workspace else None,
        "dependencies": list(_groups(manifest.dependencies)),
        "dynamic": sorted(manifest.dynamic),
        "ill_typed": sorted(manifest.ill_typed),
    }


def requirement_facts(each: Requirement) -> dict[str, Any]:
    """A requirement as slices show it; its condition is left out where there is none."""
    condition = {"marker": each.marker} if each.marker else {}
    return {"name": each.name, "constraint": each.constraint, "field": each.field, "line": each.line, **condition}


def _workspace(workspace: Members) -> dict[str, Any]:
    return {
        "path": workspace.path,
        "line": workspace.line,
        "patterns": list(workspace.patterns),
        "patterns_without_members": sorted(workspace.idle),
        "members": [member or "." for member in sorted(workspace.members)],
    }


def _groups(dependencies: Sequence[Dependency]) -> Iterable[dict[str, Any]]:
    """The dependencies by the field that they stand in."""
    groups: dict[tuple[str, Scope, str | None], list[Dependency]] = {}
    for dependency in dependencies:
        groups.setdefault((dependency.group, dependency.scope, dependency.path), []).append(dependency)
    for (group, scope, path), members in sorted(groups.items(), key=lambda item: (item[0][0], item[0][2] or "")):
        place: Mapping[str, Any] = {"path": path} if path else {}
        yield {"group": group, "scope": scope, **place, "packages": [_package(each) for each in _sorted(members)]}


def _sorted(dependencies: Iterable[Dependency]) -> list[Dependency]:
    return sorted(
        dependencies,
        key=lambda each: (each.name, each.alias or "", each.constraint or "", each.marker or "", each.line or 0),
    )


def _package(dependency: Dependency) -> dict[str, Any]:
    """One row; what is the same for nearly all of them is left out where it is so."""
    row: dict[str, Any] = {"name": dependency.name, "constraint": dependency.constraint, "line": dependency.line}
    if dependency.alias:
        row["alias"] = dependency.alias
    if dependency.extras:
        row["extras"] = sorted(dependency.extras)
    if dependency.marker:
        row["marker"] = dependency.marker
    if dependency.source != "registry":
        row["source"] = dependency.source
    if dependency.registry:
        row["registry"] = dependency.registry
    if dependency.optional:
        row["optional"] = True
    if dependency.bundled:
        row["bundled"] = True
    if dependency.note:
        row["note"] = dependency.note
    return row

"""Cargo.toml files as manifests, with what they inherit from their workspace."""

from collections.abc import Iterator

from codegenie.formats.cargo_toml import CargoToml, Field
from codegenie.formats.cargo_toml import Dependency as Written
from codegenie.probe import ProbeInputs

from ._cargo_layout import Crate, Project, layout
from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope, Source
from ._paths import under

_SCOPES: dict[str, Scope] = {
    "dependencies": "runtime",
    "dev-dependencies": "development",
    "build-dependencies": "build",
    "workspace.dependencies": "constraint",
    "patch": "constraint",
    "replace": "constraint",
}


def manifests(inputs: ProbeInputs) -> Manifests:
    """The manifests of crates and workspaces."""
    found = layout(inputs)
    listed = [
        _manifest(crate, crate.manifest, project)
        for project in found.projects
        for crate in project.crates
        if crate.manifest
    ]
    return Manifests(listed, found.apart)


def version_of(manifest: CargoToml, project: Project) -> str | None:
    """The version of the package, that of the workspace where it says so."""
    field = manifest.package.version if manifest.package else None
    return _resolved(field, "version", project)


def rust_version_of(manifest: CargoToml, project: Project) -> list[Requirement]:
    """The lowest Rust version that the package, or the workspace for its packages, asks for."""
    field = manifest.package.rust_version if manifest.package else project.inherited("rust-version")
    constraint = _resolved(field, "rust-version", project)
    if field is None or constraint is None:
        return []
    return [Requirement("rust", constraint, "rust-version", field.line)]


def publishable(manifest: CargoToml, project: Project) -> bool | None:
    """Whether the package may go to a registry; None for a workspace without a package."""
    if manifest.package is None:
        return None
    if manifest.package.publish is not None:
        return manifest.package.publish
    workspace = project.root.manifest.workspace if project.root.manifest else None
    return workspace.publish if workspace else None


def _resolved(field: Field | None, name: str, project: Project) -> str | None:
    if field is not None and field.inherited:
        field = project.inherited(name)
    return field.value if field else None


def _manifest(crate: Crate, manifest: CargoToml, project: Project) -> Manifest:
    return Manifest(
        path=crate.at("Cargo.toml"),
        ecosystem="cargo",
        format="Cargo.toml",
        project=project.root.directory,
        name=manifest.package.name if manifest.package else None,
        version=version_of(manifest, project),
        publishable=publishable(manifest, project),
        publishable_line=manifest.package.publish_line if manifest.package else None,
        requirements=tuple(rust_version_of(manifest, project)),
        workspace=_members(project) if crate is project.root else None,
        dependencies=tuple(_dependencies(crate, manifest, project)),
        ill_typed=manifest.ill_typed,
    )


def _members(project: Project) -> Members | None:
    workspace = project.root.manifest.workspace if project.root.manifest else None
    if workspace is None:
        return None
    return Members(
        patterns=workspace.members,
        members=tuple(crate.directory for crate in project.members),
        path=project.root.at("Cargo.toml"),
        line=workspace.line,
        idle=project.idle,
    )


def _dependencies(crate: Crate, manifest: CargoToml, project: Project) -> Iterator[Dependency]:
    crates = {each.directory for each in project.crates}
    for each in manifest.dependencies:
        named = (project.of_workspace(each.key) or each) if each.inherited else each
        place = project.root.directory if named is not each else crate.directory
        yield Dependency(
            name=named.package,
            constraint=named.version or _place_in_git(named),
            scope=_SCOPES[each.table],
            group=each.table,
            line=each.line,
            optional=each.optional,
            marker=each.target,
            source=_source(each, named, place, crates),
            alias=each.key if each.key != named.package and each.table != "replace" else None,
            extras=tuple(sorted({*each.features, *named.features})),
        )


def _place_in_git(named: Written) -> str | None:
    return named.reference if named.git else None


def _source(each: Written, named: Written, place: str, crates: set[str]) -> Source:
    """A path to another crate of the project is the workspace's, whatever version stands beside it for publishing."""
    if named.path is not None:
        return "workspace" if under(place, named.path) in crates else "path"
    if named.git is not None:
        return "git"
    return "catalog" if each.inherited else "registry"

"""package.json files as manifests."""

from collections.abc import Sequence

from codegenie.formats import yarnrc
from codegenie.formats.catalogs import Bound
from codegenie.formats.package_json import PackageJson
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope, Source
from ._node_layout import Package, Project, layout

_SCOPES: dict[str, Scope] = {
    "dependencies": "runtime",
    "optionalDependencies": "runtime",
    "devDependencies": "development",
    "peerDependencies": "peer",
}
_SOURCES: dict[str, Source] = {
    "workspace:": "workspace",
    "catalog:": "catalog",
    "file:": "path",
    "link:": "path",
    "portal:": "path",
    "git": "git",
    "github:": "git",
    "gitlab:": "git",
    "bitbucket:": "git",
    "http:": "url",
    "https:": "url",
}


def manifests(inputs: ProbeInputs) -> Manifests:
    """The manifests of projects and of members of their workspaces."""
    found = layout(inputs)
    listed = [
        _manifest(package, package.manifest, project, _settings(inputs, package, project))
        for project in found.projects
        for package in project.packages
        if package.manifest is not None
    ]
    return Manifests(listed, found.apart)


def _settings(inputs: ProbeInputs, package: Package, project: Project) -> Sequence[tuple[str, Bound]]:
    """What files beside the manifest of a root bind: pnpm-workspace.yaml and .yarnrc.yml, each with its path."""
    if package is not project.root:
        return ()
    found = [(package.at("pnpm-workspace.yaml"), each) for each in (project.pnpm.bound if project.pnpm else ())]
    path = package.at(".yarnrc.yml")
    settings = inputs.parse(path, yarnrc.parse) if path in inputs else None
    return found + [(path, each) for each in (settings.bound if settings else ())]


def _manifest(
    package: Package, manifest: PackageJson, project: Project, settings: Sequence[tuple[str, Bound]]
) -> Manifest:
    return Manifest(
        path=package.manifest_path,
        ecosystem="node",
        format="package.json",
        project=project.root.directory,
        name=manifest.name,
        version=manifest.version,
        publishable=not manifest.private and manifest.name is not None and manifest.version is not None,
        publishable_line=manifest.lines.get(("private",)),
        requirements=tuple(_requirements(manifest)),
        workspace=_members(project) if package is project.root else None,
        dependencies=(*_dependencies(manifest), *_bound(manifest, settings)),
        ill_typed=manifest.ill_typed,
    )


def _requirements(manifest: PackageJson) -> list[Requirement]:
    engines = [
        Requirement(name, constraint, "engines", manifest.lines.get(("engines", name)))
        for name, constraint in manifest.engines.items()
    ]
    engines += [
        Requirement(engine.name, engine.version, f"devEngines.{kind}", manifest.lines.get(engine.key))
        for kind, entries in manifest.dev_engines.items()
        for engine in entries
    ]
    engines += [
        Requirement(name, version, "volta", manifest.lines.get(("volta", name)))
        for name, version in manifest.volta.items()
        if name != "extends"
    ]
    if manifest.package_manager:
        name, _, version = manifest.package_manager.partition("@")
        engines.append(Requirement(name, version or None, "packageManager", manifest.lines.get(("packageManager",))))
    return engines


def _members(project: Project) -> Members | None:
    workspace = project.workspace
    if workspace is None:
        return None
    return Members(
        patterns=workspace.patterns,
        members=tuple(member.directory for member in workspace.members),
        path=workspace.path,
        line=workspace.line,
        idle=workspace.idle_patterns,
    )


def _dependencies(manifest: PackageJson) -> list[Dependency]:
    return [
        _dependency(manifest, group, name, constraint)
        for group, scope in _SCOPES.items()
        for name, constraint in manifest.dependencies[group].items()
    ]


def _dependency(manifest: PackageJson, group: str, name: str, written: str) -> Dependency:
    alias, constraint = None, written
    if written.startswith("npm:"):
        alias = name
        name, _, constraint = written.removeprefix("npm:").rpartition("@")
        name, constraint = (name, constraint) if name else (constraint, "")
    optional = group == "optionalDependencies" or (group == "peerDependencies" and name in manifest.optional_peers)
    return Dependency(
        name=name,
        constraint=constraint or None,
        scope=_SCOPES[group],
        group=group,
        line=manifest.lines.get((group, alias or name)),
        optional=optional,
        bundled=(alias or name) in manifest.bundled,
        source=_source(constraint),
        alias=alias,
    )


def _bound(manifest: PackageJson, settings: Sequence[tuple[str, Bound]]) -> list[Dependency]:
    """Overrides, resolutions and catalogues: versions that are bound without the package being asked for."""
    found = [
        Dependency(each.name, each.constraint, "constraint", each.field, manifest.lines.get(each.key))
        for each in manifest.bound
    ]
    return found + [
        Dependency(each.name, each.constraint, "constraint", each.field, each.line, path=path)
        for path, each in settings
    ]


def _source(constraint: str) -> Source:
    """What kind of place a specifier names; `owner/name` is one on GitHub."""
    for prefix, source in _SOURCES.items():
        if constraint.startswith(prefix):
            return source
    bare = constraint.partition("#")[0]
    if bare.startswith((".", "/", "~/")):
        return "path"
    return "git" if bare.count("/") == 1 and not bare.startswith("@") and " " not in bare else "registry"

"""composer.json files as manifests."""

from collections.abc import Iterator

from codegenie.formats.composer_json import ComposerJson, is_platform
from codegenie.probe import ProbeInputs

from ._composer_layout import Package, Project, layout
from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope

_SCOPES: dict[str, Scope] = {
    "require": "runtime",
    "require-dev": "development",
    "conflict": "constraint",
    "replace": "constraint",
    "provide": "constraint",
}


def manifests(inputs: ProbeInputs) -> Manifests:
    """The manifests of projects and of their parts."""
    found = layout(inputs)
    listed = [
        _manifest(package, package.manifest, project)
        for project in found.projects
        for package in project.packages
        if package.manifest
    ]
    return Manifests(listed, found.apart)


def requirements_of(manifest: ComposerJson) -> list[Requirement]:
    """PHP, its extensions and what else of the platform is asked for, and the versions that are pretended."""
    asked = [
        Requirement(name.lower(), constraint, link, manifest.lines.get((link, name)))
        for link in ("require", "require-dev")
        for name, constraint in manifest.links[link].items()
        if is_platform(name)
    ]
    return asked + [
        Requirement(name, version, "config.platform", manifest.lines.get(("config", "platform", name)))
        for name, version in manifest.platform.items()
    ]


def _manifest(package: Package, manifest: ComposerJson, project: Project) -> Manifest:
    return Manifest(
        path=package.at("composer.json"),
        ecosystem="composer",
        format="composer.json",
        project=project.root.directory,
        name=manifest.name,
        version=manifest.version,
        requirements=tuple(requirements_of(manifest)),
        workspace=_members(project) if package is project.root else None,
        dependencies=tuple(_dependencies(manifest, project)),
        ill_typed=manifest.ill_typed,
    )


def _members(project: Project) -> Members | None:
    if not project.members and not project.patterns:
        return None
    return Members(
        patterns=project.patterns,
        members=tuple(member.directory for member in project.members),
        path=project.root.at("composer.json"),
        line=project.line,
        idle=project.idle,
    )


def _dependencies(manifest: ComposerJson, project: Project) -> Iterator[Dependency]:
    own = {package.manifest.name for package in project.packages if package.manifest}
    for link, scope in _SCOPES.items():
        for name, constraint in manifest.links[link].items():
            if not is_platform(name) or link not in ("require", "require-dev"):
                yield Dependency(
                    name=name.lower(),
                    constraint=constraint,
                    scope=scope,
                    group=link,
                    line=manifest.lines.get((link, name)),
                    source="workspace" if name in own and scope != "constraint" else "registry",
                )

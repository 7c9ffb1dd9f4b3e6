"""pubspec.yaml files as manifests."""

from typing import NamedTuple

from codegenie.formats import pubspec
from codegenie.formats.pubspec import PubDependency, Pubspec
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope, Source
from ._members import Matches, matches
from ._paths import parent
from ._places import places

_SCOPES: dict[str, Scope] = {
    "dependencies": "runtime",
    "dev_dependencies": "development",
    "dependency_overrides": "constraint",
}
_SOURCES: dict[str, Source] = {"registry": "registry", "git": "git", "path": "path", "sdk": "path"}


class Package(NamedTuple):
    """A pubspec.yaml, and the directory of the workspace that it is resolved in."""

    path: str
    spec: Pubspec
    project: str
    members: Matches | None = None
    """Of the root of a workspace."""


def packages(inputs: ProbeInputs) -> tuple[list[Package], dict[str, list[str]]]:
    """The packages in path order, the outer ones claiming the members of their workspaces; and those set apart."""
    found = places(inputs, "pubspec.yaml", "pubspec.lock")
    read = {path: spec for path in found.paths if (spec := inputs.parse(path, pubspec.parse))}
    directories = {parent(path) for path in read}
    owners: dict[str, str] = {}
    listed = []
    for path in sorted(read, key=lambda each: (each.count("/"), each)):
        spec, directory = read[path], parent(path)
        members = None
        if spec.workspace:
            members = matches(spec.workspace, directory, directories, exclusions_win=True)
            owners |= {member: owners.get(directory, directory) for member in members.directories}
        listed.append(Package(path, spec, owners.get(directory, directory), members))
    return sorted(listed, key=lambda each: each.path), found.apart


def manifests(inputs: ProbeInputs) -> Manifests:
    """The packages."""
    listed, apart = packages(inputs)
    return Manifests([_manifest(package) for package in listed], apart)


def requirements_of(spec: Pubspec) -> list[Requirement]:
    """The versions of Dart (named sdk there) and Flutter."""
    return [
        Requirement("dart" if name == "sdk" else name, constraint, f"environment.{name}", line)
        for name, constraint, line in spec.environment
    ]


def _manifest(package: Package) -> Manifest:
    spec = package.spec
    return Manifest(
        path=package.path,
        ecosystem="dart",
        format="pubspec.yaml",
        project=package.project,
        name=spec.name,
        version=spec.version,
        publishable=spec.published and spec.name is not None,
        publishable_line=spec.publish_line,
        requirements=tuple(requirements_of(spec)),
        workspace=_members(package),
        dependencies=tuple(_dependency(each) for each in spec.dependencies),
    )


def _members(package: Package) -> Members | None:
    if package.members is None:
        return None
    return Members(
        package.spec.workspace,
        package.members.directories,
        package.path,
        package.spec.workspace_line,
        package.members.idle,
    )


def _dependency(each: PubDependency) -> Dependency:
    scope: Scope = "provided" if each.source == "sdk" else _SCOPES[each.section]
    return Dependency(each.name, each.constraint, scope, each.section, each.line, source=_SOURCES[each.source])

"""Which composer.json files are projects, which are parts of a package that replaces them, and which are set apart."""

from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import composer_json
from codegenie.formats.composer_json import ComposerJson
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._members import matches
from ._paths import parent

MANIFESTS = "**/composer.json"


class Package(NamedTuple):
    """A directory with a composer.json; `manifest` is None where it cannot be read."""

    directory: str
    manifest: ComposerJson | None

    def at(self, name: str) -> str:
        """The path of a file in the directory."""
        return f"{self.directory}/{name}" if self.directory else name


class Project(NamedTuple):
    """A package that one installs by itself, and those below it that are its own.

    They are its own where it replaces them (as framework monorepos do, which publish each part by itself, too), or
    where a path repository of it serves them.
    """

    root: Package
    members: tuple[Package, ...] = ()
    patterns: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    line: int | None = None

    @property
    def packages(self) -> tuple[Package, ...]:
        """The root and the members."""
        return (self.root, *self.members)


@dataclass(slots=True)
class Layout:
    """The projects in path order, and by kind the manifests set apart."""

    projects: list[Project] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every composer.json into projects, members and those set apart, the outer ones first."""
    found = Layout()
    read = {parent(path): inputs.parse(path, composer_json.parse) for path in inputs.matching(MANIFESTS)
            if _kind_apart(inputs, parent(path)) is None}  # fmt: skip
    members: set[str] = set()
    for path in inputs.matching(MANIFESTS):
        if (kind := _kind_apart(inputs, parent(path))) is not None:
            found.apart.setdefault(kind, []).append(path)
    for directory in sorted(read, key=lambda each: (each.count("/") if each else -1, each)):
        manifest = read[directory]
        if directory in members:
            continue
        kind = _kind_unbuildable(inputs, directory, manifest)
        if kind is not None:
            found.apart.setdefault(kind, []).append(Package(directory, None).at("composer.json"))
            continue
        project = _project(Package(directory, manifest), read)
        members |= {member.directory for member in project.members}
        found.projects.append(project)
    found.projects.sort(key=lambda project: project.root.directory)
    return found


def _project(root: Package, read: dict[str, ComposerJson | None]) -> Project:
    if root.manifest is None:
        return Project(root)
    below = {
        each
        for each in read
        if each != root.directory and each.startswith(f"{root.directory}/" if root.directory else "")
    }
    paths = [each for each in root.manifest.repositories if each.path]
    served = matches([str(each.path) for each in paths], root.directory, below, exclusions_win=True)
    replaced = root.manifest.links["replace"]
    parts = {each for each in below if (manifest := read[each]) and manifest.name in replaced}
    members = tuple(Package(each, read[each]) for each in sorted({*served.directories, *parts}))
    patterns = [str(each.path) for each in paths]
    patterns += [name for each in members if (m := each.manifest) and (name := m.name) and name in replaced]
    line = paths[0].line if paths else root.manifest.lines.get(("replace",)) if members else None
    return Project(root, members, tuple(patterns), served.idle, line)


def _kind_apart(inputs: ProbeInputs, directory: str) -> str | None:
    if is_placeholder(directory):
        return "template"
    if kind := kind_apart(directory):
        return kind
    return None if Package(directory, None).at("composer.lock") in inputs else kind_apart_unlocked(directory)


def _kind_unbuildable(inputs: ProbeInputs, directory: str, manifest: ComposerJson | None) -> str | None:
    if not directory or Package(directory, None).at("composer.lock") in inputs:
        return None
    if manifest is None:
        return "unreadable"
    if is_placeholder(manifest.name or ""):
        return "template"
    return None if any(manifest.links.values()) or manifest.scripts or manifest.name else "marker"

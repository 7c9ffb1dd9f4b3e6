"""Which manifests are projects that one builds, which are members of a workspace, and which are neither."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from codegenie.formats import lerna_json, package_json, pnpm_workspace, rush_json
from codegenie.formats.lerna_json import LernaJson
from codegenie.formats.package_json import INSTALLED, PackageJson
from codegenie.formats.pnpm_workspace import PnpmWorkspace
from codegenie.formats.rush_json import RushJson
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._members import Matches, matches
from ._node_lockfiles import LOCKFILES
from ._paths import parent, under

MANIFESTS = "**/package.json"

T = TypeVar("T")


class Package(NamedTuple):
    """A directory with a manifest; `manifest` is None where it cannot be read (or, for a Rush root, is not there)."""

    directory: str
    manifest: PackageJson | None

    def at(self, name: str) -> str:
        """The path of a file in the directory."""
        return f"{self.directory}/{name}" if self.directory else name

    @property
    def manifest_path(self) -> str:
        """Where the manifest is."""
        return self.at("package.json")


class Workspace(NamedTuple):
    """Patterns, and the members they mean; `declared_by` names the tool whose field or file it is."""

    declared_by: str
    path: str
    line: int | None
    patterns: tuple[str, ...]
    members: tuple[Package, ...]
    idle_patterns: tuple[str, ...]


class Project(NamedTuple):
    """A package that one installs and builds by itself, with what else stands at its root."""

    root: Package
    workspace: Workspace | None
    pnpm: PnpmWorkspace | None
    lerna: LernaJson | None
    rush: RushJson | None

    @property
    def packages(self) -> tuple[Package, ...]:
        """The root and the members of its workspace."""
        return (self.root, *(self.workspace.members if self.workspace else ()))


class Layout:
    """The projects in path order, and by kind the manifests set apart."""

    def __init__(self) -> None:
        self.projects: list[Project] = []
        self.apart: dict[str, list[str]] = {}


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every manifest outside node_modules into projects, members and those set apart."""
    return _Survey(inputs).layout


class _Survey:
    """Goes from the outer directories to the inner ones, so that a workspace claims its members before they come."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._read: dict[str, PackageJson | None] = {}
        self._manifests = {parent(path) for path in inputs.matching(MANIFESTS)}
        self._members: set[str] = set()
        self.layout = Layout()
        roots = self._manifests | {parent(path) for path in inputs.matching("**/rush.json")}
        for directory in sorted(roots, key=lambda path: (path.count("/") if path else -1, path)):
            self._place(directory)
        self.layout.projects.sort(key=lambda project: project.root.directory)

    def _place(self, directory: str) -> None:
        if directory in self._members and not self._has(directory, "pnpm-workspace.yaml"):
            return
        kind = None if directory in self._members else self._kind_apart(directory)
        if kind is None:
            project = self._project(directory)
            kind = self._kind_unbuildable(project)
            if kind is None:
                self.layout.projects.append(project)
        if kind is not None:
            self.layout.apart.setdefault(kind, []).append(Package(directory, None).manifest_path)

    def _kind_apart(self, directory: str) -> str | None:
        if kind := kind_apart(directory):
            return kind
        locked = any(self._has(directory, name) for name in LOCKFILES)
        return None if locked else kind_apart_unlocked(directory)

    def _kind_unbuildable(self, project: Project) -> str | None:
        """Many a manifest below a package only says {"type": "module"}: there is nothing to install or to run."""
        directory, manifest = project.root.directory, project.root.manifest
        if not directory or project.workspace or any(self._has(directory, name) for name in LOCKFILES):
            return None
        if manifest is None:
            return "unreadable"
        if is_placeholder(manifest.name or ""):
            return "template"
        buildable = manifest.scripts or any(manifest.dependencies[scope] for scope in INSTALLED)
        return None if buildable else "marker"

    def _project(self, directory: str) -> Project:
        root = Package(directory, self._manifest(directory))
        pnpm = self._at(root, "pnpm-workspace.yaml", pnpm_workspace.parse)
        lerna = self._at(root, "lerna.json", lerna_json.parse)
        rush = self._at(root, "rush.json", rush_json.parse)
        declared = next(_declarations(root, pnpm, lerna, rush), None)
        workspace = self._workspace(directory, *declared) if declared else None
        return Project(root, workspace, pnpm, lerna, rush)

    def _workspace(self, root: str, tool: str, path: str, line: int | None, patterns: tuple[str, ...]) -> Workspace:
        found = self._matches(root, patterns, tool)
        inner = {each for member in found.directories for each in self._inner_members(member)} - {root}
        members = sorted({*found.directories, *inner})
        self._members.update(members)
        packages = tuple(Package(member, self._manifest(member)) for member in members)
        return Workspace(tool, path, line, patterns, packages, found.idle)

    def _inner_members(self, directory: str) -> tuple[str, ...]:
        """The members that a member's own `workspaces` field adds, as yarn does; one level is all that is in use."""
        manifest = self._manifest(directory)
        if not manifest or not manifest.workspaces:
            return ()
        return self._matches(directory, manifest.workspaces.patterns, "package.json").directories

    def _matches(self, root: str, patterns: tuple[str, ...], tool: str) -> Matches:
        if tool == "rush":
            folders = {at for folder in patterns if (at := under(root, folder)) is not None}
            missing = [folder for folder in patterns if under(root, folder) not in self._manifests]
            return Matches(tuple(sorted(folders & self._manifests)), tuple(sorted(missing)))
        return matches(patterns, root, self._manifests, exclusions_win=tool == "pnpm")

    def _manifest(self, directory: str) -> PackageJson | None:
        if directory not in self._manifests:
            return None
        if directory not in self._read:
            path = Package(directory, None).manifest_path
            self._read[directory] = self._inputs.parse(path, package_json.parse)
        return self._read[directory]

    def _has(self, directory: str, name: str) -> bool:
        return Package(directory, None).at(name) in self._inputs

    def _at(self, place: Package, name: str, parser: Callable[[bytes], T]) -> T | None:
        return self._inputs.parse(place.at(name), parser) if self._has(place.directory, name) else None


def _declarations(
    place: Package, pnpm: PnpmWorkspace | None, lerna: LernaJson | None, rush: RushJson | None
) -> Iterator[tuple[str, str, int | None, tuple[str, ...]]]:
    """Where a workspace may be declared; the first that is counts."""
    if rush:
        yield "rush", place.at("rush.json"), rush.folders_line, rush.folders
    if pnpm and pnpm.packages is not None:
        yield "pnpm", place.at("pnpm-workspace.yaml"), pnpm.packages_line, pnpm.packages
    if place.manifest and (declared := place.manifest.workspaces):
        yield "package.json", place.manifest_path, place.manifest.lines.get(declared.key), declared.patterns
    if lerna and lerna.packages is not None:
        yield "lerna", place.at("lerna.json"), lerna.packages_line, lerna.packages

"""Which crates are built by themselves, which are members of a workspace, and which are set apart."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import cargo_toml
from codegenie.formats.cargo_toml import CargoToml, Dependency, Field
from codegenie.probe import ProbeInputs

from ._apart import is_given_or_expected, is_placeholder, kind_apart, kind_apart_unlocked
from ._members import matches
from ._paths import parent, under

MANIFESTS = "**/Cargo.toml"


class Crate(NamedTuple):
    """A directory with a Cargo.toml; `manifest` is None where it cannot be read."""

    directory: str
    manifest: CargoToml | None

    def at(self, name: str) -> str:
        """The path of a file in the directory."""
        return f"{self.directory}/{name}" if self.directory else name


class Project(NamedTuple):
    """A crate or workspace that one builds by itself; `members` do not include the root."""

    root: Crate
    members: tuple[Crate, ...] = ()
    idle: tuple[str, ...] = ()
    """Patterns of the workspace that match no crate."""

    @property
    def crates(self) -> tuple[Crate, ...]:
        """The root and the members."""
        return (self.root, *self.members)

    @property
    def is_workspace(self) -> bool:
        """Whether the root declares a workspace."""
        return bool(self.root.manifest and self.root.manifest.workspace)

    def inherited(self, name: str) -> Field | None:
        """The workspace's field of that name."""
        workspace = self.root.manifest.workspace if self.root.manifest else None
        return workspace.fields.get(name) if workspace else None

    def of_workspace(self, key: str) -> Dependency | None:
        """The workspace's dependency under a key."""
        entries = self.root.manifest.dependencies if self.root.manifest else ()
        found = (each for each in entries if each.table == "workspace.dependencies")
        return next((each for each in found if each.key == key), None)


@dataclass(slots=True)
class Layout:
    """The projects in path order, and by kind the manifests set apart."""

    projects: list[Project] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every Cargo.toml into projects, members of workspaces and those set apart."""
    return _Survey(inputs).layout


class _Survey:
    """Goes from the outer directories to the inner ones, so that a workspace claims its members before they come."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._read: dict[str, CargoToml | None] = {}
        self._directories = {parent(path) for path in inputs.matching(MANIFESTS)}
        self._members: set[str] = set()
        self.layout = Layout()
        for directory in sorted(self._directories, key=lambda path: (path.count("/") if path else -1, path)):
            if directory not in self._members:
                self._place(directory)
        self.layout.projects.sort(key=lambda project: project.root.directory)

    def _place(self, directory: str) -> None:
        kind = self._kind_apart(directory)
        if kind is None:
            manifest = self._manifest(directory)
            if manifest is None:
                kind = "unreadable" if directory else None
            elif manifest.package and is_placeholder(manifest.package.name or ""):
                kind = "template"
        if kind is None:
            self.layout.projects.append(self._project(directory))
        else:
            self.layout.apart.setdefault(kind, []).append(Crate(directory, None).at("Cargo.toml"))

    def _kind_apart(self, directory: str) -> str | None:
        if is_placeholder(directory):
            return "template"
        if kind := kind_apart(directory):
            return kind
        locked = Crate(directory, None).at("Cargo.lock") in self._inputs
        return None if locked and not is_given_or_expected(directory) else kind_apart_unlocked(directory)

    def _project(self, directory: str) -> Project:
        root = Crate(directory, self._manifest(directory))
        workspace = root.manifest.workspace if root.manifest else None
        if workspace is None:
            return Project(root)
        found = matches(workspace.members, directory, self._directories, exclusions_win=True)
        outside = _Outside(directory, workspace.members, workspace.excluded)
        members = {each for each in found.directories if not outside(each)}
        members = {each for each in members if not self._is_root(each)}
        bare = Project(root)
        waiting = [directory, *sorted(members)]
        while waiting:  # whatever a member needs by its path, inside the workspace's directory, is a member as well
            for needed in self._paths_of(waiting.pop(), bare):
                if needed not in members and needed != directory and not outside(needed) and not self._is_root(needed):
                    members.add(needed)
                    waiting.append(needed)
        self._members |= members
        return Project(root, tuple(Crate(each, self._manifest(each)) for each in sorted(members)), found.idle)

    def _is_root(self, directory: str) -> bool:
        manifest = self._manifest(directory)
        return bool(manifest and manifest.workspace)

    def _paths_of(self, directory: str, project: Project) -> Iterator[str]:
        manifest = self._manifest(directory)
        for each in manifest.dependencies if manifest else ():
            if each.table in ("workspace.dependencies", "patch", "replace"):
                continue
            place, named = directory, each
            if each.inherited and (shared := project.of_workspace(each.key)):
                place, named = project.root.directory, shared
            found = under(place, named.path) if named.path else None
            if found is not None and found in self._directories and _is_below(found, project.root.directory):
                yield found

    def _manifest(self, directory: str) -> CargoToml | None:
        if directory not in self._read:
            self._read[directory] = self._inputs.parse(Crate(directory, None).at("Cargo.toml"), cargo_toml.parse)
        return self._read[directory]


class _Outside:
    """Whether the workspace excludes a directory: one below an excluded one, unless it is below a member as written.

    https://doc.rust-lang.org/cargo/reference/workspaces.html#the-members-and-exclude-fields
    """

    def __init__(self, root: str, members: tuple[str, ...], excluded: tuple[str, ...]) -> None:
        self._members = [place for each in members if (place := under(root, each)) is not None]
        self._excluded = [place for each in excluded if (place := under(root, each)) is not None]

    def __call__(self, directory: str) -> bool:
        if any(_is_below(directory, member) for member in self._members):
            return False
        return any(_is_below(directory, excluded) for excluded in self._excluded)


def _is_below(directory: str, above: str) -> bool:
    return not above or directory == above or directory.startswith(f"{above}/")

"""Projects of .NET, and the solutions that they are built with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from codegenie.formats import dotnet_solution, msbuild
from codegenie.formats.dotnet_solution import Solution
from codegenie.formats.msbuild import MsBuild
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent, under

PROJECTS = ("**/*.csproj", "**/*.fsproj", "**/*.vbproj")
SOLUTIONS = ("**/*.sln", "**/*.slnx")
_SHARED = ("**/*.props", "**/*.targets")

T = TypeVar("T")


@dataclass(slots=True)
class Root:
    """What one builds: a solution with its projects, or a project that is in none.

    `solutions` are all those of the directory that list a project of this root, the largest first.
    """

    directory: str
    solutions: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    """The paths of project files, sorted."""
    listed: dict[str, int] = field(default_factory=dict)
    """The line of the first solution by the path as written there."""
    idle: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """The roots by directory, by kind the projects set apart, and every file of MSBuild that was read."""

    roots: list[Root] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)
    files: "Files | None" = None


class Files:
    """Files of MSBuild, each read once."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._paths = set(inputs.matching(*PROJECTS, *_SHARED))
        self._by_case = {path.lower(): path for path in sorted(self._paths, reverse=True)}
        self._read: dict[str, MsBuild | None] = {}

    def path_of(self, path: str) -> str | None:
        """The file that a path means; its case does not count where no file has the very path."""
        return path if path in self._paths else self._by_case.get(path.lower())

    def read(self, path: str) -> MsBuild | None:
        """What is in the file; None where it cannot be read."""
        if path not in self._read:
            self._read[path] = self._inputs.parse(path, msbuild.parse)
        return self._read[path]


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every project file into roots and what is set apart."""
    return _Survey(inputs).layout


class _Survey:
    """A project belongs to the outermost solution that lists it, of several in a directory the one that lists most."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self.files = Files(inputs)
        self._projects = set(inputs.matching(*PROJECTS))
        self._owners: dict[str, Root] = {}
        self.layout = Layout(files=self.files)
        self._place_solutions()
        for path in sorted(self._projects - self._owners.keys(), key=lambda path: (path.count("/"), path)):
            self._place(path)
        for root in self.layout.roots:
            root.projects.sort()
        self.layout.roots.sort(key=lambda root: root.directory)

    def _place_solutions(self) -> None:
        read = {path: found for path in self._inputs.matching(*SOLUTIONS) if (found := self._solution(path))}
        kept = {path: found for path, found in read.items() if not _kind(path, ())}
        meant = {path: self._meant(path, solution) for path, solution in kept.items()}
        roots: dict[str, Root] = {}
        for path in sorted(meant, key=lambda path: (path.count("/"), -len(meant[path]), path.endswith(".sln"), path)):
            own = {project for project in meant[path] if project not in self._owners}
            directory = parent(path)
            if not own and directory not in roots:
                continue
            root = roots.setdefault(directory, Root(directory))
            if not root.solutions:
                self._list(root, path, kept[path])
            root.solutions.append(path)
            for project in sorted(own):
                self._claim(project, root)
        for root in roots.values():
            for project in list(root.projects):
                self._follow(project, root)
            self.layout.roots.append(root)

    def _list(self, root: Root, path: str, solution: Solution) -> None:
        for each in solution.projects:
            if _is_project(each.path):
                root.listed.setdefault(each.path, each.line)
                at = under(parent(path), each.path)
                if at is None or self.files.path_of(at) is None:
                    root.idle.append(each.path)

    def _meant(self, path: str, solution: Solution) -> set[str]:
        found = (under(parent(path), each.path) for each in solution.projects if _is_project(each.path))
        return {known for at in found if at and (known := self.files.path_of(at))}

    def _claim(self, project: str, root: Root) -> None:
        self._owners[project] = root
        root.projects.append(project)

    def _follow(self, project: str, root: Root) -> None:
        """The projects that one references are built with it, listed or not."""
        waiting = [project]
        while waiting:
            path = waiting.pop()
            read = self.files.read(path)
            for step in read.steps if read else ():
                if isinstance(step, msbuild.Item) and step.kind == "ProjectReference":
                    at = under(parent(path), step.spec.replace("\\", "/"))
                    known = self.files.path_of(at) if at else None
                    if known and known in self._projects and known not in self._owners:
                        self._claim(known, root)
                        waiting.append(known)

    def _place(self, path: str) -> None:
        if path in self._owners:
            return
        locked = f"{parent(path)}/packages.lock.json" if parent(path) else "packages.lock.json"
        kind = _kind(path, (locked,) if locked in self._inputs else ())
        if not kind and parent(path) and self.files.read(path) is None:
            kind = "unreadable"
        if kind:
            self.layout.apart.setdefault(kind, []).append(path)
            return
        root = next((each for each in self.layout.roots if each.directory == parent(path) and not each.solutions), None)
        if root is None:
            root = next((each for each in self.layout.roots if each.directory == parent(path)), None)
        if root is None:
            root = Root(parent(path))
            self.layout.roots.append(root)
        self._claim(path, root)
        self._follow(path, root)

    def _solution(self, path: str) -> Solution | None:
        return self._inputs.parse(path, dotnet_solution.parse)


def _kind(path: str, locked: tuple[str, ...]) -> str | None:
    if is_placeholder(path):
        return "template"
    return kind_apart(parent(path)) or (None if locked else kind_apart_unlocked(parent(path)))


def _is_project(path: str) -> bool:
    return path.lower().endswith((".csproj", ".fsproj", ".vbproj"))


def read_all(inputs: ProbeInputs, paths: tuple[str, ...], parser: Callable[[bytes], T]) -> dict[str, T]:
    """What the parser makes of those of the files that it understands."""
    return {path: found for path in paths if (found := inputs.parse(path, parser)) is not None}

"""Which go.mod files are modules that one builds by themselves, which belong to a go.work, and which are set apart."""

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import NamedTuple

from codegenie.formats import go_mod, go_work
from codegenie.formats.go_mod import GoMod
from codegenie.formats.go_work import GoWork
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent, under


class Module(NamedTuple):
    """A directory with a go.mod; `mod` is None where it cannot be read."""

    directory: str
    mod: GoMod | None

    def at(self, name: str) -> str:
        """The path of a file in the directory."""
        return f"{self.directory}/{name}" if self.directory else name


class Project(NamedTuple):
    """A module by itself, or the modules that a go.work uses; `root` is the module in the project's own directory."""

    directory: str
    work: GoWork | None
    modules: tuple[Module, ...]
    idle: tuple[str, ...] = ()
    """Directories that the go.work uses, as written, and that hold no go.mod."""

    @property
    def root(self) -> Module | None:
        """The module in the project's own directory."""
        return next((module for module in self.modules if module.directory == self.directory), None)

    def at(self, name: str) -> str:
        """The path of a file in the project's directory."""
        return f"{self.directory}/{name}" if self.directory else name


@dataclass(slots=True)
class Layout:
    """The projects in path order, and by kind the go.mod files set apart."""

    projects: list[Project] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every go.mod into projects, members of workspaces and those set apart."""
    found = Layout()
    directories = {parent(path) for path in inputs.matching("**/go.mod")}
    used: set[str] = set()
    for path in inputs.matching("**/go.work"):
        if _kind_apart(inputs, parent(path)) is None and (work := inputs.parse(path, go_work.parse)):
            project = _workspace(inputs, parent(path), work, directories)
            used |= {module.directory for module in project.modules}
            found.projects.append(project)
    for directory in sorted(directories - used):
        module = Module(directory, None)
        kind = _kind_apart(inputs, directory)
        if kind is None:
            module = _module(inputs, directory)
            kind = _kind_unbuildable(inputs, module)
        if kind is None:
            found.projects.append(Project(directory, None, (module,)))
        else:
            found.apart.setdefault(kind, []).append(module.at("go.mod"))
    found.projects.sort(key=lambda project: project.directory)
    return found


def _workspace(inputs: ProbeInputs, root: str, work: GoWork, directories: set[str]) -> Project:
    places = {each.name: under(root, each.name) for each in work.used}
    modules = sorted({place for place in places.values() if place in directories and place is not None})
    idle = tuple(name for name, place in places.items() if place not in directories)
    return Project(root, work, tuple(_module(inputs, directory) for directory in modules), idle)


def _module(inputs: ProbeInputs, directory: str) -> Module:
    return Module(directory, inputs.parse(Module(directory, None).at("go.mod"), go_mod.parse))


def _kind_apart(inputs: ProbeInputs, directory: str) -> str | None:
    if is_placeholder(directory):
        return "template"
    if kind := kind_apart(directory):
        return kind
    locked = Module(directory, None).at("go.sum") in inputs
    return None if locked else kind_apart_unlocked(directory)


def _kind_unbuildable(inputs: ProbeInputs, module: Module) -> str | None:
    """A go.mod without code below it is there to keep a directory out of the module around it."""
    if not module.directory:
        return None
    if module.mod is None:
        return "unreadable"
    if module.mod.required or _has_code(inputs, module.directory):
        return None
    return "marker"


def _has_code(inputs: ProbeInputs, directory: str) -> bool:
    below = islice(inputs.paths, bisect_left(inputs.paths, f"{directory}/"), None)
    return any(path.endswith(".go") for path in takewhile(lambda path: path.startswith(f"{directory}/"), below))

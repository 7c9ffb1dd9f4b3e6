"""Which CMakeLists.txt files are configured by themselves, which others add, and which are set apart."""

from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import cmakelists
from codegenie.formats.cmakelists import CMakeLists, Project
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent, under

MANIFESTS = "**/CMakeLists.txt"

MOST_PROJECTS = 100
MOST_FILES = 5000  # that one project adds


class Tree(NamedTuple):
    """A project: its own CMakeLists.txt (None where it cannot be read), and those of the directories that it adds."""

    directory: str
    root: CMakeLists | None
    files: tuple[tuple[str, CMakeLists], ...]
    """By path, the root's own first."""

    def at(self, name: str) -> str:
        """The path of a file in the project's directory."""
        return f"{self.directory}/{name}" if self.directory else name

    @property
    def named(self) -> Project | None:
        """The first `project` command, which names the whole."""
        return self.root.projects[0] if self.root and self.root.projects else None


@dataclass(slots=True)
class Layout:
    """The projects in path order, and by kind the files set apart."""

    projects: list[Tree] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)
    more: int = 0
    """Projects that are not read, since there are too many."""


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every CMakeLists.txt into projects, parts of projects and those set apart, the outer ones first."""
    found = Layout()
    paths = set(inputs.matching(MANIFESTS))
    added: set[str] = set()
    for path in sorted(paths, key=lambda each: (each.count("/"), each)):
        if path in added:
            continue
        if kind := _kind_apart(parent(path)):
            found.apart.setdefault(kind, []).append(path)
            continue
        if len(found.projects) >= MOST_PROJECTS:
            found.more += 1
            continue
        read = inputs.parse(path, cmakelists.parse)
        if read is not None and not read.projects and parent(path):
            continue  # a part of something that names it by a variable
        if read is None and parent(path):
            found.apart.setdefault("unreadable", []).append(path)
            continue
        tree = _tree(inputs, path, read, paths)
        added |= {each for each, _ in tree.files}
        found.projects.append(tree)
    found.projects.sort(key=lambda each: each.directory)
    return found


def _tree(inputs: ProbeInputs, path: str, read: CMakeLists | None, paths: set[str]) -> Tree:
    files = {path: read} if read else {}
    waiting = [path] if read else []
    while waiting and len(files) < MOST_FILES:
        here = waiting.pop(0)
        for written in files[here].subdirectories:
            place = under(parent(here), written)
            inner = f"{place}/CMakeLists.txt" if place else None
            if inner is None or inner not in paths or inner in files or kind_apart(parent(inner)):
                continue
            if (part := inputs.parse(inner, cmakelists.parse)) is not None:
                files[inner] = part
                waiting.append(inner)
    return Tree(parent(path), read, tuple(files.items()))


def _kind_apart(directory: str) -> str | None:
    return "template" if is_placeholder(directory) else kind_apart(directory) or kind_apart_unlocked(directory)

"""The roots of Bazel workspaces, and those set apart."""

from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import bazel_module
from codegenie.formats.bazel_module import BazelModule
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent

_MODULE = "MODULE.bazel"
_WORKSPACES = ("WORKSPACE.bazel", "WORKSPACE")
LOCKFILE = "MODULE.bazel.lock"

MOST_PROJECTS = 100


class Root(NamedTuple):
    """A workspace: its files with what they say, None where one cannot be read; MODULE.bazel comes first."""

    directory: str
    files: tuple[tuple[str, BazelModule | None], ...]

    def at(self, name: str) -> str:
        """The path of a file in the directory."""
        return f"{self.directory}/{name}" if self.directory else name

    @property
    def first(self) -> BazelModule | None:
        """What the file that counts says."""
        return self.files[0][1]


@dataclass(slots=True)
class Layout:
    """The workspaces in path order, and by kind the files set apart."""

    roots: list[Root] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every MODULE.bazel and WORKSPACE."""
    found = Layout()
    places: dict[str, list[str]] = {}
    for name in (_MODULE, *_WORKSPACES):
        for path in inputs.matching(f"**/{name}"):
            if kind := _kind_apart(inputs, parent(path)):
                found.apart.setdefault(kind, []).append(path)
            else:
                places.setdefault(parent(path), []).append(path)
    for directory in sorted(places, key=lambda each: (each.count("/") if each else -1, each))[:MOST_PROJECTS]:
        files = tuple(
            (path, inputs.parse(path, bazel_module.parse if path.endswith(_MODULE) else bazel_module.parse_workspace))
            for path in places[directory]
        )
        found.roots.append(Root(directory, files))
    found.roots.sort(key=lambda root: root.directory)
    return found


def _kind_apart(inputs: ProbeInputs, directory: str) -> str | None:
    if is_placeholder(directory):
        return "template"
    if kind := kind_apart(directory):
        return kind
    return None if Root(directory, ()).at(LOCKFILE) in inputs else kind_apart_unlocked(directory)

"""Which meson.build files have projects of their own, and which are parts of them."""

from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import meson_build
from codegenie.formats.meson_build import MesonBuild
from codegenie.probe import ProbeInputs

from ._paths import parent, under
from ._places import beside, places

MANIFESTS = "**/meson.build"

MOST_FILES = 2000  # of one project


class Tree(NamedTuple):
    """A project, and the files of the subdirectories that it names, its own first."""

    directory: str
    root: MesonBuild
    files: tuple[tuple[str, MesonBuild], ...]

    @property
    def path(self) -> str:
        """Its own file."""
        return beside(self.directory, "meson.build")


@dataclass(slots=True)
class Layout:
    """The projects in path order, and by kind the files set apart."""

    projects: list[Tree] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every meson.build; one without a `project` that no other names belongs to something computed."""
    found = places(inputs, "meson.build", None)
    known = set(inputs.matching(MANIFESTS))
    projects: list[Tree] = []
    taken: set[str] = set()
    for path in sorted(found.paths, key=lambda each: (each.count("/"), each)):
        read = inputs.parse(path, meson_build.parse) if path not in taken else None
        if read is None or read.project_line is None:
            continue
        files, waiting = {path: read}, [path]
        while waiting and len(files) < MOST_FILES:
            here = waiting.pop(0)
            for written in files[here].subdirectories:
                place = under(parent(here), written)
                inner = f"{place}/meson.build" if place else ""
                if inner in known and inner not in files and (part := inputs.parse(inner, meson_build.parse)):
                    files[inner] = part
                    waiting.append(inner)
        taken |= files.keys()
        projects.append(Tree(parent(path), read, tuple(files.items())))
    apart = {kind: [path for path in paths if path not in taken] for kind, paths in found.apart.items()}
    listed = sorted(projects, key=lambda tree: tree.directory)
    return Layout(listed, {kind: paths for kind, paths in apart.items() if paths})

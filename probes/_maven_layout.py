"""Which POMs are projects that one builds, which are modules of one, and which are neither."""

from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import pom_xml
from codegenie.formats.patterns import lazily
from codegenie.formats.pom_xml import Pom, Text
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent, under

MANIFESTS = "**/pom.xml"

# The conventions of Maven's own plugins: what lies in a source set is data of its tests, src/it holds the builds that
# the invoker plugin runs, and archetype-resources the template of an archetype.
_SOURCE_SETS = lazily(r"(?:.*/)?src/(?:it|test|docs|[a-zA-Z]+Tests?|testFixtures)/.*")
_TEMPLATES = lazily(r"(?:.*/)?(?:src/main/.*|archetype-resources(?:/.*)?)")


class Module(NamedTuple):
    """A module as written in the POM at `path`, and the POM it means; "" where there is none."""

    written: Text
    path: str
    pom: str


@dataclass(slots=True)
class Project:
    """A POM that is no module of another, with its modules at any depth in path order."""

    path: str
    declared: list[Module] = field(default_factory=list)
    """Those that the root POM itself lists."""
    members: list[str] = field(default_factory=list)

    @property
    def directory(self) -> str:
        """Where the root POM stands."""
        return parent(self.path)

    @property
    def poms(self) -> list[str]:
        """The root POM and those of the modules."""
        return [self.path, *self.members]


@dataclass(slots=True)
class Layout:
    """The projects, by kind the POMs set apart, and every POM that was read; one that cannot be is None."""

    projects: list[Project] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)
    poms: dict[str, Pom | None] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every pom.xml into projects, modules and those set apart."""
    return _Survey(inputs).layout


def kind_of_source(path: str) -> str | None:
    """The kind of what lies in a source set: "fixture" or "template"; None for what does not."""
    if _SOURCE_SETS.fullmatch(path):
        return "fixture"
    return "template" if _TEMPLATES.fullmatch(path) else None


class _Survey:
    """Goes from the outer directories to the inner ones, so that a project claims its modules before they come."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._paths = set(inputs.matching(MANIFESTS))
        self._members: set[str] = set()
        self.layout = Layout()
        for path in sorted(self._paths, key=lambda path: (path.count("/"), path)):
            if path not in self._members:
                self._place(path)
        self.layout.projects.sort(key=lambda project: project.path)

    def _place(self, path: str) -> None:
        directory = parent(path)
        kind = kind_apart(directory) or kind_of_source(directory) or kind_apart_unlocked(directory)
        pom = None if kind else self._pom(path)
        if not kind and directory and pom is None:
            kind = "unreadable"
        if pom and pom.artifact and is_placeholder(pom.artifact.text):
            kind = "template"
        if kind:
            self.layout.apart.setdefault(kind, []).append(path)
            return
        project = Project(path)
        project.declared = self._modules(path)
        waiting = list(project.declared)
        while waiting:
            module = waiting.pop()
            if module.pom and module.pom != path and module.pom not in self._members:
                self._members.add(module.pom)
                project.members.append(module.pom)
                waiting += self._modules(module.pom)
        project.members.sort()
        self.layout.projects.append(project)

    def _modules(self, path: str) -> list[Module]:
        pom = self._pom(path)
        models = [pom.model, *(profile.model for profile in pom.profiles)] if pom else []
        found: dict[str, Module] = {}
        for module in (each for model in models for each in model.modules):
            found.setdefault(module.text, Module(module, path, self._meant(path, module.text)))
        return list(found.values())

    def _meant(self, path: str, module: str) -> str:
        at = under(parent(path), module.replace("\\", "/").rstrip("/"))
        if at is None:
            return ""
        beneath = f"{at}/pom.xml" if at else "pom.xml"
        return next((each for each in (at, beneath) if each in self._paths), "")

    def _pom(self, path: str) -> Pom | None:
        if path not in self.layout.poms:
            self.layout.poms[path] = self._inputs.parse(path, pom_xml.parse)
        return self.layout.poms[path]

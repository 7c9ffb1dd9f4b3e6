"""What a POM means with all that it inherits inside the repository: properties, versions, managed dependencies.

What is inherited or imported from outside is named and never guessed.
Source: https://maven.apache.org/ref/current/maven-model-builder/ (inheritance assembly, interpolation, import).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.pom_xml import Model, Parent, Pom, PomDependency, Profile

from ._maven_layout import Layout
from ._paths import parent, under

_REFERENCE = lazily(r"\$\{([^${}]{1,200})\}")
_LONGEST = 1_000  # characters of an interpolated value
_ROUNDS = 20  # of interpolation; a property that names itself never ends
_LONGEST_CHAIN = 50  # of parents, and of imported BOMs
_NAMED_OUTSIDE = 4  # of the BOMs that a version may come from

Key = tuple[str, str, str, str]
"""Group, artifact, type and classifier: what dependencyManagement goes by."""


class Managed(NamedTuple):
    """What dependencyManagement inside the repository says of a dependency, and where."""

    version: str
    scope: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Of a POM; None where a part is not written or not known."""

    group: str | None
    artifact: str | None
    version: str | None

    def __str__(self) -> str:
        return ":".join(part for part in (self.group, self.artifact, self.version) if part)


class Models:
    """The POMs of the repository, each with what it inherits."""

    def __init__(self, layout: Layout, given: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """`given` are the properties that .mvn/maven.config sets, by the directory that holds .mvn."""
        self._poms = {path: pom for path, pom in layout.poms.items() if pom}
        self._given = given or {}
        self._models: dict[str, PomModel] = {}
        self._finding = False

    def of(self, path: str) -> "PomModel":
        """The POM at the path, which must have been read."""
        if path not in self._models:
            self._models[path] = PomModel(path, self._poms[path], self)
        return self._models[path]

    def has(self, path: str) -> bool:
        """Whether there is a POM at the path that could be read."""
        return path in self._poms

    def find(self, group: str, artifact: str, version: str | None) -> str | None:
        """The path of the POM with these coordinates; None where there is none, or more than one."""
        found = [
            path
            for path in self._by_artifact.get(artifact, ())
            if self.of(path).coordinates.group == group and version in (None, self.of(path).coordinates.version)
        ]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_artifact(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, pom in self._poms.items():
            if pom.artifact:
                found.setdefault(pom.artifact.text, []).append(path)
        return found

    def given(self, directory: str, name: str) -> str | None:
        """A property that the .mvn/maven.config nearest above the directory sets."""
        while True:
            if directory in self._given:
                return self._given[directory].get(name)
            if not directory:
                return None
            directory = parent(directory)

    def parent_path(self, path: str, pom: Pom) -> str | None:
        """The POM inside the repository that this one inherits from."""
        wanted = pom.parent
        if not wanted:
            return None
        if wanted.relative_path != "":
            written = (wanted.relative_path or "../pom.xml").replace("\\", "/")
            at = under(parent(path), written)
            beneath = f"{at}/pom.xml" if at else "pom.xml"
            near = next((each for each in (at, beneath) if each and each in self._poms), None)
            if near and near != path and _fits(wanted, self._poms[near]):
                return near
        if "${" in wanted.group + wanted.artifact:
            return None
        return self._remote(path, wanted)

    def _remote(self, path: str, wanted: Parent) -> str | None:
        """Another POM of the repository that says itself that it is the parent wanted."""
        found = [
            other
            for other in self._by_artifact.get(wanted.artifact, ())
            if other != path and _fits(wanted, self._poms[other])
        ]
        return found[0] if len(found) == 1 else None


def _fits(wanted: Parent, pom: Pom) -> bool:
    """Whether the POM has the coordinates of the parent wanted, as far as they are written out."""
    group = pom.group.text if pom.group else pom.parent.group if pom.parent else ""
    version = pom.version.text if pom.version else pom.parent.version if pom.parent else ""
    written = (wanted.artifact, pom.artifact.text if pom.artifact else ""), (wanted.group, group)
    if any(asked != has for asked, has in written if "${" not in has):
        return False
    return wanted.version == version or "${" in version or "${" in wanted.version or not wanted.version


class PomModel:
    """One POM with its parents."""

    def __init__(self, path: str, pom: Pom, models: Models) -> None:
        self.path = path
        self.pom = pom
        self._models = models

    @cached_property
    def chain(self) -> tuple["PomModel", ...]:
        """The POM and those that it inherits from inside the repository, the nearest first."""
        found = [self]
        paths = {self.path}
        while len(found) < _LONGEST_CHAIN:
            above = self._models.parent_path(found[-1].path, found[-1].pom)
            if above is None or above in paths:
                break
            paths.add(above)
            found.append(self._models.of(above))
        return tuple(found)

    @cached_property
    def outside(self) -> Coordinates | None:
        """The parent that is not in the repository, of this POM or of the last that it inherits from."""
        last = self.chain[-1].pom.parent
        if not last:
            return None
        return Coordinates(*(self.chain[-1].resolved(part) for part in (last.group, last.artifact, last.version)))

    @cached_property
    def coordinates(self) -> Coordinates:
        """The group, artifact and version; a version with a property that is not known is None."""
        pom = self.pom
        group = pom.group.text if pom.group else pom.parent.group if pom.parent else ""
        version = pom.version.text if pom.version else pom.parent.version if pom.parent else ""
        parts = (self.resolved(part) for part in (group, pom.artifact.text if pom.artifact else "", version))
        return Coordinates(*(part if part and "${" not in part else None for part in parts))

    def resolved(self, text: str, profile: Profile | None = None) -> str:
        """The text with the properties that are known; those that are not stay as written."""
        known = text
        for _ in range(_ROUNDS):
            if "${" not in known:
                return known
            changed = _REFERENCE.sub(lambda found: self._value(found[1], profile) or found[0], known)
            if changed == known:
                return known
            if len(changed) > _LONGEST:
                return text
            known = changed
        return text  # properties that name each other in a circle

    def _value(self, name: str, profile: Profile | None) -> str | None:
        if (own := self._own(name)) is not None:
            return own
        if profile and name in profile.model.properties:
            return profile.model.properties[name].text
        if (given := self._models.given(parent(self.path), name)) is not None:
            return given
        for model in self.chain:
            if found := model.pom.model.properties.get(name):
                return found.text
        return None

    def _own(self, name: str) -> str | None:
        """The value of `project.version` and the like."""
        pom = self.pom
        bare = name.removeprefix("project.").removeprefix("pom.")
        if bare == name and name not in ("version", "groupId", "artifactId", "parent.version", "parent.groupId"):
            return None
        above = pom.parent
        match bare:
            case "version":
                return pom.version.text if pom.version else above.version if above else None
            case "groupId":
                return pom.group.text if pom.group else above.group if above else None
            case "artifactId":
                return pom.artifact.text if pom.artifact else None
            case "packaging":
                return pom.packaging
            case "parent.version":
                return above.version if above else None
            case "parent.groupId":
                return above.group if above else None
            case "parent.artifactId":
                return above.artifact if above else None
            case _:
                return None

    def managed(self, key: Key, profile: Profile | None = None) -> Managed | None:
        """What dependencyManagement inside the repository says of the dependency: own, inherited, then imported."""
        if profile and (found := self._among(self.path, profile.model, key, profile)):
            return found
        for model in self.chain:
            if entry := model.index.get(key):
                version, scope = self.resolved(entry.version, profile), self.resolved(entry.scope)
                return Managed(version, scope, model.path, entry.line)
        return self._imported(key, frozenset())

    def _among(self, path: str, model: Model, key: Key, profile: Profile) -> Managed | None:
        for entry in model.managed:
            if self.key(entry, profile) == key and entry.scope != "import":
                return Managed(self.resolved(entry.version, profile), self.resolved(entry.scope), path, entry.line)
        return None

    def _imported(self, key: Key, seen: frozenset[str]) -> Managed | None:
        for path in self.boms[0]:
            if path not in seen and len(seen) < _LONGEST_CHAIN:
                bom = self._models.of(path)
                for model in bom.chain:
                    if entry := model.index.get(key):
                        return Managed(bom.resolved(entry.version), bom.resolved(entry.scope), model.path, entry.line)
                if found := bom._imported(key, seen | {self.path, path}):
                    return found
        return None

    @cached_property
    def index(self) -> dict[Key, PomDependency]:
        """The managed dependencies of this POM alone, the last of a key, as Maven takes it."""
        return {self.key(entry): entry for entry in self.pom.model.managed if entry.scope != "import"}

    def key(self, entry: PomDependency, profile: Profile | None = None) -> Key:
        """What dependencyManagement knows the dependency by."""
        return (
            self.resolved(entry.group, profile),
            self.resolved(entry.artifact, profile),
            self.resolved(entry.type, profile),
            self.resolved(entry.classifier, profile),
        )

    @cached_property
    def boms(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The imported BOMs: paths of those in the repository, coordinates of the others."""
        inside, outside = [], []
        for entry in (entry for model in self.chain for entry in model.pom.model.managed if entry.scope == "import"):
            group, artifact, version = (self.resolved(part) for part in (entry.group, entry.artifact, entry.version))
            path = self._models.find(group, artifact, version)
            if path and path != self.path:
                inside.append(path)
            else:
                outside.append(f"{group}:{artifact}:{version}")
        return tuple(dict.fromkeys(inside)), tuple(dict.fromkeys(outside))

    def not_known(self) -> str:
        """Why a version that is not written in the repository is not known."""
        places = [f"parent {self.outside}"] if self.outside else []
        places += [f"BOM {bom}" for bom in self._outer_boms()]
        if not places:
            return "no version is given"
        more = len(places) - _NAMED_OUTSIDE
        listed = places[:_NAMED_OUTSIDE] + ([f"{more} more BOMs"] if more > 0 else [])
        return f"managed by {' or '.join(listed)}"

    def _outer_boms(self) -> Iterator[str]:
        seen = {self.path}
        waiting = [self]
        while waiting and len(seen) < _LONGEST_CHAIN:
            model = waiting.pop()
            yield from model.boms[1]
            for path in model.boms[0]:
                if path not in seen:
                    seen.add(path)
                    waiting.append(self._models.of(path))

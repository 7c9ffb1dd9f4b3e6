"""pom.xml: what Maven reads in it, as written, with lines; inheritance and interpolation are not of the file alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from codegenie.formats import xml_text
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.xml_text import Element

MOST_ENTRIES = 20_000  # dependencies, properties and plugins of one file; the largest platform BOMs hold 5,000
MOST_CONFIGURATION = 200  # leaves of one plugin's configuration
_DEEPEST_CONFIGURATION = 5


class Text(NamedTuple):
    """What stands in an element, and the line where that starts."""

    text: str
    line: int


class Parent(NamedTuple):
    """The POM inherited from; `relative_path` is None where nothing is written, which means ../pom.xml."""

    group: str
    artifact: str
    version: str
    relative_path: str | None
    line: int


class PomDependency(NamedTuple):
    """A dependency as written; what is not is empty."""

    group: str
    artifact: str
    version: str
    scope: str
    type: str
    classifier: str
    optional: str
    system_path: str
    line: int


class Plugin(NamedTuple):
    """A build plugin: `configuration` has the leaves of its configurations by their dotted names, goals are sorted."""

    group: str
    artifact: str
    version: str
    managed: bool
    configuration: Mapping[str, Text]
    goals: tuple[str, ...]
    dependencies: tuple[PomDependency, ...]
    processors: tuple[PomDependency, ...]
    """The annotation processors of the compiler plugin."""
    line: int


class PomRepository(NamedTuple):
    """Where artifacts come from or, for `distribution`, go to."""

    kind: str
    """repository, plugin or distribution."""
    id: str
    url: str
    line: int


class Model(NamedTuple):
    """What a POM and each of its profiles may hold."""

    properties: Mapping[str, Text]
    modules: tuple[Text, ...]
    dependencies: tuple[PomDependency, ...]
    managed: tuple[PomDependency, ...]
    plugins: tuple[Plugin, ...]
    repositories: tuple[PomRepository, ...]


class Profile(NamedTuple):
    """A profile; `activation` says in one line by what it is switched on, empty where only by name."""

    id: str
    activation: str
    model: Model
    line: int


class Pom(NamedTuple):
    """A POM."""

    group: Text | None
    artifact: Text | None
    version: Text | None
    packaging: str
    parent: Parent | None
    maven: Text | None
    """The oldest Maven that may build it: prerequisites/maven."""
    directory: Text | None
    """build/directory, where it is not target."""
    extensions: tuple[PomDependency, ...]
    model: Model
    profiles: tuple[Profile, ...]


def parse(content: bytes) -> Pom:
    """Read a POM.  Raises Unparsable."""
    root = xml_text.parse(content)
    if root.name != "project":
        raise Unparsable("not a Maven project")
    _check_size(root)
    build = _first(root, "build")
    return Pom(
        group=_text(root, "groupId"),
        artifact=_text(root, "artifactId"),
        version=_text(root, "version"),
        packaging=root.child("packaging") or "jar",
        parent=_parent(root),
        maven=_text(_first(root, "prerequisites"), "maven"),
        directory=_text(build, "directory"),
        extensions=tuple(_dependencies(build, "extensions", "extension")),
        model=_model(root),
        profiles=tuple(
            Profile(each.child("id") or "default", _activation(_first(each, "activation")), _model(each), each.line)
            for each in _listed(root, "profiles", "profile")
        ),
    )


def extensions(content: bytes) -> tuple[PomDependency, ...]:
    """The core extensions in .mvn/extensions.xml.  Raises Unparsable."""
    root = xml_text.parse(content)
    if root.name != "extensions":
        raise Unparsable("no list of Maven extensions")
    _check_size(root)
    return tuple(_dependency(each) for each in root.children if each.name == "extension")


def mirrors(content: bytes) -> tuple[PomRepository, ...]:
    """The mirrors and repositories in a settings.xml; its servers, which hold credentials, are not read.

    Raises Unparsable.
    """
    root = xml_text.parse(content)
    if root.name != "settings":
        raise Unparsable("no Maven settings")
    _check_size(root)
    profiles = [model for each in _listed(root, "profiles", "profile") for model in _repositories(each)]
    listed = [_repository("repository", each) for each in _listed(root, "mirrors", "mirror")]
    return tuple(listed + profiles)


def _check_size(root: Element) -> None:
    if sum(1 for each in root.walk() if each.name in _COUNTED) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} entries")


_COUNTED = frozenset({"dependency", "plugin", "module", "subproject", "profile", "repository", "path", "extension"})


def _model(holder: Element) -> Model:
    build, managed = _first(holder, "build"), _first(holder, "dependencyManagement")
    properties = _first(holder, "properties")
    return Model(
        properties={each.name: Text(each.text.strip(), each.line) for each in properties.children}
        if properties
        else {},
        modules=tuple(
            Text(each.text.strip(), each.line)
            for names in (("modules", "module"), ("subprojects", "subproject"))  # the latter since Maven 4
            for each in _listed(holder, *names)
            if each.text.strip()
        ),
        dependencies=tuple(_dependencies(holder)),
        managed=tuple(_dependencies(managed)),
        plugins=tuple(
            _plugin(each, managed=where is not build)
            for where in (build, _first(build, "pluginManagement"))
            for each in _listed(where, "plugins", "plugin")
        ),
        repositories=tuple(_repositories(holder)),
    )


def _parent(root: Element) -> Parent | None:
    found = _first(root, "parent")
    if not found:
        return None
    path = _text(found, "relativePath")
    return Parent(
        found.child("groupId"),
        found.child("artifactId"),
        found.child("version"),
        path.text if path else None,
        found.line,
    )


def _dependencies(
    holder: Element | None, names: str = "dependencies", name: str = "dependency"
) -> Iterator[PomDependency]:
    return (_dependency(each) for each in _listed(holder, names, name))


def _dependency(each: Element) -> PomDependency:
    written = {child.name: child.text.strip() for child in reversed(each.children)}
    return PomDependency(
        group=written.get("groupId", ""),
        artifact=written.get("artifactId", ""),
        version=written.get("version", ""),
        scope=written.get("scope", ""),
        type=written.get("type", "") or "jar",
        classifier=written.get("classifier", ""),
        optional=written.get("optional", ""),
        system_path=written.get("systemPath", ""),
        line=each.line,
    )


def _plugin(each: Element, *, managed: bool) -> Plugin:
    executions = _listed(each, "executions", "execution")
    configurations = [found for holder in (each, *executions) if (found := _first(holder, "configuration"))]
    leaves: dict[str, Text] = {}
    for configuration in reversed(configurations):  # that of the plugin itself comes last, and counts
        leaves |= dict(_leaves(configuration))
    processors = [path for one in configurations for path in _listed(one, "annotationProcessorPaths", "path")]
    return Plugin(
        group=each.child("groupId") or "org.apache.maven.plugins",
        artifact=each.child("artifactId"),
        version=each.child("version"),
        managed=managed,
        configuration=leaves,
        goals=tuple(sorted({goal.text.strip() for one in executions for goal in _listed(one, "goals", "goal")})),
        dependencies=tuple(_dependencies(each)),
        processors=tuple(_dependency(path) for path in processors),
        line=each.line,
    )


def _leaves(configuration: Element) -> Iterator[tuple[str, Text]]:
    waiting = [(each.name, each, 1) for each in reversed(configuration.children)]
    given = 0
    while waiting and given < MOST_CONFIGURATION:
        name, element, depth = waiting.pop()
        if not element.children:
            given += 1
            yield name, Text(element.text.strip(), element.line)
        elif depth < _DEEPEST_CONFIGURATION:
            waiting += [(f"{name}.{each.name}", each, depth + 1) for each in reversed(element.children)]


def _repositories(holder: Element) -> Iterator[PomRepository]:
    for kind, names, name in (
        ("repository", "repositories", "repository"),
        ("plugin", "pluginRepositories", "pluginRepository"),
    ):
        yield from (_repository(kind, each) for each in _listed(holder, names, name))
    distribution = _first(holder, "distributionManagement")
    for each in distribution.children if distribution else ():
        if each.name in ("repository", "snapshotRepository"):
            yield _repository("distribution", each)


def _repository(kind: str, each: Element) -> PomRepository:
    return PomRepository(kind, each.child("id"), each.child("url"), each.line)


def _activation(found: Element | None) -> str:
    """By what a profile is switched on: `default`, `jdk 17`, `property native`, `os windows`, `file x`."""
    if not found:
        return ""
    parts = ["default"] if found.child("activeByDefault") == "true" else []
    for each in found.children:
        inner = [child.text.strip() for child in each.children]
        if each.name == "jdk":
            parts.append(f"jdk {each.text.strip()}")
        elif each.name == "property":
            parts.append("property " + "=".join(inner))
        elif each.name in ("os", "file"):
            parts.append(" ".join([each.name, *(f"{child.name} {child.text.strip()}" for child in each.children)]))
    return ", ".join(parts)


def _listed(holder: Element | None, names: str, name: str) -> list[Element]:
    found = _first(holder, names)
    return [each for each in found.children if each.name == name] if found else []


def _first(holder: Element | None, name: str) -> Element | None:
    children: Iterable[Element] = holder.children if holder else ()
    return next((each for each in children if each.name == name), None)


def _text(holder: Element | None, name: str) -> Text | None:
    found = _first(holder, name)
    return Text(found.text.strip(), found.line) if found else None

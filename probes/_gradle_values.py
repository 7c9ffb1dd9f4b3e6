"""What the values in a Gradle script come to: variables, properties and catalogues followed, nothing computed."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codegenie.formats.gradle_script import Argument, Items, Ref, Text, Value
from codegenie.formats.patterns import lazily
from codegenie.formats.version_catalog import Catalog

from ._gradle_layout import Build, Module
from ._gradle_script import Asked, walk
from ._manifest import Source

_ROUNDS = 10  # of variables that name variables
_LONGEST = 500  # characters of a value

_INDEX = lazily(r"^(.+?)\[['\"]([^'\"]+)['\"]\]$")
_PROPERTY = lazily(
    r"(?:property|findProperty|gradleProperty|extra|ext|properties|get|getProperty)[(\[]['\"]([^'\"]+)['\"][)\]]"
)
_ENDING = lazily(r"(?:\.get\(\)|\.toString\(\)|!!| as String|\.getOrNull\(\)|\.orNull)+$")
_OWNERS = lazily(r"^(?:(?:rootProject|project|settings|ext|extra|providers|it|rootProject\.ext|this)\.)+")


class Coordinates(NamedTuple):
    """A dependency that is known: `name` is group/artifact, or a project's path, or the path of a file."""

    name: str
    version: str | None
    source: Source = "registry"
    extras: tuple[str, ...] = ()
    note: str | None = None
    alias: str | None = None
    """The path of a project."""
    line: int | None = None
    """Where it stands in a call of several lines."""


class Values:
    """The variables in force in one script."""

    def __init__(self, build: Build, module: Module, names: "Names") -> None:
        self._build = build
        self._module = module
        self._names = names
        self._variables: dict[str, Value | None] = {}
        root = build.root.facts
        for facts in (build.settings_facts, root if root is not module.facts else None, module.facts):
            own: dict[str, Value | None] = {}
            for each in facts.variables if facts else ():
                for name, value in _pairs(each.name, each.value):
                    own[name] = value if own.get(name, value) == value else None  # of two values neither is sure
            self._variables |= own

    def text(self, value: Value | None) -> str | None:
        """The string that the value comes to; None where it is computed."""
        match value:
            case Text():
                written = self.written(value)
                return None if "${" in written else written
            case Ref():
                return self._expression(_spelled(value))
            case _:
                return None

    def written(self, value: Text) -> str:
        """The string with the variables that are known; the others stay as `${name}`."""
        found = []
        for at, part in enumerate(value.parts):
            known = part if at % 2 == 0 else self._expression(part)
            found.append("${" + part + "}" if known is None else known)
        return "".join(found)[:_LONGEST]

    def _expression(self, written: str, rounds: int = _ROUNDS) -> str | None:
        """The value of `springVersion`, `rootProject.ext.a`, `property("a")`, `libs.versions.a.get()`."""
        bare = _ENDING.sub("", written.strip())
        if found := _PROPERTY.search(bare):
            name = found[1] if found.end() == len(bare) else bare
        elif found := _INDEX.match(bare):
            name = f"{_OWNERS.sub('', found[1])}.{found[2]}"
        else:
            name = _OWNERS.sub("", bare)
        catalog, _, version = name.partition(".versions.")
        if version and (known := self._build.catalogs.get(catalog)):
            return known[1].versions.get(version)
        if name in self._variables:
            value = self._variables[name]
            if isinstance(value, Ref) and rounds and _spelled(value) != written:
                return self._expression(_spelled(value), rounds - 1)
            if isinstance(value, Text) and rounds:
                parts = [
                    part if at % 2 == 0 else self._expression(part, rounds - 1) for at, part in enumerate(value.parts)
                ]
                return None if None in parts else "".join(part for part in parts if part)[:_LONGEST]
            return None
        for directory in (self._module.directory, self._build.directory):
            if (read := self._build.properties.get(directory)) and (known_value := read.value(name)) is not None:
                return known_value
        return None

    def dependencies(self, asked: Asked) -> Iterator[Coordinates | None]:
        """What a call of a configuration asks for; None for each notation that is computed."""
        named = {each.name: each.value for each in asked.values if each.name}
        if "name" in named or "path" in named:
            yield self._mapped(named)
        for each in asked.values:
            if each.name is None:
                yield from self._placed(each.value, _constraint(asked, self))

    def _placed(self, value: Value, version: tuple[str, str] | None = None) -> Iterator[Coordinates | None]:
        """What a notation means, with its own line."""
        for found in self._notation(value, version):
            yield found._replace(line=value.line) if found and found.line is None else found

    def _notation(self, value: Value, version: tuple[str, str] | None = None) -> Iterator[Coordinates | None]:
        match value:
            case Text():
                yield self._coordinates(self.written(value), version)
            case Items(items) if any(each.name for each in items):
                yield self._mapped({each.name: each.value for each in items if each.name})
            case Items(items):
                for each in items:
                    yield from self._placed(each.value)
            case Ref():
                yield from self._reference(value, version)
            case _:
                yield None

    def _mapped(self, named: Mapping[str, Value]) -> Coordinates | None:
        if "path" in named:
            path = self.text(named["path"])
            return self._project(path) if path else None
        group, name = self.text(named.get("group")), self.text(named.get("name"))
        if not group or not name:
            return None
        version = self.written(found) if isinstance(found := named.get("version"), Text) else self.text(found)
        note = "computed by the build" if "version" in named and (version is None or "${" in version) else None
        extras = [self.text(named.get(each)) for each in ("classifier", "ext")]
        return Coordinates(f"{group}/{name}", version, extras=tuple(each for each in extras if each), note=note)

    def _coordinates(self, written: str, version: tuple[str, str] | None) -> Coordinates | None:
        """`group:artifact:version:classifier@type`."""
        body, _, kind = written.partition("@")
        parts = body.split(":")
        if len(parts) < 2 or not parts[1] or "${" in parts[0] + parts[1] or "/" in parts[0] or " " in parts[0]:
            return None
        given = ":".join(parts[2:3]) or None
        extras = tuple(each for each in (*parts[3:], kind) if each)
        note = "computed by the build" if given and "${" in given else None
        if given is None and version:
            given, note = version
        return Coordinates(f"{parts[0]}/{parts[1]}", given, extras=extras, note=note)

    def _reference(self, value: Ref, version: tuple[str, str] | None) -> Iterator[Coordinates | None]:
        name = value.name.removeprefix("dependencies.").removeprefix("project.")
        arguments = value.arguments or ()
        if name == "get" and isinstance(value.on, Ref) and not arguments:
            yield from self._reference(value.on, version)
        elif name in _WRAPPERS and arguments:
            for found in self._notation(arguments[0].value, version):
                kept = (*found.extras, _WRAPPERS[name]) if found and _WRAPPERS[name] else ()
                yield found._replace(extras=kept or found.extras) if found else None
        elif name in ("project", "rootProject.project") and arguments:
            named = {each.name: each.value for each in arguments}
            path = self.text(named.get("path", named.get(None)))
            yield self._project(path) if path else None
        elif value.on is None and value.arguments is None and name.startswith("projects."):
            path = self._names.accessor(self._build, name.removeprefix("projects."))
            yield self._project(path) if path else None
        elif name in ("files", "fileTree", "layout.files"):
            yield from self._files(arguments)
        elif name == "kotlin" and arguments and (module := self.text(arguments[0].value)):
            given = self.text(arguments[1].value) if len(arguments) > 1 else None
            note = None if given else "that of the Kotlin plugin"
            yield Coordinates(f"org.jetbrains.kotlin/kotlin-{module}", given, note=note)
        elif name == "npm" and arguments and (package := self.text(arguments[0].value)):
            given = self.text(arguments[1].value) if len(arguments) > 1 else None
            yield Coordinates(package, given, extras=("npm",))
        elif name not in _OF_GRADLE:
            yield from self._named(value, name, version)

    def _named(self, value: Ref, name: str, version: tuple[str, str] | None) -> Iterator[Coordinates | None]:
        """A name of a catalogue, or a variable."""
        if name == "[]" and (key := _coordinates_as_key(value)):
            yield Coordinates(key, None, note=f"looked up in {_shown_holder(value)}, which the build computes")
            yield None
            return
        bare = (name.removesuffix(".get") if value.arguments == () else name).removeprefix("rootProject.")
        catalog, _, alias = bare.partition(".")
        if value.on is None and alias and catalog in self._build.catalogs:
            yield from self._of_catalog(*self._build.catalogs[catalog], alias)
            return
        known = self._variables.get(_OWNERS.sub("", bare)) if value.on is None and not value.arguments else None
        match known:
            case Text():
                yield self._coordinates(self.written(known), version)
            case Items():
                yield from self._notation(known)
            case _:
                text = self.text(value)
                yield self._coordinates(text, version) if text else None

    def _of_catalog(self, path: str, catalog: Catalog, alias: str) -> Iterator[Coordinates | None]:
        aliases = [alias]
        if alias.startswith("bundles."):
            aliases = list(catalog.bundles.get(alias.removeprefix("bundles."), ()))
            if not aliases:
                yield None
        for each in aliases:
            entry = catalog.libraries.get(each)
            if entry is None:
                yield None
                continue
            note = f"read at {path}:{entry.line}" + (f", {entry.kind}" if entry.kind else "")
            yield Coordinates(entry.name.replace(":", "/", 1), entry.version, "catalog", note=note)

    def _project(self, path: str) -> Coordinates:
        absolute = path if path.startswith(":") else f":{path}"
        name = self._names.of(self._build, absolute)
        return Coordinates(name, None, "workspace", alias=absolute if absolute != name else None)

    def _files(self, arguments: tuple[Argument, ...]) -> Iterator[Coordinates | None]:
        for each in arguments:
            values = [each.value]
            if isinstance(each.value, Items):
                values = [item.value for item in each.value.items if item.name in (None, "dir")]
            if each.name in (None, "dir"):
                for value in values:
                    path = self.text(value) if isinstance(value, Text) else None
                    yield Coordinates(path, None, "path") if path else None


# Calls around a notation, with what they say of it.
_WRAPPERS = {
    "platform": "platform",
    "enforcedPlatform": "enforcedPlatform",
    "testFixtures": "testFixtures",
    "create": "",
    "dependencies.create": "",
    "variantOf": "",
}
_OF_GRADLE = frozenset({"gradleApi", "localGroovy", "gradleTestKit", "gradleKotlinDsl", "embeddedKotlin", "sourceSets"})


def _constraint(asked: Asked, values: Values) -> tuple[str, str] | None:
    """The version in the block of a dependency: `version { strictly("1.0") }`."""
    for place, statement in walk(asked.body):
        value = statement.value
        if isinstance(value, Ref) and value.name in ("strictly", "require", "prefer") and place:
            for each in statement.arguments or value.arguments or ():
                if text := values.text(each.value):
                    return text, value.name
    return None


def _spelled(value: Ref) -> str:
    """The reference as a template would spell it."""
    before = f"{_spelled(value.on)}." if isinstance(value.on, Ref) and value.name != "[]" else ""
    if value.name == "[]" and isinstance(value.on, Ref) and value.arguments:
        key = value.arguments[0].value
        return f"{_spelled(value.on)}['{key.literal}']" if isinstance(key, Text) and key.literal else ""
    if value.arguments is None:
        return before + value.name
    inner = value.arguments[0].value if len(value.arguments) == 1 else None
    shown = f"'{inner.literal}'" if isinstance(inner, Text) and inner.literal is not None else ""
    return f"{before}{value.name}({shown})"


_GROUP_AND_NAME = lazily(r"[\w.-]+:[\w.-]+")


def _coordinates_as_key(value: Ref) -> str | None:
    """The group and the artifact in `dependencyMap["org.acme:lib"]`."""
    key = value.arguments[0].value if value.arguments else None
    if isinstance(key, Text) and key.literal and _GROUP_AND_NAME.fullmatch(key.literal):
        return key.literal.replace(":", "/")
    return None


def _shown_holder(value: Ref) -> str:
    return value.on.name[:_LONGEST] if isinstance(value.on, Ref) else "a map"


def _pairs(name: str, value: Value) -> Iterator[tuple[str, Value]]:
    """A variable, and where it is a map its entries as `versions.a`."""
    yield name, value
    pairs = value.items if isinstance(value, Items) else ()
    if isinstance(value, Ref) and value.name in ("mapOf", "mutableMapOf", "hashMapOf"):
        pairs = tuple(
            Argument(each.value.literal, each.words[0][1])
            for each in value.arguments or ()
            if isinstance(each.value, Text) and each.words and each.words[0][0] == "to"
        )
    for each in pairs:
        if each.name:
            yield f"{name}.{each.name}", each.value


class Names:
    """The names of projects by their paths, and by the accessors that Gradle makes of them."""

    def __init__(self) -> None:
        self._accessors: dict[str, dict[str, str]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def add(self, build: Build, module: Module, name: str | None) -> None:
        """Note what the project at a path is called."""
        if module.path:
            self._names.setdefault(build.directory, {})[module.path] = name or module.path
            spelled = ".".join(_camel(part) for part in module.path.strip(":").split(":"))
            self._accessors.setdefault(build.directory, {})[spelled] = module.path

    def of(self, build: Build, path: str) -> str:
        """The name of the project, or its path where none is known."""
        absolute = path if path.startswith(":") else f":{path}"
        return self._names.get(build.directory, {}).get(absolute, absolute)

    def accessor(self, build: Build, name: str) -> str | None:
        """The path of `projects.core.dataTest`."""
        known = self._accessors.get(build.directory, {})
        first, _, rest = name.partition(".")
        if name not in known and build.name and rest and first == _camel(build.name):
            name = rest  # the accessor may begin with the root project's own name
        for suffix in ("", ".dependencyProject", ".path"):
            if name.endswith(suffix) and (path := known.get(name.removesuffix(suffix))):
                return path
        return None


def _camel(name: str) -> str:
    first, *rest = re.split(r"[-_.]", name)
    return first + "".join(part[:1].upper() + part[1:] for part in rest)

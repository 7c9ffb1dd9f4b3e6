"""Gradle builds: the settings that make one, the projects they include, and the scripts of each."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codegenie.formats import gradle_script, java_properties, version_catalog
from codegenie.formats.gradle_script import Argument, Items, Ref, Text, Value
from codegenie.formats.java_properties import Properties
from codegenie.formats.version_catalog import Catalog
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._gradle_script import Facts, Setting, facts_of
from ._maven_layout import kind_of_source
from ._paths import ancestors, parent, under

_SETTINGS = ("settings.gradle", "settings.gradle.kts")  # the first that exists is read
_BUILDS = ("build.gradle", "build.gradle.kts")
LOCKFILES = ("gradle.lockfile", "buildscript-gradle.lockfile", "settings-gradle.lockfile")
SCRIPTS = ("**/*.gradle", "**/*.gradle.kts")


@dataclass(slots=True)
class Module:
    """A project of a build, which Gradle calls by its path, `:core:data`; the root's is ":".

    `script` is None where there is none or it cannot be read; `included` is False for a script that lies below the
    settings, but is not named by them.
    """

    path: str
    directory: str
    script: str | None = None
    facts: Facts | None = None
    included: bool = True
    name: str = ""


@dataclass(slots=True)
class Build:
    """One build.  `parts` are buildSrc and the builds that only give plugins: they are built on the way to this one."""

    directory: str
    settings: str | None = None
    settings_facts: Facts | None = None
    name: str | None = None
    modules: list[Module] = field(default_factory=list)
    """By directory, the root first."""
    patterns: list[Setting] = field(default_factory=list)
    """What `include` was given, those that are literal."""
    idle: list[str] = field(default_factory=list)
    computed: bool = False
    """Whether settings include projects by a program."""
    parts: list["Build"] = field(default_factory=list)
    catalogs: dict[str, tuple[str, Catalog]] = field(default_factory=dict)
    properties: dict[str, Properties] = field(default_factory=dict)
    """gradle.properties by their directories."""
    is_part: bool = False
    plugins: dict[str, str] = field(default_factory=dict)
    """The scripts that are plugins, of this build and its parts, by the plugins' ids."""

    @property
    def root(self) -> Module:
        """The root project."""
        return self.modules[0]

    def at(self, name: str) -> str:
        """The path of a file beside the settings."""
        return f"{self.directory}/{name}" if self.directory else name


@dataclass(slots=True)
class Layout:
    """The builds in path order, and by kind the build files set apart."""

    builds: list[Build] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every settings and build script into builds and what is set apart."""
    return _Survey(inputs).layout


class _Survey:
    """Goes from the outer directories to the inner ones, so that a build claims its projects before they come."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._files = set(inputs.matching(*SCRIPTS))
        self._claimed: set[str] = set()
        self._facts: dict[str, Facts | None] = {}
        self._by_settings: dict[str, Build] = {}
        self.layout = Layout()
        named = [path for path in self._files if path.rpartition("/")[2] in (*_SETTINGS, *_BUILDS)]
        self._directories = {parent(path) for path in named}
        for directory in sorted(self._directories, key=lambda each: (each.count("/") if each else -1, each)):
            if directory not in self._claimed:
                self._place(directory)
        for build in self.layout.builds:
            for each in (build, *build.parts):
                each.modules[1:] = sorted(each.modules[1:], key=lambda module: module.directory)
                each.parts.sort(key=lambda part: part.directory)
        self.layout.builds.sort(key=lambda build: build.directory)

    def _place(self, directory: str) -> None:
        kind = kind_apart(directory) or kind_of_source(directory)
        if not kind and not any(self._at(directory, name) in self._inputs for name in LOCKFILES):
            kind = kind_apart_unlocked(directory)
        settings, script = self._first(directory, _SETTINGS), self._first(directory, _BUILDS)
        if kind is None and settings is None and (around := self._around(directory)):
            self._claimed.add(directory)
            around.modules.append(self._module("", directory, script, included=False))
            return
        if kind is None and directory and script and self._read(script) is None and settings is None:
            kind = "unreadable"
        if kind is None and settings and (facts := self._read(settings)) and is_placeholder(_root_name(facts) or ""):
            kind = "template"
        if kind:
            self.layout.apart.setdefault(kind, []).extend(each for each in (settings, script) if each)
            return
        self.layout.builds.append(self._build(directory, settings))

    def _around(self, directory: str) -> Build | None:
        """The build whose settings lie above, as Gradle looks for them."""
        return next((self._by_settings[above] for above in ancestors(directory) if above in self._by_settings), None)

    def _build(self, directory: str, settings: str | None, *, is_part: bool = False) -> Build:
        self._claimed.add(directory)
        facts = self._read(settings) if settings else None
        build = Build(directory, settings, facts, _root_name(facts) if facts else None, is_part=is_part)
        if settings:
            self._by_settings[directory] = build
        build.modules.append(self._module(":", directory, self._first(directory, _BUILDS)))
        if facts:
            self._include(build, facts)
        build.properties = self._properties(build)
        build.catalogs = self._catalogs(build)
        for part in self._parts(build, facts):
            build.parts.append(part)
        for part in build.parts:
            build.plugins |= self._precompiled(part.directory)
        return build

    def _precompiled(self, directory: str) -> dict[str, str]:
        """The scripts of a build of plugins that are plugins themselves, named by their files."""
        return {
            path.rpartition("/")[2].removesuffix(".kts").removesuffix(".gradle"): path
            for path in self._files
            if path.startswith(f"{directory}/") and "/src/main/" in path
        }

    def _parts(self, build: Build, facts: Facts | None) -> Iterator[Build]:
        """buildSrc, and the builds that pluginManagement includes, with their own."""
        named = [build.at("buildSrc")]
        for value, for_plugins, _ in facts.included_builds if facts else ():
            written = value.literal if isinstance(value, Text) else None
            at = under(build.directory, written) if written else None
            if at and (for_plugins or self._gives_plugins(at)):
                named.append(at)
        for directory in named:
            settings = self._first(directory, _SETTINGS)
            if directory not in self._claimed and (settings or self._first(directory, _BUILDS)):
                part = self._build(directory, settings, is_part=True)
                yield part
                yield from part.parts
                part.parts = []

    def _gives_plugins(self, directory: str) -> bool:
        """Whether the build is by its name one of plugins or build logic, wherever it is included."""
        return directory.rpartition("/")[2] in (
            "build-logic",
            "buildLogic",
            "build-plugin",
            "plugins",
            "build-conventions",
        )

    def _include(self, build: Build, facts: Facts) -> None:
        moved, renamed = _moved(facts), _renamed(facts)
        for include in facts.includes:
            literal = _texts(include.value)
            build.computed = build.computed or literal is None
            for written in literal or ():
                build.patterns.append(Setting(include.name, Text((written,), include.line), include.line))
                flat = include.name == "includeFlat"
                path = ":" + written.strip(":").replace("/", ":")
                at = under(build.directory, f"../{written}" if flat else path.strip(":").replace(":", "/"))
                for above in _above(path):
                    place = under(build.directory, above.strip(":").replace(":", "/"))
                    if place in self._directories and place not in self._claimed:
                        self._add(build, above, place, renamed)
                if path in moved:
                    written_at = moved[path]
                    at = None if written_at is None else under(build.directory, written_at)
                    build.computed = build.computed or at is None
                if at is None or not self._add(build, path, at, renamed):
                    build.idle.append(written)

    def _add(self, build: Build, path: str, directory: str, renamed: dict[str, str]) -> bool:
        """Whether there is such a directory."""
        if directory in self._claimed:
            return any(module.directory == directory for module in build.modules)
        script = self._first(directory, _BUILDS) or self._named_script(directory, path)
        if script is None and not self._holds_files(directory):
            return False
        self._claimed.add(directory)
        module = self._module(path, directory, script)
        if path in renamed:
            module.path = f"{path.rpartition(':')[0]}:{renamed[path]}"
            module.name = renamed[path]
        build.modules.append(module)
        return True

    def _named_script(self, directory: str, path: str) -> str | None:
        """`core/core.gradle` and the like, which settings may name by a program; only where it is the only script."""
        name = path.rpartition(":")[2]
        own = self._first(directory, (f"{name}.gradle", f"{name}.gradle.kts"))
        return own or self._first(
            directory, tuple(f"{directory.rpartition('/')[2]}{end}" for end in (".gradle", ".gradle.kts"))
        )

    def _holds_files(self, directory: str) -> bool:
        if not hasattr(self, "_all"):
            self._all = {above for path in self._inputs.paths for above in ancestors(path)}
        return directory in self._all

    def _module(self, path: str, directory: str, script: str | None, *, included: bool = True) -> Module:
        name = path.rpartition(":")[2] or directory.rpartition("/")[2]
        return Module(path, directory, script, self._read(script) if script else None, included, name)

    def _properties(self, build: Build) -> dict[str, Properties]:
        found = {}
        for directory in dict.fromkeys([build.directory, *(module.directory for module in build.modules)]):
            path = self._at(directory, "gradle.properties")
            if path in self._inputs and (read := self._inputs.parse(path, java_properties.parse)):
                found[directory] = read
        return found

    def _catalogs(self, build: Build) -> dict[str, tuple[str, Catalog]]:
        """gradle/libs.versions.toml as `libs`, and those that the settings name by a file."""
        paths = {"libs": build.at("gradle/libs.versions.toml")}
        if build.directory.rpartition("/")[2] == "buildSrc":
            del paths["libs"]  # it has none unless its settings say so
        for name, value in build.settings_facts.catalogs if build.settings_facts else ():
            written = _file(value)
            at = under(build.directory, written) if written else None
            if at:
                paths[name] = at
        found = {}
        for name, path in paths.items():
            if path in self._inputs and (read := self._inputs.parse(path, version_catalog.parse)):
                found[name] = (path, read)
        return found

    def _read(self, path: str) -> Facts | None:
        if path not in self._facts:
            script = self._inputs.parse(path, gradle_script.parse)
            self._facts[path] = facts_of(script) if script else None
        return self._facts[path]

    def _first(self, directory: str, names: tuple[str, ...]) -> str | None:
        return next((path for name in names if (path := self._at(directory, name)) in self._files), None)

    def _at(self, directory: str, name: str) -> str:
        return f"{directory}/{name}" if directory else name


def _root_name(facts: Facts) -> str | None:
    for each in facts.settings:
        if each.name in ("rootProject.name", "name") and isinstance(each.value, Text) and each.value.literal:
            return each.value.literal
    return None


def _above(path: str) -> list[str]:
    """The projects that a path goes through: `:a` of `:a:b`."""
    parts = path.strip(":").split(":")
    return [":" + ":".join(parts[:end]) for end in range(1, len(parts))]


def _texts(value: Value) -> list[str] | None:
    """The strings of a value or a list of them; None where any is computed."""
    match value:
        case Text():
            return [value.literal] if value.literal is not None else None
        case Items(items):
            found = [_texts(each.value) for each in items]
        case Ref(name="listOf" | "arrayOf" | "setOf", arguments=tuple(arguments)):
            found = [_texts(each.value) for each in arguments]
        case _:
            return None
    return None if any(each is None for each in found) else [text for each in found if each for text in each]


def _moved(facts: Facts) -> dict[str, str | None]:
    """The directory of each project that is given one, from the settings; None where it is computed."""
    return {
        ":" + each.name.split(" ")[1].strip(":"): _file(each.value)
        for each in facts.settings
        if each.name.startswith("project ") and each.name.endswith(" projectDir")
    }


def _renamed(facts: Facts) -> dict[str, str]:
    return {
        ":" + each.name.split(" ")[1].strip(":"): each.value.literal
        for each in facts.settings
        if each.name.startswith("project ") and each.name.endswith(" name")
        if isinstance(each.value, Text) and each.value.literal
    }


def _file(value: Value) -> str | None:
    """The path in `file("x")`, `File(settingsDir, "x")` or `settingsDir.resolve("x")`; None for what is computed."""
    match value:
        case Text():
            return _below_root(value)
        case Ref(name="file" | "files" | "uri", arguments=(Argument(value=inner),)):
            return _file(inner)
        case Ref(
            name="File" | "java.io.File", arguments=(Argument(value=Ref(name=name)), Argument(value=Text() as inner))
        ):
            return _below_root(inner) if name in _ROOTS else None
        case Ref(name=name, arguments=(Argument(value=Text() as inner),)) if name.removesuffix(".resolve") in _ROOTS:
            return _below_root(inner)
        case Ref(name="files" | "from", arguments=tuple(arguments)) if arguments:
            return _file(arguments[0].value)
        case _:
            return None


_ROOTS = frozenset(
    {
        "settingsDir",
        "rootDir",
        "rootProject.projectDir",
        "settings.rootDir",
        "settings.settingsDir",
        "layout.rootDirectory",
        "layout.settingsDirectory",
    }
)


def _below_root(text: Text) -> str | None:
    """A path as written, without `$rootDir/` before it."""
    if text.literal is not None:
        return text.literal
    first, name, *rest = text.parts
    if not first and name in _ROOTS and len(rest) == 1 and rest[0].startswith("/"):
        return rest[0].strip("/")
    return None

"""Gradle's build scripts and version catalogues as manifests, as far as they say it without being run."""

from collections.abc import Iterator

from codegenie.formats.gradle_script import Ref
from codegenie.formats.version_catalog import Catalog, Entry
from codegenie.probe import ProbeInputs

from ._gradle_layout import Build, Layout, Module, layout
from ._gradle_requirements import requirements
from ._gradle_script import Applied, Asked, Facts
from ._gradle_values import Names, Values
from ._manifest import Dependency, Manifest, Manifests, Members, Scope

_PLATFORMS = frozenset({"platform", "enforcedPlatform"})
_NAMED = 4  # platforms that a version may come from

# What the configurations of Gradle's and the commonest plugins are for; others are told by how they end.
# https://docs.gradle.org/current/userguide/java_library_plugin.html, https://developer.android.com/build/dependencies
_SCOPES: dict[str, Scope] = {
    "annotationProcessor": "build",
    "buildscript.classpath": "build",
    "checkstyle": "build",
    "detektPlugins": "build",
    "jacocoAgent": "build",
    "jacocoAnt": "build",
    "kapt": "build",
    "ksp": "build",
    "ktlint": "build",
    "lintChecks": "build",
    "pmd": "build",
    "spotbugs": "build",
    "spotbugsPlugins": "build",
    "developmentOnly": "development",
    "testAndDevelopmentOnly": "development",
    "compileOnly": "provided",
    "compileOnlyApi": "provided",
    "provided": "provided",
    "providedCompile": "provided",
    "providedRuntime": "provided",
    "api": "runtime",
    "compile": "runtime",
    "coreLibraryDesugaring": "runtime",
    "implementation": "runtime",
    "include": "runtime",
    "modImplementation": "runtime",
    "runtime": "runtime",
    "runtimeOnly": "runtime",
    "optional": "runtime",
}
_ENDINGS: tuple[tuple[tuple[str, ...], Scope], ...] = (
    (("AnnotationProcessor", "Kapt", "Ksp"), "build"),
    (("CompileOnly", "CompileOnlyApi"), "provided"),
    (("Implementation", "Api", "RuntimeOnly", "Compile", "Runtime"), "runtime"),
)


def manifests(inputs: ProbeInputs) -> Manifests:
    """The build scripts of builds, of their projects, and of the builds that give them plugins."""
    found = layout(inputs)
    names = names_of(found)
    listed = [
        manifest
        for build in found.builds
        for each in (build, *build.parts)
        for manifest in _manifests(each, build, names)
    ]
    return Manifests(listed, found.apart)


def names_of(found: Layout) -> Names:
    """What every project is called."""
    names = Names()
    for build in found.builds:
        for each in (build, *build.parts):
            for module in each.modules:
                names.add(each, module, name_of(each, module))
    return names


def name_of(build: Build, module: Module) -> str | None:
    """`group/name`, or the name alone where the group is not written out."""
    name = build.name if module is build.root else module.name
    group = _own_value(build, module, "group")
    return f"{group}/{name}" if group and name else name or None


def version_of(build: Build, module: Module) -> str | None:
    """The version, from the script, from the root's block for all projects, or from gradle.properties."""
    return _own_value(build, module, "version")


def _own_value(build: Build, module: Module, field: str) -> str | None:
    values = Values(build, module, Names())
    names: list[tuple[Facts | None, tuple[str, ...]]] = [(module.facts, (field, f"project.{field}"))]
    wide = [f"{block}.{field}" for block in ("allprojects", *(() if module is build.root else ("subprojects",)))]
    names.append((build.root.facts, tuple(wide)))
    for facts, wanted in names:
        given = [each.value for each in facts.settings if each.name in wanted] if facts else []
        if given:
            return values.text(given[-1]) if len(given) == 1 or len(set(map(values.text, given))) == 1 else None
    for directory in (module.directory, build.directory):
        if (read := build.properties.get(directory)) and (known := read.value(field)):
            return known
    return None


def _manifests(build: Build, root: Build, names: Names) -> Iterator[Manifest]:
    for module in build.modules:
        if module.script and module.facts:
            yield _manifest(build, root, module, module.facts, names)
    if build.settings and build.settings_facts:
        yield _settings(build, root, build.settings_facts, names)
    for path, catalog in dict(build.catalogs.values()).items():
        if not build.is_part or path not in {each for each, _ in root.catalogs.values()}:
            yield _catalog(path, catalog, root)


def _manifest(build: Build, root: Build, module: Module, facts: Facts, names: Names) -> Manifest:
    assert module.script is not None, "asked for only where there is one"
    values = Values(build, module, names)
    rows = _Rows(build, root, module, facts, values)
    version = version_of(build, module)
    written = [each for each in facts.settings if each.name in ("version", "project.version")]
    return Manifest(
        path=module.script,
        ecosystem="gradle",
        format="build.gradle",
        project=root.directory,
        name=name_of(build, module),
        version=version,
        publishable=None,
        requirements=tuple(requirements(facts.settings, values)),
        workspace=None,
        dependencies=tuple(rows.all()),
        dynamic=tuple(sorted({*rows.computed, *(("version",) if written and version is None else ())})),
    )


def _settings(build: Build, root: Build, facts: Facts, names: Names) -> Manifest:
    assert build.settings is not None, "asked for only where there is one"
    values = Values(build, build.root, names)
    rows = _Rows(build, root, Module(":", build.directory, build.settings, facts), facts, values)
    return Manifest(
        path=build.settings,
        ecosystem="gradle",
        format="settings.gradle",
        project=root.directory,
        name=build.name,
        publishable=None,
        workspace=members_of(build) if build is root else None,
        dependencies=tuple(rows.all()),
        dynamic=tuple(sorted({*rows.computed, *(("include",) if build.computed else ())})),
    )


def members_of(build: Build) -> Members | None:
    """The workspace that the settings declare."""
    if build.settings is None or not (build.patterns or build.computed):
        return None
    return Members(
        patterns=tuple("".join(getattr(each.value, "parts", ())) for each in build.patterns),
        members=tuple(module.directory for module in build.modules[1:] if module.included),
        path=build.settings,
        line=build.patterns[0].line if build.patterns else None,
        idle=tuple(sorted(build.idle)),
    )


def _catalog(path: str, catalog: Catalog, root: Build) -> Manifest:
    """A catalogue binds versions; what is asked for stands in the scripts."""
    rows = [_entry(entry, "libraries", entry.name.replace(":", "/", 1), None) for entry in catalog.libraries.values()]
    rows += [_entry(entry, "plugins", _marker_artifact(entry.name), entry.name) for entry in catalog.plugins.values()]
    return Manifest(
        path=path, ecosystem="gradle", format="libs.versions.toml", project=root.directory, dependencies=tuple(rows)
    )


def _entry(entry: Entry, group: str, name: str, alias: str | None) -> Dependency:
    note = f"{entry.kind} " if entry.kind else ""
    note += f"by versions.{entry.reference}" if entry.reference else ""
    return Dependency(name, entry.version, "constraint", group, entry.line, alias=alias, note=note.strip() or None)


def _marker_artifact(plugin: str) -> str:
    """What Gradle resolves a plugin id to: https://docs.gradle.org/current/userguide/plugins.html#sec:plugin_markers."""
    return f"{plugin}/{plugin}.gradle.plugin"


def scope_of(configuration: str) -> Scope:
    """What a configuration is for; one of the build's own is `development` where its name does not tell."""
    sourceset, _, name = configuration.rpartition(".")
    if configuration in _SCOPES:
        return _SCOPES[configuration]
    if _tests(name) or _tests(sourceset):
        return "test"
    if name in _SCOPES:
        return _SCOPES[name]
    if name.startswith("debug"):
        return "development"
    if name.startswith(("kapt", "ksp")):
        return "build"
    return next((scope for endings, scope in _ENDINGS if name.endswith(endings)), "development")


def _tests(name: str) -> bool:
    return name.lower().startswith("test") or "Test" in name or name == "androidTestUtil"


def _registered(build: Build, facts: Facts, values: Values) -> Iterator[str | None]:
    """The ids of the plugins that a script gives, which may be named by a catalogue."""
    for each in facts.registered:
        name = each.on.name.removesuffix(".get") if isinstance(each, Ref) and isinstance(each.on, Ref) else ""
        catalog, _, alias = name.partition(".plugins.")
        if catalog in build.catalogs and (entry := build.catalogs[catalog][1].plugins.get(alias)):
            yield entry.name
        else:
            yield values.text(each)


class _Rows:
    """The dependencies of one script; `computed` names the fields that hold more than is known."""

    def __init__(self, build: Build, root: Build, module: Module, facts: Facts, values: Values) -> None:
        self._build = build
        self._root = root
        self._module = module
        self._facts = facts
        self._values = values
        self.computed: set[str] = set()
        self._platforms: str | None = None

    def all(self) -> Iterator[Dependency]:
        for asked in self._facts.dependencies:
            yield from self._asked(asked)
        for applied in self._facts.plugins:
            if row := self._plugin(applied):
                yield row
        for value, _ in self._facts.scripts:
            self.computed.add(f"apply from {self._values.text(value) or ''}".strip())

    def _asked(self, asked: Asked) -> Iterator[Dependency]:
        scope: Scope = "constraint" if asked.constraint else scope_of(asked.configuration)
        if self._build.is_part and scope in ("runtime", "development"):
            scope = "build"
        for found in self._values.dependencies(asked):
            if found is None:
                self.computed.add(f"dependencies.{asked.configuration}")
                continue
            group = f"constraints.{asked.configuration}" if asked.constraint else asked.configuration
            unknown = found.version is None and (found.note or "read at").startswith("read at")
            note = found.note
            if unknown and found.source in ("registry", "catalog") and "platform" not in found.extras:
                note = f"{note}, {self._managed_by()}" if note else self._managed_by()
            yield Dependency(
                name=found.name,
                constraint=found.version,
                scope=scope,
                group=group.replace("constraints.dependencyManagement", "dependencyManagement"),
                line=found.line or asked.line,
                optional=asked.configuration == "optional",
                marker=asked.under,
                source=found.source,
                alias=found.alias,
                extras=found.extras,
                note=note,
            )

    def _managed_by(self) -> str:
        """Where the version of a dependency comes from that has none."""
        if self._platforms is None:
            found = [
                f"platform {each.alias or each.name}"
                for asked in self._facts.dependencies
                for each in self._values.dependencies(asked)
                if each and (_PLATFORMS & {*each.extras} or asked.configuration.endswith(".import"))
            ]
            if any(each.id == "io.spring.dependency-management" for each in self._facts.plugins):
                found.append("plugin io.spring.dependency-management")
            named = list(dict.fromkeys(found))[:_NAMED]
            self._platforms = f"managed by {' or '.join(named)}" if named else "no version is given here"
        return self._platforms

    def _plugin(self, applied: Applied) -> Dependency | None:
        name, version, note = applied.id, None, None
        if applied.accessor:
            catalog, _, alias = applied.accessor.partition(".plugins.")
            known = self._build.catalogs.get(catalog)
            entry = known[1].plugins.get(alias) if known else None
            if known is None or entry is None:
                self.computed.add("plugins")
                return None
            name, version, note = entry.name, entry.version, f"read at {known[0]}:{entry.line}"
            source = "catalog"
        elif applied.version is not None:
            version, source = self._values.text(applied.version), "registry"
            note = "computed by the build" if version is None else None
        else:
            source = "registry"
        if name is None:
            self.computed.add("plugins")
            return None
        if "." not in name or (name.startswith("org.gradle.") and version is None):
            return None  # it comes with Gradle itself
        if (version is None or version == "unspecified") and (own := self._own_plugin(name)):
            note = f"applied from {own}, which is not evaluated"
            return Dependency(
                name, None, "build", "plugins", applied.line, marker=applied.under, source="workspace", note=note
            )
        if version is None and note is None:
            version, note = self._elsewhere(name)
        return Dependency(
            name=_marker_artifact(name),
            constraint=version,
            scope="build",
            group="plugins",
            line=applied.line,
            marker=applied.under,
            source="catalog" if source == "catalog" else "registry",
            alias=name,
            note=note,
        )

    def _own_plugin(self, name: str) -> str | None:
        """The file inside the repository that gives a plugin."""
        for part in (*self._root.parts, self._root):
            for module in part.modules:
                values = Values(part, module, Names())
                if module.facts and module.script and name in _registered(part, module.facts, values):
                    return module.script
        return self._root.plugins.get(name)

    def _elsewhere(self, name: str) -> tuple[str | None, str]:
        """The version that the root script or the settings give to a plugin."""
        root = self._build.root
        for path, facts in ((root.script, root.facts), (self._build.settings, self._build.settings_facts)):
            for each in facts.plugins if facts and facts is not self._facts else ():
                if each.id == name and each.version is not None:
                    version = Values(self._build, root, Names()).text(each.version)
                    return version, f"read at {path}:{each.line}"
                catalog, _, alias = (each.accessor or "").partition(".plugins.")
                known = self._build.catalogs.get(catalog)
                entry = known[1].plugins.get(alias) if known else None
                if known and entry and entry.name == name:
                    return entry.version, f"read at {known[0]}:{entry.line}"
        return None, "the version stands in the class path of the build, or in settings that are not evaluated"

"""pom.xml files as manifests, with the versions that they inherit inside the repository."""

from collections.abc import Iterator

from codegenie.formats import maven_config, pom_xml
from codegenie.formats.pom_xml import Plugin, Pom, PomDependency, Profile
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Members, Scope
from ._maven_layout import Layout, Project, layout
from ._maven_model import Models, PomModel
from ._maven_requirements import requirements
from ._paths import parent

_SCOPES: dict[str, Scope] = {
    "compile": "runtime",
    "runtime": "runtime",
    "provided": "provided",
    "system": "provided",
    "test": "test",
}
_DEFAULT = "compile"  # the scope of a dependency that has none


def manifests(inputs: ProbeInputs) -> Manifests:
    """The POMs of projects and of their modules."""
    found = layout(inputs)
    models = models_of(inputs, found)
    listed = [
        _manifest(inputs, models.of(path), project, models)
        for project in found.projects
        for path in project.poms
        if models.has(path)
    ]
    return Manifests(listed, found.apart)


def models_of(inputs: ProbeInputs, found: Layout) -> Models:
    """The POMs with what they inherit, and with the properties of each .mvn/maven.config."""
    given = {}
    for path in inputs.matching("**/.mvn/maven.config"):
        arguments = inputs.parse(path, maven_config.parse) or ()
        named = {each.name[2:]: each.value for each in arguments if each.name.startswith("-D") and each.value}
        given[parent(parent(path))] = named
    return Models(found, given)


def name_of(model: PomModel) -> str | None:
    """`group/artifact` of a POM."""
    found = model.coordinates
    return f"{found.group}/{found.artifact}" if found.group and found.artifact else found.artifact


def _manifest(inputs: ProbeInputs, model: PomModel, project: Project, models: Models) -> Manifest:
    pom = model.pom
    publishable, line = _publishable(pom)
    rows = tuple(_Rows(inputs, model, project, models).all())
    version = model.coordinates.version
    return Manifest(
        path=model.path,
        ecosystem="maven",
        format="pom.xml",
        project=project.directory,
        name=name_of(model),
        version=version,
        publishable=publishable,
        publishable_line=line,
        requirements=tuple(requirements(model)),
        workspace=_members(project, pom) if model.path == project.path else None,
        dependencies=rows,
        dynamic=() if version or not (pom.version or pom.parent) else ("version",),
    )


def _publishable(pom: Pom) -> tuple[bool, int | None]:
    """Whether `mvn deploy` uploads it, and the line that says so."""
    if (skipped := pom.model.properties.get("maven.deploy.skip")) and skipped.text in ("true", "false"):
        return skipped.text == "false", skipped.line
    for plugin in pom.model.plugins:
        skip = plugin.configuration.get("skip")
        if plugin.artifact == "maven-deploy-plugin" and not plugin.managed and skip and skip.text in ("true", "false"):
            return skip.text == "false", skip.line
    return True, None


def _members(project: Project, pom: Pom) -> Members | None:
    if not project.declared:
        return None
    return Members(
        patterns=tuple(module.written.text for module in project.declared),
        members=tuple(sorted({parent(path) for path in project.members})),
        path=project.path,
        line=pom.model.modules[0].line if pom.model.modules else project.declared[0].written.line,
        idle=tuple(sorted(module.written.text for module in project.declared if not module.pom)),
    )


class _Rows:
    """The dependencies of one POM."""

    def __init__(self, inputs: ProbeInputs, model: PomModel, project: Project, models: Models) -> None:
        self._inputs = inputs
        self._model = model
        self._project = project
        self._models = models

    def all(self) -> Iterator[Dependency]:
        pom = self._model.pom
        if pom.parent:
            yield self._parent()
        yield from self._of(None)
        for profile in pom.profiles:
            yield from self._of(profile)
        yield from (self._tool(each, "build.extensions") for each in pom.extensions)
        if self._model.path == self._project.path:
            yield from self._core_extensions()

    def _of(self, profile: Profile | None) -> Iterator[Dependency]:
        model = profile.model if profile else self._model.pom.model
        yield from (self._dependency(each, profile) for each in model.dependencies)
        yield from (self._managed(each, profile) for each in model.managed)
        for plugin in model.plugins:
            yield from self._plugin(plugin, profile)

    def _parent(self) -> Dependency:
        written = self._model.pom.parent
        assert written is not None, "asked for only where there is one"
        inside = len(self._model.chain) > 1
        return Dependency(
            name=self._named(written.group, written.artifact, None),
            constraint=self._model.resolved(written.version) or None,
            scope="build",
            group="parent",
            line=written.line,
            source="workspace" if inside else "registry",
            note=f"read at {self._model.chain[1].path}" if inside else None,
        )

    def _dependency(self, written: PomDependency, profile: Profile | None) -> Dependency:
        managed = self._model.managed(self._model.key(written, profile), profile)
        scope = self._model.resolved(written.scope, profile) or (managed.scope if managed else "") or _DEFAULT
        version, note = self._version(written, profile)
        if not version and managed:
            version, note = managed.version, f"managed at {managed.path}:{managed.line}"
        elif not version:
            note = self._model.not_known()
            if not written.scope and not note.startswith("no version"):
                note += ", which may set the scope as well"
        return self._row(
            written,
            profile,
            version,
            scope=_SCOPES.get(scope, "runtime"),
            group=scope,
            optional=self._model.resolved(written.optional, profile) == "true",
            path=bool(written.system_path),
            note=note,
        )

    def _managed(self, written: PomDependency, profile: Profile | None) -> Dependency:
        version, note = self._version(written, profile)
        group = "dependencyManagement (import)" if written.scope == "import" else "dependencyManagement"
        return self._row(written, profile, version, scope="constraint", group=group, note=note)

    def _plugin(self, plugin: Plugin, profile: Profile | None) -> Iterator[Dependency]:
        version, note = self._known(plugin.version, profile)
        if not version and not plugin.managed:
            version, note = self._plugin_version(plugin, profile)
        group, artifact = plugin.group, plugin.artifact
        yield Dependency(
            name=self._named(group, artifact, profile),
            constraint=version or None,
            scope="constraint" if plugin.managed else "build",
            group="pluginManagement" if plugin.managed else "plugins",
            line=plugin.line,
            marker=_marker(profile),
            note=note,
        )
        for each in plugin.dependencies:
            yield self._tool(each, "plugins.dependencies", profile)
        for each in plugin.processors:
            yield self._tool(each, "annotationProcessorPaths", profile)

    def _plugin_version(self, plugin: Plugin, profile: Profile | None) -> tuple[str, str | None]:
        """The version that pluginManagement inside the repository gives."""
        wanted = self._named(plugin.group, plugin.artifact, profile)
        for model in self._model.chain:
            for other in model.pom.model.plugins:
                if other.managed and other.version and self._named(other.group, other.artifact, profile) == wanted:
                    return self._known(other.version, profile)[0], f"managed at {model.path}:{other.line}"
        outside = self._model.outside
        return "", f"managed by parent {outside} or Maven itself" if outside else "left to Maven itself"

    def _tool(self, written: PomDependency, group: str, profile: Profile | None = None) -> Dependency:
        version, note = self._version(written, profile)
        if not version and group == "annotationProcessorPaths":  # since 3.12 of the plugin they are managed as well
            managed = self._model.managed(self._model.key(written, profile), profile)
            version = managed.version if managed else ""
            note = f"managed at {managed.path}:{managed.line}" if managed else self._model.not_known()
        return self._row(written, profile, version, scope="build", group=group, note=note)

    def _core_extensions(self) -> Iterator[Dependency]:
        directory = self._project.directory
        path = f"{directory}/.mvn/extensions.xml" if directory else ".mvn/extensions.xml"
        for each in (self._inputs.parse(path, pom_xml.extensions) or ()) if path in self._inputs else ():
            yield Dependency(
                name=f"{each.group}/{each.artifact}",
                constraint=each.version or None,
                scope="build",
                group="extensions",
                line=each.line,
                path=path,
            )

    def _row(
        self,
        written: PomDependency,
        profile: Profile | None,
        version: str,
        *,
        scope: Scope,
        group: str,
        optional: bool = False,
        path: bool = False,
        note: str | None = None,
    ) -> Dependency:
        group_id, artifact = (self._model.resolved(part, profile) for part in (written.group, written.artifact))
        inside = self._models.find(group_id, artifact, None) in self._project.poms
        kinds = [self._model.resolved(each, profile) for each in (written.type, written.classifier)]
        return Dependency(
            name=f"{group_id}/{artifact}",
            constraint=version or None,
            scope=scope,
            group=group,
            line=written.line,
            optional=optional,
            marker=_marker(profile),
            source="path" if path else "workspace" if inside else "registry",
            extras=tuple(each for each in kinds if each and each != "jar"),
            note=note,
        )

    def _version(self, written: PomDependency, profile: Profile | None) -> tuple[str, str | None]:
        return self._known(written.version, profile)

    def _known(self, version: str, profile: Profile | None) -> tuple[str, str | None]:
        found = self._model.resolved(version, profile)
        return found, "holds a property that the repository does not define" if "${" in found else None

    def _named(self, group: str, artifact: str, profile: Profile | None) -> str:
        return f"{self._model.resolved(group, profile)}/{self._model.resolved(artifact, profile)}"


def _marker(profile: Profile | None) -> str | None:
    if profile is None:
        return None
    return f"profile {profile.id}" + (f" ({profile.activation})" if profile.activation else "")

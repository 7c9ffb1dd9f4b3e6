"""Maven projects: the wrapper, the commands of its lifecycle, the modules, and where artifacts come from."""

import re
from collections.abc import Iterator
from typing import Any

from codegenie.formats import maven_config, pom_xml
from codegenie.formats.hosts import host_of
from codegenie.formats.patterns import lazily
from codegenie.formats.pom_xml import PomRepository
from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._manifest import requirement_facts
from ._maven_layout import Project, layout
from ._maven_manifests import models_of, name_of
from ._maven_model import Models, PomModel
from ._maven_plugins import build_tools, plugin_commands, test_command
from ._maven_requirements import requirements
from ._paths import holds_files, parent, shown, under
from ._wrappers import Wrapper, wrapper

_SETTINGS = (".mvn/settings.xml", "settings.xml")
_QUIET_SINCE = (3, 6, 1)  # of -ntp: https://maven.apache.org/docs/3.6.1/release-notes.html
_SECRET = lazily(r"pass|secret|token|key|credential|auth", re.IGNORECASE)
_USES = {"repository": "install", "plugin": "install", "distribution": "publish"}


def builds(inputs: ProbeInputs) -> Builds:
    """The Maven projects of the repository."""
    found = layout(inputs)
    models = models_of(inputs, found)
    readable = [one for one in found.projects if models.has(one.path)]
    confidence: Confidence | None = "high" if found.projects else None
    if any(not models.has(one.path) for one in found.projects):
        confidence = "low"
    return Builds([_Build(inputs, one, models).facts() for one in readable], found.apart, confidence)


class _Build:
    """One project."""

    def __init__(self, inputs: ProbeInputs, project_: Project, models: Models) -> None:
        self._inputs = inputs
        self._project = project_
        self._root = models.of(project_.path)
        self._all = [models.of(path) for path in project_.poms if models.has(path)]
        self._wrapper = wrapper(inputs, self._at(".mvn/wrapper/maven-wrapper.properties"))

    def facts(self) -> dict[str, Any]:
        """The project as the slice shows it."""
        root = self._root
        return project(
            shown(self._project.directory),
            "maven",
            name=name_of(root),
            version=root.coordinates.version,
            tool=self._tool(),
            commands=self._commands(),
            engines=[requirement_facts(each) for each in requirements(root)],
            workspaces=self._workspaces(),
            build_tools=build_tools(self._all),
            outputs=list(self._outputs()),
            registries=self._registries(),
            settings=list(self._settings()),
        )

    def _at(self, name: str) -> str:
        directory = self._project.directory
        return f"{directory}/{name}" if directory else name

    def _tool(self) -> dict[str, Any]:
        found = self._wrapper
        evidence: list[dict[str, Any]] = [
            {"tool": "maven", "how": "the manifest", "path": self._root.path, "line": None}
        ]
        constraints = []
        if found:
            evidence.insert(0, {"tool": "maven", "how": "a wrapper", "path": found.path, "line": found.line})
            if found.version:
                constraints.append(_constraint(found.version, "a wrapper", found.path, found.line))
        constraints += [
            _constraint(each.constraint, "the manifest", self._root.path, each.line)
            for each in requirements(self._root)
            if each.name == "maven" and each.constraint
        ]
        return tool(
            "maven",
            "a wrapper" if found else "the manifest",
            version_constraint=constraints[0]["constraint"] if constraints else None,
            constraints=constraints,
            evidence=evidence,
        )

    def _commands(self) -> dict[str, Any]:
        runner, places = self._runner()
        call = f"{runner} -B -ntp" if _is_quiet(self._wrapper) else f"{runner} -B"
        by_intent = {"build": command(f"{call} verify", "") | {"evidence": [*places, _place(self._root.path)]}}
        if tests := test_command(self._all, call, self._inputs.paths):
            by_intent["test"] = tests
        return commands(runner, **by_intent, **plugin_commands(self._root, call))

    def _runner(self) -> tuple[str, list[dict[str, Any]]]:
        script = self._at("mvnw")
        if script in self._inputs.paths:
            return "./mvnw", [_place(script)]
        return ("mvnd" if self._wrapper and self._wrapper.program == "mvnd" else "mvn"), []

    def _workspaces(self) -> dict[str, Any] | None:
        one = self._project
        if not one.declared:
            return None
        modules = self._root.pom.model.modules
        return {
            "declared_by": "pom.xml",
            "path": one.path,
            "line": modules[0].line if modules else one.declared[0].written.line,
            "patterns": [module.written.text for module in one.declared],
            "patterns_without_members": sorted(module.written.text for module in one.declared if not module.pom),
            "members": [
                {
                    "path": shown(parent(model.path)),
                    "name": name_of(model),
                    "version": model.coordinates.version,
                    "private": None,
                    "scripts": [],
                }
                for model in self._all[1:]
            ],
        }

    def _outputs(self) -> Iterator[dict[str, Any]]:
        """`target` in each module, or what build/directory names; no output of a POM that only holds others."""
        seen = set()
        for model in self._all:
            if model.pom.packaging == "pom":
                continue
            changed = next((each for each in model.chain if each.pom.directory), None)
            written = model.resolved(changed.pom.directory.text) if changed and changed.pom.directory else "target"
            written = re.sub(r"^\$\{(?:project\.)?basedir\}/", "", written)
            path = None if "${" in written else under(parent(model.path), written)
            if path is None or path in seen:
                continue
            seen.add(path)
            how = "build/directory of pom.xml" if changed else "the default of Maven"
            line = changed.pom.directory.line if changed and changed.pom.directory else None
            place = {"how": how, "path": (changed or model).path, "line": line}
            yield {"path": shown(path), "committed": holds_files(path, self._inputs.paths), "evidence": [place]}

    def _registries(self) -> list[dict[str, Any]]:
        rows = [row for model in self._all for row in _repositories(model)]
        for name in _SETTINGS:
            if (path := self._at(name)) in self._inputs:
                listed = self._inputs.parse(path, pom_xml.mirrors) if name.startswith(".mvn") else self._mirrors(path)
                rows += [_registry(each, path, host_of(each.url)) for each in listed or ()]
        unique = {(row["use"], row["host"], row["path"], row["line"]): row for row in rows}
        return [unique[key] for key in sorted(unique, key=lambda key: (key[0], key[1] or "", key[2], key[3] or 0))]

    def _mirrors(self, path: str) -> tuple[PomRepository, ...]:
        """Those of a settings.xml that lies beside the POM; the name is no one's own, so that it may be anything."""
        return self._inputs.parse(path, _mirrors_if_any) or ()

    def _settings(self) -> Iterator[dict[str, Any]]:
        path = self._at(".mvn/maven.config")
        for each in (self._inputs.parse(path, maven_config.parse) or ()) if path in self._inputs else ():
            value = "" if _SECRET.search(each.name) else each.value
            yield {"name": each.name, "value": value, "path": path, "line": each.line}
        path = self._at(".mvn/jvm.config")
        for each in (self._inputs.parse(path, maven_config.parse) or ()) if path in self._inputs else ():
            value = "" if _SECRET.search(each.name) else each.value
            yield {"name": each.name, "value": value, "path": path, "line": each.line}


def _mirrors_if_any(content: bytes) -> tuple[PomRepository, ...]:
    return pom_xml.mirrors(content) if b"<settings" in content else ()


def _repositories(model: PomModel) -> Iterator[dict[str, Any]]:
    for holder in (model.pom.model, *(profile.model for profile in model.pom.profiles)):
        for each in holder.repositories:
            yield _registry(each, model.path, host_of(model.resolved(each.url)))


def _registry(each: PomRepository, path: str, host: str | None) -> dict[str, Any]:
    return {"use": _USES[each.kind], "scope": None, "host": host, "path": path, "line": each.line}


def _constraint(constraint: str, how: str, path: str, line: int | None) -> dict[str, Any]:
    return {"constraint": constraint, "how": how, "path": path, "line": line}


def _place(path: str, line: int | None = None) -> dict[str, Any]:
    return {"path": path, "line": line}


def _is_quiet(found: Wrapper | None) -> bool:
    """Whether Maven knows -ntp: where nothing says otherwise it is taken for a current one."""
    parts = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", found.version or "") if found else None
    if not parts or (found and found.program):
        return True
    return tuple(int(part or 0) for part in parts.groups()) >= _QUIET_SINCE

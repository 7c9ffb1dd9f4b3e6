"""How each Node.js project is installed, built and tested."""

from collections.abc import Iterable
from typing import Any

from codegenie.formats import npmrc, yarnrc
from codegenie.formats.hosts import Registry, host_of
from codegenie.formats.npmrc import Setting
from codegenie.probe import Confidence, ProbeInputs

from . import _node_project as shown_as
from ._apart import kind_apart
from ._builds import Builds
from ._node_commands import command_facts
from ._node_layout import Layout, Project, layout
from ._node_lockfiles import Lockfile, lockfiles
from ._node_outputs import outputs
from ._node_tool import Settings, Tool, tool_of
from ._node_tooling import BUILD_TOOLS, TASK_RUNNERS, tools_in
from ._node_typescript import TsConfigs
from ._paths import ancestors, parent, shown

# Files that tsconfig files extend have any name; these are the usual ones, and what else is there is said to be unread.


def builds(inputs: ProbeInputs) -> Builds:
    """The Node.js projects."""
    found = layout(inputs)
    survey = _Survey(inputs, found)
    projects = [survey.facts(project) for project in found.projects]
    return Builds(projects, found.apart, _confidence(found.projects, survey.tools), list(_warnings(projects)))


class _Survey:
    """What the projects share: lockfiles and paths, read once."""

    def __init__(self, inputs: ProbeInputs, found: Layout) -> None:
        self._inputs = inputs
        self._projects = {project.root.directory: project for project in found.projects}
        self._lockfiles = lockfiles(inputs)
        self._paths = frozenset(inputs.paths)
        self._apart = {parent(path) for kind, paths in found.apart.items() if kind != "marker" for path in paths}
        self._owners = {package.directory for project in found.projects for package in project.packages}
        self._names = self._names_beside_manifests()
        self._tsconfigs = self._tsconfigs_by_owner()
        self.tools: dict[str, Tool] = {}

    def facts(self, project: Project) -> dict[str, Any]:
        locks = self._locks(project)
        settings = self._settings(project)
        tool = tool_of(project, locks, settings, self._around(project))
        self.tools[project.root.directory] = tool
        changed = _changed(project, settings)
        configs = TsConfigs(self._inputs, self._paths, project.packages).read(
            path for package in project.packages for path in self._tsconfigs.get(package.directory, ())
        )
        written = outputs(self._inputs, project.packages, configs, self._inputs.paths)
        manifest = project.root.manifest
        return {
            "path": shown(project.root.directory),
            "ecosystem": "node",
            "name": manifest.name if manifest else None,
            "version": manifest.version if manifest else None,
            "private": manifest.private if manifest else None,
            "tool": shown_as.tool_facts(tool, changed),
            "lockfiles": shown_as.lockfile_facts(locks),
            "commands": command_facts(project, tool, locks, settings, self._paths),
            "scripts": shown_as.script_facts(manifest, tool),
            "engines": shown_as.engine_facts(manifest),
            "workspaces": shown_as.workspace_facts(project.workspace),
            "task_runners": tools_in(TASK_RUNNERS, project.packages, self._names),
            "build_tools": tools_in(BUILD_TOOLS, project.packages, self._names),
            "outputs": shown_as.output_facts(written, self._inputs.paths),
            "typescript": shown_as.typescript_facts(configs),
            "registries": shown_as.registry_facts(_registries(project, settings)),
            "settings": shown_as.setting_facts(changed),
            "ill_typed": list(manifest.ill_typed) if manifest else [],
        }

    def _locks(self, project: Project) -> list[Lockfile]:
        rush = self._lockfiles.get(project.root.at("common/config/rush"), []) if project.rush else []
        return [*self._lockfiles.get(project.root.directory, []), *rush]

    def _settings(self, project: Project) -> Settings:
        def parsed(name: str, parser: Any) -> Any:
            path = project.root.at(name)
            return self._inputs.parse(path, parser) if path in self._inputs else None

        return Settings(
            npmrc=parsed(".npmrc", npmrc.parse),
            yarnrc=parsed(".yarnrc.yml", yarnrc.parse),
            yarnrc_classic=parsed(".yarnrc", yarnrc.parse_classic),
            bunfig=project.root.at("bunfig.toml") in self._inputs,
        )

    def _around(self, project: Project) -> list[Project]:
        """The projects whose directories hold this one, the nearest first."""
        return [self._projects[above] for above in ancestors(project.root.directory) if above in self._projects]

    def _names_beside_manifests(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in self._inputs.paths:
            directory = parent(path)
            directory = parent(directory) if directory.rpartition("/")[2] == ".moon" else directory
            if directory in self._owners:
                names.setdefault(directory, []).append(path[len(directory) :].lstrip("/"))
        return names

    def _tsconfigs_by_owner(self) -> dict[str, list[str]]:
        owned: dict[str, list[str]] = {}
        for path in self._inputs.matching("**/tsconfig.json", "**/tsconfig[.-]*.json"):
            owner = parent(path)
            while owner and owner not in self._owners and owner not in self._apart:
                owner = parent(owner)
            if owner in self._owners and not kind_apart(parent(path[len(owner) :].lstrip("/"))):
                owned.setdefault(owner, []).append(path)
        return owned


def _changed(project: Project, settings: Settings) -> list[tuple[str, Setting]]:
    sources = {
        ".npmrc": settings.npmrc,
        ".yarnrc": settings.yarnrc_classic,
        ".yarnrc.yml": settings.yarnrc,
        "pnpm-workspace.yaml": project.pnpm,
    }
    return [
        (project.root.at(name), setting) for name, source in sources.items() if source for setting in source.settings
    ]


def _registries(project: Project, settings: Settings) -> Iterable[tuple[str, str, Registry]]:
    sources = {".npmrc": settings.npmrc, ".yarnrc": settings.yarnrc_classic, ".yarnrc.yml": settings.yarnrc}
    for name, source in sources.items():
        yield from (("install", project.root.at(name), registry) for registry in (source.registries if source else ()))
    if project.root.manifest and (address := project.root.manifest.publish_config.get("registry")):
        line = project.root.manifest.lines.get(("publishConfig", "registry"))
        yield "publish", project.root.manifest_path, Registry(None, host_of(address), line)


def _confidence(projects: list[Project], tools: dict[str, Tool]) -> Confidence | None:
    """Low where the outermost manifest is unreadable; medium where the tool is in doubt."""
    roots = {project.root.directory for project in projects}
    outermost = [project for project in projects if roots.isdisjoint(ancestors(project.root.directory))]
    if not outermost:
        return None
    if any(project.root.manifest is None and not project.rush for project in outermost):
        return "low"
    known = [tools[project.root.directory] for project in outermost]
    return "medium" if any(tool.name is None or tool.conflicts for tool in known) else "high"


def _warnings(projects: list[dict[str, Any]]) -> Iterable[str]:
    for project in projects:
        tool = project["tool"]
        if others := sorted({conflict["tool"] for conflict in tool["conflicts"]}):
            where = ", ".join(sorted({conflict["path"] for conflict in tool["conflicts"]}))
            yield f"{project['path']}: {tool['name']} by its {tool['how']}, but {' and '.join(others)} by {where}"

"""How each Python project is installed, built and tested."""

from collections.abc import Iterable, Iterator
from typing import Any

from codegenie.formats import ini_text, noxfile, pyproject
from codegenie.formats.ini_text import Ini
from codegenie.formats.pyproject_tables import Index, Task
from codegenie.probe import Confidence, ProbeInputs

from . import _builds
from ._builds import Builds
from ._paths import ancestors, holds_files, shown
from ._python_commands import Known, Session, command_facts
from ._python_layout import Files, Member, Project, layout
from ._python_lockfiles import Lockfile, lockfiles
from ._python_requirements import is_compiled
from ._python_tool import Claim, Tool, tool_of
from ._python_tooling import build_tools, configured, task_runners

_INIS = ("setup.cfg", "tox.ini", "pytest.ini", "mypy.ini", ".flake8")


def builds(inputs: ProbeInputs) -> Builds:
    """The Python projects."""
    found = layout(inputs)
    survey = _Survey(inputs)
    projects = [survey.facts(project) for project in found.projects]
    return Builds(projects, found.apart, _confidence(found.projects, survey.tools), list(_warnings(projects)))


class _Survey:
    """What the projects share: lockfiles and paths, read once."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._lockfiles = lockfiles(inputs)
        self._paths = frozenset(inputs.paths)
        self.tools: dict[str, Tool] = {}

    def facts(self, project: Project) -> dict[str, Any]:
        locks = self._lockfiles.get(project.directory, [])
        tool = tool_of(project, locks)
        self.tools[project.directory] = tool
        inis = self._inis(project)
        tasks = sorted(_tasks(project), key=lambda found: (found[1].name, found[1].runner, found[0]))
        sessions = [*self._nox(project), *_tox(project, inis)]
        commands = command_facts(project, tool, locks, Known(tasks, sessions, configured(project, self._paths, inis)))
        return _builds.project(
            shown(project.directory),
            "python",
            name=project.files.name,
            version=project.files.version,
            private=_private(project),
            tool=_tool_facts(project, tool),
            lockfiles=_lockfile_facts(project, locks, tool),
            commands=commands,
            scripts=_script_facts(project, tasks, sessions),
            engines=_engine_facts(project),
            workspaces=_workspace_facts(project),
            task_runners=task_runners(project, self._paths),
            build_tools=build_tools(project),
            outputs=self._outputs(project, commands["build"]),
            registries=self._registries(project),
            settings=self._settings(project),
            ill_typed=sorted({name for files in (project.files,) for each in _typed(files) for name in each.ill_typed}),
        )

    def _inis(self, project: Project) -> dict[str, Ini]:
        found: dict[str, Ini] = {}
        for name in _INIS:
            path = project.at(name)
            if path in self._inputs.files and (ini := self._inputs.parse(path, ini_text.parse)):
                found[path] = ini
        return found

    def _nox(self, project: Project) -> Iterator[Session]:
        path = project.at("noxfile.py")
        if path in self._inputs and (found := self._inputs.parse(path, noxfile.parse)):
            yield from (Session("nox", session.name, path, session.line) for session in found.sessions)

    def _outputs(self, project: Project, build: dict[str, Any] | None) -> list[dict[str, Any]]:
        """The frontends that are known write into `dist` unless told otherwise."""
        if build is None or build["script"] is not None:
            return []
        path = project.at("dist")
        evidence = [{"how": f"default of {build['command']}", **build["evidence"][0]}]
        return [{"path": path, "committed": holds_files(path, self._inputs.paths), "evidence": evidence}]

    def _uv_toml(self, project: Project) -> tuple[str, pyproject.PyProject] | None:
        path = project.at("uv.toml")
        found = self._inputs.parse(path, pyproject.parse_uv) if path in self._inputs else None
        return (path, found) if found else None

    def _registries(self, project: Project) -> list[dict[str, Any]]:
        rows = [
            {"use": index.use, "scope": index.name, "host": index.host, "path": path, "line": index.line}
            for path, index in (*_indexes(project), *self._settings_indexes(project))
        ]
        return sorted(rows, key=lambda row: (row["use"], row["scope"] or "", row["path"], row["line"] or 0))

    def _settings_indexes(self, project: Project) -> Iterator[tuple[str, Index]]:
        if settings := self._uv_toml(project):
            yield from ((settings[0], index) for index in settings[1].indexes)

    def _settings(self, project: Project) -> list[dict[str, Any]]:
        found = [
            (path, setting)
            for group in (project.files.pyprojects, project.files.pipfiles)
            for path, manifest in group.items()
            for setting in manifest.settings
        ]
        if settings := self._uv_toml(project):
            found += [(settings[0], setting) for setting in settings[1].settings]
        rows = [
            {"name": setting.name, "value": setting.value, "path": path, "line": setting.line}
            for path, setting in found
        ]
        rows += [
            {"name": setting.name, "value": setting.value, "path": path, "line": setting.line}
            for path, requirements in project.files.requirements.items()
            for setting in requirements.settings
        ]
        return sorted(rows, key=lambda row: (row["name"], row["path"], row["line"] or 0))


def _tasks(project: Project) -> Iterator[tuple[str, Task]]:
    files = project.files
    for group in (files.pyprojects, files.hatch, files.pixi, files.pipfiles):
        for path, manifest in group.items():
            yield from ((path, task) for task in manifest.tasks if task.runner != "tox")


def _tox(project: Project, inis: dict[str, Ini]) -> Iterator[Session]:
    for path, manifest in project.files.pyprojects.items():
        yield from (Session("tox", task.name, path, task.line) for task in manifest.tasks if task.runner == "tox")
    ini = inis.get(project.at("tox.ini"))
    for name, section in ini.sections.items() if ini else ():
        if name.startswith("testenv:"):
            yield Session("tox", name.removeprefix("testenv:"), project.at("tox.ini"), section.line)
        elif name in ("tox", "testenv"):
            yield Session("tox", "", project.at("tox.ini"), section.line)


def _script_facts(
    project: Project, tasks: Iterable[tuple[str, Task]], sessions: Iterable[Session]
) -> list[dict[str, Any]]:
    """Tasks by name, the commands that the package installs, sessions of nox and environments of tox."""
    rows = [(task.name, task.command, task.line) for _, task in tasks]
    rows += [
        (entry.name, entry.target, entry.line)
        for group in (project.files.pyprojects, project.files.setup_cfgs, project.files.setup_pys)
        for manifest in group.values()
        for entry in manifest.entry_points
    ]
    calls = {"nox": "nox -s", "tox": "tox run -e"}
    rows += [
        (f"{session.runner}:{session.name}", f"{calls[session.runner]} {session.name}", session.line)
        for session in sessions
        if session.name
    ]
    unique = sorted(set(rows), key=lambda row: (row[0], row[1], row[2] or 0))
    return [{"name": name, "command": text, "runs_with": None, "line": line} for name, text, line in unique]


def _private(project: Project) -> bool | None:
    said = [manifest.private for manifest in project.files.pyprojects.values() if manifest.private is not None]
    return said[0] if said else None


def _tool_facts(project: Project, tool: Tool) -> dict[str, Any]:
    constraints = [
        {"constraint": engine.constraint, "how": "manifest", "path": path, "line": engine.line}
        for group in (project.files.pyprojects, project.files.pixi)
        for path, manifest in group.items()
        for engine in manifest.engines
        if engine.name == tool.name
    ]
    return _builds.tool(
        tool.name,
        tool.how,
        version_constraint=constraints[0]["constraint"] if constraints else None,
        constraints=constraints,
        evidence=[_claim(claim) for claim in tool.claims],
        conflicts=[_claim(claim) for claim in tool.conflicts],
    )


def _claim(claim: Claim) -> dict[str, Any]:
    return {"tool": claim.tool, "how": claim.how, "path": claim.path, "line": claim.line}


def _lockfile_facts(project: Project, locks: Iterable[Lockfile], tool: Tool) -> list[dict[str, Any]]:
    """Those known by their names, and requirements files that a program wrote from others."""
    rows = [
        {"path": lock.path, "tool": lock.tool, "flavor": None, "format": lock.format, "line": lock.line}
        for lock in sorted(locks, key=lambda lock: lock.tool != tool.name)
    ]
    rows += [
        {"path": path, "tool": "pip", "flavor": None, "format": None, "line": None}
        for path, found in sorted(project.files.requirements.items())
        if is_compiled(found)
    ]
    return rows


def _engine_facts(project: Project) -> list[dict[str, Any]]:
    files = project.files
    rows = [
        (engine.name, engine.constraint, engine.field, engine.line)
        for group in (files.pyprojects, files.pixi, files.pipfiles, files.environments)
        for manifest in group.values()
        for engine in manifest.engines
    ]
    rows += [
        ("python", cfg.requires_python, "options.python_requires", cfg.requires_python_line)
        for cfg in files.setup_cfgs.values()
        if cfg.requires_python
    ]
    rows += [
        ("python", setup.requires_python, "python_requires", setup.requires_python_line)
        for setup in files.setup_pys.values()
        if setup.requires_python
    ]
    return [
        {"name": name, "constraint": constraint, "field": field, "line": line}
        for name, constraint, field, line in sorted(rows, key=lambda row: (row[0], row[2], row[1]))
    ]


def _workspace_facts(project: Project) -> dict[str, Any] | None:
    if not (workspace := project.workspace):
        return None
    return {
        "declared_by": workspace.declared_by,
        "path": workspace.path,
        "line": workspace.line,
        "patterns": list(workspace.patterns),
        "patterns_without_members": list(workspace.idle),
        "members": [_member(member) for member in workspace.members],
    }


def _member(member: Member) -> dict[str, Any]:
    manifests = list(member.files.pyprojects.values())
    return {
        "path": shown(member.directory),
        "name": member.files.name,
        "version": member.files.version,
        "private": next((manifest.private for manifest in manifests if manifest.private is not None), None),
        "scripts": sorted({task.name for manifest in manifests for task in manifest.tasks if task.runner != "tox"}),
    }


def _indexes(project: Project) -> Iterator[tuple[str, Index]]:
    files = project.files
    for group in (files.pyprojects, files.pipfiles, files.environments):
        for path, manifest in group.items():
            yield from ((path, index) for index in manifest.indexes)
    for path, requirements in files.requirements.items():
        yield from ((path, Index("install", None, index.host, index.line)) for index in requirements.indexes)


def _typed(files: Files) -> Iterator[Any]:
    for group in (files.pyprojects, files.hatch, files.pixi, files.pipfiles, files.environments):
        yield from group.values()


def _confidence(projects: list[Project], tools: dict[str, Tool]) -> Confidence | None:
    """Low where the outermost manifest is unreadable; medium where the tool is in doubt."""
    roots = {project.directory for project in projects}
    outermost = [project for project in projects if roots.isdisjoint(ancestors(project.directory))]
    if not outermost:
        return None
    if any(project.unreadable for project in outermost):
        return "low"
    known = [tools[project.directory] for project in outermost]
    return "medium" if any(tool.name is None or tool.conflicts for tool in known) else "high"


def _warnings(projects: Iterable[dict[str, Any]]) -> Iterator[str]:
    for project in projects:
        tool = project["tool"]
        if others := sorted({conflict["tool"] for conflict in tool["conflicts"]}):
            where = ", ".join(sorted({conflict["path"] for conflict in tool["conflicts"]}))
            yield f"{project['path']}: {tool['name']} by its {tool['how']}, but {' and '.join(others)} by {where}"

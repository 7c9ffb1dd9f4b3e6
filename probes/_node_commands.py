"""What one runs at the root of a Node project: to install it, build it, test it, start it."""

from collections.abc import Sequence
from typing import Any

from ._node_layout import Project
from ._node_lockfiles import Lockfile
from ._node_scripts import INTENTS, run_command, script_for
from ._node_tool import Settings, Tool

_FROZEN = {
    ("npm", None): "npm ci",
    ("pnpm", None): "pnpm install --frozen-lockfile",
    ("yarn", None): "yarn install --frozen-lockfile",
    ("yarn", "classic"): "yarn install --frozen-lockfile",
    ("yarn", "berry"): "yarn install --immutable",
    ("bun", None): "bun install --frozen-lockfile",
}
_LOCKFILE_OFF = {("npm", "package-lock"), ("pnpm", "lockfile")}  # settings that, where false, leave nothing to freeze
_STARTS_SERVER_JS = ("npm", "pnpm")  # without a start script they run server.js


def command_facts(
    project: Project, tool: Tool, lockfiles: Sequence[Lockfile], settings: Settings, paths: frozenset[str]
) -> dict[str, Any]:
    """What one runs at the project's root: to install, and for each intent that a script serves."""
    runner = tool.name or "npm"  # it comes with Node.js
    commands: dict[str, Any] = {"runner": runner, "install": _install(project, tool, lockfiles, settings)}
    scripts = project.root.manifest.scripts if project.root.manifest else {}
    for intent in INTENTS:
        name = script_for(intent, scripts)
        commands[intent] = None if name is None else _command(project, runner, name)
    if "start" not in scripts and runner in _STARTS_SERVER_JS and project.root.at("server.js") in paths:
        evidence = [{"path": project.root.at("server.js"), "line": None}]
        start = {"command": f"{runner} start", "script": None, "text": "node server.js", "evidence": evidence}
        commands["start"] = start if project.root.manifest else None
    if project.rush and not commands["build"]:
        commands["build"] = _rush(project, "rush build")
    return commands


def _install(project: Project, tool: Tool, lockfiles: Sequence[Lockfile], settings: Settings) -> dict[str, Any] | None:
    if project.rush:
        return _rush(project, "rush install")
    runner = tool.name or "npm"
    own = [lockfile for lockfile in lockfiles if lockfile.tool == runner]
    off = any(
        (runner, setting.name) in _LOCKFILE_OFF and setting.value == "false"
        for setting in (settings.npmrc.settings if settings.npmrc else ())
    )
    frozen = _FROZEN[runner, tool.flavor] if own and not off else f"{runner} install"
    evidence = [{"path": lockfile.path, "line": lockfile.line} for lockfile in own]
    return {"command": frozen, "script": None, "text": None, "evidence": evidence}


def _rush(project: Project, command: str) -> dict[str, Any]:
    evidence = [{"path": project.root.at("rush.json"), "line": None}]
    return {"command": command, "script": None, "text": None, "evidence": evidence}


def _command(project: Project, runner: str, name: str) -> dict[str, Any]:
    assert project.root.manifest is not None, "a script stands in a manifest"
    line = project.root.manifest.lines.get(("scripts", name))
    return {
        "command": run_command(runner, name),
        "script": name,
        "text": project.root.manifest.scripts[name],
        "evidence": [{"path": project.root.manifest_path, "line": line}],
    }

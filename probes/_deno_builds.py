"""How each Deno project is installed, tested, checked and started: by its tasks, else by what Deno brings itself."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import deno_lock
from codegenie.formats.deno_json import DenoJson, Task
from codegenie.formats.patterns import lazily
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._deno_layout import Package, lockfile, packages
from ._node_scripts import INTENTS
from ._paths import shown
from ._places import beside

# https://docs.deno.com/runtime/reference/cli/test/: what it runs without being told a file.
_TEST = lazily(r"(?:.*/)?(?:(?:.*[_.])?test\.[cm]?[jt]sx?|__tests__/.*\.[cm]?[jt]sx?)")
_START = ("start", "serve", "server")


def builds(inputs: ProbeInputs) -> Builds:
    """The projects, but for members of workspaces."""
    listed, apart = packages(inputs)
    tests = [path for path in inputs.paths if _TEST.fullmatch(path)] if listed else []
    found = [_facts(inputs, each, listed, tests) for each in listed if each.is_root]
    return Builds(found, apart, "high" if found else None, [])


def _facts(inputs: ProbeInputs, package: Package, listed: list[Package], tests: list[str]) -> dict[str, Any]:
    config, path = package.config, package.path
    lock = lockfile(inputs, package)
    read = inputs.parse(lock, deno_lock.parse, MANIFEST_CAP) if lock else None
    evidence = [{"tool": "deno", "how": "manifest", "path": path, "line": None}]
    if lock:
        evidence.insert(0, {"tool": "deno", "how": "lockfile", "path": lock, "line": None})
    return project(
        shown(package.directory),
        "deno",
        name=config.name,
        version=config.version,
        tool=tool("deno", "lockfile" if lock else "manifest", evidence=evidence),
        lockfiles=[
            {"path": lock, "tool": "deno", "flavor": None, "format": read.version if read else None, "line": None}
        ]
        if lock
        else [],
        commands=_commands(package, lock, tests),
        scripts=[
            {"name": task.name, "command": _text(task), "runs_with": None, "line": task.line}
            for task in sorted(config.tasks)
        ],
        workspaces=_workspace(package, listed),
        settings=[
            {"name": name, "value": value, "path": path, "line": config.lines.get((name,))}
            for name, value in sorted(_settings(config))
        ],
        ill_typed=list(config.ill_typed),
    )


def _commands(package: Package, lock: str | None, tests: list[str]) -> dict[str, Any]:
    """A task of that name; else Deno's own command, where a section of the configuration or a test is there for it."""
    config, path = package.config, package.path
    found = {intent: _task(package, names) for intent, names in (INTENTS | {"start": _START}).items()}
    below = beside(package.directory, "")
    if found["test"] is None and (first := next((each for each in tests if each.startswith(below)), None)):
        found["test"] = command("deno test", first)
    for intent, section in (("lint", "lint"), ("format", "fmt")):
        if found[intent] is None and section in config.sections:
            found[intent] = command(f"deno {section}", path, config.lines.get((section,)))
    frozen = " --frozen" if lock and config.frozen is not False else ""
    return commands("deno", install=command(f"deno install{frozen}", lock or path), **found)


def _task(package: Package, names: tuple[str, ...]) -> dict[str, Any] | None:
    tasks = {task.name: task for task in package.config.tasks}
    task = next((tasks[name] for name in names if name in tasks), None)
    if task is None:
        return None
    return {
        "command": f"deno task {task.name}",
        "script": task.name,
        "text": _text(task),
        "evidence": [{"path": package.path, "line": task.line}],
    }


def _text(task: Task) -> str:
    """What it runs; where it only runs other tasks, what they are."""
    return task.command if task.command is not None else f": {' '.join(task.needs)}"


def _settings(config: DenoJson) -> Iterator[tuple[str, str]]:
    yield from config.settings.items()
    if config.lock is False:
        yield "lock", "false"
    elif config.lock is not None:
        yield "lock", config.lock
    if config.import_map:
        yield "importMap", config.import_map


def _workspace(package: Package, listed: list[Package]) -> dict[str, Any] | None:
    if package.members is None:
        return None
    known = {each.directory: each.config for each in listed}
    return {
        "declared_by": package.path.rpartition("/")[2],
        "path": package.path,
        "line": package.config.lines.get(("workspace",), package.config.lines.get(("workspaces",))),
        "patterns": list(package.config.workspace or ()),
        "patterns_without_members": list(package.members.idle),
        "members": [
            {
                "path": directory,
                "name": config.name if (config := known.get(directory)) else None,
                "version": config.version if config else None,
                "private": None,
                "scripts": sorted(task.name for task in config.tasks) if config else [],
            }
            for directory in package.members.directories
        ],
    }

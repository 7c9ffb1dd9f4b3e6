"""What one runs at the root of a Python project: to install it, build it, test it, check it.

Tools and their usual calls, by their documentation: uv (docs.astral.sh/uv), poetry (python-poetry.org/docs/cli),
pdm (pdm-project.org), pipenv (pipenv.pypa.io), hatch (hatch.pypa.io), rye (rye.astral.sh), pixi (pixi.sh), conda.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.formats.pyproject_tables import Task

from . import _builds
from ._python_layout import Project
from ._python_lockfiles import Lockfile
from ._python_requirements import is_compiled, scope_of
from ._python_tool import Tool
from ._python_tooling import Configured

_INSTALL = {  # with a lockfile of the tool, and without
    "uv": ("uv sync --locked", "uv sync"),
    "poetry": ("poetry install", "poetry install"),
    "pdm": ("pdm sync", "pdm install"),
    "pipenv": ("pipenv install --dev --deploy", "pipenv install --dev"),
    "rye": ("rye sync --no-lock", "rye sync"),
    "pixi": ("pixi install --locked", "pixi install"),
    "hatch": ("hatch env create", "hatch env create"),
}
_RUN = {
    "uv": "uv run ",
    "poetry": "poetry run ",
    "pdm": "pdm run ",
    "pipenv": "pipenv run ",
    "hatch": "hatch run ",
    "rye": "rye run ",
    "pixi": "pixi run ",
}
_BUILD = {"uv": "uv build", "poetry": "poetry build", "pdm": "pdm build", "hatch": "hatch build", "rye": "rye build"}
_FRONTEND = "python -m build"  # packaging.python.org/tutorials/packaging-projects
_OWN_TASKS = {"pdm": "pdm run ", "hatch": "hatch run ", "pipenv": "pipenv run ", "rye": "rye run ", "pixi": "pixi run "}

_INTENTS = {
    "test": r"tests?|pytest|test[:_-](?:all|unit)|unit[-_]?tests?",
    "lint": r"lint|linting|check|lint[:_-]all|fmt[:_-]check|style",
    "format": r"format|fmt|lint[:_-]fmt|fix",
    "typecheck": r"typecheck|type[-_]check|types?|typing|mypy|pyright|types[:_-]check",
    "start": r"start|serve|server|run",
    "dev": r"dev|develop|start[:_-]dev",
    "build": r"build",
}


# By intent what each tool is called with; the first that is configured counts.
_CALLS = (
    ("test", "pytest", "pytest"),
    ("test", "manage.py", "python manage.py test"),
    ("lint", "ruff", "ruff check"),
    ("lint", "flake8", "flake8"),
    ("lint", "pylint", "pylint"),
    ("lint", "pre-commit", "pre-commit run --all-files"),
    ("typecheck", "mypy", "mypy"),
    ("typecheck", "pyright", "pyright"),
    ("typecheck", "ty", "ty check"),
    ("typecheck", "pyrefly", "pyrefly check"),
    ("format", "ruff format", "ruff format"),
    ("format", "black", "black ."),
    ("dev", "manage.py", "python manage.py runserver"),
)


class Session(NamedTuple):
    """A session of nox or an environment of tox, with its place."""

    runner: str
    name: str
    path: str
    line: int | None


class Known(NamedTuple):
    """What a project says of its commands: tasks with their files, sessions, and tools by their names."""

    tasks: Sequence[tuple[str, Task]]
    sessions: Sequence[Session]
    configured: Mapping[str, Configured]


def command_facts(
    project: Project,
    tool: Tool,
    locks: Sequence[Lockfile],
    known: Known,
) -> dict[str, Any]:
    """What one runs: scripts of the project first, then what its configuration says."""
    tasks, sessions = known.tasks, known.sessions
    commands: dict[str, dict[str, Any] | None] = {
        "install": _install(project, tool, locks),
        "build": _build(project, tool),
    }
    run = _RUN.get(tool.name or "", "")
    for intent, pattern in _INTENTS.items():
        commands[intent] = next(_named(pattern, tasks, run), None) or commands.get(intent)
    asked = {each.name for files in project.all_files for each in files.asked}
    for intent, name, text in _CALLS:
        if name == "manage.py" and "django" not in asked:
            continue
        if not commands[intent] and (found := known.configured.get(name)):
            package = name.partition(" ")[0]
            installed = package in asked or any(each.startswith(f"{package}-") for each in asked)
            prefix = run if installed or name == "manage.py" else ""
            commands[intent] = _command(f"{prefix}{text}{found.arguments}", found.places)
        if not commands[intent] and name in ("pytest", "pylint"):
            prefix = run if {"nox", "tox"} & asked else ""
            commands[intent] = next(_sessions(intent, sessions, prefix), None)
    return _builds.commands(tool.name, **commands)


def _install(project: Project, tool: Tool, locks: Sequence[Lockfile]) -> dict[str, Any] | None:
    own = [lock for lock in locks if lock.tool == tool.name]
    if tool.name in _INSTALL:
        frozen, free = _INSTALL[tool.name]
        if tool.name == "uv" and not project.files.pyprojects:
            pylock = next((lock for lock in locks if lock.tool == "pip"), None)
            if pylock:
                return _command(f"uv pip sync {_relative(project, pylock.path)}", [(pylock.path, pylock.line)])
            return _requirements(project, "uv pip sync ")
        text = frozen if own else free
        places = [(lock.path, lock.line) for lock in own] or [(claim.path, claim.line) for claim in tool.claims[:1]]
        return _command(text, places)
    if tool.name == "conda":
        path = next(iter(sorted(project.files.environments)), None)
        if path is None:
            return None
        return _command(f"conda env create --file {_relative(project, path)}", [(path, None)])
    if tool.name == "pip":
        return _requirements(project, "pip install -r ") or _package(project)
    return None


def _requirements(project: Project, call: str) -> dict[str, Any] | None:
    """The files at the project's root, or in its directory `requirements`, that are for running it."""
    files = {
        path: found
        for path, found in project.files.requirements.items()
        if scope_of(path, project.directory) == "runtime" and not path.endswith(".in")
    }
    root = project.at("requirements.txt")
    if root in files:
        return _command(f"{call}{_relative(project, root)}", [(root, None)])
    compiled = [path for path, found in files.items() if is_compiled(found)]
    chosen = compiled if len(compiled) == 1 else list(files) if len(files) == 1 else []
    return _command(f"{call}{_relative(project, chosen[0])}", [(chosen[0], None)]) if chosen else None


def _package(project: Project) -> dict[str, Any] | None:
    """`pip install .` where there is a package: with a build backend, or setuptools as the one of old."""
    place = _package_place(project, is_pip=True)
    return _command("pip install .", [place]) if place else None


def _build(project: Project, tool: Tool) -> dict[str, Any] | None:
    place = _package_place(project, is_pip=tool.name == "pip")
    settings = {setting.name: setting.value for each in project.files.pyprojects.values() for setting in each.settings}
    if place is None or settings.get("tool.poetry.package-mode") == "false":
        return None
    return _command(_BUILD.get(tool.name or "", _FRONTEND), [place])


def _package_place(project: Project, *, is_pip: bool) -> tuple[str, int | None] | None:
    for path, manifest in project.files.pyprojects.items():
        if "build-system" in manifest.tables and (manifest.name or project.files.setup_cfgs or project.files.setup_pys):
            return path, manifest.lines.get(("build-system",))
    for path, setup in project.files.setup_pys.items():
        return path, setup.line
    for path, manifest in project.files.pyprojects.items():
        if is_pip and "project" in manifest.tables and manifest.name:
            return path, manifest.lines.get(("project",))  # PEP 517: without a backend it is setuptools
    return None


def _named(pattern: str, tasks: Sequence[tuple[str, Task]], run: str) -> Iterator[dict[str, Any]]:
    """The tasks with such names: the plainest name first, then in the order of the file."""
    found = [(path, task) for path, task in tasks if re.fullmatch(pattern, task.name)]
    for path, task in sorted(found, key=lambda each: (len(each[1].name), each[1].line or 0)):
        if task.runner == "poe":
            call = f"{run}poe {task.name}"
        elif task.runner == "taskipy":
            call = f"{run}task {task.name}"
        elif task.runner in _OWN_TASKS:
            call = _OWN_TASKS[task.runner] + task.name
        else:
            continue
        evidence = [{"path": path, "line": task.line}]
        yield {"command": call, "script": task.name, "text": task.command, "evidence": evidence}


def _sessions(intent: str, sessions: Sequence[Session], run: str) -> Iterator[dict[str, Any]]:
    """A session of nox by its name; tox runs its list of environments, which is for tests."""
    for session in sessions:
        if session.runner == "nox" and re.fullmatch(_INTENTS[intent], session.name):
            yield _command(f"{run}nox -s {session.name}", [(session.path, session.line)])
    for session in sessions:
        if session.runner == "tox" and intent == "test":
            yield _command(f"{run}tox run", [(session.path, session.line)])
        elif session.runner == "tox" and re.fullmatch(_INTENTS[intent], session.name):
            yield _command(f"{run}tox run -e {session.name}", [(session.path, session.line)])


def _command(text: str, places: Sequence[tuple[str, int | None]]) -> dict[str, Any]:
    evidence = [{"path": path, "line": line} for path, line in places]
    return {"command": text, "script": None, "text": None, "evidence": evidence}


def _relative(project: Project, path: str) -> str:
    return path[len(project.directory) :].lstrip("/")

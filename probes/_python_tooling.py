"""What is configured in a Python project: tests, linters, type checkers; and what builds it or runs its tasks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.ini_text import Ini
from codegenie.formats.pyproject import PyProject

from ._paths import shown
from ._python_layout import Project

MOST_EVIDENCE = 10  # places listed for one tool


class Configured(NamedTuple):
    """A tool that is configured, where, and what its call needs."""

    places: tuple[tuple[str, int | None], ...]
    arguments: str = ""


_FILES = {
    "pytest": ("pytest.ini", "pytest.toml", ".pytest.ini", ".pytest.toml"),
    "ruff": ("ruff.toml", ".ruff.toml"),
    "flake8": (".flake8",),
    "pylint": (".pylintrc", "pylintrc", "pylintrc.toml", ".pylintrc.toml"),
    "mypy": ("mypy.ini", ".mypy.ini"),
    "pyright": ("pyrightconfig.json",),
    "ty": ("ty.toml",),
    "pyrefly": ("pyrefly.toml",),
    "pre-commit": (".pre-commit-config.yaml", ".pre-commit-config.yml"),
    "manage.py": ("manage.py",),
}
_TABLES = {
    "pytest": "pytest",
    "ruff": "ruff",
    "pylint": "pylint",
    "mypy": "mypy",
    "pyright": "pyright",
    "ty": "ty",
    "pyrefly": "pyrefly",
    "black": "black",
}
_SECTIONS = {"pytest": ("tool:pytest", "pytest"), "flake8": ("flake8",), "mypy": ("mypy",), "pylint": ("pylint",)}
_MYPY_TARGETS = ("files", "packages", "modules")


def configured(project: Project, paths: frozenset[str], inis: Mapping[str, Ini]) -> dict[str, Configured]:
    """The tools with a configuration at the project's root.  `inis` are setup.cfg, tox.ini and so on by their paths."""
    found: dict[str, list[tuple[str, int | None]]] = {}
    for tool, names in _FILES.items():
        found.setdefault(tool, []).extend((project.at(name), None) for name in names if project.at(name) in paths)
    for path, manifest in project.files.pyprojects.items():
        for tool, table in _TABLES.items():
            if table in manifest.tools:
                found.setdefault(tool, []).append((path, manifest.line_of("tool", table)))
        if "format" in manifest.tools.get("ruff", ()):
            found.setdefault("ruff format", []).append((path, manifest.lines.get(("tool", "ruff", "format"))))
    for path, ini in inis.items():
        for tool, names in _SECTIONS.items():
            for name in names:
                if name in ini.sections and not (name == "pytest" and path.endswith("setup.cfg")):
                    found.setdefault(tool, []).append((path, ini.sections[name].line))
    return {
        tool: Configured(tuple(places), _arguments(tool, project, inis)) for tool, places in found.items() if places
    }


def _arguments(tool: str, project: Project, inis: Mapping[str, Ini]) -> str:
    """Mypy and pylint need to be told what to check, unless their configuration does."""
    if tool == "mypy":
        told = any(
            target in manifest.tools.get("mypy", ())
            for manifest in project.files.pyprojects.values()
            for target in _MYPY_TARGETS
        )
        told = told or any(target in ini.section("mypy").options for ini in inis.values() for target in _MYPY_TARGETS)
        return "" if told else " ."
    return " ." if tool == "pylint" else ""


# By the name in `build-system.requires`; docs of each backend name it.
_BACKENDS = {
    "flit_core": "flit",
    "hatchling": "hatchling",
    "maturin": "maturin",
    "mesonpy": "meson-python",
    "pdm": "pdm-backend",
    "poetry": "poetry-core",
    "scikit_build_core": "scikit-build-core",
    "setuptools": "setuptools",
    "setuptools_rust": "setuptools-rust",
    "uv_build": "uv-build",
    "whey": "whey",
    "sipbuild": "sip",
    "enscons": "enscons",
    "flit": "flit",
    "jupyter_packaging": "jupyter-packaging",
    "pbr": "pbr",
}
_COMPILERS = (
    "cython",
    "mypy",
    "mypyc",
    "nuitka",
    "pybind11",
    "setuptools-rust",
    "cffi",
    "pythran",
    "numba",
    "nanobind",
)
_RUNNER_TABLES = {"poe": "poe", "taskipy": "taskipy", "spin": "spin", "tox": "tox"}


def build_tools(project: Project) -> list[dict[str, Any]]:
    """Build backends, and the compilers that they are given."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for directory, path, manifest in _pyprojects(project):
        if manifest.backend:
            name = _BACKENDS.get(re.split(r"[.:]", manifest.backend)[0], manifest.backend)
            found.setdefault(name, []).append((directory, _evidence("field", path, manifest.backend_line)))
        for asked in manifest.asked:
            if asked.kind == "build" and asked.name in _COMPILERS:
                found.setdefault(asked.name, []).append((directory, _evidence("dependency", path, asked.line)))
    for path, setup in project.files.setup_pys.items():
        found.setdefault("setuptools", []).append((project.directory, _evidence("file", path, setup.line)))
    for path in project.files.setup_cfgs:
        found.setdefault("setuptools", []).append((project.directory, _evidence("file", path, None)))
    return _uses(found)


def task_runners(project: Project, paths: frozenset[str]) -> list[dict[str, Any]]:
    """What runs tasks: by its file, its table in pyproject.toml, or a dependency with a file that it reads."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    here = project.directory
    for runner, names in {"tox": ("tox.ini", "tox.toml"), "nox": ("noxfile.py",)}.items():
        for name in names:
            if project.at(name) in paths:
                found.setdefault(runner, []).append((here, _evidence("file", project.at(name), None)))
    for directory, path, manifest in _pyprojects(project):
        for table, runner in _RUNNER_TABLES.items():
            if table in manifest.tools:
                line = manifest.line_of("tool", table)
                found.setdefault(runner, []).append((directory, _evidence("field", path, line)))
        for asked in manifest.asked:
            if asked.name == "invoke" and project.at("tasks.py") in paths:
                found.setdefault("invoke", []).append((directory, _evidence("dependency", path, asked.line)))
            if asked.name == "doit" and project.at("dodo.py") in paths:
                found.setdefault("doit", []).append((directory, _evidence("dependency", path, asked.line)))
    return _uses(found)


def _pyprojects(project: Project) -> Iterator[tuple[str, str, PyProject]]:
    members = project.workspace.members if project.workspace else ()
    for directory, files in ((project.directory, project.files), *((each.directory, each.files) for each in members)):
        for path, manifest in (*files.pyprojects.items(), *files.pixi.items()):
            yield directory, path, manifest


def _evidence(kind: str, path: str, line: int | None) -> dict[str, Any]:
    return {"kind": kind, "path": path, "line": line}


def _uses(found: Mapping[str, Iterable[tuple[str, dict[str, Any]]]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "packages": list(dict.fromkeys(shown(directory) for directory, _ in uses)),
            "evidence": [evidence for _, evidence in uses][:MOST_EVIDENCE],
        }
        for name, uses in sorted(found.items())
    ]

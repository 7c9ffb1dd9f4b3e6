"""The build file: `doit gather repo=<path>` for users, and the targets that developers and CI run."""

import os
import sys
from collections.abc import Iterator
from typing import Any

from doit import get_initial_workdir, get_var
from doit.action import CmdAction

from codegenie import settings, tasks

HERE = os.path.dirname(os.path.abspath(__file__))
LINT_IMPORTS = os.path.join(os.path.dirname(sys.executable), "lint-imports")

# The tests come first in `check`: a slip of formatting must not hide their outcome.
CHECKS = ["test", "lint", "typecheck", "docs_check"]
TARGETS: dict[str, tuple[str, list[list[str]]]] = {
    "test": ("Run the tests on all cores.", [["pytest", "-n", "auto"]]),
    "torture": (
        "Kill, starve and damage gathers, and print what was survived (TORTURE=long: for an hour or two).",
        [["pytest", "tests/torture", "tests/test_incremental.py", "-q", "-n", "auto"]],
    ),
    "lint": (
        "Check style, formatting and the import layers.",
        [["ruff", "check", "."], ["ruff", "format", "--check", "."], [LINT_IMPORTS, "--no-logo"]],
    ),
    "typecheck": ("Check the types, strictly.", [["mypy"]]),
    "bench": ("Measure every figure that has a limit, and print them.", [["bench", "--json", "bench.json"]]),
    "bench_gate": (
        "The same, and fail only by what a busy machine hardly changes.",
        [["bench", "--gate", "--rounds", "5", "--rows", "1,2,3,4,7,8,9,11,12"]],
    ),
    "docs": ("Write the generated pages; build the site where zensical is installed.", [["docs.generate", "--site"]]),
    "docs_check": ("Fail where a generated page is not current.", [["docs.generate", "--check"]]),
    "new": ("Write the files of a new probe: doit new name=<slice>.", [["docs.new_probe", get_var("name", "")]]),
}

asked = {name: value for name in settings.VARIABLES if (value := get_var(name)) is not None}
gathering = tasks.requested(sys.argv[1:], asked, get_initial_workdir())

DOIT_CONFIG = gathering.doit_config()


def task_gathering() -> Iterator[dict[str, Any]]:
    """The tasks of a gather: gather, merge, probe:<name> and cache_gc."""
    yield from gathering.tasks()


def task_developing() -> Iterator[dict[str, Any]]:
    """The developers' own targets."""
    doc = f"Everything CI asks of a change: {', '.join(CHECKS)}."
    yield {"basename": "check", "doc": doc, "actions": None, "task_dep": CHECKS}
    for name, (doc, commands) in TARGETS.items():
        actions = [CmdAction(_command(*command), shell=False, cwd=HERE) for command in commands]
        yield {"basename": name, "doc": doc, "actions": actions, "verbosity": 2}


def _command(program: str, *arguments: str) -> list[str]:
    """A program of this environment: a module to run, or a path."""
    module = not os.path.isabs(program)
    return [*([sys.executable, "-m"] if module else []), program, *arguments]

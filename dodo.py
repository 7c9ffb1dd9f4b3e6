"""The build file: `doit gather repo=<path>` for users, and the targets that developers and CI run."""

import os
import sys
from typing import Any

from doit import get_initial_workdir, get_var
from doit.action import CmdAction

from codegenie import settings, tasks

Task = dict[str, Any]

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(sys.executable)

asked = {name: value for name in settings.VARIABLES if (value := get_var(name)) is not None}
gathering = tasks.requested(sys.argv[1:], asked, get_initial_workdir())

DOIT_CONFIG = gathering.doit_config()

task_gather = gathering.task_gather
task_merge = gathering.task_merge
task_probe = gathering.task_probe
task_cache_gc = gathering.task_cache_gc


# The developers' own targets


def task_check() -> Task:
    """Everything CI asks of a change: test, lint, typecheck, docs_check."""
    # The tests first: a slip of formatting is not to hide their outcome.
    return {"actions": None, "task_dep": ["test", "lint", "typecheck", "docs_check"]}


def task_test() -> Task:
    """Run the tests on all cores."""
    return _running(_python("pytest", "-n", "auto"))


def task_lint() -> Task:
    """Check style, formatting and the import layers."""
    layers = [os.path.join(SCRIPTS, "lint-imports"), "--no-logo"]
    return _running(_python("ruff", "check", "."), _python("ruff", "format", "--check", "."), layers)


def task_typecheck() -> Task:
    """Check the types, strictly."""
    return _running(_python("mypy"))


def task_bench() -> Task:
    """Run the benchmarks, one at a time, and print their figures."""
    return _running(_python("pytest", "bench", "-s", "-q"))


def task_docs() -> Task:
    """Write the generated pages; build the site too where zensical is installed."""
    return _running(_python("docs.generate", "--site"))


def task_docs_check() -> Task:
    """Fail where a generated page is not current."""
    return _running(_python("docs.generate", "--check"))


def task_new() -> Task:
    """Write the files of a new probe, red until they are filled in: doit new name=<slice>."""
    return _running(_python("docs.new_probe", get_var("name", "")))


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _running(*commands: list[str]) -> Task:
    """A task that runs the commands in the directory of this file, one after the other, and shows what they say."""
    return {"actions": [CmdAction(command, shell=False, cwd=HERE) for command in commands], "verbosity": 2}

"""Projects of make, just and task: commands by name, and what the names say that they are for."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._builds import commands, project, tool
from ._paths import shown

MOST_PROJECTS = 100  # of one runner; a warning says how many there are
MOST_SCRIPTS = 500  # of one project
MOST_TEXT = 300  # characters of a command

# What one wants, and the names that it goes by, the most usual first.  Names that mean one thing here and another there
# are not among them: `install` puts what was built where it is used, `all` and `check` may be anything.
_INTENTS = {
    "install": ("setup", "bootstrap", "deps", "install-deps", "install_deps"),
    "build": ("build", "compile"),
    "test": ("test", "tests"),
    "lint": ("lint", "linter", "vet", "clippy", "eslint", "flake8", "golangci-lint", "pylint", "rubocop", "shellcheck"),
    "start": ("start", "run", "serve", "server"),
    "typecheck": ("typecheck", "type-check"),
    "format": ("fmt", "format"),
    "dev": ("dev", "develop", "watch"),
}


class Script(NamedTuple):
    """One command of a runner: its name, the first line of what it runs, and where it stands."""

    name: str
    text: str
    path: str
    line: int | None


def runner_project(
    runner: str, directory: str, manifest: str, scripts: Sequence[Script], *, default: str | None, **facts: Any
) -> dict[str, Any]:
    """The project of a runner's file; `default` is what it runs when no name is given."""
    by_name = {script.name: script for script in scripts}
    found = {
        intent: next((by_name[name] for name in names if name in by_name), None) for intent, names in _INTENTS.items()
    }
    return project(
        shown(directory),
        runner,
        tool=tool(
            runner, "manifest", evidence=[{"tool": runner, "how": "manifest", "path": manifest, "line": None}], **facts
        ),
        commands=commands(runner, **{intent: _command(runner, script) for intent, script in found.items() if script}),
        scripts=[
            {
                "name": script.name,
                "command": script.text[:MOST_TEXT],
                "runs_with": "default" if script.name == default else None,
                **({"path": script.path} if script.path != manifest else {}),
                "line": script.line,
            }
            for _, script in sorted(by_name.items())
        ][:MOST_SCRIPTS],
    )


def text_of(first: str | None, needs: Sequence[str]) -> str:
    """The first line that is run; where nothing is, what is needed, after a colon as makefiles have it."""
    return first or (f": {' '.join(needs)}" if needs else "")


def kind_of_apart(directory: str) -> str | None:
    """Why a runner's file in the directory is set apart; None where it is not.  Such files have no lockfiles."""
    return "template" if is_placeholder(directory) else kind_apart(directory) or kind_apart_unlocked(directory)


def nearest(directories: Iterable[str]) -> list[str]:
    """Those nearest to the root, as many as are shown, in path order."""
    return sorted(sorted(directories, key=lambda path: (path.count("/") if path else -1, path))[:MOST_PROJECTS])


def too_many(runner: str, directories: Collection[str]) -> list[str]:
    """What there is to say where not all are shown."""
    if len(directories) <= MOST_PROJECTS:
        return []
    return [f"{len(directories)} directories have files of {runner}: the {MOST_PROJECTS} nearest to the root are read"]


def _command(runner: str, script: Script) -> dict[str, Any]:
    return {
        "command": f"{runner} {script.name}",
        "script": script.name,
        "text": script.text[:MOST_TEXT] or None,
        "evidence": [{"path": script.path, "line": script.line}],
    }

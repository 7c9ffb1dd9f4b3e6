"""The tasks in a pyproject.toml: what pdm, poe, taskipy, rye, pixi, hatch and tox know by a name."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegenie.formats.pyproject_pixi import pixi_tables
from codegenie.formats.pyproject_tables import Tables, Task


def tasks(tables: Tables) -> Iterator[Task]:
    """All of them, by the table that they stand in."""
    runners = {
        "pdm": ("tool", "pdm", "scripts"),
        "poe": ("tool", "poe", "tasks"),
        "taskipy": ("tool", "taskipy", "tasks"),
        "rye": ("tool", "rye", "scripts"),
    }
    for runner, way in runners.items():
        yield from _tasks_in(tables, runner, way)
    for place in pixi_tables(tables, "tasks"):
        yield from _tasks_in(tables, "pixi", place)
    for name, environment in tables.table("tool", "hatch", "envs").items():
        if isinstance(environment, dict):
            prefix = "" if name == "default" else f"{name}:"
            yield from _tasks_in(tables, "hatch", ("tool", "hatch", "envs", name, "scripts"), prefix)
    yield from _tox(tables)


def _tasks_in(tables: Tables, runner: str, way: tuple[str, ...], prefix: str = "") -> Iterator[Task]:
    for name, value in tables.table(*way).items():
        if name == "_" and runner == "pdm":
            continue  # options of all scripts
        if command := _command(value):
            yield Task(runner, prefix + name, command, tables.line(*way, name))


def _tox(tables: Tables) -> Iterator[Task]:
    names = {name: tables.line("tool", "tox", "env", name) for name in tables.table("tool", "tox", "env")}
    for index, name in enumerate(tables.items("tool", "tox", "env_list", quiet=True)):
        if isinstance(name, str):
            names.setdefault(name, tables.line("tool", "tox", "env_list", index))
    for name, line in names.items():
        yield Task("tox", name, f"tox run -e {name}", line)


def _command(value: Any) -> str | None:
    """The text of a task in any runner's form; of a list of steps, all of them joined by `&&`."""
    match value:
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return " && ".join(value) or None
        case list():
            steps = [_command(item) for item in value]
            return " && ".join(step for step in steps if step) or None
        case {"cmd": str() as text} | {"shell": str() as text} | {"script": str() as text} | {"call": str() as text}:
            return text
        case {"expr": str() as text} | {"ref": str() as text}:
            return text
        case {"cmd": list() as words} if all(isinstance(word, str) for word in words):
            return " ".join(words)
        case {"composite": list() as steps} | {"sequence": list() as steps} | {"chain": list() as steps}:
            return _command(steps)
        case {"depends-on": _} | {"depends_on": _}:
            return _depends(value)
        case _:
            return None


def _depends(value: Mapping[str, Any]) -> str | None:
    """A task of pixi that only runs others."""
    others = value.get("depends-on") or value.get("depends_on")
    names = [
        name
        for item in (others if isinstance(others, list) else [others])
        if isinstance(name := item.get("task") if isinstance(item, dict) else item, str)
    ]
    return " && ".join(f"pixi run {name}" for name in names) or None

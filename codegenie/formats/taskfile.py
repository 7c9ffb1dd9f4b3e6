"""A Taskfile's tasks and includes; templates in them stay as written.  https://taskfile.dev/docs/reference/schema"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents

MOST_TASKS = 5000


class Task(NamedTuple):
    """One task; `first` is the first of its commands, `internal` ones are run by others only."""

    name: str
    first: str | None
    needs: tuple[str, ...]
    aliases: tuple[str, ...]
    internal: bool
    line: int | None


class Include(NamedTuple):
    """Another Taskfile under a namespace, or, where `flat`, as if its tasks stood here."""

    namespace: str
    path: str
    flat: bool
    optional: bool
    internal: bool
    aliases: tuple[str, ...]
    line: int | None


class Taskfile(NamedTuple):
    """The file; `version` is that of the schema."""

    version: str | None
    version_line: int | None
    tasks: tuple[Task, ...]
    includes: tuple[Include, ...]


def parse(content: bytes) -> Taskfile:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=2)
    value, lines = (found[0].value, found[0].lines) if found else (None, {})
    if not isinstance(value, dict):
        raise Unparsable("not a YAML mapping")
    tasks, includes = _table(value.get("tasks")), _table(value.get("includes"))
    if len(tasks) + len(includes) > MOST_TASKS:
        raise Unparsable(f"more than {MOST_TASKS} tasks")
    version = value.get("version")
    return Taskfile(
        version=str(version) if isinstance(version, str | int | float) else None,
        version_line=lines.get(("version",)),
        tasks=tuple(_task(name, item, lines.get(("tasks", name))) for name, item in tasks.items()),
        includes=tuple(
            include
            for name, item in includes.items()
            if (include := _include(name, item, lines.get(("includes", name))))
        ),
    )


def _task(name: str, item: Any, line: int | None) -> Task:
    match item:
        case str():
            return Task(name, item, (), (), internal=False, line=line)
        case list():
            return Task(name, next(_commands(item), None), (), (), internal=False, line=line)
        case dict():
            commands = item.get("cmds", item.get("cmd"))
            return Task(
                name,
                next(_commands(commands if isinstance(commands, list) else [commands]), None),
                tuple(_called(item.get("deps"))),
                _texts(item.get("aliases")),
                internal=item.get("internal") is True,
                line=line,
            )
        case _:
            return Task(name, None, (), (), internal=False, line=line)


def _commands(items: list[Any]) -> Iterator[str]:
    for item in items:
        match item:
            case str():
                yield item.strip().split("\n")[0]
            case {"cmd": str(text)}:
                yield text.strip().split("\n")[0]
            case {"task": str(name)}:
                yield f"task {name}"
            case {"defer": str(text)}:
                yield text.strip().split("\n")[0]


def _called(items: Any) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        match item:
            case str():
                yield item
            case {"task": str(name)}:
                yield name


def _include(name: str, item: Any, line: int | None) -> Include | None:
    match item:
        case str():
            return Include(name, item, False, False, False, (), line)
        case {"taskfile": str(path)}:
            return Include(
                name,
                path,
                item.get("flatten") is True,
                item.get("optional") is True,
                item.get("internal") is True,
                _texts(item.get("aliases")),
                line,
            )
        case _:
            return None


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()

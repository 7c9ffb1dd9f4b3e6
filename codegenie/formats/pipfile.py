"""Pipfile: the packages that pipenv installs, by category, and its scripts."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.plain import text_of
from codegenie.formats.pyproject_tables import Engine, Index, Setting, Task
from codegenie.formats.requirement import Asked, Kind, Source, normal, shown_address, source_of, split_extras
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

MOST_BYTES = 1 << 20

_RESERVED = frozenset({"source", "requires", "scripts", "pipenv"})
_MARKERS = (
    *("os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release"),
    *("platform_system", "platform_version", "python_version", "python_full_version", "implementation_name"),
    "implementation_version",
)


class Pipfile(NamedTuple):
    """The manifest."""

    asked: tuple[Asked, ...]
    engines: tuple[Engine, ...]
    tasks: tuple[Task, ...]
    indexes: tuple[Index, ...]
    settings: tuple[Setting, ...]
    ill_typed: tuple[str, ...]


def parse(content: bytes) -> Pipfile:
    """Read the manifest.  Raises Unparsable."""
    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    value = load(content)
    lines = lines_of(text_of(content))
    ill_typed: list[str] = []

    def table(name: str) -> Mapping[str, Any]:
        found = value.get(name)
        if found is not None and not isinstance(found, dict):
            ill_typed.append(name)
        return found if isinstance(found, dict) else {}

    asked: list[Asked] = []
    for category in value:
        if category in _RESERVED:
            continue
        kind: Kind = "runtime" if category == "packages" else "development"
        for name, item in table(category).items():
            if isinstance(item, str | dict):
                asked.append(_asked(category, kind, name, item, lines.get((category, name))))
            else:
                ill_typed.append(f"{category}.{name}")
    sources = value.get("source")
    return Pipfile(
        asked=tuple(asked),
        engines=tuple(
            Engine("python", constraint, f"requires.{name}", lines.get(("requires", name)))
            for name, constraint in table("requires").items()
            if name in ("python_version", "python_full_version") and isinstance(constraint, str)
        ),
        tasks=tuple(
            Task("pipenv", name, command, lines.get(("scripts", name)))
            for name, item in table("scripts").items()
            if (command := _script(item))
        ),
        indexes=tuple(_indexes(sources, lines)) if isinstance(sources, list) else (),
        settings=tuple(
            Setting(
                f"pipenv.{name}", str(item).lower() if isinstance(item, bool) else item, lines.get(("pipenv", name))
            )
            for name, item in sorted(table("pipenv").items())
            if isinstance(item, bool | str)
        ),
        ill_typed=tuple(sorted(set(ill_typed))),
    )


def _asked(category: str, kind: Kind, name: str, item: str | Mapping[str, Any], line: int | None) -> Asked:
    if isinstance(item, str):
        return Asked(category, kind, normal(name), item if item != "" else None, line)

    def text(key: str) -> str | None:
        found = item.get(key) if isinstance(item, Mapping) else None
        return found if isinstance(found, str) and found else None

    source: Source = "registry"
    address = None
    if git := text("git"):
        reference = text("ref")
        source, address = "git", shown_address(git) + (f"@{reference}" if reference else "")
    elif path := text("path"):
        source, address = "path", path
    elif file := text("file"):
        source, address = source_of(file), shown_address(file)
    markers = [text("markers"), *(f"{name} {found}" for name in _MARKERS if (found := text(name)))]
    extras = item.get("extras")
    return Asked(
        group=category,
        kind=kind,
        name=normal(name),
        constraint=text("version"),
        line=line,
        extras=split_extras(
            ",".join(each for each in extras if isinstance(each, str)) if isinstance(extras, list) else ""
        ),
        marker=" and ".join(marker for marker in markers if marker) or None,
        source=source,
        address=address,
    )


def _script(item: Any) -> str | None:
    match item:
        case str():
            return item
        case {"cmd": str() as command}:
            return command
        case {"call": str() as function}:
            return function
        case _:
            return None


def _indexes(sources: list[Any], lines: Mapping[Any, int]) -> Iterator[Index]:
    for position, item in enumerate(sources):
        if isinstance(item, dict) and isinstance(address := item.get("url"), str):
            name = item.get("name")
            line = lines.get(("source", position, "url"))
            yield Index("install", name if isinstance(name, str) else None, host_of(address), line)

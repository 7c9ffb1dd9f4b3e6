"""What pixi's tables ask for, in a pyproject.toml or a pixi.toml: conda packages, PyPI packages and Python."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats.pyproject_poetry import table_requirements
from codegenie.formats.pyproject_tables import Engine, Tables
from codegenie.formats.requirement import Asked, Kind, Source, shown_address


def pixi_tables(tables: Tables, field: str) -> Iterator[tuple[str, ...]]:
    """The ways to all tables of that name: at the top, of each target, and of each feature."""
    holders: list[tuple[str, ...]] = [("tool", "pixi")]
    holders += [("tool", "pixi", "feature", name) for name in tables.table("tool", "pixi", "feature")]
    for holder in list(holders):
        targets = tables.typed((*holder, "target"), dict) or {}
        holders += [(*holder, "target", name) for name in targets]
    yield from ((*holder, field) for holder in holders if isinstance(tables.at(*holder, field), dict))


def pixi_package(tables: Tables, field: str) -> str | None:
    """What the first of pixi's own tables says of the package."""
    own = ("package", "workspace", "project")
    return next((found for table in own if (found := tables.text("tool", "pixi", table, field, quiet=True))), None)


def pixi_requirements(tables: Tables) -> Iterator[Asked]:
    """What pixi is asked for, of conda's packages and of PyPI's."""
    for field in ("dependencies", "host-dependencies", "build-dependencies"):
        for way in pixi_tables(tables, field):
            yield from _conda(tables, way, "build" if field != "dependencies" else _pixi_kind(way))
    for way in pixi_tables(tables, "pypi-dependencies"):
        yield from table_requirements(tables, way, _pixi_kind(way))


def pixi_engines(tables: Tables) -> Iterator[Engine]:
    """The ranges of Python among conda's packages."""
    for way in pixi_tables(tables, "dependencies"):
        constraint = _conda_constraint(tables.at(*way, "python"))
        if constraint not in (None, "", "*"):
            yield Engine("python", constraint or "", tables.shown(*way, "python"), tables.line(*way, "python"))


def _conda(tables: Tables, way: tuple[str, ...], kind: Kind) -> Iterator[Asked]:
    for name, value in tables.table(*way).items():
        if name == "python":
            continue
        constraint = _conda_constraint(value)
        if constraint is None:
            tables.ill_typed.append(tables.shown(*way, name))
            continue
        path = value.get("path") if isinstance(value, dict) else None
        git = value.get("git") if isinstance(value, dict) else None
        source: Source = "path" if isinstance(path, str) else "git" if isinstance(git, str) else "registry"
        address = path if isinstance(path, str) else shown_address(git) if isinstance(git, str) else None
        yield Asked(
            tables.shown(*way), kind, name.lower(), constraint or None, tables.line(*way, name), source=source,
            optional=kind == "extra", address=address,
        )  # fmt: skip


def _pixi_kind(way: tuple[str, ...]) -> Kind:
    """What a feature adds is only there in the environments that have it."""
    return "extra" if "feature" in way[:3] else "runtime"


def _conda_constraint(value: Any) -> str | None:
    """The range of a conda package, "" where it is any; None where there is no such package."""
    match value:
        case str():
            return value
        case {"version": str() as constraint}:
            return constraint
        case dict():
            return ""
        case _:
            return None

"""What poetry's tables in a pyproject.toml ask for; pixi has its PyPI packages in tables of the same form."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegenie.formats.pyproject_tables import Tables
from codegenie.formats.requirement import Asked, Kind, Source, git_address, normal, shown_address, split_extras


def poetry_requirements(tables: Tables) -> Iterator[Asked]:
    """What poetry is asked for: what the package needs, and its groups."""
    poetry = ("tool", "poetry")
    refined = tables.at("project", "dependencies") is not None
    for asked in table_requirements(tables, (*poetry, "dependencies"), "runtime"):
        if not refined or asked.source != "registry" or asked.constraint:
            yield asked  # beside PEP 621 the table only says more about what is listed there
    yield from table_requirements(tables, (*poetry, "dev-dependencies"), "development")
    for name in tables.table(*poetry, "group"):
        yield from table_requirements(tables, (*poetry, "group", name, "dependencies"), "development")


def table_requirements(tables: Tables, way: tuple[str, ...], kind: Kind) -> Iterator[Asked]:
    """What a table asks for that has packages by their names."""
    for name, value in tables.table(*way).items():
        if normal(name) == "python":
            continue
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str | dict):
                tables.ill_typed.append(tables.shown(*way, name))
                continue
            yield _poetry_asked(tables.shown(*way), kind, name, item, tables.line(*way, name))


def _poetry_asked(group: str, kind: Kind, name: str, item: str | Mapping[str, Any], line: int | None) -> Asked:
    if isinstance(item, str):
        return Asked(group, kind, normal(name), item or None, line)

    def text(key: str) -> str | None:
        found = item.get(key) if isinstance(item, Mapping) else None
        return found if isinstance(found, str) and found else None

    marker = " and ".join(
        part
        for part in (
            text("markers"),
            f'python = "{text("python")}"' if text("python") else None,
            f'platform = "{text("platform")}"' if text("platform") else None,
        )
        if part
    )
    source: Source = "registry"
    address = None
    if git := text("git"):
        source, address = "git", git_address(git, item)
    elif path := text("path") or text("file"):
        source, address = "path", path
    elif url := text("url"):
        source, address = "url", shown_address(url)
    extras = item.get("extras")
    return Asked(
        group=group,
        kind=kind,
        name=normal(name),
        constraint=text("version"),
        line=line,
        extras=split_extras(
            ",".join(each for each in extras if isinstance(each, str)) if isinstance(extras, list) else ""
        ),
        marker=marker or None,
        source=source,
        optional=item.get("optional") is True or kind == "extra",
        address=address,
    )

"""What a pyproject.toml asks for in lists of requirements, as PEP 621 and 735 have them and most tools too."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegenie.formats.pyproject_tables import Tables
from codegenie.formats.requirement import Asked, Kind, Source, git_address, normal, read, read_address, shown_address


def listed_requirements(tables: Tables) -> Iterator[Asked]:
    """What all lists ask for that hold requirements as PEP 508 writes them."""
    sources = tables.table("tool", "uv", "sources")
    yield from _listed(tables, ("build-system", "requires"), "build", sources)
    yield from _listed(tables, ("project", "dependencies"), "runtime", sources)
    yield from _groups(tables, ("project", "optional-dependencies"), "extra", sources)
    yield from _groups(tables, ("dependency-groups",), "development", sources)
    yield from _listed(tables, ("tool", "uv", "dev-dependencies"), "development", sources)
    for field in ("constraint-dependencies", "override-dependencies", "build-constraint-dependencies"):
        yield from _listed(tables, ("tool", "uv", field), "constraint", sources)
    yield from _groups(tables, ("tool", "pdm", "dev-dependencies"), "development", {})
    yield from _listed(tables, ("tool", "rye", "dev-dependencies"), "development", {})
    yield from _listed(tables, ("tool", "flit", "metadata", "requires"), "runtime", {})
    yield from _groups(tables, ("tool", "flit", "metadata", "requires-extra"), "extra", {})
    for name, environment in tables.table("tool", "hatch", "envs").items():
        for field in ("dependencies", "extra-dependencies") if isinstance(environment, dict) else ():
            yield from _listed(tables, ("tool", "hatch", "envs", name, field), "development", {})


def _groups(tables: Tables, way: tuple[str, ...], kind: Kind, sources: Mapping[str, Any]) -> Iterator[Asked]:
    for name in tables.table(*way):
        yield from _listed(tables, (*way, name), kind, sources)


def _listed(tables: Tables, way: tuple[str, ...], kind: Kind, sources: Mapping[str, Any]) -> Iterator[Asked]:
    for index, item in enumerate(tables.items(*way)):
        if not isinstance(item, str):
            if not (isinstance(item, dict) and "include-group" in item):
                tables.ill_typed.append(tables.shown(*way))
            continue
        bare = item.removeprefix("-e ").strip()
        found = read(bare) or read_address(bare)
        if found is None or found.name is None:
            tables.ill_typed.append(tables.shown(*way))
            continue
        name = normal(found.name)
        source, address = found.source, found.address
        if source == "registry":
            source, address = _uv_source(sources, found.name)
        yield Asked(
            tables.shown(*way), kind, name, found.constraint, tables.line(*way, index), found.extras, found.marker,
            source, kind == "extra", address,
        )  # fmt: skip


def _uv_source(sources: Mapping[str, Any], name: str) -> tuple[Source, str | None]:
    """Where uv takes the package from; of several by platform the first that is no index."""
    value = next((item for key, item in sources.items() if normal(key) == normal(name)), None)
    for item in value if isinstance(value, list) else [value]:
        match item:
            case {"workspace": True}:
                return "workspace", None
            case {"path": str() as path}:
                return "path", path
            case {"git": str() as address}:
                return "git", git_address(address, dict(item or {}))
            case {"url": str() as address}:
                return "url", shown_address(address)
    return "registry", None

"""pyproject.toml: metadata by PEP 621 and 639, groups by PEP 735, and what uv, poetry, pdm, hatch and others add."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.plain import Key, text_of
from codegenie.formats.pyproject_pixi import pixi_engines, pixi_package, pixi_requirements
from codegenie.formats.pyproject_poetry import poetry_requirements
from codegenie.formats.pyproject_requirements import listed_requirements
from codegenie.formats.pyproject_settings import indexes, settings, workspace
from codegenie.formats.pyproject_tables import Engine, Index, Setting, Tables, Task, Workspace
from codegenie.formats.pyproject_tasks import tasks
from codegenie.formats.requirement import Asked, normal
from codegenie.formats.setup_cfg import EntryPoint
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

MOST_BYTES = 1 << 20


class PyProject(NamedTuple):
    """A manifest.  What has a wrong type is absent and named in `ill_typed`."""

    tables: tuple[str, ...]
    """Those of `project`, `build-system` and `dependency-groups` that are there."""
    tools: Mapping[str, tuple[str, ...]]
    """The tables under `tool`, each with its own keys."""
    name: str | None
    version: str | None
    private: bool | None
    """True where it says that it is not to be published, or is no package at all."""
    private_line: int | None
    license: str | None
    license_files: tuple[str, ...]
    backend: str | None
    backend_line: int | None
    engines: tuple[Engine, ...]
    asked: tuple[Asked, ...]
    entry_points: tuple[EntryPoint, ...]
    tasks: tuple[Task, ...]
    workspace: Workspace | None
    indexes: tuple[Index, ...]
    settings: tuple[Setting, ...]
    dynamic: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    """By field, the files that it is read from when the package is built: `("dependencies", "requirements.txt")`."""
    paths: Mapping[str, str]
    """The directories that packages come from by name, as written."""
    ill_typed: tuple[str, ...]
    lines: Mapping[Key, int]

    @property
    def is_package(self) -> bool:
        """Whether it says anything about a package or what to install, and not only how tools are configured."""
        declares = {"poetry", "pdm", "rye", "pixi", "flit"} & self.tools.keys()
        return bool(self.tables or declares or self.workspace or self.asked)

    def line_of(self, *way: str) -> int | None:
        """The line of a table, or of the first thing in it where it has no header of its own."""
        inside = (line for key, line in self.lines.items() if key[: len(way)] == way)
        return self.lines.get(way) or min(inside, default=None)


@parsed_once(64)
def parse(content: bytes) -> PyProject:
    """Read the manifest.  Raises Unparsable."""
    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    return _pyproject(Tables(load(content), lines_of(text_of(content))))


def parse_uv(content: bytes) -> PyProject:
    """Read a uv.toml: what would stand in `tool.uv` stands at its top.  Raises Unparsable."""
    return _parse_tool(content, "uv")


def parse_hatch(content: bytes) -> PyProject:
    """Read a hatch.toml: what would stand in `tool.hatch` stands at its top.  Raises Unparsable."""
    return _parse_tool(content, "hatch")


def parse_pixi(content: bytes) -> PyProject:
    """Read a pixi.toml: what would stand in `tool.pixi` stands at its top.  Raises Unparsable."""
    return _parse_tool(content, "pixi")


def _parse_tool(content: bytes, tool: str) -> PyProject:
    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    lines = {("tool", tool, *key)[:8]: line for key, line in lines_of(text_of(content)).items()}
    return _pyproject(Tables({"tool": {tool: load(content)}}, lines, bare=("tool", tool)))


def _pyproject(tables: Tables) -> PyProject:
    tool = tables.table("tool")
    poetry_backend = tables.text("build-system", "build-backend")
    name = tables.text("project", "name") or tables.text("tool", "poetry", "name") or _flit(tables, "dist-name")
    name = name or pixi_package(tables, "name")
    version = tables.text("project", "version") or tables.text("tool", "poetry", "version")
    private, private_line = _private(tables)
    asked = tuple(_asked(tables))
    return PyProject(
        tables=tuple(name for name in ("project", "build-system", "dependency-groups") if name in tables.top),
        tools={name: tuple(sorted(item)) if isinstance(item, dict) else () for name, item in sorted(tool.items())},
        name=name,
        version=version or pixi_package(tables, "version"),
        private=private,
        private_line=private_line,
        license=_license(tables),
        license_files=tuple(
            item for item in tables.items("project", "license-files", quiet=True) if isinstance(item, str)
        ),
        backend=poetry_backend,
        backend_line=tables.lines.get(("build-system", "build-backend")),
        engines=tuple(_engines(tables)),
        asked=asked,
        entry_points=tuple(_entry_points(tables)),
        tasks=tuple(tasks(tables)),
        workspace=workspace(tables),
        indexes=tuple(indexes(tables)),
        settings=tuple(settings(tables)),
        dynamic=_dynamic(tables, asked),
        files=tuple(_files(tables)),
        paths=dict(_paths(tables)),
        ill_typed=tuple(sorted(set(tables.ill_typed))),
        lines=tables.lines,
    )


def _private(tables: Tables) -> tuple[bool | None, int | None]:
    for index, classifier in enumerate(tables.items("project", "classifiers")):
        if isinstance(classifier, str) and classifier.startswith("Private ::"):
            return True, tables.line("project", "classifiers", index)
    for way in (("tool", "poetry", "package-mode"), ("tool", "uv", "package"), ("tool", "pdm", "distribution")):
        flag = tables.typed(way, bool)
        if flag is False:
            return True, tables.line(*way)
    virtual = tables.typed(("tool", "rye", "virtual"), bool)
    return (True, tables.line("tool", "rye", "virtual")) if virtual else (None, None)


def _license(tables: Tables) -> str | None:
    match tables.at("project", "license"):
        case str() as expression:
            return expression
        case {"text": str() as text}:
            return text
    return tables.text("tool", "poetry", "license", quiet=True)


def _flit(tables: Tables, field: str) -> str | None:
    metadata = ("tool", "flit", "metadata")
    return tables.text(*metadata, field) or (tables.text(*metadata, "module") if field == "dist-name" else None)


def _dynamic(tables: Tables, asked: Iterable[Asked]) -> tuple[str, ...]:
    """What is computed: poetry's own table may give what `project` leaves open."""
    given = {"version"} if tables.text("tool", "poetry", "version", quiet=True) else set()
    given |= {"requires-python"} if tables.at("tool", "poetry", "dependencies", "python") else set()
    given |= {"dependencies"} if any(each.group == "tool.poetry.dependencies" for each in asked) else set()
    fields = {item for item in tables.items("project", "dynamic") if isinstance(item, str)}
    if tables.at("tool", "flit", "metadata", "module"):
        fields.add("version")  # flit reads it from the module, in its old table too
    return tuple(sorted(fields - given))


def _files(tables: Tables) -> Iterator[tuple[str, str]]:
    dynamic = tables.table("tool", "setuptools", "dynamic")
    named = [(field, item) for field, item in dynamic.items() if field != "optional-dependencies"]
    extras = dynamic.get("optional-dependencies")
    named += (
        [(f"optional-dependencies.{extra}", item) for extra, item in extras.items()] if isinstance(extras, dict) else []
    )
    for field, item in named:
        files = item.get("file") if isinstance(item, dict) else None
        for name in [files] if isinstance(files, str) else files if isinstance(files, list) else ():
            if isinstance(name, str):
                yield field, name


def _engines(tables: Tables) -> Iterator[Engine]:
    plain = {
        ("project", "requires-python"): "python",
        ("tool", "flit", "metadata", "requires-python"): "python",
        ("tool", "uv", "required-version"): "uv",
        ("tool", "poetry", "requires-poetry"): "poetry",
        ("tool", "pixi", "workspace", "requires-pixi"): "pixi",
        ("tool", "pixi", "project", "requires-pixi"): "pixi",
    }
    for way, name in plain.items():
        if constraint := tables.text(*way):
            yield Engine(name, constraint, tables.shown(*way), tables.line(*way))
    way = ("tool", "poetry", "dependencies", "python")
    if tables.at(*way) is not None:
        found = tables.at(*way)
        constraint = found.get("version") if isinstance(found, dict) else found
        if isinstance(constraint, str):
            yield Engine("python", constraint, tables.shown(*way), tables.line(*way))
    yield from pixi_engines(tables)


def _asked(tables: Tables) -> Iterator[Asked]:
    yield from listed_requirements(tables)
    yield from poetry_requirements(tables)
    yield from pixi_requirements(tables)


def _entry_points(tables: Tables) -> Iterator[EntryPoint]:
    poetry, flit = ("tool", "poetry", "scripts"), ("tool", "flit", "scripts")
    for way in (("project", "scripts"), ("project", "gui-scripts"), poetry, flit):
        for name, target in tables.table(*way).items():
            reference = target.get("reference") if isinstance(target, dict) else target
            if isinstance(reference, str):
                yield EntryPoint(name, reference, tables.line(*way, name) or 1)


def _paths(tables: Tables) -> Iterator[tuple[str, str]]:
    for name, value in tables.table("tool", "uv", "sources").items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and isinstance(path := item.get("path"), str):
                yield normal(name), path
    for asked in _asked(tables):
        if asked.source == "path" and asked.address:
            yield asked.name, asked.address

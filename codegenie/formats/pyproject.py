"""pyproject.toml: metadata by PEP 621 and 639, groups by PEP 735, and what uv, poetry, pdm, hatch and others add."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.plain import Key, text_of
from codegenie.formats.requirement import Asked, Kind, Source, normal, read, read_address, shown_address, split_extras
from codegenie.formats.setup_cfg import EntryPoint
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

MOST_BYTES = 1 << 20


class Engine(NamedTuple):
    """A runtime or tool that is asked for, with the range as written."""

    name: str
    constraint: str
    field: str
    line: int | None


class Task(NamedTuple):
    """A command that a runner of tasks knows by a name."""

    runner: str
    name: str
    command: str
    line: int | None


class Workspace(NamedTuple):
    """Patterns of directories whose packages are locked together, with the table that lists them."""

    table: str
    patterns: tuple[str, ...]
    exclude: tuple[str, ...]
    line: int | None


class Index(NamedTuple):
    """Where packages come from or go to; the host is None where it is not written out."""

    use: str
    name: str | None
    host: str | None
    line: int | None


class Setting(NamedTuple):
    """A setting that changes an install."""

    name: str
    value: str
    line: int | None


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


def parse(content: bytes) -> PyProject:
    """Read the manifest.  Raises Unparsable."""
    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    return _Reader(load(content), lines_of(text_of(content))).pyproject()


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
    return _Reader({"tool": {tool: load(content)}}, lines, bare=("tool", tool)).pyproject()


class _Reader:
    """Reads one manifest; `bare` is the way that its tables leave out."""

    def __init__(self, value: Mapping[str, Any], lines: Mapping[Key, int], *, bare: tuple[str, ...] = ()) -> None:
        self._value = value
        self._lines = lines
        self._bare = bare
        self._ill_typed: list[str] = []

    def pyproject(self) -> PyProject:
        """All of it."""
        tool = self._table("tool")
        poetry_backend = self._text("build-system", "build-backend")
        name = self._text("project", "name") or self._text("tool", "poetry", "name") or self._flit("dist-name")
        name = name or self._pixi_package("name")
        version = self._text("project", "version") or self._text("tool", "poetry", "version")
        private, private_line = self._private()
        asked = tuple(self._asked())
        return PyProject(
            tables=tuple(name for name in ("project", "build-system", "dependency-groups") if name in self._value),
            tools={name: tuple(sorted(item)) if isinstance(item, dict) else () for name, item in sorted(tool.items())},
            name=name,
            version=version or self._pixi_package("version"),
            private=private,
            private_line=private_line,
            license=self._license(),
            license_files=tuple(
                item for item in self._list("project", "license-files", quiet=True) if isinstance(item, str)
            ),
            backend=poetry_backend,
            backend_line=self._lines.get(("build-system", "build-backend")),
            engines=tuple(self._engines()),
            asked=asked,
            entry_points=tuple(self._entry_points()),
            tasks=tuple(self._tasks()),
            workspace=self._workspace(),
            indexes=tuple(self._indexes()),
            settings=tuple(self._settings()),
            dynamic=self._dynamic(asked),
            files=tuple(self._files()),
            paths=dict(self._paths()),
            ill_typed=tuple(sorted(set(self._ill_typed))),
            lines=self._lines,
        )

    def _at(self, *way: str) -> Any:
        value: Any = self._value
        for step in way:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def _typed(self, way: tuple[str, ...], kind: type | tuple[type, ...], *, quiet: bool = False) -> Any:
        value = self._at(*way)
        if value is None or isinstance(value, kind):
            return value
        if not quiet:
            self._ill_typed.append(self._shown(*way))
        return None

    def _table(self, *way: str) -> dict[str, Any]:
        found: dict[str, Any] | None = self._typed(way, dict)
        return found or {}

    def _text(self, *way: str, quiet: bool = False) -> str | None:
        found: str | None = self._typed(way, str, quiet=quiet)
        return found

    def _list(self, *way: str, quiet: bool = False) -> list[Any]:
        found: list[Any] | None = self._typed(way, list, quiet=quiet)
        return found or []

    def _shown(self, *way: str) -> str:
        return ".".join(way[len(self._bare) :] if way[: len(self._bare)] == self._bare else way)

    def _line(self, *way: str | int) -> int | None:
        """The line of the value, or of the nearest thing around it that has one."""
        for length in range(len(way), 0, -1):
            if line := self._lines.get(way[:length]):
                return line
        return None

    def _private(self) -> tuple[bool | None, int | None]:
        for index, classifier in enumerate(self._list("project", "classifiers")):
            if isinstance(classifier, str) and classifier.startswith("Private ::"):
                return True, self._line("project", "classifiers", index)
        for way in (("tool", "poetry", "package-mode"), ("tool", "uv", "package"), ("tool", "pdm", "distribution")):
            flag = self._typed(way, bool)
            if flag is False:
                return True, self._line(*way)
        virtual = self._typed(("tool", "rye", "virtual"), bool)
        return (True, self._line("tool", "rye", "virtual")) if virtual else (None, None)

    def _license(self) -> str | None:
        match self._at("project", "license"):
            case str() as expression:
                return expression
            case {"text": str() as text}:
                return text
        return self._text("tool", "poetry", "license", quiet=True)

    def _flit(self, field: str) -> str | None:
        metadata = ("tool", "flit", "metadata")
        return self._text(*metadata, field) or (self._text(*metadata, "module") if field == "dist-name" else None)

    def _pixi_package(self, field: str) -> str | None:
        tables = ("package", "workspace", "project")
        return next(
            (found for table in tables if (found := self._text("tool", "pixi", table, field, quiet=True))), None
        )

    def _dynamic(self, asked: Iterable[Asked]) -> tuple[str, ...]:
        """What is computed: poetry's own table may give what `project` leaves open."""
        given = {"version"} if self._text("tool", "poetry", "version", quiet=True) else set()
        given |= {"requires-python"} if self._at("tool", "poetry", "dependencies", "python") else set()
        given |= {"dependencies"} if any(each.group == "tool.poetry.dependencies" for each in asked) else set()
        fields = {item for item in self._list("project", "dynamic") if isinstance(item, str)}
        if self._at("tool", "flit", "metadata", "module"):
            fields.add("version")  # flit reads it from the module, in its old table too
        return tuple(sorted(fields - given))

    def _files(self) -> Iterator[tuple[str, str]]:
        dynamic = self._table("tool", "setuptools", "dynamic")
        named = [(field, item) for field, item in dynamic.items() if field != "optional-dependencies"]
        extras = dynamic.get("optional-dependencies")
        named += (
            [(f"optional-dependencies.{extra}", item) for extra, item in extras.items()]
            if isinstance(extras, dict)
            else []
        )
        for field, item in named:
            files = item.get("file") if isinstance(item, dict) else None
            for name in [files] if isinstance(files, str) else files if isinstance(files, list) else ():
                if isinstance(name, str):
                    yield field, name

    def _engines(self) -> Iterator[Engine]:
        plain = {
            ("project", "requires-python"): "python",
            ("tool", "flit", "metadata", "requires-python"): "python",
            ("tool", "uv", "required-version"): "uv",
            ("tool", "poetry", "requires-poetry"): "poetry",
            ("tool", "pixi", "workspace", "requires-pixi"): "pixi",
            ("tool", "pixi", "project", "requires-pixi"): "pixi",
        }
        for way, name in plain.items():
            if constraint := self._text(*way):
                yield Engine(name, constraint, self._shown(*way), self._line(*way))
        way = ("tool", "poetry", "dependencies", "python")
        if self._at(*way) is not None:
            found = self._at(*way)
            constraint = found.get("version") if isinstance(found, dict) else found
            if isinstance(constraint, str):
                yield Engine("python", constraint, self._shown(*way), self._line(*way))
        for way in self._pixi_tables("dependencies"):
            constraint = _conda_constraint(self._at(*way, "python"))
            if constraint not in (None, "", "*"):
                yield Engine("python", constraint or "", self._shown(*way, "python"), self._line(*way, "python"))

    def _asked(self) -> Iterator[Asked]:
        sources = self._table("tool", "uv", "sources")
        yield from self._listed(("build-system", "requires"), "build", sources)
        yield from self._listed(("project", "dependencies"), "runtime", sources)
        yield from self._groups(("project", "optional-dependencies"), "extra", sources)
        yield from self._groups(("dependency-groups",), "development", sources)
        yield from self._listed(("tool", "uv", "dev-dependencies"), "development", sources)
        for field in ("constraint-dependencies", "override-dependencies", "build-constraint-dependencies"):
            yield from self._listed(("tool", "uv", field), "constraint", sources)
        yield from self._groups(("tool", "pdm", "dev-dependencies"), "development", {})
        yield from self._listed(("tool", "rye", "dev-dependencies"), "development", {})
        yield from self._listed(("tool", "flit", "metadata", "requires"), "runtime", {})
        yield from self._groups(("tool", "flit", "metadata", "requires-extra"), "extra", {})
        for name, environment in self._table("tool", "hatch", "envs").items():
            for field in ("dependencies", "extra-dependencies") if isinstance(environment, dict) else ():
                yield from self._listed(("tool", "hatch", "envs", name, field), "development", {})
        yield from self._poetry_tables()
        for field in ("dependencies", "host-dependencies", "build-dependencies"):
            for way in self._pixi_tables(field):
                yield from self._conda(way, "build" if field != "dependencies" else _pixi_kind(way))
        for way in self._pixi_tables("pypi-dependencies"):
            yield from self._poetry(way, _pixi_kind(way))

    def _groups(self, way: tuple[str, ...], kind: Kind, sources: Mapping[str, Any]) -> Iterator[Asked]:
        for name in self._table(*way):
            yield from self._listed((*way, name), kind, sources)

    def _listed(self, way: tuple[str, ...], kind: Kind, sources: Mapping[str, Any]) -> Iterator[Asked]:
        for index, item in enumerate(self._list(*way)):
            if not isinstance(item, str):
                if not (isinstance(item, dict) and "include-group" in item):
                    self._ill_typed.append(self._shown(*way))
                continue
            bare = item.removeprefix("-e ").strip()
            found = read(bare) or read_address(bare)
            if found is None or found.name is None:
                self._ill_typed.append(self._shown(*way))
                continue
            name = normal(found.name)
            source, address = found.source, found.address
            if source == "registry":
                source, address = _uv_source(sources, found.name)
            yield Asked(
                self._shown(*way), kind, name, found.constraint, self._line(*way, index), found.extras, found.marker,
                source, kind == "extra", address,
            )  # fmt: skip

    def _poetry_tables(self) -> Iterator[Asked]:
        poetry = ("tool", "poetry")
        refined = self._at("project", "dependencies") is not None
        for asked in self._poetry((*poetry, "dependencies"), "runtime"):
            if not refined or asked.source != "registry" or asked.constraint:
                yield asked  # beside PEP 621 the table only says more about what is listed there
        yield from self._poetry((*poetry, "dev-dependencies"), "development")
        for name in self._table(*poetry, "group"):
            yield from self._poetry((*poetry, "group", name, "dependencies"), "development")

    def _poetry(self, way: tuple[str, ...], kind: Kind) -> Iterator[Asked]:
        for name, value in self._table(*way).items():
            if normal(name) == "python":
                continue
            for item in value if isinstance(value, list) else [value]:
                if not isinstance(item, str | dict):
                    self._ill_typed.append(self._shown(*way, name))
                    continue
                yield _poetry_asked(self._shown(*way), kind, name, item, self._line(*way, name))

    def _conda(self, way: tuple[str, ...], kind: Kind) -> Iterator[Asked]:
        for name, value in self._table(*way).items():
            if name == "python":
                continue
            constraint = _conda_constraint(value)
            if constraint is None:
                self._ill_typed.append(self._shown(*way, name))
                continue
            path = value.get("path") if isinstance(value, dict) else None
            git = value.get("git") if isinstance(value, dict) else None
            source: Source = "path" if isinstance(path, str) else "git" if isinstance(git, str) else "registry"
            address = path if isinstance(path, str) else shown_address(git) if isinstance(git, str) else None
            yield Asked(
                self._shown(*way), kind, name.lower(), constraint or None, self._line(*way, name), source=source,
                optional=kind == "extra", address=address,
            )  # fmt: skip

    def _pixi_tables(self, field: str) -> Iterator[tuple[str, ...]]:
        """The ways to all tables of that name: at the top, of each target, and of each feature."""
        holders: list[tuple[str, ...]] = [("tool", "pixi")]
        holders += [("tool", "pixi", "feature", name) for name in self._table("tool", "pixi", "feature")]
        for holder in list(holders):
            targets = self._typed((*holder, "target"), dict) or {}
            holders += [(*holder, "target", name) for name in targets]
        yield from ((*holder, field) for holder in holders if isinstance(self._at(*holder, field), dict))

    def _entry_points(self) -> Iterator[EntryPoint]:
        tables = (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts"))
        for way in (*tables, ("tool", "flit", "scripts")):
            for name, target in self._table(*way).items():
                reference = target.get("reference") if isinstance(target, dict) else target
                if isinstance(reference, str):
                    yield EntryPoint(name, reference, self._line(*way, name) or 1)

    def _tasks(self) -> Iterator[Task]:
        tables = {
            "pdm": ("tool", "pdm", "scripts"),
            "poe": ("tool", "poe", "tasks"),
            "taskipy": ("tool", "taskipy", "tasks"),
            "rye": ("tool", "rye", "scripts"),
        }
        for runner, way in tables.items():
            yield from self._tasks_in(runner, way)
        for place in self._pixi_tables("tasks"):
            yield from self._tasks_in("pixi", place)
        for name, environment in self._table("tool", "hatch", "envs").items():
            if isinstance(environment, dict):
                prefix = "" if name == "default" else f"{name}:"
                yield from self._tasks_in("hatch", ("tool", "hatch", "envs", name, "scripts"), prefix)
        yield from self._tox()

    def _tasks_in(self, runner: str, way: tuple[str, ...], prefix: str = "") -> Iterator[Task]:
        for name, value in self._table(*way).items():
            if name == "_" and runner == "pdm":
                continue  # options of all scripts
            if command := _command(value):
                yield Task(runner, prefix + name, command, self._line(*way, name))

    def _tox(self) -> Iterator[Task]:
        names = {name: self._line("tool", "tox", "env", name) for name in self._table("tool", "tox", "env")}
        for index, name in enumerate(self._list("tool", "tox", "env_list", quiet=True)):
            if isinstance(name, str):
                names.setdefault(name, self._line("tool", "tox", "env_list", index))
        for name, line in names.items():
            yield Task("tox", name, f"tox run -e {name}", line)

    def _workspace(self) -> Workspace | None:
        for way in (("tool", "uv", "workspace"), ("tool", "rye", "workspace")):
            if isinstance(self._at(*way), dict):
                members, exclude = self._list(*way, "members"), self._list(*way, "exclude")
                return Workspace(
                    self._shown(*way),
                    tuple(item for item in members if isinstance(item, str)),
                    tuple(item for item in exclude if isinstance(item, str)),
                    self._line(*way),
                )
        return None

    def _indexes(self) -> Iterator[Index]:
        for way in (("tool", "uv", "index"), ("tool", "poetry", "source"), ("tool", "pdm", "source"), _RYE_SOURCES):
            for position, item in enumerate(self._list(*way, quiet=True)):
                if isinstance(item, dict) and isinstance(address := item.get("url"), str):
                    name = item.get("name")
                    yield Index(
                        "install", name if isinstance(name, str) else None, host_of(address),
                        self._line(*way, position, "url"),
                    )  # fmt: skip
                if isinstance(item, dict) and isinstance(address := item.get("publish-url"), str):
                    yield Index("publish", None, host_of(address), self._line(*way, position, "publish-url"))
        for field, use in (("index-url", "install"), ("extra-index-url", "install"), ("publish-url", "publish")):
            way = ("tool", "uv", field)
            found = self._at(*way)
            for address in [found] if isinstance(found, str) else found if isinstance(found, list) else ():
                if isinstance(address, str):
                    yield Index(use, None, host_of(address), self._line(*way))

    def _settings(self) -> Iterator[Setting]:
        for tool, names in _SETTINGS.items():
            for name in names:
                value = self._at("tool", tool, name)
                if isinstance(value, list) and all(isinstance(item, str) for item in value):
                    value = ", ".join(value)
                if isinstance(value, bool):
                    value = str(value).lower()
                if isinstance(value, str | int):
                    yield Setting(self._shown("tool", tool, name), str(value), self._line("tool", tool, name))

    def _paths(self) -> Iterator[tuple[str, str]]:
        for name, value in self._table("tool", "uv", "sources").items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and isinstance(path := item.get("path"), str):
                    yield normal(name), path
        for asked in self._asked():
            if asked.source == "path" and asked.address:
                yield asked.name, asked.address


_RYE_SOURCES = ("tool", "rye", "sources")
_SETTINGS = {
    "uv": (
        *("managed", "package", "default-groups", "exclude-newer", "index-strategy", "link-mode", "no-binary"),
        *("no-binary-package", "no-build", "no-build-isolation", "no-build-isolation-package", "no-build-package"),
        *("no-index", "no-sources", "prerelease", "python-preference", "resolution", "required-environments"),
        *("environments", "fork-strategy", "universal"),
    ),
    "poetry": ("package-mode",),
    "pdm": ("distribution", "ignore_package_warnings", "plugins"),
    "rye": ("managed", "virtual", "universal", "generate-hashes", "lock-with-sources"),
}


def _pixi_kind(way: tuple[str, ...]) -> Kind:
    """What a feature adds is only there in the environments that have it."""
    return "extra" if "feature" in way[:3] else "runtime"


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
                return "git", _git_address(address, dict(item or {}))
            case {"url": str() as address}:
                return "url", shown_address(address)
    return "registry", None


def _git_address(address: str, more: Mapping[Any, Any]) -> str:
    reference = next((ref for key in ("rev", "tag", "branch") if isinstance(ref := more.get(key), str)), None)
    return shown_address(address) + (f"@{reference}" if reference else "")


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
        source, address = "git", _git_address(git, item)
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

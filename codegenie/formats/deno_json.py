"""deno.json, deno.jsonc and jsr.json: what Deno reads in them, with the line of every key.

https://docs.deno.com/runtime/fundamentals/configuration/, https://jsr.io/docs/package-configuration
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats import jsonc_text
from codegenie.formats.json_lines import lines_of
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000

# `npm:/chalk@5/lib/x`: the slash before the name and the path behind the version belong to neither.
_SPECIFIER = lazily(r"(?P<registry>npm|jsr):/?(?P<name>@[^/@\s]+/[^/@\s]+|[^/@\s]+)(?:@(?P<version>[^/]*))?(?:/.*)?")


class Specifier(NamedTuple):
    """A package as Deno asks for it: of `jsr:@std/assert@^1/equals` the registry, the name and the range."""

    registry: Literal["npm", "jsr"]
    name: str
    version: str | None


class Import(NamedTuple):
    """An entry of the import map: what code writes, and what is meant by it."""

    key: str
    target: str
    line: int | None
    field: str
    """`imports`, or `scopes` with the scope that it holds for."""


class Task(NamedTuple):
    """A task; `command` is None where it only runs others."""

    name: str
    command: str | None
    needs: tuple[str, ...]
    line: int | None


class DenoJson(NamedTuple):
    """The file.  `lock` is the lockfile's path as written: None for the usual one, False for none."""

    name: str | None
    version: str | None
    exports: bool
    publishes: bool
    """False where it says that it is not published."""
    imports: tuple[Import, ...]
    import_map: str | None
    """Another file that the import map stands in."""
    tasks: tuple[Task, ...]
    workspace: tuple[str, ...] | None
    lock: str | Literal[False] | None
    frozen: bool | None
    settings: Mapping[str, str]
    """What changes an install: nodeModulesDir, vendor, unstable."""
    sections: frozenset[str]
    """The keys at the top."""
    ill_typed: tuple[str, ...]
    lines: Mapping[Key, int]


def specifier(text: str) -> Specifier | None:
    """What a `jsr:` or `npm:` specifier asks for; None for anything else."""
    if not (found := _SPECIFIER.fullmatch(text)):
        return None
    return Specifier("npm" if found["registry"] == "npm" else "jsr", found["name"], found["version"] or None)


def parse(content: bytes) -> DenoJson:
    """Read the file.  Raises Unparsable."""
    value = jsonc_text.load(content)
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    lines = lines_of(text_of(content))
    ill_typed: list[str] = []
    imports = tuple(_imports(value, lines, ill_typed))
    tasks = tuple(_tasks(value, lines, ill_typed))
    if len(imports) + len(tasks) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} entries")
    lock, frozen = _lock(value.get("lock"))
    return DenoJson(
        name=_text(value, "name", ill_typed),
        version=_text(value, "version", ill_typed),
        exports="exports" in value,
        publishes=value.get("publish") is not False,
        imports=imports,
        import_map=_text(value, "importMap", ill_typed),
        tasks=tasks,
        workspace=_workspace(value, ill_typed),
        lock=lock,
        frozen=frozen,
        settings=dict(_settings(value)),
        sections=frozenset(value),
        ill_typed=tuple(sorted(ill_typed)),
        lines=lines,
    )


def _imports(value: Mapping[str, Any], lines: Mapping[Key, int], ill_typed: list[str]) -> Iterator[Import]:
    for key, target in _table(value, "imports", ill_typed).items():
        if isinstance(target, str):
            yield Import(key, target, lines.get(("imports", key)), "imports")
        else:
            ill_typed.append(f"imports.{key}")
    for scope, table in _table(value, "scopes", ill_typed).items():
        for key, target in table.items() if isinstance(table, dict) else ():
            if isinstance(target, str):
                yield Import(key, target, lines.get(("scopes", scope, key)), f"scopes.{scope}")


def _tasks(value: Mapping[str, Any], lines: Mapping[Key, int], ill_typed: list[str]) -> Iterator[Task]:
    for name, task in _table(value, "tasks", ill_typed).items():
        line = lines.get(("tasks", name))
        match task:
            case str():
                yield Task(name, task, (), line)
            case dict():
                command, needs = task.get("command"), task.get("dependencies")
                listed = tuple(each for each in needs if isinstance(each, str)) if isinstance(needs, list) else ()
                yield Task(name, command if isinstance(command, str) else None, listed, line)
            case _:
                ill_typed.append(f"tasks.{name}")


def _workspace(value: Mapping[str, Any], ill_typed: list[str]) -> tuple[str, ...] | None:
    """A list, or `{"members": [...]}`; until Deno 2 it was called workspaces."""
    name = "workspace" if "workspace" in value else "workspaces"
    match value.get(name):
        case list(members) | {"members": list(members)}:
            return tuple(each for each in members if isinstance(each, str))
        case None:
            return None
        case _:
            ill_typed.append(name)
            return None


def _lock(value: Any) -> tuple[str | Literal[False] | None, bool | None]:
    match value:
        case False:
            return False, None
        case str():
            return value, None
        case dict():
            path, frozen = value.get("path"), value.get("frozen")
            return path if isinstance(path, str) else None, frozen if isinstance(frozen, bool) else None
        case _:
            return None, None


def _settings(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("nodeModulesDir", "vendor", "unstable"):
        match value.get(name):
            case bool(flag):
                yield name, str(flag).lower()
            case str(text):
                yield name, text
            case list(items):
                yield name, ", ".join(each for each in items if isinstance(each, str))


def _table(value: Mapping[str, Any], name: str, ill_typed: list[str]) -> Mapping[str, Any]:
    found = value.get(name)
    if found is not None and not isinstance(found, dict):
        ill_typed.append(name)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], name: str, ill_typed: list[str]) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        ill_typed.append(name)
    return found if isinstance(found, str) else None

"""The dependencies that a manifest names, each with its line, and the line that makes it the root of a workspace."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats import json_lines, json_text, jsonc_text, toml_text, yaml_text
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

from ._dependencies_text import Found

_REQUIREMENT = lazily(r"\s*([A-Za-z0-9][\w.-]*)")
_NAMES_ITSELF = lazily(r"\s*(?:#|name\s*=|description\s*=|keywords\s*=)")
_WORD = lazily(r"(?<![\w./-])[\w.-]++(?!/)")
_MOST_PARTS = 8  # of a dotted word, each of which may be a name
_DENO_IMPORT = lazily(r"(?:npm|jsr):/?(@?[^@]+)")


# Groups whose names say that the software itself is not built on what they hold.
_ONLY_TRIES = frozenset(
    ("bench", "benchmark", "benchmarks", "doc", "docs", "lint", "test", "testing", "tests", "typing")
)


class Manifest(NamedTuple):
    """What is asked of a manifest: its dependencies in the order written, the line of its workspace declaration."""

    dependencies: tuple[Found, ...]
    workspace: int | None = None


def package_json(content: bytes) -> Manifest:
    """npm, pnpm, yarn and bun.  Raises Unparsable."""
    keys = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
    return _json(content, json_text.load_object(content), keys, "workspaces")


def composer_json(content: bytes) -> Manifest:
    """PHP.  Raises Unparsable."""
    return _json(content, json_text.load_object(content), ("require", "require-dev"))


def deno_json(content: bytes) -> Manifest:
    """Deno: the npm and JSR packages of its import map.  Raises Unparsable."""
    value = jsonc_text.load(content)
    lines = json_lines.lines_of(text_of(content))
    imports = _table(_table(value).get("imports"))
    found = [
        (name[1], lines.get(("imports", key), 1))
        for key, target in imports.items()
        if isinstance(target, str) and (name := _DENO_IMPORT.match(target))
    ]
    return Manifest(tuple(found), lines.get(("workspace",)) if _table(value).get("workspace") else None)


def pubspec_yaml(content: bytes) -> Manifest:
    """Dart.  Raises Unparsable."""
    (document, *_) = yaml_text.documents(content) or (None,)
    if document is None:
        return Manifest(())
    sections = ("dependencies", "dev_dependencies")
    found = [(str(key[1]), line) for key, line in document.lines.items() if len(key) == 2 and key[0] in sections]
    return Manifest(tuple(found), document.lines.get(("workspace",)))


def pnpm_workspace_yaml(content: bytes) -> Manifest:
    """pnpm: without `packages`, or with none, the file only holds settings.  Raises Unparsable."""
    (document, *_) = yaml_text.documents(content) or (None,)
    declared = document is not None and _table(document.value).get("packages")
    return Manifest((), document.lines.get(("packages",)) if document and declared else None)


def cargo_toml(content: bytes) -> Manifest:
    """Rust.  Raises Unparsable."""
    value = toml_text.load(content)
    holders = [value, _table(value.get("workspace")), *map(_table, _table(value.get("target")).values())]
    sections = ("dependencies", "dev-dependencies", "build-dependencies")
    tables = [_table(holder.get(section)) for holder in holders for section in sections]
    names = [_table(facts).get("package", name) for table in tables for name, facts in table.items()]
    members = _table(value.get("workspace")).get("members")
    return _toml(content, names, "[workspace]" if members else None)


def pyproject_toml(content: bytes) -> Manifest:
    """Python, by PEP 621 and 735 and as Poetry and PDM write it.  Raises Unparsable."""
    value = toml_text.load(content)
    project, tool = _table(value.get("project")), _table(value.get("tool"))
    poetry = _table(tool.get("poetry"))
    lists = [
        project.get("dependencies"),
        *_table(project.get("optional-dependencies")).values(),
        *(
            group
            for name, group in _table(value.get("dependency-groups")).items()
            if _ONLY_TRIES.isdisjoint(re.split("[-_]", name.lower()))
        ),
        *_table(_table(tool.get("pdm")).get("dev-dependencies")).values(),
    ]
    holders = [poetry, *map(_table, _table(poetry.get("group")).values())]
    tables = [_table(holder.get(key)) for holder in holders for key in ("dependencies", "dev-dependencies")]
    names = [*_requirements(lists), *(name for table in tables for name in table)]
    return _toml(content, names, "[tool.uv.workspace]" if "workspace" in _table(tool.get("uv")) else None)


def pipfile(content: bytes) -> Manifest:
    """Python, for pipenv.  Raises Unparsable."""
    value = toml_text.load(content)
    return _toml(content, [name for key in ("packages", "dev-packages") for name in _table(value.get(key))])


def uses_text(reader: Callable[[str], Iterator[Found]]) -> Callable[[bytes], Manifest]:
    """A reader of lines as a reader of manifests."""
    return lambda content: Manifest(tuple(reader(text_of(content))))


def _json(content: bytes, value: Mapping[str, Any], keys: Iterable[str], workspace: str = "") -> Manifest:
    lines = json_lines.lines_of(text_of(content))
    found = [(name, lines.get((key, name), 1)) for key in keys for name in _table(value.get(key))]
    return Manifest(tuple(found), lines.get((workspace,)) if value.get(workspace) else None)


def _toml(content: bytes, names: Iterable[Any], workspace: str | None = None) -> Manifest:
    text = text_of(content)
    lines = _first_lines(text)
    found = [(name, lines.get(name, 1)) for name in names if isinstance(name, str)]
    header = re.search(rf"^[ \t]*{re.escape(workspace)}", text, re.MULTILINE) if workspace else None
    line = text.count("\n", 0, header.end()) + 1 if header else 1
    return Manifest(tuple(found), line if workspace else None)


def _first_lines(text: str) -> dict[str, int]:
    """Where each word is first written as a whole, outside of comments and of the project's own name.

    A dot may follow a word: of `requests.socks` both `requests` and the whole are words.
    """
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not _NAMES_ITSELF.match(line):
            for word in _WORD.findall(line):
                lines.setdefault(word, number)
                if "." in word:
                    parts = word.split(".")[:_MOST_PARTS]
                    for end in range(1, len(parts)):
                        lines.setdefault(".".join(parts[:end]), number)
    return lines


def _requirements(lists: Iterable[Any]) -> Iterator[str]:
    for items in lists:
        for item in items if isinstance(items, list) else ():
            if isinstance(item, str) and (name := _REQUIREMENT.match(item)):
                yield name[1]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

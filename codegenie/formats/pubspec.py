"""pubspec.yaml: the package, its dependencies by section, and what it asks of the SDK.  https://dart.dev/tools/pub/pubspec"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats.plain import Key
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents

SECTIONS = ("dependencies", "dev_dependencies", "dependency_overrides")
MOST_ENTRIES = 10_000


class PubDependency(NamedTuple):
    """One dependency; `sdk` ones come with Dart or Flutter."""

    name: str
    section: str
    constraint: str | None
    source: Literal["registry", "git", "path", "sdk"]
    path: str | None
    line: int | None


class Pubspec(NamedTuple):
    """The file."""

    name: str | None
    version: str | None
    published: bool
    """False where publish_to is none."""
    publish_line: int | None
    environment: tuple[tuple[str, str, int | None], ...]
    dependencies: tuple[PubDependency, ...]
    workspace: tuple[str, ...]
    workspace_line: int | None
    executables: tuple[str, ...]
    executables_line: int | None


def parse(content: bytes) -> Pubspec:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=2)
    value, lines = (found[0].value, found[0].lines) if found else (None, {})
    if not isinstance(value, dict):
        raise Unparsable("not a YAML mapping")
    if sum(len(_table(value, section)) for section in SECTIONS) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} dependencies")
    workspace = value.get("workspace")
    return Pubspec(
        name=_text(value.get("name")),
        version=_text(value.get("version")),
        published=value.get("publish_to") != "none",
        publish_line=lines.get(("publish_to",)),
        environment=tuple(
            (name, str(item), lines.get(("environment", name)))
            for name, item in _table(value, "environment").items()
            if isinstance(item, str | int | float)
        ),
        dependencies=tuple(_dependencies(value, lines)),
        workspace=tuple(each for each in workspace if isinstance(each, str)) if isinstance(workspace, list) else (),
        workspace_line=lines.get(("workspace",)),
        executables=tuple(_table(value, "executables")),
        executables_line=lines.get(("executables",)),
    )


def _dependencies(value: Mapping[str, Any], lines: Mapping[Key, int]) -> Iterator[PubDependency]:
    for section in SECTIONS:
        for name, item in _table(value, section).items():
            line = lines.get((section, name))
            match item:
                case {"path": str(path)}:
                    yield PubDependency(name, section, None, "path", path, line)
                case {"sdk": str(sdk)}:
                    yield PubDependency(name, section, f"sdk: {sdk}", "sdk", None, line)
                case {"git": {"ref": str(reference)}}:
                    yield PubDependency(name, section, f"ref={reference}", "git", None, line)
                case {"git": _}:
                    yield PubDependency(name, section, None, "git", None, line)
                case dict():
                    yield PubDependency(name, section, _text(item.get("version")), "registry", None, line)
                case _:
                    yield PubDependency(name, section, _text(item), "registry", None, line)


def _table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None

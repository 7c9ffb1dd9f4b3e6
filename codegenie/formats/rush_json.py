"""rush.json: a Rush repository's package manager and its projects, one by one."""

from typing import Any, NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.jsonc_text import load
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

_MANAGERS = ("pnpm", "npm", "yarn")  # rush asks for exactly one; in the order of its template


class RushJson(NamedTuple):
    """`folders` are the projects' directories as written, in the file's order."""

    rush_version: str | None
    manager: str | None
    manager_version: str | None
    manager_line: int | None
    folders: tuple[str, ...]
    folders_line: int | None


def parse(content: bytes) -> RushJson:
    """Read the file.  Raises Unparsable."""
    value = load(content)
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    lines = lines_of(text_of(content), depth=1)
    manager = next((name for name in _MANAGERS if isinstance(value.get(f"{name}Version"), str)), None)
    return RushJson(
        rush_version=_text(value.get("rushVersion")),
        manager=manager,
        manager_version=value[f"{manager}Version"] if manager else None,
        manager_line=lines.get((f"{manager}Version",)),
        folders=_folders(value.get("projects")),
        folders_line=lines.get(("projects",)),
    )


def _folders(projects: Any) -> tuple[str, ...]:
    named = (
        [item.get("projectFolder") for item in projects if isinstance(item, dict)] if isinstance(projects, list) else []
    )
    return tuple(folder for folder in named if isinstance(folder, str))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None

"""global.json and dotnet-tools.json: the SDK of .NET, the SDKs of MSBuild, and the tools that a repository pins."""

from typing import Any, NamedTuple

from codegenie.formats import jsonc_text
from codegenie.formats.json_lines import lines_of
from codegenie.formats.jsonc_text import strict
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable


class Pinned(NamedTuple):
    """A name with a version."""

    name: str
    version: str
    line: int | None


class GlobalJson(NamedTuple):
    """What is pinned; `runner` is the platform that `dotnet test` runs tests with."""

    sdk: Pinned | None
    roll_forward: Pinned | None
    msbuild_sdks: tuple[Pinned, ...]
    runner: Pinned | None


class Tool(NamedTuple):
    """A local tool: its package, and the commands that it gives."""

    package: Pinned
    commands: tuple[str, ...]


def parse(content: bytes) -> GlobalJson:
    """Read a global.json, which may hold comments.  Raises Unparsable."""
    value, lines = _loaded(content)

    def pinned(table: str, key: str) -> Pinned | None:
        found = _table(value.get(table)).get(key)
        return Pinned(key, found, lines.get((table, key))) if isinstance(found, str) else None

    sdks = _table(value.get("msbuild-sdks"))
    return GlobalJson(
        pinned("sdk", "version"),
        pinned("sdk", "rollForward"),
        tuple(each for name in sorted(sdks) if (each := pinned("msbuild-sdks", name))),
        pinned("test", "runner"),
    )


def tools(content: bytes) -> tuple[Tool, ...]:
    """Read a dotnet-tools.json.  Raises Unparsable."""
    value, lines = _loaded(content)
    found = []
    for name, facts in sorted(_table(value.get("tools")).items()):
        version, commands = _table(facts).get("version"), _table(facts).get("commands")
        if isinstance(version, str):
            named = [each for each in commands if isinstance(each, str)] if isinstance(commands, list) else []
            found.append(Tool(Pinned(name, version, lines.get(("tools", name))), tuple(named)))
    return tuple(found)


def _loaded(content: bytes) -> tuple[dict[str, Any], Any]:
    value = jsonc_text.load(content)
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    return value, lines_of(strict(text_of(content)))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

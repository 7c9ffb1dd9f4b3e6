"""What the readers of a pyproject.toml share: its tables by their ways, and the facts that they find there."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats.plain import Key


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


class Tables:
    """The tables of one manifest by their ways; `bare` is the way that its tables leave out."""

    def __init__(self, value: Mapping[str, Any], lines: Mapping[Key, int], *, bare: tuple[str, ...] = ()) -> None:
        self.lines = lines
        self.ill_typed: list[str] = []
        """The ways to what has a wrong type."""
        self.top = value
        self._bare = bare

    def at(self, *way: str) -> Any:
        """What stands there; None where nothing does."""
        value: Any = self.top
        for step in way:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def typed(self, way: tuple[str, ...], kind: type | tuple[type, ...], *, quiet: bool = False) -> Any:
        """What stands there if it has one of the types; else that is noted, but for a quiet caller."""
        value = self.at(*way)
        if value is None or isinstance(value, kind):
            return value
        if not quiet:
            self.ill_typed.append(self.shown(*way))
        return None

    def table(self, *way: str) -> dict[str, Any]:
        """A table; an empty one where there is none."""
        found: dict[str, Any] | None = self.typed(way, dict)
        return found or {}

    def text(self, *way: str, quiet: bool = False) -> str | None:
        """A text."""
        found: str | None = self.typed(way, str, quiet=quiet)
        return found

    def items(self, *way: str, quiet: bool = False) -> list[Any]:
        """The elements of an array."""
        found: list[Any] | None = self.typed(way, list, quiet=quiet)
        return found or []

    def shown(self, *way: str) -> str:
        """The way as the file has it."""
        return ".".join(way[len(self._bare) :] if way[: len(self._bare)] == self._bare else way)

    def line(self, *way: str | int) -> int | None:
        """The line of the value, or of the nearest thing around it that has one."""
        for length in range(len(way), 0, -1):
            if line := self.lines.get(way[:length]):
                return line
        return None

"""INI files as `configparser` reads them, without interpolation, and with the line of every section and value."""

from collections.abc import Mapping
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.unparsable import Unparsable

MOST_LINES = 50_000

_SECTION = lazily(r"\[([^\]]+)\]")
_DELIMITER = lazily(r"[=:]")


class Option(NamedTuple):
    """The value of an option, line by line without blanks around, blank lines and comments left out."""

    line: int
    values: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        """All lines of the value."""
        return "\n".join(value for _, value in self.values)


class Section(NamedTuple):
    """A section: its line, and its options by name in lower case."""

    line: int
    options: Mapping[str, Option]

    def text(self, name: str) -> str | None:
        """The value of an option; None where it is not there or empty."""
        option = self.options.get(name)
        return (option.text or None) if option else None

    def line_of(self, name: str) -> int | None:
        """The line of an option."""
        option = self.options.get(name)
        return option.line if option else None


class Ini(NamedTuple):
    """A file by its sections; what stands before the first is in none."""

    sections: Mapping[str, Section]

    def section(self, name: str) -> Section:
        """The section of that name, or an empty one."""
        return self.sections.get(name, _NOTHING)


_NOTHING = Section(0, {})


def parse(content: bytes) -> Ini:
    """Read the file; lines that are nothing are passed over.  Raises Unparsable."""
    text = str(writable(text_of(content)))
    if "\0" in text:
        raise Unparsable("a NUL, which no text has")
    if text.count("\n") > MOST_LINES:
        raise Unparsable(f"more than {MOST_LINES} lines")
    lines: dict[str, int] = {}
    found: dict[str, dict[str, tuple[int, list[tuple[int, str]]]]] = {}
    options: dict[str, tuple[int, list[tuple[int, str]]]] | None = None
    values: list[tuple[int, str]] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        if line[0] in " \t" and values is not None:
            values.append((number, stripped))
        elif section := _SECTION.match(stripped):
            lines.setdefault(section[1], number)
            options, values = found.setdefault(section[1], {}), None
        elif options is not None:
            name, *rest = _DELIMITER.split(stripped, maxsplit=1)
            values = [(number, each.strip()) for each in rest if each.strip()]
            options[name.strip().lower()] = (number, values)
    return Ini(
        {
            name: Section(lines[name], {key: Option(line, tuple(each)) for key, (line, each) in options.items()})
            for name, options in found.items()
        }
    )

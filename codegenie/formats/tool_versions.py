"""Versions of tools by name: .tool-versions (asdf, mise), .sdkmanrc, mise.toml, .prototools, and the like."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load

MOST_LINES = 1000

_PAIR = lazily(r"\s*([\w./@:-]{1,100})\s*[=:]\s*(\S.{0,200})")


class ToolVersion(NamedTuple):
    """One version of a tool as written."""

    tool: str
    version: str
    line: int | None


class ToolVersions(NamedTuple):
    """The versions in the order of the file; a tool may have several, of which the first that is installed counts."""

    versions: tuple[ToolVersion, ...]


def parse(content: bytes) -> ToolVersions:
    """Read a .tool-versions: a tool and its versions on each line; any text is one."""
    return ToolVersions(
        tuple(
            ToolVersion(words[0], version, number)
            for number, line in _lines(content)
            if len(words := line.split()) > 1
            for version in words[1:10]
        )
    )


def parse_properties(content: bytes) -> ToolVersions:
    """Read a .sdkmanrc or another file of properties: `java=21.0.1-tem`; any text is one."""
    return ToolVersions(
        tuple(
            ToolVersion(found[1], found[2].strip(), number)
            for number, line in _lines(content)
            if (found := _PAIR.fullmatch(line))
        )
    )


def parse_mise(content: bytes) -> ToolVersions:
    """Read a mise.toml.  Raises Unparsable."""
    return _toml(content, ("tools",))


def parse_proto(content: bytes) -> ToolVersions:
    """Read a .prototools.  Raises Unparsable."""
    return _toml(content, ())


def _toml(content: bytes, way: tuple[str, ...]) -> ToolVersions:
    value: Any = load(content)
    lines = lines_of(text_of(content))
    for key in way:
        value = value.get(key)
        value = value if isinstance(value, dict) else {}
    return ToolVersions(
        tuple(
            ToolVersion(tool, version, lines.get((*way, tool)))
            for tool, item in value.items()
            for version in _versions(item)
        )
    )


def _versions(item: Any) -> Iterator[str]:
    match item:
        case str() if item:
            yield item
        case int() | float() if not isinstance(item, bool):
            yield str(item)
        case list():
            for each in item[:10]:
                yield from _versions(each) if not isinstance(each, list) else ()
        case {"version": str() as version} if version:
            yield version


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    text = str(writable(text_of(content)))
    for number, line in enumerate(text.split("\n", MOST_LINES)[:MOST_LINES], 1):
        bare = line.partition("#")[0].strip()
        if bare and len(bare) <= 400 and bare.isprintable():
            yield number, bare

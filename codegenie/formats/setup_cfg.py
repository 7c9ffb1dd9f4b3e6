"""setup.cfg: setuptools' declarative metadata, and the tools that keep their configuration there."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats import ini_text
from codegenie.formats.ini_text import Ini, Option
from codegenie.formats.patterns import lazily
from codegenie.formats.requirement import Asked, Kind, read

_COMPUTED = lazily(r"(?:attr|file):")
# A semicolon also parts the items of a list.
_MARKED = lazily(r";\s*+(?:[('\"]|(?:os_name|sys_platform|platform_|python_|implementation_|extra\b))")
_ENTRY = lazily(r"([^\s=]+)\s*+=\s*+(\S.*+)")


class EntryPoint(NamedTuple):
    """A command that the package installs."""

    name: str
    target: str
    line: int


class SetupCfg(NamedTuple):
    """The metadata.  `files` are those that fields are read from: `("options.install_requires", "r.txt")`."""

    is_package: bool
    name: str | None
    version: str | None
    requires_python: str | None
    requires_python_line: int | None
    asked: tuple[Asked, ...]
    entry_points: tuple[EntryPoint, ...]
    dynamic: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    """The options with a line that is no requirement."""
    ini: Ini


def parse(content: bytes) -> SetupCfg:
    """Read the file.  Raises Unparsable."""
    ini = ini_text.parse(content)
    metadata, options = ini.section("metadata"), ini.section("options")
    computed: dict[str, str] = {}
    fields: dict[str, str | None] = {}
    for field in ("name", "version"):
        written = metadata.text(field)
        fields[field] = None if written and _COMPUTED.match(written) else written
        if written and _COMPUTED.match(written):
            computed[field] = written
    asked: list[Asked] = []
    unread: list[str] = []
    for group, kind, option in _lists(ini):
        if _COMPUTED.match(option.text):
            computed[group] = option.text
            continue
        for line, text in option.values:
            text = re.split(r"\s#", text, maxsplit=1)[0]  # noqa: PLW2901 - setuptools takes a comment off as well
            for part in (text,) if _MARKED.search(text) else text.split(";"):
                if found := read(part):
                    asked.append(found.asked(group, kind, line))
                elif part.strip():
                    unread.append(group)
    return SetupCfg(
        is_package="name" in metadata.options or bool(options.options),
        name=fields["name"],
        version=fields["version"],
        requires_python=options.text("python_requires"),
        requires_python_line=options.line_of("python_requires"),
        asked=tuple(asked),
        entry_points=tuple(_entry_points(ini)),
        dynamic=tuple(sorted(computed)),
        files=tuple(
            (field, name.strip())
            for field, written in sorted(computed.items())
            if written.startswith("file:")
            for name in written[5:].replace("\n", ",").split(",")
            if name.strip()
        ),
        unread=tuple(sorted(set(unread))),
        ini=ini,
    )


def _lists(ini: Ini) -> Iterator[tuple[str, Kind, Option]]:
    kinds: dict[str, Kind] = {"install_requires": "runtime", "setup_requires": "build", "tests_require": "development"}
    for name, kind in kinds.items():
        if option := ini.section("options").options.get(name):
            yield f"options.{name}", kind, option
    for extra, option in ini.section("options.extras_require").options.items():
        yield f"options.extras_require.{extra}", "extra", option


def _entry_points(ini: Ini) -> Iterator[EntryPoint]:
    for kind in ("console_scripts", "gui_scripts"):
        option = ini.section("options.entry_points").options.get(kind)
        for line, text in option.values if option else ():
            if found := _ENTRY.fullmatch(text):
                yield EntryPoint(found[1], found[2], line)

"""The dependencies in manifests that are programs or lists of lines: found by how they are usually written."""

import re
from collections.abc import Callable, Iterator

from codegenie.formats.patterns import lazily

Found = tuple[str, int]
"""The name of a dependency as written, and its line (from 1)."""

_GRADLE = lazily(
    r"""["']([\w.-]+):([\w.-]+)(?:[:@][^"']*)?["']"""  # "group:artifact:version"
    r"""|\bid\s*+(?:[(=]\s*+)?["']([\w.-]+)["']"""  # the id of a plugin
    r"""|\bgroup\s*[:=]\s*["']([\w.-]+)["']"""
)
_SBT = lazily(r'"([\w.-]+)"\s*%%?%?\s*"([\w.-]+)"')
_GO_REQUIRE = lazily(r"\s*(?:require\s+)?([\w.~/-]++)\s++v\d(?!.*//\s*indirect)")
_REQUIREMENT = lazily(r"^([A-Za-z0-9][\w.-]*)(.*(?:\n[ \t]+.*)*)", re.MULTILINE)  # with its indented lines
_SETUP_REQUIRES = lazily(r"\b(?:install|extras|setup|tests)_requires?\s*+=\s*+[\[{]([^\]}]*+)")
_QUOTED_REQUIREMENT = lazily(r"""["']([A-Za-z0-9][\w.-]*)""")


def each_line(pattern: str) -> Callable[[str], Iterator[Found]]:
    """A reader of what the group of an expression holds, on any line that is not a comment."""
    sought = lazily(pattern)

    def read(text: str) -> Iterator[Found]:
        for number, line in enumerate(text.split("\n"), 1):
            if not line.lstrip().startswith(("#", "//", ";;", "--")) and (found := sought.search(line)):
                yield found[1], number

    return read


def gradle(text: str) -> Iterator[Found]:
    """Coordinates `group:artifact` and plugin ids, of a build script or a version catalogue."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith(("//", "*", "/*", "#")):
            for group, artifact, plugin, alone in _GRADLE.findall(line):
                yield (f"{group}:{artifact}" if artifact else plugin or alone), number


def sbt(text: str) -> Iterator[Found]:
    """Coordinates `group:artifact` of a Scala build, without the suffix for the version of Scala."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith("//"):
            for group, artifact in _SBT.findall(line):
                yield f"{group}:{artifact}", number


def go_mod(text: str) -> Iterator[Found]:
    """The modules that a Go module requires itself."""
    block = ""
    for number, line in enumerate(text.split("\n"), 1):
        if opened := re.match(r"(\w+)\s*\(", line):
            block = opened[1]
        elif line.startswith(")"):
            block = ""
        elif block == "require" or (not block and line.startswith("require")):
            found = _GO_REQUIRE.match(line)
            if found and "." in found[1][1:-1]:
                yield found[1], number


def requirements_txt(text: str) -> Iterator[Found]:
    """The requirements of a pip file; of a compiled one (pip-compile, uv), those that were asked for."""
    line, counted = 1, 0
    for block in _REQUIREMENT.finditer(text):
        via = block[2].partition("# via")[2]
        line, counted = line + text.count("\n", counted, block.start()), block.start()
        if not via.strip() or "-r " in via or "(" in via:
            yield block[1], line


def setup_py(text: str) -> Iterator[Found]:
    """The requirements that are written out in a call of `setup`."""
    line, counted = 1, 0
    for block in _SETUP_REQUIRES.finditer(text):
        for found in _QUOTED_REQUIREMENT.finditer(text, block.start(1), block.end(1)):
            line, counted = line + text.count("\n", counted, found.start()), found.start()
            yield found[1], line


def setup_cfg(text: str) -> Iterator[Found]:
    """`install_requires` and the extras of setuptools' declarative configuration."""
    section = key = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\[([^\]]+)\]", line):
            section, key = header[1], ""
        elif assigned := re.match(r"([\w.-]+)\s*[=:]\s*(.*)", line):
            key, line = assigned[1], assigned[2]  # noqa: PLW2901 - the rest of the line is the first entry
        wanted = section == "options.extras_require" or (section == "options" and key == "install_requires")
        if wanted and (found := re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)):
            yield found[1], number

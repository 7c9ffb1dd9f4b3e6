"""Solutions of .NET, .sln and .slnx: the projects that they list."""

from typing import NamedTuple

from codegenie.formats import xml_text
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_PROJECTS = 20_000
_HEADER = "Microsoft Visual Studio Solution File"
# Project("{kind}") = "name", "path", "{id}"
_PROJECT = lazily(r'[ \t]*Project\("\{([0-9A-Fa-f-]{36})\}"\)[ \t]*=[ \t]*"([^"\n]*)"[ \t]*,[ \t]*"([^"\n]*)"')
_FOLDER = "2150E333-8FDC-42A3-9474-1A3956D46DE8"


class Listed(NamedTuple):
    """One project; `path` has forward slashes and starts from the solution."""

    path: str
    line: int


class Solution(NamedTuple):
    """The projects in the order of the file."""

    projects: tuple[Listed, ...]


def parse(content: bytes) -> Solution:
    """Read a solution of either format.  Raises Unparsable."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _slnx(content)
    text = text_of(content)
    if _HEADER not in text[:2000]:
        raise Unparsable("not a Visual Studio solution")
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        project = _PROJECT.match(line)
        if project and project[1].upper() != _FOLDER:
            found.append(Listed(project[3].replace("\\", "/"), number))
    return _checked(found)


def _slnx(content: bytes) -> Solution:
    root = xml_text.parse(content)
    if root.name != "Solution":
        raise Unparsable("not a solution")
    return _checked(
        [
            Listed(path.replace("\\", "/"), each.line)
            for each in root.walk()
            if each.name == "Project" and (path := each.attributes.get("Path", ""))
        ]
    )


def _checked(found: list[Listed]) -> Solution:
    if len(found) > MOST_PROJECTS:
        raise Unparsable(f"more than {MOST_PROJECTS} projects")
    return Solution(tuple(found))

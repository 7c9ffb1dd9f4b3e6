"""Files of `NAME=value` lines, `.env`, as Docker Compose reads them (docs.docker.com/compose/how-tos)."""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

_LINE = lazily(
    r"""^[ \t]*+(?:export[ \t]++)?([A-Za-z_][\w.-]*+)[ \t]*+[=:][ \t]*+
        (?:"((?:[^"\\]++|\\.)*+)"|'([^']*+)'|([^\n]*+))""",
    re.MULTILINE | re.VERBOSE | re.DOTALL | re.ASCII,
)
_COMMENT = lazily(r"(?:^|[ \t])#.*", re.DOTALL)


class Assignment(NamedTuple):
    """One line's; in a value that is not `literal` variables like `${X}` are yet to be filled in."""

    name: str
    value: str
    literal: bool
    line: int


def parse(content: bytes) -> tuple[Assignment, ...]:
    """The assignments in order; lines that are none are passed over, as the tools do with a warning."""
    text = text_of(content).replace("\r\n", "\n")
    found: list[Assignment] = []
    at, line = 0, 1
    for one in _LINE.finditer(text):
        line += text.count("\n", at, one.start())
        at = one.start()
        name, double, single, bare = one.groups()
        value = single if single is not None else double if double is not None else _COMMENT.sub("", bare).strip()
        found.append(Assignment(name, value, single is not None, line))
    return tuple(found)

"""Files of Nix: the versions that the names of packages of nixpkgs tell, like `nodejs_20` and `python312`."""

import re

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.tool_versions import ToolVersion, ToolVersions

MOST = 200

_COMMENT = lazily(r"#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?")
_NAME = lazily(
    r"(?<![\w.'-])(?:pkgs\.)?(?:"
    r"nodejs(?:-slim)?[_-](?P<node>[0-9]{1,2})(?:_x)?"
    r"|python(?P<python>3[0-9]{1,2})(?:Full|Packages)?"
    r"|go_(?P<go>1_[0-9]{1,2})"
    r"|(?:jdk|openjdk|temurin-bin-|zulu)(?P<java>[0-9]{1,2})(?:_headless)?"
    r"|ruby_(?P<ruby>[0-9]_[0-9])"
    r"|php(?P<php>[5-9][0-9])"
    r"|dotnet-sdk_(?P<dotnet>[0-9]{1,2})"
    r")(?![\w'-])"
)


def parse(content: bytes) -> ToolVersions:
    """Read the file; any text is one."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text_of(content))
    found = []
    line, counted = 1, 0
    for name in _NAME.finditer(text):
        line, counted = line + text.count("\n", counted, name.start()), name.start()
        tool = name.lastgroup or ""
        found.append(ToolVersion(tool, _version(tool, name[tool]), line))
        if len(found) == MOST:
            break
    return ToolVersions(tuple(found))


def _version(tool: str, digits: str) -> str:
    if tool in ("python", "php"):
        return f"{digits[0]}.{digits[1:]}"
    return digits.replace("_", ".")

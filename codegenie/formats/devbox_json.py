"""devbox.json: the packages of a shell of devbox, by name and version."""

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_text
from codegenie.formats.jsonc_text import strict
from codegenie.formats.plain import text_of
from codegenie.formats.tool_versions import ToolVersion, ToolVersions
from codegenie.formats.unparsable import Unparsable

MOST_PACKAGES = 500


def parse(content: bytes) -> ToolVersions:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    value = load_text(strict(text))
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    lines = lines_of(text)
    packages = value.get("packages")
    found = []
    if isinstance(packages, list):
        for index, item in enumerate(packages[:MOST_PACKAGES]):
            name, at, version = item.rpartition("@") if isinstance(item, str) else ("", "", "")
            if at and name and version:
                found.append(ToolVersion(name, version, lines.get(("packages", index))))
    elif isinstance(packages, dict):
        for name, item in list(packages.items())[:MOST_PACKAGES]:
            given = item.get("version") if isinstance(item, dict) else item
            if isinstance(given, str) and given:
                found.append(ToolVersion(name, given, lines.get(("packages", name))))
    return ToolVersions(tuple(found))

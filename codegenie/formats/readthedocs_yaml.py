""".readthedocs.yaml: the versions of runtimes that a build on Read the Docs takes."""

from codegenie.formats.tool_versions import ToolVersion, ToolVersions
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents

# https://docs.readthedocs.com/platform/stable/config-file/v2.html#build-tools; conda's names for Python are left out.
_TOOLS = {"python": "python", "nodejs": "node", "ruby": "ruby", "rust": "rust", "golang": "go"}


def parse(content: bytes) -> ToolVersions:
    """Read the file; a number without quotes is none of the versions that it takes: 3.10 is 3.1.  Raises Unparsable."""
    found = documents(content, depth=3)
    value, lines = (found[0].value, found[0].lines) if found else ({}, {})
    if not isinstance(value, dict | None):
        raise Unparsable("not a YAML mapping")
    build = (value or {}).get("build")
    tools = build.get("tools") if isinstance(build, dict) else None
    return ToolVersions(
        tuple(
            ToolVersion(_TOOLS[name], str(version), lines.get(("build", "tools", name)))
            for name, version in (tools.items() if isinstance(tools, dict) else ())
            if name in _TOOLS and isinstance(version, str | int) and str(version)[:1].isdigit()
        )
    )

""".goreleaser.yaml: the directory that releases are built into.  https://goreleaser.com/customization/dist/"""

from typing import NamedTuple

from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents


class GoReleaser(NamedTuple):
    """`dist` as written, and its line; where nothing is, the default."""

    dist: str
    line: int | None


def parse(content: bytes) -> GoReleaser:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=1)
    value = found[0].value if found else {}
    if not isinstance(value, dict | None):
        raise Unparsable("not a YAML mapping")
    dist = (value or {}).get("dist")
    return GoReleaser(dist, found[0].lines.get(("dist",))) if isinstance(dist, str) else GoReleaser("dist", None)

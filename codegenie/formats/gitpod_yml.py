""".gitpod.yml: the image that a workspace of Gitpod runs in."""

from typing import NamedTuple

from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents


class GitpodYml(NamedTuple):
    """The image, or the Dockerfile that it is built from."""

    image: str | None
    dockerfile: str | None
    line: int | None


def parse(content: bytes) -> GitpodYml:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=2)
    value, lines = (found[0].value, found[0].lines) if found else ({}, {})
    if not isinstance(value, dict | None):
        raise Unparsable("not a YAML mapping")
    image = (value or {}).get("image")
    file = image.get("file") if isinstance(image, dict) else None
    return GitpodYml(
        image=image if isinstance(image, str) else None,
        dockerfile=file if isinstance(file, str) else None,
        line=lines.get(("image",)),
    )

"""devcontainer.json: the image of a development container, or its Dockerfile, and the features put into it.

https://containers.dev/implementors/json_reference
"""

from typing import NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_text
from codegenie.formats.jsonc_text import strict
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_FEATURES = 100


class Feature(NamedTuple):
    """A feature: its reference, and the version that it is to install."""

    reference: str
    version: str | None
    line: int | None


class DevContainer(NamedTuple):
    """The container."""

    image: str | None
    image_line: int | None
    dockerfile: str | None
    features: tuple[Feature, ...]


def parse(content: bytes) -> DevContainer:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    value = load_text(strict(text))
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    lines = lines_of(text)
    image, build, features = value.get("image"), value.get("build"), value.get("features")
    dockerfile = build.get("dockerfile") if isinstance(build, dict) else value.get("dockerFile")
    found = []
    for reference, options in list(features.items())[:MOST_FEATURES] if isinstance(features, dict) else ():
        version = options.get("version") if isinstance(options, dict) else options
        line = lines.get(("features", reference, "version")) or lines.get(("features", reference))
        found.append(Feature(reference, version if isinstance(version, str) else None, line))
    return DevContainer(
        image=image if isinstance(image, str) else None,
        image_line=lines.get(("image",)),
        dockerfile=dockerfile if isinstance(dockerfile, str) else None,
        features=tuple(found),
    )

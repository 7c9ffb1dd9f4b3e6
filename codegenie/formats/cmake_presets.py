"""CMakePresets.json: the presets that are not hidden.  https://cmake.org/cmake/help/latest/manual/cmake-presets.7.html"""

from typing import Any, NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_PRESETS = 1000

KINDS = {"configurePresets": "configure", "buildPresets": "build", "testPresets": "test", "workflowPresets": "workflow"}


class Preset(NamedTuple):
    """One preset by its kind: configure, build, test or workflow."""

    kind: str
    name: str
    line: int | None


class CMakePresets(NamedTuple):
    """The file."""

    presets: tuple[Preset, ...]


def parse(content: bytes) -> CMakePresets:
    """Read the file.  Raises Unparsable."""
    value = load_object(content)
    lines = lines_of(text_of(content))
    presets = []
    for field, kind in KINDS.items():
        entries: Any = value.get(field)
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            if (
                isinstance(entry, dict)
                and isinstance(name := entry.get("name"), str)
                and entry.get("hidden") is not True
            ):
                presets.append(Preset(kind, name, lines.get((field, at, "name"))))
            if len(presets) > MOST_PRESETS:
                raise Unparsable(f"more than {MOST_PRESETS} presets")
    return CMakePresets(tuple(presets))

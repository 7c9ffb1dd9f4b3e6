"""tsconfig.json: what one file says, before `extends` is followed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.jsonc_text import load
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable


class TsConfig(NamedTuple):
    """Parts of the wrong type are absent; `lines` has the line of each key."""

    extends: tuple[str, ...]
    """As written, in order: a later one overrides an earlier one."""
    references: tuple[str, ...]
    files: tuple[str, ...] | None
    include: tuple[str, ...] | None
    exclude: tuple[str, ...] | None
    options: Mapping[str, Any]
    lines: Mapping[Key, int]


def parse(content: bytes) -> TsConfig:
    """Read the file; an empty one is a configuration with nothing in it.  Raises Unparsable."""
    value = load(content)
    if not isinstance(value, dict | None):
        raise Unparsable("not a JSON object")
    value = value or {}
    extends = value.get("extends")
    references = value.get("references")
    options = value.get("compilerOptions")
    return TsConfig(
        extends=(extends,) if isinstance(extends, str) else _texts(extends) or (),
        references=tuple(
            item["path"]
            for item in (references if isinstance(references, list) else ())
            if isinstance(item, dict) and isinstance(item.get("path"), str)
        ),
        files=_texts(value.get("files")),
        include=_texts(value.get("include")),
        exclude=_texts(value.get("exclude")),
        options=options if isinstance(options, dict) else {},
        lines=lines_of(text_of(content)),
    )


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else None

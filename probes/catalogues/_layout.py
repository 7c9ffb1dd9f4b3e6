"""The one layout of all catalogues: an entry a line, so that a change of one is a line of a difference.

`python -m probes.catalogues._layout` lays out anew every catalogue that was edited by hand.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LAID_OUT_BY_HAND = frozenset({"shell-replacements", "source_patterns"})
"""Those whose entries are texts that are read as written."""


def written(catalogue: Mapping[str, Any]) -> str:
    """A catalogue as JSON: `origin`, then its tables, each entry of a table on one line."""
    return "{\n" + ",\n".join(f"{_text(key)}: {_table(value)}" for key, value in catalogue.items()) + "\n}\n"


def _table(value: Any) -> str:
    match value:
        case {"source": _} | None:
            return _text(value)
        case dict():
            return "{\n" + ",\n".join(f"{_text(key)}: {_text(entry)}" for key, entry in value.items()) + "\n}"
        case _:
            return "[\n" + ",\n".join(map(_text, value)) + "\n]"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for path in sorted(each for each in HERE.glob("*.json") if each.stem not in LAID_OUT_BY_HAND):
        path.write_text(written(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")

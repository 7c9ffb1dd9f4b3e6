"""Signal handlers in sources, and which of them are in the program that a trail ends at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Facts = dict[str, Any]

_MOST = 10  # of one program


def handlers_in(found: Iterable[Mapping[str, Any]], patterns: Iterable[Mapping[str, Any]]) -> Iterator[Facts]:
    """The handlers among the findings of source_scan; traps of shell scripts are told where a trail goes through."""
    wanted = {each["id"] for each in patterns if each["topic"] == "signal" and "shell" not in each["languages"]}
    for file in found:
        if not file["test"]:
            for one in file["findings"]:
                if one["pattern"] in wanted:
                    yield {
                        "path": file["path"],
                        "line": one["line"],
                        "pattern": one["pattern"],
                        "signal": one["name"],
                    }


def signals_in(handlers: Iterable[Mapping[str, Any]], ends: Sequence[Mapping[str, Any]]) -> list[Facts]:
    """The handlers in the files that a trail ends at."""
    steps = {end["file"]: end["step"] for end in reversed(ends) if end["file"]}
    return [
        {
            "kind": "handler",
            "step": steps[each["path"]],
            "path": each["path"],
            "line": each["line"],
            "text": each["signal"] or each["pattern"],
        }
        for each in handlers
        if each["path"] in steps
    ][:_MOST]

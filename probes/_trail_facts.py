"""What follows from the steps of a trail: PID 1, where it ends, and the ways that a signal has to go."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._entries import Entry

Facts = dict[str, Any]

_MOST = 40  # ends and signals of an entry
_LONGEST = 600  # characters of a condition

_KINDS = {"package_script": "package_manager", "script": "script", "shell": "shell", "supervisor": "supervisor"}


def pid1_of(entry: Entry, steps: Sequence[Mapping[str, Any]]) -> Facts:
    """What the kernel starts as the first process, before it becomes anything else."""
    if entry.init:
        init, path, line = entry.init
        return {"kind": "init", "name": init, "path": path, "line": line, "certain": True}
    first = next((step for step in steps if step["after"] is None and step["role"] == "main"), None)
    if entry.text is None and first is None and entry.entrypoint and entry.command:
        return {"kind": "none", "name": None, "path": entry.path, "line": entry.line, "certain": True}
    if entry.text is not None or first is None:
        return {"kind": "unknown", "name": None, "path": None, "line": None, "certain": False}
    words = first["words"] if first["kind"] != "unknown" else []
    has_second = first["kind"] == "shell" and len(words) > 1 and (words[1] == "-c" or not words[1].startswith("-"))
    name = " ".join(words[: 2 if has_second else 1]) or None
    return {
        "kind": _KINDS.get(first["kind"], first["kind"]),
        "name": name,
        "path": first["path"],
        "line": first["line"],
        "certain": entry.entrypoint is not None,
    }


def ends_of(steps: Sequence[Mapping[str, Any]]) -> list[Facts]:
    """Where the trail ends, with all that this depends on; what always happens comes first."""
    found = [
        {
            "step": step["index"],
            "reason": step["end"],
            "program": step["words"][0] if step["words"] else None,
            "file": step["file"],
            "role": step["role"],
            "condition": _condition(step, steps),
        }
        for step in steps
        if step["end"] and step["end"] != "condition_does_not_hold"
    ]
    return sorted(found, key=lambda end: (end["condition"] is not None, end["role"] != "main"))[:_MOST]


def _condition(step: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> str | None:
    parts: list[str] = []
    at: int | None = step["index"]
    while at is not None:
        if steps[at]["condition"] and steps[at]["holds"] is not True:
            parts.append(steps[at]["condition"])
        at = steps[at]["after"]
    return " and ".join(reversed(parts))[:_LONGEST] or None


def signals_of(entry: Entry, steps: Sequence[Mapping[str, Any]], traps: Iterable[Mapping[str, Any]]) -> list[Facts]:
    """What stands between a signal and the program, as far as the files say it."""
    found: list[Facts] = []
    if entry.stop_signal:
        text = entry.stop_signal["value"] or entry.stop_signal["written"]
        found.append(_signal("stop_signal", None, entry.dockerfile, entry.stop_signal["line"], text))
    for step in steps:
        parent = steps[step["after"]] if step["after"] is not None else None
        way = _way(step, parent)
        if way:
            found.append(_signal(way, step["index"], step["path"], step["line"], " ".join(step["words"][:4])))
    found += [_signal("trap", None, trap["path"], trap["line"], trap["text"][:200]) for trap in traps]
    return found[:_MOST]


def _signal(kind: str, step: int | None, path: str | None, line: int | None, text: str) -> Facts:
    return {"kind": kind, "step": step, "path": path, "line": line, "text": text}


def _way(step: Mapping[str, Any], parent: Mapping[str, Any] | None) -> str | None:
    """How a step is started by the one before."""
    if step["kind"] == "init":
        return "init"
    if step["role"] in ("before", "sourced") or step["kind"] == "arguments" or parent is None or step["holds"] is False:
        return None
    if step["kind"] == "exec":
        return "exec"
    match parent["kind"]:
        case "shell" | "script" if not step["words"]:
            return None
        case "shell" if step["kind"] == "script" and step["path"] == parent["path"] and step["line"] == parent["line"]:
            return None  # the shell reads the script itself
        case "script" if parent["from"] and parent["from"]["kind"] == "image":
            return "exec_by_image"
        case "shell" | "script":
            return "background" if step["role"] == "background" else "last_command"
        case "package_script":
            return "child_of_package_manager"
        case "supervisor":
            return "child_of_supervisor"
    return None

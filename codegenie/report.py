"""CONTEXT_REPORT.md: the document again, for a person with five minutes."""

import re
from collections.abc import Iterator
from typing import Any

from codegenie.probe import ENVELOPE
from codegenie.text import escaped

_LISTED = 12  # items of a list that are shown before "and N more"
_DEEP = 4
_LONG = 160


def rendered(document: dict[str, Any]) -> str:
    """The report as Markdown: what failed and what is doubtful first, then slice by slice."""
    lines = ["# What is known of this repository", "", *_snapshot(document["snapshot"]), ""]
    lines += [*_overview(document["probes"]), ""]
    for name in sorted(set(document) - ENVELOPE):
        lines += [f"## {name}", ""]
        about = document["probes"][name]
        lines += [f"> {_text(warning)}" for warning in about["warnings"]]
        lines += [f"> failed: {_text(error)}" for error in about["errors"]]
        lines += list(_facts(document[name], 0)) if document[name] is not None else ["Nothing is known."]
        lines.append("")
    return "\n".join(lines)


def _snapshot(snapshot: dict[str, Any]) -> Iterator[str]:
    commit = f"commit `{snapshot['commit']}`" if snapshot["commit"] else "no commit known"
    yield f"{commit}, {snapshot['files']} files. The facts with their evidence are in `repo-context.yaml`."
    for warning in snapshot["warnings"]:
        yield f"\n> {_text(warning)}"
    if snapshot["skipped"]:
        yield f"\n{len(snapshot['skipped'])} paths were left out:\n"
        for item in snapshot["skipped"][:_LISTED]:
            yield f"- {_code(item['path'])}: {_text(item['reason'])}"
        yield from _more(snapshot["skipped"])


def _overview(probes: dict[str, Any]) -> Iterator[str]:
    yield "| slice | outcome | confidence |"
    yield "|---|---|---|"
    worst_first = {"failed": 0, "skipped": 1, "succeeded": 2}
    for name, probe in sorted(probes.items(), key=lambda item: (worst_first[item[1]["outcome"]], item[0])):
        yield f"| {name} | {probe['outcome']} | {probe['confidence']} |"


def _facts(value: Any, depth: int) -> Iterator[str]:
    """A slice as nested bullets; what is empty is left out, what is long is cut with a count."""
    indent = "  " * depth
    pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value[:_LISTED])
    for name, item in pairs:
        label = f"**{_text(name)}**: " if name is not None else ""
        if item in (None, [], {}):
            if label:
                yield f"{indent}- {label}{'unknown' if item is None else 'none'}"
        elif not isinstance(item, dict | list):
            yield f"{indent}- {label}{_code(item)}"
        elif depth >= _DEEP or _is_flat(item):
            yield f"{indent}- {label}{_inline(item)}"
        else:
            yield f"{indent}- {label.rstrip()}" if label else f"{indent}-"
            yield from _facts(item, depth + 1)
    if isinstance(value, list):
        yield from (f"{indent}{line}" for line in _more(value))


def _is_flat(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value
    return all(not isinstance(item, dict | list) or item in ([], {}) for item in items) and len(value) <= _LISTED


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_text(name)} {_inline(item)}" for name, item in value.items() if item not in (None, [], {}))
    if isinstance(value, list):
        cut = [_inline(item) for item in value[:_LISTED]]
        return ", ".join([*cut, *(line[2:] for line in _more(value))])
    return _code(value)


def _more(items: list[Any]) -> Iterator[str]:
    if len(items) > _LISTED:
        yield f"- and {len(items) - _LISTED} more"


def _code(value: Any) -> str:
    """A value as inline code, which Markdown does not interpret."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = escaped(str(value))
    text = text if len(text) <= _LONG else f"{text[:_LONG]}..."
    if "`" in text:
        fence = "`" * (max(map(len, re.findall("`+", text))) + 1)
        return f"{fence} {text} {fence}"
    return f"`{text}`" if text else "(empty)"


def _text(value: Any) -> str:
    """A value as running text, with Markdown's own characters taken literally."""
    text = escaped(str(value))
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)

"""What the report says of the tests: how many, with what, of which kind, and how much they cover."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._wording import counted

_HIGHLIGHTED = 6


def told(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The totals, then the frameworks by their files; kinds and coverage where they are known."""
    totals = facts["totals"]
    yield "Tests", _counted(totals) if totals["files"] else "none that are known here"
    frameworks = sorted(facts["frameworks"], key=lambda one: (-one["test_files"], one["name"]))
    if names := _first(_with(one["name"], one["test_files"]) for one in frameworks):
        yield "Test frameworks", names
    kinds: Counter[str] = Counter()
    for row in facts["by_kind"]:
        kinds[row["kind"]] += row["files"]
    if kinds.keys() - {"unknown"}:
        yield "Kinds of tests", _first(f"{kind} in {counted(count, 'file')}" for kind, count in kinds.most_common())
    reported = (
        f"{metric['percent']}% of {metric['name']} (`{report['path']}`)"
        for report in facts["coverage"]
        for metric in report["metrics"][:1]
        if metric["percent"] is not None
    )
    if names := _first(reported):
        yield "Coverage reported", names
    if names := _first(f"{one['metric']} `{one['value']}` (`{one['path']}`)" for one in facts["thresholds"]):
        yield "Coverage asked for", names


def _counted(totals: Mapping[str, int]) -> str:
    more = [f"{totals[what]:,} {what}" for what in ("parameterised", "skipped") if totals[what]]
    return f"{counted(totals['cases'], 'case')} in {counted(totals['files'], 'file')}" + (
        f" ({', '.join(more)})" if more else ""
    )


def _with(name: str, files: int) -> str:
    return f"{name} ({counted(files, 'file')})" if files else name


def _first(texts: Iterable[str]) -> str:
    known = list(dict.fromkeys(texts))
    more = len(known) - _HIGHLIGHTED
    return ", ".join(known[:_HIGHLIGHTED]) + (f" and {more:,} more" if more > 0 else "")

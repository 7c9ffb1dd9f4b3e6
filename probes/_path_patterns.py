"""Many expressions over paths as one test, in microseconds: each is tried only where it can begin."""

import re
from collections.abc import Callable, Iterable

_COMPONENT = "(^|/)"


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test whether any of the expressions matches somewhere in a path; "^" in them is its start, as in Linguist."""
    start, component, anywhere = [], [], []
    for pattern in patterns:
        if pattern.startswith(_COMPONENT):
            component.append(pattern.removeprefix(_COMPONENT))
        elif pattern.startswith("^"):
            start.append(pattern.removeprefix("^"))
        else:
            anywhere.append(pattern)
    at_start = _compiled("", start).match
    at_component = _compiled("/", component).search  # a search for "/" is a scan for one character
    at_any_place = _compiled("", anywhere).search

    def matches(path: str) -> bool:
        return at_component(f"/{path}") is not None or at_any_place(path) is not None or at_start(path) is not None

    return matches


def _compiled(prefix: str, patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"{prefix}(?:{'|'.join(patterns) or '(?!)'})")

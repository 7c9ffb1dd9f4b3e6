"""Many expressions over paths as one test: what a directory settles for all of its files, it is asked once."""

import re
from collections.abc import Callable, Iterable
from functools import cache

from ._paths import per_directory

_COMPONENT = "(^|/)"
_ANCHORS = (_COMPONENT, "^")

# Expressions that match nothing with a "/" in it; and of the others what they begin with, up to the first "/".
_IN_A_NAME = re.compile(r"(?:[\w~!<^$?|*+(){}:-]|\\[dw\W]|\[(?:[\w-]|\\[dw])+\]|\[\^/\])*")
_BEGINNING = re.compile(r"(?:\(\^\|/\)|\^)?(?:(?:[\w~-]|\\[dw\W]|\[\w+\])\+?(?![?*{]))*(?:/(?![?*{]))?")


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test whether any of the expressions matches somewhere in a path; "^" in them is its start, as in Linguist."""
    expressions = tuple(patterns)
    of_files = [one for one in expressions if not one.endswith("/")]
    going_on = [one for one in of_files if not _IN_A_NAME.fullmatch(one.removeprefix(_COMPONENT))]
    in_directory = _search(one for one in expressions if not one.endswith("$"))
    begins_in = _search(_BEGINNING.findall(one)[0] for one in going_on)
    at_name = _compiled("", (one.removeprefix(_COMPONENT) for one in of_files if one.startswith(_ANCHORS))).match
    in_name = _compiled("", (one for one in of_files if not one.startswith(_ANCHORS))).search

    @cache
    def in_path() -> Callable[[str], bool]:
        return _search(expressions)  # seldom needed, and milliseconds to compile

    @per_directory
    def of_all_in(directory: str) -> bool | None:
        """The answer for the files of a directory; None where an expression begins in it that may go on."""
        return in_directory(directory) or (None if begins_in(directory) else False)

    def matches(path: str) -> bool:
        start = path.rfind("/") + 1
        known = of_all_in(path[:start])
        if known is None:
            return in_path()(path)
        return known or at_name(path, start) is not None or in_name(path, start) is not None

    return matches


def _search(patterns: Iterable[str]) -> Callable[[str], bool]:
    """The test of the whole of a path, by expressions that are each tried only where they can begin."""
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

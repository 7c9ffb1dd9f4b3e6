"""Many expressions over paths as one test: what a directory settles for all of its files, it is asked once."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from codegenie.formats.patterns import lazily

from ._paths import Directory, per_directory

_COMPONENT = "(^|/)"
_ANCHORS = (_COMPONENT, "^")

# A choice of two that an expression begins with: (a|b), [ab].
_CHOICE = re.compile(r"\((?!\?)([^()|]+)\|([^()|]+)\)(?![?*+{])|\[(\w)(\w)\](?![?*+{])")
_IN_NO_PATH = r"\0"  # which a search sees sooner than that an empty choice matches nowhere

# Expressions that match nothing with a "/" in it; and of the others what they begin with, up to the first "/".
_IN_A_NAME = re.compile(r"(?:[\w~!<^$?|*+(){}:-]|\\[dw\W]|\[(?:[\w-]|\\[dw])+\]|\[\^/\])*")
_BEGINNING = re.compile(r"(?:\(\^\|/\)|\^)?(?:(?:[\w~-]|\\[dw\W]|\[\w+\])\+?(?![?*{]))*(?:/(?![?*{]))?")


class Matcher:
    """A test whether any of many expressions matches somewhere in a path, by the parts of paths that settle it.

    `at_name` and `in_name` search the names of files, one or all in a directory: each in its line, and after a "/".
    """

    def __init__(
        self,
        of_all_in: Callable[[str], bool | None],
        at_root: re.Pattern[str],
        at_name: re.Pattern[str],
        in_name: re.Pattern[str],
        in_path: Callable[[str], bool],
    ) -> None:
        self.of_all_in = of_all_in
        """The answer for the files of a directory; None where an expression begins in it that may go on."""
        self.at_root = at_root
        self.at_name = at_name
        self.in_name = in_name
        self.in_path = in_path

    def __call__(self, path: str) -> bool:
        """Whether any of the expressions matches the path."""
        start = path.rfind("/") + 1
        known = self.of_all_in(path[:start])
        if known is None or "\n" in path:
            return self.in_path(path)
        if known or self.in_name.search(path, start) or self.at_name.search(f"/{path[start:]}"):
            return True
        return start == 0 and self.at_root.match(path) is not None

    def among(self, directory: Directory) -> Sequence[str]:
        """The files of a directory that any of the expressions matches: mostly none, and a search or two say so."""
        known = self.of_all_in(directory.path)
        if known:
            return directory.files
        at_root = not directory.path
        if known is None or at_root or self.at_name.search(directory.names) or self.in_name.search(directory.names):
            return [path for path in directory.files if self(path)]
        return ()


def matcher(patterns: Iterable[str]) -> Matcher:
    """The test for expressions in which "^" is the start of a path, as in Linguist."""
    expressions = tuple(patterns)
    of_files = [one for one in expressions if not one.endswith("/")]
    going_on = [one for one in of_files if not _IN_A_NAME.fullmatch(one.removeprefix(_COMPONENT))]
    of_directories = [one for one in expressions if not one.endswith("$")]
    begins = _search(_beginnings([*of_directories, *going_on]))
    begins_to_go_on, in_directory = _search(_beginnings(going_on)), _search(of_directories)

    @lru_cache(maxsize=1024)
    def begins_in(name: str) -> bool:
        return begins(f"{name}/")

    @per_directory
    def of_all_in(directory: str) -> bool | None:
        if not any(map(begins_in, directory.split("/"))):
            return False  # mostly, and the same names come again and again
        return in_directory(directory) or (None if begins_to_go_on(directory) else False)

    of_names = [one.removeprefix(_COMPONENT) for one in of_files if one.startswith(_COMPONENT)]
    anywhere = [each for one in of_files if not one.startswith(_ANCHORS) for each in _spelt_out(one)]
    return Matcher(
        of_all_in,
        at_root=_compiled("", (one for one in of_files if one.startswith("^"))),
        at_name=_compiled("/", of_names, re.MULTILINE),
        in_name=_compiled("", anywhere, re.MULTILINE),
        in_path=_search(expressions),
    )


def _search(patterns: Iterable[str]) -> Callable[[str], bool]:
    """The test of the whole of a path, by expressions that are each tried only where they can begin."""
    start, component, anywhere = [], [], []
    for pattern in patterns:
        if pattern.startswith(_COMPONENT):
            component.append(pattern.removeprefix(_COMPONENT))
        elif pattern.startswith("^"):
            start.append(pattern.removeprefix("^"))
        else:
            anywhere += _spelt_out(pattern)
    at_start, at_any_place = _compiled("", start), _compiled("", anywhere)
    at_component = _compiled("/", component)  # a search for "/" is a scan for one character

    def matches(path: str) -> bool:
        return bool(at_component.search(f"/{path}") or at_any_place.search(path) or at_start.match(path))

    return matches


def _beginnings(expressions: Iterable[str]) -> set[str]:
    return {_BEGINNING.findall(each)[0] for one in expressions for each in _spelt_out(one)}


def _spelt_out(expression: str) -> list[str]:
    """The expression with each of two texts that it may begin with: plain characters are soon seen not to be there."""
    choice = None if expression.startswith(_ANCHORS) else _CHOICE.match(expression)
    if not choice:
        return [expression]
    beginnings = filter(None, choice.groups())
    return [each for one in beginnings for each in _spelt_out(one + expression[choice.end() :])]


def _compiled(prefix: str, patterns: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    return lazily(f"{prefix}(?:{'|'.join(patterns) or _IN_NO_PATH})", flags)

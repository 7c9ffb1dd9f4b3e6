"""Rules of which files a test runner takes for tests."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from codegenie.formats.patterns import lazily

from ._test_globs import glob

Match = Callable[[str], bool]


class Rule(NamedTuple):
    """Which files below a directory belong to a framework.  `path` and `line` are where that is configured.

    `patterns` and `excluded` are as written, `unresolved` those that are computed or not understood.
    """

    framework: str
    directory: str
    matches: Match
    configured: bool
    path: str | None = None
    line: int | None = None
    patterns: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    def takes(self, path: str) -> bool:
        """Whether a path below the directory is one of its tests."""
        return self.matches(path[len(self.directory) :].lstrip("/"))


def matching(patterns: Iterable[str], exclude: str = "") -> Match:
    """What any of some globs matches, and an expression does not find."""
    understood = [one.pattern for pattern in patterns if (one := glob(pattern)) is not None]
    wanted = lazily("|".join(understood) or "(?!)")
    unwanted = lazily(exclude) if exclude else None

    def matches(path: str) -> bool:
        return wanted.fullmatch(path) is not None and not (unwanted and unwanted.search(path))

    return matches

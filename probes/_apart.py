"""Directories whose manifests are not projects: fixtures, templates, vendored code; told by the names on the way."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from codegenie.formats.patterns import lazily

from ._paths import Directory, per_directory

_LISTED = 20  # paths of each kind; the count says how many there are

# A manifest below such a directory is never a project, whatever it says; the second kind only without a lockfile of
# its own, for `tests/e2e` is a project often enough.  A workspace that names one as its member outdoes both.
_ALWAYS_APART = {
    "fixture": lazily(
        r"(?:.*[-_.])?fixtures?|__(?:fixtures|tests|mocks|testfixtures|snapshots)__|test[-_]?data|tap-snapshots",
        re.IGNORECASE,  # PHP and .NET write `Fixtures` and `TestData`
    ),
    "vendored": lazily(r"vendor|vendored|third[-_]party|bower_components|\.yarn"),
}
_STRONGEST = "fixture"  # the first of them, which one of the others in the same path does not change
_APART_UNLOCKED = {
    "fixture": lazily(r"tests?|specs?|e2e|mocks?"),
    "template": lazily(r"templates?|template-.*|.*-template"),
}
_TESTS = {"test", "tests", "testsuite"}
_GIVEN_OR_EXPECTED = {"in", "out", "input", "output", "expected"}


def kind_apart(path: str) -> str | None:
    """The kind of what is set apart whatever it holds: "fixture" or "vendored"; None for anything else."""
    directory, _, name = path.rpartition("/")
    above, own = _always_in(directory), _kind_of(_ALWAYS_APART, name)
    if above is None or own is None:
        return above or own
    return next(kind for kind in _ALWAYS_APART if kind in (above, own))


def apart_among(directory: Directory, kind: str) -> Sequence[str]:
    """The files of a directory that are set apart as of this kind, whatever they hold."""
    above = _always_in(directory.path.rstrip("/"))
    if above == _STRONGEST:
        return directory.files if kind == above else ()
    if above is None and not _any_named(kind)(directory.names):
        return ()
    return [path for path in directory.files if kind_apart(path) == kind]


def kind_apart_unlocked(path: str) -> str | None:
    """The kind of what is set apart unless it has a lockfile: "fixture" or "template"; None for anything else."""
    return _kind_of(_APART_UNLOCKED, path)


def is_given_or_expected(path: str) -> bool:
    """Whether it is what a test is given or must make, as a directory is named: a lockfile makes no project of it."""
    names = path.split("/")
    start = next((at for at, name in enumerate(names) if name in _TESTS), len(names))
    return any(name.rpartition(".")[2] in _GIVEN_OR_EXPECTED for name in names[start + 1 :])


def apart_facts(kinds: Mapping[str, Collection[str]]) -> list[dict[str, Any]]:
    """What is set apart, as slices show it: by kind how many paths, and the first of them."""
    return [
        {"kind": kind, "count": len(paths), "paths": sorted(paths)[:_LISTED]} for kind, paths in sorted(kinds.items())
    ]


def is_placeholder(name: str) -> bool:
    """Whether a manifest's name waits for a generator to fill it in: `{{name}}`, `<%= name %>`."""
    return any(sign in name for sign in ("{{", "<%", "${"))


def _kind_of(kinds: Mapping[str, re.Pattern[str]], path: str) -> str | None:
    names = path.split("/")
    for kind, names_of in kinds.items():
        if any(map(names_of.fullmatch, names)):
            return kind
    return None


@per_directory
def _always_in(directory: str) -> str | None:
    kinds = {*map(_always_apart, directory.split("/"))}
    return next((kind for kind in _ALWAYS_APART if kind in kinds), None)


_always_apart = lru_cache(maxsize=1024)(partial(_kind_of, _ALWAYS_APART))
"""What one name on the way says: the same names come again and again."""


@cache
def _any_named(kind: str) -> Callable[[str], object]:
    """Whether any of the names of a directory is one of this kind."""
    names_of = _ALWAYS_APART[kind]
    return re.compile(f"/(?:{names_of.pattern})$", names_of.flags | re.MULTILINE).search

"""Declarations that no version satisfies together.

Only those that hold for one directory and one purpose are compared (what builds the documentation may take another
version), and of these not CI with CI, images of two files, two versions
that one file allows, two members of a workspace, or features of pixi.  CI differs from a range where one of its
versions lies outside; from a single version only where CI itself knows no other, for several are there on purpose.
What is not understood (an alias, a prerelease, another implementation) differs from nothing.
"""

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from ._paths import parent
from ._runtimes import Declaration, Version
from ._version_ranges import overlap

MOST_COMPARED = 300  # declarations of one runtime in one directory


class Conflict(NamedTuple):
    """Two declarations, and of each the versions that have nothing in common with the other.

    `times` is how many pairs are alike but for the manifest or the line of CI.
    """

    one: Declaration
    versions: tuple[str, ...]
    other: Declaration
    other_versions: tuple[str, ...]
    times: int = 1


def conflicts(declarations: Iterable[Declaration]) -> list[Conflict]:
    """The pairs, by directory."""
    by_scope: dict[tuple[str, str], list[Declaration]] = {}
    several = _versions_of_ci(declarations) > 1
    for each in declarations:
        if each.versions and "feature." not in each.how:
            by_scope.setdefault((each.scope, each.purpose or ""), []).append(each)
    alike: dict[tuple[object, ...], Conflict] = {}
    for _, found in sorted(by_scope.items()):
        for one, other in combinations(found[:MOST_COMPARED], 2):
            if not _comparable(one, other) or (several and _ci_with_a_version(one, other)):
                continue
            if conflict := _conflict(one, other):
                key = _key(conflict)
                known = alike.get(key)
                alike[key] = known._replace(times=known.times + 1) if known else conflict
    return list(alike.values())


def _versions_of_ci(declarations: Iterable[Declaration]) -> int:
    return len({version.text for each in declarations if each.kind == "ci" for version in each.versions})


def _ci_with_a_version(one: Declaration, other: Declaration) -> bool:
    return "ci" in (one.kind, other.kind) and not _is_range(one if other.kind == "ci" else other)


def _key(conflict: Conflict) -> tuple[object, ...]:
    """What is the same in pairs that say the same."""
    return (
        conflict.one.scope,
        *(
            (each.kind, each.how, versions, None if each.kind in ("manifest", "ci") else each.path)
            for each, versions in ((conflict.one, conflict.versions), (conflict.other, conflict.other_versions))
        ),
    )


def _comparable(one: Declaration, other: Declaration) -> bool:
    if one.kind == other.kind == "ci":
        return False
    if one.kind == other.kind == "image" and one.path != other.path:
        return False
    if one.kind == other.kind == "manifest":
        return one.path == other.path or one.scope in (parent(one.path), parent(other.path))
    return one.path != other.path or one.kind == "image"


def _conflict(one: Declaration, other: Declaration) -> Conflict | None:
    if _is_range(one) and not _is_range(other):
        return _outside(other, one)
    if _is_range(other) and not _is_range(one):
        return _outside(one, other)
    if any(each.range is None for each in (*one.versions, *other.versions)):
        return None
    if any(_agree(each, those) for each in one.versions for those in other.versions):
        return None
    return Conflict(one, _texts(one.versions), other, _texts(other.versions))


def _is_range(each: Declaration) -> bool:
    return len(each.versions) == 1 and not each.versions[0].pinned


def _outside(named: Declaration, within: Declaration) -> Conflict | None:
    """The versions of a matrix, or the one that is named, that a range leaves out."""
    allowed = within.versions[0]
    found = [each for each in named.versions if not _agree(each, allowed)]
    if named.kind == "version file" and len(found) < len(named.versions):
        return None  # of several versions of a version file any may be taken
    return Conflict(named, _texts(found), within, (allowed.text,)) if found else None


def _agree(one: Version, other: Version) -> bool:
    return one.range is None or other.range is None or overlap(one.range, other.range)


def _texts(versions: Iterable[Version]) -> tuple[str, ...]:
    return tuple(each.text for each in versions)

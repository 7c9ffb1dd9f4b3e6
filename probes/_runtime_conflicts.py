"""Declarations that no version satisfies together.

Only those that hold for one directory are compared, and of these not CI with CI (jobs differ on purpose), images of two
files, two versions that one file allows, or two members of a workspace.  A matrix differs from a range where one of its
versions lies outside, but from no single version, for it has several on purpose.  What is not understood (an alias, a
prerelease, another implementation) differs from nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ._paths import parent
from ._runtimes import Declaration, Version
from ._version_ranges import overlap

MOST_COMPARED = 300  # declarations of one runtime in one directory


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two declarations, and of each the versions that have nothing in common with the other."""

    one: Declaration
    versions: tuple[str, ...]
    other: Declaration
    other_versions: tuple[str, ...]


def conflicts(declarations: Iterable[Declaration]) -> Iterator[Conflict]:
    """The pairs, by directory."""
    by_scope: dict[str, list[Declaration]] = {}
    for each in declarations:
        if each.versions:
            by_scope.setdefault(each.scope, []).append(each)
    for _, found in sorted(by_scope.items()):
        for one, other in combinations(found[:MOST_COMPARED], 2):
            if _comparable(one, other) and (conflict := _conflict(one, other)):
                yield conflict


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
    if {one.kind, other.kind} & {"ci"} and max(len(one.versions), len(other.versions)) > 1:
        return None
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

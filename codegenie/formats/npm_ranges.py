"""Ranges of versions as npm's package.json has them: `^1.2.3`, `~1.2`, `1.x || >=2.5.0 <3`, `1.2 - 2.3`."""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily

_VERSION = lazily(r"[v=\s]*(\d{1,15})\.(\d{1,15})\.(\d{1,15})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?")
_PARTIAL = (
    r"[v=\s]*(?P<major>\d{1,15}|[xX*])(?:\.(?P<minor>\d{1,15}|[xX*])(?:\.(?P<patch>\d{1,15}|[xX*])"
    r"(?:-(?P<pre>[0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?)?)?"
)
_COMPARATOR = lazily(rf"(?P<sign>\^|~>?|>=|<=|>|<|=)?\s*{_PARTIAL}")
_HYPHEN = lazily(r"\s*(\S{1,200})\s+-\s+(\S{1,200})\s*")
_LOOSE_SIGN = lazily(r"(\^|~>?|>=|<=|>|<|=)\s+")
LONGEST = 1000  # characters of a range

Release = tuple[int, int, int]
Order = tuple[Release, bool, tuple[tuple[bool, int, str], ...]]


class _Bound(NamedTuple):
    """One comparison with a version; `pre` where the version is itself a prerelease."""

    sign: str
    order: Order


def satisfies(version: str, written: str) -> bool | None:
    """Whether npm takes the version for the range; None where either is none that it knows (a tag, an address)."""
    found = _VERSION.fullmatch(version.strip())
    if found is None or len(written) > LONGEST:
        return None
    order = _order((int(found[1]), int(found[2]), int(found[3])), found[4] or "")
    sets = [_bounds(part) for part in written.split("||")]
    if any(bounds is None for bounds in sets):
        return None
    return any(_within(order, bounds) for bounds in sets if bounds is not None)


def _within(order: Order, bounds: list[_Bound]) -> bool:
    if not all(_holds(order, bound) for bound in bounds):
        return False
    # A prerelease is taken only where the range names one of the same release.
    return order[1] or any(not bound.order[1] and bound.order[0] == order[0] and bound.order[2] for bound in bounds)


def _holds(order: Order, bound: _Bound) -> bool:
    match bound.sign:
        case ">=":
            return order >= bound.order
        case ">":
            return order > bound.order
        case "<":
            return order < bound.order
        case "<=":
            return order <= bound.order
        case _:
            return order == bound.order


def _bounds(text: str) -> list[_Bound] | None:
    if hyphen := _HYPHEN.fullmatch(text):
        low, high = _COMPARATOR.fullmatch(hyphen[1]), _COMPARATOR.fullmatch(hyphen[2])
        if low is None or high is None or low["sign"] or high["sign"]:
            return None
        return [*_at_least(low), *_at_most(high)]
    bounds: list[_Bound] = []
    for word in _LOOSE_SIGN.sub(r"\1", text).split():
        found = _COMPARATOR.fullmatch(word)
        if found is None:
            return None
        bounds += _comparator(found)
    return bounds


def _comparator(found: re.Match[str]) -> list[_Bound]:
    numbers = _numbers(found)
    match found["sign"]:
        case "^":
            return _between(
                found, _after(numbers, next((at for at, number in enumerate(numbers) if number), len(numbers) - 1))
            )
        case "~" | "~>":
            return _between(found, _after(numbers, min(1, len(numbers) - 1)))
        case ">=":
            return _at_least(found)
        case "<=":
            return _at_most(found)
        case ">":
            if len(numbers) == 3:
                return [_Bound(">", _order_of(found))]
            return [_Bound(">=", _order(_after(numbers, len(numbers) - 1), ""))] if numbers else [_NONE]
        case "<":
            return (
                [_Bound("<", _order_of(found) if found["pre"] else _before(_padded(numbers)))] if numbers else [_NONE]
            )
        case _:
            if len(numbers) == 3:
                return [_Bound("=", _order_of(found))]
            return _between(found, _after(numbers, len(numbers) - 1))


def _numbers(found: re.Match[str]) -> list[int]:
    """The numbers before the first that is left open."""
    numbers: list[int] = []
    for part in ("major", "minor", "patch"):
        if found[part] is None or found[part] in "xX*":
            break
        numbers.append(int(found[part]))
    return numbers


def _padded(numbers: list[int]) -> Release:
    major, minor, patch = [*numbers, 0, 0, 0][:3]
    return major, minor, patch


def _after(numbers: list[int], at: int) -> Release:
    """The first release after all those that agree with the numbers up to `at`."""
    return _padded([*numbers[:at], numbers[at] + 1]) if numbers else (0, 0, 0)


def _between(found: re.Match[str], end: Release) -> list[_Bound]:
    return [*_at_least(found), _Bound("<", _before(end))] if _numbers(found) else []


def _at_least(found: re.Match[str]) -> list[_Bound]:
    return [_Bound(">=", _order_of(found))] if _numbers(found) else []


def _at_most(found: re.Match[str]) -> list[_Bound]:
    numbers = _numbers(found)
    if len(numbers) == 3:
        return [_Bound("<=", _order_of(found))]
    return [_Bound("<", _before(_after(numbers, len(numbers) - 1)))] if numbers else []


def _order_of(found: re.Match[str]) -> Order:
    numbers = _numbers(found)
    return _order(_padded(numbers), (found["pre"] or "") if len(numbers) == 3 else "")


def _order(release: Release, prerelease: str) -> Order:
    """Sorts as SemVer says: a prerelease before its release, numbers before words, fewer parts before more."""
    parts = tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in prerelease.split(".") if part
    )
    return release, not parts, parts


def _before(release: Release) -> Order:
    """Before all prereleases of the release too."""
    return release, False, ()


_NONE = _Bound("<", _before((0, 0, 0)))

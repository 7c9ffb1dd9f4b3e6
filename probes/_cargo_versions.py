"""Whether a version is one that a requirement of Cargo.toml means.

https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html#version-requirement-syntax
"""

from functools import lru_cache

from codegenie.formats.patterns import lazily

Version = tuple[int, int, int, str]

_VERSION = lazily(
    r"[vV]?([0-9]{1,18})(?:\.([0-9]{1,18}|[*xX]))?(?:\.([0-9]{1,18}|[*xX]))?(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{0,100})?"
)
_COMPARATOR = lazily(r"\s*(\^|~|=|>=|>|<=|<)?\s*(\S{1,200})\s*")
_MOST = 32  # comparators in one requirement


@lru_cache(maxsize=8192)
def satisfies(version: str, requirement: str) -> bool | None:
    """Whether it is; None where one of the two cannot be read."""
    held = _parsed(version)
    parts = requirement.split(",")
    if held is None or None in held[:3] or len(parts) > _MOST:
        return None
    have: Version = (held[0] or 0, held[1] or 0, held[2] or 0, held[3])
    found = [_fits(have, part) for part in parts]
    if None in found:
        return None
    return all(found) and (not have[3] or _admits_prerelease(have, parts))


def _fits(have: Version, comparator: str) -> bool | None:
    if comparator.strip() in ("*", "x", "X"):
        return True
    split = _COMPARATOR.fullmatch(comparator)
    parsed = _parsed(split[2]) if split else None
    if split is None or parsed is None:
        return None
    major, minor, patch, pre = parsed
    assert major is not None, "the pattern asks for one"
    low: Version = (major, minor or 0, patch or 0, pre)
    match split[1] or ("=" if "*" in split[2] or "x" in split[2].lower().partition("-")[0] else "^"):
        case "=":
            return _same(have, low, minor, patch)
        case ">":
            return _key(have) > _key(low) and not _same(have, low, minor, patch)
        case ">=":
            return _key(have) >= _key(low)
        case "<":
            return _key(have) < _key(low)
        case "<=":
            return _key(have) <= _key(low) or _same(have, low, minor, patch)
        case "~":
            return _key(have) >= _key(low) and have[0] == major and (minor is None or have[1] == minor)
        case _:
            return _key(have) >= _key(low) and _compatible(have, low, minor, patch)


def _compatible(have: Version, low: Version, minor: int | None, patch: int | None) -> bool:
    """The same but for what stands after the first number that is not zero."""
    if low[0] or minor is None:
        return have[0] == low[0]
    if low[1] or patch is None:
        return have[:2] == low[:2]
    return have[:3] == low[:3]


def _same(have: Version, low: Version, minor: int | None, patch: int | None) -> bool:
    if minor is None:
        return have[0] == low[0]
    return have[:2] == low[:2] if patch is None else have == low


def _admits_prerelease(have: Version, comparators: list[str]) -> bool:
    """A prerelease is meant only where one of the same three numbers is named."""
    for comparator in comparators:
        split = _COMPARATOR.fullmatch(comparator)
        named = _parsed(split[2]) if split else None
        if named and named[3] and named[:3] == have[:3]:
            return True
    return False


def _key(version: Version) -> tuple[int, int, int, bool, list[tuple[bool, int, str]]]:
    identifiers = [
        (False, int(each), "") if each.isdecimal() and each.isascii() else (True, 0, each)
        for each in version[3].split(".")
        if each
    ]
    return (*version[:3], not version[3], identifiers)


def _parsed(text: str) -> tuple[int | None, int | None, int | None, str] | None:
    found = _VERSION.fullmatch(text.strip())
    if not found:
        return None
    numbers = [int(each) if each and each.isdecimal() else None for each in found.groups()[:3]]
    return numbers[0], numbers[1], numbers[2], found[4] or ""

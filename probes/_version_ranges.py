"""Ranges of versions, as each ecosystem writes them, as intervals of numbers that can be compared.

Prereleases are left out: `^1.0.0-rc.1` counts as from 1.0.0 on.  What is not understood is no range at all: aliases
like `lts/*` and `stable`, other implementations (`pypy3.10`), dates.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from codegenie.formats.patterns import lazily

Numbers = tuple[int, ...]
Interval = tuple[Numbers, Numbers | None]
"""From the first on (included) to the second (left out); without end where that is None.  Four numbers each."""

Range = tuple[Interval, ...]
"""Intervals, sorted and apart; none where no version fits."""

LONGEST = 200  # characters of one range
MOST_CLAUSES = 50

_NUMBERS = lazily(r"[vV=]?\s*+([0-9]{1,9})(?:\.([0-9]{1,9}|[xX*]))?(?:\.([0-9]{1,9}|[xX*]))?(?:\.([0-9]{1,9}|[xX*]))?")
_DATE = lazily(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AFTER = lazily(r"(?:[-+.]?[0-9A-Za-z][0-9A-Za-z.+-]{0,80})?")
_PRERELEASE = lazily(
    r"[-.]?(?:a|b|c|rc|alpha|beta|dev|ea|pre|preview|nightly|canary|next|snapshot)(?![a-z])", re.IGNORECASE
)
_COMPARATOR = lazily(r"(===?|~>|~=|~|\^|!=|>=|<=|>|<|=)?\s*([^\s,|<>=!~^]{1,200})\s*,?")
_BUILD = lazily(r"\+[0-9A-Za-z.-]{1,200}")
_HYPHEN = lazily(r"([0-9xX*])\s+-\s+(?=[0-9v])")
_EVERY: Range = (((0, 0, 0, 0), None),)


def pin(text: str) -> Range | None:
    """One version, or all that begin so: `20` is 20.x."""
    if is_prerelease(text) or _DATE.match(text.strip()):
        return None
    return _read(text, lambda operator, given: _same(given) if operator in ("", "=", "==") else None)


def minimum(text: str) -> Range | None:
    """That version and all later ones: what `go 1.22` and `rust-version = "1.70"` mean."""
    return _read(text, lambda operator, given: ((_low(given), None),) if operator in ("", "=", ">=") else None)


def npm(text: str) -> Range | None:
    """https://github.com/npm/node-semver#ranges"""
    text = _BUILD.sub("", text.strip().replace("\0", ""))
    text = _HYPHEN.sub("\\1 \0", text)
    if text in ("", "*", "x", "X"):
        return _EVERY
    found: list[Interval] = []
    for part in text.split("||"):
        if "\0" in part:
            ends = [_numbers(end) for end in part.split("\0")]
            if len(ends) != 2 or ends[0] is None or ends[1] is None:
                return None
            both: Range | None = _both(((_low(ends[0]), None),), (((0, 0, 0, 0), _after(ends[1])),))
        else:
            both = _read(part, _npm_comparator)
        if both is None:
            return None
        found += both
    return _joined(found)


def pep440(text: str) -> Range | None:
    """https://packaging.python.org/en/latest/specifications/version-specifiers, with poetry's `^`, `~` and `||`."""
    return _alternatives(text, _pep440_clause)


def composer(text: str) -> Range | None:
    """https://getcomposer.org/doc/articles/versions.md"""
    return _alternatives(re.sub(r"@\w{1,20}", "", text), _composer_clause)


def gem(text: str) -> Range | None:
    """https://guides.rubygems.org/patterns/#pessimistic-version-constraint"""
    return _read(text, _gem_clause)


def overlap(one: Range, other: Range) -> bool:
    """Whether a version is in both."""
    return bool(_both(one, other))


def shown(found: Range) -> str:
    """`>=18 <19 || >=20`; `*` where every version fits, `none` where none does."""
    if found == _EVERY:
        return "*"
    return " || ".join(_interval_shown(each) for each in found) or "none"


def _interval_shown(interval: Interval) -> str:
    low, high = interval
    start = f">{_dotted(low[:3])}" if low[3] == 1 else f">={_dotted(low)}"
    parts = [start] if any(low) else []
    if high is not None:
        parts.append(f"<={_dotted(high[:3])}" if high[3] == 1 and low[:3] <= high[:3] else f"<{_dotted(high)}")
    return " ".join(parts)


def _dotted(numbers: Numbers) -> str:
    kept = list(numbers)
    while len(kept) > 1 and kept[-1] == 0:
        kept.pop()
    return ".".join(map(str, kept))


def _alternatives(text: str, clause: Callable[[str, Numbers], Range | None]) -> Range | None:
    found: list[Interval] = []
    for part in re.split(r"\|\|?", text):
        both = _read(part, clause)
        if both is None:
            return None
        found += both
    return _joined(found)


def _read(text: str, clause: Callable[[str, Numbers], Range | None]) -> Range | None:
    """What all clauses have in common; None where one is not understood."""
    text = text.strip()
    if text in ("*", "x", "X"):
        return _EVERY
    if not text or len(text) > LONGEST:
        return None
    found: Range = _EVERY
    at = 0
    for _ in range(MOST_CLAUSES):
        comparator = _COMPARATOR.match(text, at)
        given = _numbers(comparator[2]) if comparator else None
        if comparator is not None and comparator[2] in ("*", "x", "X"):
            given = ()
        each = clause(comparator[1] or "", given) if comparator and given is not None else None
        if comparator is None or each is None:
            return None
        found = _both(found, each)
        at = comparator.end()
        while at < len(text) and text[at] in " \t,":
            at += 1
        if at == len(text):
            return found
    return None


@lru_cache(maxsize=4096)
def _numbers(text: str) -> Numbers | None:
    """`(1, 2)` of `1.2`, `v1.2.x` and `1.2.*`; None where it is no version, or a prerelease of another kind."""
    text = text.strip()
    found = _NUMBERS.match(text)
    if not found or not _AFTER.fullmatch(text, found.end()):
        return None
    numbers: list[int] = []
    for part in found.groups():
        if part is None or not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


def is_prerelease(text: str) -> bool:
    """Whether the text names a prerelease, like `3.14.0rc1` or `22-ea`."""
    found = _NUMBERS.match(text.strip())
    return bool(found and _PRERELEASE.match(text.strip(), found.end()))


def _low(given: Numbers) -> Numbers:
    return (*given, *(0,) * (4 - len(given)))


def _after(given: Numbers) -> Numbers | None:
    """The first version that does not begin so."""
    if not given:
        return None
    return _low((*given[:-1], given[-1] + 1))


def _just_after(given: Numbers) -> Numbers:
    """The first version above that very one."""
    low = _low(given)
    return (*low[:3], low[3] + 1)


def _same(given: Numbers) -> Range:
    return ((_low(given), _after(given)),)


def _npm_comparator(operator: str, given: Numbers) -> Range | None:
    if not given:
        return _EVERY
    low = _low(given)
    match operator:
        case "" | "=":
            return _same(given)
        case ">=":
            return ((low, None),)
        case ">":
            return ((_after(given) or low, None),)
        case "<":
            return (((0, 0, 0, 0), low),)
        case "<=":
            return (((0, 0, 0, 0), _after(given)),)
        case "~" | "~>":
            return ((low, _after(given[:2])),)
        case "^":
            return ((low, _caret(given)),)
        case _:
            return None


def _caret(given: Numbers) -> Numbers | None:
    """Up to where the first number that is not zero changes."""
    for at, number in enumerate(given):
        if number or at == len(given) - 1:
            return _after(given[: at + 1])
    return None


def _pep440_clause(operator: str, given: Numbers) -> Range | None:
    if not given:
        return _EVERY
    low = _low(given)
    match operator:
        case "" | "=" | "==" | "===":
            return _same(given)
        case ">=":
            return ((low, None),)
        case ">":
            return ((_just_after(given), None),)
        case "<":
            return (((0, 0, 0, 0), low),)
        case "<=":
            return (((0, 0, 0, 0), _just_after(given)),)
        case "~=":
            return ((low, _after(given[:-1])),) if len(given) > 1 else None
        case "~":
            return ((low, _after(given[:2])),)
        case "^":
            return ((low, _caret(given)),)
        case "!=":
            return (((0, 0, 0, 0), low), (_after(given) or low, None))
        case _:
            return None


def _composer_clause(operator: str, given: Numbers) -> Range | None:
    if operator == "~":
        return ((_low(given), _after(given[: max(1, min(len(given) - 1, 2))])),)
    return _pep440_clause(operator, given)


def _gem_clause(operator: str, given: Numbers) -> Range | None:
    if operator == "~>":
        return ((_low(given), _after(given[:-1] if len(given) > 1 else given)),)
    return _pep440_clause(operator, given)


def _both(one: Range, other: Range) -> Range:
    found: list[Interval] = []
    for low, high in one:
        for other_low, other_high in other:
            start = max(low, other_low)
            ends = [end for end in (high, other_high) if end is not None]
            end = min(ends) if ends else None
            if end is None or start < end:
                found.append((start, end))
    return _joined(found)


def _joined(found: Iterable[Interval]) -> Range:
    """The intervals sorted, those that touch as one."""
    joined: list[Interval] = []
    for low, high in sorted(found, key=lambda each: each[0]):
        if joined and (joined[-1][1] is None or low <= joined[-1][1]):
            last_low, last_high = joined[-1]
            joined[-1] = (last_low, None if last_high is None or high is None else max(last_high, high))
        else:
            joined.append((low, high))
    return tuple(joined)

"""Whether a version is one that a constraint of Python's means: PEP 440, and what poetry and pipenv add to it."""

import re
from functools import lru_cache
from typing import NamedTuple

from codegenie.formats.patterns import lazily

MOST_CLAUSES = 64  # in one constraint

_VERSION = lazily(
    r"v?(?:([0-9]{1,9})!)?([0-9]{1,18}(?:\.[0-9]{1,18}){0,20})"
    r"(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?([0-9]{0,9}))?"
    r"(?:-([0-9]{1,9})|[-_.]?(post|rev|r)[-_.]?([0-9]{0,9}))?"
    r"(?:[-_.]?(dev)[-_.]?([0-9]{0,9}))?"
    r"(?:\+([a-z0-9]{1,60}(?:[-_.][a-z0-9]{1,60}){0,20}))?"
)
_CLAUSE = lazily(r"\s*(===?|~=|!=|<=|>=|<|>|\^|~|=)?\s*([^\s,|]{1,200})")
_PHASES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


class Version(NamedTuple):
    """A version by its parts; the order of `key` is that of PEP 440."""

    epoch: int
    release: tuple[int, ...]
    pre: tuple[str, int] | None
    post: int | None
    dev: int | None
    local: tuple[tuple[int, int, str], ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What versions are ordered by, without their local parts."""
        release = self.release
        while len(release) > 1 and release[-1] == 0:
            release = release[:-1]
        if self.pre is not None:
            pre: tuple[object, ...] = (1, *self.pre)
        else:
            pre = (0,) if self.post is None and self.dev is not None else (2,)
        post = -1 if self.post is None else self.post
        dev: tuple[int, ...] = (1,) if self.dev is None else (0, self.dev)
        return self.epoch, release, pre, post, dev


@lru_cache(maxsize=8192)
def parsed(text: str) -> Version | None:
    """The version; None where the text is none."""
    found = _VERSION.fullmatch(text.strip().lower())
    if not found:
        return None
    epoch, release, phase, number, dashed, post, post_number, dev, dev_number, local = found.groups()
    return Version(
        int(epoch or 0),
        tuple(map(int, release.split("."))),
        (_PHASES.get(phase, phase), int(number or 0)) if phase else None,
        int(dashed) if dashed else int(post_number or 0) if post else None,
        int(dev_number or 0) if dev else None,
        tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"[-_.]", local))
        if local
        else (),
    )


@lru_cache(maxsize=8192)
def satisfies(version: str, constraint: str) -> bool | None:
    """Whether it is; None where one of the two cannot be read.  Prereleases count like any other version."""
    have = parsed(version)
    if have is None:
        return None
    answers = []
    for alternative in re.split(r"\s*\|\|?\s*", constraint.strip()):
        clauses = [(found[1] or "", found[2]) for found in _CLAUSE.finditer(alternative)]
        rest = _CLAUSE.sub("", alternative)
        if len(clauses) > MOST_CLAUSES or rest.strip(" ,"):
            return None
        fits = [_fits(have, version, operator, wanted) for operator, wanted in clauses]
        answers.append(None if None in fits else all(fits))
    return True if True in answers else None if None in answers else False


def _fits(have: Version, written: str, operator: str, wanted: str) -> bool | None:
    if operator == "===":
        return written.strip().lower() == wanted.lower()
    if wanted == "*":
        return True
    if wanted.endswith(".*"):
        low = parsed(wanted[:-2])
        if low is None:
            return None
        matches = _has_prefix(have, low)
        return {"": matches, "=": matches, "==": matches, "!=": not matches}.get(operator)
    low = parsed(wanted)
    return None if low is None else _compared(have, low, operator)


def _compared(have: Version, low: Version, operator: str) -> bool | None:
    match operator:
        case "" | "=" | "==":
            return have.key == low.key and (not low.local or have.local == low.local)
        case "!=":
            return not (have.key == low.key and (not low.local or have.local == low.local))
        case ">=":
            return _at_least(have, low)
        case "<=":
            return _not_more(have.key, low.key)
        case ">":
            later_build = have.post is not None and _is_final(low) and _same_release(have, low)
            return _not_more(low.key, have.key) and have.key != low.key and not later_build
        case "<":
            before = have.pre is not None or have.dev is not None
            of_it = low.pre is None and low.dev is None and have.post == low.post
            early = before and of_it and _same_release(have, low)
            return _not_more(have.key, low.key) and have.key != low.key and not early
        case "~=":
            return len(low.release) > 1 and _at_least(have, low) and _has_prefix(have, low, len(low.release) - 1)
        case "^":
            return _at_least(have, low) and _has_prefix(have, low, _caret(low.release))
        case "~":
            return _at_least(have, low) and _has_prefix(have, low, min(2, len(low.release)))
        case _:
            return None


def _is_final(version: Version) -> bool:
    return version.pre is None and version.post is None and version.dev is None


def _caret(release: tuple[int, ...]) -> int:
    """How many of the numbers may not change: up to the first that is not zero."""
    return next((at + 1 for at, number in enumerate(release) if number), len(release))


def _at_least(have: Version, low: Version) -> bool:
    return _not_more(low.key, have.key)


def _not_more(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return one <= other


def _same_release(have: Version, low: Version) -> bool:
    return (have.epoch, _padded(have.release)) == (low.epoch, _padded(low.release))


def _padded(release: tuple[int, ...]) -> tuple[int, ...]:
    return (*release, *(0,) * (22 - len(release)))


def _has_prefix(have: Version, low: Version, length: int | None = None) -> bool:
    wanted = low.release if length is None else low.release[:length]
    return have.epoch == low.epoch and _padded(have.release)[: len(wanted)] == wanted

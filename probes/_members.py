"""The patterns of a workspace, matched against directories: `*`, `**`, `?`, `[a-z]`, `{a,b}` and `!` to leave out.

They come from a stranger's file, so they are matched segment by segment: no pattern takes more time than its length
times the path's.
"""

from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from codegenie.formats.patterns import lazily

from ._paths import under
from ._segments import fits

MOST_CHOICES = 100  # of one pattern's braces
MOST_WILDCARDS = 100  # patterns; workspaces that list 300 directories by hand need none for them
LONGEST = 300  # characters

_WILD = lazily(r"[*?\[{]")


class Matches(NamedTuple):
    """The directories matched, sorted, and the patterns (as written) that matched none."""

    directories: tuple[str, ...]
    idle: tuple[str, ...]


def matches(patterns: Sequence[str], root: str, directories: Collection[str], *, exclusions_win: bool) -> Matches:
    """Which of the directories the patterns of the workspace at `root` mean.

    npm gives up an exclusion when a later pattern asks for what it excludes; for pnpm an exclusion always wins
    (`exclusions_win`).
    """
    wanted: dict[str, set[str]] = {}
    excluded: list[str] = []
    taken = _affordable(patterns)
    for written in taken:
        bare = written.lstrip("!")
        if (len(written) - len(bare)) % 2:
            excluded += _expanded(bare, root)
            continue
        places = _expanded(bare, root)
        if not exclusions_win:
            excluded = [pattern for pattern in excluded if not any(_fits(pattern, place) for place in places)]
        wanted[written] = _matched(places, directories)
    found = {each for group in wanted.values() for each in group} - _matched(excluded, directories) - {root}
    idle = [written for written, group in wanted.items() if not group]
    return Matches(tuple(sorted(found)), tuple(sorted({*idle, *patterns[len(taken) :]})))


def _affordable(patterns: Sequence[str]) -> Sequence[str]:
    """The patterns before the first that would have one wildcard too many."""
    wild = [at for at, pattern in enumerate(patterns) if _WILD.search(pattern)]
    return patterns[: wild[MOST_WILDCARDS]] if len(wild) > MOST_WILDCARDS else patterns


def _matched(patterns: Iterable[str], directories: Collection[str]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        fixed = _WILD.split(pattern, maxsplit=1)[0]
        if fixed != pattern:
            above = fixed.rpartition("/")[0]  # `apps/**` means `apps` as well
            found.update(each for each in directories if each.startswith(above) and _fits(pattern, each))
        elif pattern in directories:
            found.add(pattern)
    return found


def _expanded(pattern: str, root: str) -> list[str]:
    """The pattern from the repository's root, once for each choice of its braces."""
    if len(pattern) > LONGEST:
        return []
    choices = _braces(pattern.lstrip("/").replace("\\", "/"))[:MOST_CHOICES]
    return [place for choice in choices if (place := under(root, choice)) is not None]


def _braces(pattern: str) -> list[str]:
    done: list[str] = []
    waiting = [pattern]
    while waiting and len(done) + len(waiting) <= MOST_CHOICES:
        text = waiting.pop()
        close = text.find("}")
        start = text.rfind("{", 0, close) if close > 0 else -1
        if start < 0:
            done.append(text)
            continue
        options = text[start + 1 : close].split(",")
        waiting += [text[:start] + option + text[close + 1 :] for option in options]
    return done


def _fits(pattern: str, path: str) -> bool:
    return fits(pattern, path, _segment_fits, hidden=False)


def _segment_fits(sign: str, name: str) -> bool:
    return sign == name or (name.startswith(".") == sign.startswith(".") and fnmatchcase(name, sign))

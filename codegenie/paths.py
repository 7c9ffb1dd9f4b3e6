"""Many globs over one sorted list of paths: what most patterns ask for is looked up, and not searched for."""

import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from codegenie.globs import literals, matching
from codegenie.hashing import digest_of_names

_SPECIAL = frozenset("*?[{}!")
_ODD = re.compile(r"[!{},]!|(?:\*\*|\))\{")  # what means something else once the braces are gone
_IN_A_DRAWER = 16  # paths
_TELLING = 3  # letters, which most paths do not hold


class Paths:
    """The paths of a repository, sorted; `matching` answers as `globs.matching` does, in less time."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._recalled: dict[str, list[int]] = {}
        self.searched = False
        """Whether anything had to be."""

    def matching(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """The paths that any of the patterns matches and no "!" pattern does, sorted."""
        if patterns not in self._known:
            runs = self._recalled.get(digest_of_names(patterns))
            if patterns == ("**/*",):
                self._known[patterns] = self._paths
            elif runs is not None:
                pairs = zip(runs[::2], runs[1::2], strict=True)
                self._known[patterns] = tuple(chain.from_iterable(self._paths[start:end] for start, end in pairs))
            else:
                self._known[patterns] = self._found(patterns)
                self.searched = True
        return self._known[patterns]

    def runs(self) -> dict[str, list[int]]:
        """All that was matched, by the digest of the patterns: where each run of neighbours starts, and its end."""
        places = {path: place for place, path in enumerate(self._paths)}
        found = dict(self._recalled)
        for patterns, paths in self._known.items():
            runs = found[digest_of_names(patterns)] = list[int]()
            for path in paths:
                place = places[path]
                if runs and runs[-1] == place:
                    runs[-1] += 1
                else:
                    runs += (place, place + 1)
        return found

    def recall(self, runs: dict[str, list[int]]) -> None:
        """Take what `runs` said of the same paths for known."""
        self._recalled = runs

    def _found(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        if any(map(_ODD.search, patterns)):
            return matching(patterns, self._paths)
        wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
        found = self._paths if "**/*" in wanted else tuple(sorted(self._wanted(wanted)))
        unwanted = {path for pattern in patterns if pattern.startswith("!") for path in self.matching((pattern[1:],))}
        return tuple(path for path in found if path not in unwanted) if unwanted else found

    def _wanted(self, patterns: Iterable[str]) -> Iterable[str]:
        """What any of the patterns matches; one pattern after the other, since what is in order is soon sorted."""
        found: dict[str, None] = {}
        names, searched = [], []
        for pattern in patterns:
            for simple in _without_braces(pattern):
                looked_up = self._looked_up(simple)
                if looked_up is not None:
                    found.update(dict.fromkeys(looked_up))
                elif simple.startswith("**/") and simple.count("/") == 1 and simple != "**/**":
                    name = simple.removeprefix("**/")
                    names.append(simple if name.startswith("!") else name)  # `!(*.*)` alone would take away
                else:
                    searched.append(simple)
        if names:
            found.update(dict.fromkeys(path for name in self._names.matching(names) for path in self._named(name)))
        if searched:
            found.update(dict.fromkeys(self._whole.matching(searched)))
        return found

    def _looked_up(self, pattern: str) -> Iterable[str] | None:
        """The paths of a pattern of a common shape; None for any other."""
        directory, _, name = pattern.rpartition("/")
        plain = _SPECIAL.isdisjoint
        if pattern == "**/*":
            return self._paths
        if plain(pattern):
            return (path for path in self._named(name) if path == pattern)
        if name in ("*", "**") and directory and plain(directory):
            return self._beneath(directory, deep=name == "**")
        if plain(name):
            named = self._named(name)
        elif name.startswith("*.") and plain(name[1:]):
            named = self._by_extension.get(name.rpartition(".")[2], [])
            if name.count(".") > 1:
                named = [path for path in named if path.endswith(name[1:])]
        else:
            return None
        return named if directory == "**" else matching((pattern,), named)

    def _beneath(self, directory: str, *, deep: bool) -> Iterator[str]:
        prefix = f"{directory}/"
        for path in self._paths[bisect_left(self._paths, prefix) :]:
            if not path.startswith(prefix):
                return
            if deep or "/" not in path[len(prefix) :]:
                yield path

    def _named(self, name: str) -> list[str]:
        """The paths whose last component it is."""
        end = f"/{name}"
        return [path for path in self._drawers[hash(name) % len(self._drawers)] if path.endswith(end) or path == name]

    @cached_property
    def _drawers(self) -> list[list[str]]:
        """The paths by what hashes alike of their names: a key and a list for each name take ten times the memory."""
        drawers: list[list[str]] = [[] for _ in range(len(self._paths) // _IN_A_DRAWER + 1)]
        for path in self._paths:
            drawers[hash(path[path.rfind("/") + 1 :]) % len(drawers)].append(path)
        return drawers

    @cached_property
    def _names(self) -> "_Searched":
        return _Searched(dict.fromkeys(path[path.rfind("/") + 1 :] for path in self._paths))

    @cached_property
    def _whole(self) -> "_Searched":
        return _Searched(self._paths)

    @cached_property
    def _by_extension(self) -> dict[str, list[str]]:
        """The paths by what comes after the last dot of their names, if there is one."""
        extensions: dict[str, list[str]] = {}
        for path in self._paths:
            _, dot, extension = path[path.rfind("/") + 1 :].rpartition(".")
            if dot:
                extensions.setdefault(extension, []).append(path)
        return extensions


class _Searched:
    """Texts that patterns are tried on: of most patterns only on those that hold what is plain in the pattern.

    They are kept as one text; 60,000 strings would take four times the memory.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._joined = os.fsencode("\0".join(["", *texts, ""]))

    def matching(self, patterns: Iterable[str]) -> set[str]:
        """The texts that any of the patterns matches."""
        plain = {pattern: literals(pattern) for pattern in patterns}
        telling = [pattern for pattern in plain if min(map(len, plain[pattern])) >= _TELLING]
        held = {
            text
            for literal in {each for pattern in telling for each in plain[pattern]}
            for text in self._holding(literal)
        }
        found = set(matching(tuple(telling), held)) if held else set()
        if others := tuple(pattern for pattern in plain if pattern not in telling):
            found.update(matching(others, self._all()))
        return found

    def _all(self) -> Iterator[str]:
        at = 1
        while at < len(self._joined):
            end = self._joined.index(b"\0", at)
            yield os.fsdecode(self._joined[at:end])
            at = end + 1

    def _holding(self, literal: str) -> Iterator[str]:
        sought = os.fsencode(literal)
        at = self._joined.find(sought)
        while at >= 0:
            end = self._joined.index(b"\0", at)
            yield os.fsdecode(self._joined[self._joined.rindex(b"\0", 0, at) + 1 : end])
            at = self._joined.find(sought, end)


def _without_braces(pattern: str) -> list[str]:
    """The patterns that `{a,b}` stands for, where there is one such group; else the pattern itself."""
    before, opened, rest = pattern.partition("{")
    inner, closed, after = rest.partition("}")
    if not (opened and closed) or "{" in inner + after:
        return [pattern]
    return [f"{before}{choice}{after}" for choice in inner.split(",")]

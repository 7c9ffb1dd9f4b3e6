"""The files of a build context: what a COPY or ADD takes from the repository."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

from ._docker_ignore import Ignored, fits, is_glob
from ._paths import holds_files, parent, under
from ._run_files import in_directory

Facts = Mapping[str, Any]

_MOST_MATCHES = 5000  # paths that a pattern is tried on


class Match(NamedTuple):
    """The repository's file that a COPY puts at a path, and whether it is there, left out, or not there yet."""

    kind: Literal["repository", "ignored", "not_in_repository"]
    path: str


def contexts_of(file: Facts) -> list[str]:
    """The contexts that a Dockerfile's builds name; where none does, its own directory and the root."""
    named = {"" if build["context"] == "." else build["context"] for build in file["builds"] if build["context"]}
    return sorted(named) if named else list(dict.fromkeys((parent(file["path"]), "")))


class Paths:
    """The paths of a repository, sorted, and by their last components."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.all = paths

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """The paths by their names."""
        found: dict[str, list[str]] = {}
        for path in self.all:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found


class Context:
    """A directory of the repository ("" is the root) that a Dockerfile is built with."""

    def __init__(self, dockerfile: str, directory: str, ignored: Mapping[str, Sequence[str]], paths: Paths) -> None:
        self._directory = directory
        names = (f"{dockerfile}.dockerignore", f"{dockerfile}.containerignore", *_beside(directory))
        self._ignored = Ignored(next((ignored[name] for name in names if name in ignored), ()))
        self._paths = paths.all
        self._by_name = paths.by_name

    def brings(self, written: str) -> bool:
        """Whether a source of a COPY is in the context: no directory is told by it where that is all of the context."""
        place = in_directory("/", written).lstrip("/")
        source = under(self._directory, place) if place and not is_glob(written) else None
        return source is not None and (self._has(source) or holds_files(source, self._paths))

    def source_of(self, layer: Facts, written: str, to: str, path: str) -> Match | None:
        """What a source of a COPY or ADD with the destination `to` puts at a path of the image; None for nothing."""
        place = in_directory("/", written).lstrip("/")
        source = under(self._directory, place or ".")
        if source is None:
            return None
        rest = "" if path == to else path[len(to) + 1 :] if to not in ("/", ".") else path.lstrip("/")
        if layer["keeps_parents"]:
            return self._told(source, layer) if rest in (place, "") and self._has(source) else None
        if is_glob(place):
            found = next(self._matching(source, rest), None)
            return self._told(found, layer) if found else None
        name = source.rpartition("/")[2]
        if self._has(source):
            is_it = rest == name if layer["is_directory"] else rest in ("", name)
            return self._told(source, layer) if is_it else None
        if holds_files(source, self._paths) or not source:
            inside = f"{source}/{rest}".lstrip("/")
            return self._told(inside, layer) if rest and self._has(inside) else None
        if rest in ("", name):
            return Match("not_in_repository", source) if not layer["is_directory"] or rest else None
        may_be_directory = len(layer["sources"]) == 1 and "." not in name
        return Match("not_in_repository", f"{source}/{rest}") if may_be_directory else None

    def _told(self, source: str, layer: Facts) -> Match | None:
        within = source[len(self._directory) :].lstrip("/") if self._directory else source
        if layer["exclude"] and Ignored(layer["exclude"]).leaves_out(within):
            return None
        return Match("ignored" if self._ignored.leaves_out(within) else "repository", source)

    def _matching(self, pattern: str, rest: str) -> Iterator[str]:
        """The files that a pattern brings under a name: one that it matches, or one below a directory that it does."""
        start = pattern[: min(pattern.find(sign) for sign in "*?[" if sign in pattern)]
        depth = pattern.count("/") + 1
        for path in self._by_name.get(rest.rpartition("/")[2], ())[:_MOST_MATCHES]:
            names = path.split("/")
            inside = "/".join(names[depth:]) or names[-1]
            if path.startswith(start) and inside == rest and fits(pattern, "/".join(names[:depth])):
                yield path

    def _has(self, path: str) -> bool:
        at = bisect_left(self._paths, path)
        return at < len(self._paths) and self._paths[at] == path


def _beside(directory: str) -> Iterator[str]:
    for name in (".dockerignore", ".containerignore"):
        yield f"{directory}/{name}" if directory else name

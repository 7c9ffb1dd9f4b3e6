"""Repository paths by pure text: "" is the root, and nothing leads out of it."""

import posixpath
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice
from typing import NamedTuple

_AT_A_TIME = 4096  # files

per_directory = lru_cache(maxsize=64)
"""Keeps what a function says of directories: of 60,000 sorted paths, those in one directory are near each other."""


class Directory(NamedTuple):
    """Files of one directory, for what is asked of all of them at once.

    Its path, which ends in "/" but for the root's; theirs; and their names by line, each after a "/".
    """

    path: str
    files: list[str]
    names: str


def directories(paths: Iterable[str]) -> Iterator[Directory]:
    """Sorted paths by their directories.

    One comes again where a directory in it is sorted in between, and where it holds some thousand files: their names in
    one text take up to four times the memory that each takes alone.
    """
    for directory, found in groupby(paths, lambda path: path[: path.rfind("/") + 1]):
        while files := [*islice(found, _AT_A_TIME)]:
            yield Directory(directory, files, "/" + "\n/".join([path[len(directory) :] for path in files]))


def parent(path: str) -> str:
    """The directory that holds the path; of the root, the root."""
    return path.rpartition("/")[0]


def extension_of(path: str) -> str:
    """The last extension in lower case, with its dot; empty for a name without one."""
    stem, dot, extension = path.rpartition("/")[2].rpartition(".")
    return f".{extension.lower()}" if stem and dot else ""


def under(directory: str, path: str) -> str | None:
    """`path` as written in a file of `directory`, from the root; None where it leads out of the repository."""
    if path.startswith("/") or "\\" in path or "\0" in path:
        return None
    found = posixpath.normpath(posixpath.join(directory, path))
    if found == ".." or found.startswith("../"):
        return None
    return "" if found == "." else found


def ancestors(path: str) -> Iterator[str]:
    """The directories that hold the path, the nearest first, the root last."""
    while path:
        path = parent(path)
        yield path


def holds_files(directory: str, paths: Sequence[str]) -> bool:
    """Whether any of the sorted paths lies below the directory."""
    at = bisect_left(paths, f"{directory}/")
    return at < len(paths) and paths[at].startswith(f"{directory}/")


def shown(directory: str) -> str:
    """The directory as a slice names it: "." for the root."""
    return directory or "."

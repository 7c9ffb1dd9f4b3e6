"""The directories of a work tree: those by which git lists it, and what it passes over in them without a word.

Pipes, sockets, devices and closed directories are in none of git's listings; only reading each directory finds them.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from codegenie.beneath import Root

NOT_REGULAR = "not a regular file"
CLOSED = "permission denied"
_IGNORE_FILE = ".gitignore"
_MOST_UNLISTED = 1000  # directories without a listed file that are looked into
_DEEPEST_UNLISTED = 64  # components of their paths; git is asked level by level, a second for one of 2,000 components


class Survey(NamedTuple):
    """What was seen in the directories.

    `strange` are the paths at which neither a file nor a link nor an open directory stands, and the reason to leave
    each out.  `decisive` are the directories and ignore files that decide what git lists; None where others may too.
    """

    strange: dict[str, str]
    decisive: tuple[str, ...] | None


def survey(
    repo: str,
    paths: Iterable[str],
    *,
    is_passed_over: Callable[[str], bool],
    boundaries: frozenset[str] = frozenset(),
    ignored: Callable[[list[str]], set[str] | None],
) -> Survey:
    """Look through the directories above the listed paths, and through those beneath them that git does not ignore.

    Links are not followed.  What `is_passed_over` is not looked at, and the `boundaries`, such as submodules, are not
    entered.  `ignored` tells which of some directories git ignores; None where it cannot.
    """
    waiting = _above(paths)  # all but the root's, which is "", end in "/"
    most = len(waiting) + _MOST_UNLISTED
    seen = _Seen(waiting, is_passed_over)
    with Root(repo) as root:
        while waiting:
            beneath = sorted(path for directory in sorted(waiting) for path in seen.beneath(root, directory))
            inner = [path for path in beneath if path not in boundaries]
            is_bounded = len(seen.directories) + len(inner) < most and not any(map(_is_deep, inner))
            said = (ignored(inner) if is_bounded else None) if inner else set()
            seen.is_all &= said is not None
            waiting = {f"{path}/" for path in inner if said is not None and path not in said}
            seen.directories |= waiting
            seen.decisive += boundaries.intersection(beneath)
    names = [*(directory.rstrip("/") or "." for directory in seen.directories), *seen.decisive]
    return Survey(seen.strange, tuple(sorted(names)) if seen.is_all else None)


class _Seen:
    """What was seen so far; `is_all` where nothing else decides what git lists."""

    def __init__(self, directories: set[str], is_passed_over: Callable[[str], bool]) -> None:
        self.directories = set(directories)
        self.decisive: list[str] = []
        self.strange: dict[str, str] = {}
        self.is_all = True
        self._is_passed_over = is_passed_over

    def beneath(self, root: Root, directory: str) -> Iterator[str]:
        """Look through a directory; the directories in it that are not known yet."""
        try:
            descriptor, _ = root.reached(f"{directory}_")
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    if entry.name == _IGNORE_FILE:
                        self.decisive.append(directory + entry.name)
                        self.is_all &= not entry.is_symlink()
                    if entry.name == ".git" and directory:  # git asks of what is in it whether it is a repository
                        self.is_all = False
                    if not entry.is_file(follow_symlinks=False) and not entry.is_symlink() and entry.name != ".git":
                        yield from self._odd(entry, directory + entry.name, descriptor)
        except (FileNotFoundError, PermissionError):
            pass  # what git lists there, its index alone says
        except (OSError, ValueError):  # a link on the way, or a path that only a hostile index holds
            self.is_all = False

    def _odd(self, entry: os.DirEntry[str], path: str, above: int) -> Iterator[str]:
        if f"{path}/" in self.directories or self._is_passed_over(path):
            return
        if not entry.is_dir(follow_symlinks=False):
            self.strange[path] = NOT_REGULAR
            return
        if not os.access(entry.name, os.R_OK | os.X_OK, dir_fd=above):
            self.strange[path] = CLOSED
        yield path


def _is_deep(path: str) -> bool:
    return path.count("/") >= _DEEPEST_UNLISTED


def _above(paths: Iterable[str]) -> set[str]:
    """The directories above some paths."""
    directories = {""}
    for path in {path[: path.rfind("/") + 1] for path in paths}:
        while path not in directories:
            directories.add(path)
            path = path[: path.rfind("/", 0, -1) + 1]  # noqa: PLW2901 - the way up
    return directories

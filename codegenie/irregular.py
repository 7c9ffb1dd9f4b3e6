"""What git passes over in silence: pipes, sockets and devices among a work tree's files, and closed directories."""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress

from codegenie.beneath import Root

NOT_REGULAR = "not a regular file"
CLOSED = "permission denied"
MOST_DIRECTORIES = 2000
"""Those nearest to the top are looked through; all 13,000 of a large tree would cost a tenth of a warm gather."""


def among(repo: str, paths: Iterable[str]) -> dict[str, str]:
    """The reason to leave it out for what stands beside these paths or in the directories above them.

    Links are not followed.
    """
    directories = {""}  # all others end in "/"
    for path in {path[: path.rfind("/") + 1] for path in paths}:
        while path not in directories:
            directories.add(path)
            path = path[: path.rfind("/", 0, -1) + 1]  # noqa: PLW2901 - the way up
    nearest = sorted(directories, key=lambda path: (path.count("/"), path))[:MOST_DIRECTORIES]
    found: dict[str, str] = {}
    with Root(repo) as root:
        for directory in sorted(nearest):
            # Neither a link nor a path that only a hostile index holds is looked through.
            with suppress(OSError, ValueError):
                above, _ = root.reached(f"{directory}_")
                with os.scandir(above) as entries:
                    for entry in entries:
                        if not entry.is_file(follow_symlinks=False) and (
                            reason := _reason(entry, above, directory, directories)
                        ):
                            found[directory + entry.name] = reason
    return found


def _reason(entry: os.DirEntry[str], above: int, directory: str, listed: Collection[str]) -> str:
    """Why what is no file is left out; empty for links, and for directories that can be listed."""
    if entry.is_symlink() or entry.name == ".git":
        return ""
    if not entry.is_dir(follow_symlinks=False):
        return NOT_REGULAR
    is_known = f"{directory}{entry.name}/" in listed
    return "" if is_known or os.access(entry.name, os.R_OK | os.X_OK, dir_fd=above) else CLOSED

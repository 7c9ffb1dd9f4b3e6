"""What git passes over in silence: pipes, sockets and devices that stand among the files of a work tree."""

import os
from collections.abc import Iterable
from contextlib import suppress

from codegenie.beneath import Root

MOST_DIRECTORIES = 2000
"""Those nearest to the top are looked through; all 13,000 of a large tree would cost a tenth of a warm gather."""


def among(repo: str, paths: Iterable[str]) -> list[str]:
    """What stands beside these paths and in the directories above them, sorted; links are not followed."""
    directories = {""}  # all others end in "/"
    for path in paths:
        while (path := path[: path.rfind("/", 0, -1) + 1]) not in directories:
            directories.add(path)
    nearest = sorted(directories, key=lambda path: (path.count("/"), path))[:MOST_DIRECTORIES]
    found: list[str] = []
    with Root(repo) as root:
        for directory in sorted(nearest):
            # Neither a link nor a path that only a hostile index holds is looked through.
            with suppress(OSError, ValueError), os.scandir(root.reached(f"{directory}_")[0]) as entries:
                found += [directory + entry.name for entry in entries if _is_odd(entry)]
    return sorted(found)


def _is_odd(entry: os.DirEntry[str]) -> bool:
    return not (
        entry.is_file(follow_symlinks=False)
        or entry.is_dir(follow_symlinks=False)
        or entry.is_symlink()
        or entry.name == ".git"
    )

"""The listing of the last run, taken again where nothing by which git lists has moved since.

A name comes into a directory or goes from it only with a new time of the directory, and git lists by names, its index
and ignore files.  To look at all of these, on every run, takes a fraction of git's own time (docs/decisions/0024).
"""

import json
import os
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Any

from codegenie import git, git_state, inventory, tools
from codegenie.grain import FINE_NS, grain_ns
from codegenie.hashing import digest, digest_of, sealed, unsealed
from codegenie.inventory import Inventory
from codegenie.recorded import Recorded
from codegenie.registry import own_digest
from codegenie.settings import Settings
from codegenie.state import State

_CAP = 256 << 20
_LOOK = Struct("<QIqqq")  # inode, mode, size, mtime_ns, ctime_ns
_NOTHING = bytes(_LOOK.size)
_DECIDING = ("cache", "directories", "git", "globs", "inventory", "listing", "state", "tools")  # of ours


def recalled(state: State, settings: Settings, recorded: Recorded) -> Inventory | None:
    """What `inventory.take` would list, if that is what the index has recorded; None where it may not be."""
    content = (recorded.header and state.read(state.listing, _CAP)) or b""
    kept: dict[str, Any] = json.loads(unsealed(content.decode("utf-8", "surrogateescape"), state.secret) or "{}")
    reason = git.why_not(settings.repo)
    if not kept or kept["key"] != _key(settings, recorded.names_digest) or kept["without_git"] != reason:
        return None
    if kept["looks"] != _looks(_found(settings.repo, kept["decisive"])):
        return None
    try:
        about_git = git_state.seen(settings.repo) | {"index": kept["index"]} if reason is None else {"unknown": reason}
    except tools.ToolFailed:
        return None
    return Inventory(
        recorded.paths,
        kept["listed_by"],
        git=about_git,
        skipped=tuple((path, why) for path, why in kept["skipped"]),
        warnings=tuple(kept["warnings"]),
        decisive=tuple(kept["decisive"]),
        recalled_as=recorded.names_digest,
    )


def keep(state: State, settings: Settings, listed: Inventory, settled: int) -> None:
    """Write a listing down for the next run, where that can tell whether it still holds.  Raises OSError.

    That is where all it was made by is on one file system that tells times finely, and older than `settled`.
    """
    if listed.is_recalled or listed.decisive is None or grain_ns(settings.repo) != FINE_NS:
        return
    found = [*_found(settings.repo, listed.decisive)]
    there = [one for one in found if one]
    newest = max((max(one.st_mtime_ns, one.st_ctime_ns) for one in there), default=0)
    if newest >= settled or len({one.st_dev for one in there}) > 1:
        return
    told = {
        "key": _key(settings, listed.names_digest),
        "without_git": listed.git.get("unknown"),
        "listed_by": listed.listed_by,
        "index": listed.git.get("index"),
        "skipped": listed.skipped,
        "warnings": listed.warnings,
        "decisive": listed.decisive,
        "looks": _looks(found),
    }
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    state.write(state.listing, sealed(text, state.secret).encode("utf-8", "surrogateescape"))


def _key(settings: Settings, names_digest: str) -> str:
    """What besides the work tree decides a listing, and which paths it has."""
    asked = [repr(getattr(settings, name)) for name in ("exclude", *inventory.BOUNDS)]
    program = git.program() or ""
    own = [own_digest(os.path.join(os.path.dirname(__file__), f"{name}.py")) for name in _DECIDING]
    return digest_of([names_digest, *asked, program, _looks(_found(settings.repo, [program])), *own])


def _looks(found: Iterable[os.stat_result | None]) -> str:
    """The digest of how something looks."""
    return digest(
        b"".join(
            [
                _LOOK.pack(one.st_ino, one.st_mode, one.st_size, one.st_mtime_ns, one.st_ctime_ns) if one else _NOTHING
                for one in found
            ]
        )
    )


def _found(repo: str, paths: Iterable[str]) -> Iterator[os.stat_result | None]:
    """What stands at the paths, of which some may begin at the root of the file system."""
    directory = os.open(repo, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for path in paths:
            try:
                yield os.stat(path, dir_fd=directory, follow_symlinks=False)
            except OSError:
                yield None
    finally:
        os.close(directory)

"""The inventory: all paths of a repository, listed once, and the globs of all probes matched over them.

A repository is what git would commit of the directory: tracked files that are there, and untracked ones that are not
ignored.  Outside a git work tree the same rules hold, through an empty git directory.  Pipes, sockets and devices among
them are left out and said.
"""

import json
import os
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain, filterfalse
from typing import Any, Literal

from codegenie import directories, git, git_state
from codegenie.cache import split
from codegenie.globs import compiled
from codegenie.hashing import digest_of, digest_of_names
from codegenie.index import Index
from codegenie.paths import Paths
from codegenie.probe import PSEUDO_INPUTS
from codegenie.state import GENERATED, SET_ASIDE
from codegenie.tools import ToolFailed, ToolTimedOut, ToolUnavailable

# Left out where they are not tracked: what package managers and tools leave behind, in trees without a .gitignore too.
NOISE = (
    *(".direnv", ".gradle", ".hg", ".mypy_cache", ".next", ".nox", ".nuxt", ".pytest_cache", ".ruff_cache"),
    *(".svelte-kit", ".svn", ".terraform", ".tox", ".turbo", ".venv", "__pycache__", "bower_components"),
    "node_modules",
)
BOUNDS = ("max_files", "max_depth", "max_path_bytes")
"""The settings that bound a listing."""

_GITLINK, _EXECUTABLE, _LINK = "160000", "100755", "120000"
_ORDINARY = "H 100644 "
_SUBMODULE, _REPOSITORY, _NOT_THERE = "submodule", "a git repository of its own", "not checked out"
_OURS = tuple(f".codegenie/{name}/" for name in (*GENERATED, SET_ASIDE))
_MOST_ASKED = 1000  # of what git is asked whether it is ignored; no more of one kind are shown
_NO_COMPONENTS = frozenset({"", ".", "..", ".git"})  # git adds no such path, but lists what an index holds

ListedBy = Literal["git", "git-without-repository", "walk"]


class Inventory:
    """The paths (relative, "/", sorted) and what was left out of them.

    `git` is what `git_state.seen` gave, with `index`, which is what git's index holds of the paths beside their names;
    without a git directory that can be read, it is `{"unknown": <the reason>}`.  `decisive` are the paths of all that
    git lists by; None where that is not known.  `is_recalled` is whether they were found not to have moved.
    """

    def __init__(
        self,
        paths: tuple[str, ...],
        listed_by: ListedBy,
        *,
        git: dict[str, Any] | None = None,
        skipped: tuple[tuple[str, str], ...] = (),
        warnings: tuple[str, ...] = (),
        decisive: tuple[str, ...] | None = None,
        recalled_as: str | None = None,
    ) -> None:
        self.paths = paths
        self.listed_by = listed_by
        self.git = git or {}
        self.skipped = skipped
        self.warnings = warnings
        self.decisive = decisive
        self.lookup = Paths(paths)
        self.is_recalled = recalled_as is not None
        if recalled_as is not None:
            self.names_digest = recalled_as

    def present(self, index: Index) -> "Inventory":
        """Without the tracked paths at which nothing stands: git lists what is deleted too."""
        paths = index.present(is_straight=self.decisive is not None)
        if paths == self.paths:
            return self
        return Inventory(paths, self.listed_by, git=self.git, skipped=self.skipped, warnings=self.warnings)

    @property
    def commit(self) -> str | None:
        """The commit that HEAD names, null without one."""
        commit: str | None = self.git.get("commit")
        return commit

    def matching(self, globs: tuple[str, ...]) -> tuple[str, ...]:
        """The paths that a probe's declared inputs match, sorted; a pseudo-input matches none."""
        return self.lookup.matching(tuple(pattern for pattern in globs if pattern not in PSEUDO_INPUTS))

    @cached_property
    def names_digest(self) -> str:
        """The digest of the sorted path list: what PATHS contributes to a cache key."""
        return digest_of_names(self.paths)

    @cached_property
    def git_digest(self) -> str:
        """The digest of the state of git: what GIT contributes to a cache key."""
        return digest_of([json.dumps(self.git, sort_keys=True)])


NOTHING = Inventory((), "walk")
"""The inventory where none was asked for."""


def take(
    repo: str,
    *,
    exclude: tuple[str, ...] = (),
    max_files: int = 500_000,
    max_depth: int = 64,
    max_path_bytes: int = 4096,
) -> Inventory:
    """List a repository.  Never raises for what the repository holds: what is left out is in `skipped`."""
    is_unwanted = _unwanted(exclude)
    warnings: list[str] = []
    state: dict[str, Any] = {}
    listed: dict[str, None] = {}
    skipped: list[tuple[str, str]] = []
    decisive: tuple[str, ...] | None = None
    by: ListedBy = "git"
    failure: ToolFailed | None = None
    reason = git.why_not(repo)
    try:
        if reason is None:
            try:
                listed, skipped, index = _parsed(repo, git.listed(repo, *_OPTIONS))
                state = git_state.seen(repo) | {"index": index}
                if os.path.islink(os.path.join(repo, ".git/info/exclude")):
                    warnings.append(".git/info/exclude is a link and was not considered")
            except ToolFailed as error:
                reason, failure = str(error), error
        if reason is not None:
            if reason != git.NO_GIT:
                warnings.append(f"git facts are not available: {reason}")
            by = "git-without-repository"
            state = {"unknown": reason}
            if isinstance(failure, ToolTimedOut):  # at a .gitignore that is a pipe it would wait again
                raise failure
            listed, skipped, _ = _parsed(repo, git.listed_without_repository(repo, *_OPTIONS))
    except ToolUnavailable:
        state = {"unknown": "git is not installed"}
        warnings.append("git is not installed: .gitignore was not considered")
        by = "walk"
    except ToolFailed as error:  # a .gitignore that git chokes on
        warnings.append(f".gitignore was not considered: {error}")
        by = "walk"
    if by == "walk":
        skipped = []
        found = _walked(repo, skipped, is_unwanted, max_depth)
    else:
        decisive = _surveyed(repo, listed, skipped, is_unwanted, with_repository=by == "git")
        found = iter(sorted(listed))
    bounds = {"max_files": max_files, "max_depth": max_depth, "max_path_bytes": max_path_bytes}
    if exclude:
        found = filterfalse(compiled(exclude).fullmatch, found)
    paths = _bounded(found, skipped, **bounds)
    left_out = tuple(sorted(skipped))
    return Inventory(paths, by, git=state, skipped=left_out, warnings=tuple(warnings), decisive=decisive)


_OPTIONS = (
    *("-z", "-t", "-s", "--cached", "--others", "--exclude-standard"),
    *(f"--exclude={name}/" for name in NOISE),
)


def _parsed(repo: str, output: bytes) -> tuple[dict[str, None], list[tuple[str, str]], dict[str, Any]]:
    """Paths, left-out and the index's own, of `ls-files -z -t -s`.

    A record is "? path", or a tag, mode, object, stage, a tab and the path.
    """
    listed: dict[str, None] = {}  # a path with conflicts is listed more than once
    skipped: list[tuple[str, str]] = []
    untracked, executable = 0, 0
    links: set[str] = set()
    unmerged: set[str] = set()
    submodules: dict[str, str] = {}
    for record in chain.from_iterable(split(output)):
        entry, _, path = record.partition("\t")
        if entry.startswith(_ORDINARY) and entry.endswith(" 0"):
            listed[path] = None
            continue
        tag, _, rest = record.partition(" ")
        if tag == "?":
            if rest.endswith("/"):
                skipped.append((rest[:-1], _REPOSITORY))
            else:
                listed[rest] = None
                untracked += 1
        elif rest:
            mode, digest, stage = entry.split(" ")[1:]
            if stage != "0":
                unmerged.add(path)
            if mode == _GITLINK:
                skipped.append((path, _SUBMODULE))
                submodules[path] = digest
            elif tag == "S" and not os.path.lexists(os.path.join(repo, path)):
                skipped.append((path, _NOT_THERE))
            else:
                listed[path] = None
                executable += mode == _EXECUTABLE and stage == "0"
                if mode == _LINK:
                    links.add(path)
    index = {
        "untracked": untracked,
        "executable": executable,
        "links": sorted(links),
        "unmerged": sorted(unmerged),
        "submodules": submodules,
    }
    return listed, skipped, index


def _surveyed(
    repo: str,
    listed: dict[str, None],
    skipped: list[tuple[str, str]],
    is_unwanted: Callable[[str], bool],
    *,
    with_repository: bool,
) -> tuple[str, ...] | None:
    """All that git has listed by, None where that is not known; what is no file is moved from `listed` to `skipped`.

    Without what git would leave out if it were a file.
    """

    def ignored(paths: list[str]) -> set[str] | None:
        try:
            return git.ignored(repo, paths, with_repository=with_repository)
        except (ToolFailed, ToolUnavailable):
            return None

    submodules = frozenset(path for path, why in skipped if why == _SUBMODULE)
    seen = directories.survey(
        repo,
        chain(listed, (path for path, why in skipped if why == _NOT_THERE)),
        is_passed_over=_is_passed_over,
        boundaries=submodules,
        ignored=ignored,
    )
    strange = {path: why for path, why in seen.strange.items() if not is_unwanted(path)}
    asked = sorted(path for path in strange if path not in listed)[:_MOST_ASKED]
    passed_over = ignored(asked) if asked else set()
    for path in seen.strange:
        listed.pop(path, None)
    has_others = any(why == _REPOSITORY for _, why in skipped)  # of which git has asked more than their names
    skipped += [(path, why) for path, why in strange.items() if path not in (passed_over or ())]
    own = git.decisive(repo) if with_repository else ()
    if seen.decisive is None or own is None or passed_over is None or has_others:
        return None
    return (*own, *seen.decisive)


def _is_passed_over(path: str) -> bool:
    """What git lists nothing of where it is not tracked, or we do not."""
    return path[path.rfind("/") + 1 :] in NOISE or f"{path}/".startswith(_OURS)


def _walked(
    repo: str, skipped: list[tuple[str, str]], is_unwanted: Callable[[str], bool], max_depth: int
) -> Iterator[str]:
    """Every file beneath in order, links not followed, without the noise."""
    noise = {*NOISE, ".git"}
    waiting = [""]  # directories end in "/"
    while waiting:
        path = waiting.pop()
        if path and not path.endswith("/"):
            yield path
        elif path.count("/") > max_depth:
            skipped.append((path[:-1], f"deeper than {max_depth} directories"))
        else:
            try:
                with os.scandir(os.path.join(repo, path)) as entries:
                    found = []
                    for entry in entries:
                        deeper = entry.is_dir(follow_symlinks=False)
                        if deeper or entry.is_file(follow_symlinks=False) or entry.is_symlink():
                            found.append((entry.name, deeper))
                        elif not is_unwanted(path + entry.name):
                            skipped.append((path + entry.name, directories.NOT_REGULAR))
            except PermissionError:
                skipped.append((path[:-1], "permission denied"))
            except OSError:
                skipped.append((path[:-1], "cannot be listed"))
            else:
                kept = [(name, deeper) for name, deeper in found if not (deeper and name in noise)]
                waiting += sorted((f"{path}{name}{'/' * deeper}" for name, deeper in kept), reverse=True)


def _bounded(
    paths: Iterator[str], skipped: list[tuple[str, str]], *, max_files: int, max_depth: int, max_path_bytes: int
) -> tuple[str, ...]:
    """The paths without our own state, and within the bounds."""
    kept: list[str] = []
    past = 0
    for path in paths:
        odd = path[:1] in "./" or "/." in path or "//" in path
        if odd and path.startswith(_OURS):
            continue
        if odd and not _NO_COMPONENTS.isdisjoint(path.lower().split("/")):
            skipped.append((path, "not a path of a work tree"))
        elif path.count("/") >= max_depth:
            skipped.append((path, f"deeper than {max_depth} directories"))
        elif len(path) > max_path_bytes // 4 and len(os.fsencode(path)) > max_path_bytes:
            skipped.append((path[:200], f"a path of over {max_path_bytes} bytes"))
        elif len(kept) < max_files:
            kept.append(path)
        else:
            past += 1
    if past:
        skipped.append(("", f"{past} files past the first {max_files}; raise max_files"))
    return tuple(kept)


def _unwanted(exclude: tuple[str, ...]) -> Callable[[str], bool]:
    """What says of a path that it is of our own state, or that the user excludes it."""
    excluded = compiled(exclude).fullmatch if exclude else None
    return lambda path: path.startswith(_OURS) or bool(excluded and excluded(path))

"""What a git directory says beside the files: HEAD, tags, remotes, how complete the clone is; read without git.

No file need change for these to change, so their digest is part of the cache key of a probe that declares GIT.
"""

import os
import stat
from collections.abc import Iterable
from typing import Any

from codegenie import git
from codegenie.beneath import Root
from codegenie.errors import Refused
from codegenie.formats import git_config
from codegenie.formats.git_address import address_of
from codegenie.formats.git_config import Entry, GitConfig
from codegenie.formats.unparsable import Unparsable

MOST_TAGS = 100_000  # that are files of their own; git packs them long before
MOST_REMOTES = 100
TO_ASK = "tags_to_ask"
"""The field of `seen` that `settled` takes away: tags by the object that git must be asked about."""


def seen(repo: str) -> dict[str, Any]:
    """The state of a git directory for which `git.why_not` is None, as JSON values.  Raises ToolFailed.

    It is complete but for tags whose commit only git can tell, for which see `settled`.
    """
    branch, commit = git.head(repo)
    with git.opened(repo) as root:
        unread = None
        try:
            config = _config(root)
        except (Refused, Unparsable) as problem:
            config, unread = GitConfig(()), str(getattr(problem, "reason", problem))
        in_tables = root.lstat("reftable") is not None
        return {
            "commit": commit,
            "branch": branch,
            "in_tables": in_tables,
            **({"tags": None} if in_tables else _tags(root, commit)),
            "upstream": _upstream(config, branch),
            "remotes": [_remote(root, config, name) for name in _remotes(config)[:MOST_REMOTES]],
            "includes": len([entry for entry in config.entries if entry.section in ("include", "includeif")]),
            "rewritten_addresses": len([entry for entry in config.entries if entry.name.endswith("insteadof")]),
            "config_unread": unread,
            "shallow": _holds_anything(root, "shallow"),
            "partial": any(
                entry.name in ("promisor", "partialclone", "partialclonefilter") for entry in config.entries
            ),
            "sparse": _is_true(config.last("core", "sparsecheckout")),
        }


def settled(repo: str, state: dict[str, Any]) -> dict[str, Any]:
    """What `seen` gave, with all tags at the commit that can be known of; what is not known is counted."""
    asked: dict[str, list[str]] = state.get(TO_ASK) or {}
    commits = git.peeled(repo, sorted(asked)) if asked else {}
    found = {name for digest, names in asked.items() if commits.get(digest) == state["commit"] for name in names}
    unknown = sum(len(names) for digest, names in asked.items() if digest not in commits)
    rest = {key: value for key, value in state.items() if key != TO_ASK}
    return rest | ({"tags": sorted({*state["tags"], *found}), "tags_unknown": unknown} if TO_ASK in state else {})


def _config(root: Root) -> GitConfig:
    """The configuration, with that of the work tree, without what it includes.  Raises Refused or Unparsable."""
    config = git_config.parse(root.read("config", git.CONFIG_CAP)) if root.lstat("config") else GitConfig(())
    if _is_true(config.last("extensions", "worktreeconfig")) and root.lstat("config.worktree"):
        own = git_config.parse(root.read("config.worktree", git.CONFIG_CAP))
        return GitConfig((*config.entries, *own.entries))
    return config


def _tags(root: Root, commit: str | None) -> dict[str, Any]:
    """The names of the tags at the commit, and those by object that may lead there."""
    if commit is None:
        return {"tags": [], TO_ASK: {}}
    loose = dict(_loose_tags(root))
    packed = {name for name in _packed_tags(root, commit) if name not in loose}
    to_ask: dict[str, list[str]] = {}
    for name, digest in sorted(loose.items()):
        if digest != commit:
            to_ask.setdefault(digest, []).append(name)
    return {"tags": sorted(packed | {name for name, digest in loose.items() if digest == commit}), TO_ASK: to_ask}


def _loose_tags(root: Root) -> Iterable[tuple[str, str]]:
    waiting, left = ["refs/tags"], MOST_TAGS
    while waiting:
        directory = waiting.pop()
        try:
            entries = root.entries(directory)
        except (OSError, ValueError):
            continue
        for name, look in entries:
            path = f"{directory}/{name}"
            if stat.S_ISDIR(look.st_mode):
                waiting.append(path)
            elif left > 0 and not name.endswith(".lock"):
                left -= 1
                if digest := git.digest_in(root, path):
                    yield path.removeprefix("refs/tags/"), digest


def _packed_tags(root: Root, commit: str) -> Iterable[str]:
    """Tags among the packed references, whose file says of an annotated one where it leads, in a line of its own."""
    try:
        packed = root.read("packed-refs", git.REFS_CAP) if root.lstat("packed-refs") else b""
    except Refused:
        return
    wanted = commit.encode()
    at = packed.find(wanted)
    while at >= 0:
        start = packed.rfind(b"\n", 0, at) + 1
        if packed[start:at] == b"^":
            start = packed.rfind(b"\n", 0, start - 1) + 1
        name = packed[start : packed.find(b"\n", start)].partition(b" ")[2]
        if name.startswith(b"refs/tags/"):
            yield os.fsdecode(name.removeprefix(b"refs/tags/"))
        at = packed.find(wanted, at + len(wanted))


def _upstream(config: GitConfig, branch: str | None) -> dict[str, str] | None:
    """Where the branch is pulled from; a remote that is "." is this repository."""
    if branch is None:
        return None
    remote, merge = _last_text(config, "branch", "remote", branch), _last_text(config, "branch", "merge", branch)
    if not merge or remote not in (".", *_remotes(config)):  # an address may stand in the place of a name
        return None
    return {"remote": remote, "branch": merge.removeprefix("refs/heads/")}


def _remotes(config: GitConfig) -> list[str]:
    """The names of the remotes, sorted; an address with settings of its own is none."""
    return [name for name in config.subsections("remote") if config.all("remote", "url", name) and "://" not in name]


def _remote(root: Root, config: GitConfig, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "fetch": _addresses(config.all("remote", "url", name)),
        "push": _addresses(config.all("remote", "pushurl", name)),
        "default_branch": _default_branch(root, name),
        "filter": _last_text(config, "remote", "partialclonefilter", name),
    }


def _addresses(entries: Iterable[Entry]) -> list[dict[str, str | None]]:
    found = [address_of(entry.value or "") for entry in entries]
    return [{"kind": address.kind, "host": address.host, "path": address.path} for address in found]


def _default_branch(root: Root, remote: str) -> str | None:
    try:
        said = git.reference(root, f"refs/remotes/{remote}/HEAD")
    except Refused:
        return None
    prefix = os.fsencode(f"ref: refs/remotes/{remote}/")
    return os.fsdecode(said.removeprefix(prefix)) if said.startswith(prefix) else None


def _holds_anything(root: Root, name: str) -> bool:
    found = root.lstat(name)
    return found is not None and stat.S_ISREG(found.st_mode) and found.st_size > 0


def _last_text(config: GitConfig, section: str, name: str, subsection: str | None = None) -> str | None:
    entry = config.last(section, name, subsection)
    return entry.value or None if entry else None


def _is_true(entry: Entry | None) -> bool:
    return entry is not None and entry.is_true

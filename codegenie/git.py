"""The only caller of git: it lists a work tree and names commits, and nothing of the repository's runs or is obeyed.

git never sees the repository's configuration.  It gets the repository's index and ignore files, and an empty
repository of our own for everything else; the overrides below hold should it find a configuration all the same.
"""

import os
import re
import stat
import sys
from collections.abc import Sequence

from codegenie import tools
from codegenie.beneath import Root
from codegenie.errors import Refused
from codegenie.formats.patterns import lazily

# What was seen to execute nothing.  Never status, diff, describe, blame, archive, grep, log or show, nor ls-files -m:
# filters, hooks and signers cannot all be switched off for them.
SAFE = {
    "check-ignore": frozenset({"--no-index", "--verbose"}),
    "ls-files": frozenset({"-z", "-t", "-s", "--cached", "--others", "--exclude-standard", "--exclude"}),
    "rev-parse": frozenset({"--verify", "--quiet", "HEAD"}),
}
_PEELED = lazily(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\^\{\}")  # and of rev-parse also this
_TAKES_BACK = lazily(rb":[0-9]+:!")  # of what check-ignore says of a rule: its file, line and text
NO_GIT = "there is no .git"
LISTING_CAP = 256 << 20  # the listing of 500,000 files with long paths
CONFIG_CAP = 1 << 20
REFS_CAP = 64 << 20
_READ = lazily(r"(HEAD|config|index|info|objects|packed-refs|refs|sharedindex\..*)\Z")  # by git, or by us
_TAIL = 256  # bytes at the end of an index, in which the mark of a sparse one stands
_NO_REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "no_repository")
_MOST_ASKED = 250  # paths, of 4 KiB each at most: the system takes 2 MiB of arguments
_MOST_HOPS = 5  # from HEAD to a commit, as git has it
_AT_ONCE = 1000  # digests on one command line, which takes 128 KiB everywhere
_IN_TABLES = b"ref: refs/heads/.invalid"  # what HEAD says where references are kept in tables (reftable)


def program() -> str | None:
    """The path of git; None where it is not installed."""
    return tools.find("git")


def why_not(repo: str) -> str | None:
    """Why git cannot be asked about this directory; None where `.git` is a directory of its own, whole."""
    dot_git = os.path.join(repo, ".git")
    try:
        found = os.lstat(dot_git)
    except OSError:
        return NO_GIT
    if stat.S_ISREG(found.st_mode):
        return ".git is a file that points elsewhere (a linked work tree or a submodule)"
    if not stat.S_ISDIR(found.st_mode):
        return ".git is a link"
    # As git itself has it, but not where it is told --git-dir.
    if found.st_uid != os.geteuid() and not (os.geteuid() == 0 and os.environ.get("SUDO_UID") == str(found.st_uid)):
        return ".git belongs to another user"
    try:
        return _odd(dot_git)
    except OSError as error:
        return f".git cannot be read ({error.strerror})"


def listed(repo: str, *options: str) -> bytes:
    """What `git ls-files` says of a repository for which `why_not` is None.  Raises ToolFailed or ToolUnavailable."""
    dot_git, environment, exclude = _own(repo)
    return _asked(repo, dot_git, ["ls-files", *options], environment, exclude)


def decisive(repo: str) -> tuple[str, ...] | None:
    """What in the git directory decides `listed`, beside the ignore rules of the work tree; None where more does."""
    with opened(repo) as root:
        is_split = any(name.startswith("sharedindex.") for name, _ in root.entries())
        return None if is_split or _is_sparse(root) else (".git/config", ".git/index", ".git/info/exclude")


def _own(repo: str) -> tuple[str, dict[str, str], str]:
    """What git sees of the repository: its directory, but not its configuration; and its own file of ignore rules."""
    dot_git = os.path.join(repo, ".git")
    with opened(repo) as root:
        environment = {"GIT_COMMON_DIR": os.path.join(_NO_REPOSITORY, "sha256" if _is_sha256(root) else "sha1")}
        if _is_sparse(root):
            environment["GIT_OBJECT_DIRECTORY"] = os.path.join(dot_git, "objects")
        found = root.lstat("info/exclude")
    exclude = os.path.join(dot_git, "info/exclude") if found and stat.S_ISREG(found.st_mode) else os.devnull
    return dot_git, environment, exclude


def listed_without_repository(repo: str, *options: str) -> bytes:
    """What `git ls-files` would say if the directory were a new repository.  Raises ToolFailed or ToolUnavailable."""
    return _asked(repo, os.path.join(_NO_REPOSITORY, "sha1"), ["ls-files", *options], {}, os.devnull)


def ignored(repo: str, paths: Sequence[str], *, with_repository: bool) -> set[str]:
    """Those of a few paths that the ignore rules of a listing leave out.  Raises ToolFailed or ToolUnavailable.

    A name that git would show in quotation marks is not among them.  git is asked for the rules too: before 2.26 it
    named without a difference what a rule takes back.
    """
    dot_git, environment, exclude = (
        _own(repo) if with_repository else (os.path.join(_NO_REPOSITORY, "sha1"), {}, os.devnull)
    )
    found: set[str] = set()
    for start in range(0, len(paths), _MOST_ASKED):
        names = [f"./{path}" for path in paths[start : start + _MOST_ASKED]]  # else git would look for magic in them
        question = ["check-ignore", "--no-index", "--verbose", "--", *names]
        for line in _asked(repo, dot_git, question, environment, exclude).split(b"\n"):
            rule, _, path = line.rpartition(b"\t")
            if not _TAKES_BACK.search(rule):
                found.add(os.fsdecode(path).removeprefix("./"))
    return found


def commit(repo: str) -> str | None:
    """The commit that HEAD names, of a repository for which `why_not` is None; null before the first.

    Raises ToolFailed.
    """
    return head(repo)[1]


def head(repo: str) -> tuple[str | None, str | None]:
    """The branch that HEAD is on, and the commit; either is None where there is none, or it is not known.

    Raises ToolFailed.
    """
    name, branch = "HEAD", None
    with opened(repo) as root:
        for _ in range(_MOST_HOPS):
            try:
                said = reference(root, name)
            except Refused:
                break
            if said == _IN_TABLES:
                return None, _asked_commit(repo)
            if not said.startswith(b"ref:"):
                return branch, _as_digest(said)
            name = os.fsdecode(said[4:].strip())  # one that leads out of .git is refused
            branch = branch or _branch(name)
    return branch, None


def peeled(repo: str, tags: Sequence[str]) -> dict[str, str]:
    """What each tag object leads to in the end; nothing of any where git cannot say it of all.

    Git looks into the repository's own objects for this, and into no others.
    """
    objects = os.path.join(repo, ".git", "objects")
    found: dict[str, str] = {}
    try:
        with opened(repo) as root:
            if _objects_lead_elsewhere(root):
                return {}
            kind = "sha256" if _is_sha256(root) else "sha1"
        environment = {"GIT_COMMON_DIR": os.path.join(_NO_REPOSITORY, kind), "GIT_OBJECT_DIRECTORY": objects}
        for start in range(0, len(tags), _AT_ONCE):
            some = tags[start : start + _AT_ONCE]
            question = ["rev-parse", *(f"{tag}^{{}}" for tag in some)]
            said = _asked(repo, os.path.join(repo, ".git"), question, environment, os.devnull).split()
            found |= {tag: one.decode() for tag, one in zip(some, said, strict=True)}
    except (OSError, ValueError, tools.ToolFailed, tools.ToolUnavailable):
        return {}
    return found


def asked(repo: str, command: str, *options: str) -> bytes:
    """What git says to a probe.  Raises ToolFailed, also for what git is not asked here, or ToolUnavailable."""
    if command != "ls-files":
        raise tools.ToolFailed(f"git {command} is not among what git is asked here")
    if reason := why_not(repo):
        raise tools.ToolFailed(reason)
    return listed(repo, *options)


def _odd(dot_git: str) -> str | None:
    """What in a git directory leads elsewhere, or is missing.  Raises OSError."""
    links = sorted(entry.name for entry in os.scandir(dot_git) if entry.is_symlink() and _READ.match(entry.name))
    if links:
        return f".git/{links[0]} is a link"
    if os.path.lexists(f"{dot_git}/commondir"):
        return ".git has a commondir that points elsewhere"
    if not os.path.isfile(f"{dot_git}/HEAD"):
        return ".git is not a git directory"
    with Root(dot_git) as root:
        return _objects_lead_elsewhere(root) if _is_sparse(root) else None


def opened(repo: str) -> Root:
    """The git directory, held open.  Raises ToolFailed."""
    try:
        return Root(os.path.join(repo, ".git"))
    except OSError as error:
        raise tools.ToolFailed(f".git cannot be read ({error.strerror})") from None


def _is_sparse(root: Root) -> bool:
    """True if the index leaves out what directories hold: for that, and only for that, git looks into objects."""
    try:
        descriptor, _ = root.open("index")
    except Refused:
        return False
    try:
        return b"sdir" in os.pread(descriptor, _TAIL, max(0, os.fstat(descriptor).st_size - _TAIL))
    finally:
        os.close(descriptor)


def _objects_lead_elsewhere(root: Root) -> str | None:
    if root.lstat("objects/info/alternates"):
        return ".git/objects/info/alternates points elsewhere"
    for directory in ("objects", "objects/pack"):
        with os.scandir(os.path.join(root.path, directory)) as entries:
            if links := sorted(entry.name for entry in entries if entry.is_symlink()):
                return f".git/{directory}/{links[0]} is a link"
    return None


def _is_sha256(root: Root) -> bool:
    """True if the configuration says that digests are SHA-256; all that is ever read of it."""
    try:
        return (
            re.search(rb'(?i)^\s*objectformat\s*=\s*"?sha256', root.head("config", CONFIG_CAP), re.MULTILINE)
            is not None
        )
    except Refused:
        return False


def reference(root: Root, name: str) -> bytes:
    """What a reference says, in a file of its own or among the packed ones; empty without one.  Raises Refused."""
    try:
        return root.head(name, 4096).strip()
    except Refused as refused:
        if refused.reason not in ("does not exist", "not a regular file"):
            raise
    packed = root.read("packed-refs", REFS_CAP) if root.lstat("packed-refs") else b""
    found = re.search(rb"^([0-9a-f]+) " + re.escape(os.fsencode(name)) + rb"$", packed, re.MULTILINE)
    return found[1] if found else b""


def digest_in(root: Root, path: str) -> str | None:
    """The digest that a reference in a file of its own holds; None where it holds something else."""
    try:
        return _as_digest(root.head(path, 128).strip())
    except Refused:
        return None


def _branch(name: str) -> str | None:
    return name.removeprefix("refs/heads/") if name.startswith("refs/heads/") else None


def _as_digest(said: bytes) -> str | None:
    return said.decode() if re.fullmatch(rb"[0-9a-f]{40}([0-9a-f]{24})?", said) else None


def _asked_commit(repo: str) -> str | None:
    """Git's own answer, for which it has to see the configuration."""
    try:
        question = ["rev-parse", "--verify", "--quiet", "HEAD"]
        return _as_digest(_asked(repo, os.path.join(repo, ".git"), question, {}, os.devnull).strip())
    except (tools.ToolFailed, tools.ToolUnavailable):
        return None


def _asked(repo: str, git_dir: str, arguments: list[str], environment: dict[str, str], exclude: str) -> bytes:
    command, *options = arguments
    given = options[: options.index("--")] if command == "check-ignore" else options  # what follows is paths
    unsafe = [
        option
        for option in given
        if option.partition("=")[0] not in SAFE.get(command, ())
        and not (command == "rev-parse" and _PEELED.fullmatch(option))
    ]
    if command not in SAFE or unsafe:
        raise tools.ToolFailed(f"git {' '.join([command, *unsafe])} is not among what git is asked here")
    path = program()
    if path is None:
        raise tools.ToolUnavailable("git is not installed")
    fixed = ["--no-pager", f"--git-dir={git_dir}", f"--work-tree={repo}"]
    return tools.run(
        [path, *fixed, *arguments],
        env=_environment(repo, exclude) | environment,
        cap=LISTING_CAP,
        cwd=repo,
        codes=(0, 1) if command == "check-ignore" else (0,),  # 1: none of them is
    )


_OVERRIDES = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.untrackedCache": "false",
    "core.attributesFile": "/dev/null",
    "core.quotePath": "false",
    "diff.external": "",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
} | ({"core.ignoreCase": "true", "core.precomposeUnicode": "true"} if sys.platform == "darwin" else {})


def _environment(repo: str, exclude: str) -> dict[str, str]:
    """All that git sees of the environment; the overrides as GIT_CONFIG_*, for `-c` is split at its first "="."""
    overrides: dict[str, str] = {}
    for number, (key, value) in enumerate((_OVERRIDES | {"core.excludesFile": exclude}).items()):
        overrides |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return (
        tools.bare_environment()
        | overrides
        | {
            "GIT_CONFIG_COUNT": str(len(_OVERRIDES) + 1),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_PAGER": "cat",
            "GIT_CEILING_DIRECTORIES": os.path.dirname(repo),
        }
    )

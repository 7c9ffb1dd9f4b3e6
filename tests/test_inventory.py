"""What a repository is: what git would commit of it.  And: git runs nothing of the repository's, and leaves it not."""

import hashlib
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from codegenie import tools
from codegenie.beneath import Root
from codegenie.index import Index
from codegenie.inventory import Inventory, take
from codegenie.probe import PATHS

Git = Callable[..., str]

ODD_NAMES = [
    "line\nbreak",
    "tab\there",
    'quo"te',
    "back\\slash",
    " space ",
    "-rf",
    "ü",
    "中文",
    "?",
    "[a]",
    "H 1\tx",
    "a'b",
]
if sys.platform != "darwin":  # APFS has no names that are not UTF-8
    ODD_NAMES += [os.fsdecode(b"\xff\xfe"), os.fsdecode(b"d\xff/x")]


def plant(repo: Path, *paths: str) -> None:
    for path in paths:
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_bytes(os.fsencode(path))


def told(found: Inventory) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    return found.paths, found.listed_by, found.skipped, found.warnings


def by_git(*paths: str, skipped: tuple[tuple[str, str], ...] = ()) -> object:
    return tuple(sorted(paths)), "git", skipped, ()


def without_repository(*paths: str, warning: str = "") -> object:
    return tuple(sorted(paths)), "git-without-repository", (), (warning,) if warning else ()


def walked(*paths: str, skipped: tuple[tuple[str, str], ...] = ()) -> object:
    return tuple(sorted(paths)), "walk", skipped, ("git is not installed: .gitignore was not considered",)


@pytest.fixture
def work(repo: Path, git: Git) -> Path:
    """A work tree without a file."""
    git("init", "-q")
    return repo


@pytest.fixture
def no_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


# With git


def test_tracked_and_untracked_files_are_listed_and_ignored_ones_are_not(work: Path, git: Git) -> None:
    plant(work, "a", "d/b", ".hidden/c", "build/x", "d/x.log", "d/kept.log", "ignored_but_tracked.log")
    (work / ".gitignore").write_text("/build/\n*.log\n")
    (work / "d/.gitignore").write_text("!kept.log\n")
    (work / ".git/info/exclude").write_text("excluded\n")
    plant(work, "excluded")
    git("add", "a")
    git("add", "-f", "ignored_but_tracked.log")
    assert told(take(str(work))) == by_git(
        "a", "d/b", ".hidden/c", ".gitignore", "d/.gitignore", "d/kept.log", "ignored_but_tracked.log"
    )


def test_the_commit_is_heads(work: Path, git: Git) -> None:
    assert take(str(work)).commit is None
    plant(work, "a")
    git("add", "a")
    git("commit", "-qm", "one")
    assert take(str(work)).commit == git("rev-parse", "HEAD").strip()
    git("checkout", "-q", "--detach")
    assert take(str(work)).commit == git("rev-parse", "HEAD").strip()


def test_what_was_deleted_is_not_present(work: Path, git: Git, repo: Path) -> None:
    plant(work, "a", "b", "d/c")
    git("add", ".")
    (work / "a").unlink()
    shutil.rmtree(work / "d")
    (work / "b").unlink()
    (work / "b").symlink_to("nowhere")
    found = take(str(work))
    with Root(str(work)) as root:
        index = Index(root, found.paths, cap=1)
        assert told(found.present(index)) == by_git("b")
        assert index.hashed == 0
        plant(work, "a")
        assert take(str(work)).present(Index(root, found.paths, cap=1)).paths == ("a", "b")


def test_a_file_where_a_tracked_directory_was(work: Path, git: Git) -> None:
    plant(work, "d/c")
    git("add", ".")
    shutil.rmtree(work / "d")
    plant(work, "d")
    found = take(str(work))
    with Root(str(work)) as root:
        assert found.present(Index(root, found.paths, cap=1)).paths == ("d",)


@pytest.mark.parametrize("tracked", [True, False])
def test_odd_names_come_as_they_are(work: Path, git: Git, tracked: bool) -> None:
    names = [*ODD_NAMES, *(f"d/{name}" for name in ODD_NAMES)]
    plant(work, *names)
    if tracked:
        git("add", ".")
    assert told(take(str(work))) == by_git(*names)


@pytest.mark.usefixtures("no_git")
def test_odd_names_are_walked_too(repo: Path) -> None:
    plant(repo, *ODD_NAMES)
    assert told(take(str(repo))) == walked(*ODD_NAMES)


def test_links_are_listed_and_not_followed(work: Path, tmp_path: Path) -> None:
    plant(tmp_path / "outside", "secret")
    (work / "directory").symlink_to(tmp_path / "outside")
    (work / "file").symlink_to("nowhere")
    assert told(take(str(work))) == by_git("directory", "file")


def test_a_submodule_and_a_nested_repository_are_left_out(work: Path, git: Git) -> None:
    plant(work, "a")
    git("add", "a")
    git("commit", "-qm", "one")
    commit = git("rev-parse", "HEAD").strip()
    git("update-index", "--add", "--cacheinfo", f"160000,{commit},libs/sub module")
    plant(work, "libs/sub module/inner")
    git("init", "-q", "nested")
    plant(work, "nested/x")
    git("-C", "nested", "add", "x")
    git("-C", "nested", "commit", "-qm", "one")
    assert told(take(str(work))) == by_git(
        "a", skipped=(("libs/sub module", "submodule"), ("nested", "a git repository of its own"))
    )


def test_what_is_not_checked_out_is_left_out(work: Path, git: Git) -> None:
    plant(work, "here/a", "away/b", "kept/c")
    git("add", ".")
    git("commit", "-qm", "one")
    git("sparse-checkout", "set", "--no-cone", "/here/", "/kept/")
    git("update-index", "--skip-worktree", "kept/c")
    assert not (work / "away").exists()
    assert told(take(str(work))) == by_git("here/a", "kept/c", skipped=(("away/b", "not checked out"),))


def test_a_sparse_index_is_no_different(work: Path, git: Git) -> None:
    plant(work, "here/a", "away/b", "away/deep/c")
    git("add", ".")
    git("commit", "-qm", "one")
    git("sparse-checkout", "set", "--cone", "--sparse-index", "here")
    skipped = (("away/b", "not checked out"), ("away/deep/c", "not checked out"))
    assert told(take(str(work))) == by_git("here/a", skipped=skipped)


def test_a_path_in_conflict_is_listed_once(work: Path, git: Git) -> None:
    plant(work, "a")
    git("add", "a")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "other")
    (work / "a").write_text("theirs")
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "main")
    (work / "a").write_text("ours")
    git("commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "other")
    assert git("ls-files", "-u").count("\ta\n") == 3
    assert told(take(str(work))) == by_git("a")


def test_files_to_be_added_and_assumed_unchanged_are_listed(work: Path, git: Git) -> None:
    plant(work, "a", "b")
    git("add", "-N", "a")
    git("add", "b")
    git("update-index", "--assume-unchanged", "b")
    assert told(take(str(work))) == by_git("a", "b")


# Without


def test_gitignore_counts_without_a_repository(repo: Path) -> None:
    plant(repo, "a", "build/x", "d/b.log", "d/c")
    (repo / ".gitignore").write_text("build/\n*.log\n")
    assert told(take(str(repo))) == without_repository(".gitignore", "a", "d/c")
    assert not (repo / ".git").exists()


def test_a_parents_repository_is_not_asked(work: Path) -> None:
    (work / ".gitignore").write_text("*\n")
    plant(work, "inner/a")
    assert told(take(str(work / "inner"))) == without_repository("a")


@pytest.mark.usefixtures("no_git")
def test_without_git_the_tree_is_walked(repo: Path, tmp_path: Path) -> None:
    plant(repo, "a", "d/b", ".hidden/c", ".gitignore", "node_modules/x", "d/__pycache__/y", "d/.git/config")
    (repo / "link").symlink_to(tmp_path)
    assert told(take(str(repo))) == walked("a", "d/b", ".hidden/c", ".gitignore", "link")


@pytest.mark.usefixtures("no_git")
@pytest.mark.skipif(os.getuid() == 0, reason="root may list everything")
def test_a_directory_that_cannot_be_listed_is_told(repo: Path) -> None:
    plant(repo, "a", "closed/b")
    (repo / "closed").chmod(0)
    assert told(take(str(repo))) == walked("a", skipped=(("closed", "permission denied"),))


def test_noise_is_left_out_unless_it_is_tracked(work: Path, git: Git) -> None:
    plant(work, "a", "node_modules/x", "d/node_modules/y", "d/.venv/z", "__pycache__/kept", "venv_of_mine", "d/.tox")
    git("add", "__pycache__")
    assert told(take(str(work))) == by_git("a", "__pycache__/kept", "venv_of_mine", "d/.tox")
    shutil.rmtree(work / ".git")
    assert told(take(str(work))) == without_repository("a", "venv_of_mine", "d/.tox")


@pytest.mark.parametrize("tracked", [True, False])
def test_our_own_state_is_left_out_and_the_users_files_in_it_stay(work: Path, git: Git, tracked: bool) -> None:
    ours = ("cache/blobs/ab/x.json", "context/repo-context.yaml", "runs/1.json", "state/doit.db", "set-aside/1/x")
    own = (".codegenie/config.yaml", ".codegenie/notes/a.md", ".codegenie/contexts", "d/.codegenie/cache/x")
    plant(work, *(f".codegenie/{path}" for path in ours), *own)
    if tracked:
        git("add", "-f", ".")
    assert told(take(str(work))) == by_git(*own)


@pytest.mark.usefixtures("no_git")
def test_our_own_state_is_left_out_of_a_walk_too(repo: Path) -> None:
    plant(repo, ".codegenie/cache/x", ".codegenie/notes/a.md")
    assert told(take(str(repo))) == walked(".codegenie/notes/a.md")


# A .git that points elsewhere


def elsewhere(tmp_path: Path) -> Path:
    """Another repository, with a path of its own in its index."""
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "repo", other)
    return other


def git_is_a_file(work: Path, other: Path) -> str:
    shutil.rmtree(work / ".git")
    (work / ".git").write_text(f"gitdir: {other}/.git\n")
    return ".git is a file that points elsewhere (a linked work tree or a submodule)"


def git_is_a_link(work: Path, other: Path) -> str:
    shutil.rmtree(work / ".git")
    (work / ".git").symlink_to(other / ".git")
    return ".git is a link"


def index_is_a_link(work: Path, other: Path) -> str:
    (work / ".git/index").unlink()
    (work / ".git/index").symlink_to(other / ".git/index")
    return ".git/index is a link"


def objects_are_a_link(work: Path, other: Path) -> str:
    shutil.rmtree(work / ".git/objects")
    (work / ".git/objects").symlink_to(other / ".git/objects")
    return ".git/objects is a link"


def there_is_a_commondir(work: Path, other: Path) -> str:
    (work / ".git/commondir").write_text(f"{other}/.git\n")
    return ".git has a commondir that points elsewhere"


def git_is_empty(work: Path, other: Path) -> str:
    shutil.rmtree(work / ".git")
    (work / ".git").mkdir()
    return ".git is not a git directory"


def git_is_a_pipe(work: Path, other: Path) -> str:
    shutil.rmtree(work / ".git")
    os.mkfifo(work / ".git")
    return ".git is a link"


def the_index_is_damaged(work: Path, other: Path) -> str:
    (work / ".git/index").write_bytes(b"DIRC rubbish")
    return "git ended with 128"


def info_is_a_link(work: Path, other: Path) -> str:
    shutil.rmtree(work / ".git/info")
    (work / ".git/info").symlink_to(other / ".git/info")
    return ".git/info is a link"


ELSEWHERE = [
    git_is_a_file,
    git_is_a_link,
    index_is_a_link,
    objects_are_a_link,
    there_is_a_commondir,
    git_is_empty,
    git_is_a_pipe,
    the_index_is_damaged,
    info_is_a_link,
]


@pytest.mark.parametrize("point", ELSEWHERE, ids=lambda point: point.__name__)
def test_a_git_directory_that_is_not_plain_is_not_asked(
    work: Path, git: Git, tmp_path: Path, point: Callable[[Path, Path], str]
) -> None:
    plant(work, "a", "tracked.log")
    (work / ".gitignore").write_text("*.log\n")
    git("add", "-f", ".")
    git("commit", "-qm", "one")
    reason = point(work, elsewhere(tmp_path))
    expected = without_repository("a", ".gitignore", warning=f"git facts are not available: {reason}")
    found = take(str(work))
    assert told(found) == expected
    assert found.commit is None


def test_a_linked_work_tree_is_listed_by_its_gitignore(work: Path, git: Git, tmp_path: Path) -> None:
    plant(work, "a")
    git("add", "a")
    git("commit", "-qm", "one")
    git("worktree", "add", "-q", str(tmp_path / "linked"))
    found = take(str(tmp_path / "linked"))
    assert (found.paths, found.listed_by, found.commit) == (("a",), "git-without-repository", None)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_a_repository_of_another_user_is_not_asked(work: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(work, "a")
    git("add", "a")
    os.chown(work / ".git", 12345, 12345)
    warning = "git facts are not available: .git belongs to another user"
    assert told(take(str(work))) == without_repository("a", warning=warning)
    monkeypatch.setenv("SUDO_UID", "12345")
    assert told(take(str(work))) == by_git("a")


@pytest.mark.parametrize(
    "config", ["[core\n", "[core]\n repositoryformatversion = 99\n", "[include]\n path = /dev/zero\n"]
)
def test_the_repositorys_configuration_is_never_seen(work: Path, git: Git, config: str) -> None:
    plant(work, "a")
    git("add", "a")
    git("commit", "-qm", "one")
    head = git("rev-parse", "HEAD").strip()
    (work / ".git/config").write_text(config)
    found = take(str(work))
    assert told(found) == by_git("a")
    assert found.commit == head


# Strangers


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """What a program of the attacker's makes; it must never exist."""
    program = tmp_path / "attack"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/canary'\ncat\n")
    program.chmod(0o755)
    return tmp_path / "canary"


def hostile(program: str, *, outside: Path) -> str:
    keys = ["clean", "smudge", "process"]
    return (
        f"[core]\n fsmonitor = {program}\n hooksPath = {outside}/hooks\n worktree = /etc\n pager = {program}\n"
        f" sshCommand = {program}\n gitProxy = {program}\n askPass = {program}\n editor = {program}\n"
        f" untrackedCache = true\n excludesFile = {outside}/secret\n attributesFile = {outside}/secret\n"
        + "".join(
            f'[filter "{driver}"]\n' + "".join(f" {key} = {program}\n" for key in keys) for driver in ("f", "a=b")
        )
        + f'[diff "f"]\n textconv = {program}\n command = {program}\n[diff]\n external = {program}\n'
        f"[gpg]\n program = {program}\n[log]\n showSignature = true\n"
        f"[alias]\n ls-files = !{program}\n rev-parse = !{program}\n"
        f"[credential]\n helper = !{program}\n[pager]\n ls-files = {program}\n rev-parse = {program}\n"
        f'[remote "o"]\n promisor = true\n uploadpack = {program}\n url = {outside}\n[extensions]\n partialClone = o\n'
        "[safe]\n directory = *\n bareRepository = all\n"
    )


@pytest.mark.parametrize("through", ["config", "include", "includeIf", "worktree config"])
def test_a_hostile_configuration_runs_nothing_and_leads_nowhere(
    work: Path, git: Git, tmp_path: Path, canary: Path, through: str
) -> None:
    plant(work, "a", "ignored.txt", "d/b")
    (work / ".gitattributes").write_text("* filter=f diff=f\nd/* filter=a=b\n")
    git("add", ".")
    git("commit", "-qm", "one")
    plant(tmp_path, "secret")
    (tmp_path / "secret").write_text("*\n")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "pre-auto-gc", "reference-transaction"):
        for place in (hooks, work / ".git/hooks"):
            place.mkdir(exist_ok=True)
            shutil.copy(tmp_path / "attack", place / name)
    text = hostile(str(tmp_path / "attack"), outside=tmp_path)
    config = work / ".git/config"
    match through:
        case "config":
            config.write_text(config.read_text() + text)
        case "include":
            (work / ".git/more").write_text(text)
            config.write_text(config.read_text() + "[include]\n path = more\n")
        case "includeIf":
            (work / ".git/more").write_text(text)
            config.write_text(config.read_text() + f'[includeIf "gitdir:{work}/"]\n path = more\n')
        case _:
            (work / ".git/config.worktree").write_text(text)
            config.write_text("[core]\n repositoryformatversion = 1\n[extensions]\n worktreeConfig = true\n")
    head = git("-c", "core.worktree=.", "-c", "alias.rev-parse=", "--no-pager", "rev-parse", "HEAD").strip()
    canary.unlink(missing_ok=True)
    plant(work, "new")
    (work / "a").write_text("changed")

    found = take(str(work))

    assert not canary.exists()
    assert told(found) == by_git(".gitattributes", "a", "d/b", "ignored.txt", "new")
    assert found.commit == head
    with suppress(subprocess.CalledProcessError):
        git("--work-tree=.", "status")
    assert canary.exists(), "the bait must be one that git takes"


def test_nothing_runs_in_submodules_and_nested_repositories(work: Path, git: Git, tmp_path: Path, canary: Path) -> None:
    plant(work, "a")
    git("add", "a")
    git("commit", "-qm", "one")
    for name in ("sub", "nested"):
        git("init", "-q", name)
        plant(work, f"{name}/x")
        git("-C", name, "add", "x")
        git("-C", name, "commit", "-qm", "one")
        with (work / name / ".git/config").open("a") as config:
            config.write(hostile(str(tmp_path / "attack"), outside=tmp_path))
    git("update-index", "--add", "--cacheinfo", f"160000,{git('rev-parse', 'HEAD').strip()},sub")
    canary.unlink(missing_ok=True)
    assert take(str(work)).skipped == (("nested", "a git repository of its own"), ("sub", "submodule"))
    assert not canary.exists()


def test_a_bare_repository_in_a_directory_is_files_like_others(
    work: Path, git: Git, tmp_path: Path, canary: Path
) -> None:
    git("init", "-q", "--bare", "bare")
    shutil.rmtree(work / "bare/hooks")
    shutil.rmtree(work / "bare/info")
    (work / "bare/objects/x").write_bytes(b"")
    (work / "bare/refs/x").write_bytes(b"")
    with (work / "bare/config").open("a") as config:
        config.write(hostile(str(tmp_path / "attack"), outside=tmp_path))
    files = {
        path for path in ("HEAD", "config", "description", "objects/x", "refs/x") if (work / "bare" / path).exists()
    }
    assert told(take(str(work))) == by_git(*(f"bare/{path}" for path in files))
    assert told(take(str(work / "bare"))) == without_repository(*files)
    assert not canary.exists()


@pytest.mark.parametrize(
    "variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG"]
)
def test_gits_variables_of_the_caller_do_not_count(
    work: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """We may be run from a hook."""
    plant(work, "a")
    git("add", "a")
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    assert told(take(str(work))) == by_git("a")


def test_the_users_own_git_settings_do_not_count(work: Path, home: Path) -> None:
    """The same repository is the same for everybody."""
    plant(work, "a.orig")
    (home / ".gitconfig").write_text(f"[core]\n excludesFile = {home}/ignore\n")
    (home / "ignore").write_text("*.orig\n")
    (home / ".config/git").mkdir(parents=True)
    (home / ".config/git/ignore").write_text("*.orig\n")
    assert told(take(str(work))) == by_git("a.orig")


def test_paths_that_git_would_never_add_are_left_out(work: Path, tmp_path: Path) -> None:
    """An index that came with the directory, in an archive, may name anything."""
    plant(tmp_path, "outside")
    plant(work, "a", "d/b")
    odd = ["../outside", "/etc/passwd", ".git/config", "d/../../outside", "d//b", "d/./b", "d/.GIT/x", "./a", ".."]
    (work / ".git/index").write_bytes(index_of(["a", "d/b", *odd]))
    found = take(str(work))
    assert told(found) == by_git("a", "d/b", skipped=tuple(sorted((path, "not a path of a work tree") for path in odd)))


def index_of(paths: list[str]) -> bytes:
    """A git index, version 2, that names these paths."""
    entries = b""
    for path in sorted(name.encode() for name in paths):
        entry = struct.pack(">10I20sH", *[0] * 6, 0o100644, 0, 0, 0, bytes(20), len(path)) + path
        entries += entry + bytes(8 - len(entry) % 8)
    body = b"DIRC" + struct.pack(">II", 2, len(paths)) + entries
    return body + hashlib.sha1(body).digest()


# Bounds


def test_the_user_can_leave_paths_out(work: Path) -> None:
    plant(work, "a.min.js", "a.js", "vendor/x/y", "src/vendor/z")
    assert take(str(work), exclude=("**/*.min.js", "vendor/**")).paths == ("a.js", "src/vendor/z")


def test_files_past_the_most_are_left_out_and_counted(work: Path) -> None:
    plant(work, *"edcba")
    assert told(take(str(work), max_files=5)) == by_git(*"abcde")
    assert told(take(str(work), max_files=3)) == by_git(
        *"abc", skipped=(("", "2 files past the first 3; raise max_files"),)
    )


@pytest.mark.parametrize("with_git", [True, False])
def test_what_lies_too_deep_is_left_out(repo: Path, git: Git, request: pytest.FixtureRequest, with_git: bool) -> None:
    deepest = "/".join(["d"] * 63)
    plant(repo, f"{deepest}/in", f"{deepest}/d/out")
    if with_git:
        git("init", "-q")
    else:
        request.getfixturevalue("no_git")
    found = take(str(repo))
    assert found.paths == (f"{deepest}/in",)
    assert [reason for _, reason in found.skipped] == ["deeper than 64 directories"]


def test_a_path_of_too_many_bytes_is_left_out(work: Path) -> None:
    long = "/".join(["n" * 250] * 17)
    (work / ".git/index").write_bytes(index_of_long(long))
    found = take(str(work))
    assert told(found) == by_git(skipped=((long[:200], "a path of over 4096 bytes"),))


def index_of_long(path: str) -> bytes:
    """As `index_of`; a length that does not fit its 12 bits is all ones, and the path ends at a NUL."""
    entry = struct.pack(">10I20sH", *[0] * 6, 0o100644, 0, 0, 0, bytes(20), 0xFFF) + path.encode()
    body = b"DIRC" + struct.pack(">II", 2, 1) + entry + bytes(8 - len(entry) % 8)
    return body + hashlib.sha1(body).digest()


def test_every_listing_is_sorted_and_the_same(work: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{letter}{number}/{letter.upper()}" for letter in "zyxab" for number in (10, 9, 1)] + [
        "é",
        "Z",
        "a.b",
        "a-b",
    ]
    random.Random(1).shuffle(names)
    plant(work, *names)
    git("add", *names[::2])
    found = take(str(work))
    assert found.paths == tuple(sorted(names))
    assert told(take(str(work))) == told(found)
    assert take(str(work)).names_digest == found.names_digest
    shutil.rmtree(work / ".git")
    assert take(str(work)).paths == found.paths
    monkeypatch.setenv("PATH", "")
    assert take(str(work)).paths == found.paths
    (work / "é").unlink()
    assert take(str(work)).names_digest != found.names_digest


def test_declared_inputs_are_matched_and_the_pseudo_input_matches_none(work: Path) -> None:
    plant(work, "a.txt", "d/b.txt", "c.md")
    found = take(str(work))
    assert found.matching(("**/*.txt", PATHS)) == ("a.txt", "d/b.txt")
    assert found.matching((PATHS,)) == ()
    assert found.matching(("**/*",)) == found.matching(("**/*", PATHS)) == found.paths


def test_where_git_waits_for_a_pipe_it_is_not_asked_again(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(work, "a")
    os.mkfifo(work / ".gitignore")
    asked: list[list[str]] = []
    started = tools.run

    def soon(argv: list[str], **options: Any) -> bytes:
        asked.append(argv)
        return started(argv, seconds=0.2, **options)

    monkeypatch.setattr(tools, "run", soon)
    found = take(str(work))
    assert (found.paths, found.listed_by, len(asked)) == (("a",), "walk", 1)
    assert found.skipped == ((".gitignore", "not a regular file"),)
    assert found.warnings == (
        "git facts are not available: git did not end in time",
        ".gitignore was not considered: git did not end in time",
    )

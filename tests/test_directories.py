"""Pipes, sockets and devices are left out and said, unless git would leave them out if they were files."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from codegenie.directories import Survey, survey
from codegenie.inventory import take

Git = Callable[..., str]
LISTINGS = ("git", "git-without-repository", "walk")


def pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


def listed_by(repo: Path, how: str, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "git":
        git("init", "-q")
    if how == "walk":
        monkeypatch.setenv("PATH", str(repo))


@pytest.mark.parametrize("how", LISTINGS)
def test_each_kind_is_left_out_and_said(
    repo: Path, git: Git, how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("top", "src/deep/inner", 'src/we"ird\n', ":(exclude)x", "src/*"):
        pipe(repo / name)
    (repo / "src/deep/a.txt").write_text("x")
    monkeypatch.chdir(repo)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("src/socket")
    odd = {"top", "src/deep/inner", 'src/we"ird\n', ":(exclude)x", "src/*", "src/socket"}
    if os.geteuid() == 0:
        os.mknod(repo / "device", stat.S_IFCHR | 0o600, os.makedev(1, 5))
        odd.add("device")
    listed_by(repo, how, git, monkeypatch)

    found = take(str(repo))

    assert (found.listed_by, found.paths) == (how, ("src/deep/a.txt",))
    assert found.skipped == tuple((path, "not a regular file") for path in sorted(odd))


def test_a_tracked_file_that_became_a_pipe_is_no_path(repo: Path, git: Git) -> None:
    git("init", "-q")
    (repo / "a").write_text("a")
    git("add", "a")
    (repo / "a").unlink()
    pipe(repo / "a")
    found = take(str(repo))
    assert (found.paths, found.skipped) == ((), (("a", "not a regular file"),))


@pytest.mark.parametrize("how", LISTINGS[:2])
def test_what_is_ignored_is_not_said(repo: Path, git: Git, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's socket must not change the document of those who have it running."""
    for name in ("tmp/server.sock", "src/x.pid", "src/kept.pid", "node_modules/a", "built/x", ".git/x"):
        pipe(repo / name)
    for name in ("tmp/.keep", "src/a.txt"):
        (repo / name).write_text("x")
    (repo / ".gitignore").write_text("/tmp/*\n!.keep\n*.pid\n!kept.pid\n/built/\n")
    if how == "git":
        (repo / ".git/x").unlink()
        (repo / ".git").rmdir()
    listed_by(repo, how, git, monkeypatch)
    assert take(str(repo)).skipped == (("src/kept.pid", "not a regular file"),)


@pytest.mark.parametrize("how", LISTINGS)
def test_what_the_user_excludes_or_is_our_own_is_not_said(
    repo: Path, git: Git, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.pipe", "b", ".codegenie/state/x", ".codegenie/own"):
        pipe(repo / name)
    (repo / ".codegenie/notes.md").write_text("x")
    listed_by(repo, how, git, monkeypatch)
    found = take(str(repo), exclude=("*.pipe",))
    assert found.skipped == ((".codegenie/own", "not a regular file"), ("b", "not a regular file"))


def test_nothing_is_said_of_what_stands_behind_a_link(repo: Path, git: Git, tmp_path: Path) -> None:
    """Neither of a link in the tree, nor where the index holds paths beneath one, nor of paths that lead out."""
    git("init", "-q")
    (repo / "lib").mkdir()
    (repo / "lib/a.txt").write_text("x")
    git("add", ".")
    pipe(tmp_path / "outside/pipe")
    (repo / "lib/a.txt").unlink()
    (repo / "lib").rmdir()
    (repo / "lib").symlink_to("../outside")
    found = take(str(repo))
    assert (found.paths, found.skipped) == (("lib", "lib/a.txt"), ())

    odd = ["lib/a", "../outside/a", "/outside/a", "./lib/a", "lib//a", "a\0/b"]
    seen = survey(str(repo), odd, is_passed_over=lambda _: False, ignored=lambda _: set())
    assert seen == Survey({}, None)


def test_many_are_found_and_the_ignored_ones_told_apart(repo: Path, git: Git) -> None:
    git("init", "-q")
    for number in range(1200):
        pipe(repo / f"pipes/{number:04}")
    (repo / "pipes/a.txt").write_text("x")
    (repo / ".gitignore").write_text("pipes/00*\n")
    assert [path for path, _ in take(str(repo)).skipped] == [f"pipes/{number:04}" for number in range(100, 1200)]

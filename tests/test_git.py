"""git is asked two harmless questions, in a bare environment, without the repository's configuration."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from codegenie import git as safe
from codegenie.tools import ToolFailed, ToolUnavailable
from tests.test_tools import program

Git = Callable[..., str]


@pytest.fixture
def work(repo: Path, git: Git) -> Path:
    """A repository with one commit."""
    git("init", "-q")
    (repo / "a").write_text("a")
    git("add", "a")
    git("commit", "-qm", "one")
    return repo


def refusal(repo: Path, command: str, *options: str) -> str:
    with pytest.raises(ToolFailed) as caught:
        safe.asked(str(repo), command, *options)
    return str(caught.value)


OLD_GIT = """case "$*" in *--verbose*) exec {git} "$@";; esac
first=$1 second=$2 third=$3; shift 5
{git} "$first" "$second" "$third" check-ignore --no-index --verbose "$@" | cut -f 2"""


@pytest.mark.parametrize("is_old", [False, True])
def test_what_a_rule_takes_back_is_not_ignored(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_old: bool
) -> None:
    """Before 2.26 `check-ignore` named that too, if it was not asked for the rules."""
    if is_old:
        program(tmp_path / "bin/git", OLD_GIT.format(git=shutil.which("git")))
        monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    paths = ["kept", "kept/inner", "lost", "lost/inner"]
    for path in paths:
        (repo / path).mkdir()
    (repo / ".gitignore").write_text("/*\t\r\n/*\n!/kept/\n")
    assert safe.ignored(str(repo), paths, with_repository=False) - {""} == {"lost", "lost/inner"}


# What is asked


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (("status",), "git status"),
        (("diff", "--no-ext-diff"), "git diff"),
        (("log",), "git log"),
        (("rev-parse", "HEAD"), "git rev-parse"),
        (("ls-files", "-m"), "git ls-files -m"),
        (("ls-files", "--modified"), "git ls-files --modified"),
        (("ls-files", "-zm"), "git ls-files -zm"),
        (("ls-files", "-z", "--", "a"), "git ls-files -- a"),
        (("ls-files", "--exclude-from=/etc/passwd"), "git ls-files --exclude-from=/etc/passwd"),
        (("-c", "ls-files"), "git -c"),
        (("--git-dir=/", "ls-files"), "git --git-dir=/"),
    ],
)
def test_anything_but_a_plain_listing_is_refused(work: Path, question: tuple[str, ...], why: str) -> None:
    assert refusal(work, *question) == f"{why} is not among what git is asked here"


def test_a_listing_is_given(work: Path) -> None:
    assert safe.asked(str(work), "ls-files", "-z", "--cached") == b"a\0"
    (work / ".git").rename(work / "elsewhere")
    assert refusal(work, "ls-files") == "there is no .git"


def test_without_git_and_with_one_that_fails(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolUnavailable, match="git is not installed"):
        safe.listed(str(work))
    program(tmp_path / "git", "exit 7")
    with pytest.raises(ToolFailed, match="git ended with 7"):
        safe.listed(str(work))


def test_git_sees_nothing_of_the_callers_environment(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "git", "/usr/bin/env")
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("GIT_DIR", "GIT_SSH_COMMAND", "LD_PRELOAD", "SECRET", "GIT_CONFIG_KEY_99", "GIT_TRACE"):
        monkeypatch.setenv(name, "")
    names = {line.partition("=")[0] for line in safe.listed(str(work)).decode().splitlines()} - {"PWD", "SHLVL", "_"}
    assert {name for name in names if not name.startswith("GIT_CONFIG_")} == {
        "PATH",
        "HOME",
        "LC_ALL",
        "GIT_COMMON_DIR",
        "GIT_OPTIONAL_LOCKS",
        "GIT_TERMINAL_PROMPT",
        "GIT_NO_LAZY_FETCH",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_ALLOW_PROTOCOL",
        "GIT_PAGER",
        "GIT_CEILING_DIRECTORIES",
    }
    assert "GIT_CONFIG_KEY_99" not in names


def test_objects_are_shown_for_a_sparse_index_alone(work: Path, git: Git) -> None:
    (work / "b").mkdir()
    (work / "b/c").write_text("c")
    git("add", ".")
    git("commit", "-qm", "two")
    assert safe.why_not(str(work)) is None
    alternates = work / ".git/objects/info/alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text("/elsewhere\n")
    assert safe.why_not(str(work)) is None, "a clone that borrows objects is an ordinary one"
    git("sparse-checkout", "set", "--cone", "--sparse-index")
    assert safe.why_not(str(work)) == ".git/objects/info/alternates points elsewhere"
    alternates.unlink()
    assert safe.why_not(str(work)) is None
    (work / ".git/objects/pack").rename(work / ".git/packs")
    (work / ".git/objects/pack").symlink_to(work / ".git/packs")
    assert safe.why_not(str(work)) == ".git/objects/pack is a link"


# Which commit


def packed(work: Path, git: Git) -> None:
    git("pack-refs", "--all")
    assert not (work / ".git/refs/heads/main").exists()


def packed_with_a_directory_left(work: Path, git: Git) -> None:
    packed(work, git)
    (work / ".git/refs/heads/main").mkdir()


def detached(work: Path, git: Git) -> None:
    git("checkout", "-q", "--detach")


def packed_and_moved_on(work: Path, git: Git) -> None:
    packed(work, git)
    git("commit", "-q", "--allow-empty", "-m", "two")


def on_a_branch_with_an_odd_name(work: Path, git: Git) -> None:
    git("checkout", "-qb", "a.b+c/[ü]".replace("[", "(").replace("]", ")"))
    git("pack-refs", "--all")


def through_another_reference(work: Path, git: Git) -> None:
    git("symbolic-ref", "refs/heads/other", "refs/heads/main")
    git("symbolic-ref", "HEAD", "refs/heads/other")


def of_a_tag_that_is_packed_beside_it(work: Path, git: Git) -> None:
    git("tag", "-a", "-m", "t", "main")
    packed(work, git)


WAYS = [
    packed,
    packed_with_a_directory_left,
    detached,
    packed_and_moved_on,
    on_a_branch_with_an_odd_name,
    through_another_reference,
    of_a_tag_that_is_packed_beside_it,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_commit_is_the_one_that_git_gives(work: Path, git: Git, way: Callable[[Path, Git], None]) -> None:
    way(work, git)
    assert safe.commit(str(work)) == git("rev-parse", "HEAD").strip()


def test_a_repository_with_longer_digests(repo: Path, git: Git) -> None:
    git("init", "-q", "--object-format=sha256")
    (repo / "a").write_text("a")
    git("add", "a")
    git("commit", "-qm", "one")
    assert safe.listed(str(repo), "-z", "--cached") == b"a\0"
    assert safe.commit(str(repo)) == git("rev-parse", "HEAD").strip()


def unborn(work: Path) -> None:
    (work / ".git/refs/heads/main").unlink()


def circular(work: Path) -> None:
    (work / ".git/refs/heads/main").write_text("ref: HEAD\n")


def a_link(work: Path) -> None:
    (work / ".git/refs/heads/main").rename(work / "outside")
    (work / ".git/refs/heads/main").symlink_to(work / "outside")


def behind_a_link(work: Path) -> None:
    (work / ".git/refs/heads").rename(work / "outside")
    (work / ".git/refs/heads").symlink_to(work / "outside")


def out_of_the_directory(work: Path) -> None:
    (work / ".git/refs/heads/main").rename(work / "outside")
    (work / ".git/HEAD").write_text("ref: ../outside\n")


def no_digest(work: Path) -> None:
    (work / ".git/refs/heads/main").write_text("0123456789abcdef\n")


@pytest.mark.parametrize("head", [unborn, circular, a_link, behind_a_link, out_of_the_directory, no_digest])
def test_what_names_no_commit_is_none(work: Path, head: Callable[[Path], None]) -> None:
    head(work)
    assert safe.commit(str(work)) is None


def test_git_itself_is_asked_where_references_are_kept_in_tables(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")
    said = "b" * 40
    program(tmp_path / "git", f'test "$4 $5 $6 $7" = "rev-parse --verify --quiet HEAD" && echo {said}')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert safe.commit(str(work)) == said
    program(tmp_path / "git", "exit 128")
    assert safe.commit(str(work)) is None

"""What git knows beside the files: always what git itself says, and nothing from outside the git directory."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegenie import git as safe
from codegenie.git_state import seen, settled
from codegenie.inventory import take

Git = Callable[..., str]


@pytest.fixture
def work(repo: Path, git: Git) -> Path:
    """A repository with two commits."""
    git("init", "-q")
    (repo / "a").write_text("a")
    git("add", "a")
    git("commit", "-qm", "one")
    git("commit", "-qm", "two", "--allow-empty")
    return repo


def state(repo: Path) -> dict[str, Any]:
    assert safe.why_not(str(repo)) is None
    return settled(str(repo), seen(str(repo)))


def test_a_fresh_repository(work: Path, git: Git) -> None:
    assert state(work) == {
        "commit": git("rev-parse", "HEAD").strip(),
        "branch": "main",
        "in_tables": False,
        "tags": [],
        "tags_unknown": 0,
        "upstream": None,
        "remotes": [],
        "includes": 0,
        "rewritten_addresses": 0,
        "config_unread": None,
        "shallow": False,
        "partial": False,
        "sparse": False,
    }


# Which tags


def as_they_are(git: Git) -> None:
    pass


def packed(git: Git) -> None:
    git("pack-refs", "--all")


def packed_with_the_objects(git: Git) -> None:
    git("gc", "-q")
    git("pack-refs", "--all", "--no-prune")


def packed_and_moved(git: Git) -> None:
    git("pack-refs", "--all")
    git("tag", "-f", "light", "HEAD~1")
    git("tag", "-f", "-am", "moved", "old", "HEAD")


def of_an_older_commit(git: Git) -> None:
    git("checkout", "-q", "HEAD~1")


@pytest.mark.parametrize("change", [as_they_are, packed, packed_with_the_objects, packed_and_moved, of_an_older_commit])
def test_the_tags_are_those_that_git_gives(work: Path, git: Git, change: Callable[[Git], None]) -> None:
    git("tag", "light")
    git("tag", "-am", "x", "annotated")
    git("tag", "-am", "x", "of/a/tag", "annotated")
    git("tag", "-am", "x", "old", "HEAD~1")
    git("tag", "a-blob", "HEAD:a")
    git("tag", "-am", "x", "a-tree", "HEAD^{tree}")
    change(git)
    found = state(work)
    there = git("rev-parse", "HEAD")
    assert found["tags"] == [tag for tag in sorted(git("tag").split()) if git("rev-parse", f"{tag}^{{}}") == there]
    assert found["tags_unknown"] == 0


def test_no_process_is_started_where_no_tag_needs_one(work: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git("tag", "light")
    git("tag", "-am", "x", "annotated")
    git("pack-refs", "--all")
    git("tag", "light2")
    monkeypatch.setenv("PATH", "")
    assert state(work)["tags"] == ["annotated", "light", "light2"]


def test_a_tag_that_cannot_be_followed_is_counted(work: Path, git: Git) -> None:
    git("tag", "light")
    git("tag", "-am", "x", "annotated")
    alternates = work / ".git/objects/info/alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text("/elsewhere\n")
    assert [state(work)[name] for name in ("tags", "tags_unknown")] == [["light"], 1]
    alternates.unlink()
    (work / ".git/refs/tags/none").write_text("b" * 40)
    assert [state(work)[name] for name in ("tags", "tags_unknown")] == [["light"], 2]


def test_tags_with_longer_digests(repo: Path, git: Git) -> None:
    git("init", "-q", "--object-format=sha256")
    git("commit", "-qm", "one", "--allow-empty")
    git("tag", "-am", "x", "annotated")
    assert state(repo)["tags"] == ["annotated"]


def test_references_in_tables_are_not_read(work: Path, git: Git) -> None:
    git("tag", "light")
    (work / ".git/reftable").mkdir()
    assert (state(work)["tags"], state(work)["in_tables"]) == (None, True)


# The rest


def test_a_branch_before_the_first_commit(repo: Path, git: Git) -> None:
    git("init", "-q")
    found = state(repo)
    assert (found["branch"], found["commit"], found["tags"]) == ("main", None, [])


def test_a_detached_head_is_on_no_branch(work: Path, git: Git) -> None:
    git("checkout", "-q", "--detach")
    assert (state(work)["branch"], state(work)["commit"]) == (None, git("rev-parse", "HEAD").strip())


def test_remotes_lose_what_may_be_secret(work: Path, git: Git) -> None:
    git("remote", "add", "origin", "https://ann:s3cret@Example.org:8443/o/r.git?token=t0ken")
    git("remote", "set-url", "--add", "origin", "git@example.org:o/r.git")
    git("remote", "set-url", "--push", "origin", "/home/ann/r")
    git("config", "remote.https://u:s3cret@h/.proxy", "x")
    git("config", "url.https://u:s3cret@h/.insteadOf", "h:")
    git("config", "branch.main.remote", "origin")
    git("config", "branch.main.merge", "refs/heads/dev")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    found = state(work)
    assert found["remotes"] == [
        {
            "name": "origin",
            "fetch": [
                {"kind": "https", "host": "example.org:8443", "path": "o/r"},
                {"kind": "ssh", "host": "example.org", "path": "o/r"},
            ],
            "push": [{"kind": "local", "host": None, "path": None}],
            "default_branch": "trunk",
            "filter": None,
        }
    ]
    assert found["upstream"] == {"remote": "origin", "branch": "dev"}
    assert found["rewritten_addresses"] == 1


def test_a_clone_that_is_not_whole(work: Path, git: Git, tmp_path: Path) -> None:
    git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git("clone", "-q", "--depth=1", "--filter=blob:none", "--sparse", f"file://{work}", str(clone))
    found = state(clone)
    assert (found["shallow"], found["partial"], found["sparse"]) == (True, True, True)
    assert found["remotes"][0]["filter"] == "blob:none"
    assert found["remotes"][0]["default_branch"] == "main"


@pytest.mark.parametrize("content", ["[core", "[core]\n x = \\q\n", "x\n"])
def test_a_configuration_that_git_would_refuse_costs_only_what_it_says(work: Path, content: str) -> None:
    (work / ".git/config").write_text(content)
    found = seen(str(work))
    assert (found["branch"], found["remotes"]) == ("main", [])
    assert found["config_unread"].startswith("not a git configuration")


def test_nothing_is_read_through_a_link(work: Path, git: Git, tmp_path: Path) -> None:
    commit = git("rev-parse", "HEAD")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/stolen").write_text(commit)
    (tmp_path / "outside/HEAD").write_text("ref: refs/remotes/origin/stolen\n")
    tags = work / ".git/refs/tags"
    (tags / "file").symlink_to(tmp_path / "outside/stolen")
    (tags / "directory").symlink_to(tmp_path / "outside")
    (work / ".git/refs/remotes").mkdir()
    (work / ".git/refs/remotes/origin").symlink_to(tmp_path / "outside")
    git("config", "remote.origin.url", "x:y")
    git("config", "remote.../../../../outside.url", "x:y")
    (work / ".git/shallow").symlink_to(tmp_path / "outside/stolen")
    found = state(work)
    assert (found["tags"], found["shallow"]) == ([], False)
    assert {remote["default_branch"] for remote in found["remotes"]} == {None}
    shutil.rmtree(tags)
    tags.symlink_to(tmp_path / "outside")
    assert state(work)["tags"] == []


# What the index holds


def test_the_index_tells_links_modes_conflicts_and_submodules(work: Path, git: Git) -> None:
    commit = git("rev-parse", "HEAD").strip()
    (work / "run").write_text("x")
    (work / "run").chmod(0o755)
    (work / "link").symlink_to("a")
    git("add", ".")
    git("update-index", "--add", "--cacheinfo", f"160000,{commit},libs/s")
    git("commit", "-qm", "three")
    git("checkout", "-qb", "other", "HEAD~1")
    (work / "a").write_text("other")
    git("commit", "-qam", "other")
    git("checkout", "-q", "main")
    (work / "a").write_text("main")
    git("commit", "-qam", "main")
    with pytest.raises(Exception, match="merge"):
        git("merge", "other")
    (work / "new").write_text("x")
    assert take(str(work)).git["index"] == {
        "untracked": 1,
        "executable": 1,
        "links": ["link"],
        "unmerged": ["a"],
        "submodules": {"libs/s": commit},
    }


def test_without_a_git_directory_the_reason_is_given(repo: Path, git: Git, tmp_path: Path) -> None:
    assert take(str(repo)).git == {"unknown": "there is no .git"}
    (repo / ".git").write_text("gitdir: ../elsewhere\n")
    assert "points elsewhere" in take(str(repo)).git["unknown"]

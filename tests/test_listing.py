"""A listing is taken again only where git would list the same, and then without git."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegenie import grain, listing
from codegenie.beneath import Root
from codegenie.index import Index
from codegenie.inventory import Inventory, take
from codegenie.recorded import Recorded
from codegenie.registry import own_digest
from codegenie.settings import Settings
from codegenie.state import State, prepare
from tests.house import House
from tests.test_tools import program

Git = Callable[..., str]
Edit = Callable[[Path, Git], object]

LATER = 60_000_000_000  # ns
TICK = 0.02  # seconds in which the time of a file system moves


class Runs:
    """Gathers of one repository, as far as its listing goes."""

    def __init__(self, repo: Path, **asked: object) -> None:
        out = repo.parent / "out"
        self.settings = Settings(repo=str(repo), out=str(out), cache_dir=f"{out}/cache", **asked)  # type: ignore[arg-type]
        self.state: State = prepare(self.settings)

    def run(self, *, later: int = LATER) -> tuple[Inventory, bool]:
        """What is listed, and whether it was recalled; as if all had been at rest by `later`."""
        here = {"below": self.state.out, "secret": self.state.secret}
        recorded = Recorded.load(self.state.index_file, **here)  # type: ignore[arg-type]
        recalled = listing.recalled(self.state, self.settings, recorded)
        bounds = {name: getattr(self.settings, name) for name in ("exclude", "max_files")}
        found = recalled or take(self.settings.repo, **bounds)
        settled = time.time_ns() + later
        with Root(self.settings.repo) as root:
            Index(root, found.paths, recorded, cap=1).save(self.state.index_file, settled, **here)  # type: ignore[arg-type]
        listing.keep(self.state, self.settings, found, settled)
        return found, recalled is not None


def told(found: Inventory) -> tuple[object, ...]:
    return found.paths, found.listed_by, found.git, found.skipped, found.warnings, found.decisive, found.names_digest


def pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


@pytest.fixture
def work(repo: Path, git: Git) -> Path:
    """A work tree with a bit of everything, at rest."""
    git("init", "-q")
    (repo / ".gitignore").write_text("*.log\n/built/\n")
    for name in ("a.txt", "src/b.py", "src/deep/c.py", "src/é\n.py", "logs/x.log", "built/x/y", "node_modules/z/z.js"):
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(name)
    (repo / "empty/inner").mkdir(parents=True)
    (repo / "link").symlink_to("a.txt")
    pipe(repo / "src/pipe")
    git("add", "a.txt", "src", ".gitignore")
    git("commit", "-qm", "one")
    time.sleep(TICK)
    return repo


# Recalled


@pytest.mark.parametrize("how", ["git", "without", "odd"])
def test_where_nothing_moved_the_listing_is_recalled_as_it_would_be_taken(work: Path, how: str) -> None:
    if how == "without":
        shutil.rmtree(work / ".git")
    if how == "odd":
        (work / ".git/commondir").write_text("elsewhere")
    runs = Runs(work)
    first, was_recalled = runs.run()
    assert not was_recalled
    for _ in range(2):
        found, was_recalled = runs.run()
        assert was_recalled
        assert told(found) == told(first) == told(take(str(work)))


STANDS: dict[str, Edit] = {
    "an edit": lambda repo, _: (repo / "src/b.py").write_text("new"),
    "a file that git ignores wholly": lambda repo, _: (repo / "built/x/z").write_text("x"),
    "a package": lambda repo, _: (repo / "node_modules/z/y.js").write_text("x"),
    "a commit": lambda _, git: git("commit", "-qm", "two", "--allow-empty"),
    "a branch": lambda _, git: git("checkout", "-qb", "other"),
}


@pytest.mark.parametrize("edit", STANDS.values(), ids=STANDS)
def test_what_does_not_touch_the_listing_leaves_it(work: Path, git: Git, edit: Edit) -> None:
    runs = Runs(work)
    runs.run()
    time.sleep(TICK)
    index = (work / ".git/index").stat()
    edit(work, git)
    found, was_recalled = runs.run()
    assert was_recalled == ((work / ".git/index").stat() == index)  # git may write it anew
    assert told(found) == told(take(str(work)))


# Taken anew


def planted(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("")


def replaced(path: Path, target: str) -> None:
    shutil.move(path, path.parent.parent / "moved")
    path.symlink_to(target)


MOVES: dict[str, Edit] = {
    "a file at the top": lambda repo, _: (repo / "new").write_text(""),
    "a file below": lambda repo, _: (repo / "src/deep/new").write_text(""),
    "a directory": lambda repo, _: planted(repo / "other/deep/x"),
    "a file where there was none": lambda repo, _: (repo / "empty/inner/x").write_text(""),
    "a file among ignored ones": lambda repo, _: (repo / "logs/x.txt").write_text(""),
    "a file gone": lambda repo, _: (repo / "link").unlink(),
    "a directory gone": lambda repo, _: shutil.rmtree(repo / "empty"),
    "a name": lambda repo, _: (repo / "a.txt").rename(repo / "b.txt"),
    "a link for a directory": lambda repo, _: replaced(repo / "src/deep", "../logs"),
    "an ignore file": lambda repo, _: (repo / ".gitignore").write_text("*.log\n/built/\nlink\n"),
    "an ignore file of the same length": lambda repo, _: (repo / ".gitignore").write_text("link \n/built/\n"),
    "no ignore file": lambda repo, _: (repo / ".gitignore").unlink(),
    "an ignore file below": lambda repo, _: (repo / "src/.gitignore").write_text("*"),
    "an ignore file among ignored files": lambda repo, _: (repo / "logs/.gitignore").write_text("!*.log"),
    "rules of the clone": lambda repo, _: (repo / ".git/info/exclude").write_text("link"),
    "a file added": lambda _, git: git("add", "-f", "logs/x.log"),
    "a file no longer tracked": lambda _, git: git("rm", "-q", "--cached", "a.txt"),
    "an executable": lambda _, git: git("update-index", "--chmod=+x", "a.txt"),
    "a pipe": lambda repo, _: pipe(repo / "src/deep/pipe"),
    "a pipe in an empty directory": lambda repo, _: pipe(repo / "empty/inner/pipe"),
    "a pipe gone": lambda repo, _: (repo / "src/pipe").unlink(),
    "a repository in it": lambda _, git: git("init", "-q", "empty/inner"),
    "no git directory": lambda repo, _: shutil.rmtree(repo / ".git"),
    "an odd git directory": lambda repo, _: (repo / ".git/commondir").write_text("x"),
    "no such file checked out": lambda _, git: git("sparse-checkout", "set", "--no-cone", "a.txt"),
}


@pytest.mark.parametrize("edit", MOVES.values(), ids=MOVES)
def test_whatever_git_would_list_otherwise_is_listed_anew(work: Path, git: Git, edit: Edit) -> None:
    runs = Runs(work)
    before, _ = runs.run()
    assert runs.run()[1]
    time.sleep(TICK)
    edit(work, git)
    found, was_recalled = runs.run()
    assert not was_recalled
    assert told(found) == told(take(str(work))) != told(before)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
@pytest.mark.parametrize("name", ["src/deep", "empty/inner", "logs"])
def test_a_closed_directory_is_told(work: Path, name: str) -> None:
    runs = Runs(work)
    runs.run()
    (work / name).chmod(0)
    try:
        assert not runs.run()[1]
    finally:
        (work / name).chmod(0o755)


def test_other_settings_list_anew(work: Path) -> None:
    Runs(work).run()
    assert Runs(work).run()[1]
    assert not Runs(work, exclude=("*.txt",)).run()[1]
    assert not Runs(work, max_files=2).run()[1]


@pytest.mark.parametrize("name", ["globs.py", "inventory.py"])
def test_other_code_lists_anew(work: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """That of globs, too: what is excluded is told by them."""
    Runs(work).run()
    monkeypatch.setattr(listing, "own_digest", lambda path: own_digest(path) + "x" * path.endswith(f"/{name}"))
    assert not Runs(work).run()[1]


# Not to be told


def test_what_moved_as_the_run_began_is_listed_anew(work: Path) -> None:
    runs = Runs(work)
    (work / "late").write_text("")
    for _ in range(2):
        assert not runs.run(later=-LATER)[1]
    runs.run()
    assert runs.run()[1]


def test_a_file_system_whose_times_are_coarse_is_listed_each_time(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "grain_ns", lambda _: grain.COARSE_NS)
    runs = Runs(work)
    runs.run()
    assert not runs.run()[1]


def test_where_more_than_times_decides_it_is_listed_each_time(work: Path, git: Git) -> None:
    """A repository in the work tree, of which git asks whether it is one; an index in two files."""
    runs = Runs(work)
    git("init", "-q", "empty/inner")
    runs.run()
    assert not runs.run()[1]
    shutil.rmtree(work / "empty/inner")
    runs.run()
    assert runs.run()[1]
    git("update-index", "--split-index")
    runs.run()
    assert not runs.run()[1]


@pytest.mark.parametrize("what", ["nothing", "a file that leads nowhere yet", "a link"])
def test_what_may_become_a_repository_is_listed_each_time(work: Path, git: Git, what: str) -> None:
    dot_git, elsewhere = work / "empty/inner/.git", work.parent / "elsewhere/.git"
    (work / "empty/inner/x").write_text("")
    match what:
        case "nothing":
            dot_git.mkdir()
        case "a link":
            dot_git.symlink_to(elsewhere)
        case _:
            dot_git.write_text(f"gitdir: {elsewhere}\n")
    time.sleep(TICK)
    runs = Runs(work)
    runs.run()
    git("init", "-q", str(elsewhere.parent if what != "nothing" else dot_git.parent))
    found, was_recalled = runs.run()
    assert not was_recalled
    assert told(found) == told(take(str(work)))
    assert ("empty/inner", "a git repository of its own") in found.skipped


def test_what_git_did_not_say_once_is_asked_again(work: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.rmtree(work / "empty")
    (work / "src/.gitignore").write_text("pipe")
    time.sleep(TICK)
    trouble = work.parent / "trouble"
    trouble.touch()
    fails = f'case "$*" in *src/pipe*) [ -e {trouble} ] && exit 128;; esac'
    program(tmp_path / "bin/git", f'{fails}; exec {shutil.which("git")} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    runs = Runs(work)
    found, _ = runs.run()
    assert found.skipped == (("src/pipe", "not a regular file"),)
    trouble.unlink()
    found, was_recalled = runs.run()
    assert (found.skipped, was_recalled) == ((), False)
    assert found.decisive is not None


def test_what_no_git_lists_is_walked_each_time(work: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runs = Runs(work)
    runs.run()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not runs.run()[1]
    found, was_recalled = runs.run()
    assert (found.listed_by, was_recalled) == ("walk", False)


@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[:-1], lambda whole: whole.replace(b"a.txt", b"b.txt"), lambda _: b"", lambda _: b"\xff [1]"],
)
@pytest.mark.parametrize("name", ["listing", "index"])
def test_damaged_or_forged_it_is_as_if_there_were_none(work: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    runs = Runs(work)
    (work / "a.txt").chmod(0o755)
    runs.run()
    kept = Path(runs.state.out, "state", name)
    if damage(kept.read_bytes()) != kept.read_bytes():
        kept.write_bytes(damage(kept.read_bytes()))
        found, was_recalled = runs.run()
        assert (told(found), was_recalled) == (told(take(str(work))), False)


# All together


def written(path: Path, text: str) -> None:
    if path.is_file() or not path.exists():  # a pipe would wait for a reader
        path.write_text(text)


NAMES = ("a.txt", "src/b.py", "src/deep", "logs", "logs/x.log", "empty", "new", ".gitignore", "src/.gitignore")
EDITS: tuple[Callable[[Path], object], ...] = (
    lambda path: written(path, "*.py\n"),
    lambda path: written(path, "logs\n"),
    lambda path: path.unlink(),
    lambda path: path.mkdir(),
    lambda path: path.symlink_to("logs"),
    lambda path: os.mkfifo(path) if path.name != ".gitignore" else None,  # git would wait for a writer
    shutil.rmtree,
    lambda path: path.rename(path.parent / "moved"),
    lambda path: path.rename(path.parent / "empty"),
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(EDITS)), max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_edits_the_listing_is_what_git_lists(
    work: Path, tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, Callable[[Path], object]]]
) -> None:
    copy = tmp_path_factory.mktemp("copy") / "repo"
    shutil.copytree(work, copy, symlinks=True, ignore=shutil.ignore_patterns("pipe"))
    time.sleep(TICK)
    runs = Runs(copy)
    runs.run()
    for name, edit in edits:
        try:
            edit(copy / name)
        except OSError:
            continue
        time.sleep(TICK)
        found, _ = runs.run()
        assert told(found) == told(take(str(copy)))
        again, was_recalled = runs.run()
        assert was_recalled == (found.decisive is not None)
        assert told(again) == told(found)


def test_a_gather_with_nothing_to_do_starts_no_process(
    texts: House, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, path = tmp_path / "log", tmp_path / "bin/git"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {shutil.which("git")} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    (work / "src/pipe").unlink()
    for _ in range(2):
        time.sleep(TICK)
        texts.gather(work)
    assert "ls-files" in log.read_text()
    log.unlink()
    texts.gather(work)
    assert not log.exists()

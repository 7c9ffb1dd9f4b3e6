"""Incremental equals clean: after any sequence of edits, the document is that of a fresh copy gathered cold."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from codegenie.cli import run
from tests.conftest import Figures
from tests.torture.harness import LONG, SEED, rounds

NAMES = (
    "package.json",
    "pnpm-lock.yaml",
    "src/a.ts",
    "src/b.py",
    "web/package.json",
    "README.md",
    ".gitattributes",
    "Makefile",
    "Dockerfile",
    "deploy/app.yaml",
)
# Several contents of one size a file, so that only a look at the content, or at ctime, tells them apart.
CONTENTS = {
    "package.json": (
        '{"scripts": {"build": "tsc"}}',
        '{"scripts": {"start": "tsc"}}',
        '{"workspaces": ["web"]}',
        "{",
        "",
    ),
    "pnpm-lock.yaml": ("lockfileVersion: '9.0'\n", "lockfileVersion: '6.0'\n"),
    "src/a.ts": ("export const a = 1;\n", "\0xport const a = 1;\n", '<?xml version="1.0"?><TS version="2.1"></TS>\n'),
    "src/b.py": ("# -*- perl -*-\n", "# -*- ruby -*-\n", "import os\n"),
    "web/package.json": ('{"name": "web", "private": true}', '{"name": "net", "private": true}'),
    "README.md": ("# Hello\n",),
    ".gitattributes": ("*.py linguist-vendored\n", "*.ts linguist-vendored\n", "src/** linguist-language=Ruby\n"),
    "Makefile": ("all:\n\ttrue\n",),
    "Dockerfile": ("FROM python:3.12\nRUN make && ls\n", "FROM node:22.04\nRUN node | cat\n", "FROM scratch\n"),
    "deploy/app.yaml": (
        "kind: Pod\napiVersion: v1\nspec: {containers: [{name: a, image: web}]}\n",
        "kind: Pod\napiVersion: v1\nspec: {containers: [{name: b, image: net}]}\n",
        "kind: {{ kind }}\napiVersion: v1\nspec:\n{{- range .apps }}\n  a: b\n{{- end }}\n",
    ),
}
STATE = ("context/repo-context.yaml", "context/raw/language_stack.json", "state/doit.db", "state/index", "cache/blobs")

MOST_SECONDS = 3600 if LONG else 60
"""No example is begun later, once there were enough steps; the figures say how many there were."""

LEAST_STEPS = rounds(200, 2000)

Edit = Callable[[Path], None]


def _write(name: str, content: str, *, keep_times: bool) -> Edit:
    def edit(repo: Path) -> None:
        path = repo / name
        _clear(path)
        before = path.stat() if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        if keep_times and before:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return edit


def _move(source: str, target: str) -> Edit:
    def edit(repo: Path) -> None:
        if (repo / source).is_file() and source != target:
            (repo / target).parent.mkdir(parents=True, exist_ok=True)
            _clear(repo / target)
            (repo / source).replace(repo / target)

    return edit


def _append(name: str) -> Edit:
    def edit(repo: Path) -> None:
        if (repo / name).is_file() and not (repo / name).is_symlink():
            with open(repo / name, "a") as file:
                file.write("\n")

    return edit


def _swap(one: str, other: str) -> Edit:
    """Each under the other's name, with its own inode and times."""

    def edit(repo: Path) -> None:
        if one != other and (repo / one).is_file() and (repo / other).is_file():
            (repo / one).replace(repo / "between")
            (repo / other).replace(repo / one)
            (repo / "between").replace(repo / other)

    return edit


def _change_case(name: str) -> Edit:
    def edit(repo: Path) -> None:
        path = repo / name
        if path.is_file():
            path.replace(path.with_name(path.name.swapcase()))

    return edit


def _commit(branch: str) -> Edit:
    """Commit everything to a branch, which is made where we stand if there is none."""

    def edit(repo: Path) -> None:
        _git(repo, "checkout", "-q", "-B", branch)
        _git(repo, "add", "-A")
        _git(repo, "commit", "-q", "--allow-empty", "-m", branch)

    return edit


def _switch(branch: str) -> Edit:
    return lambda repo: _git(repo, "checkout", "-q", "-f", branch)


def _git(repo: Path, *arguments: str) -> None:
    """Run git, which may refuse: there may be no such branch yet."""
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=repo, capture_output=True, check=False)


def _remove(name: str) -> Edit:
    return lambda repo: (repo / name).unlink(missing_ok=True)


def _link(name: str, target: str) -> Edit:
    def edit(repo: Path) -> None:
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).unlink(missing_ok=True)
        (repo / name).symlink_to(target)

    return edit


def _touch(name: str, mode: int) -> Edit:
    def edit(repo: Path) -> None:
        if (repo / name).is_file() and not (repo / name).is_symlink():
            os.utime(repo / name)
            (repo / name).chmod(mode)

    return edit


def _ignore(line: str) -> Edit:
    def edit(repo: Path) -> None:
        (repo / ".gitignore").write_text(line)

    return edit


def _tamper(name: str, how: str) -> Edit:
    """Spoil one file of the engine's own state."""

    def edit(repo: Path) -> None:
        path = repo / ".codegenie" / name
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path] if path.is_file() else []
        for file in files:
            content = file.read_bytes()
            match how:
                case "remove":
                    file.unlink()
                case "empty":
                    file.write_bytes(b"")
                case "truncate":
                    file.write_bytes(content[: len(content) // 2])
                case "flip":
                    at = len(content) * 2 // 3
                    file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] if content else b"")

    return edit


def _clear(path: Path) -> None:
    if path.is_symlink():
        path.unlink()


names = st.sampled_from(NAMES)
writes = names.flatmap(
    lambda name: st.builds(_write, st.just(name), st.sampled_from(CONTENTS[name]), keep_times=st.booleans())
)
branches = st.sampled_from(["main", "other"])
edits = st.one_of(
    writes,
    writes,
    writes,  # thrice as likely as each of the others
    st.builds(_move, names, names),
    st.builds(_append, names),
    st.builds(_swap, names, names),
    st.builds(_change_case, names),
    st.builds(_commit, branches),
    st.builds(_switch, branches),
    st.builds(_remove, names),
    st.builds(_link, names, st.sampled_from(["README.md", "../README.md", "/etc/passwd", "nowhere"])),
    st.builds(_touch, names, st.sampled_from([0o644, 0o755, 0o600])),
    st.builds(_ignore, st.sampled_from(["", "*.py\n", "web/\n", "package.json\n"])),
    st.builds(_tamper, st.sampled_from(STATE), st.sampled_from(["remove", "empty", "truncate", "flip"])),
)


@pytest.fixture
def ends_at() -> float:
    """When, by the monotonic clock, the time for examples is up."""
    return time.monotonic() + MOST_SECONDS


@settings(
    max_examples=rounds(30, 500),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    database=None,
)
@seed(SEED)
@given(sessions=st.lists(st.lists(edits, min_size=1, max_size=12), min_size=2, max_size=6))
def test_incremental_equals_clean(figures: Figures, ends_at: float, sessions: list[list[Edit]]) -> None:
    if time.monotonic() > ends_at and figures["edit steps compared"] >= LEAST_STEPS:
        return
    with tempfile.TemporaryDirectory() as directory:
        repo = Path(directory) / "repo"
        for name, contents in CONTENTS.items():
            _write(name, contents[0], keep_times=False)(repo)
        _git(repo, "init", "-q", "-b", "main")
        _commit("main")(repo)
        assert run(["gather", str(repo), "-q"]) == 0
        for session in sessions:
            for edit in session:
                edit(repo)
            assert run(["gather", str(repo), "-q"]) == 0
            assert _published(repo) == _published_cold(repo, Path(directory))
            figures["edit steps compared"] += len(session)


def _published_cold(repo: Path, directory: Path) -> dict[str, bytes]:
    copy = directory / "copy"
    shutil.copytree(repo, copy, symlinks=True, ignore=shutil.ignore_patterns(".codegenie"))
    try:
        assert run(["gather", str(copy), "-q"]) == 0
        return _published(copy)
    finally:
        shutil.rmtree(copy)


def _published(repo: Path) -> dict[str, bytes]:
    context = repo / ".codegenie/context"
    return {path.name: path.read_bytes() for path in context.rglob("*") if path.is_file()}

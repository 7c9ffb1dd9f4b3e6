"""What is no plain file of a sensible size and place is never waited for, and listed as left out, with the reason."""

import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Figures
from tests.hostile.measure import Measured, measured
from tests.house import House, document

Git = Callable[..., str]
Skipped = list[tuple[str, str, int | None]]
MOST_SECONDS = 20  # a quiet machine needs one or two; what blocks, for ever
MOST_MIB = 300
MANIFEST = '{"name": "shop", "scripts": {"test": "vitest"}}'
NOBODY = "-dac_override,-dac_read_search"
"""What takes from root that it may read everything."""


@pytest.fixture
def work(repo: Path, git: Git) -> Iterator[Path]:
    """A repository with one project, which is to be read whatever lies beside it."""
    git("init", "-q")
    (repo / "package.json").write_text(MANIFEST)
    yield repo
    subprocess.run(["chmod", "-R", "u+rwX", str(repo)], check=False)
    subprocess.run(["rm", "-rf", str(repo)], check=True)  # deeper than Python can remove


def gathered(house: House, repo: Path, *options: str, within: tuple[str, ...] = ()) -> Skipped:
    """What the document lists as left out, after a gather that ended well, in time, and read the project."""
    done: Measured = measured(house, "gather", str(repo), "--json", *options, within=within)
    assert (done.run.code, done.run.err) == (0, "")
    assert done.seconds < MOST_SECONDS
    assert done.mib < MOST_MIB
    found = document(repo)
    assert {about["outcome"] for about in found["probes"].values()} == {"succeeded"}
    assert [about["path"] for about in found["build_system"]["projects"]][:1] == ["."]
    return [(item["path"], item["reason"], item.get("size")) for item in found["snapshot"]["skipped"]]


# What is no file


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    before = os.getcwd()
    os.chdir(path.parent)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)
    os.chdir(before)


def a_device(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root makes devices")
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_to_a_terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


def a_link_to_a_pipe(path: Path) -> None:
    if not (pipe := path.with_name("elsewhere")).exists():
        os.mkfifo(pipe)
    path.symlink_to("elsewhere")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def a_link_to_itself_further_down(path: Path) -> None:
    path.symlink_to(f"{path.name}/{path.name}")


LINK, ODD = "a symbolic link", "not a regular file"
KINDS: dict[Callable[[Path], None], str] = {
    a_pipe: ODD,
    a_socket: ODD,
    a_device: ODD,
    a_link_to_a_device: LINK,
    a_link_to_a_terminal: LINK,
    a_link_to_a_pipe: LINK,
    a_link_to_itself: LINK,
    a_link_to_itself_further_down: LINK,
}


@pytest.mark.parametrize("tracked", [False, True], ids=["new", "tracked"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_no_file_is_not_opened_and_listed(
    real: House, work: Path, git: Git, kind: Callable[[Path], None], tracked: bool, figures: Figures
) -> None:
    """With the names of files that probes look for; tracked as files before they were replaced."""
    names = ("api/package.json", "api/tsconfig.json", "api/main.py", "api/package-lock.json", ".gitattributes")
    for name in names:
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text("{}")
    (work / "api/index.js").write_text("x\n")
    if tracked:
        git("add", ".")
    for name in names:
        (work / name).unlink()
        kind(work / name)

    left_out = gathered(real, work)

    assert {path: reason for path, reason, _ in left_out if path in names} == dict.fromkeys(names, KINDS[kind])
    assert gathered(real, work) == left_out
    figures["odd files left out"] += len(names)


@pytest.mark.parametrize("tracked", [False, True], ids=["new", "tracked"])
def test_a_directory_with_the_name_of_a_file_is_a_directory(real: House, work: Path, git: Git, tracked: bool) -> None:
    names = ("api/package.json", "api/tsconfig.json", ".gitattributes", ".gitignore", "pnpm-workspace.yaml")
    for name in names if tracked else ():
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text("{}")
    git("add", ".")
    for name in names:
        (work / name).unlink(missing_ok=True)
        (work / name).mkdir(parents=True)
        (work / name / "index.js").write_text("x\n")
    left_out = gathered(real, work)
    assert {reason for _, reason, _ in left_out} <= {"a directory"}
    assert document(work)["snapshot"]["files"] >= 6


def closed_to_us() -> tuple[str, ...]:
    """The command within which not even root may read what is closed."""
    if os.geteuid() != 0:
        return ()
    if not (path := shutil.which("setpriv")):
        pytest.skip("root may read everything")
    return (path, "--bounding-set", NOBODY, "--inh-caps", NOBODY)


@pytest.mark.parametrize("tracked", [False, True], ids=["new", "tracked"])
def test_what_may_not_be_read_is_listed(real: House, work: Path, git: Git, tracked: bool) -> None:
    for name in ("api/package.json", "closed/package.json", "ignored/package.json"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text("{}")
    (work / ".gitignore").write_text("/ignored/\n")
    if tracked:
        git("add", ".")
    (work / "api/package.json").chmod(0)
    for name in ("closed", "ignored"):
        (work / name).chmod(0)

    left_out = gathered(real, work, within=closed_to_us())

    closed = ("closed/package.json", "cannot be read") if tracked else ("closed", "permission denied")
    assert [item[:2] for item in left_out] == [("api/package.json", "cannot be read"), closed]


# Sizes, depths, names and numbers, each with the setting that moves the bound


def test_a_sparse_file_of_a_gib_is_not_read(real: House, work: Path) -> None:
    names = ("api/package.json", "api/package-lock.json", "api/main.py", "api/a.xml")
    for name in names:
        (work / name).parent.mkdir(exist_ok=True)
        with open(work / name, "wb") as file:
            file.truncate(1 << 30)

    left_out = gathered(real, work)

    assert ("api/package.json", f"over {1 << 20} bytes", 1 << 30) in left_out
    assert {size for _, reason, size in left_out if reason.startswith("over ")} == {1 << 30}


def test_files_over_a_size_are_left_out_up_to_the_size_that_is_set(real: House, work: Path) -> None:
    (work / "api").mkdir()
    (work / "api/package.json").write_text('{"name": "api", "description": "%s"}' % ("x" * 3000))
    size = (work / "api/package.json").stat().st_size
    for settings, said in {
        ("--max-source-bytes=2000",): [("api/package.json", "over 2000 bytes", size)],
        ("--max-file-bytes=2KiB",): [("api/package.json", "over 2048 bytes", size)],
        ("--max-source-bytes=4KiB",): [],
    }.items():
        assert gathered(real, work, *settings) == said


def deep(directory: Path, depth: int) -> None:
    """Directories `d` in one another, with a manifest in every hundredth: deeper than any path can say."""
    above = os.open(directory, os.O_RDONLY)
    for level in range(1, depth + 1):
        os.mkdir("d", dir_fd=above)
        here = os.open("d", os.O_RDONLY, dir_fd=above)
        if level % 100 == 0 or level == 3:
            os.write(manifest := os.open("package.json", os.O_CREAT | os.O_WRONLY, dir_fd=here), b"{}")
            os.close(manifest)
        os.close(above)
        above = here
    os.close(above)


def test_a_tree_of_five_thousand_levels(real: House, work: Path) -> None:
    deep(work, 5000)
    left_out = gathered(real, work)
    assert {reason for _, reason, _ in left_out} == {"deeper than 64 directories"}
    assert (f"{'d/' * 100}package.json", "deeper than 64 directories", None) in left_out
    assert len(left_out) == 20  # git follows it as far as a path can say


def test_files_deeper_than_what_is_set_are_left_out(real: House, work: Path) -> None:
    deep(work, 3)
    path = "d/d/d/package.json"
    assert gathered(real, work, "--max-depth=3") == [(path, "deeper than 3 directories", None)]
    assert gathered(real, work, "--max-depth=4") == []


def test_paths_longer_than_what_is_set_are_left_out(real: House, work: Path) -> None:
    path = "/".join(["n" * 250] * 4)
    (work / path).mkdir(parents=True)
    (work / path / "a.js").write_text("x\n")
    said = [(f"{path}/a.js"[:200], "a path of over 500 bytes", None)]
    assert gathered(real, work, "--max-path-bytes=500") == said
    assert gathered(real, work, "--max-path-bytes=2KiB") == []


def test_names_of_255_bytes_of_lines_and_of_no_encoding(real: House, work: Path) -> None:
    names = [
        b"n" * 255,
        b"line\nbreak",
        b"\xff\xfe",
        b"\xf0\x9f\x98\x80" * 63,
        b"\x1b[2J",
        b" ",
        b"-rf",
        b"*",
        b"a\\xff",
    ]
    for name in names:
        directory = os.path.join(os.fsencode(work), name)
        os.mkdir(directory)
        for file in (b"package.json", b"tsconfig.json", b"a.py"):
            with open(os.path.join(directory, file), "w") as content:
                content.write("{}")
    assert gathered(real, work) == []
    assert document(work)["snapshot"]["files"] == 1 + 3 * len(names)


def test_a_directory_of_a_hundred_thousand_files(real: House, work: Path) -> None:
    (work / "many").mkdir()
    directory = os.open(work / "many", os.O_RDONLY)
    for number in range(100_000):
        os.close(os.open(f"{number:06}.txt", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
    os.close(directory)
    done = measured(real, "gather", str(work))
    assert (done.run.code, document(work)["snapshot"]["files"]) == (0, 100_001)
    assert done.seconds < MOST_SECONDS * 6
    assert done.mib < MOST_MIB


def test_files_past_the_most_are_left_out_and_counted(real: House, work: Path) -> None:
    for number in range(20):
        (work / f"z{number:02}.js").write_text("x\n")
    assert gathered(real, work, "--max-files=6") == [("", "15 files past the first 6; raise max_files", None)]
    assert gathered(real, work, "--max-files=21") == []


def test_of_many_that_are_left_out_the_document_lists_some_and_counts_the_rest(real: House, work: Path) -> None:
    for number in range(1500):
        os.mkfifo(work / f"pipe{number:04}")
    found: list[Any] = gathered(real, work)
    assert found[0] == ("", f"500 more: {ODD}", None)
    assert len(found) == 1001

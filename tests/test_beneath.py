"""Nothing beneath a root is reached through a link, and nothing but a regular file is read."""

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegenie.beneath import Root, read_upto
from codegenie.errors import Refused

SECRET = b"a secret of the user"


@pytest.fixture
def root(repo: Path) -> Iterator[Root]:
    with Root(str(repo)) as opened:
        yield opened


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "outside" / "secret"
    file.parent.mkdir()
    file.write_bytes(SECRET)
    return file


def refusal(root: Root, path: str, cap: int = 100) -> tuple[str, str, int | None]:
    with pytest.raises(Refused) as caught:
        root.read(path, cap)
    return caught.value.path, caught.value.reason, caught.value.size


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))


def test_files_are_read_whole(root: Root, repo: Path) -> None:
    deep = repo / "a b" / "ü" / "line\nbreak"
    deep.mkdir(parents=True)
    (deep / "f").write_bytes(b"x" * (3 << 20))
    (repo / "top").write_bytes(b"")
    assert root.read("a b/ü/line\nbreak/f", 3 << 20) == b"x" * (3 << 20)
    assert root.read("top", 0) == b""
    assert root.head("a b/ü/line\nbreak/f", 5) == b"xxxxx"
    assert root.head("top", 5) == b""


@pytest.mark.skipif(sys.platform == "darwin", reason="APFS has no such names")
def test_names_that_are_not_utf_8_are_read(root: Root, repo: Path) -> None:
    name = os.fsdecode(b"\xff\xfe")
    (repo / name).mkdir()
    (repo / name / name).write_bytes(b"x")
    assert root.read(f"{name}/{name}", 1) == b"x"


def test_a_file_over_the_cap_is_refused_with_its_size(root: Root, repo: Path) -> None:
    (repo / "f").write_bytes(b"12345")
    assert root.read("f", 5) == b"12345"
    assert refusal(root, "f", 4) == ("f", "over 4 bytes", 5)


def test_a_link_is_refused_as_the_last_component(root: Root, repo: Path, secret: Path) -> None:
    (repo / "link").symlink_to(secret)
    (repo / "dangling").symlink_to("nowhere")
    (repo / "itself").symlink_to("itself")
    (repo / "file").write_bytes(b"x")
    (repo / "near").symlink_to("file")
    for name in ("link", "dangling", "itself", "near"):
        assert refusal(root, name) == (name, "a symbolic link", None)
        assert root.link_text(name) == os.readlink(repo / name)


def test_a_link_is_refused_as_an_inner_component(root: Root, repo: Path, secret: Path) -> None:
    (repo / "out").symlink_to(secret.parent)
    (repo / "a").mkdir()
    (repo / "a" / "up").symlink_to("..")
    for path in ("out/secret", "a/up/out/secret", "a/up/a/up/f"):
        assert refusal(root, path) == (path, "reached through a link", None)
        assert root.lstat(path) is None
        with pytest.raises(NotADirectoryError):
            root.link_text(path)


@pytest.mark.parametrize(
    "path",
    [
        "../outside/secret",
        "a/../../outside/secret",
        "a/../f",
        "..",
        ".",
        "",
        "/",
        "//f",
        "/f",
        "./f",
        "a//f",
        "a/",
        "a/.",
        "a/..",
        "a\0b",
        "a\0/f",
        "\ud800",
    ],
)
def test_what_is_no_path_beneath_is_nowhere(root: Root, repo: Path, secret: Path, path: str) -> None:
    (repo / "a").mkdir()
    (repo / "f").write_bytes(b"x")
    (repo / "a" / "f").write_bytes(b"x")
    assert root.lstat(path) is None
    assert refusal(root, path) == (path, "cannot be opened", None)
    with pytest.raises(ValueError):
        root.link_text(path)


def test_an_absolute_path_is_not_followed(root: Root, secret: Path) -> None:
    assert refusal(root, str(secret)) == (str(secret), "cannot be opened", None)
    assert root.lstat(str(secret)) is None


def test_what_is_not_there_does_not_exist(root: Root, repo: Path) -> None:
    (repo / "f").write_bytes(b"x")
    assert refusal(root, "g") == ("g", "does not exist", None)
    assert refusal(root, "d/g") == ("d/g", "does not exist", None)
    assert root.lstat("g") is None
    assert root.lstat("f/g") is None


def test_only_regular_files_are_opened_and_nothing_is_waited_for(
    root: Root, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(repo / "fifo")
    (repo / "directory").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(repo)  # a socket's path is short
        listener.bind("socket")
        found: list[tuple[str, str, int | None]] = []
        reader = threading.Thread(
            target=lambda: found.extend(refusal(root, p) for p in ("fifo", "directory", "socket"))
        )
        reader.daemon = True
        reader.start()
        reader.join(timeout=10)
    assert found == [
        ("fifo", "not a regular file", None),
        ("directory", "not a regular file", None),
        ("socket", "cannot be opened", None),
    ]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(root: Root, repo: Path) -> None:
    (repo / "f").write_bytes(b"x")
    (repo / "f").chmod(0)
    assert refusal(root, "f") == ("f", "permission denied", None)


def test_a_link_swapped_in_for_a_directory_is_not_followed(root: Root, repo: Path, secret: Path) -> None:
    """The directory that was looked at stays the one that is read, or nothing is."""
    (repo / "d").mkdir()
    (repo / "d" / "secret").write_bytes(b"ours")
    assert root.read("d/secret", 100) == b"ours"
    (repo / "d").rename(repo / "moved")
    (repo / "d").symlink_to(secret.parent)
    assert root.read("d/secret", 100) == b"ours"  # of the directory that is held open
    root.forget()
    assert refusal(root, "d/secret") == ("d/secret", "reached through a link", None)


def test_files_swapped_for_links_all_the_time_never_give_what_lies_outside(
    root: Root, repo: Path, secret: Path
) -> None:
    (repo / "d").mkdir()
    (repo / "d" / "f").write_bytes(b"ours")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            (repo / "d" / "new").write_bytes(b"ours")
            os.replace(repo / "d" / "new", repo / "d" / "f")
            (repo / "d" / "link").symlink_to(secret)
            os.replace(repo / "d" / "link", repo / "d" / "f")

    swapping = threading.Thread(target=swap)
    swapping.start()
    seen: set[bytes] = set()
    reasons: set[str] = set()
    tries = 0
    deadline = time.monotonic() + 10
    try:
        while (tries < 500 or not (seen and reasons)) and time.monotonic() < deadline:
            tries += 1
            try:
                seen.add(root.read("d/f", 100))
            except Refused as refused:
                reasons.add(refused.reason)
    finally:
        done.set()
        swapping.join()
    assert seen == {b"ours"}
    assert reasons == {"a symbolic link"}


def test_neighbours_with_a_common_beginning_are_told_apart(root: Root, repo: Path) -> None:
    paths = ["a/b/c", "a/bc/c", "ab/c", "a/b/d/e", "a/f", "f", "a/b/c2", "b/a/b/c"]
    for path in paths:
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(path)
    for path in [*paths, *reversed(paths), *paths[::2], *paths[1::2]]:
        assert root.read(path, 100) == path.encode()


def test_a_deep_path_is_read_and_descriptors_go_when_the_root_does(repo: Path) -> None:
    before = descriptors()
    deep = "/".join(["d"] * 200)
    (repo / deep).mkdir(parents=True)
    (repo / deep / "f").write_bytes(b"x")
    (repo / "f").write_bytes(b"x")
    (repo / "link").symlink_to("f")
    with Root(str(repo)) as root:
        assert root.read(f"{deep}/f", 1) == b"x"
        assert descriptors() == before + 201
        root.forget()
        assert descriptors() == before + 1
        for _ in range(50):
            for path in ("f", "link", "d", "nothing", "d/d/nothing/f", "f/f", "..", f"{deep}/f"):
                root.lstat(path)
                try:
                    root.read(path, 0)
                except Refused:
                    continue
        root.read("f", 1)
        assert descriptors() <= before + 1
    assert descriptors() == before


def test_a_root_that_is_no_directory_is_an_error(repo: Path) -> None:
    (repo / "f").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        Root(str(repo / "f"))


def test_short_reads_are_read_on() -> None:
    reading, writing = os.pipe()

    def write_on() -> None:
        os.write(writing, b"two")
        os.close(writing)

    os.write(writing, b"one")
    writer = threading.Timer(0.1, write_on)
    writer.start()
    assert [read_upto(reading, 5) for _ in range(3)] == [b"onetw", b"o", b""]
    writer.join()
    os.close(reading)

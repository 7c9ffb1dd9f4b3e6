"""Files are replaced whole or not at all; blobs say what was put under their key, or nothing."""

import errno
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.cache import (
    BLOB_CAP,
    UNUSED_DAYS,
    Blobs,
    Proofs,
    make_directory,
    read_whole,
    remove,
    split,
    sweep,
    write_atomically,
)
from codegenie.hashing import proof
from tests.house import PROJECT

KEY = "ab" + "0" * 30
OTHER = "ab" + "1" * 30
DAY = 86400.0


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "cache"), b"s" * 32)


def blob_file(blobs: Blobs, key: str = KEY) -> Path:
    return Path(blobs.path(key))


# What is written


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "f"
    for content in (b"one", b"", b"x" * (5 << 20)):
        write_atomically(str(path), content, below=str(tmp_path), durable=True)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["f"]


def test_a_file_in_the_current_directory_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically("./f", b"x", below=".", durable=True)
    assert (tmp_path / "f").read_bytes() == b"x"


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "f").symlink_to("theirs")
    write_atomically(str(tmp_path / "f"), b"ours", below=str(tmp_path))
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert not (tmp_path / "f").is_symlink()


def test_the_users_umask_holds(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_atomically(str(tmp_path / "f"), b"x", below=str(tmp_path))
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("function", ["open", "write", "fsync", "close", "replace"])
def test_a_failure_at_any_call_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, error: BaseException
) -> None:
    """The N-th call fails, for each N until the write completes."""
    path = tmp_path / "f"
    real = getattr(os, function)
    for number in range(1, 20):
        path.write_bytes(b"old")
        calls = [0]

        def failing(*arguments: Any, _calls: list[int] = calls, _number: int = number, **options: Any) -> Any:
            _calls[0] += 1
            if _calls[0] == _number:
                if function == "close":
                    real(*arguments)  # the kernel lets go of the descriptor also where it reports an error
                raise error
            return real(*arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, function, failing)
            patch.setattr(os, "write", failing if function == "write" else short_writing(os.write))
            try:
                write_atomically(str(path), b"new content", below=str(tmp_path), durable=True)
            except type(error):
                failed = True
            else:
                failed = False
        assert os.listdir(tmp_path) == ["f"]
        content = path.read_bytes()
        if failed and isinstance(error, KeyboardInterrupt):
            assert content in (b"old", b"new content")  # it can come after the replacement
        else:
            assert content == (b"old" if failed else b"new content")
        if calls[0] < number:
            assert number > 1
            return
    pytest.fail("the write never completed")


def short_writing(write: Callable[[int, Any], int]) -> Callable[[int, Any], int]:
    return lambda descriptor, content: write(descriptor, content[:3])


def test_short_writes_are_written_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", short_writing(os.write))
    write_atomically(str(tmp_path / "f"), b"more than three bytes", below=str(tmp_path))
    assert (tmp_path / "f").read_bytes() == b"more than three bytes"


def test_an_interrupt_just_after_the_replacement_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace_and_interrupt(source: str, target: str, replace: Any = os.replace, **directories: int) -> None:
        replace(source, target, **directories)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(str(tmp_path / "f"), b"new", below=str(tmp_path))
    assert (tmp_path / "f").read_bytes() == b"new"


def test_a_reader_sees_the_old_content_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "f"
    contents = [bytes([65 + number]) * 100_000 for number in range(3)]
    path.write_bytes(contents[0])
    script = (
        "import sys; from codegenie.cache import write_atomically\n"
        "_, path, below = sys.argv\n"
        "while True:\n    for letter in b'ABC': write_atomically(path, bytes([letter]) * 100_000, below=below)"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(path), str(tmp_path)], env={**os.environ, "PYTHONPATH": str(PROJECT)}
    )
    try:
        seen: set[bytes] = set()
        deadline = time.monotonic() + 10
        while len(seen) < 3 and time.monotonic() < deadline:
            seen.add(path.read_bytes())
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert sorted(seen) == contents
    assert path.read_bytes() in contents


@pytest.mark.parametrize("at", ["top", "top/a", "top/a/b"])
def test_nothing_is_written_read_or_removed_through_a_link(tmp_path: Path, at: str) -> None:
    """Neither the directory that is named, nor one on the way, nor the last."""
    outside, below = tmp_path / "outside", str(tmp_path / "top")
    (outside / "a/b").mkdir(parents=True)
    (outside / "b").mkdir()
    for path in ("f", "b/f", "a/b/f"):
        (outside / path).write_bytes(b"theirs")
    (tmp_path / at).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / at).symlink_to(outside)
    path = f"{below}/a/b/f"
    with pytest.raises(NotADirectoryError):
        write_atomically(path, b"ours", below=below)
    with pytest.raises(NotADirectoryError):
        make_directory(f"{below}/a/b/c", below=below)
    assert read_whole(path, 100, below=below) is None
    remove(path, below=below)
    found = {str(file.relative_to(outside)): file.read_bytes() for file in outside.rglob("*") if file.is_file()}
    assert found == {"f": b"theirs", "b/f": b"theirs", "a/b/f": b"theirs"}
    assert not (outside / "c").exists() and not (outside / "b/c").exists()


def test_directories_on_the_way_are_made(tmp_path: Path) -> None:
    write_atomically(f"{tmp_path}/a/b/f", b"x", below=str(tmp_path))
    assert read_whole(f"{tmp_path}/a/b/f", 1, below=str(tmp_path)) == b"x"
    make_directory(f"{tmp_path}/a/c/d", below=str(tmp_path))
    assert (tmp_path / "a/c/d").is_dir()
    remove(f"{tmp_path}/a/b/f", below=str(tmp_path))
    remove(f"{tmp_path}/a/b/f", below=str(tmp_path))
    assert list((tmp_path / "a/b").iterdir()) == []


def test_directories_swapped_for_links_all_the_time_are_never_written_through(tmp_path: Path) -> None:
    outside, top = tmp_path / "outside", tmp_path / "top"
    outside.mkdir()
    (top / "d").mkdir(parents=True)
    done = threading.Event()

    def swap() -> None:
        for number in itertools.count():
            if done.is_set():
                return
            with suppress(OSError):  # the writer makes it too
                (top / "d").rename(top / f"kept{number}")
                (top / "d").symlink_to(outside)
                time.sleep(0.0001)
                (top / "d").unlink()

    swapping = threading.Thread(target=swap)
    swapping.start()
    outcomes: set[str] = set()
    tries, deadline = 0, time.monotonic() + 10
    try:
        while (tries < 2000 or len(outcomes) < 2) and time.monotonic() < deadline:
            tries += 1
            try:
                write_atomically(f"{top}/d/f", b"ours", below=str(top))
                outcomes.add("written")
            except OSError:
                outcomes.add("refused")
    finally:
        done.set()
        swapping.join()
    assert outcomes == {"written", "refused"}
    assert list(outside.iterdir()) == []


# What is read


def test_only_a_regular_file_within_the_cap_is_read(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("f")
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "fifo")
    names = ("f", "link", "directory", "fifo", "nothing")
    assert [read_whole(str(tmp_path / name), 5, below=str(tmp_path)) for name in names] == [
        b"12345",
        None,
        None,
        None,
        None,
    ]
    assert read_whole(str(tmp_path / "f"), 4, below=str(tmp_path)) is None
    assert read_whole("/dev/zero", 10, below="/dev") is None


# Blobs


@given(st.binary(max_size=300), st.floats(0, 1e10))
def test_what_was_put_comes_back(tmp_path_factory: pytest.TempPathFactory, payload: bytes, created_at: float) -> None:
    blobs = Blobs(str(tmp_path_factory.mktemp("cache")), b"secret")
    blobs.put(KEY, payload, created_at)
    assert blobs.get(KEY) == payload
    assert blobs.get(KEY, born_after=created_at) == payload


def test_a_key_that_was_never_put_has_nothing(blobs: Blobs) -> None:
    assert blobs.get(KEY) is None
    blobs.touch(KEY)
    assert blobs.collect(0.0, None) == (0, 0)


def test_a_blob_put_again_is_the_new_one(blobs: Blobs) -> None:
    blobs.put(KEY, b"one", 1.0)
    blobs.put(KEY, b"two", 2.0)
    assert blobs.get(KEY) == b"two"


def test_a_change_of_any_byte_makes_the_blob_vanish(blobs: Blobs) -> None:
    blobs.put(KEY, b'{"slice": [1]}\n', 1.5)
    whole = blob_file(blobs).read_bytes()
    for at in range(len(whole)):
        for other in (whole[at] ^ 1, whole[at] ^ 128, 0, 32, 49):
            if other == whole[at]:
                continue
            blob_file(blobs).write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
            assert blobs.get(KEY) is None
            assert not blob_file(blobs).exists()


def test_a_blob_cut_or_grown_vanishes(blobs: Blobs) -> None:
    blobs.put(KEY, b'{"slice": [1]}\n', 1.5)
    whole = blob_file(blobs).read_bytes()
    damaged = [whole[:size] for size in range(len(whole))] + [whole[at:] for at in range(1, len(whole))]
    for content in [*damaged, bytes(len(whole)), whole + b"\n", whole + whole]:
        blob_file(blobs).write_bytes(content)
        assert blobs.get(KEY) is None
        assert not blob_file(blobs).exists()


@pytest.mark.parametrize(
    "header",
    [b"", b"5", b"null", b"[]", b"[1]", b"[1,2,3,4]", b"{}", b'"abc"', b"\xff", b"[" * 100_000, b"1" * 10_000],
    ids=lambda header: repr(header)[:20],
)
def test_any_header_at_all_is_a_miss(blobs: Blobs, header: bytes) -> None:
    blobs.put(KEY, b"payload", 1.0)
    blob_file(blobs).write_bytes(header + b"\npayload")
    assert blobs.get(KEY) is None
    assert not blob_file(blobs).exists()


def test_a_blob_of_another_secret_is_a_miss(blobs: Blobs) -> None:
    Blobs(blobs.directory, b"another").put(KEY, b"forged", 1.0)
    assert blobs.get(KEY) is None
    assert not blob_file(blobs).exists()


def test_a_blob_copied_under_another_key_is_a_miss(blobs: Blobs) -> None:
    blobs.put(KEY, b"payload", 1.0)
    blob_file(blobs, OTHER).write_bytes(blob_file(blobs).read_bytes())
    assert blobs.get(OTHER) is None
    assert blobs.get(KEY) == b"payload"


def test_a_blob_cannot_be_made_to_look_younger(blobs: Blobs) -> None:
    blobs.put(KEY, b"payload", 1.0)
    header, _, payload = blob_file(blobs).read_bytes().partition(b"\n")
    kind, seal, _ = json.loads(header)
    blob_file(blobs).write_bytes(json.dumps([kind, seal, 1e9]).encode() + b"\n" + payload)
    assert blobs.get(KEY, born_after=5.0) is None
    assert not blob_file(blobs).exists()


def test_a_blob_that_is_too_old_is_a_miss_and_stays(blobs: Blobs) -> None:
    blobs.put(KEY, b"payload", 100.0)
    assert blobs.get(KEY, born_after=100.5) is None
    assert blobs.get(KEY, born_after=99.5) == b"payload"


def test_a_link_in_place_of_a_blob_is_a_miss_and_is_replaced(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(KEY, b"payload", 1.0)
    elsewhere = tmp_path / "elsewhere"
    blob_file(blobs).rename(elsewhere)
    blob_file(blobs).symlink_to(elsewhere)
    sealed = elsewhere.read_bytes()
    assert blobs.get(KEY) is None
    blobs.put(KEY, b"new", 2.0)
    assert blobs.get(KEY) == b"new"
    assert elsewhere.read_bytes() == sealed


def test_a_blob_over_the_cap_is_a_miss(blobs: Blobs) -> None:
    blobs.put(KEY, b"payload", 1.0)
    os.truncate(blob_file(blobs), BLOB_CAP + 1)  # sparse
    assert blobs.get(KEY) is None


# What is removed


def aged(path: Path, now: float, seconds: float) -> None:
    os.utime(path, (now - seconds, now - seconds))


def test_collect_removes_what_is_of_no_use_and_keeps_the_rest(blobs: Blobs) -> None:
    now = 1_800_000_000.0
    keys = {name: f"{number:02x}" + "0" * 30 for number, name in enumerate(["fresh", "idle", "expired", "damaged"])}
    for name, key in keys.items():
        blobs.put(key, name.encode(), now - (8 * DAY if name == "expired" else DAY))
        aged(blob_file(blobs, key), now, 60)
    aged(blob_file(blobs, keys["idle"]), now, (UNUSED_DAYS + 1) * DAY)
    with blob_file(blobs, keys["damaged"]).open("ab") as blob:
        blob.write(b"x")
    aged(blob_file(blobs, keys["damaged"]), now, 60)
    litter, half_done = (blob_file(blobs, keys["fresh"]).with_name(name) for name in (".old.1.tmp", ".new.1.tmp"))
    for path, age in ((litter, 3601), (half_done, 3599)):
        path.write_bytes(b"12345")
        aged(path, now, age)
    others = Path(blobs.directory) / "CACHEDIR.TAG"
    others.write_bytes(b"")
    aged(others, now, 1000 * DAY)
    gone = [blob_file(blobs, keys[name]) for name in ("idle", "expired", "damaged")] + [litter]
    sizes = sum(path.stat().st_size for path in gone)

    assert blobs.collect(now, 7 * DAY) == (4, sizes)

    assert [path.exists() for path in gone] == [False] * 4
    assert half_done.exists() and others.exists()
    assert blobs.get(keys["fresh"]) == b"fresh"
    assert blobs.collect(now, 7 * DAY) == (0, 0)


def test_collect_and_touch_leave_what_is_no_blob_and_follow_no_link(blobs: Blobs, tmp_path: Path) -> None:
    """The cache may have been put among things of the user's."""
    now = time.time()
    outside = tmp_path / "outside"
    outside.mkdir()
    mine = [
        *(Path(blobs.directory) / name for name in ("notes.json", "ab/notes.json", ".x.1.tmp")),
        *(outside / name for name in (f"{KEY}.json", ".x.1.tmp")),
    ]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"mine")
        aged(path, now, 1000 * DAY)
    (Path(blobs.directory) / "blobs").mkdir()
    (Path(blobs.directory) / "blobs/ab").symlink_to(outside)
    before = {path: path.stat().st_mtime_ns for path in mine}

    assert blobs.collect(now, 1.0) == (0, 0)
    assert blobs.get(KEY) is None
    blobs.touch(KEY)
    with pytest.raises(OSError):
        blobs.put(KEY, b"payload", now)

    assert {path: path.stat().st_mtime_ns for path in mine} == before


def test_without_a_time_to_live_age_alone_removes_nothing(blobs: Blobs) -> None:
    now = time.time()
    blobs.put(KEY, b"payload", 1.0)
    assert blobs.collect(now, None) == (0, 0)


def test_a_blob_that_was_of_use_is_kept(blobs: Blobs) -> None:
    now = time.time()
    blobs.put(KEY, b"payload", now - 100 * DAY)
    aged(blob_file(blobs), now, 100 * DAY)
    blobs.touch(KEY)
    assert blobs.collect(now, None) == (0, 0)
    aged(blob_file(blobs), now, 100 * DAY)
    assert blobs.collect(now, None)[0] == 1


def test_sweep_removes_litter_older_than_an_hour_and_follows_no_link(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    inside, outside = tmp_path / "state" / "deep", tmp_path / "outside"
    inside.mkdir(parents=True)
    outside.mkdir()
    paths = [inside / ".a.1.tmp", inside / ".b.2.tmp", inside / "c.json", inside / "tmp", outside / ".d.3.tmp"]
    for path, age in zip(paths, (3601, 3599, 9999, 9999, 9999), strict=True):
        path.write_bytes(b"")
        aged(path, now, age)
    (inside / "link").symlink_to(outside)
    sweep(str(tmp_path / "state"), now)
    assert [path.exists() for path in paths] == [False, True, True, True, True]


def test_sweep_minds_neither_a_missing_directory_nor_files_that_come_and_go(tmp_path: Path) -> None:
    """Another gather of the same repository writes while this one starts."""
    sweep(str(tmp_path / "nothing"), time.time())
    script = (
        "import sys; from codegenie.cache import write_atomically\n"
        "while True:\n    write_atomically(sys.argv[1], b'x', below=sys.argv[2])"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "f.json"), str(tmp_path)]
    writer = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(PROJECT)})
    try:
        until = time.monotonic() + 10
        while not (tmp_path / "f.json").exists() and time.monotonic() < until:
            time.sleep(0.01)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            sweep(str(tmp_path), time.time())
            Blobs(str(tmp_path), b"").collect(0.0, None)
    finally:
        writer.kill()
        writer.wait()


def test_names_are_split_whole_however_many_there_are() -> None:
    names = ["", "a\nb", "ü", os.fsdecode(b"\xff"), *(f"directory/{number}" for number in range(20_000))]
    content = b"7\n" + b"".join(os.fsencode(name) + b"\0" for name in names)
    assert list(itertools.chain.from_iterable(split(content, 2))) == names
    assert list(split(b"")) == []


def test_a_proof_is_of_what_stands_there_now(tmp_path: Path) -> None:
    target, known = tmp_path / "ci.json", Proofs(str(tmp_path), {})

    def proved() -> str | None:
        return next(known.of([str(target)], 10))

    assert proved() is None
    target.write_bytes(b"one")
    first = proved()
    assert first == proved() == proof(b"one")
    os.utime(target, ns=(1, 1))
    target.write_bytes(b"two")
    assert proved() == proof(b"two")
    write_atomically(str(target), b"one", below=str(tmp_path))
    assert proved() == first
    target.write_bytes(b"longer than that")
    assert proved() is None
    target.unlink()
    target.symlink_to("other")
    (tmp_path / "other").write_bytes(b"one")
    assert proved() is None

"""What is kept of our own files is what reading them says, for as long as they look as they did."""

import os
import shutil
import time
from pathlib import Path

import pytest

from codegenie import fingerprints, registry
from codegenie.cache import Blobs
from codegenie.grain import COARSE_NS


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A few files that stand for our own."""
    for name in ("probes/alpha.py", "probes/catalogues/names.json", "schemas/alpha.json"):
        (tmp_path / "house" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "house" / name).write_text("1")
    monkeypatch.setattr(registry, "data_directory", lambda name: str(tmp_path / "house" / name))
    later = time.time_ns() + 2 * COARSE_NS
    monkeypatch.setattr(time, "time_ns", lambda: later)
    return tmp_path / "house"


@pytest.fixture
def home(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "kept"), b"key")


def told(monkeypatch: pytest.MonkeyPatch, home: Blobs | None, *, keep: bool = True) -> tuple[dict[str, str], bool]:
    """The digests in a new process, and whether they were known without reading."""
    monkeypatch.setattr(registry, "_DIGESTS", {})
    fingerprints.recall(home, keep=keep)
    with monkeypatch.context() as patch:
        patch.setattr(registry, "own_file", lambda path: pytest.fail(f"{path} is read"))
        try:
            return registry.own_digests(), True
        except pytest.fail.Exception:
            pass
    return registry.own_digests(), False


def test_they_are_read_once(ours: Path, home: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    read, was_known = told(monkeypatch, None)
    assert not was_known
    assert [path for path in read if path] == [
        str(ours / "probes/catalogues/names.json"), str(ours / "schemas/alpha.json")
    ]  # fmt: skip
    told(monkeypatch, home)
    assert told(monkeypatch, home) == (read, True)


@pytest.mark.parametrize("name", ["probes/alpha.py", "probes/catalogues/names.json", "schemas/alpha.json"])
def test_one_that_changes_is_read_again(ours: Path, home: Blobs, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before, _ = told(monkeypatch, home)
    look = (ours / name).stat()
    time.sleep(0.02)
    (ours / name).write_text("2")
    os.utime(ours / name, ns=(look.st_atime_ns, look.st_mtime_ns))
    after, was_known = told(monkeypatch, home, keep=False)
    assert not was_known
    assert len(after.items() - before.items()) == 1

    shutil.copy(ours / name, ours / name.replace(".", "2."))
    assert not told(monkeypatch, home, keep=False)[1]


def test_what_was_just_written_is_not_kept(ours: Path, home: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = (ours / "schemas/alpha.json").stat().st_ctime_ns
    monkeypatch.setattr(time, "time_ns", lambda: newest + COARSE_NS)
    for _ in range(2):
        assert not told(monkeypatch, home)[1]


@pytest.mark.usefixtures("ours")
def test_what_cannot_be_kept_is_found_out_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    told(monkeypatch, Blobs(str(tmp_path / "none"), b"key"), keep=False)
    assert not (tmp_path / "none").exists()
    assert told(monkeypatch, Blobs(str(tmp_path / "file"), b"key"))[0] == told(monkeypatch, None)[0]

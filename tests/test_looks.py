"""What is known of files, and whether what is read is what is known."""

import os
from pathlib import Path

import pytest

from codegenie.beneath import Root
from codegenie.errors import Refused
from codegenie.looks import Looks, look_of

DIGEST = bytes(range(16))


def looks(repo: Path) -> Looks:
    paths = sorted(path.name for path in repo.iterdir())
    records = b"".join(look_of((repo / path).stat(), 100) + DIGEST + b"\0" for path in paths)
    return Looks(paths, records, 100)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name, text in (("a", ""), ("b", "one"), ("c", "x" * 300)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_records_are_inputs(repo: Path) -> None:
    assert dict(looks(repo)) == {"a": 0, "b": 3, "c": 300}
    assert looks(repo).digests(["c", "a"]) == 2 * DIGEST.hex()
    assert [looks(repo).kind(path) for path in ("a", "b")] == ["text", "text"]
    assert "d" not in looks(repo)


def test_what_is_read_as_it_was_has_not_moved(repo: Path) -> None:
    known = looks(repo)
    with Root(str(repo), watch=known.watch) as root:
        assert [root.read("a", 100), root.read("b", 100), root.head("c", 2)] == [b"", b"one", b"xx"]
        with pytest.raises(Refused, match="over 100 bytes"):
            root.read("c", 100)
    assert not known.moved


@pytest.mark.parametrize("name", ["b", "c"])
def test_what_was_written_to_has_moved_once_it_is_read(repo: Path, name: str) -> None:
    known = looks(repo)
    (repo / name).write_text("y" * 300)
    os.utime(repo / name, ns=(0, 0))
    with Root(str(repo), watch=known.watch) as root:
        root.head("a", 1)
        assert not known.moved
        root.head(name, 1)
    assert known.moved


def test_what_cannot_be_opened_any_more_has_moved(repo: Path) -> None:
    known = looks(repo)
    (repo / "b").unlink()
    with Root(str(repo), watch=known.watch) as root, pytest.raises(Refused):
        root.read("b", 100)
    assert known.moved

"""What is kept between runs of what was found in each file, and that no secret is."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codegenie.cache import Blobs
from codegenie.hashing import digest
from codegenie.looks import Looks, look_of
from codegenie.memo import DiskMemo

TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
Contents = Mapping[str, str]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "cache"), b"a secret")


def memo(blobs: Blobs, files: Contents, *, key: str = "key") -> DiskMemo:
    """The memo of a run over files of these contents, all of which look alike."""
    look = look_of(os.stat(__file__), 1)
    records = b"".join(look + bytes.fromhex(digest(content.encode())) + b"\0" for content in files.values())
    return DiskMemo(blobs, key, Looks(files, records, 1))


def looked_into(blobs: Blobs, files: Contents) -> list[str]:
    """The files that are new to a run which finds their content in each."""
    run = memo(blobs, files)
    known = run.known(tuple(files))
    assert known.items() <= files.items()
    run.keep(files)
    run.save()
    return [path for path in files if path not in known]


def test_a_finding_is_kept_by_path_and_content(blobs: Blobs) -> None:
    files = {"a": "1", "b": "2", "d/a": "3", "d/e/a": "", os.fsdecode(b"d/\xff"): "4"}
    assert looked_into(blobs, files) == [*files]
    assert looked_into(blobs, files) == []
    assert looked_into(blobs, files | {"d/a": "4"}) == ["d/a"]
    assert looked_into(blobs, files | {"d/a": "3", "d/b": "3", "b": "1"}) == ["b", "d/a", "d/b"]
    assert looked_into(blobs, {"d/a": "3", "d/b": "3"}) == []


def test_in_what_order_files_are_asked_about_makes_no_difference(blobs: Blobs) -> None:
    files = {"d/a": "1", "d/e/a": "2", "d/f": "3"}
    looked_into(blobs, files)
    assert looked_into(blobs, dict(reversed(files.items()))) == []


def test_any_finding_comes_back_as_it_was(blobs: Blobs) -> None:
    files = dict.fromkeys("abc", "")
    findings: dict[str, Any] = {"a": ["x", 1], "b": None, "c": {}}
    first = memo(blobs, files)
    assert first.known(tuple(files)) == {}
    first.keep(findings)
    first.save()
    assert memo(blobs, files).known(tuple(files)) == findings
    assert memo(blobs, files, key="other").known(tuple(files)) == {}


def test_what_a_probe_does_to_its_findings_is_not_kept(blobs: Blobs) -> None:
    files = {"a": "1", "d/b": "2"}
    first = memo(blobs, files)
    found: dict[str, Any] = {path: {"runs": [path]} for path in files}
    first.keep(found if first.known(tuple(files)) == {} else {})
    found.pop("a")["runs"].append("more")
    found["d/b"].pop("runs")
    first.save()
    files["a"] = "3"
    second = memo(blobs, files)
    known = second.known(tuple(files))
    assert known == {"d/b": {"runs": ["d/b"]}}
    second.keep(known | {"a": {}})
    known["d/b"].pop("runs")
    second.save()
    assert memo(blobs, files).known(tuple(files)) == {"a": {}, "d/b": {"runs": ["d/b"]}}


def test_what_several_scans_find_is_kept(blobs: Blobs) -> None:
    files = {"a": "1", "b": "2", "d/a": "3", "d/b": "4"}
    scans = (("a", "d/a"), ("b", "d/b"))
    known = []
    for _ in range(2):
        run = memo(blobs, files)
        for paths in scans:
            known.append(run.known(paths))
            run.keep({path: files[path] for path in paths})
        run.save()
    assert known == [{}, {}, {"a": "1", "d/a": "3"}, {"b": "2", "d/b": "4"}]


def test_nothing_is_kept_of_a_file_that_could_not_be_looked_into(blobs: Blobs) -> None:
    files = {"a": "1", "b": "2"}
    run = memo(blobs, files)
    run.known(tuple(files))
    run.keep({"b": "2"})
    run.save()
    assert looked_into(blobs, files) == ["a"]


def test_what_is_not_asked_about_any_more_is_forgotten_once_there_is_something_new(blobs: Blobs) -> None:
    looked_into(blobs, {"a": "1", "d/b": "2"})
    assert looked_into(blobs, {"a": "1"}) == []
    assert looked_into(blobs, {"d/b": "2"}) == []
    assert looked_into(blobs, {"a": "1", "c": "3"}) == ["c"]
    assert looked_into(blobs, {"d/b": "2"}) == ["d/b"]


def test_a_directory_in_which_nothing_has_moved_is_not_written_anew(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{directory}/{name}": "1" for directory in "abcdef" for name in "xyz"}
    looked_into(blobs, files)
    asked: list[Any] = []

    def redacted(told: Any) -> Any:
        asked.append(told)
        return told

    monkeypatch.setattr("codegenie.memo.redacted", redacted)
    assert looked_into(blobs, files | {"c/y": "2"}) == ["c/y"]
    assert asked == [[["c", ["x", "y", "z"], ["1", "2", "1"]]]]


def test_nothing_with_a_secret_is_kept(blobs: Blobs, tmp_path: Path) -> None:
    files = {f"{TOKEN}.txt": "1", f"{TOKEN}/a": "plain", "b": f"token {TOKEN}", "c": "plain"}
    looked_into(blobs, files)
    assert looked_into(blobs, files) == [*files][:3]
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"plain" in written
    assert b"ghp_" not in written


def test_where_nothing_can_be_kept_nothing_is_known(tmp_path: Path) -> None:
    full = Blobs(str(tmp_path / "file" / "cache"), b"a secret")
    (tmp_path / "file").write_text("")
    files = {"a": "1"}
    assert looked_into(full, files) == ["a"]
    assert looked_into(full, files) == ["a"]

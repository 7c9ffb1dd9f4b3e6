"""The merge: what it writes of a slice depends on the slice, and what has not changed is not written again."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.house import House, document

LARGE = 'return ProbeOutput({"rows": [{"b": at, "a": "x" * (at % 90)} for at in range(1000 + len(inputs.files))]})'
SMALL = 'return ProbeOutput({"text": inputs.read("a.txt").decode()})'
ORDERED = '{"type": "object", "properties": {"rows": {"items": {"properties": {"b": {}, "a": {}}}}}}'


@pytest.fixture
def two(house: House, repo: Path) -> House:
    """A probe with a large slice, and one with a small one."""
    house.probe("large", LARGE, inputs='("*.md",)', schema=ORDERED)
    house.probe("small", SMALL)
    (repo / "a.txt").write_text("one")
    return house


def blobs(repo: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (repo / ".codegenie/cache/blobs").rglob("*.json")}


def published(repo: Path) -> bytes:
    return (repo / ".codegenie/context/repo-context.yaml").read_bytes()


def test_the_text_of_a_slice_is_kept_while_the_slice_stays(two: House, repo: Path) -> None:
    two.gather(repo)
    before = blobs(repo)
    assert sum(b"  - {b: 0" in content for content in before.values()) == 1
    (repo / "a.txt").write_text("two")
    assert two.gather(repo).outcomes == {"large": "current", "small": "ran"}
    assert len(blobs(repo)) == len(before) + 1  # the answer of `small`
    assert document(repo)["small"] == {"text": "two"}
    assert len(document(repo)["large"]["rows"]) == 1000


def test_a_document_of_kept_texts_is_that_of_a_first_gather(two: House, repo: Path) -> None:
    two.gather(repo)
    (repo / "a.txt").write_text("two")
    two.gather(repo)
    of_kept_texts = published(repo)
    for path in blobs(repo):
        path.unlink()
    (repo / ".codegenie/context/repo-context.yaml").unlink()
    two.gather(repo)
    assert published(repo) == of_kept_texts


def test_a_slice_that_changes_has_another_text(two: House, repo: Path) -> None:
    two.gather(repo)
    (repo / "README.md").write_text("")
    two.gather(repo)
    assert len(document(repo)["large"]["rows"]) == 1001
    (repo / "README.md").unlink()
    two.gather(repo)
    assert len(document(repo)["large"]["rows"]) == 1000


def test_a_text_that_was_tampered_with_is_written_anew(two: House, repo: Path) -> None:
    two.gather(repo)
    before = published(repo)
    for path, content in blobs(repo).items():
        path.write_bytes(content.replace(b"{b: 0", b"{b: 7"))
    (repo / ".codegenie/context/repo-context.yaml").unlink()
    two.gather(repo)
    assert published(repo) == before


def test_a_text_is_of_one_schema(two: House, repo: Path) -> None:
    two.gather(repo)
    assert b"- {b: 0, a:" in published(repo)
    two.probe("large", LARGE, inputs='("*.md",)', schema=ORDERED.replace('"b": {}, "a": {}', '"a": {}, "b": {}'))
    two.gather(repo)
    assert b"b: 0}" in published(repo)


def test_a_text_is_of_one_version_of_pyyaml(two: House, repo: Path, tmp_path: Path) -> None:
    (tmp_path / "yaml").mkdir()
    there = Path(yaml.__file__).parent
    for file in there.iterdir():
        (tmp_path / "yaml" / file.name).symlink_to(file)
    (tmp_path / "yaml/__init__.py").unlink()
    shutil.copy(there / "__init__.py", tmp_path / "yaml")
    two.environment["PYTHONPATH"] = str(tmp_path)
    two.gather(repo)
    before = blobs(repo)
    with (tmp_path / "yaml/__init__.py").open("a") as source:
        source.write("# 7\n")
    two.gather(repo)
    assert sum(b"  - {b: 0" in text for path, text in blobs(repo).items() if path not in before) == 1

"""What a worker keeps between runs: what it found in each file, and no secret; and what it imports for its work."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codegenie.cache import Blobs
from codegenie.probe import MISSING, Probe, ProbeOutput
from codegenie.worker import _DiskMemo
from tests.house import PROJECT, House, document

PROBE = Probe("sample", "1.0.0", lambda _inputs: ProbeOutput({}), ("*",))
HEAVY = {
    "fastjsonschema",
    "selectors",
    "subprocess",
    "threading",
    "traceback",
    "yaml",
    "codegenie.git",
    "codegenie.tools",
}
MOST_COMPILED = 100  # of 900 that there are; the standard library has some 15 of them
TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "cache"), b"a secret")


def memo(blobs: Blobs, *, version: str = "1.0.0", caps: tuple[int, ...] = (1, 2)) -> _DiskMemo:
    return _DiskMemo(blobs, PROBE._replace(version=version), "code", caps)


def kept(blobs: Blobs, *findings: tuple[str, str, Any]) -> _DiskMemo:
    first = memo(blobs)
    for path, digest, finding in findings:
        assert first.get(path, digest) is MISSING
        first.put(path, digest, finding)
    first.save()
    return memo(blobs)


def test_a_finding_is_kept_by_path_and_content(blobs: Blobs) -> None:
    odd = os.fsdecode(b"\xff")
    again = kept(blobs, ("a", "1", ["x", 1]), ("b", "2", None), (odd, "3", {}))
    assert [again.get("a", "1"), again.get("b", "2"), again.get(odd, "3")] == [["x", 1], None, {}]
    assert all(again.get(*other) is MISSING for other in (("a", "2"), ("b", "1"), ("c", "1"), ("a1", "")))


def test_a_finding_of_another_version_or_by_other_bounds_is_none(blobs: Blobs) -> None:
    kept(blobs, ("a", "1", 1))
    assert memo(blobs, version="1.0.1").get("a", "1") is MISSING
    assert memo(blobs, caps=(1, 3)).get("a", "1") is MISSING


def test_what_is_not_asked_about_any_more_is_forgotten_once_there_is_something_new(blobs: Blobs) -> None:
    again = kept(blobs, ("a", "1", 1), ("b", "2", 2))
    again.get("a", "1")
    again.save()
    assert memo(blobs).get("b", "2") == 2
    again.put("c", "3", 3)
    again.save()
    last = memo(blobs)
    assert [last.get("a", "1"), last.get("b", "2"), last.get("c", "3")] == [1, MISSING, 3]


def test_a_finding_in_a_file_that_moved_is_not_kept_for_what_stood_there_before(
    house: House, repo: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan").write_text(json.dumps(["one", "two"]))  # what the file holds when it is read, last one first
    house.probe(
        "restless",
        f"""with open({str(tmp_path / "plan")!r}) as file:
    plan = json.load(file)
if plan:
    with open({str(repo / "a.txt")!r}, "w") as file:
        file.write(plan.pop())
    with open({str(tmp_path / "plan")!r}, "w") as file:
        json.dump(plan, file)
return ProbeOutput(inputs.scan(lambda path, head: head.decode()))""",
    )
    (repo / "a.txt").write_text("one")
    house.gather(repo)
    (repo / "a.txt").write_text("two")
    assert house.gather(repo).outcomes == {"restless": "ran"}
    assert document(repo)["restless"] == {"a.txt": "two"}


def test_neither_a_finding_with_a_secret_nor_the_name_of_a_file_is_kept(blobs: Blobs, tmp_path: Path) -> None:
    findings = [(f"{TOKEN}.txt", "1", "plain"), ("b", "2", [1, {"text": f"token {TOKEN}"}]), ("c", "3", {TOKEN: 1})]
    again = kept(blobs, *findings)
    assert [again.get(path, digest) for path, digest, _ in findings] == ["plain", MISSING, MISSING]
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"plain" in written
    assert b"ghp_" not in written


def test_a_worker_imports_nothing_for_what_few_probes_need() -> None:
    assert HEAVY.isdisjoint(_python("import codegenie.worker, sys; print(*sys.modules)").split())


def test_to_import_all_probes_compiles_few_patterns() -> None:
    """A worker imports half of all modules; what it compiles there and never uses would take it a tenth of its time."""
    counted = (
        "import re, sys\n"
        "def compile_(pattern, flags=0, real=re._compiler.compile):\n"
        "    compiled.append(pattern)\n"
        "    return real(pattern, flags)\n"
        "compiled, re._compiler.compile = [], compile_\n"
        "from codegenie import registry\n"
        "registry.all_probes()\n"
        "print(len(compiled))"
    )
    assert int(_python(counted)) <= MOST_COMPILED


def _python(code: str) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n{code}"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout

"""What a worker keeps between runs: what it found in each file, and no secret; and what it imports for its work."""

import json
import subprocess
import sys
from pathlib import Path

from tests.house import PROJECT, House, document

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


def test_no_probe_imports_dataclasses() -> None:
    """With them comes `inspect`, and each takes as long as four named tuples; readers of few repositories may."""
    imported = _python("from codegenie import registry; registry.all_probes(); print(*sys.modules)").split()
    assert {"dataclasses", "inspect"}.isdisjoint(imported)


def _python(code: str) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n{code}"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout

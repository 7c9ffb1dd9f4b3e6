"""The probes' table tests: one small repository a file, under tests/probes/<slice>/<case>.yaml.

A case holds `version` (the probe version it was accepted at), `repo` (path: content; `{base64: ...}` for bytes,
`{link: target}` for a symbolic link, `{size: N}` for N zero bytes), `slices` and `artifacts` (by slice, then by name)
for what the probe requires (`slices: gathered` where the probes that it requires say it of the same repository), `git`
for what git knows beside the files, and `expect`: slice, confidence, where there are any, warnings and artifacts, and,
where the case asks for them, highlights.
`pytest --update` rewrites `version` and `expect`; read the diff before you commit it.  It refuses another answer to the
same input under the version that is committed: whoever holds an older document could not tell the two apart.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import jsonschema
import pytest
import yaml

from codegenie import registry
from codegenie.beneath import Root
from codegenie.globs import matching
from codegenie.probe import PSEUDO_INPUTS, Probe, ProbeInputs, ProbeOutput, made
from tests.case_yaml import CaseDumper

CASES = sorted((Path(__file__).parent / "probes").glob("*/*.yaml"))


@pytest.mark.parametrize("case_file", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(case_file: Path, repo: Path, request: pytest.FixtureRequest) -> None:
    case = yaml.safe_load(case_file.read_text())
    probe = registry.probe_named(case_file.parent.name)
    build(repo, case["repo"])

    given = _gathered(probe, repo) if case.get("slices") == "gathered" else {}
    inputs = inputs_of(probe, repo, case | given)
    with opened_behind_its_back() as opened:
        output = probe.run(inputs)

    assert opened == [], "a probe reads only through its inputs"

    found: dict[str, Any] = {
        "slice": output.schema_slice,
        "confidence": output.confidence,
        "warnings": list(output.warnings),
    }
    assert tuple(sorted(output.artifacts)) == probe.artifacts
    if "highlights" in case["expect"]:
        found["highlights"] = [list(line) for line in output.highlights]
    if output.artifacts:
        found["artifacts"] = artifacts_of(output)
    schema = json.loads((Path(registry.data_directory("schemas")) / f"{probe.name}.json").read_text())
    jsonschema.validate(json.loads(json.dumps(output.schema_slice)), schema)
    if request.config.getoption("--update"):
        assert (reason := refusal(committed(case_file), case, probe, found)) is None, reason
        case |= {"version": probe.version, "expect": found}
        case_file.write_text(yaml.dump(case, Dumper=CaseDumper, sort_keys=False, width=120, allow_unicode=True))
    assert found == {"warnings": []} | case["expect"]
    assert case["version"] == probe.version, "accept the new version's behaviour: pytest --update, and read the diff"


def test_another_answer_to_the_same_input_needs_another_version() -> None:
    probe = registry.probe_named("licenses")
    case = {"version": probe.version, "repo": {"LICENSE": "MIT"}, "expect": {"slice": {}, "confidence": "high"}}
    same = {"slice": {}, "confidence": "high", "warnings": []}
    other = same | {"confidence": "low"}

    assert refusal(case, case, probe, other) == (
        f"the same input gives another answer than the committed one of version {probe.version}:"
        " bump the version of probes/licenses.py, then pytest --update"
    )
    assert refusal(case, case, probe, same) is None
    assert refusal(case, case | {"repo": {}}, probe, other) is None, "another input"
    assert refusal(case | {"version": "0.0.1"}, case, probe, other) is None, "another version"
    assert refusal(case, case, probe, same | {"highlights": []}) is None, "highlights are asked for only now"
    assert refusal(None, case, probe, other) is None, "a new case"


@pytest.mark.parametrize("probe", registry.all_probes(), ids=lambda probe: probe.name)
def test_every_probe_has_an_ordinary_an_empty_and_a_broken_case(probe: Probe) -> None:
    cases = {path.stem for path in CASES if path.parent.name == probe.name}
    assert {"ordinary", "nothing", "broken"} <= cases


def test_the_audit_hears_what_is_opened_directly(tmp_path: Path) -> None:
    with opened_behind_its_back() as opened:
        (tmp_path / "x").write_text("")
        os.listdir(tmp_path)
    assert [door.partition("(")[0] for door in opened] == ["open", "os.listdir"]


_WATCHED: list[list[str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook cannot be taken away again: it hears only while a list is there to fill."""
    doors = ("open", "os.listdir", "os.scandir", "subprocess.Popen", "socket.connect", "os.system", "os.exec")
    allowed = (
        "codegenie/beneath.py:",
        "<frozen importlib",
        "test_cases.py:catalogue",
    )  # inputs, imports, the case's catalogues
    if _WATCHED and event in doors and not any(name in _callers() for name in allowed):
        _WATCHED[-1].append(f"{event}{arguments[:1]}")


def _callers() -> str:
    frame: FrameType | None = sys._getframe(2)
    names: list[str] = []
    while frame is not None and len(names) < 4:
        names.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")
        frame = frame.f_back
    return "\n".join(names)


sys.addaudithook(_hear)


@contextmanager
def opened_behind_its_back() -> Iterator[list[str]]:
    """Every file, directory, process or connection that is opened, but for what `inputs` opens and what is imported."""
    opened: list[str] = []
    _WATCHED.append(opened)
    try:
        yield opened
    finally:
        _WATCHED.pop()
    opened[:] = [
        door for door in opened if ".py" not in door and "__pycache__" not in door and "catalogues" not in door
    ]


def committed(case_file: Path) -> dict[str, Any] | None:
    """The case as the last commit has it; None where it has none, or there is no git to ask."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{case_file.name}"], cwd=case_file.parent, capture_output=True, check=False
    )
    return yaml.safe_load(shown.stdout) if shown.returncode == 0 else None


def refusal(before: dict[str, Any] | None, case: dict[str, Any], probe: Probe, found: dict[str, Any]) -> str | None:
    """Why `found` may not become what the case expects; None where it may."""
    if before is None or before["version"] != probe.version:
        return None
    if any(before.get(part) != case.get(part) for part in ("repo", "slices", "artifacts", "git")):
        return None
    accepted = {"warnings": []} | before["expect"]
    if all(accepted.get(part) == found[part] for part in found if part != "highlights" or part in accepted):
        return None
    return (
        f"the same input gives another answer than the committed one of version {probe.version}:"
        f" bump the version of probes/{probe.name}.py, then pytest --update"
    )


def build(root: Path, tree: dict[str, Any]) -> None:
    for path, content in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case {"base64": text}:
                target.write_bytes(base64.b64decode(text))
            case {"link": to}:
                target.symlink_to(to)
            case {"size": size}:
                target.write_bytes(bytes(size))
            case _:
                target.write_text(content)


OPENED: list[Root] = []


def close_opened() -> None:
    """Close the directories that `inputs_of` has opened: there are more cases than a process may have files."""
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(autouse=True)
def _closed_roots() -> Iterator[None]:
    yield
    close_opened()


def _gathered(probe: Probe, root: Path) -> dict[str, dict[str, Any]]:
    """The slices and artifacts that the probe requires, by the probes that make them."""
    found: dict[str, dict[str, Any]] = {"slices": {}, "artifacts": {}}
    for name in probe.requires:
        required = registry.probe_named(name)
        output = required.run(inputs_of(required, root, _gathered(required, root)))
        if not probe.alone(name):
            found["slices"][name] = json.loads(json.dumps(output.schema_slice))
        found["artifacts"][name] = artifacts_of(output)
    return found


def artifacts_of(output: ProbeOutput) -> Any:
    return json.loads(json.dumps({name: made(artifact) for name, artifact in output.artifacts.items()}))


def inputs_of(probe: Probe, root: Path, case: dict[str, Any]) -> ProbeInputs:
    on_disk = sorted(path for path in root.rglob("*") if path.is_file() or path.is_symlink())
    paths = tuple(sorted(path.relative_to(root).as_posix() for path in on_disk))
    globs = tuple(pattern for pattern in probe.declared_inputs if pattern not in PSEUDO_INPUTS)
    declared = [path for path in matching(globs, paths) if not (root / path).is_symlink()]
    files = {path: (root / path).stat().st_size for path in declared}

    def catalogue(name: str) -> Any:
        return json.loads(Path(registry.catalogue_path(name)).read_text())

    reader = Root(str(root))
    OPENED.append(reader)
    return ProbeInputs(
        probe,
        files,
        reader,
        paths=paths,
        git=case.get("git", {}),
        slices=case.get("slices", {}),
        artifacts=lambda slice_name, name: case["artifacts"][slice_name][name],
        catalogues=catalogue,
    )

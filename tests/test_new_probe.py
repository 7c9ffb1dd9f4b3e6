"""`doit new name=<slice>`: the files of a new probe, and the walk through them in CONTRIBUTING.md."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from codegenie import probe
from codegenie.beneath import Root
from codegenie.errors import CodegenieError
from codegenie.probe import ProbeInputs
from docs.new_probe import write

ROOT = Path(__file__).parent.parent


def test_every_file_of_a_probe_is_written(tmp_path: Path) -> None:
    written = write("node_version", tmp_path)
    assert written == [
        "probes/node_version.py",
        "schemas/node_version.json",
        "tests/probes/node_version/ordinary.yaml",
        "tests/probes/node_version/nothing.yaml",
        "tests/probes/node_version/broken.yaml",
    ]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")) == sorted(written)
    assert not [path for path in written if "NAME" in (tmp_path / path).read_text()]


def test_the_templates_are_what_they_claim_to_be(tmp_path: Path) -> None:
    write("x", tmp_path)
    schema = json.loads((tmp_path / "schemas/x.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    for case_file in (tmp_path / "tests/probes/x").iterdir():
        case = yaml.safe_load(case_file.read_text())
        jsonschema.validate(case["expect"]["slice"], schema)


def test_a_new_probe_is_red_until_it_is_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "REGISTERED", {})
    write("x", tmp_path)
    exec(compile((tmp_path / "probes/x.py").read_text(), "x.py", "exec"), {})
    declared = probe.REGISTERED["x"]
    with pytest.raises(NotImplementedError):
        declared.run(ProbeInputs(declared, {}, Root(str(tmp_path))))


@pytest.mark.parametrize("name", ["", "CI", "1x", "_x", "a-b", "a/b", "../x", "x ", "é", "x\n"])
def test_a_name_that_is_no_name_is_refused(name: str, tmp_path: Path) -> None:
    refused(name, tmp_path, "cannot name a probe")


@pytest.mark.parametrize("name", ["class", "list", "snapshot"])
def test_a_name_that_means_something_already_is_refused(name: str, tmp_path: Path) -> None:
    refused(name, tmp_path, "means something already")


@pytest.mark.parametrize("path", ["probes/x.py", "schemas/x.json", "tests/probes/x/broken.yaml"])
def test_a_taken_name_is_refused_and_nothing_overwritten(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("mine")
    with pytest.raises(CodegenieError, match=re.escape(path)):
        write("x", tmp_path)
    assert [file.read_text() for file in tmp_path.rglob("*.*")] == ["mine"]


def test_the_probe_that_contributing_walks_through_does_what_it_says(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    case = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)[0])
    monkeypatch.setattr(probe, "REGISTERED", {})
    exec(compile(re.findall(r"```python\n(.*?)```", guide, re.DOTALL)[0], "CONTRIBUTING.md", "exec"), {})
    declared = probe.REGISTERED["node_version"]

    assert answer(declared, repo, {path: text.encode() for path, text in case["repo"].items()}) == case["expect"]
    assert answer(declared, repo, {}) == {"slice": {"versions": [], "unparsed": []}, "confidence": "high"}
    assert answer(declared, repo, {".nvmrc": b"\xff\xfe\xfd"}) == {
        "slice": {"versions": [], "unparsed": [{"path": ".nvmrc", "reason": "not ASCII text"}]},
        "confidence": "low",
    }


def answer(declared: probe.Probe, repo: Path, tree: dict[str, bytes]) -> dict[str, object]:
    for path, content in tree.items():
        (repo / path).write_bytes(content)
    files = {path: len(content) for path, content in tree.items()}
    with Root(str(repo)) as root:
        output = declared.run(ProbeInputs(declared, files, root))
    return {"slice": output.schema_slice, "confidence": output.confidence}


def refused(name: str, root: Path, why: str) -> None:
    with pytest.raises(CodegenieError, match=why):
        write(name, root)
    assert list(root.iterdir()) == []

"""What a probe answers besides its slice: artifacts are targets like the slice itself."""

import json
from pathlib import Path

import pytest

from codegenie.probe import ProbeInputs, ProbeOutput, register_probe
from tests.house import House, document

LIST = 'return ProbeOutput({"count": len(inputs.files)}, artifacts={"files.json": {"files": list(inputs.files)}})'
READ = 'return ProbeOutput({"first": inputs.artifact("alpha", "files.json")["files"][:1]})'


@pytest.fixture
def lists(house: House, repo: Path) -> House:
    """A probe that answers an artifact, and one that reads it."""
    house.probe("alpha", LIST, options='artifacts=("files.json",)')
    house.probe("beta", READ, options='requires=("alpha",)', inputs='("none",)')
    (repo / "a.txt").write_text("one")
    return house


def artifact(repo: Path) -> Path:
    return repo / ".codegenie/context/raw/alpha.files.json"


def test_an_artifact_is_published_and_the_document_says_where(lists: House, repo: Path) -> None:
    assert lists.gather(repo).outcomes == {"alpha": "ran", "beta": "ran"}

    assert json.loads(artifact(repo).read_text()) == {"files": ["a.txt"]}
    (told,) = document(repo)["probes"]["alpha"]["artifacts"]
    assert told == {"path": "raw/alpha.files.json", "size": artifact(repo).stat().st_size}
    assert document(repo)["beta"] == {"first": ["a.txt"]}
    assert lists.gather(repo).outcomes == {"alpha": "current", "beta": "current"}


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_text('{"files": ["lie"]}')])
def test_an_artifact_that_was_touched_is_restored_and_nothing_believes_it(lists: House, repo: Path, harm) -> None:  # type: ignore[no-untyped-def]
    lists.gather(repo)
    harm(artifact(repo))

    assert lists.gather(repo).outcomes == {"alpha": "restored", "beta": "current"}

    assert json.loads(artifact(repo).read_text()) == {"files": ["a.txt"]}


def test_a_lost_blob_of_an_artifact_costs_a_run_and_no_more(lists: House, repo: Path) -> None:
    lists.gather(repo)
    for blob in (repo / ".codegenie/cache/blobs").rglob("*.json"):
        if b'"files"' in blob.read_bytes():
            blob.unlink()
    artifact(repo).unlink()

    assert lists.gather(repo).outcomes == {"alpha": "ran", "beta": "current"}


def test_who_reads_an_artifact_runs_again_when_only_that_has_changed(lists: House, repo: Path) -> None:
    lists.gather(repo)
    (repo / "a.txt").rename(repo / "b.txt")

    assert lists.gather(repo).outcomes == {"alpha": "ran", "beta": "ran"}

    assert document(repo)["alpha"] == {"count": 1}
    assert document(repo)["beta"] == {"first": ["b.txt"]}


def test_a_failure_leaves_no_artifact_of_an_older_answer(lists: House, repo: Path) -> None:
    lists.gather(repo)
    lists.probe("alpha", 'raise ValueError("no")', options='artifacts=("files.json",)')

    assert lists.gather(repo).outcomes == {"alpha": "failed", "beta": "skipped"}

    assert not artifact(repo).exists()
    assert document(repo)["probes"]["alpha"]["artifacts"] == []


def test_an_artifact_over_its_bound_fails_its_probe(lists: House, repo: Path) -> None:
    lists.gather(repo, "max_artifact_bytes=10")

    (error,) = document(repo)["probes"]["alpha"]["errors"]
    assert "more than max_artifact_bytes allows" in error


def test_secrets_are_replaced_in_artifacts(lists: House, repo: Path) -> None:
    (repo / f"ghp_{'a1B2' * 9}.txt").write_text("")
    lists.gather(repo)

    assert "ghp_" not in artifact(repo).read_text()
    assert "<redacted:github-token>" in artifact(repo).read_text()


@pytest.mark.parametrize("answered", ["{}", '{"other.json": 1}', '{"files.json": 1, "more.json": 2}'])
def test_a_probe_answers_exactly_what_it_declares(lists: House, repo: Path, answered: str) -> None:
    lists.probe("alpha", f"return ProbeOutput({{}}, artifacts={answered})", options='artifacts=("files.json",)')

    lists.gather(repo)

    (error,) = document(repo)["probes"]["alpha"]["errors"]
    assert "answered the artifacts" in error


def test_only_what_is_required_and_declared_can_be_read(lists: House, repo: Path) -> None:
    lists.probe("beta", 'return ProbeOutput(inputs.artifact("alpha", "other.json"))', options='requires=("alpha",)')
    lists.probe("gamma", 'return ProbeOutput(inputs.artifact("alpha", "files.json"))')

    lists.gather(repo)

    errors = {name: probe["errors"] for name, probe in document(repo)["probes"].items()}
    assert errors["alpha"] == []
    assert "alpha declares no artifact 'other.json'" in errors["beta"][0]
    assert "gamma must require 'alpha' to read its artifacts" in errors["gamma"][0]


@pytest.mark.parametrize("name", ["../x.json", "x", "X.json", ".json", "a/b.json"])
def test_an_artifact_has_a_plain_name(name: str) -> None:
    with pytest.raises(TypeError, match="artifacts are named like"):

        @register_probe(version="1.0.0", declared_inputs=("x",), artifacts=(name,))
        def odd(_inputs: ProbeInputs) -> ProbeOutput:
            """Say nothing."""
            return ProbeOutput({})


def test_who_reads_an_artifact_alone_stays_while_that_does(lists: House, repo: Path) -> None:
    sizes = LIST.replace("len(inputs.files)", "sum(map(inputs.size, inputs.files))")
    lists.probe("alpha", sizes, options='artifacts=("files.json",)')
    lists.probe("beta", READ, options='requires=("alpha.files.json",)', inputs='("none",)')
    lists.gather(repo)
    (repo / "a.txt").write_text("longer")
    assert lists.gather(repo).outcomes == {"alpha": "ran", "beta": "current"}
    assert document(repo)["alpha"] == {"count": 6}
    (repo / "0.txt").write_text("first")
    assert lists.gather(repo).outcomes == {"alpha": "ran", "beta": "ran"}
    assert document(repo)["beta"] == {"first": ["0.txt"]}


def test_who_reads_an_artifact_alone_goes_without_it_where_it_is_no_more(lists: House, repo: Path) -> None:
    lists.probe("beta", READ, options='requires=("alpha.files.json",)', inputs='("none",)')
    lists.gather(repo)
    lists.probe("alpha", "raise ValueError", options='artifacts=("files.json",)')
    assert lists.gather(repo).outcomes == {"alpha": "failed", "beta": "skipped"}


@pytest.mark.parametrize(
    ("read", "error"),
    [
        ('inputs.artifact("alpha", "more.json")', "UndeclaredInput: beta must require 'alpha.more.json'"),
        ('inputs.slices["alpha"]', "KeyError: 'alpha'"),
    ],
)
def test_who_reads_an_artifact_alone_is_given_nothing_else(lists: House, repo: Path, read: str, error: str) -> None:
    two = LIST.replace("artifacts={", 'artifacts={"more.json": 1, ')
    lists.probe("alpha", two, options='artifacts=("files.json", "more.json")')
    lists.probe("beta", f"return ProbeOutput({read})", options='requires=("alpha.files.json",)')
    assert lists.gather(repo).outcomes == {"alpha": "ran", "beta": "failed"}
    assert document(repo)["probes"]["beta"]["errors"][0].startswith(error)


def test_an_artifact_that_cannot_be_removed_stops_the_gather(lists: House, repo: Path) -> None:
    """Who reads it alone would stay current."""
    lists.probe("beta", READ, options='requires=("alpha.files.json",)', inputs='("none",)')
    lists.gather(repo)
    lists.probe("alpha", "raise ValueError", options='artifacts=("files.json",)')
    artifact(repo).unlink()
    artifact(repo).mkdir()

    run = lists.gather(repo)

    assert run.code == 2
    assert "alpha.files.json; remove it" in run.err
    artifact(repo).rmdir()
    assert lists.gather(repo).outcomes == {"alpha": "failed", "beta": "skipped"}

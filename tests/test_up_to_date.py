"""Up to date means one thing.  The first four are the ways in which doit's own answer would be wrong."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import House, document

Git = Callable[..., str]

NOTHING_RUNS = {"alpha": "current", "beta": "current"}


def test_inputs_that_vanish_and_come_back_are_seen_both_times(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    (repo / "a.txt").unlink()
    texts.gather(repo)
    assert document(repo)["alpha"] == {"texts": {}}

    (repo / "a.txt").write_text("one")

    assert texts.gather(repo).outcomes == {"alpha": "restored", "beta": "restored"}
    assert document(repo)["alpha"] == {"texts": {"a.txt": "one"}}


def test_a_run_killed_after_its_target_was_written_leaves_nothing_stale(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    texts.probe(
        "omega", "time.sleep(60)\nreturn ProbeOutput({})", inputs='("**/*.txt",)', options='requires=("alpha",)'
    )
    (repo / "a.txt").write_text("two")
    raw = repo / ".codegenie/context/raw/alpha.json"
    run = texts.start("gather", f"repo={repo}")
    _until(lambda: "two" in raw.read_text())
    os.killpg(run.pid, 9)
    run.communicate()
    (texts.path / "probes/omega.py").unlink()

    (repo / "a.txt").write_text("one")

    assert texts.gather(repo).outcomes["alpha"] == "restored"
    assert document(repo)["alpha"] == {"texts": {"a.txt": "one"}}


def test_an_input_edited_before_the_probe_reads_it_is_looked_at_again(house: House, repo: Path) -> None:
    """The probe itself edits its input, the first time only: a stand-in for a person at work."""
    note = repo / "note.txt"
    house.probe(
        "alpha",
        f'if open({str(note)!r}).read() == "one":\n    open({str(note)!r}, "w").write("two")\n'
        'return ProbeOutput({"text": inputs.read("note.txt").decode()})',
    )
    note.write_text("one")

    assert house.gather(repo).outcomes == {"alpha": "ran"}

    assert document(repo)["alpha"] == {"text": "two"}
    assert house.gather(repo).outcomes == {"alpha": "current"}


def test_an_input_edited_after_the_probe_has_read_it_is_read_by_the_next_gather(house: House, repo: Path) -> None:
    """The first answer is that of the bytes that its key names, however soon they are others."""
    note = repo / "note.txt"
    house.probe(
        "alpha",
        f'text = inputs.read("note.txt").decode()\nif text == "one":\n    open({str(note)!r}, "w").write("two")\n'
        'return ProbeOutput({"text": text})',
    )
    note.write_text("one")

    for text in ("one", "two"):
        assert house.gather(repo).outcomes == {"alpha": "ran"}
        assert document(repo)["alpha"] == {"text": text}
    assert house.gather(repo).outcomes == {"alpha": "current"}


def test_an_input_that_never_rests_is_never_up_to_date(house: House, repo: Path) -> None:
    note = repo / "note.txt"
    house.probe(
        "alpha",
        f'open({str(note)!r}, "a").write("+")\nreturn ProbeOutput({{"text": inputs.read("note.txt").decode()}})',
    )
    note.write_text("one")

    assert house.gather(repo).outcomes == {"alpha": "ran"}
    assert house.gather(repo).outcomes == {"alpha": "ran"}


def test_a_target_edited_by_hand_is_made_again(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    before = document(repo)
    raw = repo / ".codegenie/context/raw/alpha.json"
    raw.write_text(raw.read_text().replace("one", "lie"))

    run = texts.gather(repo)

    assert run.outcomes == {"alpha": "restored", "beta": "current"}
    assert run.summary["probes"]["alpha"]["why"] == "a target was changed"
    assert document(repo) == before


def test_a_document_edited_by_hand_or_removed_is_published_again(texts: House, repo: Path) -> None:
    texts.gather(repo)
    published = repo / ".codegenie/context/repo-context.yaml"
    before = published.read_bytes()
    for spoil in (lambda: published.write_text("alpha: lies"), published.unlink):
        spoil()
        assert texts.gather(repo).outcomes == NOTHING_RUNS
        assert published.read_bytes() == before


def test_a_gather_with_nothing_to_do_executes_nothing_and_writes_nothing(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)  # which makes a directory in the repository
    _rest(repo)
    texts.gather(repo)
    before = _files(repo)

    run = texts.gather(repo)

    assert run.outcomes == NOTHING_RUNS
    assert run.summary["files"]["hashed"] == 0
    changed = {path for path, content in _files(repo).items() if before.get(path) != content}
    assert {path.parts[1] for path in changed} <= {"runs", "state"}
    assert {path.name for path in changed if path.parts[1] == "state"} <= {"lock", "clock"}


def test_exactly_the_probes_that_read_an_edited_file_run_again(texts: House, repo: Path) -> None:
    texts.probe("gamma", 'return ProbeOutput({"n": len(inputs.files)})', inputs='("**/*.md",)')
    (repo / "a.txt").write_text("one")
    (repo / "b.md").write_text("two")
    texts.gather(repo)

    (repo / "b.md").write_text("three")
    run = texts.gather(repo)

    assert run.outcomes == {"alpha": "current", "beta": "ran", "gamma": "ran"}
    assert run.summary["probes"]["gamma"]["why"] == "inputs changed: b.md"


def test_a_probe_that_says_the_same_leaves_what_depends_on_it_current(texts: House, repo: Path) -> None:
    texts.probe("alpha", 'return ProbeOutput({"texts": {path: "" for path in inputs.files}})')
    (repo / "a.txt").write_text("one")
    texts.gather(repo)

    (repo / "a.txt").write_text("two")
    run = texts.gather(repo)

    assert run.outcomes == {"alpha": "ran", "beta": "current"}
    assert run.summary["merge"]["outcome"] == "current"


def test_switching_branches_there_and_back_runs_nothing(texts: House, repo: Path, git: Git) -> None:
    git("init", "-q")
    (repo / "a.txt").write_text("one")
    git("add", ".")
    git("commit", "-qm", "one")
    texts.gather(repo)
    first = document(repo)
    git("checkout", "-qb", "other")
    (repo / "a.txt").write_text("two")
    (repo / "b.txt").write_text("more")
    git("add", ".")
    git("commit", "-qm", "two")
    texts.gather(repo)

    git("checkout", "-q", "main")

    assert texts.gather(repo).outcomes == {"alpha": "restored", "beta": "restored"}
    assert document(repo) == first


# What changes what git knows and none of the files.
BESIDE_THE_FILES = {
    "a commit": ("commit", "-q", "--allow-empty", "-m", "more"),
    "a branch": ("checkout", "-qb", "other"),
    "a branch that is left": ("checkout", "-q", "--detach"),
    "a branch with another name": ("branch", "-m", "trunk"),
    "a tag": ("tag", "v1"),
    "an annotated tag": ("tag", "-am", "one", "v1"),
    "a tag that goes": ("tag", "-d", "v0"),
    "a remote": ("remote", "add", "origin", "https://example.org/o/r"),
    "a remote elsewhere": ("config", "remote.there.url", "https://example.org/o/s"),
    "an upstream": ("config", "branch.main.merge", "refs/heads/main"),
    "a default branch": ("symbolic-ref", "refs/remotes/there/HEAD", "refs/remotes/there/main"),
    "a mode in the index": ("update-index", "--chmod=+x", "a.txt"),
}


@pytest.mark.parametrize("change", BESIDE_THE_FILES)
def test_what_changes_beside_the_files_reaches_the_probe_that_declared_git(
    texts: House, repo: Path, git: Git, change: str
) -> None:
    texts.probe("gamma", "return ProbeOutput(dict(inputs.git))", inputs="(GIT,)")
    git("init", "-q")
    (repo / "a.txt").write_text("one")
    git("add", ".")
    git("commit", "-qm", "one")
    git("tag", "v0")
    git("remote", "add", "there", "https://ann:s3cret@example.org/o/r")
    git("config", "branch.main.remote", "there")
    texts.gather(repo)
    before = document(repo)["gamma"]
    assert texts.gather(repo).outcomes == NOTHING_RUNS | {"gamma": "current"}

    git(*BESIDE_THE_FILES[change])
    run = texts.gather(repo)

    assert run.outcomes == NOTHING_RUNS | {"gamma": "ran"}
    assert run.summary["probes"]["gamma"]["why"] == "the state of git changed"
    after = document(repo)["gamma"]
    assert after != before
    assert after["commit"] == git("rev-parse", "HEAD").strip() == document(repo)["snapshot"]["commit"]
    assert after["tags"] == git("tag", "--points-at", "HEAD").split()
    assert "s3cret" not in str(after)
    assert texts.gather(repo).outcomes == NOTHING_RUNS | {"gamma": "current"}


def test_a_file_added_deleted_or_renamed_is_noticed(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)

    (repo / "b.txt").write_text("one")
    assert texts.gather(repo).summary["probes"]["alpha"]["why"] == "inputs changed: +b.txt"
    assert document(repo)["alpha"] == {"texts": {"a.txt": "one", "b.txt": "one"}}

    (repo / "b.txt").rename(repo / "c.txt")
    assert texts.gather(repo).summary["probes"]["alpha"]["why"] == "inputs changed: -b.txt, +c.txt"
    assert document(repo)["alpha"] == {"texts": {"a.txt": "one", "c.txt": "one"}}

    (repo / "c.txt").unlink()
    assert texts.gather(repo).summary["probes"]["alpha"]["why"] == "inputs changed: -c.txt"
    assert document(repo)["alpha"] == {"texts": {"a.txt": "one"}}


def test_a_name_that_no_probe_reads_reaches_the_probe_that_declared_all_paths(texts: House, repo: Path) -> None:
    texts.gather(repo)

    (repo / "unread.bin").write_text("")

    assert texts.gather(repo).outcomes == {"alpha": "current", "beta": "ran"}


def test_touching_a_file_runs_nothing(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)

    os.utime(repo / "a.txt")

    assert texts.gather(repo).outcomes == NOTHING_RUNS


def test_a_missing_target_is_restored_and_a_damaged_blob_is_run_again(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    key = texts.gather(repo).summary["probes"]["alpha"]["key"]
    before = document(repo)
    raw = repo / ".codegenie/context/raw/alpha.json"
    blob = repo / f".codegenie/cache/blobs/{key[:2]}/{key}.json"

    raw.unlink()
    assert texts.gather(repo).outcomes == {"alpha": "restored", "beta": "current"}

    for spoil in (lambda: blob.write_bytes(blob.read_bytes().replace(b"one", b"lie")), blob.unlink):
        raw.unlink()
        spoil()
        assert texts.gather(repo).outcomes == {"alpha": "ran", "beta": "current"}
        assert document(repo) == before


def test_a_failure_is_never_up_to_date(texts: House, repo: Path) -> None:
    texts.probe("gamma", 'raise ValueError("no idea")')
    first = texts.gather(repo)
    assert (first.code, first.outcomes) == (0, {"alpha": "ran", "beta": "ran", "gamma": "failed"})
    assert document(repo)["gamma"] is None
    assert document(repo)["probes"]["gamma"]["errors"] == ["ValueError: no idea (probes/gamma.py:6)"]

    again = texts.gather(repo)
    assert again.outcomes == NOTHING_RUNS | {"gamma": "failed"}
    assert again.summary["probes"]["gamma"]["why"] == "failed last time"
    assert again.summary["merge"]["outcome"] == "current"

    texts.probe("gamma", "return ProbeOutput({})")
    mended = texts.gather(repo)
    assert mended.outcomes["gamma"] == "ran"
    assert texts.gather(repo).outcomes == NOTHING_RUNS | {"gamma": "current"}


def test_a_slice_that_requires_a_failed_one_is_skipped_and_says_so(texts: House, repo: Path) -> None:
    texts.probe("alpha", 'raise ValueError("no idea")')

    assert texts.gather(repo).outcomes == {"alpha": "failed", "beta": "skipped"}
    assert document(repo)["probes"]["beta"]["errors"] == ["requires alpha, of which there is no slice"]


def test_a_new_version_other_code_or_another_schema_runs_the_probe_again(house: House, repo: Path) -> None:
    house.probe("alpha", "return ProbeOutput({})")
    house.gather(repo)
    house.probe("alpha", "return ProbeOutput({'a': 1})")
    assert house.gather(repo).outcomes == {"alpha": "ran"}
    house.probe("alpha", "return ProbeOutput({'a': 1})", options='version="1.0.1"')
    assert house.gather(repo).outcomes == {"alpha": "ran"}
    house.probe("alpha", "return ProbeOutput({'a': 1})", options='version="1.0.1"', schema='{"type": "object"}')
    assert house.gather(repo).outcomes == {"alpha": "ran"}
    assert house.gather(repo).outcomes == {"alpha": "current"}


def test_answers_older_than_the_time_to_live_are_made_again(texts: House, repo: Path) -> None:
    texts.gather(repo)
    assert texts.gather(repo, "cache_ttl=1h").outcomes == NOTHING_RUNS
    time.sleep(1.1)
    run = texts.gather(repo, "cache_ttl=1s")
    assert run.outcomes == {"alpha": "ran", "beta": "ran"}
    assert run.summary["probes"]["alpha"]["why"] == "older than the time to live"


def test_repository_files_named_like_the_fields_of_doit_are_ordinary_files(house: House, repo: Path) -> None:
    house.probe("alpha", "return ProbeOutput({'names': list(inputs.files)})", inputs='("*",)')
    names = ["_values_:", "checker:", "deps:", "ignore:", "result:"]
    for name in names:
        (repo / name).write_text(name)

    assert house.gather(repo).outcomes == {"alpha": "ran"}
    assert house.gather(repo).outcomes == {"alpha": "current"}
    assert document(repo)["alpha"] == {"names": names}


def test_more_files_than_doit_is_given_are_still_all_depended_on(house: House, repo: Path) -> None:
    house.probe("alpha", "return ProbeOutput({'n': len(inputs.files)})")
    for number in range(2100):
        (repo / f"{number}.txt").write_text("x")
    assert house.gather(repo).outcomes == {"alpha": "ran"}
    assert house.gather(repo).outcomes == {"alpha": "current"}

    (repo / "1234.txt").write_text("y")

    assert house.gather(repo).outcomes == {"alpha": "ran"}


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _rest(repo: Path) -> None:
    """Files changed within the clock's grain are hashed again next time; let them come to rest first."""
    time.sleep(0.05)
    (repo / ".rest").write_text("")
    time.sleep(0.05)


def _files(repo: Path) -> dict[Path, bytes]:
    return {path.relative_to(repo): path.read_bytes() for path in repo.rglob("*") if path.is_file()}

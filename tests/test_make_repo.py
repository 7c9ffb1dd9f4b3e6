"""The generator of benchmark repositories: the same seed, the same bytes, on any machine and any Python."""

import hashlib
import json
import subprocess
import tomllib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from bench.make_repo import File, commit, files, write


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert digest(islice(files(7), 2000)) == digest(islice(files(7), 2000))


def test_the_bytes_are_those_that_earlier_figures_were_measured_on() -> None:
    # When the generator changes on purpose, figures before and after cannot be compared: say so in the change.
    assert digest(islice(files(1), 2000)) == "33d91bda2ce9fbbf867f491bad759530"


def test_another_seed_gives_another_repository() -> None:
    assert digest(islice(files(1), 200)) != digest(islice(files(2), 200))


def test_a_bigger_repository_only_adds_files() -> None:
    assert list(islice(files(1), 300)) == list(islice(files(1), 3000))[:300]


def test_no_path_comes_twice() -> None:
    paths = [path for path, _ in islice(files(3), 20_000)]
    assert len(set(paths)) == len(paths)


def test_the_manifests_are_what_they_claim_to_be() -> None:
    for path, content in islice(files(1), 3000):
        if path.endswith(".json"):
            json.loads(content)
        elif path.endswith(".toml"):
            tomllib.loads(content.decode())
        elif path.endswith((".yml", ".yaml")):
            yaml.safe_load(content)
        elif path.endswith(".xml"):
            ElementTree.fromstring(content)


def test_what_is_written_is_what_was_made(repo: Path) -> None:
    made = list(islice(files(5), 400))

    assert write(str(repo), made) == 400

    found = [(path.relative_to(repo).as_posix(), path.read_bytes()) for path in repo.rglob("*") if path.is_file()]
    assert sorted(found) == sorted(made)


def test_a_directory_that_holds_something_is_left_alone(repo: Path) -> None:
    (repo / "mine").touch()
    with pytest.raises(FileExistsError):
        write(str(repo), files(1))
    assert [path.name for path in repo.iterdir()] == ["mine"]


def test_the_commit_depends_on_the_files_alone(tmp_path: Path) -> None:
    names = set()
    for directory in (tmp_path / "one", tmp_path / "two"):
        write(str(directory), islice(files(1), 50))
        commit(str(directory))
        names.add(subprocess.run(("git", "rev-parse", "HEAD"), cwd=directory, capture_output=True, check=True).stdout)
        status = subprocess.run(("git", "status", "--porcelain"), cwd=directory, capture_output=True, check=True).stdout
        assert status == b""
    assert len(names) == 1


def digest(made: Iterable[File]) -> str:
    state = hashlib.blake2b(digest_size=16)
    for path, content in made:
        state.update(f"{path} {len(content)}\n".encode())
        state.update(content)
    return state.hexdigest()

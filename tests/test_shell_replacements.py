"""The catalogue of what stands for a shell: each entry is what its own example comes to."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegenie import registry
from probes._shell_commands import asked_by
from probes._shell_replacements import Replacements

CATALOGUE: dict[str, Any] = json.loads(Path(registry.catalogue_path("shell-replacements")).read_text())
ENTRIES: list[dict[str, Any]] = CATALOGUE["replacements"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_an_example_comes_to_its_entry(entry: dict[str, Any]) -> None:
    replacements = Replacements(CATALOGUE)
    if entry["kind"] == "way":
        assert [replacements.of_way(way, phase) for way in entry["any_of"] for phase in entry["phases"]] == [
            entry
        ] * len(entry["any_of"]) * len(entry["phases"])
        return
    for phase in entry["phases"]:
        verdicts = replacements.verdicts("shell_form", asked_by(entry["example"], 1), phase)
        if entry["id"] in {verdict["replacement"] for verdict in verdicts}:
            return
    pytest.fail(f"{entry['example']} comes to {verdicts}")


def test_every_name_and_phase_of_an_entry_can_be_reached() -> None:
    """None stands behind entries that take all of it before."""
    taken: set[tuple[str, str, str]] = set()
    for entry in ENTRIES:
        keys = {(entry["kind"], name, phase) for name in entry["any_of"] for phase in entry["phases"]}
        for name in entry["any_of"]:
            assert {key for key in keys if key[1] == name} - taken, f"{name} never comes to {entry['id']}"
        for phase in entry["phases"] if entry["any_of"] else ():
            assert {key for key in keys if key[2] == phase} - taken, f"{entry['id']} never stands for a {phase}"
        if entry["arguments"] is None:
            taken |= keys


def test_classes_are_the_ones_that_are_explained() -> None:
    explained = {entry["name"] for entry in CATALOGUE["classes"]}
    assert {entry["class"] for entry in ENTRIES} == explained
    schema = json.loads((Path(registry.data_directory("schemas")) / "shell_usage.json").read_text())
    assert set(schema["definitions"]["class"]["enum"]) == explained | {"unknown"}


def test_ids_are_unique_and_sources_are_addresses() -> None:
    ids = [entry["id"] for entry in ENTRIES]
    assert len(ids) == len(set(ids))
    assert all(entry["source"].startswith("https://") for entry in ENTRIES)

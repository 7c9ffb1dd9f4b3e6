"""What pipelines use by name: a step for each, which is handed every input that the entry names."""

import json
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.reachable.entries import KINDS, Ask, Entry, catalogue


def inputs(entry: Entry) -> dict[str, str]:
    names = [name for pair in entry.get("setup", {}).values() for name in pair]
    names += [entry[kept][field] for kept in ("cache", "artifact") if kept in entry for field in ("name", "paths")]
    return {name: "1" for name in names if name}


def workflow(names: Mapping[str, Entry]) -> dict[str, str]:
    steps = [{"uses": f"{name}@v1", "with": inputs(entry)} for name, entry in names.items()]
    return {".github/workflows/a.yml": json.dumps({"on": "push", "jobs": {"a": {"runs-on": "x", "steps": steps}}})}


def azure(names: Mapping[str, Entry]) -> dict[str, str]:
    steps = []
    for name, entry in names.items():
        command = entry.get("command")
        program = {"cargo": "build", "gradle": "build", "mvn": "package", "yarn": "install"}
        values = [*command["does"]] or [program[command["program"]]] if command else [None]
        steps += [
            {"task": f"{name}@1", "inputs": inputs(entry) | ({command["input"]: value} if command else {})}
            for value in values
        ]
    return {"azure-pipelines.yml": json.dumps({"steps": steps})}


def bitbucket(names: Mapping[str, Entry]) -> dict[str, str]:
    script = [{"pipe": f"{name}:1.0.0"} for name in names]
    return {"bitbucket-pipelines.yml": json.dumps({"pipelines": {"default": [{"step": {"script": script}}]}})}


def drone(names: Mapping[str, Entry]) -> dict[str, str]:
    steps = [{"name": f"s{at}", "image": name, "settings": {"a": 1}} for at, name in enumerate(names)]
    return {".drone.yml": json.dumps({"kind": "pipeline", "type": "docker", "name": "a", "steps": steps})}


def travis(names: Mapping[str, Entry]) -> dict[str, str]:
    return {".travis.yml": json.dumps({"script": "true", "deploy": [{"provider": name} for name in names]})}


PIPELINES: dict[str, Callable[[Mapping[str, Entry]], dict[str, str]]] = {
    "actions": workflow,
    "tasks": azure,
    "pipes": bitbucket,
    "plugins": drone,
    "providers": travis,
}


@pytest.mark.parametrize("table", PIPELINES)
def test_everything_that_a_pipeline_can_use_is_told_with_what_it_does(ask: Ask, table: str) -> None:
    entries = catalogue("ci_actions")[table]
    found = ask("ci", PIPELINES[table](entries)).schema_slice
    told = {(kind, each["program"]) for kind in KINDS for each in found["commands"][kind]["listed"]}
    told |= {("setup " + each["runtime"], each["how"]) for each in found["runtimes"]["listed"]}
    for kept in ("cache", "artifact"):
        told |= {(kept, each["how"]) for each in found[f"{kept}s"]["listed"]}
    missing = {(name, what) for name, entry in entries.items() for what in says(entry) if (what, name) not in told}
    assert missing == set()


def says(entry: Entry) -> Iterator[str]:
    command = entry.get("command", {})
    yield from entry.get("does", ())
    yield from (kind for kinds in command.get("does", {}).values() for kind in kinds)
    yield from ("install",) if command.get("program") == "yarn" else ("build",) if "program" in command else ()
    yield from (f"setup {runtime}" for runtime in entry.get("setup", ()))
    yield from (kept for kept in ("cache", "artifact") if kept in entry)

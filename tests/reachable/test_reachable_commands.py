"""Commands of pipelines: each program with what makes the difference, a step for each."""

import json
from collections.abc import Iterator

from tests.reachable.entries import KINDS, Ask, Entry, catalogue


def commands(name: str, program: Entry) -> Iterator[tuple[str, list[str]]]:
    """Commands that run a program, and what each does."""
    call = f"python -m {name}" if program.get("module_only") else name
    none: list[str] = []
    if {"does", "wraps", "tasks_bare"} & set(program) and not {"default_file", "wraps"} & set(program):
        yield call, program.get("does", none)
    for key in ("words", "flags", "files"):
        yield from ((f"{call} {word}", kinds) for word, kinds in program.get(key, {}).items())
    yield from (
        (f"{call} {word} -m pytest" if word == "-m" else f"{call} {word} pytest", ["test"])
        for word in program.get("exec", ())
    )
    for key in ("scripts", "tasks"):
        yield from ((f"{call} {word} lint", ["lint"]) for word in program.get(key, ()))
    yield from ((f"{call} {word} a:lint", ["lint"]) for word in program.get("task_of_project", ()))
    yield from ((f"{call} {option} lint", ["lint"]) for option in program.get("task_options", ()))
    yield from ((f"{call} {option} pytest", ["test"]) for option in (program.get("module_flag"),) if option)
    yield from ((f"{call} {word}", kinds) for word, kinds in program.get("standard", {}).items())
    if program.get("wraps"):
        yield f"{call} pytest", ["test"]


def told_of(ask: Ask, lines: list[str]) -> tuple[dict[str, list[str]], set[str], int]:
    """What the steps of a workflow do, by the command; their programs; and how many only move things about."""
    steps = [{"run": line} for line in lines]
    files = {".github/workflows/a.yml": json.dumps({"on": "push", "jobs": {"a": {"runs-on": "x", "steps": steps}}})}
    found = ask("ci", files).schema_slice["commands"]
    told: dict[str, list[str]] = {}
    programs = set()
    for kind in KINDS:
        assert found[kind]["count"] == len(found[kind]["listed"]), "too many for one call"
        for each in found[kind]["listed"]:
            told.setdefault(each["command"], []).append(kind)
            programs.add(each["program"])
    return told, programs, found["plumbing_count"]


def test_every_program_is_told_with_what_it_does(ask: Ask) -> None:
    table = catalogue("ci_commands")["programs"]
    wanted = {line: kinds for name, entry in table.items() for line, kinds in commands(name, entry)}
    lines = list(wanted)
    told: dict[str, list[str]] = {}
    programs: set[str] = set()
    for start in range(0, len(lines), 250):
        found, named, _ = told_of(ask, lines[start : start + 250])
        told, programs = told | found, programs | named
    told_as = {line: sorted(kinds, key=KINDS.index) for line, kinds in wanted.items()}
    assert {line: told.get(line, []) for line in lines} == told_as
    keyed = ("words", "flags", "files", "standard")
    own = {
        name
        for name, entry in table.items()
        if entry.get("does") or any(kinds for key in keyed for kinds in entry.get(key, {}).values())
    }
    assert own <= programs, "another entry answers in its place"


def test_every_launcher_task_and_word_of_plumbing_is_known(ask: Ask) -> None:
    table = catalogue("ci_commands")
    runs = {
        name: " ".join([name, *(f"{option} x" for option in entry["values"]), "pytest"])
        for name, entry in table["launchers"].items()
    }
    launched = [f"sudo {line}" for line in runs.values()]  # the shell itself takes away a `time` that comes first
    named = {f"make {name}": kinds for name, kinds in table["tasks"].items()}
    tasks = {line: kinds for line, kinds in named.items() if line[5:] not in table["programs"]["make"]["standard"]}
    told, _, moved = told_of(ask, [*launched, *tasks])
    assert (told, moved) == ({line: ["test"] for line in launched} | tasks, 0)
    plumbing = [
        f"{word} x" for word in table["plumbing"] if word not in table["programs"] and word not in table["launchers"]
    ]
    assert told_of(ask, plumbing) == ({}, set(), len(plumbing))

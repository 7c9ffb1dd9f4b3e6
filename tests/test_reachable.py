"""Every entry of a catalogue is told of the smallest repository that shows it, by the probe that declares it."""

import functools
import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from codegenie import registry
from codegenie.formats.image_reference import reference
from codegenie.formats.purl import purl
from codegenie.probe import ProbeOutput
from tests.test_cases import build, inputs_of

Entry = dict[str, Any]
Ask = Callable[..., ProbeOutput]
KINDS = ("install", "build", "test", "lint", "typecheck", "scan", "image", "publish", "deploy")


# What probes require and is empty here.
SLICES: dict[str, Any] = {
    "build_system": {"projects": []},
    "ci": {"images": {"listed": []}, "runtimes": {"listed": []}},
    "containerization": {"dockerfiles": [], "devcontainers": []},
    "dependencies": {"lockfiles": [], "unparsed": [], "without_lockfile": {"count": 0, "projects": []}},
    "deployment": {"workloads": []},
    "manifests": {"manifests": []},
}
ARTIFACTS: dict[str, Any] = {
    "containerization": {"more_dockerfiles.json": []},
    "deployment": {"more_workloads.json": []},
}


@functools.cache
def catalogue(name: str) -> Any:
    return json.loads(Path(registry.catalogue_path(name)).read_text(encoding="utf-8"))


def of_the_probe(name: str) -> Any:
    registry.all_probes()
    return importlib.import_module(f"{registry.PROBES_PACKAGE}._{name}")


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """What a probe says of files and of the slices that it requires."""
    asked: list[Path] = []

    def run(name: str, files: Mapping[str, str], **case: Any) -> ProbeOutput:
        asked.append(tmp_path / str(len(asked)))
        asked[-1].mkdir()
        build(asked[-1], dict(files))
        probe = registry.probe_named(name)
        case = {"slices": SLICES, "artifacts": ARTIFACTS} | case
        output: ProbeOutput = probe.run(inputs_of(probe, asked[-1], case))
        return output

    return run


# Frameworks: a manifest for each, which depends on nothing else

MANIFESTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "cargo": ("Cargo.toml", lambda name: f'[dependencies]\n{name} = "1"\n'),
    "composer": ("composer.json", lambda name: json.dumps({"require": {name: "1"}})),
    "gem": ("Gemfile", lambda name: f'gem "{name}"\n'),
    "go": ("go.mod", lambda name: f"module example.org/a\nrequire {name} v1.0.0\n"),
    "hex": ("mix.exs", lambda name: f'  {{:{name}, "~> 1.0"}},\n'),
    "maven": ("build.gradle", lambda name: f'implementation("{name if ":" in name else name + ":any"}:1.0")\n'),
    "npm": ("package.json", lambda name: json.dumps({"dependencies": {name: "1"}})),
    "nuget": (
        "a.csproj",
        lambda name: (
            f'<Project Sdk="{name[4:]}"/>'
            if name.startswith("sdk:")
            else f'<Project><ItemGroup><PackageReference Include="{name}" Version="1"/></ItemGroup></Project>'
        ),
    ),
    "pub": ("pubspec.yaml", lambda name: f"dependencies:\n  {name}: ^1.0.0\n"),
    "pypi": ("requirements.txt", lambda name: f"{name}==1\n"),
    "swift": ("Package.swift", lambda name: f'.package(url: "https://github.com/{name}.git", from: "1.0.0")\n'),
}


def manifests(name: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """A tree with one manifest for each package, and the path and framework of each."""
    files, wanted = {}, []
    for ecosystem, (file, text) in MANIFESTS.items():
        for number, (package, entry) in enumerate(catalogue(name)[ecosystem].items()):
            path = f"{ecosystem}{number}/{file}"
            files[path] = text(package)
            wanted.append((path, entry["name"]))
    return files, wanted


def test_every_framework_is_found_where_its_package_is_required(ask: Ask) -> None:
    files, wanted = manifests("frameworks")
    found = ask("language_stack", files).schema_slice["frameworks"]
    assert sum(each["manifests"] for each in found) == len(wanted)
    assert {each["name"] for each in found} == {framework for _, framework in wanted}


def test_every_test_framework_is_found_where_its_package_is_required(ask: Ask) -> None:
    files, wanted = manifests("test_frameworks")
    found = ask("test_inventory", files).schema_slice["frameworks"]
    assert Counter({each["name"]: each["evidence_count"] for each in found}) == Counter(name for _, name in wanted)


# What pipelines use: a step for each, which is handed every input that the entry names


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


# Commands of pipelines: each program with what makes the difference, a step for each


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


# Images: a stage for each, or an image of a job


def test_every_family_of_images_is_the_first_that_fits_its_example(ask: Ask) -> None:
    rows = catalogue("image_families")["families"]
    files = {f"{at:03}/Dockerfile": f"FROM {row['example']}\n" for at, row in enumerate(rows)}
    found = ask("containerization", files)
    dockerfiles = [*found.schema_slice["dockerfiles"], *found.artifacts["more_dockerfiles.json"]]
    told = [file["stages"][0]["base"]["family"] for file in dockerfiles]
    assert told == [{key: row[key] for key in ("os", "distroless", "source")} for row in rows]


@pytest.mark.parametrize("at", range(len(catalogue("image_families")["families"])))
def test_without_a_family_of_images_its_example_would_be_told_as_another(at: int) -> None:
    rows = catalogue("image_families")["families"]
    families = of_the_probe("image_families").Families
    example = reference(rows[at]["example"])
    assert example is not None
    base = {"registry": example.registry, "repository": example.repository, "tag": example.tag, "digest": None}
    others = families({"families": rows[:at] + rows[at + 1 :]}).of(base)
    assert others != families({"families": rows}).of(base)


TAGS = {"tag": "1.2", "last": "9-1.2", "jdk": "1.2-jdk-17", "otp": "1.2-otp-26", "python": "python1.2"}


def test_every_runtime_of_an_image_is_told_with_its_version(ask: Ask) -> None:
    table = catalogue("runtime_images")
    wanted = {
        f"{row['repository']}:{'-'.join(TAGS[way] for way in dict.fromkeys(row['runtimes'].values()))}": set(
            row["runtimes"]
        )
        for row in table["images"]
    }
    wanted |= {row["example"]: {row["runtime"]} for row in table["names"]}
    text = "".join(f"FROM {image}\n" for image in wanted)
    found = ask("runtime_versions", {"Dockerfile": text}).schema_slice["runtimes"]
    told: dict[str, set[str]] = {}
    for runtime in found:
        for each in runtime["declarations"]:
            if each["versions"]:
                told.setdefault(each["image"], set()).add(runtime["name"])
    assert told == wanted


def test_every_release_cycle_is_told_of_an_image(ask: Ask) -> None:
    missing = []
    for product in catalogue("release_cycles")["products"]:
        images = {
            f"{image}:{cycle['cycle']}": (product["title"], cycle["cycle"])
            for image in product["images"]
            for cycle in product["cycles"]
        }
        listed = [
            {"role": "job", "written": image, "images": [image], "places": [{"path": "a", "line": 1}]}
            for image in images
        ]
        found = ask("base_images", {}, slices=SLICES | {"ci": {"images": {"listed": listed}}}).schema_slice["images"]
        told = {
            (cycle["product"], cycle["cycle"]) for each in found for cycle in (each["runtime"], each["system"]) if cycle
        }
        missing += sorted({*images.values()} - told)
    assert missing == []


# Native code: a row of a lockfile for each package, a line of a source for each library


def test_every_native_package_is_known_by_the_catalogue(ask: Ask) -> None:
    by_type: dict[str, list[Entry]] = {}
    for entry in catalogue("native_modules")["packages"]:
        by_type.setdefault(entry["type"], []).append(entry)
    for kind, entries in by_type.items():
        rows = []
        wanted = set()
        for entry in entries:
            name, version = (
                entry.get("name") or entry["example"],
                entry.get("from") or ("0" if "before" in entry else "1.0.0"),
            )
            rows.append(
                {
                    "purl": purl(kind, name, version),
                    "name": name,
                    "version": version,
                    "direct": True,
                    "development": False,
                }
            )
            wanted.add((purl(kind, name), entry["source"]))
        packages = {
            "lockfiles": [{"path": "lock", "ecosystem": kind, "format": kind, "project": ".", "packages": rows}],
            "not_resolved": [],
        }
        found = ask("native_modules", {}, artifacts={"dependencies": {"packages.json": packages}}).schema_slice
        told = {
            (each["purl"].rpartition("@")[0], known["detail"])
            for each in found["packages"]["listed"]
            for known in each["known_by"]
            if known["kind"] == "catalogue"
        }
        assert wanted - told == set()


def test_every_library_is_needed_by_something_that_is_linked_or_required(ask: Ask) -> None:
    table = catalogue("native_modules")
    flags = [f"LDFLAGS: -l{link}" for library in table["libraries"] for link in library["links"]]
    flags += [f"pkg-config: {name}" for library in table["libraries"] for name in library["pkg_config"]]
    files = {
        f"{at}/a.go": "package a\n\n/*\n"
        + "".join(f"#cgo {flag}\n" for flag in flags[at : at + 50])
        + '*/\nimport "C"\n'
        for at in range(0, len(flags), 50)
    }
    packages: Entry = {"lockfiles": [], "not_resolved": []}
    found = ask("native_modules", files, artifacts={"dependencies": {"packages.json": packages}}).schema_slice
    told = {each["library"] for each in found["libraries"]}
    required = {need["library"] for entry in table["packages"] for need in entry["needs"]}
    assert {library["id"] for library in table["libraries"]} - told - required == set()
    assert {library["id"] for library in table["libraries"] if library["links"] or library["pkg_config"]} <= told

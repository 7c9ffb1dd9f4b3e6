"""What the tests of entries share: the catalogues, and what a probe says of a small repository."""

import functools
import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from codegenie import registry
from codegenie.probe import ProbeOutput
from tests.test_cases import build, close_opened, inputs_of

Entry = dict[str, Any]
Ask = Callable[..., ProbeOutput]
KINDS = ("install", "build", "test", "lint", "typecheck", "scan", "image", "publish", "deploy")
"""What commands of pipelines do."""

# What probes require and is empty here.
SLICES: dict[str, Any] = {
    "build_system": {"projects": []},
    "ci": {"images": {"listed": []}, "runtimes": {"listed": []}},
    "containerization": {"dockerfiles": [], "builds": [], "devcontainers": []},
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


def asker(place: Path) -> Ask:
    """What a probe says of files and of the slices that it requires."""
    asked: list[Path] = []

    def run(name: str, files: Mapping[str, str], **case: Any) -> ProbeOutput:
        asked.append(place / str(len(asked)))
        asked[-1].mkdir()
        build(asked[-1], dict(files))
        probe = registry.probe_named(name)
        case = {"slices": SLICES, "artifacts": ARTIFACTS} | case
        output: ProbeOutput = probe.run(inputs_of(probe, asked[-1], case))
        close_opened()
        return output

    return run

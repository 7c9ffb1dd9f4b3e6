"""A checkout with any number of probes that do nothing: what is left is the engine."""

import os
import shutil
from pathlib import Path

from bench.measure import PROJECT, Bench

PROBE = '''
from codegenie.probe import ProbeInputs, ProbeOutput, register_probe


@register_probe(version="1.0.0", declared_inputs=("{name}/*",))
def {name}(inputs: ProbeInputs) -> ProbeOutput:
    """Count files."""
    return ProbeOutput({{"files": len(inputs.files)}})
'''


def house(bench: Bench, probes: int) -> Path:
    """The checkout with so many probes; each reads the files of one directory of `rooms`."""
    place = bench.place / f"house-{probes}"
    if not place.exists():
        for directory in ("probes", "schemas"):
            (place / directory).mkdir(parents=True)
        os.symlink(PROJECT / "codegenie", place / "codegenie")
        shutil.copy(PROJECT / "dodo.py", place)
        shutil.copy(PROJECT / "schemas/document.json", place / "schemas")
        (place / "probes/__init__.py").write_text("")
        for number in range(probes):
            name = f"p{number:03}"
            (place / f"probes/{name}.py").write_text(PROBE.format(name=name))
            (place / f"schemas/{name}.json").write_text('{"type": "object"}')
    return place


def rooms(bench: Bench, *, directories: int = 100, files: int = 10) -> Path:
    """A repository of as many directories as there are probes at most."""
    repo = bench.place / "rooms"
    if not repo.exists():
        for number in range(directories):
            directory = repo / f"p{number:03}"
            directory.mkdir(parents=True)
            for file in range(files):
                (directory / str(file)).write_text(f"{number} {file}\n" * 30)
    return repo

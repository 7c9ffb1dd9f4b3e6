"""Certificates: how authorities come to be trusted, where verification is switched off, and the files themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.probe import PATHS, ProbeInputs, ProbeOutput, register_probe

from ._apart import kind_apart
from ._certificate_files import CERTIFICATE_FILES, SETTING_FILES, holds, is_certificate, told
from ._certificate_images import copies, final_stages, images, is_trusted_place, packages
from ._certificate_phases import Phases, of_image
from ._container_files import DECLARED
from ._source_files import is_test
from ._source_patterns import Patterns, by_dialect, of_topics

Facts = dict[str, Any]

_MANUAL = lazily(r"(?:^|/)[dD]oc(?:s|umentation)?/")
_LISTED = 500
_HIGHLIGHTED = 5
_UPDATES = frozenset({"shell-keytool-import", "shell-update-ca"})
_WAYS = {"ca-variable": "variable", "settings": "setting", "shell": "command"}


@register_probe(
    version="1.2.1",
    declared_inputs=(PATHS, *CERTIFICATE_FILES, *SETTING_FILES, *DECLARED, "!**/node_modules/**"),
    requires=("containerization", "deployment", "source_scan.findings.json"),
    catalogues=("source_patterns",),
    timeout_seconds=120,
    section="delivery",
)
def certificates(inputs: ProbeInputs) -> ProbeOutput:
    """Say how certificate authorities come to be trusted, and where the verification of certificates is switched off.

    High confidence also where nothing is found; medium where a file could not be read.
    """
    entries = {entry["id"]: entry for entry in inputs.catalogue("source_patterns")["patterns"]}
    files = [
        *inputs.slices["containerization"]["dockerfiles"],
        *inputs.artifact("containerization", "more_dockerfiles.json"),
    ]
    workloads = [
        *inputs.slices["deployment"]["workloads"],
        *inputs.artifact("deployment", "more_workloads.json"),
    ]
    scanned = _scanned(inputs)
    phases = Phases(files, workloads)
    found = [*_in_settings(scanned, phases), *_in_source(inputs.artifact("source_scan", "findings.json"), entries)]
    off = [row for row in found if entries[row["pattern"]]["topic"] == "tls"]
    authorities = [row for row in found if entries[row["pattern"]]["topic"] == "ca"]
    authorities += [*_in_images(files), *_mounted(workloads)]
    given = images(files, [(row["path"], row["line"]) for row in found if row["pattern"] in _UPDATES])
    kept = _kept(scanned)
    lists = {"authorities": _sorted(authorities), "verification_off": _sorted(off), "images": given, "files": kept}
    facts = {
        **{name: rows[:_LISTED] for name, rows in lists.items()},
        "counts": {name: len(rows) for name, rows in lists.items()},
        "patterns": [
            {"id": name, "meaning": entries[name]["meaning"], "source": entries[name]["source"]}
            for name in sorted({row["pattern"] for row in found})
        ],
        "unparsed": inputs.unparsed,
    }
    told_first = tuple(_highlights(lists))
    return ProbeOutput(facts, "medium" if facts["unparsed"] else "high", highlights=told_first)


def _scanned(inputs: ProbeInputs) -> dict[str, Any]:
    patterns = by_dialect(inputs.catalogue("source_patterns"))
    look = partial(_finding, of_topics([patterns["settings"], patterns["shell"]], ("ca", "tls")))
    return inputs.scan(look, (path for path in inputs.files if not _is_apart(path)))


def _is_apart(path: str) -> bool:
    """What others wrote, and what settings would look like: a manual's examples configure nothing."""
    return kind_apart(path) == "vendored" or (_MANUAL.search(path) is not None and not is_certificate(path))


def _finding(patterns: Patterns, path: str, content: bytes) -> Any:
    """Of a certificate file what it holds, of any other what it says; None for nothing."""
    return {"holds": holds(content)} if is_certificate(path) else told(patterns, content) or None


def _in_settings(scanned: Mapping[str, Any], phases: Phases) -> Iterator[Facts]:
    for path, finding in scanned.items():
        if isinstance(finding, list):
            for pattern, line, name, value in finding:
                way, phase = _way(pattern), phases.of(path, line)
                if way == "code" or path.endswith((".npmrc", ".yarnrc")):
                    way = "setting"
                yield _row(way, path, line, phase, name=name, value=value, pattern=pattern)


def _in_source(files: Iterable[Mapping[str, Any]], entries: Mapping[str, Any]) -> Iterator[Facts]:
    for file in files:
        phase = "test" if file["test"] else None if file["language"] == "Shell" else "run"
        for found in file["findings"]:
            if entries[found["pattern"]]["topic"] in ("ca", "tls"):
                pattern = found["pattern"]
                place = (file["path"], found["line"], phase)
                yield _row(_way(pattern), *place, name=found["name"], value=None, pattern=pattern)


def _in_images(files: Iterable[Mapping[str, Any]]) -> Iterator[Facts]:
    """The packages and copies of Dockerfiles: what is in the final image is of the time that it runs."""
    for file in files:
        goes_into = final_stages(file)
        for stage, each, stays in packages(file):
            phase = of_image(file["path"], is_in_image=stays and stage in goes_into)
            yield _row("package", file["path"], each["line"], phase, name=each["name"], value=None, pattern=None)
        for stage, copy in copies(file):
            text = f"{' '.join(copy['sources'])} -> {copy['destination']}"[:300]
            phase = of_image(file["path"], is_in_image=stage in goes_into)
            yield _row("copy", file["path"], copy["line"], phase, name=copy["instruction"], value=text, pattern=None)


def _mounted(workloads: Iterable[Mapping[str, Any]]) -> Iterator[Facts]:
    for workload in workloads:
        for container in workload["containers"]:
            for mount in container["mounts"]:
                if is_trusted_place(target := mount["target"] or ""):
                    place = (workload["path"], mount["line"], "run")
                    yield _row("mount", *place, name=mount["name"], value=target, pattern=None)


def _row(
    way: str,
    path: str,
    line: int | None,
    phase: str | None,
    *,
    name: str | None,
    value: str | None,
    pattern: str | None,
) -> Facts:
    place = {"phase": phase, "path": path, "line": line}
    return {"way": way, "name": name, "value": value, **place, "pattern": pattern}


def _way(pattern: str) -> str:
    return _WAYS.get(pattern) or _WAYS.get(pattern.partition("-")[0], "code")


def _kept(scanned: Mapping[str, Any]) -> list[Facts]:
    """The files of certificates and keys that lie in the repository."""
    return [
        {"path": path, "holds": finding["holds"], "test": is_test(path)}
        for path, finding in sorted(scanned.items())
        if isinstance(finding, dict)
    ]


def _sorted(rows: Iterable[Facts]) -> list[Facts]:
    """By place; one place is told once for each thing that it says."""
    unique = {tuple(row.values()): row for row in rows}
    return sorted(unique.values(), key=lambda row: (row["path"], row["line"] or 0, row["way"], row["name"] or ""))


def _highlights(lists: Mapping[str, Sequence[Facts]]) -> Iterator[tuple[str, str]]:
    off = [row for row in lists["verification_off"] if row["phase"] != "test"]
    if lists["verification_off"]:
        yield "Verification off", f"{len(off):,} outside of tests" + _places(off)
    trusted = [row for row in lists["authorities"] if row["phase"] != "test"]
    for label, ways in _LABELS:
        if rows := [row for row in trusted if row["way"] in ways]:
            yield label, f"{len(rows):,}" + _places(rows)
    if lists["images"]:
        given = sum(bool(row["packages"] or row["copies"]) for row in lists["images"])
        yield "Given to images", f"{given:,} of {len(lists['images']):,} by their Dockerfile"
    if keys := [row for row in lists["files"] if "private key" in row["holds"]]:
        more = f" and {len(keys) - _HIGHLIGHTED:,} more" if len(keys) > _HIGHLIGHTED else ""
        yield "Private keys", ", ".join(f"`{row['path']}`" for row in keys[:_HIGHLIGHTED]) + more


_LABELS = (
    ("Set by variables and settings", ("setting", "variable")),
    ("Added", ("command", "copy", "mount", "package")),
    ("Loaded by code", ("code",)),
)


def _places(rows: Sequence[Facts]) -> str:
    shown = ", ".join(
        f"`{row['path']}:{row['line']}`" + (f" (`{row['name']}`)" if row["name"] else "") for row in rows[:_HIGHLIGHTED]
    )
    return f": {shown}" + (" ..." if len(rows) > _HIGHLIGHTED else "") if rows else ""

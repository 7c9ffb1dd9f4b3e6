"""How the repository's software is deployed: workloads and their containers, functions, applications, and by what."""

import json
from collections.abc import Iterable
from typing import Any

from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._apart import apart_facts
from ._compose_values import fill_in
from ._container_facts import Facts
from ._deployment_files import DECLARED, finding
from ._deployment_told import told
from ._kubernetes import seems_kubernetes
from ._kustomize_links import link
from ._paths import ancestors, parent, shown
from ._platforms import apart, named_platforms
from ._skaffold import tell_built

_MOST_BYTES = 4 << 20  # of a file; bundles of an operator with all its definitions reach 3 MiB
_HEAD = 64 << 10
_LISTED_PATHS = 20  # of a platform
_BYTES = {"workloads": 800_000, "functions": 300_000}  # of all of them in the slice, as JSON
_OTHER_BYTES = 150_000  # of each other list
_NAMED = 20  # objects of each kind

_LISTS = (
    "workloads", "functions", "apps", "services", "routes", "configuration", "scalers", "releases", "charts", "values",
    "templates", "kustomizations", "compose_files", "skaffold", "stacks",
)  # fmt: skip
_OBJECTS = ("services", "routes", "configuration", "scalers", "releases", "objects")


@register_probe(
    version="1.5.0",
    declared_inputs=(PATHS, *DECLARED),
    artifacts=("more_workloads.json",),
    max_file_bytes=_MOST_BYTES,
    timeout_seconds=180,
    section="delivery",
)
def deployment(inputs: ProbeInputs) -> ProbeOutput:
    """Say what is deployed and how: workloads with their containers, images, ports, probes, settings and variables.

    High confidence also where nothing is found; low where no file could be read; medium where one could not, where
    there are templates, or where an image has parts that something else fills in.
    """
    found = _found(inputs)
    for section in _LISTS:
        found[section].sort(key=_place)
    fill_in(inputs, found["compose_files"], found["workloads"])
    objects = [each for section in _OBJECTS for each in found[section]]
    link(found["kustomizations"], found["workloads"], objects, inputs.paths)
    containers = (container for each in found["workloads"] for container in each["containers"])
    tell_built(found["skaffold"], (container["image"] for container in containers if container["image"]))
    _name_overridden(found["compose_files"])
    _attach_to_charts(found)
    lists = {section: _listed(section, found[section]) for section in _LISTS}
    platforms = _platforms(found["platforms"], inputs.paths)
    slice_ = {
        "platforms": platforms,
        **lists,
        "objects": _objects(found["objects"]),
        "terraform": _terraform(found["terraform"]),
        "cut": [
            {"list": section, "count": len(found[section]), "listed": len(lists[section])}
            for section in _LISTS
            if len(lists[section]) < len(found[section])
        ],
        "set_apart": _set_apart(found["apart"]),
        "unparsed": _unparsed(inputs, found["problems"]),
    }
    confidence = _confidence(slice_, found["workloads"])
    return ProbeOutput(
        slice_,
        confidence,
        artifacts={"more_workloads.json": found["workloads"][len(lists["workloads"]) :]},
        highlights=tuple(told(slice_, found["workloads"])),
    )


def _found(inputs: ProbeInputs) -> dict[str, list[Facts]]:
    """What all files say, by section, each file read once."""
    found: dict[str, list[Facts]] = {
        section: [] for section in (*_LISTS, "objects", "terraform", "platforms", "apart", "problems", "requirements")
    }
    files = [path for path in inputs.files if path.rpartition("/")[2] != ".env"]
    small = [path for path in files if inputs.size(path) <= _MOST_BYTES]
    for path in set(files) - set(small):
        if apart(path) is None and path.endswith((".yaml", ".yml", ".json")) and _seems_large_bundle(inputs, path):
            found["problems"].append({"path": path, "reason": f"over {_MOST_BYTES} bytes"})
    for sections in inputs.scan(finding, small, limit=_MOST_BYTES).values():
        for section, entries in sections.items():
            found[section] += entries
    return found


def _seems_large_bundle(inputs: ProbeInputs, path: str) -> bool:
    return path in inputs and seems_kubernetes(inputs.head(path, _HEAD))


def _place(entry: Facts) -> tuple[str, int, str]:
    return entry["path"], entry.get("line") or 0, str(entry.get("name"))


def _listed(section: str, entries: list[Facts]) -> list[Facts]:
    """As many of the entries as the document can hold."""
    left = _BYTES.get(section, _OTHER_BYTES)
    for at, entry in enumerate(entries):
        left -= len(json.dumps(entry))
        if left < 0 and at:
            return entries[:at]
    return entries


def _platforms(read: list[Facts], paths: Iterable[str]) -> list[Facts]:
    known = named_platforms(paths)
    for entry in read:
        known.setdefault(entry["name"], set()).add(entry["path"])
    return [
        {"name": name, "count": len(files), "paths": sorted(files, key=_nearest_first)[:_LISTED_PATHS]}
        for name, files in sorted(known.items())
    ]


def _nearest_first(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _name_overridden(files: list[Facts]) -> None:
    """`compose.override.yaml` is read on top of `compose.yaml` without being asked for."""
    known = {file["path"] for file in files}
    for file in files:
        directory, _, name = file["path"].rpartition("/")
        base, sign, rest = name.partition(".override.")
        if sign and base in ("compose", "docker-compose"):
            beside = [f"{base}.{rest}", f"{base}.yaml", f"{base}.yml"]
            places = [f"{directory}/{each}" if directory else each for each in beside]
            file["overrides"] = next((place for place in places if place in known), None)


def _attach_to_charts(found: dict[str, list[Facts]]) -> None:
    """Values and templates know their chart, and charts the one that they are part of."""
    charts = {parent(each["path"]) for each in found["charts"]}
    for each in found["requirements"]:
        for chart in found["charts"]:
            if parent(chart["path"]) == parent(each["path"]):
                chart["dependencies"] += each["dependencies"]
    for chart in found["charts"]:
        chart["part_of"] = _nearest(parent(chart["path"]), charts)
    for section in ("values", "templates"):
        for each in found[section]:
            each["chart"] = _nearest(each["path"], charts)
    for each in found["values"]:
        if each["chart"] and each["path"].startswith(f"{each['chart']}/ci/".removeprefix("./")):
            found["apart"].append({"kind": "fixture", "path": each["path"]})  # what chart-testing installs
    apart_now = {each["path"] for each in found["apart"]}
    kept = [each for each in found["values"] if each["path"] not in apart_now]
    found["values"] = [each for each in kept if each["chart"] or each["images"]]


def _nearest(path: str, charts: set[str]) -> str | None:
    return next((shown(directory) for directory in ancestors(path) if directory in charts), None)


def _objects(objects: list[Facts]) -> list[Facts]:
    """Everything else that has a kind, by kind: how many, and the first of them by name."""
    kinds: dict[tuple[str, str], list[Facts]] = {}
    for each in objects:
        kinds.setdefault((each["kind"], each["api_version"] or ""), []).append(each)
    return [
        {
            "kind": kind,
            "api_version": version or None,
            "count": len(each),
            "named": [
                {key: one[key] for key in ("name", "namespace", "path", "line", "part")}
                for one in sorted(each, key=_place)
            ][:_NAMED],
        }
        for (kind, version), each in sorted(kinds.items())
    ][:300]


def _named(entry: Facts) -> Facts:
    return {key: entry[key] for key in ("name", "namespace", "path", "line", "part")}


def _terraform(files: list[Facts]) -> list[Facts]:
    """The modules of Terraform: a directory each, for that is what a module is."""
    directories: dict[str, list[Facts]] = {}
    for file in sorted(files, key=lambda file: file["path"]):
        directories.setdefault(parent(file["path"]), []).append(file)
    return [_module(directory, own) for directory, own in sorted(directories.items())][:300]


def _module(directory: str, files: list[Facts]) -> Facts:
    def placed(section: str) -> list[Facts]:
        return [entry | {"path": file["path"]} for file in files for entry in file[section]]

    def said(key: str) -> Any:
        return next((file[key] for file in files if file[key] is not None), None)

    types: dict[tuple[str, str], list[Facts]] = {}
    for resource in placed("resources"):
        types.setdefault((resource["mode"], resource["type"]), []).append(resource)
    return {
        "path": shown(directory),
        "files": len(files),
        "required_version": said("required_version"),
        "backend": said("backend"),
        "providers": placed("providers")[:50],
        "modules": placed("modules")[:100],
        "resources": [
            {
                "mode": mode,
                "type": kind,
                "count": len(own),
                "named": [{key: each[key] for key in ("name", "path", "line")} for each in own[:5]],
            }
            for (mode, kind), own in sorted(types.items())
        ][:200],
        "attributes": placed("attributes")[:100],
    }


def _set_apart(entries: list[Facts]) -> list[Facts]:
    kinds: dict[str, set[str]] = {}
    for each in entries:
        kinds.setdefault(each["kind"], set()).add(each["path"])
    return apart_facts(kinds)


def _unparsed(inputs: ProbeInputs, problems: list[Facts]) -> list[Facts]:
    told = {(each["path"], each["reason"]) for each in [*inputs.unparsed, *problems] if apart(each["path"]) is None}
    return [{"path": path, "reason": reason} for path, reason in sorted(told)]


def _confidence(slice_: Facts, workloads: list[Facts]) -> Confidence:
    if slice_["unparsed"] and not slice_["platforms"]:
        return "low"
    images = [container["image"] for workload in workloads for container in workload["containers"]]
    is_open = any(image and image["resolved_by"] is None for image in images)
    doubtful = slice_["unparsed"] or slice_["templates"] or is_open
    return "medium" if doubtful else "high"

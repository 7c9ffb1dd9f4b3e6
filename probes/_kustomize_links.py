"""How kustomizations hang together: which files they name, which of those are patches, whose images they replace."""

from collections.abc import Collection, Iterable, Mapping

from ._container_facts import Facts
from ._paths import parent, shown, under

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MOST_USED_BY = 20


def link(kustomizations: list[Facts], workloads: list[Facts], objects: Iterable[Facts], paths: Collection[str]) -> None:
    """Resolve the paths in the kustomizations, mark the objects that are patches, and find the images replaced."""
    known = frozenset(paths)
    by_directory = {parent(each["path"]): each for each in kustomizations}
    patches: set[str] = set()
    for each in kustomizations:
        directory = parent(each["path"])
        for entry in [*each["resources"], *each["patches"]]:
            entry["path"] = _target(directory, entry["written"], known) if entry["written"] else None
        patches |= {entry["path"] for entry in each["patches"] if entry["path"]}
    for each in [*workloads, *objects]:
        if each["path"] in patches:
            each["part"] = "patch"
    by_path: dict[str, list[Facts]] = {}
    for workload in workloads:
        by_path.setdefault(workload["path"], []).append(workload)
    for each in kustomizations:
        if each["images"]:
            _note_users(each, by_directory, by_path)


def _target(directory: str, written: str, known: frozenset[str]) -> str | None:
    """The file, or the directory with a kustomization in it; None for what is elsewhere or not there."""
    place = under(directory, written)
    if place is None or "://" in written:
        return None
    if place in known:
        return place
    return shown(place) if any((f"{place}/{name}" if place else name) in known for name in _NAMES) else None


def _note_users(start: Facts, by_directory: Mapping[str, Facts], by_path: Mapping[str, list[Facts]]) -> None:
    files = _reached(start, by_directory)
    names: dict[str, list[Facts]] = {}
    for path in sorted(files):
        for workload in by_path.get(path, ()):
            for container in workload["containers"]:
                if container["image"]:
                    names.setdefault(_name(container["image"]["written"]), []).append(workload)
    for entry in start["images"]:
        users = {(each["path"], each["line"]) for each in names.get(entry["name"], ()) if each["part"] == "whole"}
        entry["used_by"] = [{"path": path, "line": line} for path, line in sorted(users)][:_MOST_USED_BY]


def _reached(start: Facts, by_directory: Mapping[str, Facts]) -> set[str]:
    files: set[str] = set()
    waiting, seen = [start], {start["path"]}
    while waiting:
        for entry in waiting.pop()["resources"]:
            path = entry["path"]
            if path is None:
                continue
            inner = by_directory.get("" if path == "." else path)
            if inner is None:
                files.add(path)
            elif inner["path"] not in seen:
                seen.add(inner["path"])
                waiting.append(inner)
    return files


def _name(written: str) -> str:
    """The image without tag and digest, as the transformer compares it."""
    name = written.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name

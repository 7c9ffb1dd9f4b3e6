"""What an image expects of where it runs: its user, what it writes to, certificates, time zones, locales."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.shell import parse_text
from codegenie.formats.unparsable import Unparsable

from ._final_images import FinalImage
from ._kept_packages import kept
from ._reached import Reached

Facts = dict[str, Any]

_MAKES = frozenset({"chown", "install", "mkdir", "touch"})
_LOCALE = re.compile(r"LANG|LANGUAGE|LC_[A-Z]+")
_LOCALES = re.compile(r"locales(?:-all)?|glibc-(?:all-)?langpack\S*|glibc-locale\S*|musl-locales\S*|icu\S*|libicu\S*")
_WRITTEN_KINDS = frozenset({"emptyDir", "persistentVolumeClaim", "tmpfs", "volume", "volumeClaimTemplate", "hostPath"})


def user_of(image: FinalImage) -> Facts | None:
    """The USER in force, whether by number or by name; None where the base image decides."""
    user = image.stage["config"]["user"]
    if user is None:
        return None
    value = user["value"]
    name = (value or "").partition(":")[0]
    kind = "unresolved" if value is None else "number" if name.isdigit() else "name"
    return {"written": user["written"], "value": value, "kind": kind, "line": user["line"]}


def writable(image: FinalImage, runners: Iterable[Mapping[str, Any]]) -> Iterator[Facts]:
    """The paths that something says are written to, or made for being written to."""
    path = image.file["path"]
    for volume in image.stage["config"]["volumes"]:
        yield {"target": volume["value"] or volume["written"], "by": "VOLUME", "path": path, "line": volume["line"]}
    for stage in image.layers:
        for copy in stage["copies"]:
            if copy["chown"]:
                yield {
                    "target": copy["destination"],
                    "by": f"COPY --chown={copy['chown']}",
                    "path": path,
                    "line": copy["line"],
                }
    for by, target, line in _made(image):
        yield {"target": target, "by": by, "path": path, "line": line}
    for workload in runners:
        for container in workload["containers"]:
            for mount in container["mounts"]:
                if mount["target"] and mount["kind"] in _WRITTEN_KINDS and not mount["read_only"]:
                    yield {
                        "target": mount["target"],
                        "by": mount["kind"],
                        "path": workload["path"],
                        "line": mount["line"],
                    }


def security(runners: Iterable[Mapping[str, Any]], names: frozenset[str]) -> Iterator[Facts]:
    """Settings of the workloads, by their names."""
    for workload in runners:
        for container in workload["containers"]:
            for setting in container["security"]:
                if setting["setting"] in names:
                    yield {
                        "setting": setting["setting"], "value": str(setting["value"]).lower(),
                        "path": workload["path"], "line": setting["line"],
                    }  # fmt: skip


def _made(image: FinalImage) -> Iterator[tuple[str, str, int]]:
    """The absolute paths that commands of a RUN make, or give to a user."""
    lines = [(stage["line"], stage["end_line"]) for stage in image.layers]
    for one in image.file["instructions"]:
        if one["keyword"] != "RUN" or not any(first <= one["line"] <= last for first, last in lines):
            continue
        try:
            commands = parse_text(one["text"], one["line"]).commands
        except Unparsable:
            continue
        for command in commands:
            name = (command.name or "").rpartition("/")[2]
            words = [word.value for word in command.words[1:]]
            if name in _MAKES and (name != "install" or any(word in ("-d", "--directory") for word in words)):
                yield from (
                    (name, word, one["line"]) for word in words if word and word.startswith("/") and word != "…"
                )


def told_by_names(image: FinalImage) -> dict[str, list[Facts]]:
    """Time zones and locales, by the names of packages and variables."""
    found: dict[str, list[Facts]] = {"time_zones": [], "locales": []}
    for package in kept(image.layers):
        name = package["name"] or ""
        kind = "time_zones" if name == "tzdata" else "locales" if _LOCALES.fullmatch(name) else None
        if kind:
            found[kind].append({"what": "package", "name": name, "value": package["manager"], "line": package["line"]})
    for each in image.stage["config"]["env"]:
        kind = "time_zones" if each["name"] == "TZ" else "locales" if _LOCALE.fullmatch(each["name"]) else None
        if kind:
            found[kind].append({"what": "variable", "name": each["name"], "value": each["value"], "line": each["line"]})
    return found


def trust_of(
    image: FinalImage, runners: Iterable[Mapping[str, Any]], facts: Iterable[Facts], reached: Reached
) -> Iterator[Facts]:
    """Those of the facts of `certificates` that stand in its own stages or workloads, or in code that it takes in."""
    layers = [(stage["line"], stage["end_line"]) for stage in image.layers]
    deployed = {workload["path"] for workload in runners}
    for each in facts:
        if each["phase"] not in ("run", None):
            continue
        in_file = each["path"] == image.file["path"]
        in_stage = in_file and any(first <= (each["line"] or 0) <= last for first, last in layers)
        in_code = each["way"] == "code" and bool(reached.by([each["path"]]))
        if in_stage or in_code or each["path"] in deployed:
            yield {key: each[key] for key in ("way", "name", "value", "path", "line")}

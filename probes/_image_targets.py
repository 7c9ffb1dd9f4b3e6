"""The stages of a Dockerfile that images are made of beside the last: those builds name, and those for nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

Facts = dict[str, Any]


def targets(file: Mapping[str, Any]) -> list[Facts]:
    """The stages before the last that builds name as their target, and those that only a target can be for.

    The latter are told where the last stage starts nothing of its own: stages that start something, which no stage is
    built on or copies from.
    """
    stages = file["stages"]
    if not stages or len(stages) != file["stage_count"]:
        return []
    found = {stage_of(file, build["target"]) for build in file["builds"] if build["target"]}
    if not _starts(stages[-1]) and not any(base["resolved"] is None for base in (each["base"] for each in stages)):
        used = set(_used(file))
        found |= {each["index"] for each in stages if each["name"] and each["index"] not in used and _starts(each)}
    return [each for each in stages[:-1] if each["index"] in found]


def stage_of(file: Mapping[str, Any], target: str | None) -> int | None:
    """The stage that a build's target names; the last where it names none."""
    stages = file["stages"]
    if not target:
        return len(stages) - 1 if stages else None
    named = [stage["index"] for stage in stages if (stage["name"] or "").lower() == target.lower()]
    if named:
        return int(named[-1])
    return int(target) if target.isdigit() and int(target[:4]) < len(stages) else None


def _starts(stage: Facts) -> bool:
    commands = (stage["config"]["entrypoint"], stage["config"]["cmd"])
    return any(each and each["form"] != "none" for each in commands)


def _used(file: Mapping[str, Any]) -> Iterator[int | None]:
    """The stages that others are built on, copy from or mount."""
    for stage in file["stages"]:
        yield stage["base"]["stage"]
        yield from (copy["from"]["stage"] for copy in stage["copies"] if copy["from"])
        yield from (stage_of(file, mount["from"]) for mount in stage["mounts"] if mount["from"])

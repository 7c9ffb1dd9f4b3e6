"""How each project of the repository is installed, built, tested and started."""

from collections.abc import Iterator
from typing import Any

from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from . import (
    _bazel_builds,
    _cargo_builds,
    _cmake_builds,
    _composer_builds,
    _dart_builds,
    _dotnet_builds,
    _go_builds,
    _gradle_builds,
    _just_builds,
    _make_builds,
    _maven_builds,
    _meson_builds,
    _mix_builds,
    _node_builds,
    _python_builds,
    _ruby_builds,
    _swift_builds,
    _task_builds,
)
from ._apart import apart_facts
from ._unread_builds import unread_builds

_READERS = (
    _bazel_builds,
    _cargo_builds,
    _cmake_builds,
    _composer_builds,
    _dart_builds,
    _dotnet_builds,
    _go_builds,
    _gradle_builds,
    _just_builds,
    _make_builds,
    _maven_builds,
    _meson_builds,
    _mix_builds,
    _node_builds,
    _python_builds,
    _ruby_builds,
    _swift_builds,
    _task_builds,
)
_HIGHLIGHTED = 8  # projects
_TOLD = ("install", "build", "test", "lint", "start")
_WORST_FIRST: tuple[Confidence, ...] = ("low", "medium", "high")


@register_probe(
    version="1.13.0",
    declared_inputs=(PATHS, *(glob for reader in _READERS for glob in reader.FILES), "!**/node_modules/**"),
    section="build",
)
def build_system(inputs: ProbeInputs) -> ProbeOutput:
    """Say for each project which tool installs it, and how one builds, tests, lints and starts it."""
    found = [reader.builds(inputs) for reader in _READERS]
    not_read = unread_builds(inputs.paths)
    unread = [entry["ecosystem"] for entry in not_read]
    apart: dict[str, list[str]] = {}
    for each in found:
        for kind, paths in each.apart.items():
            apart.setdefault(kind, []).extend(paths)
    slice_ = {
        "looked_for": sorted(name for reader in _READERS for name in reader.ECOSYSTEMS),
        "projects": sorted(
            (project for each in found for project in each.projects),
            key=lambda project: (project["path"], project["ecosystem"]),
        ),
        "not_read": not_read,
        "set_apart": apart_facts(apart),
        "unparsed": inputs.unparsed,
    }
    doubtful = bool(inputs.unparsed or unread)
    confidence = _confidence([each.confidence for each in found if each.confidence], doubtful=doubtful)
    warnings = [warning for each in found for warning in each.warnings]
    if unread:
        warnings.insert(0, f"build files of other ecosystems are not read: {', '.join(unread)}")
    return ProbeOutput(slice_, confidence, tuple(warnings), highlights=tuple(_highlights(slice_["projects"])))


def _highlights(projects: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The projects nearest to the root, each with its tool and its commands; those without any count, no more."""
    useful = [one for one in projects if one["workspaces"] or any(one["commands"][intent] for intent in _TOLD)]
    nearest = sorted(useful or projects, key=lambda one: (one["path"] != ".", one["path"].count("/"), one["path"]))
    for project in nearest[:_HIGHLIGHTED]:
        tool = project["tool"]["name"] or project["ecosystem"]
        members = len(project["workspaces"]["members"]) if project["workspaces"] else 0
        told = [f"{intent} `{found['command']}`" for intent in _TOLD if (found := project["commands"][intent])]
        workspace = f", a workspace of {members}" if members else ""
        place = "Root project" if project["path"] == "." else project["path"]
        yield place, f"{tool}{workspace}" + (f": {', '.join(told)}" if told else "")
    if len(projects) > len(nearest[:_HIGHLIGHTED]):
        yield "Projects", f"{len(projects):,} in all"


def _confidence(known: list[Confidence], *, doubtful: bool) -> Confidence:
    """That of the ecosystem in most doubt; at most medium where a file was not read, low where nothing was found."""
    if not known:
        return "low"
    worst = min(known, key=_WORST_FIRST.index)
    return "medium" if doubtful and worst == "high" else worst

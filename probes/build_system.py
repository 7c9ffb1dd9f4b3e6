"""How each project of the repository is installed, built, tested and started."""

from collections.abc import Iterator
from typing import Any

from codegenie.probe import Confidence, ProbeInputs, ProbeOutput, register_probe

from ._reader_files import BUILDS
from ._readers import declared, needed, not_taken
from ._wording import counted

_HIGHLIGHTED = 8  # projects
_TOLD = ("install", "build", "test", "lint", "start")
_WORST_FIRST: tuple[Confidence, ...] = ("low", "medium", "high")


@register_probe(
    version="1.17.0",
    declared_inputs=declared(BUILDS),
    section="build",
)
def build_system(inputs: ProbeInputs) -> ProbeOutput:
    """Say for each project which tool installs it, and how one builds, tests, lints and starts it."""
    found = [reader.builds(inputs) for reader in needed("builds", BUILDS, inputs)]
    listed = (project for each in found for project in each.projects)
    slice_ = {
        "looked_for": sorted(BUILDS),
        "projects": sorted(listed, key=lambda project: (project["path"], project["ecosystem"])),
        **not_taken(inputs, found),
    }
    unread = [entry["ecosystem"] for entry in slice_["not_read"]]
    doubtful = bool(slice_["unparsed"] or unread)
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
        workspace = f", a workspace with {counted(members, 'member')}" if members else ""
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

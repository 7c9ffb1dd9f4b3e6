"""When a fact about certificates holds: while things are built, while they run, or in tests."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from ._certificate_images import final_stages, stage_at
from ._source_files import is_test

Phase = Literal["build", "run", "test"]

_CI = (
    ".github/",
    ".gitlab",
    ".circleci/",
    "azure-pipelines",
    ".azure",
    ".travis",
    ".buildkite/",
    ".drone",
    "bitbucket-",
)
_OF_BUILDS = frozenset(
    {
        ".npmrc",
        ".yarnrc",
        ".yarnrc.yml",
        "pip.conf",
        ".bazelrc",
        "jvm.config",
        "maven.config",
        "package.json",
        "Makefile",
    }
)
_LASTS = frozenset({"CMD", "ENTRYPOINT", "ENV", "HEALTHCHECK"})
"""Instructions whose effect is in the image that they are written for; those of other stages are of the build."""


class Phases:
    """The Dockerfiles and workloads of a repository, by which a place's phase is told."""

    def __init__(self, dockerfiles: Iterable[Mapping[str, Any]], workloads: Iterable[Mapping[str, Any]]) -> None:
        self._dockerfiles = {file["path"]: file for file in dockerfiles}
        self._running = {workload["path"] for workload in workloads}

    def of(self, path: str, line: int) -> Phase | None:
        """The phase of what stands there; None where nothing tells."""
        if file := self._dockerfiles.get(path):
            return of_image(path, is_in_image=_lasts(file, line))
        if is_test(path):
            return "test"
        if path in self._running:
            return "run"
        return "build" if path.startswith(_CI) or path.rpartition("/")[2] in _OF_BUILDS else None


def of_image(dockerfile: str, *, is_in_image: bool) -> Phase:
    """The phase of what a Dockerfile does, which may stay in the image that it makes."""
    if is_test(dockerfile):
        return "test"
    return "run" if is_in_image else "build"


def _lasts(file: Mapping[str, Any], line: int) -> bool:
    instructions: Sequence[Mapping[str, Any]] = file["instructions"]
    at = bisect_right(instructions, line, key=lambda one: one["line"]) - 1
    lasts = at >= 0 and instructions[at]["keyword"] in _LASTS
    return lasts and stage_at(file, line) in final_stages(file)

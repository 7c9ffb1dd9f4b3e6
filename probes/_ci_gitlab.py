"""GitLab's pipelines over all their files: what is included from the repository is read, what is not is named."""

import re
from collections.abc import Iterator

from codegenie.formats import gitlab_ci
from codegenie.formats.gitlab_ci import GitlabFile, Include
from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Job, Open, Pipeline, Use, is_computed
from codegenie.formats.yaml_nodes import NOTHING, Node, in_file
from codegenie.probe import ProbeInputs

from ._paths import under

MOST_FILES = 150  # GitLab takes no more in one pipeline
_CHILDREN = 50

_GLOB = lazily(r"[\w./*-]+", re.ASCII)


def pipelines(inputs: ProbeInputs, path: str) -> Iterator[tuple[str, Pipeline]]:
    """The pipeline that starts in the file, and the child pipelines that it starts from files of the repository."""
    waiting, seen = [(path, "pipeline")], {path}
    while waiting:
        at, kind = waiting.pop(0)
        gathered = _Gathered(inputs)
        top = gathered.merged(at)
        if top is None:
            continue
        found = gitlab_ci.pipeline(top, kind)
        jobs = tuple(_with_child(job, inputs) for job in found.jobs)
        uses, not_resolved = tuple(gathered.uses), (*found.not_resolved, *gathered.not_resolved)
        yield at, found._replace(jobs=jobs, uses=uses, not_resolved=not_resolved)
        for child in (job.calls.found for job in jobs if job.calls and job.calls.found):
            if child not in seen and len(seen) < _CHILDREN:
                seen.add(child)
                waiting.append((child, "child pipeline"))


def _with_child(job: Job, inputs: ProbeInputs) -> Job:
    """The job with the file of the pipeline that it starts, where that is one of the repository."""
    if not job.calls or job.calls.kind != "local child pipeline" or is_computed(job.calls.name):
        return job
    child = under("", job.calls.name.lstrip("/"))
    return job._replace(calls=job.calls._replace(found=child)) if child in inputs.files else job


class _Gathered:
    """The files of one pipeline, each read once."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._files = frozenset(inputs.files)
        self._read: dict[str, GitlabFile | None] = {}
        self.uses: list[Use] = []
        self.not_resolved: list[Open] = []

    def merged(self, path: str) -> Node | None:
        """The top mapping of a file over those that it includes; None where the file itself cannot be read."""
        if path in self._read or len(self._read) >= MOST_FILES:
            return NOTHING
        self._read[path] = found = self._inputs.parse(path, gitlab_ci.parse)
        if found is None:
            return None
        result = NOTHING
        for include in found.includes:
            result = self._over(result, include, path)
        return gitlab_ci.merged(result, in_file(found.top, path)) if result else in_file(found.top, path)

    def _over(self, lower: Node, include: Include, path: str) -> Node:
        """What was included so far, and over it what this include brings."""
        files = self._local(include.value) if include.kind == "local" else []
        known = files[0] if len(files) == 1 else None
        kind = f"{include.kind} include"
        self.uses.append(Use(kind, include.value, include.ref, include.line, file=path, found=known))
        if not files:
            what = "local include that is not there" if include.kind == "local" else kind
            what = "computed include" if is_computed(include.value) else what
            self.not_resolved.append(Open(what, include.value, include.line, path))
        for file in files:
            upper = self.merged(file)
            if upper:
                lower = gitlab_ci.merged(lower, upper) if lower else upper
        return lower

    def _local(self, value: str) -> list[str]:
        written = value.lstrip("/")
        if "*" in written:
            if not _GLOB.fullmatch(written):
                return []
            pattern = re.sub(r"\*\*(?!/)", "**/*", re.sub(r"\*{3,}", "**", written))
            return list(self._inputs.matching(pattern))
        found = None if is_computed(value) else under("", written)
        return [found] if found in self._files else []

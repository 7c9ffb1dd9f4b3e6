"""How a pipeline and its jobs are shown in the slice."""

from typing import Any

from codegenie.formats.pipelines import Job, Matrix, Permissions, Pipeline, Trigger, Use, pin_of, short

from ._ci_matrix import values_of

JOBS = 200  # of one pipeline; the count says how many there are
COMBINATIONS = 40  # of one matrix; likewise
VALUES = 100  # of one filter of a trigger, one list of parameters


def pipeline_facts(path: str, provider: str, pipeline: Pipeline, jobs: list[dict[str, Any]]) -> dict[str, Any]:
    """A pipeline with the facts of its jobs."""
    return {
        "provider": provider,
        "path": path,
        "kind": pipeline.kind,
        "name": pipeline.name,
        "triggers": [trigger_facts(trigger, path) for trigger in pipeline.triggers],
        "stages": list(pipeline.stages),
        "parameters": list(pipeline.parameters)[:VALUES],
        "permissions": permission_facts(pipeline.permissions),
        "concurrency": pipeline.concurrency,
        "shell": pipeline.shell,
        "job_count": len(jobs),
        "jobs": jobs[:JOBS],
    }


def job_facts(job: Job, path: str, does: list[str], calls: dict[str, Any] | None) -> dict[str, Any]:
    """A job; `does` is what its commands do."""
    at = job.path or path
    return {
        "name": job.name,
        "title": job.title,
        "path": at,
        "line": job.line or None,
        "stage": job.stage,
        "runner": runner_facts(job, at),
        "images": [
            {"role": image.role, "image": image.name, "path": image.file or at, "line": image.line or None}
            for image in job.images
        ],
        "services": list(job.services)[:VALUES],
        "matrix": matrix_facts(job.matrix),
        "needs": list(job.needs)[:VALUES],
        "condition": job.condition,
        "triggers": [trigger_facts(trigger, at) for trigger in job.triggers],
        "environment": job.environment,
        "permissions": permission_facts(job.permissions),
        "concurrency": job.concurrency,
        "calls": calls,
        "does": does,
        "commands": sum(len(step.commands) for step in job.steps),
        "uses": sum(step.uses is not None for step in job.steps),
        "scripts_not_read": sum(step.unread for step in job.steps),
        "allowed_to_fail": job.allowed_to_fail,
    }


def runner_facts(job: Job, path: str) -> dict[str, Any] | None:
    """What the job runs on, as written and made out; None where it does not say."""
    if not job.runner:
        return None
    made = [values_of(label, job.matrix) for label in job.runner]
    labels = {value for values in made for value in values or ()}
    return {
        "written": list(job.runner),
        "labels": None if None in made else sorted(labels),
        "path": job.runner_file or path,
        "line": job.runner_line,
    }


def matrix_facts(matrix: Matrix | None) -> dict[str, Any] | None:
    """A matrix as written, and its combinations."""
    if matrix is None:
        return None
    rows = None if matrix.combinations is None else [list(row) for row in matrix.combinations[:COMBINATIONS]]
    return {
        "line": matrix.line or None,
        "written": [{"name": name, "value": value} for name, value in matrix.written],
        "names": list(matrix.names),
        "count": matrix.size,
        "combinations": rows,
    }


def permission_facts(permissions: Permissions | None) -> dict[str, Any] | None:
    """The permissions of a token; None where nothing is said."""
    if permissions is None:
        return None
    return {
        "line": permissions.line,
        "every": permissions.every,
        "scopes": [{"scope": scope, "access": access} for scope, access in sorted(permissions.scopes)],
    }


def trigger_facts(trigger: Trigger, path: str) -> dict[str, Any]:
    """An event and its filters."""
    return {
        "event": trigger.event,
        "path": trigger.file or path,
        "line": trigger.line or None,
        "filters": [
            {"name": name, "values": [short(value) for value in values[:VALUES]]} for name, values in trigger.filters
        ],
    }


def pin(use: Use) -> str | None:
    """How what is used is pinned."""
    if use.kind in ("local", "docker"):
        return use.kind
    return pin_of(use.ref)

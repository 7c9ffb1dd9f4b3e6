"""What a probe's task writes: the envelope with its slice, and the artifacts beside it."""

import json
import os
from collections.abc import Sequence
from typing import Any

from codegenie.errors import CodegenieError
from codegenie.probe import Probe
from codegenie.state import State
from codegenie.text import lined

ABSENT = "absent"
"""The digest of a target that is not there."""

TARGET_CAP = 256 << 20


def targets_of(state: State, probe: Probe) -> tuple[str, ...]:
    """What a probe answers, on disk: its slice, and its artifacts in the order of their names."""
    return (state.raw(probe.name), *(state.artifact(probe.name, name) for name in probe.artifacts))


def write_target(state: State, path: str, content: bytes, *, durable: bool = False) -> None:
    """Replace a target if it says anything new.  Raises CodegenieError; the old one then stands."""
    if state.read(path, TARGET_CAP) == content:
        return
    try:
        state.write(path, content, durable=durable)
    except OSError as error:
        what = error.strerror or "failed"
        raise CodegenieError(f"cannot write {path} ({what}); free space, or choose another place with out=") from None


def target_digests(state: State, paths: Sequence[str]) -> list[str]:
    """The digests of targets as they stand on disk now, `absent` where there is none; remembered for no other run."""
    return [found or ABSENT for found in state.proofs.of(paths, TARGET_CAP)]


def read_target(state: State, slice_name: str) -> dict[str, Any]:
    """The envelope in a probe's target: what `envelope_of` makes.

    Raises CodegenieError where there is none; the steps before have just written or verified it.
    """
    return read_whole_target(state, slice_name)[0]


def read_whole_target(state: State, slice_name: str) -> tuple[dict[str, Any], bytes]:
    """The envelope, as `read_target` gives it, and the bytes that it stands in."""
    path = state.raw(slice_name)
    content = state.read(path, TARGET_CAP) or b""
    try:
        return json.loads(content), content
    except ValueError:
        raise CodegenieError(f"{path} is missing or damaged; run the gather again") from None


def succeeded(state: State, slice_name: str) -> bool:
    """Whether there is a slice that others may require."""
    return os.path.exists(state.raw(slice_name)) and read_target(state, slice_name)["outcome"] == "succeeded"


def envelope_of(
    probe: Probe,
    outcome: str,
    *,
    slice: dict[str, Any] | None = None,  # noqa: A002 - the field's name
    confidence: str = "low",
    warnings: list[str] | None = None,
    highlights: list[list[str]] | None = None,
    errors: list[str] | None = None,
    skipped: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """How a slice came about, and what it is."""
    return {
        "probe": probe.name,
        "version": probe.version,
        "outcome": outcome,
        "confidence": confidence,
        "warnings": warnings or [],
        "highlights": highlights or [],
        "errors": errors or [],
        "skipped": skipped or [],
        "slice": slice,
    }


def written(envelope: dict[str, Any]) -> bytes:
    """The envelope as it stands in the target: a line for each of its fields, and for each of the slice."""
    return lined(envelope, 2).encode() + b"\n"

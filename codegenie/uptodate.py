"""Up to date means one thing: succeeded last time, on the same key, and the targets still say what they said."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from codegenie.hashing import digest_of
from codegenie.settings import Settings
from codegenie.state import State
from codegenie.targets import ABSENT, target_digests

KEY_FORMAT = "codegenie-key 1"
SUCCEEDED = ("ran", "restored")

Values = dict[str, Any]
"""What doit keeps of a task: outcome, key, parts, targets, milliseconds, why, at."""


class Run(Protocol):
    """What a work is part of."""

    settings: Settings
    state: State
    started_at: float


class Work(Protocol):
    """What is up to date or not: a probe's step, or the merge."""

    why: str

    @property
    def gather(self) -> Run:
        """The run that it is part of."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The files that it writes."""

    def parts(self) -> dict[str, str]:
        """The digests of what the targets depend on, by what a person would call them."""


def key_of(parts: Mapping[str, str]) -> str:
    """The cache key: one digest of all that an answer depends on."""
    return digest_of([KEY_FORMAT, *parts.values()])


def is_current(values: Values, work: Work) -> bool:
    """The one truth of up to date: succeeded last time, on the same key, and the targets still say what they said.

    Sets `work.why` to the reason when it is not so.
    """
    work.why = _why_not(values, work)
    return not work.why


def record(work: Work, outcome: str, began: float, *, settled: bool = True) -> Values:
    """What doit keeps of a task that was executed, for `is_current` to compare with next time."""
    parts = work.parts()
    return {
        "outcome": outcome,
        "key": key_of(parts) if settled else "unsettled",
        "parts": parts,
        "targets": target_digests(work.gather.state, work.targets),
        "milliseconds": round((time.monotonic() - began) * 1000, 1),
        "why": work.why,
        "at": time.time(),
    }


def _why_not(values: Values, work: Work) -> str:
    if not values:
        return "not gathered before"
    if values.get("outcome") not in SUCCEEDED:
        return f"{values.get('outcome')} last time"
    then, now = values.get("parts", {}), work.parts()
    if changed := [name for name in now if then.get(name) != now[name]]:
        return f"{' and '.join(changed)} changed"
    if values.get("key") != key_of(now):
        return "inputs were being edited last time"
    ttl = work.gather.settings.cache_ttl
    if ttl and work.gather.started_at - values.get("at", 0.0) > ttl:
        return "older than the time to live"
    found = target_digests(work.gather.state, work.targets)
    if found != values.get("targets"):
        return "a target is missing" if ABSENT in found else "a target was changed"
    return ""

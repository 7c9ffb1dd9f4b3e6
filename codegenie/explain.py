"""Where a fact comes from: its value and evidence, the probe that gave it, what that read, and when."""

import json
import os
import sqlite3
from datetime import UTC, datetime
from typing import Any

from codegenie import inventory
from codegenie.declarations import declarations
from codegenie.errors import CodegenieError
from codegenie.hashing import unsealed
from codegenie.redaction import publishable
from codegenie.settings import Settings
from codegenie.state import State, look
from codegenie.targets import read_target, target_digests, targets_of
from codegenie.text import escaped

SHOWN_INPUTS = 20


def explained(fact: str, settings: Settings) -> dict[str, Any]:
    """What is known of `slice` or `slice.field.field`; list items by number.  Raises CodegenieError."""
    name, _, field = fact.partition(".")
    state, trusted = look(settings)
    known = {probe.name: probe for probe in declarations(state.home, keep=False)}
    if name not in known:
        raise CodegenieError(f"there is no slice {name!r}; there are: {', '.join(known)}")
    if not trusted or not os.path.exists(state.raw(name)):
        raise CodegenieError(f"{name} was not gathered yet; run: codegenie gather {settings.repo}")
    values = _values(state, f"probe:{name}")
    if values.get("targets") != target_digests(state, targets_of(state, known[name])):
        raise CodegenieError(f"{name} was changed since it was gathered; run: codegenie gather {settings.repo}")
    envelope = read_target(state, name)
    probe = known[name]
    taken = inventory.take(settings.repo, exclude=settings.exclude, max_files=settings.max_files)
    listed = taken.matching(probe.declared_inputs)
    files = publishable([path for path in listed if os.path.lexists(os.path.join(settings.repo, path))])
    return {
        "fact": fact,
        "value": _field(envelope["slice"], field, name),
        "confidence": envelope["confidence"],
        "errors": envelope["errors"],
        "probe": f"{name} {envelope['version']}",
        "key": values.get("key", "unknown"),
        "inputs": [
            *files[:SHOWN_INPUTS],
            *([f"... and {len(files) - SHOWN_INPUTS} more"] if files[SHOWN_INPUTS:] else []),
        ],
        "declared": list(probe.declared_inputs),
        "requires": list(probe.requires),
        "when": _moment(values.get("at")),
        "outcome": values.get("outcome", "unknown"),
    }


def _field(value: Any, path: str, name: str) -> Any:
    for step in path.split(".") if path else ():
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            there = (
                escaped(", ".join(value))
                if isinstance(value, dict)
                else f"{len(value)} items"
                if isinstance(value, list)
                else "nothing"
            )
            raise CodegenieError(f"{name} has no {path!r}: at {step!r} there is {there}")
    return value


def _values(state: State, task: str) -> dict[str, Any]:
    """What doit keeps of a task; nothing where there is no database, or none that can be read."""
    try:
        connection = sqlite3.connect(f"file:{state.database}?mode=ro", uri=True)
        try:
            row = connection.execute("select task_data from doit where task_id = ?", (task,)).fetchone()
        finally:
            connection.close()
        values: dict[str, Any] = json.loads(unsealed(row[0], state.secret) or "{}")["_values_:"] if row else {}
    except (sqlite3.Error, AttributeError, ValueError, KeyError, TypeError):
        return {}
    return values


def _moment(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else "unknown"

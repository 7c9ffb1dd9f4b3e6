"""Lockfiles: whose they are, and the version of their format, which stands near their beginning."""

import re
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.probe import ProbeInputs

LOCKFILES = {
    "npm-shrinkwrap.json": "npm",
    "package-lock.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
"""Lockfile names and their tools; npm reads npm-shrinkwrap.json before package-lock.json, bun the text form first."""

_HEAD = 4096  # bytes
_FORMATS = {
    "npm": lazily(rb'"lockfileVersion"\s*:\s*([0-9]{1,9})'),
    "pnpm": lazily(rb"""^lockfileVersion:\s*['"]?([0-9.]{1,20})""", re.MULTILINE),
    "yarn": lazily(rb"^# yarn lockfile v([0-9]{1,9})|^__metadata:\s+version: ([0-9]{1,9})", re.MULTILINE),
    "bun": lazily(rb'"lockfileVersion"\s*:\s*([0-9]{1,9})|bun-lockfile-format-v([0-9]{1,9})'),
}


class Lockfile(NamedTuple):
    """One lockfile; `flavor` tells yarn classic from berry, `format` is None where the beginning does not say."""

    path: str
    tool: str
    flavor: str | None
    format: str | None
    line: int | None


def lockfiles(inputs: ProbeInputs) -> dict[str, list[Lockfile]]:
    """Every lockfile by its directory, in the order of LOCKFILES."""
    heads = inputs.scan(_read, inputs.matching(*(f"**/{name}" for name in LOCKFILES)), limit=_HEAD)
    found: dict[str, list[Lockfile]] = {}
    for path, head in heads.items():
        directory, _, name = path.rpartition("/")
        found.setdefault(directory, []).append(Lockfile(path=path, tool=LOCKFILES[name], **head))
    order = list(LOCKFILES)
    for group in found.values():
        group.sort(key=lambda lockfile: order.index(lockfile.path.rpartition("/")[2]))
    return found


def _read(path: str, head: bytes) -> dict[str, Any]:
    tool = LOCKFILES[path.rpartition("/")[2]]
    found = _FORMATS[tool].search(head)
    flavor = None
    if tool == "yarn" and found:
        flavor = "classic" if found[1] else "berry"
    at = 1 + head.count(b"\n", 0, found.start(found.lastindex or 0)) if found else None
    number = (found[found.lastindex or 0]).decode() if found else None
    return {"flavor": flavor, "format": number, "line": None if path.endswith(".lockb") else at}

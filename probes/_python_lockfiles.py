"""Lockfiles of Python projects: whose they are, and the version of their format."""

import re
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.probe import READ_CAP, ProbeInputs

from ._paths import parent

LOCKFILES = {
    "uv.lock": "uv",
    "poetry.lock": "poetry",
    "pdm.lock": "pdm",
    "Pipfile.lock": "pipenv",
    "pixi.lock": "pixi",
    "conda-lock.yml": "conda",
    "pylock.toml": "pip",
}
"""Lockfile names and the tools that install from them; pylock.toml (PEP 751) is for any, and pip is one."""

FILES = (*(f"**/{name}" for name in LOCKFILES), "**/pylock.*.toml", "**/requirements*.lock")
NAMED_PYLOCK = lazily(r"pylock\.[^./]+\.toml")
RYE = lazily(r"requirements(?:-dev)?\.lock")

_FORMATS = {
    "uv": lazily(rb"^version = ([0-9]{1,9})", re.MULTILINE),
    "poetry": lazily(rb'^lock-version = "([0-9.]{1,20})"', re.MULTILINE),
    "pdm": lazily(rb'^lock_version = "([0-9.]{1,20})"', re.MULTILINE),
    "pipenv": lazily(rb'"pipfile-spec"\s{0,9}:\s{0,9}([0-9]{1,9})'),
    "pixi": lazily(rb"^version: ([0-9]{1,9})", re.MULTILINE),
    "conda": lazily(rb"^version: ([0-9]{1,9})", re.MULTILINE),
    "pip": lazily(rb"""^lock-version\s{0,9}=\s{0,9}["']([0-9.]{1,20})["']""", re.MULTILINE),
}
_CREATOR = lazily(rb"""^created-by\s{0,9}=\s{0,9}["']([\w-]{1,30})["']""", re.MULTILINE)


class Lockfile(NamedTuple):
    """One lockfile; `format` is None where it does not say, or says so only at the end of a file over 1 MiB."""

    path: str
    tool: str
    format: str | None
    line: int | None
    creator: str | None = None
    """What wrote a pylock.toml."""


def lockfiles(inputs: ProbeInputs) -> dict[str, list[Lockfile]]:
    """Every lockfile that is one by its name, by its directory, in the order of LOCKFILES."""
    heads = inputs.scan(_read, [path for path in inputs.matching(*FILES) if tool_of(path)], limit=READ_CAP)
    found: dict[str, list[Lockfile]] = {}
    for path, head in heads.items():
        found.setdefault(parent(path), []).append(Lockfile(path, tool_of(path) or "", **head))
    order = list(LOCKFILES.values())
    for group in found.values():
        group.sort(key=lambda lockfile: (order.index(lockfile.tool) if lockfile.tool in order else 99, lockfile.path))
    return found


def tool_of(path: str) -> str | None:
    """The tool of a lockfile by its name; None for any other file."""
    name = path.rpartition("/")[2]
    if NAMED_PYLOCK.fullmatch(name):
        return "pip"
    return "rye" if RYE.fullmatch(name) else LOCKFILES.get(name)


def _read(path: str, head: bytes) -> dict[str, Any]:
    pattern = _FORMATS.get(tool_of(path) or "")
    found = pattern.search(head) if pattern else None
    line = 1 + head.count(b"\n", 0, found.start()) if found else None
    creator = _CREATOR.search(head) if pattern is _FORMATS["pip"] else None
    return {
        "format": found[1].decode() if found else None,
        "line": line,
        "creator": creator[1].decode() if creator else None,
    }

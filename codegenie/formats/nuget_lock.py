"""packages.lock.json: the packages that NuGet pins, by target framework."""

import re
from typing import Any, NamedTuple

from codegenie.formats.json_text import load_object
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_PACKAGES = 200_000

# NuGet writes two spaces a level: frameworks stand at the second level, packages at the third.
_KEY = lazily(r'^( {4}| {6})"([^"\\\n]{1,300})": \{', re.MULTILINE)


class Locked(NamedTuple):
    """One package under one framework; `type` is Direct, Transitive, CentralTransitive or Project."""

    framework: str
    name: str
    type: str
    requested: str | None
    resolved: str | None
    hash: str | None
    requires: tuple[str, ...]
    line: int | None


class NuGetLock(NamedTuple):
    """The version of the format, and the packages in the order of the file."""

    version: str
    packages: tuple[Locked, ...]


def parse(content: bytes) -> NuGetLock:
    """Read a lockfile.  Raises Unparsable."""
    value = load_object(content)
    frameworks = value.get("dependencies")
    version = value.get("version")
    if not isinstance(version, int) or not isinstance(frameworks, dict | None):
        raise Unparsable("not a lockfile of NuGet")
    lines = _lines(text_of(content))
    found: list[Locked] = []
    for framework, packages in (frameworks or {}).items():
        for name, facts in packages.items() if isinstance(packages, dict) else ():
            if isinstance(facts, dict):
                found.append(_locked(framework, name, facts, lines.get((framework, name))))
        if len(found) > MOST_PACKAGES:
            raise Unparsable(f"more than {MOST_PACKAGES} packages")
    return NuGetLock(str(version), tuple(found))


def _locked(framework: str, name: str, facts: dict[str, Any], line: int | None) -> Locked:
    requires = facts.get("dependencies")
    return Locked(
        framework,
        name,
        _text(facts, "type") or "",
        _text(facts, "requested"),
        _text(facts, "resolved"),
        _text(facts, "contentHash"),
        tuple(requires) if isinstance(requires, dict) else (),
        line,
    )


def _text(facts: dict[str, Any], name: str) -> str | None:
    found = facts.get(name)
    return found if isinstance(found, str) else None


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The lines of packages in a file as NuGet writes it; of one that was written otherwise there are none."""
    found: dict[tuple[str, str], int] = {}
    framework, line, counted = "", 1, 0
    for key in _KEY.finditer(text):
        line, counted = line + text.count("\n", counted, key.start()), key.start()
        if len(key[1]) == 4:
            framework = key[2]
        else:
            found[framework, key[2]] = line
    return found

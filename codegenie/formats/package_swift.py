"""Package.swift, as far as it is a list: dependencies and targets that stand there as literals; it is never run."""

import re
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

MOST_ENTRIES = 5000

_BLANK = lazily(r'//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|("(?:[^"\\\n]++|\\.)*+"?)', re.DOTALL)
_TOOLS = lazily(r"\A\s{0,100}//[ \t]{0,10}swift-tools-version:?[ \t]{0,10}([0-9][0-9.]{0,20})", re.IGNORECASE)
_NAME = lazily(r'\bPackage\(\s*+name:\s*+"([^"\\\n]{1,200})"')
_CALL = lazily(
    r"\.(package|target|executableTarget|testTarget|macro|plugin|binaryTarget|systemLibrary|executable|library)\("
)
_FIELD = lazily(r'\b(name|url|path|from|exact|branch|revision|id)\s*+:\s*+"([^"\\\n]{0,300})"')
_RANGE = lazily(r'"([0-9][^"\\\n]{0,40})"\s*+(\.\.[.<])\s*+"([0-9][^"\\\n]{0,40})"')
_WITHIN = lazily(r'\.(upToNextMajor|upToNextMinor|exact|branch|revision)\((?:from:\s*+)?"([^"\\\n]{1,100})"\)')
_LONGEST = 600  # characters of one call that are looked at

_TARGETS: dict[str, Literal["binary", "library", "test"]] = {
    "target": "library",
    "executableTarget": "binary",
    "testTarget": "test",
}


class SwiftDependency(NamedTuple):
    """One package, by its address, its path, or its identity in a registry."""

    address: str
    constraint: str | None
    source: Literal["git", "path", "registry"]
    line: int


class SwiftTarget(NamedTuple):
    """One target."""

    name: str
    kind: Literal["binary", "library", "test"]
    line: int


class PackageSwift(NamedTuple):
    """The file.  `computed` counts the dependencies of which no literal says where they come from."""

    tools_version: str | None
    tools_line: int | None
    name: str | None
    dependencies: tuple[SwiftDependency, ...]
    targets: tuple[SwiftTarget, ...]
    computed: int


def parse(content: bytes) -> PackageSwift:
    """Read the file; any text is one."""
    written = text_of(content)
    text = _BLANK.sub(lambda found: found[1] or re.sub(r"[^\n]", " ", found[0]), written)
    dependencies: list[SwiftDependency] = []
    targets: dict[str, SwiftTarget] = {}
    computed, line, counted = 0, 1, 0
    calls = list(_CALL.finditer(text))[:MOST_ENTRIES]
    for at, found in enumerate(calls):
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        end = calls[at + 1].start() if at + 1 < len(calls) else len(text)
        inside = text[found.end() : min(end, found.end() + _LONGEST)]
        fields = dict(reversed(_FIELD.findall(inside)))
        if found[1] in _TARGETS and "name" in fields:
            targets.setdefault(fields["name"], SwiftTarget(fields["name"], _TARGETS[found[1]], line))
        elif found[1] == "package":
            dependency = _dependency(fields, inside, line)
            if dependency is not None:
                dependencies.append(dependency)
            elif not fields.get("name") and "name:" not in inside:
                computed += 1
    tools, name = _TOOLS.match(written), _NAME.search(text)
    return PackageSwift(
        tools_version=tools[1] if tools else None,
        tools_line=1 + written.count("\n", 0, tools.start(1)) if tools else None,
        name=name[1] if name else None,
        dependencies=tuple(dependencies),
        targets=tuple(targets.values()),
        computed=computed,
    )


def _dependency(fields: dict[str, str], inside: str, line: int) -> SwiftDependency | None:
    if "url" in fields:
        return SwiftDependency(fields["url"], _constraint(fields, inside), "git", line)
    if "path" in fields:
        return SwiftDependency(fields["path"], None, "path", line)
    if "id" in fields:
        return SwiftDependency(fields["id"], _constraint(fields, inside), "registry", line)
    return None


def _constraint(fields: dict[str, str], inside: str) -> str | None:
    if within := _WITHIN.search(inside):
        return f"{within[1]}: {within[2]}"
    if found := _RANGE.search(inside):
        return f"{found[1]}{found[2]}{found[3]}"
    return next((f"{name}: {fields[name]}" for name in ("from", "exact", "branch", "revision") if name in fields), None)

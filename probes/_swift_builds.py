"""How each Swift package is built and tested."""

from typing import Any

from codegenie.formats import package_swift
from codegenie.formats.package_swift import PackageSwift
from codegenie.probe import ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._manifest import requirement_facts
from ._paths import parent, shown
from ._places import beside, places
from ._swift_manifests import requirements_of


def builds(inputs: ProbeInputs) -> Builds:
    """The packages."""
    found = places(inputs, "Package.swift", "Package.resolved")
    read = {path: inputs.parse(path, package_swift.parse) for path in found.paths}
    listed = [_facts(inputs, path, each) for path, each in read.items() if each]
    doubtful = any(each and each.computed for each in read.values())
    return Builds(listed, found.apart, ("medium" if doubtful else "high") if listed else None, [])


def _facts(inputs: ProbeInputs, path: str, read: PackageSwift) -> dict[str, Any]:
    directory = parent(path)
    lock, lint = beside(directory, "Package.resolved"), beside(directory, ".swiftlint.yml")
    asked = requirements_of(read)
    test = next((target for target in read.targets if target.kind == "test"), None)
    return project(
        shown(directory),
        "swift",
        name=read.name,
        tool=tool(
            "swift",
            "manifest",
            version_constraint=read.tools_version,
            constraints=[
                {"constraint": each.constraint, "how": each.field, "path": path, "line": each.line} for each in asked
            ],
            evidence=[{"tool": "swift", "how": "manifest", "path": path, "line": None}],
        ),
        lockfiles=[{"path": lock, "tool": "swift", "flavor": None, "format": None, "line": None}]
        if lock in inputs
        else [],
        commands=commands(
            "swift",
            install=command("swift package resolve", lock if lock in inputs else path),
            build=command("swift build", path),
            test=command("swift test", path, test.line) if test else None,
            lint=command("swiftlint", lint) if lint in inputs else None,
        ),
        engines=[requirement_facts(each) for each in asked],
        targets=[
            {"name": each.name, "kind": each.kind, "how": "declared", "path": path, "line": each.line}
            for each in sorted(read.targets, key=lambda target: target.name)
        ],
    )

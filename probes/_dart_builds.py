"""How each Dart or Flutter package is resolved, tested and analysed."""

from typing import Any

from codegenie.probe import ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._dart_manifests import Package, packages, requirements_of
from ._manifest import requirement_facts
from ._paths import parent, shown
from ._places import beside


def builds(inputs: ProbeInputs) -> Builds:
    """The packages, but for members of workspaces."""
    listed, apart = packages(inputs)
    roots = [package for package in listed if package.project == parent(package.path)]
    tests = {path.partition("/test/")[0] if "/test/" in path else "" for path in inputs.paths
             if path.endswith("_test.dart") and ("/test/" in path or path.startswith("test/"))}  # fmt: skip
    members = {package.project: [each for each in listed if each.project == package.project] for package in roots}
    found = [_facts(inputs, package, members[package.project], tests) for package in roots]
    return Builds(found, apart, "high" if found else None, [])


def _facts(inputs: ProbeInputs, package: Package, members: list[Package], tests: set[str]) -> dict[str, Any]:
    directory, spec = parent(package.path), package.spec
    lock, options = beside(directory, "pubspec.lock"), beside(directory, "analysis_options.yaml")
    flutter = any(each.source == "sdk" and each.name == "flutter" for each in spec.dependencies)
    program = "flutter" if flutter else "dart"
    asked = requirements_of(spec)
    because = lock if lock in inputs else package.path
    enforced = " --enforce-lockfile" if lock in inputs else ""
    return project(
        shown(directory),
        "dart",
        name=spec.name,
        version=spec.version,
        private=None if spec.publish_line is None else not spec.published,
        tool=tool(
            program,
            "lockfile" if lock in inputs else "manifest",
            constraints=[
                {"constraint": each.constraint, "how": each.field, "path": package.path, "line": each.line}
                for each in asked
                if each.name == program
            ],
            version_constraint=next((each.constraint for each in asked if each.name == program), None),
            evidence=[{"tool": program, "how": "manifest", "path": package.path, "line": None}],
        ),
        lockfiles=[{"path": lock, "tool": "pub", "flavor": None, "format": None, "line": None}]
        if lock in inputs
        else [],
        commands=commands(
            program,
            install=command(f"{program} pub get{enforced}", because),
            test=command(f"{program} test", beside(directory, "test")) if directory in tests else None,
            lint=command(f"{program} analyze", options) if options in inputs else None,
        ),
        engines=[requirement_facts(each) for each in asked],
        workspaces=_workspace(package, members),
        targets=[
            {"name": name, "kind": "binary", "how": "declared", "path": package.path, "line": spec.executables_line}
            for name in sorted(spec.executables)
        ],
    )


def _workspace(package: Package, members: list[Package]) -> dict[str, Any] | None:
    if package.members is None:
        return None
    return {
        "declared_by": "pubspec.yaml",
        "path": package.path,
        "line": package.spec.workspace_line,
        "patterns": list(package.spec.workspace),
        "patterns_without_members": list(package.members.idle),
        "members": [
            {
                "path": shown(parent(each.path)),
                "name": each.spec.name,
                "version": each.spec.version,
                "private": None if each.spec.publish_line is None else not each.spec.published,
                "scripts": [],
            }
            for each in members
            if each is not package
        ],
    }

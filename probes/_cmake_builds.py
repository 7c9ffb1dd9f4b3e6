"""How each CMake project is configured, built and tested."""

from typing import Any

from codegenie.formats import cmake_presets
from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._cmake_layout import MOST_PROJECTS, Tree, layout
from ._cmake_manifests import requirements_of
from ._manifest import requirement_facts
from ._paths import ancestors, shown

MOST_TARGETS = 2000  # of one project

_PRESETS = {
    "configure": "cmake --preset {}",
    "build": "cmake --build --preset {}",
    "test": "ctest --preset {}",
    "workflow": "cmake --workflow --preset {}",
}


def builds(inputs: ProbeInputs) -> Builds:
    """The CMake projects."""
    found = layout(inputs)
    warnings = []
    if found.more:
        warnings.append(
            f"of CMake's projects the {MOST_PROJECTS} nearest to the root are read, {found.more} more are not"
        )
    return Builds([_facts(inputs, tree) for tree in found.projects], found.apart, _confidence(found.projects), warnings)


def _facts(inputs: ProbeInputs, tree: Tree) -> dict[str, Any]:
    manifest = tree.at("CMakeLists.txt")
    named = tree.named
    asked = requirements_of(tree)
    constraints = [
        {"constraint": each.constraint, "how": each.field, "path": manifest, "line": each.line}
        for each in asked
        if each.name == "cmake"
    ]
    return project(
        shown(tree.directory),
        "cmake",
        name=named.name if named and "name" not in named.computed else None,
        version=named.version if named else None,
        tool=tool(
            "cmake",
            "manifest",
            version_constraint=constraints[0]["constraint"] if constraints else None,
            constraints=constraints,
            evidence=[{"tool": "cmake", "how": "manifest", "path": manifest, "line": None}],
        ),
        commands=_commands(tree, manifest),
        scripts=_presets(inputs, tree.at("CMakePresets.json")),
        engines=[requirement_facts(each) for each in asked],
        targets=_targets(tree),
    )


def _commands(tree: Tree, manifest: str) -> dict[str, Any]:
    """Out of the sources, as the manual has it: https://cmake.org/cmake/help/latest/manual/cmake.1.html"""
    if tree.root is None:
        return commands("cmake")
    testing = next(((path, read.testing_line) for path, read in tree.files if read.testing_line), None)
    return commands(
        "cmake",
        build=command("cmake -S . -B build && cmake --build build", manifest),
        test=command("ctest --test-dir build", *testing) if testing else None,
    )


def _presets(inputs: ProbeInputs, path: str) -> list[dict[str, Any]]:
    read = inputs.parse(path, cmake_presets.parse) if path in inputs else None
    rows = [
        {"name": f"{each.kind}:{each.name}", "command": _PRESETS[each.kind].format(each.name), "runs_with": None,
         "path": path, "line": each.line}
        for each in (read.presets if read else ())
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["name"]))


def _targets(tree: Tree) -> list[dict[str, Any]]:
    rows = [
        {"name": each.name, "kind": each.kind, "how": "declared", "path": path, "line": each.line}
        for path, read in tree.files
        for each in read.targets
    ]
    return sorted(rows, key=lambda row: (str(row["name"]), str(row["kind"]), str(row["path"]), row["line"]))[
        :MOST_TARGETS
    ]


def _confidence(projects: list[Tree]) -> Confidence | None:
    """Low where the outermost file cannot be read, medium where it names what it builds by variables."""
    if not projects:
        return None
    roots = {tree.directory for tree in projects}
    outermost = [tree for tree in projects if roots.isdisjoint(ancestors(tree.directory))]
    if any(tree.root is None for tree in outermost):
        return "low"
    return "medium" if any(read.computed for tree in outermost for _, read in tree.files) else "high"

"""How each Bazel workspace is built and tested."""

from typing import Any

from codegenie.formats import bazelrc, plain_line
from codegenie.probe import Confidence, ProbeInputs

from ._bazel_layout import LOCKFILE, Root, layout
from ._bazel_manifests import requirements_of
from ._builds import Builds, command, commands, project, tool
from ._manifest import requirement_facts
from ._paths import ancestors, shown


def builds(inputs: ProbeInputs) -> Builds:
    """The workspaces."""
    found = layout(inputs)
    return Builds([_facts(inputs, root) for root in found.roots], found.apart, _confidence(found.roots), [])


def _facts(inputs: ProbeInputs, root: Root) -> dict[str, Any]:
    manifest, read = root.files[0]
    version_path, lock, rc_path = root.at(".bazelversion"), root.at(LOCKFILE), root.at(".bazelrc")
    version = inputs.parse(version_path, plain_line.parse) if version_path in inputs else None
    rc = inputs.parse(rc_path, bazelrc.parse) if rc_path in inputs else None
    asked = requirements_of(read) if read else []
    constraints = []
    if version:
        constraints.append(
            {"constraint": version.text, "how": ".bazelversion", "path": version_path, "line": version.line}
        )
    constraints += [
        {"constraint": each.constraint, "how": each.field, "path": manifest, "line": each.line} for each in asked
    ]
    tested = dict(rc.commands).get("test") if rc else None
    return project(
        shown(root.directory),
        "bazel",
        name=read.name if read else None,
        version=read.version if read else None,
        tool=tool(
            "bazel",
            "manifest",
            version_constraint=constraints[0]["constraint"] if constraints else None,
            constraints=constraints,
            evidence=[{"tool": "bazel", "how": "manifest", "path": path, "line": None} for path, _ in root.files],
        ),
        lockfiles=[{"path": lock, "tool": "bazel", "flavor": None, "format": None, "line": None}]
        if lock in inputs
        else [],
        commands=commands(
            "bazel",
            build=command("bazel build //...", manifest),
            test=command("bazel test //...", rc_path, tested) if tested else None,
        ),
        scripts=[
            {"name": f"{each.command}:{each.name}", "command": f"bazel {_verb(each.command)} --config={each.name}",
             "runs_with": None, "path": rc_path, "line": each.line}
            for each in sorted(rc.configs if rc else (), key=lambda each: (each.command, each.name))
        ],
        engines=[
            requirement_facts(each) for each in asked
        ],
    )  # fmt: skip


def _verb(command_name: str) -> str:
    """`common` and `startup` are no commands of their own."""
    return command_name if command_name in ("build", "test", "run", "coverage", "query") else "build"


def _confidence(roots: list[Root]) -> Confidence | None:
    """Low where the outermost file cannot be read, medium where a part of it is computed or stands elsewhere."""
    if not roots:
        return None
    places = {root.directory for root in roots}
    outermost = [root for root in roots if places.isdisjoint(ancestors(root.directory))]
    if any(root.first is None for root in outermost):
        return "low"
    return (
        "medium" if any(root.first and (root.first.computed or root.first.includes) for root in outermost) else "high"
    )

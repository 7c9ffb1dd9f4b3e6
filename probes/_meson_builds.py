"""How each Meson project is configured, built and tested."""

from typing import Any

from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._manifest import requirement_facts
from ._meson_layout import Tree, layout
from ._meson_manifests import requirements_of
from ._paths import shown

MOST_TARGETS = 2000  # of one project


def builds(inputs: ProbeInputs) -> Builds:
    """The Meson projects; in doubt where they name what they build by variables."""
    found = layout(inputs)
    confidence: Confidence | None = "high" if found.projects else None
    if any(read.computed for tree in found.projects for _, read in tree.files):
        confidence = "medium"
    return Builds([_facts(tree) for tree in found.projects], found.apart, confidence, [])


def _facts(tree: Tree) -> dict[str, Any]:
    """Commands as https://mesonbuild.com/Quick-guide.html has them."""
    asked = requirements_of(tree)
    targets = [(path, each) for path, read in tree.files for each in read.targets]
    test = next(((path, each.line) for path, each in targets if each.kind == "test"), None)
    rows = [
        {"name": each.name, "kind": each.kind, "how": "declared", "path": path, "line": each.line}
        for path, each in targets
    ]
    return project(
        shown(tree.directory),
        "meson",
        name=tree.root.name,
        version=tree.root.version,
        tool=tool(
            "meson",
            "manifest",
            version_constraint=tree.root.meson,
            constraints=[
                {"constraint": each.constraint, "how": each.field, "path": tree.path, "line": each.line}
                for each in asked
            ],
            evidence=[{"tool": "meson", "how": "manifest", "path": tree.path, "line": tree.root.project_line}],
        ),
        commands=commands(
            "meson",
            build=command("meson setup build && meson compile -C build", tree.path, tree.root.project_line),
            test=command("meson test -C build", *test) if test else None,
        ),
        engines=[requirement_facts(each) for each in asked],
        targets=sorted(rows, key=lambda row: (str(row["name"]), str(row["kind"]), str(row["path"]), row["line"]))[
            :MOST_TARGETS
        ],
    )

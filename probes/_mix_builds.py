"""How each Elixir application or umbrella is built and tested."""

from typing import Any

from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._manifest import requirement_facts
from ._mix_manifests import Application, applications, requirements_of
from ._paths import holds_files, parent, shown
from ._places import beside


def builds(inputs: ProbeInputs) -> Builds:
    """The applications, but for those of umbrellas."""
    listed, apart = applications(inputs)
    roots = [each for each in listed if each.project == parent(each.path)]
    confidence: Confidence | None = "high" if roots else None
    if any(each.read.computed for each in roots):
        confidence = "medium"
    return Builds([_facts(inputs, each, listed) for each in roots], apart, confidence, [])


def _facts(inputs: ProbeInputs, one: Application, listed: list[Application]) -> dict[str, Any]:
    directory, read = parent(one.path), one.read
    lock, credo, form = (beside(directory, name) for name in ("mix.lock", ".credo.exs", ".formatter.exs"))
    places = [directory, *one.members]
    test = next((beside(each, "test") for each in places if holds_files(beside(each, "test"), inputs.paths)), None)
    asked = requirements_of(read)
    locked = lock in inputs
    return project(
        shown(directory),
        "mix",
        name=read.app,
        version=read.version,
        tool=tool(
            "mix",
            "lockfile" if locked else "manifest",
            version_constraint=read.elixir,
            constraints=[
                {"constraint": each.constraint, "how": each.field, "path": one.path, "line": each.line}
                for each in asked
            ],
            evidence=[{"tool": "mix", "how": "manifest", "path": one.path, "line": None}],
        ),
        lockfiles=[{"path": lock, "tool": "mix", "flavor": None, "format": None, "line": None}] if locked else [],
        commands=commands(
            "mix",
            install=command("mix deps.get --check-locked" if locked else "mix deps.get", lock if locked else one.path),
            build=command("mix compile", one.path),
            test=command("mix test", test) if test else None,
            lint=command("mix credo", credo) if credo in inputs else None,
            format=command("mix format", form) if form in inputs else None,
        ),
        engines=[requirement_facts(each) for each in asked],
        workspaces=_workspace(one, listed),
    )


def _workspace(one: Application, listed: list[Application]) -> dict[str, Any] | None:
    if not one.read.apps_path:
        return None
    return {
        "declared_by": "mix.exs",
        "path": one.path,
        "line": one.read.apps_line,
        "patterns": [one.read.apps_path],
        "patterns_without_members": [] if one.members else [one.read.apps_path],
        "members": [
            {"path": parent(each.path), "name": each.read.app, "version": each.read.version, "private": None,
             "scripts": []}
            for each in listed
            if parent(each.path) in one.members
        ],
    }  # fmt: skip

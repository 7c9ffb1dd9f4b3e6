"""How each Go module or workspace is built and tested."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import goreleaser_yaml
from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._go_layout import Module, Project, layout
from ._go_manifests import requirements_of
from ._manifest import requirement_facts
from ._paths import ancestors, holds_files, parent, shown, under

_RELEASES = (".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml")  # as the tool looks for them

MOST_NAMED = 8  # modules of a workspace that one command names


def builds(inputs: ProbeInputs) -> Builds:
    """The Go projects."""
    found = layout(inputs)
    sources = _Sources(inputs, [module for each in found.projects for module in each.modules])
    return Builds(
        [_facts(inputs, each, sources) for each in found.projects], found.apart, _confidence(found.projects), []
    )


class _Sources:
    """The Go files of each module that matter here: one test, and the directories of its commands."""

    def __init__(self, inputs: ProbeInputs, modules: list[Module]) -> None:
        owners = {module.directory for module in modules}
        self._tests: dict[str, str] = {}
        self._commands: dict[str, dict[str, str]] = {}
        for path in inputs.paths:
            if not path.endswith(".go") or (owner := _owner(path, owners)) is None:
                continue
            if path.endswith("_test.go"):
                self._tests.setdefault(owner, path)
            elif _is_command(path[len(owner) :].lstrip("/")):
                self._commands.setdefault(owner, {}).setdefault(parent(path), path)

    def test(self, project: Project) -> str | None:
        """A test of the project, the root's before the members'."""
        owned = [module.directory for module in project.modules if module.directory in self._tests]
        return self._tests[owned[0]] if owned else None

    def commands(self, project: Project) -> list[str]:
        """The directories of the form cmd/<name>."""
        return sorted(place for module in project.modules for place in self._commands.get(module.directory, ()))


def _owner(path: str, owners: set[str]) -> str | None:
    """The module that a file belongs to; none where a directory on the way is one that Go passes over.

    https://pkg.go.dev/cmd/go#hdr-Package_lists_and_patterns
    """
    for directory in ancestors(path):
        if directory in owners:
            return directory
        name = directory.rpartition("/")[2]
        if name.startswith(("_", ".")) or name in ("testdata", "vendor"):
            return None
    return None


def _is_command(path: str) -> bool:
    """Whether it lies in cmd/<name>, where programs are by convention (https://go.dev/doc/modules/layout)."""
    return path.startswith("cmd/") and path.count("/") == 2


def _facts(inputs: ProbeInputs, one: Project, sources: _Sources) -> dict[str, Any]:
    manifest = one.at("go.work") if one.work else one.at("go.mod")
    go, toolchain = _versions(one)
    asked = requirements_of(go, toolchain)
    constraints = [
        {"constraint": each.constraint, "how": f"{each.field} directive", "path": manifest, "line": each.line}
        for each in asked
    ]
    root = one.root
    return project(
        shown(one.directory),
        "go",
        name=root.mod.module.name if root and root.mod and root.mod.module else None,
        tool=tool(
            "go",
            "manifest",
            version_constraint=constraints[0]["constraint"] if constraints else None,
            constraints=constraints,
            evidence=[{"tool": "go", "how": "manifest", "path": manifest, "line": None}],
        ),
        lockfiles=list(_lockfiles(inputs, one)),
        commands=_commands(inputs, one, manifest, sources),
        engines=[requirement_facts(each) for each in asked],
        workspaces=_workspace(one),
        targets=[
            {"name": place.rpartition("/")[2], "kind": "binary", "how": "convention", "path": place, "line": None}
            for place in sources.commands(one)
        ],
        outputs=list(_outputs(inputs, one)),
        ill_typed=list(root.mod.unknown) if root and root.mod else [],
    )


def _outputs(inputs: ProbeInputs, one: Project) -> Iterator[dict[str, Any]]:
    """Where GoReleaser puts what it builds, unless a template makes the name."""
    path = next((path for path in map(one.at, _RELEASES) if path in inputs), None)
    found = inputs.parse(path, goreleaser_yaml.parse) if path else None
    if path is None or found is None or "{{" in found.dist:
        return
    if directory := under(one.directory, found.dist):
        how = "goreleaser setting" if found.line else "goreleaser default"
        evidence = [{"how": how, "path": path, "line": found.line}]
        yield {"path": directory, "committed": holds_files(directory, inputs.paths), "evidence": evidence}


def _versions(one: Project) -> tuple[Any, Any]:
    source = one.work or (one.root.mod if one.root else None)
    return (source.go, source.toolchain) if source else (None, None)


def _lockfiles(inputs: ProbeInputs, one: Project) -> Iterator[dict[str, Any]]:
    for name in ("go.work.sum", "go.sum", "vendor/modules.txt"):
        if (path := one.at(name)) in inputs:
            yield {"path": path, "tool": "go", "flavor": None, "format": None, "line": None}


def _commands(inputs: ProbeInputs, one: Project, manifest: str, sources: _Sources) -> dict[str, Any]:
    """As `go help packages` has it: `./...` are the packages of a module below a directory, and of no other module."""
    packages = _packages(one)
    vendored = one.at("vendor/modules.txt") in inputs  # go build then reads nothing else
    lint = next((path for path in map(one.at, (".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"))
                 if path in inputs), None)  # fmt: skip
    test = sources.test(one)
    return commands(
        "go",
        install=None if vendored else command("go mod download", manifest),
        build=command(f"go build {packages}", manifest) if packages else None,
        test=command(f"go test {packages}", test) if test and packages else None,
        lint=command("golangci-lint run", lint) if lint else None,
    )


def _packages(one: Project) -> str | None:
    """The packages of all modules; None where there are too many modules for one command, or none."""
    below = [module.directory[len(one.directory) :].lstrip("/") for module in one.modules]
    inside = [
        place for place, module in zip(below, one.modules, strict=True) if _is_below(module.directory, one.directory)
    ]
    if len(inside) != len(below) or not 0 < len(below) <= MOST_NAMED:
        return None
    return " ".join(f"./{place}/..." if place else "./..." for place in below)


def _is_below(directory: str, above: str) -> bool:
    return not above or directory == above or directory.startswith(f"{above}/")


def _workspace(one: Project) -> dict[str, Any] | None:
    if one.work is None:
        return None
    return {
        "declared_by": "go.work",
        "path": one.at("go.work"),
        "line": one.work.used[0].line if one.work.used else None,
        "patterns": [each.name for each in one.work.used],
        "patterns_without_members": sorted(one.idle),
        "members": [
            {
                "path": shown(module.directory),
                "name": module.mod.module.name if module.mod and module.mod.module else None,
                "version": None,
                "private": None,
                "scripts": [],
            }
            for module in one.modules
            if module.directory != one.directory
        ],
    }


def _confidence(projects: list[Project]) -> Confidence | None:
    """Low where the outermost go.mod cannot be read."""
    if not projects:
        return None
    roots = {each.directory for each in projects}
    outermost = [each for each in projects if roots.isdisjoint(ancestors(each.directory))]
    return "low" if any(module.mod is None for each in outermost for module in each.modules) else "high"

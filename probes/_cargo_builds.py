"""How each crate or workspace is built and tested."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from codegenie.formats import cargo_config, rust_toolchain
from codegenie.formats.cargo_config import CargoConfig
from codegenie.formats.rust_toolchain import RustToolchain
from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._cargo_layout import Crate, Project, layout
from ._cargo_manifests import publishable, rust_version_of, version_of
from ._cargo_targets import targets_of
from ._manifest import requirement_facts
from ._paths import ancestors, shown

_CONFIGS = (".cargo/config.toml", ".cargo/config")
_TOOLCHAINS = ("rust-toolchain.toml", "rust-toolchain")
_CLIPPY = ("clippy.toml", ".clippy.toml")
_RUSTFMT = ("rustfmt.toml", ".rustfmt.toml")
MOST_TARGETS = 2000  # of one project

T = TypeVar("T")


def builds(inputs: ProbeInputs) -> Builds:
    """The Cargo projects."""
    found = layout(inputs)
    return Builds([_facts(inputs, each) for each in found.projects], found.apart, _confidence(found.projects), [])


def _facts(inputs: ProbeInputs, one: Project) -> dict[str, Any]:
    manifest = one.root.manifest
    config = _first(inputs, one.root, _CONFIGS, cargo_config.parse)
    toolchain = _toolchain(inputs, one)
    asked = rust_version_of(manifest, one) if manifest else []
    targets = sorted(
        (target for crate in one.crates for target in targets_of(crate, inputs.paths)),
        key=lambda target: (target["name"], target["kind"], target["path"]),
    )
    return project(
        shown(one.root.directory),
        "cargo",
        name=manifest.package.name if manifest and manifest.package else None,
        version=version_of(manifest, one) if manifest else None,
        private=_is_private(one.root, one),
        tool=_tool(inputs, one, toolchain),
        lockfiles=_lockfiles(inputs, one),
        commands=_commands(inputs, one, targets),
        scripts=_aliases(config),
        engines=[requirement_facts(each) for each in asked],
        workspaces=_workspace(one),
        targets=[target for target in targets if target["kind"] != "test" or target["how"] == "declared"][
            :MOST_TARGETS
        ],
        registries=_registries(config),
        ill_typed=list(manifest.ill_typed) if manifest else [],
    )


def _first(
    inputs: ProbeInputs, root: Crate, names: tuple[str, ...], parser: Callable[[bytes], T]
) -> tuple[str, T] | None:
    """The first of the files that is there, and what it says."""
    path = next((path for name in names if (path := root.at(name)) in inputs), None)
    read = inputs.parse(path, parser) if path else None
    return (path, read) if path and read else None


def _toolchain(inputs: ProbeInputs, one: Project) -> tuple[str, RustToolchain] | None:
    """The one that counts: rustup looks in the directories above, too."""
    for directory in (one.root.directory, *ancestors(one.root.directory)):
        if found := _first(inputs, Crate(directory, None), _TOOLCHAINS, rust_toolchain.parse):
            return found
    return None


def _tool(inputs: ProbeInputs, one: Project, toolchain: tuple[str, RustToolchain] | None) -> dict[str, Any]:
    manifest, lockfile = one.root.at("Cargo.toml"), one.root.at("Cargo.lock")
    constraints = []
    if toolchain and toolchain[1].channel:
        path, read = toolchain
        constraints.append(
            {"constraint": read.channel, "how": path.rpartition("/")[2], "path": path, "line": read.line}
        )
    asked = rust_version_of(one.root.manifest, one) if one.root.manifest else []
    constraints += [
        {"constraint": each.constraint, "how": "rust-version field", "path": manifest, "line": each.line}
        for each in asked
    ]
    evidence = [{"tool": "cargo", "how": "manifest", "path": manifest, "line": None}]
    if lockfile in inputs:
        evidence.append({"tool": "cargo", "how": "lockfile", "path": lockfile, "line": None})
    return tool(
        "cargo",
        "manifest",
        version_constraint=constraints[0]["constraint"] if constraints else None,
        constraints=constraints,
        evidence=evidence,
    )


def _lockfiles(inputs: ProbeInputs, one: Project) -> list[dict[str, Any]]:
    path = one.root.at("Cargo.lock")
    if path not in inputs:
        return []
    return [{"path": path, "tool": "cargo", "flavor": None, "format": None, "line": None}]


def _commands(inputs: ProbeInputs, one: Project, targets: list[dict[str, Any]]) -> dict[str, Any]:
    """What Cargo does with any crate; tests, lints and formats only where something speaks for them.

    A workspace is built whole, unless it says itself which members are meant by default.
    """
    manifest, lockfile = one.root.at("Cargo.toml"), one.root.at("Cargo.lock")
    locked = " --locked" if lockfile in inputs else ""
    because = lockfile if locked else manifest
    workspace = one.root.manifest.workspace if one.root.manifest else None
    whole = " --workspace" if workspace and workspace.default_members is None else ""
    lint, form = _lint(inputs, one), next((path for name in _RUSTFMT if (path := one.root.at(name)) in inputs), None)
    test = next((target for target in targets if target["kind"] == "test"), None) or _dev_dependency(one)
    return commands(
        "cargo",
        install=command(f"cargo fetch{locked}", because),
        build=command(f"cargo build{whole}{locked}", because),
        test=command(f"cargo test{whole}{locked}", test["path"], test["line"]) if test else None,
        lint=command(f"cargo clippy{whole}{locked}", *lint) if lint else None,
        start=_start(one, targets, locked),
        format=command("cargo fmt --all", form) if form else None,
    )


def _lint(inputs: ProbeInputs, one: Project) -> tuple[str, int | None] | None:
    """What sets clippy up: its own file, or a table of lints."""
    for name in _CLIPPY:
        if (path := one.root.at(name)) in inputs:
            return path, None
    for crate in one.crates:
        for name, line in crate.manifest.lints if crate.manifest else ():
            if name == "clippy":
                return crate.at("Cargo.toml"), line
    return None


def _dev_dependency(one: Project) -> dict[str, Any] | None:
    """Dependencies of tests speak for tests, which may stand in the sources."""
    for crate in one.crates:
        for each in crate.manifest.dependencies if crate.manifest else ():
            if each.table == "dev-dependencies":
                return {"path": crate.at("Cargo.toml"), "line": each.line}
    return None


def _start(one: Project, targets: list[dict[str, Any]], locked: str) -> dict[str, Any] | None:
    """`cargo run` at the root needs one binary, or a word about which: default-run."""
    package = one.root.manifest.package if one.root.manifest else None
    if package is None:
        return None
    own = {one.root.at("Cargo.toml")} | {
        target["path"] for crate in (one.root,) for target in targets if _is_in(target["path"], crate, one)
    }
    binaries = [target for target in targets if target["kind"] == "binary" and target["path"] in own]
    if package.default_run or len(binaries) == 1:
        evidence = one.root.at("Cargo.toml") if package.default_run else binaries[0]["path"]
        line = None if package.default_run else binaries[0]["line"]
        return command(f"cargo run{locked}", evidence, line)
    return None


def _is_in(path: str, crate: Crate, one: Project) -> bool:
    """Whether a source belongs to the crate and to none of the members below it."""
    inside = not crate.directory or path.startswith(f"{crate.directory}/")
    return inside and not any(path.startswith(f"{member.directory}/") for member in one.members)


def _aliases(found: tuple[str, CargoConfig] | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    path, config = found
    return [
        {"name": each.name, "command": f"cargo {each.command}", "runs_with": None, "path": path, "line": each.line}
        for each in config.aliases
    ]


def _registries(found: tuple[str, CargoConfig] | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    path, config = found
    return [
        {"use": "install", "scope": each.scope, "host": each.host, "path": path, "line": each.line}
        for each in config.registries
    ]


def _workspace(one: Project) -> dict[str, Any] | None:
    workspace = one.root.manifest.workspace if one.root.manifest else None
    if workspace is None:
        return None
    return {
        "declared_by": "Cargo.toml",
        "path": one.root.at("Cargo.toml"),
        "line": workspace.line,
        "patterns": list(workspace.members),
        "patterns_without_members": sorted(one.idle),
        "members": list(_members(one)),
    }


def _members(one: Project) -> Iterator[dict[str, Any]]:
    for crate in one.members:
        manifest = crate.manifest
        yield {
            "path": shown(crate.directory),
            "name": manifest.package.name if manifest and manifest.package else None,
            "version": version_of(manifest, one) if manifest else None,
            "private": _is_private(crate, one),
            "scripts": [],
        }


def _is_private(crate: Crate, one: Project) -> bool | None:
    """Whether `publish` says that it goes nowhere; None where there is no such field."""
    if crate.manifest is None or crate.manifest.package is None or crate.manifest.package.publish_line is None:
        return None
    allowed = publishable(crate.manifest, one)
    return None if allowed is None else not allowed


def _confidence(projects: list[Project]) -> Confidence | None:
    """Low where the outermost manifest cannot be read."""
    if not projects:
        return None
    roots = {each.root.directory for each in projects}
    outermost = [each for each in projects if roots.isdisjoint(ancestors(each.root.directory))]
    return "low" if any(each.root.manifest is None for each in outermost) else "high"

"""The parts of a Node project as the slice shows them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegenie.formats.hosts import Registry
from codegenie.formats.npmrc import Setting
from codegenie.formats.package_json import PackageJson

from ._node_layout import Package, Workspace
from ._node_lockfiles import Lockfile
from ._node_outputs import Output
from ._node_scripts import event_of
from ._node_tool import Claim, Tool
from ._node_typescript import OPTIONS, Config, Option
from ._paths import holds_files, shown


def tool_facts(tool: Tool, settings: Iterable[tuple[str, Setting]]) -> dict[str, Any]:
    """The tool, and how it is known."""
    linkers = [(path, setting) for path, setting in settings if setting.name in ("nodeLinker", "node-linker")]
    return {
        "name": tool.name,
        "how": tool.how,
        "flavor": tool.flavor,
        "version_constraint": tool.constraints[0].constraint if tool.constraints else None,
        "constraints": [
            {"constraint": claim.constraint, "how": claim.how, "path": claim.path, "line": claim.line}
            for claim in tool.constraints
        ],
        "node_linker": next(
            ({"value": setting.value, "path": path, "line": setting.line} for path, setting in linkers), None
        ),
        "evidence": [_claim(claim) for claim in tool.claims],
        "conflicts": [_claim(claim) for claim in tool.conflicts],
    }


def script_facts(manifest: PackageJson | None, tool: Tool) -> list[dict[str, Any]]:
    """All scripts, by name."""
    scripts = manifest.scripts if manifest else {}
    return [
        {
            "name": name,
            "command": text,
            "runs_with": event_of(name, scripts, berry=tool.flavor == "berry"),
            "line": manifest.lines.get(("scripts", name)) if manifest else None,
        }
        for name, text in sorted(scripts.items())
    ]


def engine_facts(manifest: PackageJson | None) -> list[dict[str, Any]]:
    """The versions that `engines` and `devEngines` ask for."""
    if not manifest:
        return []
    engines = [("engines", name, constraint, ("engines", name)) for name, constraint in manifest.engines.items()] + [
        (f"devEngines.{kind}", engine.name, engine.version, engine.key)
        for kind, entries in manifest.dev_engines.items()
        for engine in entries
    ]
    return [
        {"name": name, "constraint": constraint, "field": field, "line": manifest.lines.get(key)}
        for field, name, constraint, key in sorted(engines, key=lambda engine: (engine[1], engine[0], engine[2] or ""))
    ]


def workspace_facts(workspace: Workspace | None) -> dict[str, Any] | None:
    """The workspace with its members."""
    if workspace is None:
        return None
    return {
        "declared_by": workspace.declared_by,
        "path": workspace.path,
        "line": workspace.line,
        "patterns": list(workspace.patterns),
        "patterns_without_members": list(workspace.idle_patterns),
        "members": [_member(member) for member in workspace.members],
    }


def output_facts(outputs: Iterable[Output], paths: Sequence[str]) -> list[dict[str, Any]]:
    """Each directory once, with all that says so."""
    known: dict[str, list[dict[str, Any]]] = {}
    for output in outputs:
        known.setdefault(output.directory, []).append({"how": output.how, "path": output.path, "line": output.line})
    return [
        {"path": shown(directory), "committed": holds_files(directory, paths), "evidence": evidence}
        for directory, evidence in sorted(known.items())
    ]


def typescript_facts(configs: Sequence[Config]) -> list[dict[str, Any]]:
    """The tsconfig files, those with the very same options in force together: most of a large workspace's have."""
    alike: dict[str, list[Config]] = {}
    for config in configs:
        alike.setdefault(repr(sorted(config.options.items())), []).append(config)
    return [
        {
            "files": [_tsconfig(config) for config in group],
            "options": [_option(name, group[0].options[name]) for name in OPTIONS if name in group[0].options],
        }
        for group in alike.values()
    ]


def registry_facts(registries: Iterable[tuple[str, str, Registry]]) -> list[dict[str, Any]]:
    """Where packages come from, and where this one is published; hosts only.  Each is (use, path, registry)."""
    rows = [
        {"use": use, "scope": registry.scope, "host": registry.host, "path": path, "line": registry.line}
        for use, path, registry in registries
    ]
    return sorted(rows, key=lambda row: (row["use"], row["scope"] or "", row["path"], row["line"] or 0))


def setting_facts(settings: Iterable[tuple[str, Setting]]) -> list[dict[str, Any]]:
    """Settings that change an install."""
    return [
        {"name": setting.name, "value": setting.value, "path": path, "line": setting.line}
        for path, setting in sorted(settings, key=lambda found: (found[1].name, found[0], found[1].line))
    ]


def lockfile_facts(lockfiles: Iterable[Lockfile]) -> list[dict[str, Any]]:
    """Every lockfile at the root, the one that its tool reads first."""
    return [
        {
            "path": lockfile.path,
            "tool": lockfile.tool,
            "flavor": lockfile.flavor,
            "format": lockfile.format,
            "line": lockfile.line,
        }
        for lockfile in lockfiles
    ]


def _claim(claim: Claim) -> dict[str, Any]:
    return {"tool": claim.tool, "how": claim.how, "path": claim.path, "line": claim.line}


def _member(member: Package) -> dict[str, Any]:
    manifest = member.manifest
    return {
        "path": shown(member.directory),
        "name": manifest.name if manifest else None,
        "version": manifest.version if manifest else None,
        "private": manifest.private if manifest else None,
        "scripts": sorted(manifest.scripts) if manifest else [],
    }


def _tsconfig(config: Config) -> dict[str, Any]:
    return {
        "path": config.path,
        "extends": [{"value": step.value, "file": step.file, "status": step.status} for step in config.steps],
        "references": list(config.references),
    }


def _option(name: str, option: Option) -> dict[str, Any]:
    return {"name": name, "value": _shown_value(option.value), "path": option.path, "line": option.line}


def _shown_value(value: Any) -> Any:
    """The value; of a mapping (`paths`) its size, of a list its texts."""
    if isinstance(value, Mapping):
        return len(value)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else value

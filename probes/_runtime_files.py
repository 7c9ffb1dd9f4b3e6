"""Files that say which versions of runtimes a directory is for: version files, and development environments."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from codegenie.formats import (
    devbox_json,
    devcontainer_json,
    global_json,
    nix_text,
    rust_toolchain,
    tool_versions,
    version_file,
)
from codegenie.formats.tool_versions import ToolVersions
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart
from ._paths import parent
from ._runtime_images import Images
from ._runtimes import Declaration, Kind, Version, name_of, used

_SINGLE = {
    ".nvmrc": "node",
    ".node-version": "node",
    ".n-node-version": "node",
    ".python-version": "python",
    ".python-versions": "python",
    ".ruby-version": "ruby",
    ".java-version": "java",
    ".go-version": "go",
    ".php-version": "php",
    ".terraform-version": "terraform",
    ".opentofu-version": "opentofu",
    ".terragrunt-version": "terragrunt",
    ".bun-version": "bun",
    ".deno-version": "deno",
    ".dvmrc": "deno",
    ".swift-version": "swift",
    ".crystal-version": "crystal",
    ".perl-version": "perl",
    ".zig-version": "zig",
    ".exenv-version": "elixir",
    ".yvmrc": "yarn",
}
_NAMED: dict[str, Callable[[bytes], ToolVersions]] = {
    ".tool-versions": tool_versions.parse,
    ".sdkmanrc": tool_versions.parse_properties,
    ".prototools": tool_versions.parse_proto,
    "mise.toml": tool_versions.parse_mise,
    ".mise.toml": tool_versions.parse_mise,
    "devbox.json": devbox_json.parse,
    "flake.nix": nix_text.parse,
    "shell.nix": nix_text.parse,
    "devenv.nix": nix_text.parse,
}
_ELSEWHERE = {  # by the end of the path: the directory is that above
    ".config/mise/config.toml": tool_versions.parse_mise,
    ".config/mise.toml": tool_versions.parse_mise,
    ".mise/config.toml": tool_versions.parse_mise,
    "mise/config.toml": tool_versions.parse_mise,
}
_PLATFORM = {"runtime.txt", "system.properties"}
_RUST = ("rust-toolchain", "rust-toolchain.toml")
_DEVCONTAINERS = ("**/devcontainer.json", "**/.devcontainer.json")

FILES = (
    *(f"**/{name}" for name in (*_SINGLE, *_NAMED, *_ELSEWHERE, *_PLATFORM, *_RUST, "global.json")),
    *_DEVCONTAINERS,
)

_PLATFORM_LINE = re.compile(r"(python|ruby|node)-(\S{1,40})")
_FEATURE = re.compile(r"ghcr\.io/devcontainers/features/([a-z-]{1,40})(?::[\w.-]{1,40})?")
_FEATURE_NAMES = {"dotnet": "dotnet-sdk"}


class _Place(NamedTuple):
    """Where a version is declared."""

    kind: Kind
    path: str
    line: int | None


def declared_in_files(inputs: ProbeInputs, images: Images, apart: dict[str, list[str]]) -> Iterator[Declaration]:
    """What the files declare; those set apart are added to `apart`."""
    for path in inputs.matching(*FILES):
        kind = "template" if is_placeholder(path) else kind_apart(parent(path))
        if kind:
            apart.setdefault(kind, []).append(path)
        else:
            yield from _declared(inputs, images, path)


def _declared(inputs: ProbeInputs, images: Images, path: str) -> Iterator[Declaration]:
    name = path.rpartition("/")[2]
    if name in ("devcontainer.json", ".devcontainer.json"):
        yield from _devcontainer(inputs, images, path)
    elif name in _SINGLE:
        if found := inputs.parse(path, version_file.parse):
            versions = tuple(used(_SINGLE[name], line.text) for line in found.lines)
            if versions:
                written = ", ".join(line.text for line in found.lines)
                yield _declaration(_SINGLE[name], written, _Place("version file", path, found.lines[0].line), versions)
    elif name in _PLATFORM:
        yield from _platform(inputs, path)
    elif name in _RUST:
        if (rust := inputs.parse(path, rust_toolchain.parse)) and rust.channel:
            yield _declaration(
                "rust", rust.channel, _Place("version file", path, rust.line), (used("rust", rust.channel),)
            )
    elif name == "global.json":
        if (pinned := inputs.parse(path, global_json.parse)) and (sdk := pinned.sdk):
            yield _declaration(
                "dotnet-sdk",
                sdk.version,
                _Place("version file", path, sdk.line),
                _sdk(sdk.version, pinned.roll_forward.version if pinned.roll_forward else None),
            )
    else:
        parser = _NAMED.get(name) or next(each for end, each in _ELSEWHERE.items() if path.endswith(end))
        if tools := inputs.parse(path, parser):
            yield from _tools(path, tools)


def _sdk(version: str, policy: str | None) -> tuple[Version, ...]:
    """https://learn.microsoft.com/dotnet/core/tools/global-json#rollforward: by default a later patch will do."""
    found = used("dotnet-sdk", version)
    if found.range is None or policy in (None, "disable"):
        return (found,)
    low = found.range[0][0]
    ends = {
        "patch": (low[0], low[1], low[2] // 100 * 100 + 100, 0),  # 8.0.1xx is a band of features
        "feature": (low[0], low[1] + 1, 0, 0),
        "minor": (low[0] + 1, 0, 0, 0),
        "major": None,
    }
    end = ends.get(policy.removeprefix("latest").lower(), low)
    return (Version(version, None if end == low else ((low, end),), pinned=False),)


def _tools(path: str, tools: ToolVersions) -> Iterator[Declaration]:
    """One declaration for each tool: of several versions the first that is installed counts."""
    by_tool: dict[str, list[tuple[str, int | None]]] = {}
    for each in tools.versions:
        if ":" not in each.tool:  # `npm:prettier` and the like are packages
            by_tool.setdefault(_tool_name(path, each.tool), []).append((each.version, each.line))
    for runtime, found in by_tool.items():
        versions = tuple(used(runtime, version) for version, _ in found)
        written = ", ".join(dict.fromkeys(version for version, _ in found))
        kind: Kind = "development container" if path.endswith((".nix", "devbox.json")) else "version file"
        yield _declaration(runtime, written, _Place(kind, path, found[0][1]), dict.fromkeys(versions))


def _tool_name(path: str, tool: str) -> str:
    name = name_of(tool)
    return "dotnet-sdk" if name == "dotnet" and not path.endswith("devbox.json") else name


def _platform(inputs: ProbeInputs, path: str) -> Iterator[Declaration]:
    """What buildpacks read: `python-3.12.1` in runtime.txt, `java.runtime.version=17` in system.properties."""
    if path.endswith("runtime.txt"):
        found = inputs.parse(path, version_file.parse)
        for line in found.lines[:1] if found else ():
            if named := _PLATFORM_LINE.fullmatch(line.text):
                yield _declaration(
                    named[1], line.text, _Place("platform", path, line.line), (used(named[1], named[2]),)
                )
        return
    properties = inputs.parse(path, tool_versions.parse_properties)
    for each in properties.versions if properties else ():
        if each.tool in ("java.runtime.version", "maven.version"):
            runtime = each.tool.partition(".")[0]
            yield _declaration(
                runtime, each.version, _Place("platform", path, each.line), (used(runtime, each.version),)
            )


def _devcontainer(inputs: ProbeInputs, images: Images, path: str) -> Iterator[Declaration]:
    found = inputs.parse(path, devcontainer_json.parse)
    if found is None:
        return
    if found.image:
        for runtime, versions in images.runtimes_of(found.image):
            yield _declaration(
                runtime, found.image, _Place("development container", path, found.image_line), versions, how="image",
                image=found.image,
            )  # fmt: skip
    for feature in found.features:
        if named := _FEATURE.fullmatch(feature.reference):
            runtime = _FEATURE_NAMES.get(named[1], name_of(named[1]))
            versions = (used(runtime, feature.version),) if feature.version else ()
            if feature.version and feature.version not in ("none", "os-provided"):
                yield _declaration(
                    runtime, feature.version, _Place("development container", path, feature.line), versions,
                    how=feature.reference,
                )  # fmt: skip


def _declaration(runtime: str, written: str, place: _Place, versions: Iterable[Version], **more: Any) -> Declaration:
    how = more.pop("how", place.path.rpartition("/")[2])
    scope = _scope(place.path)
    return Declaration(runtime, written, place.kind, how, scope, place.path, place.line, tuple(versions), **more)


def _scope(path: str) -> str:
    """The directory that a file holds for."""
    for end in _ELSEWHERE:
        if path == end or path.endswith(f"/{end}"):
            return path[: -len(end)].rstrip("/")
    directory = parent(path)
    names = directory.split("/")
    return "/".join(names[: names.index(".devcontainer")]) if ".devcontainer" in names else directory

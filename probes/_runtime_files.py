"""Files that say which versions of runtimes a directory is for: version files, and development environments."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from codegenie.formats import (
    devbox_json,
    devcontainer_json,
    gitpod_yml,
    global_json,
    netlify_toml,
    nix_text,
    readthedocs_yaml,
    rust_toolchain,
    tool_versions,
    version_file,
)
from codegenie.formats.devcontainer_json import Feature
from codegenie.formats.patterns import lazily
from codegenie.formats.tool_versions import ToolVersions
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart
from ._paths import parent
from ._runtime_images import Images
from ._runtimes import Declaration, Kind, Version, name_of, purpose_of, used

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
_PLATFORM = {"runtime.txt", "system.properties", "netlify.toml", ".readthedocs.yaml", ".readthedocs.yml"}
_BUILDERS = {".readthedocs.yaml": readthedocs_yaml.parse, ".readthedocs.yml": readthedocs_yaml.parse,
             "netlify.toml": netlify_toml.parse}  # fmt: skip
_RUST = ("rust-toolchain", "rust-toolchain.toml")
_CONTAINERS = ("devcontainer.json", ".devcontainer.json", ".gitpod.yml")

FILES = (*(f"**/{name}" for name in (*_SINGLE, *_NAMED, *_ELSEWHERE, *_PLATFORM, *_RUST, "global.json", *_CONTAINERS)),)

_PLATFORM_LINE = lazily(r"(python|ruby|node)-(\S{1,40})")
_FEATURE = lazily(r"ghcr\.io/devcontainers/features/([a-z-]{1,40})(?::[\w.-]{1,40})?")
# Of https://github.com/devcontainers/features those that put a runtime in; of others (docker-in-docker, common-utils,
# sshd) a version is of something else, and the slice containerization lists them.
_FEATURES = {
    **{name: name for name in ("node", "python", "go", "java", "rust", "ruby", "php", "terraform", "powershell")},
    "dotnet": "dotnet-sdk",
}


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
    if name in _SINGLE:
        yield from _single(inputs, _SINGLE[name], path)
    elif name in _RUST:
        if (rust := inputs.parse(path, rust_toolchain.parse)) and rust.channel:
            place = _Place("version file", path, rust.line)
            yield _declaration("rust", rust.channel, place, (used("rust", rust.channel),))
    elif name == "global.json":
        if (pinned := inputs.parse(path, global_json.parse)) and (sdk := pinned.sdk):
            policy = pinned.roll_forward.version if pinned.roll_forward else None
            place = _Place("version file", path, sdk.line)
            yield _declaration("dotnet-sdk", sdk.version, place, _sdk(sdk.version, policy))
    elif name in _PLATFORM:
        yield from _platform(inputs, path)
    elif name in _CONTAINERS:
        yield from _container(inputs, images, path)
    else:
        parser = _NAMED.get(name) or next(each for end, each in _ELSEWHERE.items() if path.endswith(end))
        if tools := inputs.parse(path, parser):
            yield from _tools(path, tools)


def _single(inputs: ProbeInputs, runtime: str, path: str) -> Iterator[Declaration]:
    found = inputs.parse(path, version_file.parse)
    if found and found.lines:
        versions = tuple(used(runtime, line.text) for line in found.lines)
        written = ", ".join(line.text for line in found.lines)
        yield _declaration(runtime, written, _Place("version file", path, found.lines[0].line), versions)


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
    if parser := _BUILDERS.get(path.rpartition("/")[2]):
        found_by_name = inputs.parse(path, parser)
        for each in found_by_name.versions if found_by_name else ():
            place = _Place("platform", path, each.line)
            yield _declaration(each.tool, each.version, place, (used(each.tool, each.version),))
        return
    properties = inputs.parse(path, tool_versions.parse_properties)
    for each in properties.versions if properties else ():
        if each.tool in ("java.runtime.version", "maven.version"):
            runtime = each.tool.partition(".")[0]
            yield _declaration(
                runtime, each.version, _Place("platform", path, each.line), (used(runtime, each.version),)
            )


def _container(inputs: ProbeInputs, images: Images, path: str) -> Iterator[Declaration]:
    """The image of a development container, and the features put into it."""
    if path.endswith(".gitpod.yml"):
        gitpod = inputs.parse(path, gitpod_yml.parse)
        image, line = (gitpod.image, gitpod.line) if gitpod else (None, None)
        features: tuple[Feature, ...] = ()
    else:
        container = inputs.parse(path, devcontainer_json.parse)
        image, line = (container.image, container.image_line) if container else (None, None)
        features = container.features if container else ()
    for runtime, versions in images.runtimes_of(image) if image else ():
        place = _Place("development container", path, line)
        yield _declaration(runtime, image or "", place, versions, how="image", image=image)
    for feature in features:
        named = _FEATURE.fullmatch(feature.reference)
        put_in = _FEATURES.get(named[1]) if named else None
        if put_in and feature.version and feature.version not in ("none", "os-provided"):
            place = _Place("development container", path, feature.line)
            versions = (used(put_in, feature.version),)
            yield _declaration(put_in, feature.version, place, versions, how=feature.reference)


def _declaration(runtime: str, written: str, place: _Place, versions: Iterable[Version], **more: Any) -> Declaration:
    how = more.pop("how", place.path.rpartition("/")[2])
    scope = _scope(place.path)
    more["purpose"] = purpose_of([place.path])
    return Declaration(runtime, written, place.kind, how, scope, place.path, place.line, tuple(versions), **more)


def _scope(path: str) -> str:
    """The directory that a file holds for."""
    for end in _ELSEWHERE:
        if path == end or path.endswith(f"/{end}"):
            return path[: -len(end)].rstrip("/")
    directory = parent(path)
    names = directory.split("/")
    return "/".join(names[: names.index(".devcontainer")]) if ".devcontainer" in names else directory

"""MODULE.bazel, and WORKSPACE before it: the module, what it depends on, and how that is replaced."""

from typing import Literal, NamedTuple

from codegenie.formats.starlark import Call, calls

_OVERRIDES = (
    "archive_override",
    "git_override",
    "local_path_override",
    "single_version_override",
    "multiple_version_override",
)
_REPOSITORIES = {
    "http_archive": "url", "http_file": "url", "http_jar": "url", "git_repository": "git", "new_git_repository": "git",
    "local_repository": "path", "new_local_repository": "path",
}  # fmt: skip


class BazelDependency(NamedTuple):
    """A module, or of a WORKSPACE a repository.  `how` is the function that names it."""

    name: str
    version: str | None
    how: str
    development: bool
    alias: str | None
    source: Literal["registry", "git", "url", "path"]
    line: int


class BazelModule(NamedTuple):
    """The file."""

    name: str | None
    version: str | None
    bazel: tuple[str, ...]
    """The versions of Bazel that it says it works with."""
    bazel_line: int | None
    dependencies: tuple[BazelDependency, ...]
    includes: tuple[str, ...]
    """Other files that it takes in, as labels."""
    computed: int
    """Dependencies whose names are no literals."""


def parse(content: bytes) -> BazelModule:
    """Read a MODULE.bazel.  Raises Unparsable."""
    found = calls(content)
    module = next((call for call in found if call.name == "module"), None)
    overridden = {call.text("module_name"): call for call in found if call.name in _OVERRIDES}
    wanted = [call for call in found if call.name == "bazel_dep"]
    bazel = module.named.get("bazel_compatibility") if module else None
    return BazelModule(
        name=module.text("name") if module else None,
        version=module.text("version") if module else None,
        bazel=bazel if isinstance(bazel, tuple) else (),
        bazel_line=module.line if module and bazel else None,
        dependencies=tuple(
            _dependency(call, name, overridden.get(name)) for call in wanted if (name := _name(call)) is not None
        ),
        includes=tuple(value for call in found if call.name == "include" for value in call.values),
        computed=sum(_name(call) is None for call in wanted),
    )


def parse_workspace(content: bytes) -> BazelModule:
    """Read a WORKSPACE, as far as its repositories are named by literals.  Raises Unparsable."""
    found = calls(content)
    named = next((call for call in found if call.name == "workspace"), None)
    repositories = [call for call in found if call.name in _REPOSITORIES]
    return BazelModule(
        name=_name(named) if named else None,
        version=None,
        bazel=(),
        bazel_line=None,
        dependencies=tuple(_repository(call, name) for call in repositories if (name := _name(call)) is not None),
        includes=(),
        computed=sum(_name(call) is None for call in repositories),
    )


def _name(call: Call) -> str | None:
    return call.text("name") or (call.values[0] if call.values else None)


def _dependency(call: Call, name: str, override: Call | None) -> BazelDependency:
    version = call.text("version") or (call.values[1] if len(call.values) > 1 else None)
    sources: dict[str, Literal["git", "url", "path"]] = {
        "archive_override": "url", "git_override": "git", "local_path_override": "path"
    }  # fmt: skip
    if override is not None:
        version = override.text("version") or override.text("commit") or override.text("tag") or version
    return BazelDependency(
        name=name,
        version=version,
        how="bazel_dep",
        development=call.named.get("dev_dependency") is True,
        alias=call.text("repo_name"),
        source=sources.get(override.name, "registry") if override else "registry",
        line=call.line,
    )


def _repository(call: Call, name: str) -> BazelDependency:
    source: Literal["git", "url", "path"] = (
        "git" if _REPOSITORIES[call.name] == "git" else "path" if _REPOSITORIES[call.name] == "path" else "url"
    )
    digest = call.text("sha256") or call.text("integrity")
    version = call.text("commit") or call.text("tag") or (f"sha256={digest}" if call.text("sha256") else digest)
    return BazelDependency(name, version, call.name, development=False, alias=None, source=source, line=call.line)

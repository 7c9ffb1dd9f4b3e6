"""deno.json, deno.jsonc and jsr.json files as manifests."""

from collections.abc import Iterator

from codegenie.formats import deno_json
from codegenie.formats.deno_json import DenoJson, Import, specifier
from codegenie.probe import ProbeInputs

from ._deno_layout import Package, packages
from ._manifest import Dependency, Manifest, Manifests, Members
from ._paths import parent
from ._places import places

_JSR = "jsr.io"


def manifests(inputs: ProbeInputs) -> Manifests:
    """The configurations, members of workspaces included, and those that only say how a package is published."""
    listed, apart = packages(inputs)
    found = [_manifest(each) for each in listed]
    projects = {each.directory: each.project for each in listed}
    published = places(inputs, "jsr.json", None)
    for path in published.paths:
        if (config := inputs.parse(path, deno_json.parse)) is not None:
            directory = parent(path)
            found.append(_manifest(Package(path, config, projects.get(directory, directory))))
    for kind, paths in published.apart.items():
        apart.setdefault(kind, []).extend(paths)
    return Manifests(found, apart)


def _manifest(package: Package) -> Manifest:
    config = package.config
    return Manifest(
        path=package.path,
        ecosystem="deno",
        format=package.path.rpartition("/")[2],
        project=package.project,
        name=config.name,
        version=config.version,
        publishable=_publishable(config),
        publishable_line=config.lines.get(("publish",)) if config.name else None,
        workspace=_members(package),
        dependencies=tuple(_dependencies(config)),
        dynamic=("imports",) if config.import_map else (),
        ill_typed=config.ill_typed,
    )


def _publishable(config: DenoJson) -> bool:
    """JSR takes what has a name and exports, unless `publish` is false; the version may be set when it is published."""
    return config.name is not None and config.exports and config.publishes


def _members(package: Package) -> Members | None:
    if package.members is None:
        return None
    config = package.config
    return Members(
        patterns=config.workspace or (),
        members=package.members.directories,
        path=package.path,
        line=config.lines.get(("workspace",), config.lines.get(("workspaces",))),
        idle=package.members.idle,
    )


def _dependencies(config: DenoJson) -> Iterator[Dependency]:
    """The packages of the import map.  Whether code or only tests import them, the map does not tell.

    Each counts once: `@std/assert` and `@std/assert/equals` often both stand there.
    """
    seen = set()
    for each in config.imports:
        found = _dependency(each)
        if found and (key := (found.name, found.constraint, found.registry, found.group)) not in seen:
            seen.add(key)
            yield found


def _dependency(each: Import) -> Dependency | None:
    alias = each.key.rstrip("/")
    if asked := specifier(each.target):
        return Dependency(
            asked.name,
            asked.version,
            "unknown",
            each.field,
            each.line,
            alias=alias if alias != asked.name else None,
            registry=_JSR if asked.registry == "jsr" else None,
        )
    if each.target.startswith(("https://", "http://")):
        return Dependency(alias, each.target, "unknown", each.field, each.line, source="url")
    return None  # a file of the repository, or a module of the runtime

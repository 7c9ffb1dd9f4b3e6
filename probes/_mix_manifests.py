"""mix.exs files as manifests."""

from typing import NamedTuple

from codegenie.formats import mix_exs
from codegenie.formats.mix_exs import MixDependency, MixExs
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope
from ._paths import parent, under
from ._places import places

_TESTS = frozenset({"test"})
_DEVELOPMENT = frozenset({"dev", "test", "docs", "doc", "lint", "bench", "benchmark", "ci"})


class Application(NamedTuple):
    """A mix.exs, and the directory of the umbrella that it belongs to."""

    path: str
    read: MixExs
    project: str
    members: tuple[str, ...] = ()


def applications(inputs: ProbeInputs) -> tuple[list[Application], dict[str, list[str]]]:
    """The applications in path order, those of an umbrella with its directory; and those set apart."""
    found = places(inputs, "mix.exs", "mix.lock")
    read = {path: mix for path in found.paths if (mix := inputs.parse(path, mix_exs.parse))}
    owners: dict[str, str] = {}
    members: dict[str, tuple[str, ...]] = {}
    for path, mix in read.items():
        apps = under(parent(path), mix.apps_path) if mix.apps_path else None
        inner = tuple(parent(each) for each in read if apps is not None and parent(parent(each)) == apps)
        members[path] = tuple(each for each in inner if each != parent(path))
        owners |= {each: parent(path) for each in members[path]}
    listed = [
        Application(path, mix, owners.get(parent(path), parent(path)), members[path]) for path, mix in read.items()
    ]
    return sorted(listed, key=lambda each: each.path), found.apart


def manifests(inputs: ProbeInputs) -> Manifests:
    """The applications."""
    listed, apart = applications(inputs)
    return Manifests([_manifest(each) for each in listed], apart)


def requirements_of(read: MixExs) -> list[Requirement]:
    """The version of Elixir."""
    return [Requirement("elixir", read.elixir, "elixir", read.elixir_line)] if read.elixir else []


def _manifest(each: Application) -> Manifest:
    read = each.read
    computed = (("version",) if read.version_computed else ()) + (("deps",) if read.computed else ())
    workspace = None
    if read.apps_path:
        workspace = Members((read.apps_path,), each.members, each.path, read.apps_line)
    return Manifest(
        path=each.path,
        ecosystem="mix",
        format="mix.exs",
        project=each.project,
        name=read.app,
        version=read.version,
        requirements=tuple(requirements_of(read)),
        workspace=workspace,
        dependencies=tuple(_dependency(dependency) for dependency in read.dependencies),
        dynamic=computed,
    )


def _dependency(each: MixDependency) -> Dependency:
    return Dependency(
        name=each.package or each.name,
        constraint=each.requirement,
        scope=_scope(each.only),
        group=f"deps only {', '.join(each.only)}" if each.only else "deps",
        line=each.line,
        optional=each.optional,
        source=each.source,
        alias=each.name if each.package and each.package != each.name else None,
    )


def _scope(only: tuple[str, ...]) -> Scope:
    """Environments are free names; what is for none but those of tests and tools is not needed to run."""
    if only and _TESTS.issuperset(only):
        return "test"
    if not only or "prod" in only:
        return "runtime"
    return "development" if _DEVELOPMENT.issuperset(only) else "unknown"

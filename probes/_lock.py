"""A lockfile of any ecosystem, as each ecosystem's reader tells `dependencies` of it."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats.purl import purl
from codegenie.probe import ProbeInputs

from ._apart import kind_apart
from ._manifest import Source
from ._paths import parent

Difference = Literal["missing in lockfile", "not in manifest", "constraint differs", "not satisfied"]


class Resolved(NamedTuple):
    """One package that a lockfile pins.  What the lockfile does not tell is None."""

    name: str
    """The name that its package URL has, a namespace before a slash: `@babel/core`, `org.slf4j/slf4j-api`."""
    version: str | None
    line: int | None = None
    direct: bool | None = None
    """Whether a manifest of the project asks for it, workspace members included."""
    development: bool | None = None
    """True where nothing but development, tests or the build needs it."""
    optional: bool = False
    integrity: str | None = None
    """The digest that the lockfile holds of it, as written; None where there is none."""
    source: Source = "registry"
    address: str | None = None
    """Where a package that is not from the usual registry comes from; credentials and query strings are cut off."""
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Of its package URL, sorted: `vcs_url`, `classifier`, `type` and so on."""
    purl_type: str | None = None
    """The type of its package URL, where that is not the type of the lockfile's others."""
    requires: tuple[int, ...] = ()
    """The places, in the same list, of the packages that it depends on."""
    markers: tuple[str, ...] = ()
    """Conditions under which it is installed, as written."""
    files: tuple[str, ...] = ()
    """The names of the files that it may be installed from, where the lockfile lists them: wheels, archives."""
    install_script: bool | None = None
    """Whether it runs code of its own when it is installed; None where the lockfile does not tell."""
    patched: bool = False
    """Whether the repository changes it with a patch of its own."""


class Disagreement(NamedTuple):
    """Where a manifest and the lockfile do not say the same."""

    kind: Difference
    name: str
    manifest: str
    line: int | None
    wanted: str | None
    locked: str | None


class Lock(NamedTuple):
    """One lockfile that was read.

    `purl_type` is the type of its packages' URLs: npm, pypi, cargo, golang, maven, gem, composer, nuget.
    """

    path: str
    ecosystem: str
    purl_type: str
    format: str
    """The kind of file and the version of its format, like "package-lock.json 3"."""
    project: str
    """The directory of the project that it belongs to; "" is the root."""
    packages: tuple[Resolved, ...]
    compared: bool
    """Whether the manifests were compared with it; `disagreements` says nothing where they were not."""
    disagreements: tuple[Disagreement, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know: a merge conflict in the file, parts that could not be followed."""
    urls: tuple[str | None, ...] = ()
    """The package URLs of the packages, in their order, None where a name makes none: see `with_urls`."""


Manifests = Mapping[str, Any]
"""The slice `manifests`, as `inputs.slices["manifests"]` gives it."""


def lockfiles(inputs: ProbeInputs, manifests: Manifests, *globs: str) -> list[str]:
    """The files that any of the globs matches, without fixtures and vendored code."""
    return [path for path in inputs.matching(*globs) if lock_apart(path, manifests) is None]


def lock_apart(path: str, manifests: Manifests) -> str | None:
    """The kind of a lockfile that is set apart; None for one of a project, and of a member of a workspace."""
    kind = kind_apart(parent(path))
    listed = kind and any(parent(each["path"]) == parent(path) for each in manifests["manifests"])
    return None if listed else kind


def locked_projects(locks: Iterable[Lock], manifests: Manifests) -> set[tuple[str, str]]:
    """The projects whose packages a lockfile pins, each with its ecosystem.

    Deno reads the package.json of its own projects, and of the members of their workspaces, as well.
    """
    locked = {(lock.ecosystem, lock.project or ".") for lock in locks}
    of_deno = [each for each in manifests["manifests"] if ("deno", each["project"]) in locked]
    for manifest in of_deno:
        if manifest["ecosystem"] == "deno":
            members = manifest["workspace"]["members"] if manifest["workspace"] else ()
            locked |= {("node", directory) for directory in (manifest["project"], *members)}
    return locked


def with_urls(lock: Lock) -> Lock:
    """The lockfile with the package URLs of its packages."""
    return lock._replace(
        urls=tuple(
            purl(package.purl_type or lock.purl_type, package.name, package.version, package.qualifiers)
            for package in lock.packages
        )
    )

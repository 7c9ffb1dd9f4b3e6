"""deno.lock files: the packages of npm and JSR that they pin.

JSR has no type of package URLs of its own: https://github.com/package-url/purl-spec/issues/457 proposes one, and the
registered types (types/ in that repository) have none.  So its packages have no package URL here, rather than one that
no other tool understands or that names another registry's package: their name, version and registry are what they have.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import deno_lock
from codegenie.formats.deno_json import specifier
from codegenie.formats.deno_lock import DenoLock, Locked
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._lock import Disagreement, Lock, Manifests, Resolved, lockfiles
from ._lock_graph import merged
from ._paths import parent, under
from ._reader_files import LOCKFILES

_NO_TYPE = ""  # of package URLs
_JSR = "jsr.io"


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles, each with the manifests of the project that it lies in."""
    found = []
    for path in lockfiles(inputs, manifests, *LOCKFILES["deno"]):
        read = inputs.parse(path, deno_lock.parse, MANIFEST_CAP)
        if read is not None:
            directory = parent(path)
            members = [each for each in manifests["manifests"] if _belongs(each, directory)]
            found.append(
                Lock(
                    path=path,
                    ecosystem="deno",
                    purl_type=_NO_TYPE,
                    format=f"deno.lock {read.version}",
                    project=directory,
                    packages=merged(_packages(read)),
                    compared=read.asked is not None and bool(members),
                    disagreements=tuple(_missing(read, members, directory)),
                    notes=tuple(_notes(read)),
                )
            )
    return found


def _belongs(manifest: Mapping[str, Any], directory: str) -> bool:
    return (manifest["ecosystem"], manifest["project"]) == ("deno", directory or ".")


def _packages(lock: DenoLock) -> list[Resolved]:
    at = {package.key: place for place, package in enumerate(lock.packages)}
    direct = {lock.specifiers.get(asked) for listed in (lock.asked or {}).values() for asked in listed}
    served = set(lock.specifiers.values())
    return [_resolved(package, _direct(lock, package, direct, served), at) for package in lock.packages]


def _direct(lock: DenoLock, package: Locked, direct: set[str | None], served: set[str]) -> bool | None:
    """Whether a configuration asks for it.  What only code names (`import "jsr:…"`) stands in no configuration, and is

    among the specifiers like what packages of JSR need, so of those it is not known.
    """
    if package.key in direct:
        return True
    return False if lock.asked is not None and package.key not in served else None


def _resolved(package: Locked, direct: bool | None, at: Mapping[str, int]) -> Resolved:
    from_npm = package.registry == "npm"
    return Resolved(
        name=package.name,
        version=package.version,
        line=package.line,
        direct=direct,
        integrity=package.integrity,
        address=None if from_npm else _JSR,
        purl_type="npm" if from_npm else None,
        requires=tuple(sorted({at[key] for key in (*package.needs, *package.may_use) if key in at})),
        markers=package.platforms,
        install_script=package.scripts,
    )


def _missing(lock: DenoLock, members: Sequence[Mapping[str, Any]], directory: str) -> Iterator[Disagreement]:
    """By name: the lockfile holds ranges in a form of its own (`1` for `^1.0.0`)."""
    if lock.asked is None:
        return
    held = {under(directory, at): set(map(_named, asked)) for at, asked in lock.asked.items()}
    for manifest in members:
        own = held.get(parent(manifest["path"]), set())
        for group in manifest["dependencies"]:
            for row in group["packages"] if group["group"] == "imports" else ():
                registry = "jsr" if "registry" in row else "npm"
                if row.get("source", "registry") == "registry" and (registry, row["name"]) not in own:
                    yield Disagreement(
                        "missing in lockfile", row["name"], manifest["path"], row["line"], row["constraint"], None
                    )


def _named(asked: str) -> tuple[str, str]:
    found = specifier(asked)
    return (found.registry, found.name) if found else ("", asked)


def _notes(lock: DenoLock) -> Iterator[str]:
    yield "it does not tell what is only for development"
    if lock.modules:
        yield f"modules by their URL, each with its digest, are counted and not listed: {lock.modules:,}"

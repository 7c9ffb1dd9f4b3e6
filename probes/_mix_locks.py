"""mix.lock files: what they pin, and what of it is for tests and tools alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import mix_lock
from codegenie.formats.mix_lock import MixLock
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._git_sources import git_source
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._places import beside
from ._reach import development, wider


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the projects that `manifests` knows."""
    projects: dict[str, list[Mapping[str, Any]]] = {}
    for each in manifests["manifests"]:
        if each["ecosystem"] == "mix":
            projects.setdefault("" if each["project"] == "." else each["project"], []).append(each)
    found = []
    for directory, members in sorted(projects.items()):
        path = beside(directory, "mix.lock")
        read = inputs.parse(path, mix_lock.parse, MANIFEST_CAP) if path in inputs else None
        if read is not None:
            computed = any("deps" in member["dynamic"] for member in members)
            disagreements = tuple(_missing(read, members))
            found.append(
                Lock(
                    path=path,
                    ecosystem="mix",
                    purl_type="hex",
                    format="mix.lock",
                    project=directory,
                    packages=tuple(_resolved(read, members)),
                    compared=bool(disagreements) or not computed,
                    disagreements=disagreements,
                    notes=(f"{read.unknown} lines are of a form that is not read",) if read.unknown else (),
                )
            )
    return found


def _rows(members: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for manifest in members:
        for group in manifest["dependencies"]:
            for row in group["packages"]:
                yield manifest["path"], group["scope"], row


def _resolved(read: MixLock, members: Sequence[Mapping[str, Any]]) -> Iterator[Resolved]:
    places = {each.app: at for at, each in enumerate(read.packages)}
    edges = [sorted(places[name] for name in set(each.requires) if name in places) for each in read.packages]
    asked: dict[str, str] = {}
    for _, scope, row in _rows(members):
        name = row.get("alias", row["name"])
        asked[name] = wider(asked.get(name), scope)
    purposes = development(asked, {name: (at,) for name, at in places.items()}, edges)
    for at, each in enumerate(read.packages):
        resolved = Resolved(
            each.package,
            each.version,
            each.line,
            direct=each.app in asked,
            development=purposes[at],
            integrity=f"sha256:{each.checksum}" if each.checksum else None,
            requires=tuple(edges[at]),
        )
        if each.git:
            found = git_source(each.git, each.commit)
            yield resolved._replace(source="git", address=found.address, qualifiers=found.qualifiers)
        else:
            yield resolved._replace(address=None if each.repository in (None, "hexpm") else each.repository)


def _missing(read: MixLock, members: Sequence[Mapping[str, Any]]) -> Iterator[Disagreement]:
    """What is asked for and not there; optional ones, too, are fetched where they are asked for."""
    held = {each.app for each in read.packages}
    for path, _, row in _rows(members):
        if row.get("source") not in ("path", "workspace") and row.get("alias", row["name"]) not in held:
            yield Disagreement("missing in lockfile", row["name"], path, row["line"], row["constraint"], None)

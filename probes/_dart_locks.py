"""pubspec.lock files: what they pin.  They do not tell what requires what."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegenie.formats import pubspec_lock
from codegenie.formats.hosts import host_of
from codegenie.formats.pubspec_lock import PubPackage
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._git_sources import git_source
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._paths import under
from ._places import beside

_USUAL = frozenset({"pub.dev", "pub.dartlang.org"})


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the projects that `manifests` knows."""
    projects: dict[str, list[Mapping[str, Any]]] = {}
    for each in manifests["manifests"]:
        if each["ecosystem"] == "dart":
            projects.setdefault("" if each["project"] == "." else each["project"], []).append(each)
    found = []
    for directory, members in sorted(projects.items()):
        path = beside(directory, "pubspec.lock")
        read = inputs.parse(path, pubspec_lock.parse, MANIFEST_CAP) if path in inputs else None
        if read is not None:
            held = {each.name for each in read.packages}
            own = {member["name"] for member in members}
            found.append(
                Lock(
                    path=path,
                    ecosystem="dart",
                    purl_type="pub",
                    format="pubspec.lock",
                    project=directory,
                    packages=tuple(_resolved(each, directory) for each in read.packages),
                    compared=True,
                    disagreements=tuple(_missing(members, held | own)),
                )
            )
    return found


def _resolved(each: PubPackage, directory: str) -> Resolved:
    direct = None if each.kind is None else each.kind.startswith("direct")
    development = {"direct dev": True, "direct main": False}.get(each.kind or "")
    if each.source == "git":
        found = git_source(each.address or "", each.commit)
        return Resolved(
            each.name, each.version, each.line, direct=direct, development=development, source="git",
            address=found.address, qualifiers=found.qualifiers,
        )  # fmt: skip
    if each.source in ("path", "sdk"):
        place = under(directory, each.address or "") if each.source == "path" else f"the SDK of {each.address}"
        return Resolved(
            each.name, each.version, each.line, direct=direct, development=development, source="path", address=place
        )  # fmt: skip
    host = host_of(each.address or "")
    return Resolved(
        each.name, each.version, each.line, direct=direct, development=development,
        integrity=f"sha256:{each.sha256}" if each.sha256 else None,
        address=None if host in _USUAL else host,
    )  # fmt: skip


def _missing(members: list[Mapping[str, Any]], held: set[str]) -> Iterator[Disagreement]:
    for manifest in members:
        for group in manifest["dependencies"]:
            for row in group["packages"]:
                if group["group"] != "dependency_overrides" and row["name"] not in held:
                    yield Disagreement(
                        "missing in lockfile", row["name"], manifest["path"], row["line"], row["constraint"], None
                    )

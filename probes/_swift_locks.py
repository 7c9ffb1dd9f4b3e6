"""Package.resolved files beside a Package.swift: commits and versions; what requires what they do not tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import package_resolved
from codegenie.formats.package_resolved import Pin
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._git_sources import git_source
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._places import beside
from ._swift_manifests import name_of


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the packages that `manifests` knows; those of Xcode's own projects are not among them."""
    found = []
    for manifest in manifests["manifests"]:
        directory = "" if manifest["project"] == "." else manifest["project"]
        path = beside(directory, "Package.resolved")
        if manifest["ecosystem"] != "swift" or path not in inputs:
            continue
        if read := inputs.parse(path, package_resolved.parse, MANIFEST_CAP):
            asked = [row for group in manifest["dependencies"] for row in group["packages"]]
            found.append(
                Lock(
                    path=path,
                    ecosystem="swift",
                    purl_type="swift",
                    format=f"Package.resolved {read.version}" if read.version else "Package.resolved",
                    project=directory,
                    packages=tuple(_resolved(pin, asked) for pin in read.pins),
                    compared=True,
                    disagreements=tuple(_missing(manifest["path"], read.pins, asked)),
                )
            )
    return found


def _resolved(pin: Pin, asked: Sequence[Mapping[str, Any]]) -> Resolved:
    """A package of SwiftPM is a repository: with a tag that is its version, or at a commit."""
    name = name_of(pin.location)
    direct = any(row["name"].lower() == name.lower() for row in asked)
    if pin.local:
        return Resolved(pin.identity, pin.version, pin.line, direct=direct, source="path")
    found = git_source(pin.location, pin.revision)
    return Resolved(
        name, pin.version, pin.line, direct=direct, source="git", address=found.address, qualifiers=found.qualifiers
    )  # fmt: skip


def _missing(path: str, pins: Sequence[Pin], asked: Sequence[Mapping[str, Any]]) -> Iterator[Disagreement]:
    held = {name_of(pin.location).lower() for pin in pins}
    for row in asked:
        if row.get("source") == "git" and row["name"].lower() not in held:
            yield Disagreement("missing in lockfile", row["name"], path, row["line"], row["constraint"], None)
